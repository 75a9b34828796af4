//! Futures as expressions.

use ra_ap_syntax::{AstNode, SyntaxKind, ast};
use retask_engine::resolve::Sema;

/// The one expression of an async block, where it means the same without the block.
pub(crate) fn inner(sema: &Sema<'_>, work: &ast::Expr) -> Option<ast::Expr> {
    let ast::Expr::BlockExpr(block) = work else { return None };
    let list = block.stmt_list().filter(|_| block.async_token().is_some())?;
    let tail = list.tail_expr().filter(|_| list.statements().next().is_none())?;
    let leaves = tail.syntax().descendants().any(|it| {
        matches!(it.kind(), SyntaxKind::RETURN_EXPR | SyntaxKind::TRY_EXPR | SyntaxKind::MACRO_CALL)
    });
    let has_comment = list.syntax().descendants_with_tokens().any(|it| it.kind() == SyntaxKind::COMMENT);
    // A sender or a permit that the block takes along goes with it, and not with the code around it.
    let mut values = tail.syntax().descendants().filter_map(ast::PathExpr::cast).filter(|it| {
        sema.local_declaration(it)
            .is_some_and(|it| !work.syntax().text_range().contains_range(it.syntax().text_range()))
    });
    let only_memory = values.all(|it| {
        let ty = sema.ty(&ast::Expr::PathExpr(it));
        ty.is_some_and(|it| !it.contains_unknown() && sema.acts_on_drop(&it).is_none())
    });
    (!leaves && !has_comment && only_memory).then_some(tail)
}
