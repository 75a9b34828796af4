//! The plan of a round: which rewrites are taken together.

use std::collections::{BTreeMap, BTreeSet};

use retask_engine::finding::{Applicability, Finding, Fix};

use super::edits::overlaps;
use super::{Choice, Level};

/// A rewrite with the findings that it does away with. It is applied whole or not at all.
pub struct Group<'f> {
    pub fix: &'f Fix,
    pub findings: Vec<&'f Finding>,
}

impl Group<'_> {
    pub fn touches(&self, path: &str) -> bool {
        self.fix.edits.iter().any(|it| it.place.path == path)
    }
}

/// The rewrites that a round may not take.
#[derive(Default)]
pub struct Limits {
    /// What failed alone.
    pub banned: BTreeSet<String>,
    /// How many rewrites may be tried in a file at once, where several failed together.
    pub at_once: BTreeMap<String, usize>,
}

/// The groups to take: in the order of their findings, none that overlaps one before it. Only what is asked for makes a group; other
/// findings that share its rewrite go with it.
pub fn choose<'f>(
    findings: &'f [Finding],
    level: Level,
    choice: &Choice<'_>,
    limits: &Limits,
    is_asked: impl Fn(&Finding) -> bool,
) -> Vec<Group<'f>> {
    let mut groups: Vec<Group<'f>> = Vec::new();
    let allowed = |fix: &&Fix| {
        is_of_level(fix, level) && choice.takes(&fix.group) && !limits.banned.contains(&fix.group)
    };
    let (asked, others): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(|it| is_asked(it));
    for finding in asked {
        // The better rewrite, else another that holds.
        let Some(fix) = finding.fixes().find(allowed) else { continue };
        if let Some(known) = groups.iter_mut().find(|it| it.fix.group == fix.group) {
            known.findings.push(finding);
        } else if !groups.iter().any(|it| overlaps(&it.fix.edits, &fix.edits))
            && has_room(&groups, fix, limits)
        {
            groups.push(Group { fix, findings: vec![finding] });
        }
    }
    for finding in others {
        let fixes = || finding.fixes().filter(allowed);
        let shared = groups.iter_mut().find(|group| fixes().any(|it| it.group == group.fix.group));
        shared.into_iter().for_each(|it| it.findings.push(finding));
    }
    groups
}

/// Whether a level takes a rewrite.
pub fn is_of_level(fix: &Fix, level: Level) -> bool {
    (level != Level::Safe || fix.applicability == Applicability::MachineApplicable)
        && (level == Level::Design || !fix.is_design)
}

fn has_room(groups: &[Group<'_>], fix: &Fix, limits: &Limits) -> bool {
    fix.edits.iter().all(|edit| {
        let path = &edit.place.path;
        let taken = || groups.iter().filter(|it| it.touches(path)).count();
        limits.at_once.get(path).is_none_or(|limit| taken() < *limit)
    })
}
