//! What belongs together: files that one rewrite changes, and a manifest with the files that need a feature from it.

use std::collections::{BTreeMap, BTreeSet};

/// Disjoint sets of paths; the least path of a set stands for it.
#[derive(Default)]
pub struct Parts<'p> {
    parents: BTreeMap<&'p str, &'p str>,
}

impl<'p> Parts<'p> {
    /// The least path of the set of a path, which gets a set of its own where it has none.
    pub fn root(&mut self, path: &'p str) -> &'p str {
        let parent = *self.parents.entry(path).or_insert(path);
        if parent == path {
            return path;
        }
        let root = self.root(parent);
        self.parents.insert(path, root);
        root
    }

    /// Puts paths into one set.
    pub fn join(&mut self, paths: impl IntoIterator<Item = &'p str>) {
        let mut paths = paths.into_iter();
        let Some(first) = paths.next() else { return };
        self.root(first);
        for path in paths {
            let (a, b) = (self.root(first), self.root(path));
            self.parents.insert(a.max(b), a.min(b));
        }
    }

    /// All sets, in the order of their least paths.
    pub fn sets(mut self) -> Vec<BTreeSet<&'p str>> {
        let mut by_root: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let all: Vec<&str> = self.parents.keys().copied().collect();
        for path in all {
            by_root.entry(self.root(path)).or_default().insert(path);
        }
        by_root.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn what_belongs_together_is_one_set() {
        let mut parts = Parts::default();
        parts.root("f");
        parts.join(["c", "b"]);
        parts.join(["d", "e"]);
        parts.join(["b", "a"]);
        parts.join([]);
        let sets: Vec<Vec<&str>> = parts.sets().into_iter().map(|it| it.into_iter().collect()).collect();
        assert_eq!(sets, [vec!["a", "b", "c"], vec!["d", "e"], vec!["f"]]);
    }
}
