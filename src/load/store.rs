//! The databases of a run. Rounds of rewrites change a few files: what is loaded stays, and only these files are read anew.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use retask_engine::Workspace;
use retask_engine::crates::update;
use retask_engine::workspace::Database;

use super::{Loader, database};

/// Gives rust-analyzer's database of a workspace.
pub trait Source {
    /// The database of the members, std and those dependencies, by their names on the registry, that the workspace has.
    fn database(&self, workspace: &Workspace, wanted: &BTreeSet<String>) -> Database;

    /// Takes a database back, with the workspace that it is of.
    fn keep(&self, _: &Workspace, _: Database) {}

    /// Adds dependencies to those that each database from now on holds; says whether that is worth another analysis.
    fn add(&self, _: &BTreeSet<String>) -> bool {
        false
    }
}

/// The databases of a workspace on disk.
pub struct Store {
    loader: Loader,
    kept: RefCell<Option<Kept>>,
    /// What the database that is out at the moment was loaded with.
    loaded: RefCell<BTreeSet<String>>,
    /// What was wanted so far: a database that holds more answers as well.
    wanted: RefCell<BTreeSet<String>>,
}

struct Kept {
    database: Database,
    wanted: BTreeSet<String>,
    texts: Vec<String>,
}

impl Store {
    pub fn new(loader: Loader) -> Store {
        Store { loader, kept: RefCell::default(), loaded: RefCell::default(), wanted: RefCell::default() }
    }

    /// Cargo's target directory.
    pub fn target_dir(&self) -> &Path {
        self.loader.target_dir()
    }
}

impl Source for Store {
    fn database(&self, workspace: &Workspace, wanted: &BTreeSet<String>) -> Database {
        let mut all = self.wanted.borrow_mut();
        all.extend(wanted.iter().cloned());
        self.loaded.replace(all.clone());
        match self.kept.take().filter(|it| it.wanted == *all && it.texts.len() == workspace.files.len()) {
            Some(kept) => renewed(kept, workspace),
            None => database::load(&self.loader, workspace, &all),
        }
    }

    fn keep(&self, workspace: &Workspace, database: Database) {
        let texts = workspace.files.iter().map(|it| it.text.clone()).collect();
        let wanted = self.loaded.borrow().clone();
        self.kept.replace(Some(Kept { database, wanted, texts }));
    }

    fn add(&self, lacking: &BTreeSet<String>) -> bool {
        let mut wanted = self.wanted.borrow_mut();
        let before = wanted.len();
        wanted.extend(lacking.iter().filter(|it| database::is_small(&self.loader, it)).cloned());
        wanted.len() > before
    }
}

/// The database with the texts that changed since.
fn renewed(kept: Kept, workspace: &Workspace) -> Database {
    let mut database = kept.database;
    let now = workspace.files.iter().map(|it| &it.text);
    let changed = database.files.iter().zip(&kept.texts).zip(now).filter(|((_, old), new)| old != new);
    let texts = changed.map(|((file, _), text)| (*file, text.clone())).collect();
    update(&mut database.db, texts);
    database
}
