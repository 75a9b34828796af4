//! What is checked of rewrites in memory, before any compiler sees them.

use std::collections::{BTreeMap, BTreeSet};

use ra_ap_syntax::{Edition, SourceFile as Syntax};
use retask_engine::Workspace;
use retask_engine::finding::{Finding, Severity};

use super::edits::{apply, by_file};
use super::plan::Group;
use super::{Change, manifest};
use crate::analysed::Analysed;

/// Checks a rewrite alone: its text parses, and the manifests can give what it needs.
pub fn accept(
    now: &Workspace,
    manifests: &mut BTreeMap<String, Change>,
    group: &Group<'_>,
) -> Result<(), String> {
    let mut changed = manifests.clone();
    for need in &group.fix.needs {
        manifest::enable(now, &mut changed, need)?;
    }
    for (path, edits) in by_file(&group.fix.edits) {
        let file =
            now.files.iter().find(|it| it.path == path).ok_or("the file is not a part of the workspace")?;
        let text = apply(&file.text, &edits)?.text;
        if is_worse_syntax(&file.text, &text, file.edition) {
            return Err("the new text does not parse".to_owned());
        }
    }
    *manifests = changed;
    Ok(())
}

/// Whether a text has more syntax errors than the one that it comes from.
fn is_worse_syntax(before: &str, after: &str, edition: Edition) -> bool {
    syntax_errors(after, edition) > syntax_errors(before, edition)
}

fn syntax_errors(text: &str, edition: Edition) -> usize {
    Syntax::parse(text, edition).errors().len()
}

/// The files whose rewrites failed, each with the reason: a finding of importance is left that should be gone, one came anew, a name
/// leads nowhere, what is awaited is no future, or the rewrites together do not parse where each alone does.
pub fn worse(
    now: &Workspace,
    next: &Workspace,
    before: &[Finding],
    after: &Analysed,
    done: &[Group<'_>],
) -> BTreeMap<String, String> {
    let mut expected: BTreeMap<(&str, &str), isize> = BTreeMap::new();
    let counts = |it: &&Finding| it.severity != Severity::Note;
    for finding in before.iter().filter(counts) {
        *expected.entry((&finding.place.path, finding.rule)).or_default() += 1;
    }
    for finding in done.iter().flat_map(|it| it.findings.iter().copied()).filter(counts) {
        *expected.entry((&finding.place.path, finding.rule)).or_default() -= 1;
    }
    for finding in after.findings.iter().filter(counts) {
        *expected.entry((&finding.place.path, finding.rule)).or_default() -= 1;
    }
    let left =
        expected.into_iter().filter(|((_, rule), left)| *left < 0 && !retask_transforms::may_follow(rule));
    let mut failed: BTreeMap<String, String> = left
        .map(|((path, _), _)| (path.to_owned(), "the finding would stay, or another would come".to_owned()))
        .collect();
    for (path, name) in &after.unresolved {
        // What stood in the file before is not of the rewrites' making.
        let was_there = now.files.iter().any(|it| it.path == *path && it.text.contains(name));
        if was_there || comes_with_a_feature(now, path, name, done) {
            continue;
        }
        failed.insert(path.clone(), format!("`{name}` in the new text leads nowhere"));
    }
    for (path, value) in &after.awaited_in_vain {
        failed.insert(path.clone(), format!("`{value}` is awaited in the new text, and is no future"));
    }
    for (now, next) in now.files.iter().zip(&next.files).filter(|(now, next)| now.text != next.text) {
        if is_worse_syntax(&now.text, &next.text, now.edition) {
            failed.insert(now.path.clone(), "the new texts together do not parse".to_owned());
        }
    }
    failed
}

/// Whether a name belongs to a dependency that a rewrite adds a feature to: it was loaded without that feature.
fn comes_with_a_feature(now: &Workspace, path: &str, name: &str, done: &[Group<'_>]) -> bool {
    let here = done.iter().filter(|it| it.touches(path));
    here.flat_map(|it| &it.fix.needs).any(|need| {
        let dependencies = &now.packages[need.package].dependencies;
        dependencies.iter().any(|(krate, it)| {
            let is_of_it = name.strip_prefix(krate.as_str()).is_some_and(|rest| rest.starts_with("::"));
            it.package == need.dependency && is_of_it && !it.features.iter().any(|it| *it == need.feature)
        })
    })
}

/// Takes the blame apart: where one rewrite of a failed file was tried alone, it is banned; where several were, fewer are tried next.
pub fn blame<'g, 'f>(
    failed: &BTreeMap<String, String>,
    done: &'g [Group<'f>],
    at_once: &mut BTreeMap<String, usize>,
) -> Vec<(&'g Group<'f>, String)> {
    let mut banned: Vec<(&Group<'f>, String)> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (path, reason) in failed {
        let here: Vec<&Group<'f>> = done.iter().filter(|it| it.touches(path)).collect();
        match here.as_slice() {
            // A finding that came in a file that no rewrite touched: by which one is not known.
            [] => {
                let all = done.iter().filter(|it| seen.insert(&it.fix.group));
                banned.extend(all.map(|it| (it, reason.clone())));
            }
            [alone] if seen.insert(&alone.fix.group) => banned.push((alone, reason.clone())),
            [_] => {}
            several => {
                at_once.insert(path.clone(), several.len().div_ceil(2));
            }
        }
    }
    banned
}
