//! Rounds: groups that overlap wait for the next round, and rounds go on in memory until nothing new appears.

use std::collections::{BTreeMap, BTreeSet};

use ra_ap_syntax::{Edition, SourceFile as Syntax};
use retask_engine::Workspace;
use retask_engine::finding::{Applicability, Edit, Finding, Fix, Severity};
use retask_engine::imports;

use super::manifest;
use super::{Applied, Change, Level, Patch};
use crate::commands::Analysed;

/// More rounds than any real file needs; a bound all the same.
const ROUNDS: usize = 6;

/// Works the rewrites out, without the groups that are named.
pub fn rounds(
    workspace: &Workspace,
    level: Level,
    without: &[String],
    analyse: impl Fn(&Workspace) -> Analysed,
) -> Patch {
    let mut patch = Patch { first: analyse(workspace), ..Patch::default() };
    let mut banned: BTreeSet<String> = without.iter().cloned().collect();
    let mut now = workspace.clone();
    let mut manifests: BTreeMap<String, Change> = BTreeMap::new();
    let mut findings = patch.first.findings.clone();
    patch.last.findings = findings.clone();
    for _ in 0..ROUNDS {
        let groups = choose(&findings, level, &banned);
        if groups.is_empty() {
            break;
        }
        let mut changed = manifests.clone();
        let mut done = Vec::new();
        for group in groups {
            match accept(&now, &mut changed, &group) {
                Ok(()) => done.push(group),
                Err(reason) => {
                    banned.insert(group.fix.group.clone());
                    patch.dropped.push((group.place(), reason));
                }
            }
        }
        let next = applied(&now, &done);
        let after = analyse(&next);
        let worse = worse(&findings, &after.findings, &done);
        if !worse.is_empty() {
            for group in
                done.iter().filter(|it| it.fix.edits.iter().any(|edit| worse.contains(&edit.place.path)))
            {
                banned.insert(group.fix.group.clone());
                patch
                    .dropped
                    .push((group.place(), "the finding would stay, or another would come".to_owned()));
            }
            continue;
        }
        patch.applied.extend(done.iter().map(|it| it.applied(&now)));
        now = next;
        manifests = changed;
        findings = after.findings.clone();
        patch.last = after;
    }
    for (before, after) in workspace.files.iter().zip(&now.files) {
        if before.text != after.text {
            let change = Change { before: before.text.clone(), after: after.text.clone(), bom: before.bom };
            patch.files.insert(before.path.clone(), change);
        }
    }
    patch.files.extend(manifests);
    patch
}

/// A rewrite with its findings.
struct Group<'f> {
    fix: &'f Fix,
    findings: Vec<&'f Finding>,
}

impl Group<'_> {
    fn place(&self) -> String {
        let first = self.findings[0];
        format!("{}:{}: {}", first.place.path, first.place.start.line, self.fix.title)
    }

    fn applied(&self, workspace: &Workspace) -> Applied {
        let first = self.findings[0];
        let mut packages: Vec<String> = workspace
            .files
            .iter()
            .filter(|file| self.fix.edits.iter().any(|it| it.place.path == file.path))
            .map(|file| workspace.packages[file.package].name.clone())
            .collect();
        packages.sort();
        packages.dedup();
        Applied {
            group: self.fix.group.clone(),
            rule: first.rule,
            title: self.fix.title.clone(),
            path: first.place.path.clone(),
            line: first.place.start.line,
            packages,
        }
    }
}

/// The groups to take in this round: in the order of their findings, none that overlaps one before it.
fn choose<'f>(findings: &'f [Finding], level: Level, banned: &BTreeSet<String>) -> Vec<Group<'f>> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let allowed = level == Level::All || fix.applicability == Applicability::MachineApplicable;
        if !allowed || banned.contains(&fix.group) {
            continue;
        }
        if let Some(known) = groups.iter_mut().find(|it| it.fix.group == fix.group) {
            known.findings.push(finding);
        } else if !groups.iter().any(|it| overlaps(&it.fix.edits, &fix.edits)) {
            groups.push(Group { fix, findings: vec![finding] });
        }
    }
    groups
}

fn overlaps(a: &[Edit], b: &[Edit]) -> bool {
    a.iter().any(|a| {
        b.iter().any(|b| {
            a.place.path == b.place.path
                && a.place.start.offset <= b.place.end.offset
                && b.place.start.offset <= a.place.end.offset
        })
    })
}

/// Checks a group alone: its text parses, and the manifests can give what it needs.
fn accept(
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
        let text = edited(&file.text, &edits)?;
        if syntax_errors(&text, file.edition) > syntax_errors(&file.text, file.edition) {
            return Err("the new text does not parse".to_owned());
        }
    }
    *manifests = changed;
    Ok(())
}

fn by_file(edits: &[Edit]) -> BTreeMap<&str, Vec<&Edit>> {
    let mut files: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        files.entry(&edit.place.path).or_default().push(edit);
    }
    files
}

/// The workspace after the edits of some groups, which do not overlap.
fn applied(now: &Workspace, groups: &[Group<'_>]) -> Workspace {
    let mut next = now.clone();
    let edits: Vec<Edit> = groups.iter().flat_map(|it| it.fix.edits.iter().cloned()).collect();
    for (path, edits) in by_file(&edits) {
        let Some(file) = next.files.iter_mut().find(|it| it.path == path) else { continue };
        if let Ok(text) = edited(&file.text, &edits) {
            file.text = imports::remove_unused(&file.text, &text);
        }
    }
    next
}

/// A text with its edits applied, from the last to the first.
fn edited(text: &str, edits: &[&Edit]) -> Result<String, String> {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|it| (it.place.start.offset, it.place.end.offset));
    let mut new = text.to_owned();
    let mut limit = text.len();
    for edit in edits.iter().rev() {
        let range = edit.place.start.offset as usize..edit.place.end.offset as usize;
        if range.end > limit || !text.is_char_boundary(range.start) || !text.is_char_boundary(range.end) {
            return Err("its edits overlap".to_owned());
        }
        limit = range.start;
        new.replace_range(range, &line_ends(text, &edit.text));
    }
    Ok(new)
}

/// New lines end as those of the file do.
fn line_ends(file: &str, new: &str) -> String {
    if file.contains("\r\n") && !new.contains("\r\n") { new.replace('\n', "\r\n") } else { new.to_owned() }
}

fn syntax_errors(text: &str, edition: Edition) -> usize {
    Syntax::parse(text, edition).errors().len()
}

/// The files in which a finding of importance is left that should be gone, or came anew.
fn worse(before: &[Finding], after: &[Finding], done: &[Group<'_>]) -> BTreeSet<String> {
    let mut expected: BTreeMap<(&str, &str), isize> = BTreeMap::new();
    for finding in before.iter().filter(|it| it.severity != Severity::Note) {
        *expected.entry((&finding.place.path, finding.rule)).or_default() += 1;
    }
    for finding in done.iter().flat_map(|it| &it.findings).filter(|it| it.severity != Severity::Note) {
        *expected.entry((&finding.place.path, finding.rule)).or_default() -= 1;
    }
    for finding in after.iter().filter(|it| it.severity != Severity::Note) {
        *expected.entry((&finding.place.path, finding.rule)).or_default() -= 1;
    }
    expected.into_iter().filter(|(_, left)| *left < 0).map(|((path, _), _)| path.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use retask_engine::finding::{Edit, Place, Position};

    use super::{edited, overlaps};

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        let position = |offset| Position { line: 1, column: offset + 1, offset };
        Edit {
            place: Place { path: "src/lib.rs".to_owned(), start: position(start), end: position(end) },
            text: text.to_owned(),
        }
    }

    #[test]
    fn edits_apply_together() {
        let (a, b) = (edit(0, 1, "xy"), edit(2, 2, "!"));
        assert_eq!(edited("abc", &[&b, &a]), Ok("xyb!c".to_owned()));
    }

    #[test]
    fn edits_that_touch_wait_for_the_next_round() {
        assert!(overlaps(&[edit(0, 2, "")], &[edit(2, 3, "")]));
        assert!(!overlaps(&[edit(0, 2, "")], &[edit(3, 4, "")]));
        assert!(edited("abc", &[&edit(0, 2, ""), &edit(1, 3, "")]).is_err());
    }

    #[test]
    fn new_lines_end_as_the_file_does() {
        assert_eq!(edited("a\r\nb", &[&edit(3, 4, "c\nd")]), Ok("a\r\nc\r\nd".to_owned()));
    }
}
