//! What work takes from around it, and how a closure that outlives the body can own that.

mod names;
mod taking;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};

use crate::change::widest_place;
use crate::drops::{is_followed, is_only_borrowed};
use crate::loops::is_loop;
use crate::mentions;
use crate::own::{copied_place, owned_place};
use crate::resolve::Sema;
use crate::types::Owning;
use names::tell_apart;
use taking::Taking;
use written::{exactly, named_field, replacement};

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
