//! The expression that is owned for a captured place: the place itself, or what the code makes of it.

use ra_ap_hir::HasCrate;
use ra_ap_syntax::{AstNode, Edition, SyntaxKind, SyntaxNode, T, TextRange, ast, ast::HasArgList};

use crate::capture::Work;
use crate::resolve::Sema;
use crate::types::Type;

/// Methods that make an owned value.
const OWNING: &[&str] = &["clone", "to_owned", "to_path_buf", "to_string", "to_vec", "to_os_string"];

pub(crate) fn is_owning(call: &ast::MethodCallExpr) -> bool {
    call.name_ref().is_some_and(|it| OWNING.iter().any(|name| it.text() == *name))
}

/// The call that makes an owned value of a place, where the code has one, else the place.
pub(crate) fn owned_place(sema: &Sema<'_>, place: ast::Expr, work: TextRange) -> ast::Expr {
    let call = place.syntax().parent().and_then(ast::MethodCallExpr::cast);
    let owning = call.filter(|it| {
        let no_arguments =
            it.syntax().last_token().and_then(|it| it.prev_token()).is_some_and(|it| it.kind() == T!['(']);
        is_owning(it) && no_arguments && it.receiver().is_some_and(|it| it == place)
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

/// What a field is reached through, and is no part of: a closure that takes the field takes that instead.
pub(crate) enum Through<'a> {
    Nothing,
    /// Before edition 2021 a closure takes the whole variable.
    Variable,
    Reference,
    /// `Arc`, `Box` and their kin, or a variable that comes along as a whole.
    Pointer(Type<'a>),
}

/// What a place goes through where it is a field.
pub(crate) fn through<'a>(sema: &Sema<'a>, place: &ast::Expr) -> Through<'a> {
    let mut at = place.clone();
    let takes_whole = matches!(place, ast::Expr::FieldExpr(_)) && captures_whole(sema, place);
    let mut found = if takes_whole { Through::Variable } else { Through::Nothing };
    // Nothing can be moved out of a type that is `Drop`: it comes along.
    let mut holds = false;
    while let ast::Expr::FieldExpr(field) = &at {
        let Some((of, ty)) = field.expr().and_then(|it| Some((it.clone(), sema.ty(&it)?))) else { break };
        if ty.is_reference() {
            return Through::Reference;
        }
        let declared = sema.sema.resolve_field(field).and_then(|it| it.left());
        let holder = declared.map(|it| it.parent_def(sema.db).adt(sema.db));
        let is_pointer = holder.is_some_and(|it| ty.as_adt() != Some(it));
        if takes_whole && is_pointer {
            return Through::Reference;
        }
        holds |= sema.is_drop(&ty);
        if is_pointer || holds {
            found = Through::Pointer(ty);
        }
        at = of;
    }
    found
}

/// Whether a closure takes variables as a whole where it stands.
fn captures_whole(sema: &Sema<'_>, at: &ast::Expr) -> bool {
    let krate = sema.sema.scope(at.syntax()).map(|it| it.krate());
    krate.is_some_and(|it| it.edition(sema.db) < Edition::Edition2021)
}

/// The method call on a place whose value can be owned in place of the place itself: it is made in any case, and gives a plain value or a
/// reference to what can be owned.
pub(crate) fn given_value(sema: &Sema<'_>, place: &ast::Expr, work: &Work) -> Option<ast::Expr> {
    let call = place.syntax().parent().and_then(ast::MethodCallExpr::cast)?;
    let takes_nothing = call.arg_list().is_some_and(|it| it.args().next().is_none());
    let is_whole = work.range == work.node.text_range() && *call.syntax() != work.node;
    if !takes_nothing || !is_whole || call.receiver().as_ref() != Some(place) || is_conversion(&call) {
        return None;
    }
    let receiver = sema.sema.resolve_method_call(&call)?.self_param(sema.db)?;
    let (_, range) = sema.source_range(call.syntax())?;
    let blocks = work.blocking.iter().any(|it| range.contains_range(*it));
    if receiver.access(sema.db) != ra_ap_hir::Access::Shared || blocks || !is_made(call.syntax(), work) {
        return None;
    }
    let ty = sema.ty(&call.clone().into()).filter(|it| !it.contains_unknown())?;
    let holder = sema.ty(place)?.strip_references().as_adt()?;
    let fits = match ty.is_reference() {
        true => !ty.is_mutable_reference() && !holder.krate(sema.db).is_builtin(sema.db),
        false => ty.is_copy(sema.db),
    };
    fits.then(|| call.into())
}

/// Methods that show the whole of a value as another type.
fn is_conversion(call: &ast::MethodCallExpr) -> bool {
    let name = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
    ["as_", "to_", "into_", "by_"].iter().any(|it| name.starts_with(it))
        || ["borrow", "deref", "iter", "lock", "load"].contains(&name.as_str())
}

/// Whether a node of work is evaluated whenever the work runs.
fn is_made(node: &SyntaxNode, work: &Work) -> bool {
    const PLAIN: &[SyntaxKind] = &[
        SyntaxKind::ARG_LIST,
        SyntaxKind::CALL_EXPR,
        SyntaxKind::METHOD_CALL_EXPR,
        SyntaxKind::REF_EXPR,
        SyntaxKind::PAREN_EXPR,
        SyntaxKind::TUPLE_EXPR,
        SyntaxKind::RECORD_EXPR,
        SyntaxKind::RECORD_EXPR_FIELD_LIST,
        SyntaxKind::RECORD_EXPR_FIELD,
        SyntaxKind::FIELD_EXPR,
    ];
    let mut around = node.ancestors().skip(1);
    around.by_ref().take_while(|it| *it != work.node).all(|it| PLAIN.contains(&it.kind()))
        && PLAIN.contains(&work.node.kind())
        && node.ancestors().any(|it| it == work.node)
}
