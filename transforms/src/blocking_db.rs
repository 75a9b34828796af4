//! `blocking-db`: a sync database call reached from async code.

use retask_engine::Analysis;
use retask_engine::catalogue::Family;
use retask_engine::finding::{Finding, Severity};

use crate::Rule;
use crate::case::{self, Case, Opinion};
use crate::rewrite::draft::Draft;
use crate::rewrite::{batch, twin_or_offload};

pub(crate) const RULE: Rule = Rule {
    name: "blocking-db",
    summary: "a sync database call reached from async code",
    explanation: include_str!("blocking_db.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let opinion = Opinion {
        rule: RULE.name,
        family: Family::Db,
        does: "holds {worker} until the database answers",
        severity,
        rewrite,
    };
    case::findings(analysis, &opinion)
}

/// Clients that drive a runtime of their own panic in async code.
fn severity(case: &Case<'_, '_>) -> Severity {
    match case.entered.reached.entry.drives_own_runtime() {
        true => Severity::Error,
        false => case.severity(),
    }
}

/// A connection, its statements and their rows go together: they borrow from one another, and a transaction is one piece of work.
fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    if let Some(batch) = batch::of(case)
        && let Ok(draft) = batch::rewrite(case, batch)
    {
        return Ok(draft);
    }
    let as_a_whole = batch::to_the_end(case).map(|it| batch::rewrite(case, it));
    match (as_a_whole, batch::tie(case)) {
        (Some(Ok(draft)), _) => return Ok(draft),
        (Some(Err(reason)), Some(_)) => return Err(reason),
        (None, Some(name)) => {
            return Err(format!(
                "`{name}` ties the call to others, and they cannot move to a thread as a whole"
            ));
        }
        (_, None) => {}
    }
    twin_or_offload(case).or_else(|reason| {
        let statement = batch::of_statement(case).and_then(|it| batch::rewrite(case, it).ok());
        statement.ok_or(reason)
    })
}
