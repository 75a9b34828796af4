//! How time and memory of `check` grow with the workspace, while what there is to find stays the same.

use std::cell::Cell;
use std::fs::File;
use std::io::BufReader;

use serde::Deserialize;

use crate::measure::{Case, in_turn};
use crate::options::Options;
use crate::programs::Retask;
use crate::report::{self, grouped};
use crate::statistics::Sample;
use crate::workspace::Workspace;

/// As much of the JSON of `check` as is needed: its findings are not kept.
#[derive(Deserialize)]
struct Answer {
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    findings: usize,
}

/// Ends with an error where retask finds more or less than there is.
pub fn compare(options: &Options, retask: &Retask, workspaces: &[Workspace]) -> Result<(), String> {
    let found: Vec<Cell<Option<usize>>> = workspaces.iter().map(|_| Cell::new(None)).collect();
    let names: Vec<String> = workspaces.iter().map(|it| format!("{} lines", grouped(it.lines))).collect();
    let cases = workspaces.iter().zip(&found).zip(&names);
    let cases = cases.map(|((workspace, found), name)| {
        Case::new(name, options.runs, || {
            let (sample, findings) = check(retask, workspace)?;
            found.set(Some(findings));
            Ok(sample)
        })
    });
    report::heading("Generated workspaces");
    let rows = in_turn(cases.collect());
    report::table("Growth of retask check, cold", &rows);
    let pairs = names.windows(2).map(|pair| (pair[1].as_str(), pair[0].as_str()));
    report::ratios(&rows, &pairs.collect::<Vec<_>>());
    for pair in workspaces.windows(2) {
        let factor = pair[1].lines as f64 / pair[0].lines as f64;
        report::item(&format!(
            "Lines: {} / {} = {factor:.1}",
            grouped(pair[1].lines),
            grouped(pair[0].lines)
        ));
    }
    let counts = workspaces.iter().zip(&found).zip(&names);
    let wrong = counts.filter(|((workspace, found), name)| {
        let (hazards, findings) = (workspace.hazards.unwrap_or_default(), found.get());
        let told = findings.map_or_else(|| "unknown".to_owned(), |it| it.to_string());
        report::item(&format!("Findings in {name}: {told}, hazards: {hazards}"));
        findings != Some(hazards)
    });
    match wrong.count() {
        0 => Ok(()),
        wrong => {
            Err(format!("retask does not find what there is in {wrong} of {} workspaces", workspaces.len()))
        }
    }
}

fn check(retask: &Retask, workspace: &Workspace) -> Result<(Sample, usize), String> {
    let finished = retask.check_cold(workspace, &["--format", "json"])?;
    let file = File::open(&finished.stdout).map_err(|error| error.to_string())?;
    let answer: Result<Answer, _> = serde_json::from_reader(BufReader::new(file));
    let answer = answer.map_err(|error| format!("the answer of retask is not understood: {error}"))?;
    Ok((finished.sample, answer.summary.findings))
}
