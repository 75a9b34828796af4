//! `blocking-io`: sync files, sockets, processes and standard input reached from async code.

use retask_engine::Analysis;
use retask_engine::catalogue::Family;
use retask_engine::finding::{Finding, Severity};

use crate::Rule;
use crate::case::{self, Case, Opinion};
use crate::rewrite::draft::Draft;
use crate::rewrite::{batch, carry, twin_or_offload};

pub(crate) const RULE: Rule = Rule {
    name: "blocking-io",
    summary: "sync files, sockets, processes or standard input reached from async code",
    explanation: include_str!("blocking_io.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let opinion = Opinion {
        rule: RULE.name,
        family: Family::Io,
        does: "blocks {worker} on the system",
        severity,
        rewrite,
    };
    case::findings(analysis, &opinion)
}

/// One cheap call is a note; several in a row add up.
fn severity(case: &Case<'_, '_>) -> Severity {
    match case.severity() {
        Severity::Note if !case.entered.at_startup && batch::of(case).is_some() => Severity::Warning,
        severity => severity,
    }
}

fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    if let Some(batch) = batch::of(case)
        && let Ok(draft) = batch::rewrite(case, batch)
    {
        return Ok(draft);
    }
    let rewritten = match carry::rewrite(case, &carry::PROCESS) {
        Some(carried) => carried.or_else(|reason| twin_or_offload(case).map_err(|_| reason)),
        None => twin_or_offload(case),
    };
    rewritten.or_else(|reason| {
        let statement = batch::of_statement(case).and_then(|it| batch::rewrite(case, it).ok());
        statement.ok_or(reason)
    })
}
