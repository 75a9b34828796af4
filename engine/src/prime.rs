//! What every question needs of rust-analyzer, asked for ahead and on all threads: it would else be worked out one after another.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use ra_ap_base_db::{Crate, EditionedFileId, SourceDatabase, all_crates};
use ra_ap_hir::{Impl, attach_db};
use ra_ap_hir_def::item_tree::file_item_tree;
use ra_ap_ide_db::RootDatabase;
use rayon::prelude::*;

/// Asks for the items of all libraries, the names of all crates, and what they implement. What is not begun once it is told to stop is
/// left for the next time.
pub(crate) fn prime(db: &RootDatabase, stop: &AtomicBool) {
    let crates = all_crates(db);
    // All others stand on the names of `core`, which one thread works out: the items of the others come meanwhile.
    let (first, others) = crates.split_at(crates.len().min(1));
    items(db, first, stop);
    let (ours, theirs) = (db.clone(), db.clone());
    let (mut found, ()) =
        rayon::join(move || impls(&ours, first, stop), move || items(&theirs, others, stop));
    found.extend(impls(db, others, stop));
    found.into_par_iter().with_max_len(64).for_each_with(db.clone(), |db, it| {
        let db = &*db;
        if !stop.load(Relaxed) {
            attach_db(db, || it.trait_(db));
        }
    });
}

fn items(db: &RootDatabase, crates: &[Crate], stop: &AtomicBool) {
    let files: Vec<_> = crates.iter().flat_map(|krate| files(db, *krate)).collect();
    files.into_par_iter().with_max_len(4).for_each_with(db.clone(), |db, (file, krate)| {
        if !stop.load(Relaxed) {
            file_item_tree(&*db, file.into(), krate);
        }
    });
}

/// The implementations in crates, which takes all their names.
fn impls(db: &RootDatabase, crates: &[Crate], stop: &AtomicBool) -> Vec<Impl> {
    let of_crate = |db: &mut RootDatabase, krate: &Crate| {
        let db = &*db;
        match stop.load(Relaxed) {
            true => Vec::new(),
            false => attach_db(db, || Impl::all_in_crate(db, (*krate).into())),
        }
    };
    crates.par_iter().with_max_len(1).map_with(db.clone(), of_crate).flatten_iter().collect()
}

/// The files of a library. Those of the members are few that matter, and found by their names.
fn files(db: &RootDatabase, krate: Crate) -> Vec<(EditionedFileId, Crate)> {
    let data = krate.data(db);
    let root = db.source_root(db.file_source_root(data.root_file_id).source_root_id(db)).source_root(db);
    if !root.is_library {
        return Vec::new();
    }
    let is_for_others =
        |file: &_| root.path_for_file(file).is_some_and(|it| is_for_another_system(&it.to_string()));
    let files = root.iter().filter(|it| !is_for_others(it));
    files.map(|it| (EditionedFileId::new(db, it, data.edition), krate)).collect()
}

/// Whether a file of std is for a system that no configuration here names, by the folder that it stands in.
fn is_for_another_system(path: &str) -> bool {
    const SYSTEMS: &[&str] = &[
        "cygwin", "hermit", "itron", "motor", "psp", "sgx", "solid", "teeos", "trusty", "uefi", "vexos",
        "wasi", "wasip1", "wasip2", "wasm", "windows", "xous", "zkvm",
    ];
    path.contains("/std/src/") && path.split(['/', '.']).any(|it| SYSTEMS.contains(&it))
}
