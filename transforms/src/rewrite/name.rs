//! Names for threads.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use retask_engine::loops::call_and_name;
use retask_engine::resolve::{CallNode, Sema};

/// Names of functions that say nothing of what a thread does.
const VAGUE: &[&str] = &[
    "begin",
    "call",
    "closure",
    "event_loop",
    "execute",
    "f",
    "func",
    "init",
    "job",
    "launch",
    "main",
    "main_loop",
    "new",
    "open",
    "run",
    "run_forever",
    "run_loop",
    "setup",
    "spawn",
    "start",
    "task",
    "work",
    "worker",
];

/// The name of a thread: that of the function that is the work, else that of the function around it. A name that says nothing gives way
/// to that of the function's type.
pub(crate) fn of_thread(sema: &Sema<'_>, work: &ast::Expr, call: &CallNode) -> String {
    let own = match work {
        ast::Expr::ClosureExpr(it) => it.body().and_then(|it| only_call(it.syntax())),
        ast::Expr::PathExpr(it) => Some(CallNode::Value(it.clone())),
        _ => None,
    };
    let variable = match work {
        ast::Expr::PathExpr(it) => sema.local_declaration(it).and_then(|it| it.name()),
        _ => None,
    };
    let variable = variable.map(|it| it.text().to_string()).filter(|it| !VAGUE.contains(&it.as_str()));
    let own = own.and_then(|it| sema.function(&it)).and_then(|it| sema.declaration(it)).map(|(_, it)| it);
    let around = sema.ancestors(call.syntax()).find_map(ast::Fn::cast);
    let telling = variable.or_else(|| own.iter().chain(&around).find_map(telling));
    let any = || own.iter().chain(&around).find_map(|it| Some(it.name()?.text().to_string()));
    let name = telling.or_else(any).unwrap_or_else(|| "worker".to_owned());
    name.trim_matches('_').replace('_', "-")
}

fn telling(function: &ast::Fn) -> Option<String> {
    let name = function.name()?.text().to_string();
    if !VAGUE.contains(&name.as_str()) {
        return Some(name);
    }
    let ty = function.syntax().ancestors().find_map(ast::Impl::cast)?.self_ty()?;
    let segment = ast::PathType::cast(ty.syntax().clone())?.path()?.segment()?;
    Some(in_words(segment.name_ref()?.text()))
}

/// `EventLoop` as `event-loop`.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    let mut before = None;
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_some_and(|it: char| it.is_ascii_lowercase()) {
            words.push('-');
        }
        words.push(c.to_ascii_lowercase());
        before = Some(c);
    }
    words
}

/// The call that a closure's body is, alone.
fn only_call(body: &SyntaxNode) -> Option<CallNode> {
    let expr = match ast::BlockExpr::cast(body.clone()) {
        Some(block) => {
            let list = block.stmt_list()?;
            let mut children = list.syntax().children();
            let only = children.next()?;
            if children.next().is_some() {
                return None;
            }
            only.children()
                .find(|it| ast::Expr::can_cast(it.kind()))
                .filter(|_| only.kind() == SyntaxKind::EXPR_STMT)
                .unwrap_or(only)
        }
        None => body.clone(),
    };
    call_and_name(&expr).map(|(call, _)| call)
}
