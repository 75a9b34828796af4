//! The databases of a run. Rounds of rewrites change a few files: what is loaded stays, and only these files are read anew.

use std::cell::{OnceCell, RefCell};
use std::mem::ManuallyDrop;
use std::path::Path;

use retask_engine::crates::update;
use retask_engine::watch::stage;
use retask_engine::workspace::{Database, Wanted};
use retask_engine::{Memo, Workspace};

use super::{Loader, database, fingerprint};

/// Gives rust-analyzer's database of a workspace.
pub trait Source {
    /// The database of the members, std and the dependencies that are wanted.
    fn database(&self, workspace: &Workspace, wanted: &Wanted) -> Database;

    /// What calls were resolved to before.
    fn memo(&self) -> Memo {
        Memo::default()
    }

    /// Takes a database back, with the workspace that it is of and what its calls were resolved to.
    fn keep(&self, _: &Workspace, _: Database, _: Memo) {}
}

/// The databases of a workspace on disk.
pub struct Store {
    loader: Loader,
    /// Never taken apart: the process ends with it, and to give back each of its parts takes as long as many a question.
    kept: ManuallyDrop<RefCell<Option<Kept>>>,
    /// What was wanted so far: a database that holds more answers as well.
    wanted: RefCell<Wanted>,
    memo: RefCell<Memo>,
    fingerprint: OnceCell<String>,
}

struct Kept {
    database: Database,
    wanted: Wanted,
    texts: Vec<String>,
}

impl Store {
    pub fn new(loader: Loader) -> Store {
        Store {
            loader,
            kept: ManuallyDrop::default(),
            wanted: RefCell::default(),
            memo: RefCell::default(),
            fingerprint: OnceCell::new(),
        }
    }

    /// The compiler that the workspace is read with.
    pub fn rustc(&self) -> &Path {
        &self.loader.toolchain.rustc
    }

    /// What an answer depends on besides the workspace itself: the compiler, and the packages with their sources.
    pub fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| fingerprint::of(&self.loader))
    }

    /// Goes on with the database of an earlier store where the crates are the same. It gets the texts that changed since when it is asked
    /// for. Where they are others it is given back.
    pub fn go_on(&self, earlier: &Store, before: &Workspace, now: &Workspace) {
        let kept = earlier.kept.take();
        if self.fingerprint() == earlier.fingerprint() && crates(before) == crates(now) {
            self.kept.replace(kept);
            self.memo.replace(earlier.memo.take());
        }
    }

    /// Whether there is a database.
    pub fn is_loaded(&self) -> bool {
        self.kept.borrow().is_some()
    }

    /// What calls were resolved to so far: by an earlier run at first, then by this one.
    pub fn calls(&self) -> &RefCell<Memo> {
        &self.memo
    }

    /// Whether the files belong to no package.
    pub fn is_loose(&self) -> bool {
        self.loader.resolved.is_none()
    }

    /// What Cargo says of the members, in the order of the packages of the workspace; empty where the files belong to none.
    pub fn members(&self) -> &[cargo_metadata::Package] {
        self.loader.resolved.as_ref().map_or(&[], |it| &it.members)
    }

    /// Cargo's target directory.
    pub fn target_dir(&self) -> &Path {
        self.loader.target_dir()
    }
}

impl Source for Store {
    fn database(&self, workspace: &Workspace, wanted: &Wanted) -> Database {
        let mut all = self.wanted.borrow_mut();
        let small: Vec<String> = wanted
            .if_small
            .iter()
            .filter(|it| !all.if_small.contains(*it) && database::is_small(&self.loader, it))
            .cloned()
            .collect();
        all.if_small.extend(small);
        all.named.extend(wanted.named.iter().cloned());
        match self.kept.take().filter(|it| it.wanted == *all && it.texts.len() == workspace.files.len()) {
            Some(kept) => renewed(kept, workspace),
            None => database::load(&self.loader, workspace, &all),
        }
    }

    fn memo(&self) -> Memo {
        self.memo.take()
    }

    fn keep(&self, workspace: &Workspace, database: Database, memo: Memo) {
        self.memo.replace(memo);
        let texts = workspace.files.iter().map(|it| it.text.clone()).collect();
        let wanted = self.wanted.borrow().clone();
        self.kept.replace(Some(Kept { database, wanted, texts }));
    }
}

/// What the crates of a workspace depend on, but for the texts of its files.
fn crates(workspace: &Workspace) -> String {
    let files: Vec<_> = workspace.files.iter().map(|it| (&it.path, it.edition, it.package)).collect();
    format!("{:?} {:?} {files:?}", workspace.packages, workspace.include)
}

/// The database with the texts that changed since.
fn renewed(kept: Kept, workspace: &Workspace) -> Database {
    stage("renew");
    let mut database = kept.database;
    let now = workspace.files.iter().map(|it| &it.text);
    let changed = database.files.iter().zip(&kept.texts).zip(now).filter(|((_, old), new)| old != new);
    let texts = changed.map(|((file, _), text)| (*file, text.clone())).collect();
    update(&mut database.db, texts);
    database
}
