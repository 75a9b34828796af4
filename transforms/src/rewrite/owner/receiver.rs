//! What a lock is taken of, as code writes it.

use ra_ap_syntax::{AstNode, ast, ast::HasArgList};
use retask_engine::Analysis;
use retask_engine::resolve::Sema;

use super::cut::MACRO;

/// What the lock is taken of, as it is written; a clone of it is as good as the value itself.
pub(in crate::rewrite) fn receiver(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    call: &ast::MethodCallExpr,
) -> Result<String, String> {
    let mut receiver = call.receiver().ok_or("a section is not complete")?;
    while let Some(inner) = cloned(&receiver) {
        receiver = inner;
    }
    let (file, range) = sema.source_range(receiver.syntax()).ok_or(MACRO)?;
    // Links of a chain on lines of their own go to one line.
    Ok(analysis.workspace.text(file, range).lines().map(str::trim).collect())
}

/// What an expression clones, borrows or only encloses.
pub(in crate::rewrite) fn cloned(expr: &ast::Expr) -> Option<ast::Expr> {
    match expr {
        ast::Expr::MethodCallExpr(it) if it.name_ref().is_some_and(|it| it.text() == "clone") => {
            it.receiver()
        }
        ast::Expr::CallExpr(it) => {
            let called = it.expr()?.syntax().text().to_string();
            let args = it.arg_list().filter(|_| called.ends_with("::clone"));
            args.and_then(|it| it.args().next())
        }
        ast::Expr::RefExpr(it) => it.expr(),
        ast::Expr::ParenExpr(it) => it.expr(),
        _ => None,
    }
}
