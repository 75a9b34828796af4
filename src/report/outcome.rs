//! What became of each finding of a run, and the table of it.

use std::collections::{BTreeMap, BTreeSet};

use retask_engine::finding::{Applicability, Finding};

use crate::patch::Patch;
use crate::write::TakenBack;

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Rewritten,
    /// It has a rewrite that was not asked for.
    Offered,
    /// A precondition failed, or a check of the new text; the reason in words.
    Refused(String),
    /// It was written, and did not pass the compiler or the tests.
    TakenBack(String),
}

/// The outcome of each of some findings: of a run that rewrites, or of one that only reports.
pub fn outcomes(findings: &[Finding], patch: Option<&Patch>, taken_back: &[TakenBack]) -> Vec<Outcome> {
    let applied = patch.map_or(&[][..], |it| &it.applied);
    let dropped = patch.map_or(&[][..], |it| &it.dropped);
    // A finding that waited for a later round can have another id there: it is known by its rule and file.
    let mut later: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let first: BTreeSet<&str> = findings.iter().map(|it| it.id.as_str()).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for rewrite in applied.iter().map(|it| &it.rewrite) {
        for id in &rewrite.findings {
            if !first.contains(id.as_str()) || !seen.insert(id) {
                *later.entry((rewrite.rule, rewrite.path.clone())).or_default() += 1;
            }
        }
    }
    let outcome = |finding: &Finding| {
        let back = taken_back.iter().find(|it| it.what.findings.contains(&finding.id));
        let drop = dropped.iter().find(|it| it.what.findings.contains(&finding.id));
        match (&finding.refused, &finding.fix) {
            _ if seen.contains(finding.id.as_str()) => Outcome::Rewritten,
            (Some(reason), None) => Outcome::Refused(reason.clone()),
            _ if back.is_some() => Outcome::TakenBack(back.map(|it| it.reason.clone()).unwrap_or_default()),
            _ if drop.is_some() => Outcome::Refused(drop.map(|it| it.reason.clone()).unwrap_or_default()),
            _ => match later.get_mut(&(finding.rule, finding.place.path.clone())) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    Outcome::Rewritten
                }
                _ => Outcome::Offered,
            },
        }
    };
    findings.iter().map(outcome).collect()
}

/// A row of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub found: usize,
    pub rewritten: usize,
    pub refused: usize,
    pub taken_back: usize,
    pub offered: usize,
}

pub const HEAD: [&str; 6] = ["rule", "found", "rewritten", "refused", "taken back", "offered"];

impl Row {
    fn add(&mut self, outcome: &Outcome) {
        self.found += 1;
        *match outcome {
            Outcome::Rewritten => &mut self.rewritten,
            Outcome::Offered => &mut self.offered,
            Outcome::Refused(_) => &mut self.refused,
            Outcome::TakenBack(_) => &mut self.taken_back,
        } += 1;
    }

    pub fn cells(&self) -> [usize; 5] {
        [self.found, self.rewritten, self.refused, self.taken_back, self.offered]
    }
}

/// The rows of the table: a rule each, by name, and the total.
pub fn rows<'f>(findings: &'f [Finding], outcomes: &[Outcome]) -> Vec<(&'f str, Row)> {
    let mut rules: BTreeMap<&str, Row> = BTreeMap::new();
    let mut total = Row::default();
    for (finding, outcome) in findings.iter().zip(outcomes) {
        rules.entry(finding.rule).or_default().add(outcome);
        total.add(outcome);
    }
    rules.into_iter().chain([("total", total)]).collect()
}

/// The table as text; empty where nothing was found.
pub fn table(findings: &[Finding], outcomes: &[Outcome]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let rows = rows(findings, outcomes);
    let first = rows.iter().map(|(rule, _)| rule.len()).max().unwrap_or_default();
    let mut text = format!("{:first$}", HEAD[0]);
    HEAD[1..].iter().for_each(|it| text.push_str(&format!("  {it}")));
    for (rule, row) in rows {
        text.push_str(&format!("\n{rule:first$}"));
        for (name, number) in HEAD[1..].iter().zip(row.cells()) {
            text.push_str(&format!("  {number:>width$}", width = name.len()));
        }
    }
    text.push('\n');
    text
}

/// What a rewrite that was not taken waits for.
pub fn waits_for(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::MachineApplicable => "`retask fix` applies it",
        Applicability::MaybeIncorrect => "`retask fix --fixes all` applies it, after a reader agreed",
    }
}
