//! The plan of a round: which rewrites are taken together.

use std::collections::{BTreeMap, BTreeSet};

use retask_engine::finding::{Applicability, Edit, Finding, Fix, Way};

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

/// The groups to take: in the order of their findings, none that overlaps one before it; what moves the whole of another's code to the
/// blocking pool comes before that. Only what is asked for makes a group; other findings that share its rewrite go with it.
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
    // The better rewrite, else another that holds.
    let fixes: Vec<_> = asked.iter().filter_map(|it| Some((*it, it.fixes().find(allowed)?))).collect();
    let (wide, narrow): (Vec<_>, Vec<_>) =
        fixes.iter().partition(|(_, it)| fixes.iter().any(|(_, other)| covers(it, other)));
    for (finding, fix) in wide.into_iter().chain(narrow) {
        if let Some(known) = groups.iter_mut().find(|it| it.fix.group == fix.group) {
            known.findings.push(finding);
        } else if let Some(wide) = groups.iter_mut().find(|it| covers(it.fix, fix)) {
            wide.findings.push(finding);
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

/// Whether a rewrite moves all that another one changes to the blocking pool, and more.
fn covers(fix: &Fix, other: &Fix) -> bool {
    let holds = |outer: &Edit, inner: &Edit| {
        let [outer, inner] = [&outer.place, &inner.place];
        let is_inside = outer.start.offset <= inner.start.offset && inner.end.offset <= outer.end.offset;
        outer.path == inner.path && is_inside && outer != inner
    };
    fix.way == Some(Way::Offload)
        && other.edits.iter().all(|inner| fix.edits.iter().any(|outer| holds(outer, inner)))
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
