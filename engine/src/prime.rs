//! What every question needs of rust-analyzer, asked for ahead and on all threads: it would else be worked out one after another.
//!
//! The names of a crate stand on those of the crates that it depends on. Where there are fewer crates to begin than threads, as at
//! `core` and at the last member, the others ask for the items of files and for what implementations implement.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use ra_ap_base_db::{Crate, EditionedFileId, SourceDatabase, all_crates};
use ra_ap_hir::{Impl, attach_db};
use ra_ap_hir_def::item_tree::file_item_tree;
use ra_ap_hir_ty::method_resolution::{InherentImpls, TraitImpls};
use ra_ap_ide_db::RootDatabase;

/// Asks for the items of all libraries, the names of all crates, and what they implement. What is not begun once it is told to stop is
/// left for the next time.
pub(crate) fn prime(db: &RootDatabase, stop: &AtomicBool) {
    let crates = all_crates(db);
    let queue = Queue::of(db, &crates);
    let queue = &queue;
    let handles: Vec<RootDatabase> = (0..rayon::current_num_threads()).map(|_| db.clone()).collect();
    rayon::scope(move |scope| {
        for db in handles {
            scope.spawn(move |_| {
                let _end = End(queue);
                while let Some(task) = queue.next(stop) {
                    queue.run(&db, task);
                }
            });
        }
    });
}

/// How many files or implementations are asked about in one go.
const PART: usize = 16;

enum Task {
    /// The names of a crate, and its implementations.
    Names(usize),
    Items(Vec<(EditionedFileId, Crate)>),
    /// The traits that are implemented.
    Traits(Vec<Impl>),
    /// The implementations of a crate by trait and type.
    Impls(usize),
}

struct Queue<'c> {
    crates: &'c [Crate],
    /// The crates that depend on a crate.
    dependents: Vec<Vec<usize>>,
    open: Mutex<Open>,
    changed: Condvar,
}

/// What is still to do.
struct Open {
    /// Crates whose dependencies are done: those on which others stand come first.
    ready: BTreeSet<usize>,
    /// How many dependencies of a crate are not done.
    waits_for: Vec<usize>,
    items: Vec<Vec<(EditionedFileId, Crate)>>,
    /// What is known of implementations once names are.
    impls: Vec<Task>,
    /// Crates that are not done, be they begun or not.
    left: usize,
}

impl<'c> Queue<'c> {
    fn of(db: &RootDatabase, crates: &'c [Crate]) -> Queue<'c> {
        let index: HashMap<Crate, usize> = crates.iter().copied().zip(0..).collect();
        let mut dependents = vec![Vec::new(); crates.len()];
        let mut waits_for = vec![0; crates.len()];
        for (at, krate) in crates.iter().enumerate() {
            let of: BTreeSet<usize> = krate
                .data(db)
                .dependencies
                .iter()
                .filter_map(|it| index.get(&it.crate_id).copied())
                .collect();
            waits_for[at] = of.len();
            of.into_iter().for_each(|it| dependents[it].push(at));
        }
        let ready = (0..crates.len()).filter(|it| waits_for[*it] == 0).collect();
        let files: Vec<_> = crates.iter().flat_map(|krate| files(db, *krate)).collect();
        // The last ones are taken first.
        let items = files.chunks(PART).rev().map(<[_]>::to_vec).collect();
        let open = Open { ready, waits_for, items, impls: Vec::new(), left: crates.len() };
        Queue { crates, dependents, open: Mutex::new(open), changed: Condvar::new() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to do next; waits where that is only known when another thread is done.
    fn next(&self, stop: &AtomicBool) -> Option<Task> {
        let mut open = self.open();
        while !stop.load(Relaxed) {
            let task = match open.ready.pop_first() {
                Some(krate) => Some(Task::Names(krate)),
                None => open.items.pop().map(Task::Items).or_else(|| open.impls.pop()),
            };
            if task.is_some() || open.left == 0 {
                return task;
            }
            open = self.changed.wait(open).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    fn run(&self, db: &RootDatabase, task: Task) {
        match task {
            Task::Names(at) => {
                let impls = attach_db(db, || Impl::all_in_crate(db, self.crates[at].into()));
                self.done(at, &impls);
            }
            Task::Items(files) => files.into_iter().for_each(|(file, krate)| {
                file_item_tree(db, file.into(), krate);
            }),
            Task::Impls(at) => attach_db(db, || {
                InherentImpls::for_crate(db, self.crates[at]);
                TraitImpls::for_crate(db, self.crates[at]);
            }),
            Task::Traits(impls) => attach_db(db, || {
                for it in impls {
                    it.trait_(db);
                }
            }),
        }
    }

    /// Notes that the names of a crate are known: what waited for them can begin.
    fn done(&self, at: usize, impls: &[Impl]) {
        let mut open = self.open();
        for dependent in &self.dependents[at] {
            open.waits_for[*dependent] -= 1;
            if open.waits_for[*dependent] == 0 {
                open.ready.insert(*dependent);
            }
        }
        // The last one is taken first: a crate's own stand on those of its parts.
        open.impls.push(Task::Impls(at));
        open.impls.extend(impls.chunks(PART).map(|it| Task::Traits(it.to_vec())));
        open.left -= 1;
        self.changed.notify_all();
    }
}

/// A thread that dies keeps no other waiting.
struct End<'q, 'c>(&'q Queue<'c>);

impl Drop for End<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.open().left = 0;
            self.0.changed.notify_all();
        }
    }
}

/// The files of a library. Those of the members are few that matter, and found by their names.
fn files(db: &RootDatabase, krate: Crate) -> Vec<(EditionedFileId, Crate)> {
    let data = krate.data(db);
    let root = db.source_root(db.file_source_root(data.root_file_id).source_root_id(db)).source_root(db);
    if !root.is_library {
        return Vec::new();
    }
    root.iter().map(|it| (EditionedFileId::new(db, it, data.edition), krate)).collect()
}
