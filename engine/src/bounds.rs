//! What bounds the work that a loop starts, and what that work is.

use ra_ap_hir::Function;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasArgList, ast::HasName};

use crate::analysis::{Analysis, Handover};
use crate::catalogue::{Effect, Family, Mark};
use crate::context::as_call;
use crate::index::Site;
use crate::loops::holds_endless_loop;
use crate::repeat::{Repeat, serves};
use crate::resolve::{CallNode, Sema};

/// What stands against more and more tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A permit is taken before the task is started.
    Permit,
    /// The turn that starts the task also waits for tasks, or asks how many there are.
    Turn,
    /// The task itself takes a permit, or is given a semaphore to take one: it exists all the same.
    Inside(Option<Site>),
    /// Each task lives as long as the program, or serves until it is told to end: there are as many as the code sets up.
    Workers,
}

/// What bounds a hand-over that is repeated.
pub fn of_handover(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    handover: &Handover,
    call: &CallNode,
    repeat: &Repeat,
) -> Option<Bound> {
    let (file, turn) = sema.source_range(&repeat.node)?;
    let acquires = || analysis.marked(Mark::Acquire).filter(|it| it.site.file == file);
    let before = |it: Site| turn.contains(it.offset.into()) && it.offset < u32::from(handover.range.start());
    if acquires().any(|it| before(it.site)) {
        return Some(Bound::Permit);
    }
    if is_bound_in_turn(sema, handover, call, &repeat.node) {
        return Some(Bound::Turn);
    }
    if let Some(it) = acquires().find(|it| handover.range.contains(it.site.offset.into())) {
        return Some(Bound::Inside(Some(it.site)));
    }
    let work = call.args().into_iter().nth(handover.argument)?;
    if is_given_semaphore(sema, work.syntax()) {
        return Some(Bound::Inside(None));
    }
    is_worker(sema, &work).then_some(Bound::Workers)
}

/// Whether the same turn waits for tasks, by the handle or by the set that holds them, or tests their number.
fn is_bound_in_turn(sema: &Sema<'_>, handover: &Handover, call: &CallNode, turn: &SyntaxNode) -> bool {
    if is_awaited(call.syntax()) {
        return true;
    }
    let outside = |it: &SyntaxNode| {
        sema.source_range(it)
            .is_none_or(|(_, range)| !handover.range.contains_range(range) || range == handover.range)
    };
    let waits = |name: &str| {
        let known = ["join_next", "join_next_with_id", "try_join_next", "join_all", "try_join_all", "wait"];
        known.contains(&name)
    };
    let set = call.receiver().map(|it| it.syntax().text().to_string());
    let is_counted = |it: &SyntaxNode| {
        let counts = ast::MethodCallExpr::cast(it.clone());
        let counts = counts.filter(|it| it.name_ref().is_some_and(|it| it.text() == "len"));
        let counted = counts.and_then(|it| it.receiver()).map(|it| it.syntax().text().to_string());
        counted.is_some() && counted == set
    };
    let mut nodes = turn.descendants().filter(|it| outside(it));
    nodes.any(|it| is_counted(&it) || called(&it).is_some_and(|it| waits(&it)))
        || ends_in_turn(sema, call, turn)
}

/// Whether the handle that a call gives is awaited in the same expression, be it through adaptors such as `with_context`.
fn is_awaited(call: &SyntaxNode) -> bool {
    let mut value = call.clone();
    while let Some(parent) = value.parent() {
        let is_adapted = ast::MethodCallExpr::cast(parent.clone())
            .is_some_and(|it| it.receiver().is_some_and(|it| *it.syntax() == value));
        match parent.kind() {
            SyntaxKind::AWAIT_EXPR => return true,
            _ if is_adapted => value = parent,
            _ => return false,
        }
    }
    false
}

fn called(node: &SyntaxNode) -> Option<String> {
    if let Some(call) = ast::MethodCallExpr::cast(node.clone()) {
        return Some(call.name_ref()?.text().to_string());
    }
    let path = ast::CallExpr::cast(node.clone())?.expr()?.syntax().text().to_string();
    path.rsplit("::").next().map(str::to_owned)
}

/// Whether the turn that gets a handle also waits for its task, or ends it.
fn ends_in_turn(sema: &Sema<'_>, call: &CallNode, turn: &SyntaxNode) -> bool {
    let statement = call.syntax().ancestors().find_map(ast::LetStmt::cast);
    let Some(ast::Pat::IdentPat(local)) = statement.and_then(|it| it.pat()) else { return false };
    let Some(name) = local.name().map(|it| it.text().to_string()) else { return false };
    turn.descendants().any(|it| awaits(&it, &name) || aborts(sema, &it, &name))
}

/// Whether a handle is awaited: itself, under a limit of time, or in an arm of a macro that waits without the word.
fn awaits(node: &SyntaxNode, handle: &str) -> bool {
    let is_it = |it: &ast::Expr| it.syntax().text().to_string().trim_start_matches("&mut ") == handle;
    if let Some(arms) = ast::MacroCall::cast(node.clone()) {
        let name = arms.path().and_then(|it| it.segment()?.name_ref()).map(|it| it.text().to_string());
        let waits = name.is_some_and(|it| ["join", "try_join", "select"].contains(&it.as_str()));
        return waits
            && node
                .descendants_with_tokens()
                .any(|it| it.into_token().is_some_and(|it| it.text() == handle));
    }
    match ast::AwaitExpr::cast(node.clone()).and_then(|it| it.expr()) {
        Some(ast::Expr::CallExpr(limit)) => {
            let is_limit =
                called(limit.syntax()).is_some_and(|it| ["timeout", "timeout_at"].contains(&it.as_str()));
            is_limit && limit.arg_list().and_then(|it| it.args().last()).is_some_and(|it| is_it(&it))
        }
        Some(it) => is_it(&it),
        None => false,
    }
}

fn aborts(sema: &Sema<'_>, node: &SyntaxNode, handle: &str) -> bool {
    let Some(call) = ast::MethodCallExpr::cast(node.clone()) else { return false };
    let Some(receiver) = call.receiver().filter(|it| it.syntax().text() == handle) else { return false };
    let ends = call.name_ref().is_some_and(|it| it.text() == "abort");
    ends && sema
        .ty(&receiver)
        .is_some_and(|it| sema.is_handle(&it) || sema.mentions_named(&it, "tokio", "AbortHandle"))
}

fn is_given_semaphore(sema: &Sema<'_>, work: &SyntaxNode) -> bool {
    work.descendants().filter_map(ast::PathExpr::cast).any(|it| {
        let ty = sema.ty(&ast::Expr::PathExpr(it));
        ty.is_some_and(|it| {
            ["tokio", "async_lock"].iter().any(|krate| sema.mentions_named(&it, krate, "Semaphore"))
        })
    })
}

/// Whether work never ends, or serves until it is told to: by a loop in it or in a function that it calls.
fn is_worker(sema: &Sema<'_>, work: &ast::Expr) -> bool {
    let goes_on = |node: &SyntaxNode| {
        let mut loops = node.descendants().filter(|it| it.kind() == SyntaxKind::LOOP_EXPR);
        holds_endless_loop(node) || loops.any(|it| serves(&it))
    };
    let calls = work.syntax().descendants().filter_map(as_call);
    let mut called = calls.filter_map(|it| sema.declaration(sema.function(&it)?));
    goes_on(work.syntax()) || called.any(|(_, it)| goes_on(it.syntax()))
}

/// How deep calls are followed.
const DEPTH: usize = 4;

/// Whether handed-over work only computes, and for long: all that it calls is known, none of it waits, and something in it is
/// catalogued as heavy or repeats.
pub fn is_cpu_work(sema: &Sema<'_>, analysis: &Analysis<'_>, handover: &Handover, call: &CallNode) -> bool {
    let inside = |site: &Site| site.file == handover.site.file && handover.range.contains(site.offset.into());
    let mut known = analysis.pooled().iter().filter(|(site, _)| inside(site)).peekable();
    if known.peek().is_some() {
        return known.all(|(_, entry)| entry.family() == Some(Family::Cpu));
    }
    let Some(work) = call.args().into_iter().nth(handover.argument) else { return false };
    let mut heavy = false;
    computes(sema, work.syntax(), DEPTH, &mut heavy) && heavy
}

fn computes(sema: &Sema<'_>, node: &SyntaxNode, depth: usize, heavy: &mut bool) -> bool {
    for node in node.descendants() {
        match node.kind() {
            SyntaxKind::FOR_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::LOOP_EXPR => *heavy = true,
            SyntaxKind::AWAIT_EXPR => return false,
            _ => {}
        }
        if let Some(written) = ast::MacroCall::cast(node.clone()) {
            let expanded = sema.expansion(&written);
            if !expanded.is_some_and(|it| computes(sema, &it, depth, heavy)) {
                return false;
            }
        }
        let Some(call) = as_call(node.clone()) else { continue };
        if call.is_constructor() {
            continue;
        }
        let Some(function) = sema.function(&call) else { return false };
        if !is_pure(sema, function, depth, heavy) {
            return false;
        }
    }
    true
}

fn is_pure(sema: &Sema<'_>, function: Function, depth: usize, heavy: &mut bool) -> bool {
    if let Some(entry) = sema.world.entry(sema.db, function) {
        *heavy |= entry.family() == Some(Family::Cpu);
        return matches!(
            entry.effect,
            Effect::CallsInPlace | Effect::Leave | Effect::Marks(Mark::Lock | Mark::AsyncLock)
        ) || entry.family() == Some(Family::Cpu);
    }
    if sema.is_of_std(function) {
        return true;
    }
    let body = sema.declaration(function).filter(|_| depth > 0).and_then(|(_, it)| it.body());
    body.is_some_and(|it| computes(sema, it.syntax(), depth - 1, heavy))
}

/// Whether the functions that some code calls lead to a function.
pub fn leads_to(sema: &Sema<'_>, code: &SyntaxNode, target: &ast::Fn) -> bool {
    let declared = sema.source_range(target.syntax());
    let mut seen: Vec<(u32, TextRange)> = Vec::new();
    let mut stack = vec![code.clone()];
    while let Some(node) = stack.pop() {
        for call in node.descendants().filter_map(as_call) {
            let Some((file, it)) = sema.function(&call).and_then(|it| sema.declaration(it)) else { continue };
            let place = (file, it.syntax().text_range());
            if Some(place) == declared {
                return true;
            }
            if !seen.contains(&place) && seen.len() < 200 {
                seen.push(place);
                stack.extend(it.body().map(|it| it.syntax().clone()));
            }
        }
    }
    false
}
