//! Which packages can have values of what a crate declares: those with a crate that stands on it, be it by way of others. In all others
//! no call is one of its functions.

use std::collections::HashMap;

use ra_ap_hir::{Crate, attach_db};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::Analysis;

/// The crates of each package that has any, with all that they stand on. Packages go by their places in
/// [`crate::workspace::Workspace::packages`].
pub(crate) struct Reach(HashMap<usize, FxHashSet<Crate>>);

impl Reach {
    pub fn of(analysis: &Analysis<'_>) -> Reach {
        let db = analysis.db();
        let mut below: FxHashMap<Crate, Vec<Crate>> = FxHashMap::default();
        let mut reached: HashMap<usize, FxHashSet<Crate>> = HashMap::new();
        attach_db(db, || {
            for member in analysis.world().members() {
                let Some(root) = analysis.world().file(member.root_file(db)) else { continue };
                let reached = reached.entry(analysis.workspace.files[root as usize].package).or_default();
                let mut open = vec![*member];
                while let Some(krate) = open.pop() {
                    if reached.insert(krate) {
                        let of = || krate.dependencies(db).into_iter().map(|it| it.krate).collect();
                        open.extend(below.entry(krate).or_insert_with(of).iter().copied());
                    }
                }
            }
        });
        Reach(reached)
    }

    /// Whether the crates of a package are known, and none stands on a crate.
    pub fn is_beyond(&self, package: usize, krate: Crate) -> bool {
        self.0.get(&package).is_some_and(|it| !it.contains(&krate))
    }
}
