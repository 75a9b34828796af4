//! `unbounded-join`: all futures of a collection of any size at once.

use ra_ap_syntax::{AstNode, SyntaxKind, ast, ast::HasArgList};
use retask_engine::Analysis;
use retask_engine::analysis::Marked;
use retask_engine::bucket::{Answers, Bound, Bucket, Size};
use retask_engine::catalogue::Mark;
use retask_engine::context::{Context, Contexts};
use retask_engine::finding::{Finding, Severity};
use retask_engine::items::Items;
use retask_engine::loops::is_loop;
use retask_engine::resolve::{CallNode, Sema};
use retask_engine::{mentions, repeat};

use crate::rewrite::join;
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "unbounded-join",
    summary: "all futures of a collection of any size are polled at once",
    explanation: include_str!("unbounded_join.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(true), async_api: Some(true), size: Some(Size::Input) };

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let selected = |it: &&Marked| it.context != Context::Test && case::is_selected(analysis, it.site.file);
    let joins: Vec<Marked> = analysis.marked(Mark::Join).filter(selected).cloned().collect();
    let found = case::in_parallel(analysis, joins, |sema, analysis, join| {
        analysis.workspace.at(join.site, || finding(sema, analysis, &join))
    });
    found.into_iter().flatten().collect()
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, join: &Marked) -> Option<Finding> {
    let call = sema.call_at(join.site)?;
    let contexts = Contexts::new(sema, analysis.workspace.include.tests);
    let items = fan_out(&contexts, join, &call)?;
    let severity = match items {
        Items::Unknown => Severity::Warning,
        Items::Connections | Items::Messages => Severity::Note,
        Items::Fixed | Items::Paced | Items::NotKnown => return None,
    };
    let verdict = Verdict {
        severity,
        bucket: Bucket::AsyncIo,
        answers: ANSWERS,
        message: "runs as many futures at once as there are items, and nothing limits that".to_owned(),
        note: "all futures are polled here at once".to_owned(),
        evidence: Vec::new(),
    };
    let rewrite = join::rewrite(sema, analysis, join, &call);
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(join), verdict, rewrite))
}

/// How many futures a join runs at once; `None` where it has a limit, or what it joins runs already.
fn fan_out(contexts: &Contexts<'_, '_>, join: &Marked, call: &CallNode) -> Option<Items> {
    let sema = contexts.sema;
    match join.entry.name() {
        "join_all" | "try_join_all" => {
            let joined = sema.ty(&call.expr()?)?;
            let futures = call.args().into_iter().next()?;
            let is_unknown = joined.contains_unknown() && !makes_async_blocks(sema, &futures);
            let runs_already = sema.is_handle(&joined) || is_unknown;
            let items = sema.items(&futures);
            (!runs_already).then_some(items)
        }
        "new" => pushed(contexts, call),
        _ => {
            let (receiver, args) = sema.operands(call);
            let receiver = receiver.filter(|_| args.first().is_some_and(is_no_limit))?;
            Some(of_stream(sema.items(&receiver)))
        }
    }
}

/// Whether an iterator makes an async block of each item: then nothing runs yet, whatever its type is.
fn makes_async_blocks(sema: &Sema<'_>, futures: &ast::Expr) -> bool {
    let made = sema.bound_once(futures).unwrap_or_else(|| futures.clone());
    let closures = made.syntax().descendants().filter_map(ast::ClosureExpr::cast);
    closures.filter_map(|it| it.body()).any(|it| match it {
        ast::Expr::BlockExpr(it) => it.async_token().is_some(),
        _ => false,
    })
}

/// A stream that is no collection gives as many items as come in.
fn of_stream(items: Items) -> Items {
    if items == Items::NotKnown { Items::Messages } else { items }
}

/// `None`, or the largest number that there is.
fn is_no_limit(limit: &ast::Expr) -> bool {
    let text = limit.syntax().text().to_string();
    let last = text.rsplit("::").next().unwrap_or(&text).to_owned();
    matches!(last.as_str(), "None" | "MAX") || text.ends_with("usize::MAX)")
}

/// How many futures a set gets: by the loops that push into it.
fn pushed(contexts: &Contexts<'_, '_>, call: &CallNode) -> Option<Items> {
    let sema = contexts.sema;
    let statement = call.syntax().ancestors().find_map(ast::LetStmt::cast)?;
    let ast::Pat::IdentPat(local) = statement.pat()? else { return None };
    let body = call.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN)?;
    let uses = mentions::uses(sema, &body, &local).ok()?;
    let pushes: Vec<ast::MethodCallExpr> = uses.iter().filter_map(push).collect();
    // A set that is drained while it is filled, or whose length is asked for, has a limit of its own.
    let is_limited = |push: &ast::MethodCallExpr| {
        let looped = push.syntax().ancestors().find(is_loop);
        uses.iter().any(|it| {
            let inside = looped
                .as_ref()
                .is_some_and(|looped| looped.text_range().contains_range(it.syntax().text_range()));
            inside
                && mentions::method_on(it)
                    .is_some_and(|it| matches!(it.as_str(), "next" | "len" | "try_next" | "select_next_some"))
        })
    };
    let handles = |push: &ast::MethodCallExpr| {
        let value = push.arg_list().and_then(|it| it.args().next()).and_then(|it| sema.ty(&it));
        value.is_none_or(|it| it.contains_unknown() || sema.is_handle(&it))
    };
    let filled = pushes.iter().filter(|it| !is_limited(it) && !handles(it));
    let items = filled.filter_map(|it| repeat::of_call(contexts, it.syntax())).map(|it| it.items);
    items.into_iter().find(|it| !matches!(it, Items::Fixed | Items::NotKnown | Items::Paced))
}

fn push(path: &ast::PathExpr) -> Option<ast::MethodCallExpr> {
    let call = path.syntax().parent().and_then(ast::MethodCallExpr::cast)?;
    let pushes = |name: &str| matches!(name, "push" | "push_back" | "push_front");
    call.name_ref().is_some_and(|it| pushes(it.text())).then_some(call)
}
