//! `nested-block-on`: calls that panic or deadlock in async code.

use retask_engine::Analysis;
use retask_engine::catalogue::Family;
use retask_engine::finding::Finding;

use crate::Rule;
use crate::case::{self, Case, Opinion};
use crate::rewrite::draft::Draft;
use crate::rewrite::{driver, offload};

pub(crate) const RULE: Rule = Rule {
    name: "nested-block-on",
    summary: "`block_on`, `blocking_lock` and other calls that panic or deadlock in async code",
    explanation: include_str!("nested_block_on.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let opinion = Opinion {
        rule: RULE.name,
        family: Family::BlockOn,
        does: "drives a future on {worker}, which panics or deadlocks",
        severity: |case| case.severity(),
        rewrite,
    };
    case::findings(analysis, &opinion)
}

/// In async code itself the future is awaited. A sync helper may block on a future on the blocking pool, where that is right.
fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    match &case.entered.through {
        None => driver::rewrite(case),
        Some(_) => offload::rewrite(case),
    }
}
