//! What becomes of the error that a join adds where a task panics or is aborted.

use ra_ap_syntax::{AstNode, SyntaxNode, ast, ast::HasArgList};
use retask_engine::resolve::{CallNode, Sema};

/// What a `JoinError` is asked to tell one end of a task from another. Source: docs.rs/tokio JoinError.
const ASKS: &[&str] = &["is_cancelled", "is_panic", "into_panic", "try_into_panic"];

/// How deep functions are followed that are given the error.
const DEPTH: usize = 2;

/// Whether what turns the error of a join into another, a closure or the name of a function, tells a panic from an abort.
pub(super) fn is_looked_into(sema: &Sema<'_>, by: &ast::Expr) -> bool {
    match by {
        ast::Expr::PathExpr(it) => asks_inside(sema, &CallNode::Value(it.clone()), DEPTH),
        _ => asks(sema, by.syntax(), DEPTH),
    }
}

fn asks(sema: &Sema<'_>, code: &SyntaxNode, depth: usize) -> bool {
    let is_error =
        |it: &ast::Expr| sema.ty(it).is_some_and(|it| sema.mentions_named(&it, "tokio", "JoinError"));
    code.descendants().any(|node| match ast::Expr::cast(node) {
        Some(ast::Expr::MethodCallExpr(it)) => {
            let is_asked = it.name_ref().is_some_and(|it| ASKS.contains(&it.text()));
            is_asked && it.receiver().is_some_and(|it| is_error(&it))
                || given(&it, is_error) && asks_inside(sema, &CallNode::Method(it), depth)
        }
        Some(ast::Expr::CallExpr(it)) => {
            given(&it, is_error) && asks_inside(sema, &CallNode::Path(it), depth)
        }
        _ => false,
    })
}

fn given(call: &impl HasArgList, is_error: impl Fn(&ast::Expr) -> bool) -> bool {
    call.arg_list().is_some_and(|it| it.args().any(|it| is_error(&it)))
}

/// Whether a function of the workspace asks the error that it is given.
fn asks_inside(sema: &Sema<'_>, call: &CallNode, depth: usize) -> bool {
    let body = || sema.declaration(sema.function(call)?)?.1.body();
    depth > 0 && body().is_some_and(|it| asks(sema, it.syntax(), depth - 1))
}
