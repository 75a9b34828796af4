//! Values that code takes out of a guard or another lender, and that need it no more.

use ra_ap_hir::Access;
use ra_ap_syntax::{AstNode, SyntaxKind, T, ast};

use crate::resolve::Sema;
use crate::types::Type;

/// The smallest expression around a lender whose value is owned, and that awaits nothing.
pub fn value_of(sema: &Sema<'_>, lender: &ast::Expr) -> Option<ast::Expr> {
    let mut value = lender.clone();
    loop {
        value = step(&value)?;
        if value.syntax().descendants().any(|it| it.kind() == SyntaxKind::AWAIT_EXPR) || is_awaited(&value) {
            return None;
        }
        let ty = sema.ty(&value)?;
        let is_value = match &value {
            ast::Expr::FieldExpr(_) | ast::Expr::IndexExpr(_) | ast::Expr::PrefixExpr(_) => {
                ty.is_copy(sema.db) && is_read(&value)
            }
            ast::Expr::ParenExpr(_) => false,
            _ => true,
        };
        if is_value && is_plain(sema, &ty) {
            return Some(value);
        }
    }
}

/// The place behind a lender of which a copy can stand in: it can be cloned, and is only read.
pub fn place_to_copy(sema: &Sema<'_>, lender: &ast::Expr) -> Option<ast::Expr> {
    let mut place = lender.clone();
    while let Some(outer) = place.syntax().parent().and_then(ast::FieldExpr::cast) {
        place = outer.into();
    }
    let ty = match place == *lender {
        true => {
            let (_, args) = sema.ty(&place)?.strip_references().as_adt_with_args()?;
            args.into_iter().flatten().last()?
        }
        false => sema.ty(&place)?,
    };
    let can_copy = !ty.contains_unknown() && sema.is_clone(&ty) && sema.is_static(&ty);
    let is_read = match place.syntax().parent().and_then(ast::Expr::cast)? {
        ast::Expr::MethodCallExpr(call) if call.receiver().as_ref() == Some(&place) => {
            let receiver = sema.sema.resolve_method_call(&call).and_then(|it| it.self_param(sema.db));
            receiver.is_some_and(|it| it.access(sema.db) == Access::Shared)
        }
        ast::Expr::RefExpr(it) => it.mut_token().is_none(),
        _ => false,
    };
    (can_copy && is_read).then_some(place)
}

/// The expression around a value that is made of it alone.
fn step(value: &ast::Expr) -> Option<ast::Expr> {
    let outer = ast::Expr::cast(value.syntax().parent()?)?;
    let is_made = match &outer {
        ast::Expr::MethodCallExpr(it) => it.receiver().as_ref() == Some(value),
        ast::Expr::IndexExpr(it) => it.base().as_ref() == Some(value),
        ast::Expr::PrefixExpr(it) => it.op_kind() == Some(ast::UnaryOp::Deref),
        ast::Expr::FieldExpr(_)
        | ast::Expr::ParenExpr(_)
        | ast::Expr::TryExpr(_)
        | ast::Expr::CastExpr(_) => true,
        _ => false,
    };
    is_made.then_some(outer)
}

fn is_awaited(value: &ast::Expr) -> bool {
    value.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::AWAIT_EXPR)
}

/// Whether a place is only read: not assigned to, lent mutably, or the base of a longer place.
fn is_read(place: &ast::Expr) -> bool {
    match place.syntax().parent().and_then(ast::Expr::cast) {
        Some(ast::Expr::MethodCallExpr(it)) => it.receiver().as_ref() != Some(place),
        Some(ast::Expr::RefExpr(it)) => it.mut_token().is_none(),
        Some(ast::Expr::FieldExpr(_) | ast::Expr::IndexExpr(_)) => false,
        Some(ast::Expr::BinExpr(it)) => {
            let assigns = it.op_token().is_some_and(|it| {
                it.text().ends_with('=') && !matches!(it.kind(), T![==] | T![!=] | T![<=] | T![>=])
            });
            !assigns || it.lhs().as_ref() != Some(place)
        }
        _ => true,
    }
}

/// Whether a type holds no borrow, no guard and no future.
fn is_plain<'a>(sema: &Sema<'a>, ty: &Type<'a>) -> bool {
    let is_known = ty.as_adt().is_some() || ty.is_tuple() || ty.is_copy(sema.db);
    is_known && !ty.contains_unknown() && sema.is_static(ty) && !sema.is_lock_guard(ty)
}
