//! `blocking-wait`: a sync wait reached from async code.

use retask_engine::Analysis;
use retask_engine::catalogue::Family;
use retask_engine::finding::Finding;

use crate::Rule;
use crate::case::{self, Opinion};
use crate::rewrite::twin_or_offload;

pub(crate) const RULE: Rule = Rule {
    name: "blocking-wait",
    summary: "a sync wait for a channel, a thread or a condition reached from async code",
    explanation: include_str!("blocking_wait.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let opinion = Opinion {
        rule: RULE.name,
        family: Family::Wait,
        does: "holds {worker} until another thread acts",
        severity: |case| case.severity(),
        rewrite: twin_or_offload,
    };
    case::findings(analysis, &opinion)
}
