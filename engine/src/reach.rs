//! Which packages can have values of what a crate declares: those with a crate that stands on it, be it by way of others. In all others
//! no call is one of its functions.

use std::collections::HashMap;

use ra_ap_hir::{Crate, attach_db};
use rustc_hash::FxHashSet;

use crate::analysis::Analysis;

/// Packages, by their places in [`crate::workspace::Workspace::packages`].
type Packages = FxHashSet<usize>;

pub(crate) struct Reach<'a> {
    analysis: &'a Analysis<'a>,
    /// The crates of members, each with its package.
    members: Vec<(Crate, usize)>,
    known: HashMap<Crate, Packages>,
    nobody: Packages,
}

impl<'a> Reach<'a> {
    pub fn new(analysis: &'a Analysis<'a>) -> Reach<'a> {
        let (world, workspace) = (analysis.world(), analysis.workspace);
        let package_of = |it: &Crate| {
            let root = world.file(it.root_file(analysis.db()))?;
            Some((*it, workspace.files[root as usize].package))
        };
        let members = world.members().iter().filter_map(package_of).collect();
        Reach { analysis, members, known: HashMap::new(), nobody: Packages::default() }
    }

    /// The packages whose crates are known, and do not stand on a crate; none where that is one which all can use.
    pub fn packages_beyond(&mut self, krate: Option<Crate>) -> &Packages {
        let Some(krate) = krate else { return &self.nobody };
        if !self.known.contains_key(&krate) {
            let found = self.find(krate);
            self.known.insert(krate, found);
        }
        &self.known[&krate]
    }

    fn find(&self, krate: Crate) -> Packages {
        let db = self.analysis.db();
        let above: FxHashSet<Crate> =
            attach_db(db, || krate.transitive_reverse_dependencies(db).collect::<FxHashSet<Crate>>());
        let within: Packages =
            self.members.iter().filter(|(it, _)| above.contains(it)).map(|(_, package)| *package).collect();
        self.members.iter().map(|(_, package)| *package).filter(|it| !within.contains(it)).collect()
    }
}
