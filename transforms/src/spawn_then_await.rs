//! `spawn-then-await`: a task that is started and awaited at once.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use retask_engine::analysis::{HandedTo, Handover};
use retask_engine::bucket::{Answers, Bound, Bucket};
use retask_engine::context::Context;
use retask_engine::finding::{Finding, Severity};
use retask_engine::loops::{call_and_name, is_loop, may_await};
use retask_engine::resolve::{CallNode, Callee, Sema};
use retask_engine::{Analysis, bounds};

use crate::rewrite::draft::Draft;
use crate::rewrite::future::inner;
use crate::rewrite::joined::Joined;
use crate::rewrite::layout::whole_lines;
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "spawn-then-await",
    summary: "a task is started and awaited at once, so that nothing runs beside it",
    explanation: include_str!("spawn_then_await.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(true), async_api: Some(true), size: None };

/// What starts a task on the runtime around it. A task for another runtime, a set or a tracker has another point.
const PLAIN: &[&str] = &[
    "tokio::spawn",
    "tokio::task::spawn_local",
    "async_std::task::spawn",
    "async_std::task::spawn_local",
    "smol::spawn",
    "actix_rt::spawn",
    "actix_web::rt::spawn",
];

/// Words of a comment that says why the task is one: it outlives its caller, or keeps a panic or a deep stack away from it.
const REASONS: &[&str] =
    &["cancel", "disconnect", "shield", "outlive", "detach", "drop", "abort", "panic", "stack", "isolat"];

/// Words that say the same in the documentation or the name of a function, or in a condition: most of the others mean something else there.
const REASONS_OF_FUNCTION: &[&str] = &["cancellation", "disconnect", "shield", "outlive", "detach", "isolat"];

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let selected = |it: &&Handover| {
        let is_plain = it.entry.is_some_and(|it| PLAIN.contains(&it.path));
        let is_async = matches!(it.context, Context::Async(_));
        it.to == HandedTo::Task && is_plain && is_async && case::is_selected(analysis, it.site.file)
    };
    let spawns: Vec<Handover> = analysis.handovers().iter().filter(selected).cloned().collect();
    let found = case::in_parallel(analysis, spawns, |sema, analysis, spawn| {
        analysis.workspace.at(spawn.site, || finding(sema, analysis, &spawn))
    });
    found.into_iter().flatten().collect()
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, spawn: &Handover) -> Option<Finding> {
    let call = sema.call_at(spawn.site)?;
    let joined = Joined::of(sema, &call.expr()?)?;
    let runs_beside = joined.between.iter().any(|it| !is_short(sema, it));
    let is_meant = is_explained(&joined, &call) || runs_what_is_given(sema, spawn, &call);
    if runs_beside || is_meant || enters_runtime(sema, &call) {
        return None;
    }
    let verdict = Verdict {
        severity: Severity::Warning,
        bucket: Bucket::AsyncIo,
        answers: ANSWERS,
        message: "starts a task that is awaited at once, so that nothing runs beside it".to_owned(),
        note: "the task is started here".to_owned(),
        evidence: spot::evidence(sema, analysis, joined.awaited.syntax(), "and awaited here")
            .into_iter()
            .collect(),
    };
    let rewrite = rewrite(sema, analysis, spawn, &call, &joined);
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(spawn), verdict, rewrite))
}

/// Whether a statement neither waits nor calls anything but what is short: the task has no time to run beside it.
fn is_short(sema: &Sema<'_>, statement: &SyntaxNode) -> bool {
    let is_of_std =
        |call: CallNode| matches!(sema.callee(&call), Some(Callee::Library(it)) if sema.is_of_std(it));
    let calls = || statement.descendants().filter_map(|it| call_and_name(&it));
    !may_await(statement)
        && !statement.descendants().any(|it| is_loop(&it))
        && calls().all(|it| is_of_std(it.0))
}

/// Whether the code enters a runtime before, so that the task runs on that one and not on the one around it.
fn enters_runtime(sema: &Sema<'_>, call: &CallNode) -> bool {
    let holder = sema.ancestors(call.syntax()).find(|it| it.kind() == SyntaxKind::FN);
    let locals = holder.into_iter().flat_map(|it| it.descendants().filter_map(ast::IdentPat::cast));
    let is_guard = |it: ast::IdentPat| {
        sema.type_of_binding(&it).is_some_and(|it| sema.mentions_named(&it, "tokio", "EnterGuard"))
    };
    locals.into_iter().any(is_guard)
}

/// Whether a comment at the statements, the function around them or a condition on the way gives a reason for the task.
fn is_explained(joined: &Joined, call: &CallNode) -> bool {
    let statements = [call.syntax(), joined.awaited.syntax()].map(spot::statement);
    let comments: String = statements.iter().flatten().map(comments).collect();
    let of_function = |it: SyntaxNode| match it.kind() {
        SyntaxKind::FN => function_words(&it),
        SyntaxKind::IF_EXPR => {
            ast::IfExpr::cast(it).and_then(|it| Some(it.condition()?.syntax().text().to_string()))
        }
        _ => None,
    };
    let around: String = call.syntax().ancestors().filter_map(of_function).collect();
    let says = |text: &str, words: &[&str]| words.iter().any(|it| text.to_lowercase().contains(it));
    says(&comments, REASONS) || says(&around, REASONS_OF_FUNCTION)
}

/// The comments before a statement, and in it.
fn comments(statement: &SyntaxNode) -> String {
    let before = std::iter::successors(statement.prev_sibling_or_token(), |it| it.prev_sibling_or_token());
    let before = before.take_while(|it| it.as_token().is_some()).map(|it| it.to_string());
    let inside = statement.descendants_with_tokens().filter(|it| it.kind() == SyntaxKind::COMMENT);
    before.chain(inside.map(|it| it.to_string())).collect()
}

/// The documentation of a function, and its name.
fn function_words(function: &SyntaxNode) -> Option<String> {
    let comments = function.children_with_tokens().filter(|it| it.kind() == SyntaxKind::COMMENT);
    let documents: String = comments.map(|it| it.to_string()).collect();
    Some(documents + ast::Fn::cast(function.clone())?.name()?.text())
}

/// Whether the function around is there to make a task of what it is given: it awaits, or calls and awaits, a value of any type.
fn runs_what_is_given(sema: &Sema<'_>, spawn: &Handover, call: &CallNode) -> bool {
    let is_given = |it: &ast::Expr| {
        let value = match it {
            ast::Expr::CallExpr(it) => it.expr(),
            it => Some(it.clone()),
        };
        let Some(ast::Expr::PathExpr(path)) = value else { return false };
        // A function with type parameters is none that was given.
        sema.local_declaration(&path)
            .and_then(|it| sema.type_of_binding(&it))
            .is_some_and(|it| !sema.type_parameters(&it).is_empty())
    };
    let Some(work) = call.args().into_iter().nth(spawn.argument) else { return false };
    let awaited = work.syntax().descendants().filter_map(ast::AwaitExpr::cast).filter_map(|it| it.expr());
    is_given(&work) || awaited.into_iter().any(|it| is_given(&it))
}

fn rewrite(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    spawn: &Handover,
    call: &CallNode,
    joined: &Joined,
) -> Result<Draft, String> {
    let work = movable(sema, spawn, call, joined)?;
    let written = "a macro writes a part of it";
    let future = spot::text(sema, analysis, work.syntax()).ok_or(written)?;
    let (file, value) = sema.source_range(joined.value.syntax()).ok_or(written)?;
    let mut draft = Draft::new("await the future where the task was awaited");
    draft.caveat(
        "the work now ends where the code that awaits it is dropped, and a panic in it unwinds that code",
    );
    match &joined.local {
        Some(statement) if !joined.between.is_empty() => {
            let name = statement.pat().map(|it| it.syntax().text().to_string()).unwrap_or_default();
            draft.replace(analysis, file, spawn.range, future);
            draft.replace(analysis, file, value, format!("{name}.await"));
            draft.caveat("the work now starts where it is awaited");
            return Ok(draft);
        }
        Some(statement) => {
            let (_, whole) = sema.source_range(statement.syntax()).ok_or(written)?;
            let source = &analysis.workspace.files[file as usize].text;
            draft.replace(analysis, file, whole_lines(source, whole), "");
        }
        None => {}
    }
    let awaited = match inner(sema, &work).and_then(|it| spot::text(sema, analysis, it.syntax())) {
        Some(inner) => inner.to_owned(),
        None => format!("{future}.await"),
    };
    draft.replace(analysis, file, value, awaited);
    Ok(draft)
}

/// The future of the task, where the code that awaits the task can hold it.
fn movable(sema: &Sema<'_>, spawn: &Handover, call: &CallNode, joined: &Joined) -> Result<ast::Expr, String> {
    if spawn.label.ends_with("spawn_local") {
        return Err("the future may not be `Send`, and the code that awaits it may have to be".to_owned());
    }
    if joined.local.as_ref().is_some_and(|it| it.ty().is_some()) {
        return Err("the type of the handle is written out".to_owned());
    }
    let work = call.args().into_iter().nth(spawn.argument).ok_or("the task is given no future")?;
    let holder = sema.ancestors(call.syntax()).find_map(ast::Fn::cast);
    if holder.is_some_and(|it| bounds::leads_to(sema, work.syntax(), &it)) {
        return Err(
            "the task leads back to the function that awaits it, and no future can hold itself".to_owned()
        );
    }
    Ok(work)
}
