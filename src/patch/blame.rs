//! Which rewrite a place in the new text comes from: the way back from a compiler's message to its cause.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use similar::{Algorithm, DiffOp, TextDiff};

use super::{Applied, Patch};

/// Answers where the lines of a patch come from.
pub struct Blame<'p> {
    patch: &'p Patch,
    /// By round and path: the way from the text right after the round to the final one.
    ways: RefCell<HashMap<(usize, String), Vec<DiffOp>>>,
}

impl<'p> Blame<'p> {
    pub fn new(patch: &'p Patch) -> Blame<'p> {
        Blame { patch, ways: RefCell::default() }
    }

    /// The groups that wrote one of some lines of the new text, which count from 0.
    pub fn groups_at(&self, path: &str, lines: &Range<usize>) -> BTreeSet<String> {
        self.groups(|it| {
            let mut own = it.lines.iter().filter(|own| own.path == path).peekable();
            if own.peek().is_none() {
                return false;
            }
            let lines = self.lines_after(it.round, path, lines);
            own.any(|own| own.range.start < lines.end && lines.start < own.range.end)
        })
    }

    /// The groups that wrote to a file.
    pub fn groups_in(&self, path: &str) -> BTreeSet<String> {
        self.groups(|it| it.lines.iter().any(|own| own.path == path))
    }

    /// The groups that changed a package.
    pub fn groups_of(&self, package: &str) -> BTreeSet<String> {
        self.groups(|it| it.packages.iter().any(|it| it == package))
    }

    /// The groups that rely on a changed manifest.
    pub fn groups_with_manifest(&self) -> BTreeSet<String> {
        self.groups(|it| it.needs_manifest)
    }

    fn groups(&self, wanted: impl Fn(&Applied) -> bool) -> BTreeSet<String> {
        let applied = self.patch.applied.iter().filter(|it| wanted(it));
        applied.map(|it| it.rewrite.group.clone()).collect()
    }

    /// Lines of the final text in the text right after a round. Lines that are not there any more count with all that replaced them.
    fn lines_after(&self, round: usize, path: &str, lines: &Range<usize>) -> Range<usize> {
        let key = (round, path.to_owned());
        let mut ways = self.ways.borrow_mut();
        let way = ways.entry(key).or_insert_with(|| self.way(round, path));
        let met = way.iter().filter(|it| {
            let new = it.new_range();
            new.start < lines.end && lines.start < new.end.max(new.start + 1)
        });
        let old = met.map(|it| match it {
            DiffOp::Equal { old_index, new_index, .. } => {
                let new = it.new_range();
                let back = |line: usize| line.clamp(new.start, new.end) - new_index + old_index;
                back(lines.start)..back(lines.end)
            }
            _ => it.old_range(),
        });
        old.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or_default()
    }

    fn way(&self, round: usize, path: &str) -> Vec<DiffOp> {
        let old = self.patch.rounds.get(round).and_then(|it| it.texts.get(path));
        let new = self.patch.files.get(path).map(|it| it.after.as_str());
        let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
        TextDiff::configure().algorithm(Algorithm::Patience).diff_slices(&old, &new).ops().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Blame;
    use crate::patch::{Applied, Change, Lines, Patch, Rewrite, Round};

    fn applied(group: &str, round: usize, range: std::ops::Range<usize>) -> Applied {
        let rewrite = Rewrite {
            group: group.to_owned(),
            rule: "blocking-io",
            title: String::new(),
            path: "a.rs".to_owned(),
            line: 1,
            findings: Vec::new(),
        };
        let lines = vec![Lines { path: "a.rs".to_owned(), range }];
        let (packages, paths) = (vec!["p".to_owned()], vec!["a.rs".to_owned()]);
        Applied { rewrite, packages, paths, needs_manifest: false, round, lines }
    }

    #[test]
    fn a_line_of_the_final_text_leads_to_the_rewrite_that_wrote_it() {
        // The first round writes X and Y. Then the import goes, the second round writes Z, and rustfmt breaks Y.
        let after_first = "use i;\nX\nkept\nY Y\nend\n";
        let after_second = "X\nkept\nY Y\nZ\nend\n";
        let last = "X\nkept\nY\nY\nZ\nend\n";
        let round = |text: &str| Round { texts: BTreeMap::from([("a.rs".to_owned(), text.to_owned())]) };
        let change = Change { before: String::new(), after: last.to_owned(), bom: false };
        let patch = Patch {
            files: BTreeMap::from([("a.rs".to_owned(), change)]),
            applied: vec![applied("x", 0, 1..2), applied("y", 0, 3..4), applied("z", 1, 3..4)],
            rounds: vec![round(after_first), round(after_second)],
            ..Patch::default()
        };
        let blame = Blame::new(&patch);
        let at = |line: usize| blame.groups_at("a.rs", &(line..line + 1)).into_iter().collect::<Vec<_>>();
        assert_eq!(at(0), ["x"]);
        assert!(at(1).is_empty());
        assert!(at(3).contains(&"y".to_owned()));
        assert!(at(4).contains(&"z".to_owned()));
        assert!(at(5).is_empty());
        assert_eq!(blame.groups_in("a.rs").len(), 3);
        assert!(blame.groups_at("b.rs", &(0..9)).is_empty());
        assert_eq!(blame.groups_of("p").len(), 3);
    }
}
