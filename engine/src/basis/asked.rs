//! What an analysis asked of a workspace beside the calls that it resolved: names that it looked for, bodies and files that it looked
//! into. Where a change touches none of it, the analysis would find the same again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use borsh::{BorshDeserialize, BorshSerialize};

use crate::holders::Giver;
use crate::target::Look;

/// What was asked so far. Threads share it.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<Questions>);

#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct Questions {
    /// Calls by their names, by their types and names, and by what syntax tells of them: these in files that may hold what something
    /// gives, where that is said.
    pub calls: BTreeSet<String>,
    pub paths: BTreeSet<(String, String)>,
    pub looks: BTreeSet<(Look, Option<Giver>)>,
    /// What makes a file one that may hold what something gives, and which files are.
    pub holders: BTreeMap<Giver, Holding>,
    /// Names that were looked for wherever they stand, and those of functions, whose calls stand above.
    pub names: BTreeSet<String>,
    pub functions: BTreeSet<String>,
    /// What whole texts were searched for, be it a part of a name.
    pub parts: BTreeSet<String>,
    /// Bodies of functions: their files, and the offsets where they begin.
    pub bodies: BTreeSet<(u32, u32)>,
    /// Files that were looked through.
    pub files: BTreeSet<u32>,
}

/// What was found of the files that may hold a value of a type.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct Holding {
    /// A file that has one of these names is one of them.
    pub names: BTreeSet<String>,
    /// `None` where all files are.
    pub files: Option<BTreeSet<u32>>,
}

impl Asked {
    pub fn call(&self, name: &str) {
        self.with(|it| {
            if !it.calls.contains(name) {
                it.calls.insert(name.to_owned());
            }
        });
    }

    pub fn path(&self, owner: &str, name: &str) {
        self.with(|it| it.paths.insert((owner.to_owned(), name.to_owned())));
    }

    pub fn look(&self, look: &Look, giver: Option<&Giver>) {
        self.with(|it| it.looks.insert((look.clone(), giver.cloned())));
    }

    pub fn holders(&self, giver: &Giver, holding: Holding) {
        self.with(|it| it.holders.insert(giver.clone(), holding));
    }

    pub fn name(&self, name: &str) {
        self.with(|it| {
            if !it.names.contains(name) {
                it.names.insert(name.to_owned());
            }
        });
    }

    pub fn function(&self, look: &Look) {
        self.look(look, None);
        self.with(|it| it.functions.insert(look.name.clone()));
    }

    pub fn part(&self, part: &str) {
        self.with(|it| it.parts.insert(part.to_owned()));
    }

    pub fn body(&self, file: u32, start: u32) {
        self.with(|it| it.bodies.insert((file, start)));
    }

    pub fn file(&self, file: u32) {
        self.with(|it| it.files.insert(file));
    }

    /// All of it.
    pub fn all(&self) -> Questions {
        self.with(|it| it.clone())
    }

    fn with<T>(&self, ask: impl FnOnce(&mut Questions) -> T) -> T {
        // A thread that broke off left a set as whole as it was.
        ask(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
