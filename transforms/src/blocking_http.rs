//! `blocking-http`: a sync HTTP client reached from async code.

use retask_engine::Analysis;
use retask_engine::catalogue::Family;
use retask_engine::finding::Finding;

use crate::Rule;
use crate::case::{self, Case, Opinion};
use crate::rewrite::draft::Draft;
use crate::rewrite::{batch, carriers, carry, twin_or_offload};

pub(crate) const RULE: Rule = Rule {
    name: "blocking-http",
    summary: "a sync HTTP client reached from async code",
    explanation: include_str!("blocking_http.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let opinion = Opinion {
        rule: RULE.name,
        family: Family::Http,
        does: "holds {worker} until a server answers",
        severity: |case| case.severity(),
        rewrite,
    };
    case::findings(analysis, &opinion)
}

fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    if case.analysis.workspace.settings.keeps_http_client {
        return offload(case);
    }
    match carry::rewrite(case, &carriers::REQWEST) {
        Some(carried) => carried.or_else(|reason| offload(case).map_err(|_| reason)),
        None => offload(case),
    }
}

/// A request and the reading of its response go together.
fn offload(case: &Case<'_, '_>) -> Result<Draft, String> {
    let together = batch::of(case).and_then(|it| batch::rewrite(case, it).ok());
    together.map_or_else(|| twin_or_offload(case), Ok)
}
