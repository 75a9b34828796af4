//! The expression that is owned for a captured place: the place itself, or what the code makes of it.

use ra_ap_syntax::{AstNode, SyntaxKind, T, TextRange, ast};

use crate::resolve::Sema;

/// The call that makes an owned value of a place, where the code has one, else the place.
pub(crate) fn owned_place(sema: &Sema<'_>, place: ast::Expr, work: TextRange) -> ast::Expr {
    const OWNING: &[&str] = &["clone", "to_owned", "to_path_buf", "to_string", "to_vec", "to_os_string"];
    let call = place.syntax().parent().and_then(ast::MethodCallExpr::cast);
    let owning = call.filter(|it| {
        let name = it.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
        let no_arguments =
            it.syntax().last_token().and_then(|it| it.prev_token()).is_some_and(|it| it.kind() == T!['(']);
        OWNING.contains(&name.as_str()) && no_arguments && it.receiver().is_some_and(|it| it == place)
    });
    match owning {
        Some(call)
            if sema
                .source_range(call.syntax())
                .is_some_and(|(_, it)| work.contains_range(it) && it != work) =>
        {
            let known =
                sema.ty(&call.clone().into()).is_some_and(|it| !it.contains_unknown() && !it.is_reference());
            if known { call.into() } else { place }
        }
        _ => place,
    }
}

/// The dereference of a place where that copies a value out of it, else the place.
pub(crate) fn copied_place(sema: &Sema<'_>, place: ast::Expr) -> ast::Expr {
    let outer = place.syntax().parent().and_then(ast::PrefixExpr::cast);
    let Some(outer) = outer.filter(|it| it.op_kind() == Some(ast::UnaryOp::Deref)) else { return place };
    let is_used_as_value = outer.syntax().parent().is_some_and(|it| {
        matches!(it.kind(), SyntaxKind::ARG_LIST | SyntaxKind::BIN_EXPR | SyntaxKind::RECORD_EXPR_FIELD)
    });
    let reference = sema.ty(&place).is_some_and(|it| it.is_reference() && !it.is_mutable_reference());
    let outer: ast::Expr = outer.into();
    let copies = sema.ty(&outer).is_some_and(|it| !it.contains_unknown() && it.is_copy(sema.db));
    if is_used_as_value && reference && copies { outer } else { place }
}
