//! `--format markdown`: a short summary for pull requests. The long report is that of [`super::markdown`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use retask_engine::finding::{Finding, Severity};

use super::links::{base, encoded};
use super::shown::Shown;
use super::words::{cell, code, how, idle, prose, severity};
use crate::exit::count;

/// How many findings stand in the table: a comment on a pull request has to stay readable, and hosts cut long ones off.
const MOST: usize = 50;

/// Counts of all findings by rule and severity, and a table of them, errors first; notes stand in the table where they are asked for.
pub fn summary(shown: &Shown<'_>) -> String {
    let of = |severity| shown.findings().iter().filter(|it| it.severity == severity).count();
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let mut text = format!(
        "## retask: {}, {}, {}\n",
        count(errors, "error"),
        count(warnings, "warning"),
        count(notes, "note")
    );
    if shown.findings().is_empty() {
        text.push_str("\nNothing found.\n");
    } else {
        rules(&mut text, shown.findings());
    }
    findings(&mut text, shown);
    for (index, (_, place, problem)) in shown.problems().enumerate() {
        let head = if index == 0 { "\n" } else { "" };
        let at = code(&format!("{}:{}", shown.in_repository(&place.path), place.start.line));
        let _ = writeln!(text, "{head}- {at}: {}", prose(&idle(problem)));
    }
    if !shown.analysed.skipped.is_empty() {
        text.push_str("\nSkipped:\n\n");
        for skipped in &shown.analysed.skipped {
            let _ = writeln!(text, "- {}: {}", code(&skipped.path), prose(&skipped.reason));
        }
    }
    text
}

fn rules(text: &mut String, findings: &[Finding]) {
    let mut rules: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for finding in findings {
        let row = rules.entry(finding.rule).or_default();
        let column = match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Note => 2,
        };
        row[column] += 1;
        row[3] += usize::from(finding.fix.is_some());
    }
    text.push_str("\n| rule | errors | warnings | notes | with a rewrite |\n|---|---:|---:|---:|---:|\n");
    for (rule, [errors, warnings, notes, fixable]) in rules {
        let _ = writeln!(text, "| {rule} | {errors} | {warnings} | {notes} | {fixable} |");
    }
}

fn findings(text: &mut String, shown: &Shown<'_>) {
    let mut findings: Vec<&Finding> = shown.important().collect();
    findings.sort_by_key(|it| it.severity);
    if findings.is_empty() {
        return;
    }
    let base = base();
    text.push_str("\n| where | what | rewrite |\n|---|---|---|\n");
    for finding in findings.iter().take(MOST) {
        let (path, line) = (shown.in_repository(&finding.place.path), finding.place.start.line);
        let name = cell(&format!("`{}:{line}`", path.replace('`', "'")));
        let link = format!("{base}{}#L{line}", encoded(&path));
        let (kind, rule) = (severity(finding.severity), finding.rule);
        let _ = writeln!(
            text,
            "| [{name}]({link}) | {kind} of {rule}: {} | {} |",
            cell(&finding.message),
            cell(&how(finding))
        );
    }
    if findings.len() > MOST {
        let _ = writeln!(text, "\nAnd {} more: `retask check` prints them.", findings.len() - MOST);
    }
}
