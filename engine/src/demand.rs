//! Who takes the items of a stream or an iterator, and when: the closures of a lazy one run only as it is asked for the next item.

use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, ast,
    ast::{HasArgList, HasLoopBody},
};

use crate::context;
use crate::repeat::{Kind, Repeat, in_time, is_of_stream};
use crate::resolve::{CallNode, Sema};

/// Adaptors that give the next item only when they are asked for it, and run their closure then.
const LAZY: &[&str] = &[
    "map",
    "enumerate",
    "inspect",
    "skip",
    "skip_while",
    "take",
    "take_while",
    "chain",
    "zip",
    "fuse",
    "boxed",
    "boxed_local",
    "chunks",
    "ready_chunks",
    "map_ok",
    "map_err",
    "inspect_ok",
    "inspect_err",
    "into_iter",
    "by_ref",
];

/// Adaptors that wait for what their closure gives before they ask for a next item, or for one more than their limit.
const WAIT: &[&str] = &[
    "then",
    "filter",
    "filter_map",
    "and_then",
    "for_each",
    "try_for_each",
    "for_each_concurrent",
    "try_for_each_concurrent",
    "fold",
    "try_fold",
];

/// Adaptors that wait for as many items as their limit allows, the items being futures.
const BUFFER: &[&str] = &["buffered", "buffer_unordered", "try_buffered", "try_buffer_unordered"];

/// Whether the tasks that a closure starts for each item are waited for by whoever takes the items, before it takes more of them than a
/// limit: `stream.map(|it| tokio::spawn(work(it))).buffer_unordered(8)`.
pub(crate) fn is_bound(sema: &Sema<'_>, repeat: &Repeat) -> bool {
    if repeat.kind != Kind::Closure {
        return false;
    }
    let mut waits = last_closure(&repeat.node).is_some_and(|it| gives_handle(sema, &it));
    let mut items = repeat.node.clone();
    for _ in 0..20 {
        let Some(taker) = taker(sema, &items) else { return false };
        if let Some(it) = ast::ForExpr::cast(taker.clone()) {
            return it.loop_body().is_some_and(|it| awaits_handle(sema, it.syntax()));
        }
        if let Some(call) = ast::MethodCallExpr::cast(taker.clone()) {
            let Some(name) = call.name_ref().map(|it| it.text().to_string()) else { return false };
            let closure = last_closure(&taker);
            let awaits = closure.is_some_and(|it| awaits_handle(sema, it.syntax()));
            match name.as_str() {
                it if WAIT.contains(&it) && awaits => return has_limit(&call),
                it if BUFFER.contains(&it) => return waits || awaits,
                "map" => waits |= awaits,
                it if LAZY.contains(&it) || WAIT.contains(&it) => {}
                _ => return false,
            }
        }
        items = taker;
    }
    false
}

/// What takes the items that an expression gives: a further call on it, a stream that is made of it, or a loop, be it by a variable.
fn taker(sema: &Sema<'_>, items: &SyntaxNode) -> Option<SyntaxNode> {
    let parent = items.parent()?;
    match parent.kind() {
        SyntaxKind::PAREN_EXPR => Some(parent),
        SyntaxKind::FOR_EXPR => {
            let iterated = ast::ForExpr::cast(parent.clone())?.iterable()?;
            (iterated.syntax() == items).then_some(parent)
        }
        SyntaxKind::METHOD_CALL_EXPR => {
            let call = CallNode::Method(ast::MethodCallExpr::cast(parent.clone())?);
            (call.receiver()?.syntax() == items && is_lazy(sema, &call)).then_some(parent)
        }
        SyntaxKind::ARG_LIST => {
            let call = CallNode::Path(ast::CallExpr::cast(parent.parent()?)?);
            let is_stream = call.name().is_some_and(|it| it.text() == "iter") && is_lazy(sema, &call);
            is_stream.then(|| call.syntax().clone())
        }
        SyntaxKind::LET_STMT => {
            let (name, block) = context::local(&parent)?;
            let [used] = &context::mentions(&name, &block)?[..] else { return None };
            Some(used.syntax().clone())
        }
        _ => None,
    }
}

/// Whether a call is one of a stream or of an iterator.
fn is_lazy(sema: &Sema<'_>, call: &CallNode) -> bool {
    is_of_stream(sema, call) || sema.function(call).is_some_and(|it| sema.path_of(it).contains("::iter::"))
}

fn has_limit(call: &ast::MethodCallExpr) -> bool {
    let first = call.arg_list().and_then(|it| it.args().next());
    first.is_none_or(|it| it.syntax().text() != "None")
}

fn last_closure(call: &SyntaxNode) -> Option<ast::ClosureExpr> {
    let args = ast::MethodCallExpr::cast(call.clone())?.arg_list()?;
    match args.args().last()? {
        ast::Expr::ClosureExpr(it) => Some(it),
        _ => None,
    }
}

/// Whether what a closure gives is the handle of a task.
fn gives_handle(sema: &Sema<'_>, closure: &ast::ClosureExpr) -> bool {
    let result = closure.body().and_then(|it| sema.ty(&it));
    result.is_some_and(|it| sema.is_handle(&it))
}

/// Whether some code awaits the handle of a task, be it under a limit of time or in what a macro is given.
fn awaits_handle(sema: &Sema<'_>, code: &SyntaxNode) -> bool {
    let is_handle = |it: ast::Expr| sema.ty(&it).is_some_and(|it| sema.is_handle(&it));
    code.descendants().any(|node| {
        if let Some(call) = ast::MacroCall::cast(node.clone()) {
            return sema.expansion(&call).is_some_and(|it| awaits_handle(sema, &it));
        }
        let awaited = ast::AwaitExpr::cast(node).and_then(|it| it.expr());
        awaited.is_some_and(|it| is_handle(in_time(&it).unwrap_or(it)))
    })
}
