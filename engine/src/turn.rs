//! What a turn of a loop does about the tasks that it starts: whether it waits for them, ends them, or counts them.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasArgList, ast::HasName};

use crate::analysis::Handover;
use crate::loops::is_awaiting_macro;
use crate::repeat::{called, in_time};
use crate::resolve::{CallNode, Sema};

/// Whether the same turn waits for tasks, by the handle or by the set that holds them, or tests their number.
pub(crate) fn is_bound(sema: &Sema<'_>, handover: &Handover, call: &CallNode, turn: &SyntaxNode) -> bool {
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
    let sets: Vec<String> = set.into_iter().chain(kept_in(call, turn)).collect();
    let is_counted = |it: &SyntaxNode| {
        let counts = ast::MethodCallExpr::cast(it.clone());
        let counts = counts.filter(|it| it.name_ref().is_some_and(|it| it.text() == "len"));
        let counted = counts.and_then(|it| it.receiver()).map(|it| it.syntax().text().to_string());
        counted.is_some_and(|it| sets.contains(&it))
    };
    let mut nodes = turn.descendants().filter(|it| outside(it));
    nodes.any(|it| {
        is_counted(&it) || ast::Expr::cast(it).and_then(|it| called(&it)).is_some_and(|it| waits(&it))
    }) || ends_in_turn(sema, call, turn)
}

/// Whether the handle that a call gives is awaited in the same expression, be it through adaptors such as `with_context`.
fn is_awaited(call: &SyntaxNode) -> bool {
    let mut value = call.clone();
    while let Some(parent) = value.parent() {
        let is_adapted = ast::MethodCallExpr::cast(parent.clone())
            .is_some_and(|it| it.receiver().is_some_and(|it| *it.syntax() == value));
        match parent.kind() {
            SyntaxKind::AWAIT_EXPR => return true,
            // What a macro takes stands in parentheses in what it writes.
            SyntaxKind::PAREN_EXPR => value = parent,
            _ if is_adapted => value = parent,
            _ => return false,
        }
    }
    false
}

/// The variable that the handle of a call is bound to.
fn handle_of(call: &CallNode) -> Option<String> {
    let statement = call.syntax().ancestors().find_map(ast::LetStmt::cast);
    let Some(ast::Pat::IdentPat(local)) = statement?.pat() else { return None };
    Some(local.name()?.text().to_string())
}

/// The collection that a turn puts the handle of a call into.
fn kept_in(call: &CallNode, turn: &SyntaxNode) -> Option<String> {
    const PUTS: &[&str] = &["push", "push_back", "insert"];
    let handle = handle_of(call);
    let is_handle = |it: ast::Expr| {
        it.syntax() == call.syntax()
            || handle.as_ref().is_some_and(|handle| it.syntax().text() == handle.as_str())
    };
    let mut puts = turn.descendants().filter_map(ast::MethodCallExpr::cast).filter(|it| {
        let is_put = it.name_ref().is_some_and(|it| PUTS.contains(&it.text()));
        is_put && it.arg_list().is_some_and(|it| it.args().any(is_handle))
    });
    puts.next()?.receiver().map(|it| it.syntax().text().to_string())
}

/// Whether the turn that gets a handle also waits for its task, or ends it.
fn ends_in_turn(sema: &Sema<'_>, call: &CallNode, turn: &SyntaxNode) -> bool {
    let Some(name) = handle_of(call) else { return false };
    turn.descendants().any(|it| awaits(&it, &name) || aborts(sema, &it, &name))
}

/// Whether a handle is awaited: itself, under a limit of time, or in an arm of a macro that waits without the word.
fn awaits(node: &SyntaxNode, handle: &str) -> bool {
    let is_it = |it: &ast::Expr| it.syntax().text().to_string().trim_start_matches("&mut ") == handle;
    if node.kind() == SyntaxKind::MACRO_CALL {
        let mut tokens = node.descendants_with_tokens().filter_map(|it| it.into_token());
        return is_awaiting_macro(node) && tokens.any(|it| it.text() == handle);
    }
    let awaited = ast::AwaitExpr::cast(node.clone()).and_then(|it| it.expr());
    awaited.is_some_and(|it| is_it(&in_time(&it).unwrap_or(it)))
}

fn aborts(sema: &Sema<'_>, node: &SyntaxNode, handle: &str) -> bool {
    let Some(call) = ast::MethodCallExpr::cast(node.clone()) else { return false };
    let Some(receiver) = call.receiver().filter(|it| it.syntax().text() == handle) else { return false };
    let ends = call.name_ref().is_some_and(|it| it.text() == "abort");
    ends && sema
        .ty(&receiver)
        .is_some_and(|it| sema.is_handle(&it) || sema.mentions_named(&it, "tokio", "AbortHandle"))
}
