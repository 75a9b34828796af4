//! The parts of a loop that polls a queue: what matches a value, and what only waits for the next look.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasArgList};

pub(super) const SHAPE: &str =
    "the loop that polls the queue does more than to take a value, to work on it, and else to sleep";

/// The expression of a statement, or the last one of a block.
pub(super) fn expr_of(row: &SyntaxNode) -> Option<ast::Expr> {
    ast::ExprStmt::cast(row.clone()).and_then(|it| it.expr()).or_else(|| ast::Expr::cast(row.clone()))
}

/// The pattern in `Some(…)`.
pub(super) fn some_of(pat: &ast::Pat) -> Option<ast::Pat> {
    let ast::Pat::TupleStructPat(it) = pat else { return None };
    let mut fields = it.fields();
    let first = fields.next()?;
    (it.path()?.syntax().text() == "Some" && fields.next().is_none()).then_some(first)
}

/// The text of what a pattern takes out of `Some`, where every value matches it: a loop would end at any other.
pub(super) fn all_match(pat: &ast::Pat) -> Result<String, String> {
    let inner = some_of(pat).filter(is_irrefutable);
    let inner =
        inner.ok_or("the loop that polls the queue drops the values that its pattern does not match")?;
    Ok(inner.syntax().text().to_string())
}

pub(super) fn is_irrefutable(pat: &ast::Pat) -> bool {
    match pat {
        ast::Pat::WildcardPat(_) => true,
        ast::Pat::IdentPat(it) => {
            let name = ast::HasName::name(it).map(|it| it.text().to_string()).unwrap_or_default();
            it.pat().is_none() && name.starts_with(|c: char| c.is_lowercase() || c == '_')
        }
        ast::Pat::TuplePat(it) => it.fields().all(|it| is_irrefutable(&it)),
        _ => false,
    }
}

/// Whether code does nothing but to wait until the queue is polled again.
pub(super) fn is_idle(expr: &ast::Expr) -> Result<(), String> {
    let rows: Vec<ast::Expr> = match expr {
        ast::Expr::BlockExpr(it) => {
            let rows: Option<Vec<_>> = it
                .stmt_list()
                .into_iter()
                .flat_map(|it| it.syntax().children())
                .map(|it| expr_of(&it))
                .collect();
            rows.ok_or(SHAPE)?
        }
        other => vec![other.clone()],
    };
    let is_next = |it: &ast::Expr| matches!(it, ast::Expr::ContinueExpr(it) if it.lifetime().is_none());
    let is_idle = match rows.as_slice() {
        [one] => is_sleep(one),
        [one, next] => is_sleep(one) && is_next(next),
        _ => false,
    };
    if is_idle { Ok(()) } else { Err(SHAPE.to_owned()) }
}

/// `sleep(…).await` or `yield_now().await`
fn is_sleep(expr: &ast::Expr) -> bool {
    let ast::Expr::AwaitExpr(awaited) = expr else { return false };
    let Some(ast::Expr::CallExpr(call)) = awaited.expr() else { return false };
    let called = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
    let plain = call.arg_list().is_none_or(|it| {
        let kinds = [SyntaxKind::AWAIT_EXPR, SyntaxKind::TRY_EXPR];
        !it.syntax().descendants().any(|it| kinds.contains(&it.kind()))
    });
    plain && ["sleep", "yield_now"].contains(&called.rsplit("::").next().unwrap_or_default())
}
