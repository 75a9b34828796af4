//! The migration report: what was found, what became of it, and what changes in meaning.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use retask_engine::Workspace;
use retask_engine::finding::{Finding, Fix};

use super::outcome::{HEAD, Outcome, outcomes, rows, waits_for};
use super::words::{code, prose, severity};
use crate::analysed::Analysed;
use crate::patch::Patch;
use crate::write::TakenBack;

/// The report of a command on a workspace. It names no place outside the workspace and no time: the same run gives the same bytes.
pub fn report(
    command: &str,
    workspace: &Workspace,
    analysed: &Analysed,
    patch: Option<&Patch>,
    taken_back: &[TakenBack],
) -> String {
    let outcomes = outcomes(&analysed.findings, patch, taken_back);
    let name = Path::new(&workspace.root).file_name().map(|it| it.to_string_lossy().into_owned());
    let mut text = format!("# What retask found in {}\n\n", code(&name.unwrap_or_default()));
    let _ = writeln!(
        text,
        "By {} of version {}.\n",
        code(&format!("retask {command}")),
        env!("CARGO_PKG_VERSION")
    );
    table(&mut text, &analysed.findings, &outcomes);
    let mut path = "";
    for (finding, outcome) in analysed.findings.iter().zip(&outcomes) {
        if finding.place.path != path {
            path = &finding.place.path;
            let _ = writeln!(text, "\n## {}", code(path));
        }
        section(&mut text, finding, outcome);
    }
    if !analysed.skipped.is_empty() {
        text.push_str("\n## Skipped\n\n");
        for skipped in &analysed.skipped {
            let _ = writeln!(text, "- {}: {}", code(&skipped.path), prose(&skipped.reason));
        }
    }
    text
}

fn table(text: &mut String, findings: &[Finding], outcomes: &[Outcome]) {
    let _ = writeln!(text, "| {} |", HEAD.join(" | "));
    text.push_str("|---|---:|---:|---:|---:|---:|\n");
    for (rule, row) in rows(findings, outcomes) {
        let cells: Vec<String> = row.cells().iter().map(usize::to_string).collect();
        let _ = writeln!(text, "| {rule} | {} |", cells.join(" | "));
    }
}

fn section(text: &mut String, finding: &Finding, outcome: &Outcome) {
    let severity = severity(finding.severity);
    let (line, column) = (finding.place.start.line, finding.place.start.column);
    let _ = writeln!(text, "\n### Line {line}, column {column}: {severity} of {}\n", finding.rule);
    let _ = writeln!(text, "{}.\n", prose(&finding.message));
    let bucket = finding.bucket;
    let _ = writeln!(
        text,
        "- Bucket: {} ({}), which belongs {}",
        bucket.number(),
        bucket.name(),
        prose(bucket.belongs())
    );
    if let Some(fix) = &finding.fix {
        rewrite(text, fix, outcome);
    }
    if let Outcome::Refused(reason) = outcome {
        let _ = writeln!(text, "- Refused: {}", prose(reason));
    }
}

fn rewrite(text: &mut String, fix: &Fix, outcome: &Outcome) {
    let became = match outcome {
        Outcome::Rewritten => "applied".to_owned(),
        Outcome::Offered => waits_for(fix.applicability).to_owned(),
        Outcome::TakenBack(reason) => format!("taken back, since {reason}"),
        Outcome::Refused(_) => "not applied".to_owned(),
    };
    let _ = writeln!(text, "- Rewrite: {}: {}", prose(&fix.title), prose(&became));
    match fix.caveats.as_slice() {
        [] => text.push_str("- Change of meaning: none but scheduling\n"),
        caveats => {
            let caveats: Vec<String> = caveats.iter().map(|it| prose(it)).collect();
            let _ = writeln!(text, "- Change of meaning: {}", caveats.join("; "));
        }
    }
    let files: BTreeSet<&str> = fix.edits.iter().map(|it| it.place.path.as_str()).collect();
    let files: Vec<String> = files.into_iter().map(code).collect();
    let _ = writeln!(text, "- Files: {}", files.join(", "));
}
