//! The pieces of a patch. No rewrite is torn apart, and each piece leaves a tree that is whole.

use std::collections::{BTreeMap, BTreeSet};

use super::Piece;
use crate::patch::{Applied, Change, Choice, Patch};
use crate::plan::Parts;

/// Pieces that hold whole files, so that each applies by itself: files that cannot be parted are named after all that any of them is.
pub fn by_file(patch: &Patch, names_of: impl Fn(&str) -> BTreeSet<String>) -> Vec<Piece<'_>> {
    let mut parts = Parts::default();
    for path in patch.files.keys() {
        parts.root(path);
    }
    for applied in &patch.applied {
        parts.join(applied.paths.iter().map(String::as_str));
    }
    // Those of one name come first.
    let mut pieces: BTreeMap<(usize, BTreeSet<String>), Piece<'_>> = BTreeMap::new();
    for part in parts.sets() {
        let files: Vec<(&String, &Change)> =
            patch.files.iter().filter(|(path, _)| part.contains(path.as_str())).collect();
        let names: BTreeSet<String> = files.iter().flat_map(|(path, _)| names_of(path)).collect();
        if files.is_empty() {
            continue;
        }
        let piece = pieces.entry((names.len(), names.clone())).or_default();
        piece.names = names;
        piece.files.extend(files.into_iter().map(|(path, it)| (path.clone(), it.clone())));
        let is_here = |it: &&Applied| it.paths.iter().any(|path| part.contains(path.as_str()));
        piece.rewrites.extend(patch.applied.iter().filter(is_here).map(|it| &it.rewrite));
    }
    pieces.into_values().collect()
}

/// Pieces that rest on those before them: each leads from the tree that the rules before it make to the one that its own make on top.
/// `plan` works such a tree out, and checks it as it does the whole.
pub fn by_rule(patch: &Patch, plan: impl Fn(&Choice<'_>) -> Patch) -> Vec<Piece<'_>> {
    let mut left = rules(patch);
    let mut done = BTreeSet::new();
    let mut before = BTreeMap::new();
    let mut pieces = Vec::new();
    while !left.is_empty() {
        let (next, files) = next(patch, &done, &left, &plan);
        left.retain(|it| !next.contains(it));
        let is_here = |it: &&Applied| next.contains(&it.rewrite.rule);
        pieces.push(Piece {
            names: next.iter().map(|it| (*it).to_owned()).collect(),
            files: between(&before, &files),
            rewrites: patch.applied.iter().filter(is_here).map(|it| &it.rewrite).collect(),
        });
        done.extend(next);
        before = files;
    }
    // A piece that changes nothing is no patch that git would take.
    pieces.retain(|it| !it.files.is_empty());
    pieces
}

/// The rules of a patch, in the order of their first rounds and their names.
fn rules(patch: &Patch) -> Vec<&'static str> {
    let mut rounds: BTreeMap<&str, usize> = BTreeMap::new();
    for Applied { rewrite, round, .. } in &patch.applied {
        let first = rounds.entry(rewrite.rule).or_insert(*round);
        *first = (*first).min(*round);
    }
    let mut rules: Vec<&str> = rounds.keys().copied().collect();
    rules.sort_by_key(|it| rounds[it]);
    rules
}

/// The rules of the next piece, with the tree after it: one rule where its rewrites can all be made on top of those before, else the
/// fewest of the first ones for which that holds.
fn next(
    patch: &Patch,
    done: &BTreeSet<&'static str>,
    left: &[&'static str],
    plan: impl Fn(&Choice<'_>) -> Patch,
) -> (BTreeSet<&'static str>, BTreeMap<String, Change>) {
    let alone = left.iter().map(std::slice::from_ref);
    let several = (2..left.len()).map(|it| &left[..it]);
    for rules in alone.chain(several).filter(|it| it.len() < left.len()) {
        let all: BTreeSet<&str> = done.iter().chain(rules).copied().collect();
        let made = plan(&Choice::Rules(&all));
        if rewrites(&made, &all) == rewrites(patch, &all)
            && made.applied.iter().all(|it| all.contains(it.rewrite.rule))
        {
            return (rules.iter().copied().collect(), made.files);
        }
    }
    (left.iter().copied().collect(), patch.files.clone())
}

/// The rewrites of some rules, by what stays the same in whatever round they are made.
fn rewrites<'p>(patch: &'p Patch, rules: &BTreeSet<&str>) -> Vec<(&'p str, &'p str, &'p str)> {
    let own = patch.applied.iter().map(|it| &it.rewrite).filter(|it| rules.contains(it.rule));
    let mut rewrites: Vec<_> = own.map(|it| (it.rule, it.path.as_str(), it.title.as_str())).collect();
    rewrites.sort_unstable();
    rewrites
}

/// The way from the files after one patch to those after another.
fn between(before: &BTreeMap<String, Change>, after: &BTreeMap<String, Change>) -> BTreeMap<String, Change> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |path: &String| {
        let (old, new) = (before.get(path), after.get(path));
        let file = new.or(old)?;
        let change = Change {
            before: old.map_or(&file.before, |it| &it.after).clone(),
            after: new.map_or(&file.before, |it| &it.after).clone(),
            bom: file.bom,
        };
        (change.before != change.after).then(|| (path.clone(), change))
    };
    paths.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::Rewrite;

    fn change(before: &str, after: &str) -> Change {
        Change { before: before.to_owned(), after: after.to_owned(), bom: false }
    }

    fn files(files: &[(&str, Change)]) -> BTreeMap<String, Change> {
        files.iter().map(|(path, it)| ((*path).to_owned(), it.clone())).collect()
    }

    /// A rewrite of a rule, in a round.
    fn applied(rule: &'static str, round: usize, paths: &[&str]) -> Applied {
        let path = paths[0].to_owned();
        let rewrite = Rewrite {
            group: path.clone(),
            rule,
            title: rule.to_owned(),
            path,
            line: 1,
            findings: Vec::new(),
        };
        Applied {
            rewrite,
            packages: Vec::new(),
            paths: paths.iter().map(|it| (*it).to_owned()).collect(),
            needs_manifest: false,
            round,
            lines: Vec::new(),
        }
    }

    #[test]
    fn files_that_one_rewrite_changes_are_in_one_piece() {
        let changed = change("old", "new");
        let paths = ["a/x", "a/y", "b/x", "c/x", "c/y"];
        let all: Vec<(&str, Change)> = paths.iter().map(|it| (*it, changed.clone())).collect();
        let applied = ["a/x", "a/y", "c/y"].map(|it| applied("r", 0, &[it])).into_iter().chain([applied(
            "r",
            0,
            &["b/x", "c/x"],
        )]);
        let patch = Patch { files: files(&all), applied: applied.collect(), ..Patch::default() };
        let pieces = by_file(&patch, |it| BTreeSet::from([it[..1].to_owned()]));
        let shown: Vec<String> = pieces
            .iter()
            .map(|it| format!("{:?} {:?} {}", it.names, it.files.keys(), it.rewrites.len()))
            .collect();
        assert_eq!(
            shown,
            [r#"{"a"} ["a/x", "a/y"] 2"#, r#"{"c"} ["c/y"] 1"#, r#"{"b", "c"} ["b/x", "c/x"] 1"#]
        );
    }

    /// The pieces by rule, where `rests` on another rule, as the planner would see it.
    fn names(patch: &Patch, rests: &[(&str, &str)]) -> Vec<Vec<String>> {
        let pieces = by_rule(patch, |choice| {
            let Choice::Rules(rules) = choice else { panic!("rules are chosen") };
            let stands = |rule: &str| rests.iter().all(|it| it.0 != rule || rules.contains(it.1));
            let own =
                patch.applied.iter().filter(|it| rules.contains(it.rewrite.rule) && stands(it.rewrite.rule));
            let text = format!("{rules:?}");
            Patch {
                files: files(&[("a", change("", &text))]),
                applied: own.cloned().collect(),
                ..Patch::default()
            }
        });
        pieces.iter().map(|it| it.names.iter().cloned().collect()).collect()
    }

    #[test]
    fn rules_come_after_those_that_they_rest_on_and_together_where_there_is_no_order() {
        let all = [applied("a", 1, &["a"]), applied("b", 0, &["a"]), applied("c", 0, &["a"])];
        let patch =
            Patch { files: files(&[("a", change("", "whole"))]), applied: all.to_vec(), ..Patch::default() };
        assert_eq!(names(&patch, &[]), [["b"], ["c"], ["a"]]);
        assert_eq!(names(&patch, &[("b", "c"), ("c", "a")]), [["a"], ["c"], ["b"]]);
        assert_eq!(names(&patch, &[("b", "c"), ("c", "b")]), [vec!["a"], vec!["b", "c"]]);
        assert_eq!(names(&patch, &[("b", "c"), ("c", "a"), ("a", "b")]), [["a", "b", "c"]]);
    }

    #[test]
    fn a_piece_leads_from_one_tree_to_the_next() {
        let before = files(&[("a", change("1", "2")), ("b", change("1", "2")), ("c", change("1", "2"))]);
        let after = files(&[("a", change("1", "3")), ("b", change("1", "2")), ("d", change("1", "2"))]);
        let expected = files(&[("a", change("2", "3")), ("c", change("2", "1")), ("d", change("1", "2"))]);
        assert_eq!(between(&before, &after), expected);
    }
}
