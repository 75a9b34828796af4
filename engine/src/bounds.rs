//! What bounds the work that a loop starts, and what that work is.

use ra_ap_hir::Function;
use ra_ap_syntax::{AstNode, SyntaxElement, SyntaxKind, SyntaxNode, T, TextRange, ast};

use crate::analysis::{Analysis, Handover};
use crate::catalogue::{Effect, Family, Mark};
use crate::context::as_call;
use crate::demand;
use crate::index::Site;
use crate::loops::holds_endless_loop;
use crate::repeat::{Repeat, serves};
use crate::resolve::{CallNode, Sema};
use crate::turn;

/// What stands against more and more tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A permit is taken before the task is started.
    Permit,
    /// The turn that starts the task also waits for tasks, or asks how many there are.
    Turn,
    /// The task itself takes a permit, or is given a semaphore to take one: it exists all the same.
    Inside(Option<Site>),
    /// Each task lives as long as the program, or serves until it is told to end, or goes on like all its equals until the work that they
    /// share is done, or is one of the first of them: there are as many as are set up.
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
    if turn::is_bound(sema, handover, call, &repeat.node) || demand::is_bound(sema, repeat) {
        return Some(Bound::Turn);
    }
    let work = call.args().into_iter().nth(handover.argument)?;
    if takes_permit(sema, work.syntax(), turn) {
        return Some(Bound::Permit);
    }
    if repeat.only_counts() && (does(sema, &work, loops) || takes_next(&repeat.node)) {
        return Some(Bound::Workers);
    }
    if let Some(it) = acquires().find(|it| handover.range.contains(it.site.offset.into())) {
        return Some(Bound::Inside(Some(it.site)));
    }
    if is_given_semaphore(sema, work.syntax()) {
        return Some(Bound::Inside(None));
    }
    does(sema, &work, goes_on).then_some(Bound::Workers)
}

/// Whether work takes a permit along that its turn waited for: one of the workspace's own, or of a function that takes it.
fn takes_permit(sema: &Sema<'_>, work: &SyntaxNode, turn: TextRange) -> bool {
    let is_permit = |it: &ast::PathExpr| {
        let ty = sema.ty(&ast::Expr::PathExpr(it.clone())).and_then(|it| it.strip_references().as_adt());
        ty.is_some_and(|it| it.name(sema.db).as_str().contains("Permit"))
    };
    let is_waited_for = |it: &SyntaxNode| {
        let value = it.ancestors().find_map(ast::LetStmt::cast).and_then(|it| it.initializer());
        value.is_some_and(|it| it.syntax().descendants().any(|it| it.kind() == SyntaxKind::AWAIT_EXPR))
    };
    let own = sema.source_range(work).map(|it| it.1);
    let is_before = |it: TextRange| turn.contains_range(it) && own.is_some_and(|own| it.end() <= own.start());
    let is_of_turn = |it: &SyntaxNode| sema.source_range(it).is_some_and(|it| is_before(it.1));
    work.descendants().filter_map(ast::PathExpr::cast).filter(is_permit).any(|it| {
        let declared = sema.local_declaration(&it).map(|it| it.syntax().clone());
        declared.is_some_and(|it| is_of_turn(&it) && is_waited_for(&it))
    })
}

fn is_given_semaphore(sema: &Sema<'_>, work: &SyntaxNode) -> bool {
    work.descendants().filter_map(ast::PathExpr::cast).any(|it| {
        let ty = sema.ty(&ast::Expr::PathExpr(it));
        ty.is_some_and(|it| {
            ["tokio", "async_lock"].iter().any(|krate| sema.mentions_named(&it, krate, "Semaphore"))
        })
    })
}

/// Whether a loop in some work never ends, or serves until it is told to.
fn goes_on(work: &SyntaxNode) -> bool {
    let mut loops = work.descendants().filter(|it| it.kind() == SyntaxKind::LOOP_EXPR);
    holds_endless_loop(work) || loops.any(|it| serves(&it))
}

/// Whether some work goes on by a loop. In the arguments of `select!` stand words and no expressions.
fn loops(work: &SyntaxNode) -> bool {
    let is_word = |it: &SyntaxElement| matches!(it.kind(), T![while] | T![loop]);
    work.descendants_with_tokens().any(|it| is_word(&it) || it.kind() == SyntaxKind::FOR_EXPR)
}

/// Whether a turn takes the next of what is to be done: how many turns there are does not follow from how much that is.
fn takes_next(turn: &SyntaxNode) -> bool {
    let calls = turn.descendants().filter_map(ast::MethodCallExpr::cast).filter_map(|it| it.name_ref());
    calls.into_iter().any(|it| matches!(it.text(), "next" | "pop" | "pop_front" | "pop_back" | "try_recv"))
}

/// Whether work does something by itself or in a function that it calls.
fn does(sema: &Sema<'_>, work: &ast::Expr, it_does: impl Fn(&SyntaxNode) -> bool) -> bool {
    let calls = work.syntax().descendants().filter_map(as_call);
    let mut called = calls.filter_map(|it| sema.declaration(sema.function(&it)?));
    it_does(work.syntax()) || called.any(|(_, it)| it_does(it.syntax()))
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
