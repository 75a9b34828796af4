//! `needless-offload`: async or cheap work on a pool for blocking work, and a future that a pool builds and nobody polls.

use ra_ap_syntax::{AstNode, SyntaxKind, ast};
use retask_engine::Analysis;
use retask_engine::analysis::{HandedTo, Handover};
use retask_engine::bucket::{Answers, Bound, Bucket, Size};
use retask_engine::catalogue::Pool;
use retask_engine::context::Context;
use retask_engine::finding::{Finding, Severity};
use retask_engine::job::{self, Job};
use retask_engine::resolve::{CallNode, Sema};

use crate::rewrite::joined::{Joined, is_thrown_away};
use crate::rewrite::unoffload;
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "needless-offload",
    summary: "async or cheap work is wrapped in `spawn_blocking`, or a future that nobody polls",
    explanation: include_str!("needless_offload.md"),
    check,
};

const ASYNC: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(true), async_api: Some(true), size: None };
const SHORT: Answers =
    Answers { bound: Some(Bound::Cpu), ends: Some(true), async_api: Some(false), size: Some(Size::Bounded) };

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let selected = |(index, it): &(usize, &Handover)| {
        let is_test = matches!(it.context, Context::Test | Context::Unknown);
        let is_pool = matches!(it.to, HandedTo::Pool(_));
        is_pool
            && !is_test
            && analysis.long_work_of(*index).is_none()
            && case::is_selected(analysis, it.site.file)
    };
    let handovers = analysis.handovers().iter().enumerate().filter(selected).map(|(_, it)| it.clone());
    let found = case::in_parallel(analysis, handovers.collect(), |sema, analysis, handover| {
        analysis.workspace.at(handover.site, || finding(sema, analysis, &handover))
    });
    found.into_iter().flatten().collect()
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, handover: &Handover) -> Option<Finding> {
    let call = sema.call_at(handover.site)?;
    let job = job::of_handover(sema, analysis, handover, &call)?;
    let HandedTo::Pool(pool) = handover.to else { return None };
    let is_async = matches!(handover.context, Context::Async(_));
    let counts = match (&job, pool) {
        // A task that sync code on a worker then waits for has to run elsewhere than on that worker.
        (Job::Drives(_) | Job::Wraps, Pool::Blocking) => is_async || !is_kept(&call),
        (_, Pool::Blocking) | (Job::Builds, _) => true,
        // In sync code it is how blocking code waits for a future.
        (_, Pool::InPlace) => is_async,
        (_, Pool::Thread | Pool::Cpu) => false,
    };
    if !counts || is_in_drop(sema, &call) {
        return None;
    }
    let (bucket, answers) = match job {
        Job::Trivial => (Bucket::ShortCpu, SHORT),
        _ => (Bucket::AsyncIo, ASYNC),
    };
    let (severity, message) = match &job {
        Job::Drives(_) => (Severity::Warning, "only drives a future, which needs no thread of its own"),
        Job::Wraps => (
            Severity::Warning,
            "asks an async connection through a sync wrapper, which drives a future for each answer",
        ),
        Job::Trivial => (Severity::Warning, "does work that is over before the hand-over is"),
        Job::Builds if is_polled(sema, &call) => {
            (Severity::Warning, "only builds a future, which needs no thread, and is polled elsewhere")
        }
        Job::Builds => (
            Severity::Error,
            "is given a closure that returns a future which nobody polls: the work never runs",
        ),
    };
    let driven = match &job {
        Job::Drives(driven) => driven.as_slice(),
        _ => &[],
    };
    let evidence = driven.iter().filter_map(|it| {
        spot::evidence(sema, analysis, it.future.syntax(), "this future is all that the thread waits for")
    });
    let verdict = Verdict {
        severity,
        bucket,
        answers,
        message: message.to_owned(),
        note: "the work is handed over here".to_owned(),
        evidence: evidence.take(3).collect(),
    };
    let rewrite = unoffload::rewrite((sema, analysis), handover, &call, &job);
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(handover), verdict, rewrite))
}

/// Whether the handle goes into a variable or a call, so that somebody may wait for it.
fn is_kept(call: &CallNode) -> bool {
    let parent = call.expr().and_then(|it| it.syntax().parent());
    parent.is_some_and(|it| matches!(it.kind(), SyntaxKind::LET_STMT | SyntaxKind::ARG_LIST))
}

/// A value that is dropped cannot await: what it hands over is the way out.
fn is_in_drop(sema: &Sema<'_>, call: &CallNode) -> bool {
    let holder = sema.ancestors(call.syntax()).find_map(ast::Impl::cast);
    let of = holder.and_then(|it| it.trait_()).map(|it| it.syntax().text().to_string());
    of.is_some_and(|it| it.ends_with("Drop"))
}

/// Whether the future that the work gives back may be polled: it is not where the handle or what it gives is thrown away.
fn is_polled(sema: &Sema<'_>, call: &CallNode) -> bool {
    let Some(expr) = call.expr() else { return true };
    if is_thrown_away(&expr) {
        return false;
    }
    // A join of a thread, or an await, whose value is thrown away.
    let mut value = expr.clone();
    while let Some(outer) = value.syntax().parent().and_then(ast::Expr::cast) {
        match &outer {
            ast::Expr::MethodCallExpr(it) => {
                let name = it.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
                if !["join", "unwrap", "expect"].contains(&name.as_str()) {
                    return true;
                }
            }
            ast::Expr::TryExpr(_) => {}
            ast::Expr::AwaitExpr(_) if value == expr => {}
            _ => return true,
        }
        value = outer;
        if is_thrown_away(&value) {
            return false;
        }
    }
    match Joined::of(sema, &expr) {
        Some(joined) => !is_thrown_away(&joined.value),
        None => true,
    }
}
