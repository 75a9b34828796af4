//! Calls that many findings lead to: one change there can end them all, and one comment silences them.

use std::collections::BTreeMap;

use retask_engine::finding::{Evidence, Finding, Severity};

use super::terminal::{error, visible};

/// How many findings lead to a call that is worth a line.
const LEAST: usize = 10;
/// How many lines are printed.
const MOST: usize = 3;

/// Prints the calls that most of the findings which are shown lead to, on standard error.
pub fn print(findings: &[Finding], with_notes: bool) {
    let mut callers: BTreeMap<(&Evidence, &str), usize> = BTreeMap::new();
    let shown = findings.iter().filter(|it| with_notes || it.severity != Severity::Note);
    for finding in shown.filter(|it| it.evidence.len() > 1) {
        *callers.entry((finding.evidence.last().expect("more than one"), finding.rule)).or_default() += 1;
    }
    let mut callers: Vec<_> = callers.into_iter().filter(|it| it.1 >= LEAST).collect();
    callers.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((Evidence { place, note }, rule), count) in callers.into_iter().take(MOST) {
        let at = format!("{}:{}:{}", visible(&place.path), place.start.line, place.start.column);
        error(&format!("retask: {count} of these lead to one call, {at}: {note}"));
        error(&format!("        if that is fine, `// retask: allow({rule}) REASON` above it silences them"));
    }
}
