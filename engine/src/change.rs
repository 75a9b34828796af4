//! Whether code changes a variable that it names.

use ra_ap_syntax::{AstNode, SyntaxKind, ast};

use crate::resolve::Sema;

/// Whether code that names a local may change it. What is behind an index or a dereference counts as changed.
pub fn may_change(sema: &Sema<'_>, path: &ast::PathExpr) -> bool {
    let place = widest_place(path);
    let parent = place.syntax().parent().map(|it| it.kind());
    let is_unknown = || {
        let call = place.syntax().parent().and_then(ast::MethodCallExpr::cast);
        call.is_some_and(|it| {
            it.receiver().is_some_and(|it| it == place) && sema.sema.resolve_method_call(&it).is_none()
        })
    };
    matches!(parent, Some(SyntaxKind::INDEX_EXPR | SyntaxKind::PREFIX_EXPR))
        || is_mutated(sema, &place)
        || is_unknown()
}

/// Whether the place is assigned to, borrowed mutably, or the receiver of a method that takes `&mut self`.
pub(crate) fn is_mutated(sema: &Sema<'_>, place: &ast::Expr) -> bool {
    let Some(parent) = place.syntax().parent() else { return false };
    match ast::Expr::cast(parent) {
        Some(ast::Expr::RefExpr(it)) => it.mut_token().is_some(),
        Some(ast::Expr::BinExpr(it)) => {
            matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { .. }))
                && it.lhs().is_some_and(|lhs| lhs.syntax() == place.syntax())
        }
        Some(ast::Expr::MethodCallExpr(it))
            if it.receiver().is_some_and(|it| it.syntax() == place.syntax()) =>
        {
            let method = sema.sema.resolve_method_call(&it);
            let receiver = method.and_then(|it| it.self_param(sema.db));
            receiver.is_some_and(|it| matches!(it.access(sema.db), ra_ap_hir::Access::Exclusive))
        }
        _ => false,
    }
}

/// The longest chain of fields that begins with a local.
pub(crate) fn widest_place(path: &ast::PathExpr) -> ast::Expr {
    let mut place: ast::Expr = path.clone().into();
    while let Some(field) = place.syntax().parent().and_then(ast::FieldExpr::cast) {
        place = field.into();
    }
    place
}
