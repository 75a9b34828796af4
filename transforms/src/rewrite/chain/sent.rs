//! What a command or a pipeline asks a server for, where that is written out.

use ra_ap_syntax::{AstNode, AstToken, SyntaxKind, ast, ast::HasArgList};
use retask_engine::mentions;
use retask_engine::resolve::CallNode;

use super::{Walk, stores};

/// Types whose calls run on the server by themselves, and cannot wait there.
const SCRIPTS: &[&str] = &["Script", "ScriptInvocation"];

/// Functions that begin a pipeline.
const PIPELINES: &[&str] = &["pipe", "Pipeline::new", "Pipeline::with_capacity"];

/// Refuses what waits on the server, and what is not written out.
pub(super) fn ends(walk: &Walk<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    let ty = walk.sema.ty(expr);
    if ty.is_some_and(|ty| SCRIPTS.iter().any(|it| walk.sema.is_named(&ty, it))) {
        return Ok(());
    }
    started(walk, expr)
}

/// Follows a chain of calls back to what began the command or the pipeline.
fn started(walk: &Walk<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    use ast::Expr::*;
    let inner = match expr {
        MethodCallExpr(call) => {
            adds(call)?;
            call.receiver()
        }
        CallExpr(call) => return begins(walk, call),
        PathExpr(path) => return variable(walk, path),
        ParenExpr(it) => it.expr(),
        RefExpr(it) => it.expr(),
        _ => None,
    };
    started(walk, &inner.ok_or_else(|| not_written_out(expr))?)
}

fn not_written_out(expr: &ast::Expr) -> String {
    format!("what `{}` sends is not written out here, and may wait on the server", expr.syntax().text())
}

/// `redis::cmd("GET")`, or the begin of a pipeline.
fn begins(walk: &Walk<'_, '_>, call: &ast::CallExpr) -> Result<(), String> {
    let function = walk.sema.function(&CallNode::Path(call.clone()));
    let label = function.map(|it| walk.sema.label(it)).unwrap_or_default();
    let is_workspace = function.is_none_or(|it| walk.sema.is_of_workspace(it));
    match label.as_str() {
        "cmd" if !is_workspace => literal(&call.clone().into(), call.arg_list()),
        name if PIPELINES.contains(&name) && !is_workspace => Ok(()),
        _ => Err(not_written_out(&call.clone().into())),
    }
}

/// A method of a pipeline adds a command, by the method's name or by a text.
fn adds(call: &ast::MethodCallExpr) -> Result<(), String> {
    let name = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
    match name.as_str() {
        "cmd" => literal(&call.clone().into(), call.arg_list()),
        "add_command" => Err(not_written_out(&call.clone().into())),
        _ => stores::binds_method(&name),
    }
}

/// The name of a command as a text.
fn literal(call: &ast::Expr, args: Option<ast::ArgList>) -> Result<(), String> {
    let text = match args.and_then(|it| it.args().next()) {
        Some(ast::Expr::Literal(it)) => ast::String::cast(it.token()),
        _ => None,
    };
    let text = text.as_ref().and_then(|it| it.value().ok()).ok_or_else(|| not_written_out(call))?;
    stores::binds(&text)
}

/// A variable: what it begins with, and what each use of it adds.
fn variable(walk: &Walk<'_, '_>, path: &ast::PathExpr) -> Result<(), String> {
    let unknown = || not_written_out(&path.clone().into());
    let pat = walk.sema.local_declaration(path).ok_or_else(unknown)?;
    let made = pat.syntax().parent().and_then(ast::LetStmt::cast).and_then(|it| it.initializer());
    let made = made.filter(|it| !matches!(it, ast::Expr::PathExpr(_))).ok_or_else(unknown)?;
    started(walk, &made)?;
    let scope = pat.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN).ok_or_else(unknown)?;
    for used in mentions::uses(walk.sema, &scope, &pat)? {
        let mut node = used.syntax().clone();
        let links = std::iter::from_fn(|| {
            let call = node.parent().and_then(ast::MethodCallExpr::cast)?;
            call.receiver().filter(|it| *it.syntax() == node)?;
            node = call.syntax().clone();
            Some(call)
        });
        let links: Vec<ast::MethodCallExpr> = links.collect();
        if links.is_empty() {
            return Err(unknown());
        }
        links.iter().try_for_each(adds)?;
    }
    Ok(())
}
