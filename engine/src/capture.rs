//! What an expression takes from around it, and how a closure that outlives the body can own that.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};

use crate::resolve::Sema;
use crate::types::Owning;

/// A value that an expression takes from the body around it: a local, or a field of one.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The place as it is written, as `self.root`.
    pub place: String,
    /// The name that the owned value gets.
    pub name: String,
    /// How it gets into the closure.
    pub how: How,
    /// The place itself is a reference, so that its owned value is borrowed where it is passed on.
    borrowed: bool,
    /// Where it is used, and the text to put there; empty where the text stays.
    pub uses: Vec<(TextRange, String)>,
}

/// How a captured value gets into a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Moved or copied as it is.
    Moved,
    /// Copied out of a borrowed value, before.
    Copied,
    /// Made into an owned value before.
    Owned(Owning),
}

/// The captures of an expression, or why one of them cannot be owned.
pub fn captures(sema: &Sema<'_>, expr: &SyntaxNode, body: &SyntaxNode) -> Result<Vec<Capture>, String> {
    let mut captures: Vec<Capture> = Vec::new();
    for path in expr.descendants().filter_map(ast::PathExpr::cast) {
        let Some(base) = local_name(&path) else { continue };
        let Some(declared) = declaration(sema, &path) else { continue };
        if expr.text_range().contains_range(declared.text_range()) {
            continue;
        }
        let place = widest_place(&path);
        let text = place.syntax().text().to_string();
        if let Some(known) = captures.iter_mut().find(|it| it.place == text) {
            let replacement = replacement(&place, known, &text);
            known.uses.push((place.syntax().text_range(), replacement?));
            continue;
        }
        let mut capture = capture(sema, &path, &place, &base, expr, body)?;
        if captures.iter().any(|it| it.name == capture.name) {
            capture.name = text.replace('.', "_");
        }
        let replacement = replacement(&place, &capture, &text)?;
        capture.uses.push((place.syntax().text_range(), replacement));
        captures.push(capture);
    }
    if let Some(name) = implicit_format_capture(sema, expr, &captures) {
        return Err(format!("a format string takes `{name}` from around it"));
    }
    Ok(captures)
}

fn local_name(path: &ast::PathExpr) -> Option<String> {
    let path = path.path()?;
    let segment = path.as_single_segment()?;
    Some(segment.name_ref()?.text().to_string())
}

/// Where a local is declared, if the path names a local.
fn declaration(sema: &Sema<'_>, path: &ast::PathExpr) -> Option<SyntaxNode> {
    match sema.sema.resolve_path(&path.path()?)? {
        ra_ap_hir::PathResolution::Local(local) => Some(local.primary_source(sema.db).syntax().clone()),
        _ => None,
    }
}

/// The longest chain of fields that begins with a local.
fn widest_place(path: &ast::PathExpr) -> ast::Expr {
    let mut place: ast::Expr = path.clone().into();
    while let Some(field) = place.syntax().parent().and_then(ast::FieldExpr::cast) {
        place = field.into();
    }
    place
}

fn capture(
    sema: &Sema<'_>,
    path: &ast::PathExpr,
    place: &ast::Expr,
    base: &str,
    expr: &SyntaxNode,
    body: &SyntaxNode,
) -> Result<Capture, String> {
    let text = place.syntax().text().to_string();
    let name = match place {
        ast::Expr::FieldExpr(field) => field.name_ref().map(|it| it.text().to_string()),
        _ if base == "self" => Some("this".to_owned()),
        _ => Some(base.to_owned()),
    };
    let name = name.filter(|it| !it.starts_with(|c: char| c.is_ascii_digit())).unwrap_or_else(|| text.replace('.', "_"));
    let is_field = matches!(place, ast::Expr::FieldExpr(_));
    let ty = sema.ty(place).filter(|it| !it.contains_unknown()).ok_or_else(|| format!("the type of `{text}` is not known"))?;
    let base_ty = sema.ty(&path.clone().into());
    let behind_borrow = is_field && base_ty.is_some_and(|it| it.is_reference());
    if ty.is_mutable_reference() {
        return Err(format!("`{text}` is borrowed mutably"));
    }
    let how = if ty.is_reference() {
        let inner = ty.strip_reference();
        let owning = sema.owning(&inner).ok_or_else(|| not_cloneable(sema, &text, &inner, place))?;
        check(sema, &inner, &text)?;
        How::Owned(owning)
    } else if ty.is_copy(sema.db) {
        check(sema, &ty, &text)?;
        if behind_borrow { How::Copied } else { How::Moved }
    } else {
        check(sema, &ty, &text)?;
        if is_mutated(place) {
            return Err(format!("`{text}` is changed by the work"));
        }
        if behind_borrow || base == "self" || is_used_again(expr, body, base) {
            if !sema.is_clone(&ty) {
                return Err(not_cloneable(sema, &text, &ty, place));
            }
            How::Owned(Owning::Clone)
        } else {
            How::Moved
        }
    };
    if is_mutated(place) {
        return Err(format!("`{text}` is changed by the work"));
    }
    Ok(Capture { place: text, name, how, borrowed: ty.is_reference(), uses: Vec::new() })
}

fn not_cloneable<'a>(sema: &Sema<'a>, text: &str, ty: &ra_ap_hir::Type<'a>, place: &ast::Expr) -> String {
    let krate = sema.sema.scope(place.syntax()).map(|it| it.krate());
    let shown = krate.map(|it| sema.show(ty, it)).unwrap_or_default();
    format!("`{text}` is needed elsewhere as well, and `{shown}` is not `Clone`")
}

fn check<'a>(sema: &Sema<'a>, ty: &ra_ap_hir::Type<'a>, text: &str) -> Result<(), String> {
    if !sema.is_static(ty) {
        return Err(format!("`{text}` holds a borrow, and the work must own what it uses"));
    }
    if !sema.is_send(ty) {
        return Err(format!("`{text}` is not `Send`"));
    }
    Ok(())
}

/// Whether the place is assigned to or borrowed mutably.
fn is_mutated(place: &ast::Expr) -> bool {
    let Some(parent) = place.syntax().parent() else { return false };
    match parent.kind() {
        SyntaxKind::REF_EXPR => ast::RefExpr::cast(parent).is_some_and(|it| it.mut_token().is_some()),
        SyntaxKind::BIN_EXPR => ast::BinExpr::cast(parent).is_some_and(|it| {
            matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { .. }))
                && it.lhs().is_some_and(|lhs| lhs.syntax() == place.syntax())
        }),
        _ => false,
    }
}

/// Whether a name is used after an expression, or again in a loop around it.
fn is_used_again(expr: &SyntaxNode, body: &SyntaxNode, name: &str) -> bool {
    let in_loop = expr.ancestors().take_while(|it| it != body).any(|it| {
        matches!(it.kind(), SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR)
    });
    let after = if in_loop { body.text_range().start() } else { expr.text_range().end() };
    body.descendants_with_tokens().filter_map(|it| it.into_token()).any(|it| {
        let range = it.text_range();
        it.kind() == SyntaxKind::IDENT
            && it.text() == name
            && range.start() >= after
            && !expr.text_range().contains_range(range)
            && it.parent().is_none_or(|it| it.kind() != SyntaxKind::NAME)
            || it.kind() == SyntaxKind::STRING && range.start() >= after && it.text().contains(&format!("{{{name}"))
    })
}

/// The text for a use of a place whose owned value goes by a name. A value that was borrowed is borrowed again where it is passed on.
fn replacement(place: &ast::Expr, capture: &Capture, text: &str) -> Result<String, String> {
    if capture.how == How::Moved {
        return Ok(text.to_owned());
    }
    let parent = place.syntax().parent().map(|it| it.kind());
    let is_receiver = matches!(
        parent,
        Some(SyntaxKind::METHOD_CALL_EXPR | SyntaxKind::REF_EXPR | SyntaxKind::FIELD_EXPR | SyntaxKind::INDEX_EXPR)
    );
    match parent {
        Some(SyntaxKind::PREFIX_EXPR) if capture.borrowed => Err(format!("`{text}` is dereferenced in the work")),
        _ if capture.borrowed && !is_receiver => Ok(format!("&{}", capture.name)),
        _ => Ok(capture.name.clone()),
    }
}

fn implicit_format_capture(sema: &Sema<'_>, expr: &SyntaxNode, captures: &[Capture]) -> Option<String> {
    let expr = ast::Expr::cast(expr.clone())?;
    let used = sema.sema.locals_used(either::Either::Left(&expr), expr.syntax().text_range())?;
    used.into_iter().find_map(|local| {
        let source = local.primary_source(sema.db);
        let outside = !expr.syntax().text_range().contains_range(source.syntax().text_range());
        let name = local.name(sema.db).as_str().to_owned();
        let known = captures.iter().any(|it| it.place.split('.').next() == Some(name.as_str()));
        (outside && !known).then_some(name)
    })
}
