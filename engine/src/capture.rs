//! What work takes from around it, and how a closure that outlives the body can own that.

use std::collections::{BTreeMap, BTreeSet};

use ra_ap_hir::{Adt, HasCrate};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasName};

use crate::again;
use crate::change::{is_mutated, widest_place};
use crate::drops::{is_followed, is_only_borrowed};
use crate::loops::{call_and_name, is_loop};
use crate::mentions;
use crate::own::{Through, copied_place, given_value, is_owning, owned_place, through};
use crate::resolve::{CallNode, Sema};
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
    /// The type of the owned value, as the code at the work would write it; `None` where it cannot be named.
    pub ty: Option<String>,
    /// The work changes the local, and gives it back.
    pub is_changed: bool,
    /// The work is what gives the local its first value.
    pub is_late: bool,
    /// The place itself is a reference, so that its owned value is borrowed where it is passed on.
    borrowed: bool,
    /// How many references lie before the value, beyond the first.
    pub nested: usize,
    /// The items of an array that are copied for it, where there are many.
    pub many: Option<usize>,
    /// Where it is used in the file as it is written, and the text to put there.
    pub uses: Vec<(TextRange, String)>,
}

/// Arrays with as many items are buffers, which nobody copies without need.
const MANY: usize = 1024;

/// How a captured value gets into a closure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Moved or copied as it is.
    Moved,
    /// Copied out of a borrowed value before, or moved out of a variable that would be taken as a whole.
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
    /// The names of the calls in it that block, which stay in it.
    pub blocking: Vec<TextRange>,
    /// Code of the module that it moves to, where that is another one: types are written as they are there.
    pub home: Option<SyntaxNode>,
    /// It keeps the type parameters that are in scope.
    pub is_generic: bool,
    /// A local that it changes is given back after it.
    pub gives_back: bool,
}

impl Work {
    /// A whole node.
    pub fn of(node: &SyntaxNode) -> Work {
        Work {
            node: node.clone(),
            range: node.text_range(),
            before: Vec::new(),
            blocking: Vec::new(),
            home: None,
            is_generic: false,
            gives_back: false,
        }
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
    let range = written_range(sema, work).ok_or("a macro puts the work together")?;
    let mut captures: Vec<Capture> = Vec::new();
    let mut consumed: BTreeSet<usize> = BTreeSet::new();
    let mut taken: BTreeMap<usize, ast::PathExpr> = BTreeMap::new();
    let paths = mentions::paths(sema, work)?;
    let owned: Vec<ast::Expr> = paths.iter().map(|it| owned_place(sema, widest_place(it), range)).collect();
    // What is made anew for each of several uses cannot be made once, before.
    let places: Vec<String> = paths.iter().map(|it| in_one_line(&widest_place(it))).collect();
    let made_once = |it: &ast::Expr, place: &str| {
        let text = in_one_line(it);
        let is_alone = text == place || places.iter().filter(|it| *it == place).count() == 1;
        is_alone && owned.iter().filter(|it| in_one_line(it) == text).count() == 1 && is_made_once(it, work)
    };
    for (path, owned) in paths.into_iter().zip(&owned) {
        let Some(base) = local_name(&path) else { continue };
        // A local that a macro declares for itself has no place in the file.
        let declared = declaration(sema, &path).and_then(|it| sema.source_range(&it)).map(|(_, it)| it);
        if declared.is_none_or(|it| range.contains_range(it)) {
            continue;
        }
        let widest = widest_place(&path);
        let place = if made_once(owned, &in_one_line(&widest)) { owned.clone() } else { widest };
        let place = copied_place(sema, place);
        let taking = Taking { sema, work, range, body, base: &base, declared };
        let place = taking.instead_of_clone(&path, &place, &captures).unwrap_or(place);
        let text = in_one_line(&place);
        let index = match captures.iter().position(|it| it.place == text) {
            Some(index) => index,
            None => {
                let mut capture = taking.capture(&path, &place)?;
                tell_apart(&mut capture, &captures)?;
                captures.push(capture);
                captures.len() - 1
            }
        };
        if captures[index].how == How::Moved && !is_only_borrowed(sema, &place) {
            consumed.insert(index);
        }
        taken.insert(index, path);
        let (_, at) =
            sema.source_range(place.syntax()).ok_or_else(|| format!("a macro writes a use of `{text}`"))?;
        if !captures[index].uses.iter().any(|(known, _)| *known == at) {
            let replacement =
                exactly(sema, &place, replacement(&place, &captures[index], &text)?, &captures[index]);
            let at = named_field(sema, &place, &replacement).unwrap_or(at);
            captures[index].uses.push((at, replacement));
        }
    }
    for (index, path) in taken.iter().filter(|(index, _)| !consumed.contains(index)) {
        stays_alive(sema, path, &captures[*index], range)?;
    }
    capture_from_strings(sema, work, range, body, &mut captures)?;
    Ok(captures)
}

/// The whole field of a literal where it would be written `path: path`.
fn named_field(sema: &Sema<'_>, place: &ast::Expr, replacement: &str) -> Option<TextRange> {
    let field = ast::RecordExprField::cast(place.syntax().parent()?)?;
    let is_same = field.name_ref().is_some_and(|it| it.text() == replacement);
    Some(sema.source_range(field.syntax()).filter(|_| is_same)?.1)
}

/// Whether work comes by a place in it no more than once.
fn is_made_once(place: &ast::Expr, work: &Work) -> bool {
    let mut inside = place.syntax().ancestors().skip(1).take_while(|it| *it != work.node);
    inside.all(|it| !is_loop(&it) && it.kind() != SyntaxKind::CLOSURE_EXPR)
}

/// One place, be it written on one line or on several.
fn in_one_line(place: &ast::Expr) -> String {
    place.syntax().text().to_string().split_whitespace().collect()
}

/// Refuses a value that the work only borrows and would drop, where that does something which later code can see.
fn stays_alive(
    sema: &Sema<'_>,
    path: &ast::PathExpr,
    capture: &Capture,
    work: TextRange,
) -> Result<(), String> {
    let ty = sema.ty(&widest_place(path)).filter(|_| capture.how == How::Moved);
    let Some(acts) = ty.and_then(|it| sema.acts_on_drop(&it)) else { return Ok(()) };
    let declared = declaration(sema, path);
    match declared.is_some_and(|it| is_followed(sema, &it, work)) {
        true => Err(format!("`{}` would be dropped with the work, and `{acts}` acts on that", capture.place)),
        false => Ok(()),
    }
}

/// Gives a capture a name of its own among the others: two fields of one name go by their places.
fn tell_apart(capture: &mut Capture, others: &[Capture]) -> Result<(), String> {
    let taken = |name: &str| {
        let binds = |it: &&Capture| it.how != How::Moved || capture.how != How::Moved;
        others.iter().filter(binds).any(|it| it.name == name)
    };
    if !taken(&capture.name) {
        return Ok(());
    }
    let whole = capture.place.replace('.', "_");
    let is_field = capture.place.contains('.') && whole.chars().all(|it| it.is_alphanumeric() || it == '_');
    if !is_field || taken(&whole) {
        return Err(format!("`{}` is used in several ways", capture.name));
    }
    capture.name = whole;
    Ok(())
}

/// The range of work in the file as it is written.
fn written_range(sema: &Sema<'_>, work: &Work) -> Option<TextRange> {
    let (_, node) = sema.source_range(&work.node)?;
    Some(if work.range == work.node.text_range() { node } else { work.range })
}

/// Takes what only format strings name, as in `format!("{name}")`. The owned value has to keep the name.
fn capture_from_strings(
    sema: &Sema<'_>,
    work: &Work,
    range: TextRange,
    body: &SyntaxNode,
    captures: &mut Vec<Capture>,
) -> Result<(), String> {
    for local in mentions::in_strings(sema, work) {
        let declared = sema.source_range(sema.declared(local).syntax()).map(|(_, it)| it);
        if declared.is_none_or(|it| range.contains_range(it)) {
            continue;
        }
        let name = local.name(sema.db).as_str().to_owned();
        match captures.iter().find(|it| it.place == name) {
            Some(known) if known.name == name => {}
            Some(_) => return Err(format!("a format string takes `{name}` from around it")),
            None => {
                let taking = Taking { sema, work, range, body, base: &name, declared };
                captures.push(taking.capture_local(&local.ty(sema.db))?);
            }
        }
    }
    Ok(())
}

/// Nobody passes `()` on, be it in an `Option`: it is what a value whose `?` is not understood falls back to.
fn is_unknown(sema: &Sema<'_>, ty: &ra_ap_hir::Type<'_>) -> bool {
    let is_option = |it: Adt| it.name(sema.db).as_str() == "Option" && it.krate(sema.db).is_builtin(sema.db);
    let option = ty.as_adt_with_args().filter(|it| is_option(it.0));
    let in_option = option.and_then(|(_, args)| args.into_iter().flatten().next());
    let is_fallback = in_option.is_some_and(|it| is_unknown(sema, &it));
    ty.contains_unknown() || ty.is_unit() || ty.is_never() || is_fallback
}

/// How many references a type has beyond the first.
fn nested(ty: &ra_ap_hir::Type<'_>) -> usize {
    let inner = ty.as_reference().map(|(it, _)| it);
    inner.filter(|it| it.is_reference()).map_or(0, |it| 1 + nested(&it))
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
        ra_ap_hir::PathResolution::Local(local) => Some(sema.declared(local).syntax().clone()),
        _ => None,
    }
}

/// `let name;`
fn is_declared_alone(pat: &SyntaxNode) -> bool {
    pat.parent().and_then(ast::LetStmt::cast).is_some_and(|it| it.initializer().is_none())
}

/// One value on its way into the closure.
struct Taking<'t, 'a> {
    sema: &'t Sema<'a>,
    work: &'t Work,
    /// The range of the work in the file as it is written.
    range: TextRange,
    /// The body around the work, in the file as it is written.
    body: &'t SyntaxNode,
    /// The local that the place begins with.
    base: &'t str,
    /// Where that is declared.
    declared: Option<TextRange>,
}

impl<'a> Taking<'_, 'a> {
    /// What the work asks of a place, where that is owned instead of a clone of the whole place.
    fn instead_of_clone(
        &self,
        path: &ast::PathExpr,
        place: &ast::Expr,
        captures: &[Capture],
    ) -> Option<ast::Expr> {
        let given = given_value(self.sema, place, self.work)?;
        if captures.iter().any(|it| it.place == in_one_line(&given)) {
            return Some(given);
        }
        let is_cheap = match self.capture(path, place) {
            Ok(it) => it.how != How::Owned(Owning::Clone) || self.is_shared(place),
            Err(_) => false,
        };
        let mut instead = self.capture(path, &given).ok().filter(|_| !is_cheap)?;
        tell_apart(&mut instead, captures).ok().map(|()| given)
    }

    fn is_shared(&self, place: &ast::Expr) -> bool {
        let ty = self.sema.ty(place).map(|it| it.strip_references());
        ty.and_then(|it| it.as_adt()).is_some_and(|it| self.sema.is_shared(it))
    }

    fn capture(&self, path: &ast::PathExpr, place: &ast::Expr) -> Result<Capture, String> {
        let text = in_one_line(place);
        let ty = self.sema.ty(place).filter(|it| !is_unknown(self.sema, it));
        let ty = ty.ok_or_else(|| format!("the type of `{text}` is not known"))?;
        if ty.is_mutable_reference() {
            return Err(format!("`{text}` is borrowed mutably"));
        }
        let is_changed = is_mutated(self.sema, place);
        let gives_back =
            self.work.gives_back && matches!(place, ast::Expr::PathExpr(_)) && !ty.is_reference();
        if is_changed && !gives_back {
            return Err(format!("`{text}` is changed by the work"));
        }
        let how = match is_changed {
            true => self.check(&ty, &text).map(|()| How::Moved)?,
            false => self.how(place, &ty, &text)?,
        };
        let name = self.name(place);
        Ok(Capture {
            place: text,
            name,
            how,
            ty: self.owned_type(&ty, how),
            is_changed,
            is_late: is_changed && declaration(self.sema, path).is_some_and(|it| is_declared_alone(&it)),
            borrowed: ty.is_reference(),
            nested: nested(&ty),
            many: self.many_copied(&ty, how),
            uses: Vec::new(),
        })
    }

    /// A local that is taken as it is.
    fn capture_local(&self, ty: &ra_ap_hir::Type<'a>) -> Result<Capture, String> {
        let name = self.base.to_owned();
        if is_unknown(self.sema, ty) {
            return Err(format!("the type of `{name}` is not known"));
        }
        self.check(&ty.strip_references(), &name)?;
        let owning = if ty.is_reference() { self.sema.owning(&ty.strip_references()) } else { None };
        let how = match owning {
            Some(owning) => How::Owned(owning),
            None if ty.is_reference() => return Err(format!("`{name}` is only lent to this code")),
            None if ty.is_copy(self.sema.db) || !self.is_used_again() => How::Moved,
            None if self.sema.is_clone(ty) => How::Owned(Owning::Clone),
            None => return Err(format!("`{name}` is used again, and is not `Clone`")),
        };
        Ok(Capture {
            place: name.clone(),
            name,
            how,
            ty: self.owned_type(ty, how),
            is_changed: false,
            is_late: false,
            borrowed: ty.is_reference(),
            nested: nested(ty),
            many: self.many_copied(ty, how),
            uses: Vec::new(),
        })
    }

    /// The length of an array, be it in a box, that is copied to own it, where it is long.
    fn many_copied(&self, ty: &ra_ap_hir::Type<'a>, how: How) -> Option<usize> {
        if !matches!(how, How::Owned(Owning::Clone) | How::Copied) {
            return None;
        }
        let ty = ty.strip_references();
        let is_box = |it: &Adt| {
            let db = self.sema.db;
            it.name(db).as_str() == "Box" && it.krate(db).is_builtin(db)
        };
        let boxed = ty.as_adt_with_args().filter(|it| is_box(&it.0));
        let ty = boxed.and_then(|(_, args)| args.into_iter().next().flatten()).unwrap_or(ty);
        ty.as_array(self.sema.db).map(|it| it.1).filter(|it| *it >= MANY)
    }

    fn owned_type(&self, ty: &ra_ap_hir::Type<'a>, how: How) -> Option<String> {
        let sema = self.sema;
        let home = self.work.home.as_ref().unwrap_or(&self.work.node);
        match how {
            How::Owned(Owning::ToOwned) => Some("String".to_owned()),
            How::Owned(Owning::ToPathBuf) => Some("std::path::PathBuf".to_owned()),
            How::Owned(Owning::ToOsString) => Some("std::ffi::OsString".to_owned()),
            How::Owned(Owning::ToVec) => {
                let element = ty.strip_references().as_slice()?;
                Some(format!("Vec<{}>", sema.source_code(&element, home)?))
            }
            How::Owned(Owning::Clone) => sema.source_code(&ty.strip_references(), home),
            How::Moved | How::Copied | How::Evaluated => sema.source_code(ty, home),
        }
    }

    fn name(&self, place: &ast::Expr) -> String {
        if let ast::Expr::MethodCallExpr(call) = place
            && !is_owning(call)
            && let Some(name) = call.name_ref()
        {
            let whole = place.syntax().text().to_string();
            let name = name.text().trim_start_matches("get_").to_owned();
            let is_taken = self.is_taken(place, &name);
            return if is_taken { whole.replace("()", "").replace('.', "_") } else { name };
        }
        let receiver = match place {
            ast::Expr::MethodCallExpr(it) => it.receiver(),
            ast::Expr::PrefixExpr(it) => it.expr(),
            _ => None,
        };
        let place = receiver.as_ref().unwrap_or(place);
        let text = &place.syntax().text().to_string();
        let name = match place {
            ast::Expr::FieldExpr(field) => {
                field.name_ref().map(|it| it.text().to_string()).filter(|it| !self.is_taken(place, it))
            }
            _ if self.base == "self" => Some("this".to_owned()),
            _ => Some(self.base.to_owned()),
        };
        let is_name = |it: &String| !it.starts_with(|c: char| c.is_ascii_digit());
        // A field that cannot give its name gives its whole place, as `self_root`.
        name.filter(is_name).unwrap_or_else(|| text.replace('.', "_"))
    }

    /// Whether a local goes by a name already, or a function that the work calls.
    fn is_taken(&self, place: &ast::Expr, name: &str) -> bool {
        let is_callee = |it: &ast::CallExpr| it.expr().is_some_and(|it| it.syntax().text() == name);
        let mut found = self.work.descendants().filter_map(ast::CallExpr::cast).any(|it| is_callee(&it));
        found |= self.is_hidden(place, name);
        if let Some(scope) = self.sema.sema.scope(place.syntax()) {
            scope.process_all_names(&mut |it, def| {
                found |= matches!(def, ra_ap_hir::ScopeDef::Local(_)) && it.as_str() == name;
            });
        }
        found
    }

    /// Whether the work binds a name itself before a use of a place, which could not go by that name there.
    fn is_hidden(&self, place: &ast::Expr, name: &str) -> bool {
        let bindings = self.work.descendants().filter_map(ast::IdentPat::cast);
        let ends = bindings.filter(|it| it.name().is_some_and(|it| it.text() == name)).map(|it| {
            let is_binding =
                |it: &SyntaxNode| ast::LetStmt::can_cast(it.kind()) || ast::LetExpr::can_cast(it.kind());
            let whole = it.syntax().ancestors().find(is_binding);
            whole.unwrap_or_else(|| it.syntax().clone()).text_range().end()
        });
        let Some(end) = ends.min() else { return false };
        let text = in_one_line(place);
        let places = self.work.descendants().filter_map(ast::Expr::cast);
        let mut after = places.filter(|it| it.syntax().text_range().start() >= end);
        after.any(|it| it.syntax().kind() == place.syntax().kind() && in_one_line(&it) == text)
    }

    fn how(&self, place: &ast::Expr, ty: &ra_ap_hir::Type<'a>, text: &str) -> Result<How, String> {
        let sema = self.sema;
        let inner = ty.strip_references();
        self.check(&inner, text)?;
        if matches!(place, ast::Expr::MethodCallExpr(_) | ast::Expr::PrefixExpr(_)) && !ty.is_reference() {
            return Ok(How::Evaluated);
        }
        if ty.is_reference() {
            return match sema.owning(&inner) {
                Some(owning) => Ok(How::Owned(owning)),
                None => Err(self.not_cloneable(text, &inner, place)),
            };
        }
        let through = through(sema, place);
        let behind_borrow = matches!(through, Through::Reference);
        let is_last = || self.base != "self" && !self.is_used_again();
        let moves = match &through {
            Through::Nothing => ty.is_copy(sema.db) || is_last(),
            // What the closure takes is the pointer that the field lies behind.
            Through::Pointer(it) => self.check(it, text).is_ok() && is_last(),
            Through::Variable | Through::Reference => false,
        };
        if moves {
            return Ok(How::Moved);
        }
        if ty.is_copy(sema.db) || matches!(through, Through::Variable) && is_last() {
            return Ok(How::Copied);
        }
        match sema.is_clone(ty) {
            true => Ok(How::Owned(Owning::Clone)),
            false if behind_borrow || self.base == "self" => Err(self.not_cloneable(text, ty, place)),
            false => {
                if let Through::Pointer(it) = &through {
                    self.check(it, text)?;
                }
                Err(format!("`{text}` is used again, and is not `Clone`"))
            }
        }
    }

    fn not_cloneable(&self, text: &str, ty: &ra_ap_hir::Type<'a>, place: &ast::Expr) -> String {
        let krate = self.sema.sema.scope(place.syntax()).map(|it| it.krate());
        let shown = krate.map(|it| self.sema.show(ty, it)).unwrap_or_default();
        format!("`{text}` is only lent to this code, and `{shown}` is not `Clone`")
    }

    fn check(&self, ty: &ra_ap_hir::Type<'a>, text: &str) -> Result<(), String> {
        let is_static = match self.work.is_generic {
            true => self.sema.is_static_but_for_parameters(ty),
            false => self.sema.is_static(ty),
        };
        if !is_static {
            return Err(format!("`{text}` may hold a borrow, and the work must own what it uses"));
        }
        // `str`, `[T]` and `Path` are made into owned types that are `Send` where their parts are.
        if !self.sema.is_send(ty) {
            return Err(format!("`{text}` is not `Send`"));
        }
        Ok(())
    }

    /// Whether the local is used after the work, or again in a loop around it.
    fn is_used_again(&self) -> bool {
        let Taking { sema, base: name, declared, range: work, body, .. } = *self;
        again::Local { sema, name, declared, work, body }.is_used_again()
    }
}

/// An owned value as the reference that it was made from. Where a value is passed on, a plain `&` becomes that reference by itself.
fn lent(capture: &Capture, parent: Option<SyntaxKind>) -> String {
    let name = &capture.name;
    if parent == Some(SyntaxKind::FORMAT_ARGS_ARG) {
        return name.clone();
    }
    match capture.how {
        How::Owned(Owning::ToOwned) if parent != Some(SyntaxKind::ARG_LIST) => format!("{name}.as_str()"),
        How::Owned(Owning::ToPathBuf) if parent != Some(SyntaxKind::ARG_LIST) => format!("{name}.as_path()"),
        How::Owned(Owning::ToOsString) if parent != Some(SyntaxKind::ARG_LIST) => {
            format!("{name}.as_os_str()")
        }
        How::Owned(Owning::ToVec) if parent != Some(SyntaxKind::ARG_LIST) => format!("{name}.as_slice()"),
        _ => format!("&{name}"),
    }
}

/// A text that is borrowed for a parameter of any type must be a `str` again where its trait asks for that very type, as `Borrow` does.
fn exactly(sema: &Sema<'_>, place: &ast::Expr, text: String, capture: &Capture) -> String {
    const ANY_TEXT: &[&str] = &["AsRef", "Display", "ToString", "Into", "Debug"];
    let is_text = sema.ty(place).is_some_and(|it| it.strip_references().is_str());
    if !is_text || text != format!("&{}", capture.name) {
        return text;
    }
    let bounds = bounds_of_argument(sema, place).unwrap_or_default();
    let is_exact = !bounds.is_empty() && !bounds.iter().any(|it| ANY_TEXT.contains(&it.as_str()));
    if is_exact { format!("{}.as_str()", capture.name) } else { text }
}

/// The traits that a function asks of the argument which an expression is, where its type is free.
fn bounds_of_argument(sema: &Sema<'_>, argument: &ast::Expr) -> Option<Vec<String>> {
    let list = ast::ArgList::cast(argument.syntax().parent()?)?;
    let index = list.args().position(|it| it == *argument)?;
    let (call, _) = call_and_name(&list.syntax().parent()?)?;
    let function = sema.function(&call)?;
    let index = index + usize::from(matches!(call, CallNode::Method(_)));
    let param = function.assoc_fn_params(sema.db).into_iter().nth(index)?.ty().as_type_param(sema.db)?;
    let name = |it: ra_ap_hir::Trait| it.name(sema.db).as_str().to_owned();
    Some(param.trait_bounds(sema.db).into_iter().map(name).collect())
}

/// The text for a use of a place whose owned value goes by a name. A value that was borrowed is borrowed again where it is
/// passed on.
fn replacement(place: &ast::Expr, capture: &Capture, text: &str) -> Result<String, String> {
    if capture.how == How::Moved {
        return Ok(text.to_owned());
    }
    let parent = place.syntax().parent().map(|it| it.kind());
    let is_receiver = matches!(
        parent,
        Some(
            SyntaxKind::REF_EXPR
                | SyntaxKind::FIELD_EXPR
                | SyntaxKind::INDEX_EXPR
                | SyntaxKind::METHOD_CALL_EXPR
        )
    );
    match parent {
        Some(SyntaxKind::PREFIX_EXPR) if capture.borrowed => {
            Err(format!("`{text}` is dereferenced in the work"))
        }
        _ if capture.borrowed && !is_receiver => Ok(lent(capture, parent)),
        _ => Ok(capture.name.clone()),
    }
}
