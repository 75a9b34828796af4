//! What work takes from around it, and how a closure that outlives the body can own that.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, T, TextRange, ast};

use crate::resolve::Sema;
use crate::types::Owning;

/// A value that work takes from the body around it: a local, or a field of one.
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
    /// Where it is used in the file as it is written, and the text to put there.
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
    /// The code itself makes an owned value of the place, as `name.clone()`: that is done before.
    Evaluated,
}

/// Code that is to move into a closure: a node, or consecutive children of one.
#[derive(Clone, Debug)]
pub struct Work {
    pub node: SyntaxNode,
    /// The range of the node, or of those children.
    pub range: TextRange,
    /// Parts that are evaluated before the closure is made.
    pub before: Vec<TextRange>,
}

impl Work {
    /// A whole node.
    pub fn of(node: &SyntaxNode) -> Work {
        Work { node: node.clone(), range: node.text_range(), before: Vec::new() }
    }

    /// The nodes inside the work.
    pub fn descendants(&self) -> impl Iterator<Item = SyntaxNode> + '_ {
        let inside = |it: &SyntaxNode| {
            let at = it.text_range();
            self.range.contains_range(at) && !self.before.iter().any(|it| it.contains_range(at))
        };
        self.node.descendants().filter(inside)
    }
}

/// The captures of work, or why one of them cannot be owned.
pub fn captures(sema: &Sema<'_>, work: &Work, body: &SyntaxNode) -> Result<Vec<Capture>, String> {
    let mut captures: Vec<Capture> = Vec::new();
    for path in work.descendants().filter_map(ast::PathExpr::cast) {
        let Some(base) = local_name(&path) else { continue };
        let Some(declared) = declaration(sema, &path) else { continue };
        if work.range.contains_range(declared.text_range()) {
            continue;
        }
        let place = owned_place(sema, widest_place(&path), work.range);
        let text = place.syntax().text().to_string();
        let index = match captures.iter().position(|it| it.place == text) {
            Some(index) => index,
            None => {
                let mut capture = Taking { sema, work, body, base: &base }.capture(&path, &place)?;
                if captures.iter().any(|it| it.name == capture.name) {
                    capture.name = text.replace('.', "_");
                }
                captures.push(capture);
                captures.len() - 1
            }
        };
        let (_, range) =
            sema.source_range(place.syntax()).ok_or_else(|| format!("a macro writes a use of `{text}`"))?;
        let replacement = replacement(&place, &captures[index], &text)?;
        captures[index].uses.push((range, replacement));
    }
    match implicit_format_capture(sema, work, &captures) {
        Some(name) => Err(format!("a format string takes `{name}` from around it")),
        None => Ok(captures),
    }
}

fn local_name(path: &ast::PathExpr) -> Option<String> {
    let path = path.path()?;
    let segment = path.as_single_segment()?;
    let name = segment.name_ref()?.text().to_string();
    Some(name)
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

/// The call that makes an owned value of a place, where the code has one, else the place.
fn owned_place(sema: &Sema<'_>, place: ast::Expr, work: TextRange) -> ast::Expr {
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
            if work.contains_range(call.syntax().text_range()) && call.syntax().text_range() != work =>
        {
            let known =
                sema.ty(&call.clone().into()).is_some_and(|it| !it.contains_unknown() && !it.is_reference());
            if known { call.into() } else { place }
        }
        _ => place,
    }
}

/// One value on its way into the closure.
struct Taking<'t, 'a> {
    sema: &'t Sema<'a>,
    work: &'t Work,
    body: &'t SyntaxNode,
    /// The local that the place begins with.
    base: &'t str,
}

impl<'a> Taking<'_, 'a> {
    fn capture(&self, path: &ast::PathExpr, place: &ast::Expr) -> Result<Capture, String> {
        let text = place.syntax().text().to_string();
        let ty = self.sema.ty(place).filter(|it| !it.contains_unknown());
        let ty = ty.ok_or_else(|| format!("the type of `{text}` is not known"))?;
        if ty.is_mutable_reference() {
            return Err(format!("`{text}` is borrowed mutably"));
        }
        if is_mutated(self.sema, place) {
            return Err(format!("`{text}` is changed by the work"));
        }
        let how = self.how(path, place, &ty, &text)?;
        let name = self.name(place);
        Ok(Capture { place: text, name, how, borrowed: ty.is_reference(), uses: Vec::new() })
    }

    fn name(&self, place: &ast::Expr) -> String {
        let receiver = match place {
            ast::Expr::MethodCallExpr(it) => it.receiver(),
            _ => None,
        };
        let place = receiver.as_ref().unwrap_or(place);
        let text = &place.syntax().text().to_string();
        let name = match place {
            ast::Expr::FieldExpr(field) => field.name_ref().map(|it| it.text().to_string()),
            _ if self.base == "self" => Some("this".to_owned()),
            _ => Some(self.base.to_owned()),
        };
        let is_name = |it: &String| !it.starts_with(|c: char| c.is_ascii_digit());
        name.filter(is_name).unwrap_or_else(|| text.replace('.', "_"))
    }

    fn how(
        &self,
        path: &ast::PathExpr,
        place: &ast::Expr,
        ty: &ra_ap_hir::Type<'a>,
        text: &str,
    ) -> Result<How, String> {
        let sema = self.sema;
        let inner = ty.strip_references();
        self.check(&inner, text)?;
        if matches!(place, ast::Expr::MethodCallExpr(_)) {
            return Ok(How::Evaluated);
        }
        if ty.is_reference() {
            return match sema.owning(&inner) {
                Some(owning) => Ok(How::Owned(owning)),
                None => Err(self.not_cloneable(text, &inner, place)),
            };
        }
        let is_field = matches!(place, ast::Expr::FieldExpr(_));
        let base_is_reference = sema.ty(&path.clone().into()).is_some_and(|it| it.is_reference());
        let behind_borrow = is_field && base_is_reference;
        if ty.is_copy(sema.db) {
            return Ok(if behind_borrow { How::Copied } else { How::Moved });
        }
        if !behind_borrow && self.base != "self" && !self.is_used_again() {
            return Ok(How::Moved);
        }
        if !sema.is_clone(ty) {
            return Err(self.not_cloneable(text, ty, place));
        }
        Ok(How::Owned(Owning::Clone))
    }

    fn not_cloneable(&self, text: &str, ty: &ra_ap_hir::Type<'a>, place: &ast::Expr) -> String {
        let krate = self.sema.sema.scope(place.syntax()).map(|it| it.krate());
        let shown = krate.map(|it| self.sema.show(ty, it)).unwrap_or_default();
        format!("`{text}` is only lent to this code, and `{shown}` is not `Clone`")
    }

    fn check(&self, ty: &ra_ap_hir::Type<'a>, text: &str) -> Result<(), String> {
        if !self.sema.is_static(ty) {
            return Err(format!("`{text}` holds a borrow, and the work must own what it uses"));
        }
        // `str`, `[T]` and `Path` are made into owned types that are `Send` where their parts are.
        if !self.sema.is_send(ty) {
            return Err(format!("`{text}` is not `Send`"));
        }
        Ok(())
    }

    /// Whether the local is used after the work, or again in a loop around it.
    fn is_used_again(&self) -> bool {
        let (range, name) = (self.work.range, self.base);
        let in_loop = self
            .work
            .node
            .ancestors()
            .take_while(|it| it != self.body)
            .any(|it| is_loop(&it) && it.text_range() != range && !declares(&it, name));
        let after = if in_loop { self.body.text_range().start() } else { range.end() };
        self.body.descendants_with_tokens().filter_map(|it| it.into_token()).any(|it| {
            let at = it.text_range();
            let is_use = match it.kind() {
                SyntaxKind::IDENT => {
                    it.text() == name && it.parent().is_none_or(|it| it.kind() != SyntaxKind::NAME)
                }
                SyntaxKind::STRING => it.text().contains(&format!("{{{name}")),
                _ => false,
            };
            is_use && at.start() >= after && !range.contains_range(at)
        }) || in_loop
    }
}

fn is_loop(node: &SyntaxNode) -> bool {
    matches!(node.kind(), SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR)
}

/// Whether a name is bound anew in each turn of a loop.
fn declares(node: &SyntaxNode, name: &str) -> bool {
    node.descendants().filter_map(ast::Name::cast).any(|it| it.text() == name)
}

/// Whether the place is assigned to, borrowed mutably, or the receiver of a method that takes `&mut self`.
fn is_mutated(sema: &Sema<'_>, place: &ast::Expr) -> bool {
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

/// The text for a use of a place whose owned value goes by a name. A value that was borrowed is borrowed again where it is
/// passed on.
fn replacement(place: &ast::Expr, capture: &Capture, text: &str) -> Result<String, String> {
    if capture.how == How::Moved {
        return Ok(text.to_owned());
    }
    let parent = place.syntax().parent().map(|it| it.kind());
    let is_receiver = match parent {
        Some(SyntaxKind::REF_EXPR | SyntaxKind::FIELD_EXPR | SyntaxKind::INDEX_EXPR) => true,
        Some(SyntaxKind::METHOD_CALL_EXPR) => true,
        _ => false,
    };
    match parent {
        Some(SyntaxKind::PREFIX_EXPR) if capture.borrowed => {
            Err(format!("`{text}` is dereferenced in the work"))
        }
        _ if capture.borrowed && !is_receiver => Ok(format!("&{}", capture.name)),
        _ => Ok(capture.name.clone()),
    }
}

/// A local that only a format string names, as in `format!("{name}")`.
fn implicit_format_capture(sema: &Sema<'_>, work: &Work, captures: &[Capture]) -> Option<String> {
    let strings = work.node.descendants_with_tokens().filter_map(|it| it.into_token());
    let strings = strings.filter(|it| {
        it.kind() == SyntaxKind::STRING
            && work.range.contains_range(it.text_range())
            && it.parent().is_some_and(|it| it.kind() == SyntaxKind::TOKEN_TREE)
    });
    let text: String = strings.map(|it| it.text().to_owned()).collect();
    let scope = sema.sema.scope(&work.node)?;
    let mut found = None;
    scope.process_all_names(&mut |name, def| {
        let name = name.as_str().to_owned();
        let named = text.contains(&format!("{{{name}}}")) || text.contains(&format!("{{{name}:"));
        let known = captures.iter().any(|it| it.place == name && it.how == How::Moved);
        if matches!(def, ra_ap_hir::ScopeDef::Local(_)) && named && !known {
            found = Some(name);
        }
    });
    found
}
