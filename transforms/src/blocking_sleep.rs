//! `blocking-sleep`: a sync sleep reached from async code.

use ra_ap_syntax::{AstNode, ast, ast::HasArgList};
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
    let duration = case.call.args().into_iter().next();
    let duration = duration.map(|it| case.sema.constant(&it).unwrap_or(it));
    let short = duration.as_ref().and_then(nanoseconds).is_some_and(|it| it < 1e6);
    if short { Severity::Note } else { case.severity() }
}

/// The length of a duration that is written out, in nanoseconds.
fn nanoseconds(duration: &ast::Expr) -> Option<f64> {
    let ast::Expr::CallExpr(call) = duration else {
        return duration.syntax().text().to_string().ends_with("Duration::ZERO").then_some(0.0);
    };
    let callee = call.expr()?.syntax().text().to_string();
    let ast::Expr::Literal(number) = call.arg_list()?.args().next()? else { return None };
    let digits: String =
        number.syntax().text().to_string().chars().filter(|it| it.is_ascii_digit() || *it == '.').collect();
    let number: f64 = digits.parse().ok()?;
    let unit = match callee.rsplit("::").next()? {
        "from_nanos" => 1.0,
        "from_micros" => 1e3,
        "from_millis" => 1e6,
        "from_secs" | "from_secs_f32" | "from_secs_f64" => 1e9,
        _ => return None,
    };
    Some(number * unit)
}
