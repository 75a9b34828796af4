//! A section that only looks at the value: the guard of the lock becomes what `borrow` gives.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasName};
use retask_engine::guards::Keeper;
use retask_engine::mentions;
use retask_engine::resolve::Sema;
use retask_engine::shared::Section;

use super::super::owner::region::{goes_along, is_dropped, place_behind};
use super::{AWAY, MACRO};

/// Whether a section leaves the value as it is.
pub(super) fn only_looks(sema: &Sema<'_>, section: &Section, value: &ast::Expr) -> bool {
    let taken = section.call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
    match section.keepers.as_slice() {
        [Keeper::Variable { pat, .. }] => pat.mut_token().is_none(),
        _ => taken.contains("read") || !is_changed(sema, value),
    }
}

/// Whether code changes what a guard leads to.
fn is_changed(sema: &Sema<'_>, value: &ast::Expr) -> bool {
    let place = place_behind(value);
    let Some(parent) = place.parent() else { return true };
    if let Some(call) = ast::MethodCallExpr::cast(parent.clone()) {
        return !(sema.reads_receiver(&call) || sema.takes_receiver(&call));
    }
    if let Some(borrow) = ast::RefExpr::cast(parent.clone()) {
        return borrow.mut_token().is_some();
    }
    ast::BinExpr::cast(parent).is_some_and(|it| {
        let is_assigned = matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { .. }));
        is_assigned && it.lhs().is_some_and(|it| *it.syntax() == place)
    })
}

/// What changes in the code around a guard, where `borrowed` takes its place.
pub(super) fn edits(
    sema: &Sema<'_>,
    section: &Section,
    value: &ast::Expr,
    borrowed: &str,
) -> Result<Vec<(TextRange, String)>, String> {
    if !section.awaits.is_empty() {
        return Err(
            "what a section looks at is held over an `.await`, and what `borrow` gives is not `Send`"
                .to_owned(),
        );
    }
    let (_, range) = sema.source_range(value.syntax()).ok_or(MACRO)?;
    match section.keepers.as_slice() {
        [Keeper::Variable { pat, from, .. }] => {
            let mut edits = by_variable(sema, pat, from, value)?;
            edits.push((range, borrowed.to_owned()));
            Ok(edits)
        }
        [Keeper::Temporary { .. }] | [] => {
            let star = used(sema, value)?;
            Ok(vec![(range, format!("{star}{borrowed}"))])
        }
        _ => Err("more than one variable holds the guard of the lock".to_owned()),
    }
}

/// Whether a guard is used for what is behind it; gives the `*` that this takes. What `borrow` gives is no `Display`, and shows more than the
/// value as `Debug`.
fn used(sema: &Sema<'_>, guard: &ast::Expr) -> Result<&'static str, String> {
    use SyntaxKind::*;
    let parent = guard.syntax().parent().ok_or(AWAY)?;
    let is_own = |it: Option<ast::Expr>| it.as_ref() == Some(guard);
    let is_plain = match parent.kind() {
        METHOD_CALL_EXPR => ast::MethodCallExpr::cast(parent).is_some_and(|it| {
            is_own(it.receiver()) && it.name_ref().is_some_and(|it| it.text() != "has_changed")
        }),
        PREFIX_EXPR | FIELD_EXPR => true,
        INDEX_EXPR => ast::IndexExpr::cast(parent).is_some_and(|it| is_own(it.base())),
        FORMAT_ARGS_ARG => return Ok("*"),
        REF_EXPR => {
            let taken = ast::Expr::cast(parent).and_then(|it| sema.coerced(&it));
            taken.is_some_and(|it| it.is_reference() && !sema.is_any_guard(&it))
        }
        _ => false,
    };
    if is_plain { Ok("") } else { Err(AWAY.to_owned()) }
}

/// A variable that holds what is looked at: each use has to be one of the value.
fn by_variable(
    sema: &Sema<'_>,
    pat: &ast::IdentPat,
    from: &SyntaxNode,
    value: &ast::Expr,
) -> Result<Vec<(TextRange, String)>, String> {
    let statement = ast::LetStmt::cast(from.clone());
    let of_pat = statement.as_ref().and_then(|it| it.pat());
    let is_whole = of_pat.is_some_and(|it| it.syntax() == pat.syntax());
    if !is_whole || statement.as_ref().and_then(|it| it.initializer()).as_ref() != Some(value) {
        return Err("a pattern binds the guard of the lock".to_owned());
    }
    if statement.and_then(|it| it.ty()).is_some() {
        return Err("the type of a guard is written out".to_owned());
    }
    let list = from.parent().ok_or(MACRO)?;
    let uses = mentions::uses(sema, &list, pat)?;
    if uses.is_empty() {
        return Err("the lock protects code, and the value behind it is not used".to_owned());
    }
    if is_formatted(&list, pat) {
        return Err("a format string shows the guard of the lock by its name".to_owned());
    }
    if is_awaited_in(&list, from) {
        return Err("a variable holds what is looked at, and its block goes on to an `.await`: also where it is dropped before, what `borrow` gives is not `Send`".to_owned());
    }
    let mut edits = Vec::new();
    for path in &uses {
        if goes_along(path.syntax(), &list) {
            return Err(AWAY.to_owned());
        }
        if is_dropped(path.syntax()) {
            continue;
        }
        if used(sema, &path.clone().into())? == "*" {
            let (_, range) = sema.source_range(path.syntax()).ok_or(MACRO)?;
            edits.push((TextRange::empty(range.start()), "*".to_owned()));
        }
    }
    Ok(edits)
}

/// Whether something is awaited in a block after a statement. The compiler takes a variable that was borrowed for alive to the end of its
/// block.
fn is_awaited_in(list: &SyntaxNode, from: &SyntaxNode) -> bool {
    let rows = list.children().skip_while(|it| it != from).skip(1);
    let mut nodes = rows.flat_map(|it| it.descendants().collect::<Vec<_>>());
    nodes.any(|it| {
        let is_await =
            it.kind() == SyntaxKind::AWAIT_EXPR || it.kind() == SyntaxKind::MACRO_CALL && awaits(&it);
        is_await && !goes_along(&it, list)
    })
}

/// Whether a macro call holds an `.await`, or is one of those that await what they are given.
fn awaits(call: &SyntaxNode) -> bool {
    let text = call.text().to_string();
    [".await", "select!", "join!"].iter().any(|it| text.contains(it))
}

/// Whether a format string in a block names a variable, as `{name:?}` does.
fn is_formatted(list: &SyntaxNode, pat: &ast::IdentPat) -> bool {
    let Some(name) = pat.name().map(|it| it.text().to_string()) else { return false };
    let mut tokens = list.descendants_with_tokens().filter_map(|it| it.into_token());
    tokens.any(|it| {
        let in_macro = it.parent().is_some_and(|it| it.kind() == SyntaxKind::TOKEN_TREE);
        let ends = ["}", ":"];
        it.kind() == SyntaxKind::STRING
            && in_macro
            && ends.iter().any(|end| it.text().contains(&format!("{{{name}{end}")))
    })
}
