//! `blocking-sleep`: a sync sleep reached from async code.

use retask_engine::Analysis;
use retask_engine::catalogue::Family;
use retask_engine::finding::{Finding, Severity};

use crate::Rule;
use crate::case::{self, Case, Opinion};
use crate::rewrite::twin_or_offload;

pub(crate) const RULE: Rule = Rule {
    name: "blocking-sleep",
    summary: "a sync sleep reached from async code",
    explanation: include_str!("blocking_sleep.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let opinion = Opinion {
        rule: RULE.name,
        family: Family::Sleep,
        does: "puts {worker} to sleep",
        severity,
        rewrite: twin_or_offload,
    };
    case::findings(analysis, &opinion)
}

/// A sleep of less than a millisecond is short enough for a worker.
fn severity(case: &Case<'_, '_>) -> Severity {
    let duration = case.call.args().into_iter().next().and_then(|it| case.sema.nanoseconds(&it));
    if duration.is_some_and(|it| it < 1e6) { Severity::Note } else { case.severity() }
}
