//! The JSON of the contract. `schema/check.json` and `schema/map.json` describe it.

use retask_engine::Workspace;
use retask_engine::finding::{Finding, Place, Unit};
use retask_engine::workspace::Skipped;
use serde::Serialize;

use super::terminal::raw;
use super::totals::{Total, totals};
use crate::allow::Allowed;
use crate::analysed::Analysed;
use crate::baseline::Outcome;
use crate::patch::manifest;

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    findings: usize,
    fixable: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct Findings<'a> {
    schema: u32,
    tool: Tool,
    findings: &'a [Finding],
    /// The comments that silence findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allows: Vec<Allowed>,
    /// What a baseline keeps quiet.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'a Outcome>,
    skipped: &'a [Skipped],
    summary: Summary,
}

#[derive(Serialize)]
struct Units<'a> {
    schema: u32,
    tool: Tool,
    units: &'a [Unit],
    /// By bucket and primitive.
    totals: Vec<Total>,
    skipped: &'a [Skipped],
    summary: Summary,
}

const TOOL: Tool = Tool { name: "retask", version: env!("CARGO_PKG_VERSION") };

/// The findings with the offsets of files as they are on disk, and with the edits of manifests.
pub fn as_on_disk(workspace: &Workspace, findings: &[Finding]) -> Vec<Finding> {
    let mut findings = findings.to_vec();
    for finding in &mut findings {
        on_disk(workspace, &mut finding.place);
        finding.evidence.iter_mut().for_each(|it| on_disk(workspace, &mut it.place));
        for fix in finding.fix.iter_mut().chain(&mut finding.alternatives) {
            fix.edits.iter_mut().for_each(|it| on_disk(workspace, &mut it.place));
            fix.edits.extend(manifest::edits(workspace, &fix.needs));
        }
    }
    findings
}

/// The findings as one object.
pub fn findings(workspace: &Workspace, analysed: &Analysed) -> String {
    let findings = as_on_disk(workspace, &analysed.findings);
    let mut allows = analysed.allows.clone();
    allows.iter_mut().for_each(|it| on_disk(workspace, &mut it.place));
    text(&Findings {
        schema: 1,
        tool: TOOL,
        findings: &findings,
        allows,
        baseline: analysed.baseline.as_ref(),
        skipped: &analysed.skipped,
        summary: summary(workspace, analysed),
    })
}

/// The units as one object.
pub fn units(workspace: &Workspace, analysed: &Analysed) -> String {
    let mut units = analysed.units.clone();
    for unit in &mut units {
        on_disk(workspace, &mut unit.place);
        unit.evidence.iter_mut().for_each(|it| on_disk(workspace, &mut it.place));
    }
    text(&Units {
        schema: 1,
        tool: TOOL,
        units: &units,
        totals: totals(&units),
        skipped: &analysed.skipped,
        summary: summary(workspace, analysed),
    })
}

/// Prints the findings.
pub fn print_findings(workspace: &Workspace, analysed: &Analysed) {
    raw(&(findings(workspace, analysed) + "\n"));
}

fn summary(workspace: &Workspace, analysed: &Analysed) -> Summary {
    Summary {
        files: workspace.files.len(),
        findings: analysed.findings.len(),
        fixable: analysed.findings.iter().filter(|it| it.fix.is_some()).count(),
        unknown: analysed.unknown,
    }
}

/// Counts the byte order mark, which the texts in memory do not hold.
pub(super) fn on_disk(workspace: &Workspace, place: &mut Place) {
    let has_bom = workspace.files.iter().any(|it| it.bom && it.path == place.path);
    if has_bom {
        place.start.offset += 3;
        place.end.offset += 3;
    }
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"))
}
