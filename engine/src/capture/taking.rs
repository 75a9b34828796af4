//! One value on its way into the closure: how it can be owned there.

use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast};

use super::names::tell_apart;
use super::{Capture, How, Work, declaration, in_one_line};
use crate::again;
use crate::change::is_mutated;
use crate::own::{Through, given_value, through};
use crate::resolve::Sema;
use crate::types::Owning;

/// Arrays with as many items are buffers, which nobody copies without need.
const MANY: usize = 1024;

/// One value on its way into the closure.
pub(super) struct Taking<'t, 'a> {
    pub(super) sema: &'t Sema<'a>,
    pub(super) work: &'t Work,
    /// The range of the work in the file as it is written.
    pub(super) range: TextRange,
    /// The body around the work, in the file as it is written.
    pub(super) body: &'t SyntaxNode,
    /// The local that the place begins with.
    pub(super) base: &'t str,
    /// Where that is declared.
    pub(super) declared: Option<TextRange>,
}

impl<'a> Taking<'_, 'a> {
    /// What the work asks of a place, where that is owned instead of a clone of the whole place.
    pub(super) fn instead_of_clone(
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

    pub(super) fn capture(&self, path: &ast::PathExpr, place: &ast::Expr) -> Result<Capture, String> {
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
    pub(super) fn capture_local(&self, ty: &ra_ap_hir::Type<'a>) -> Result<Capture, String> {
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
        let boxed = ty.as_adt_with_args().filter(|it| self.sema.is_std_adt(it.0, &["Box"]));
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

/// Nobody passes `()` on, be it in an `Option`: it is what a value whose `?` is not understood falls back to.
fn is_unknown(sema: &Sema<'_>, ty: &ra_ap_hir::Type<'_>) -> bool {
    let option = ty.as_adt_with_args().filter(|it| sema.is_std_adt(it.0, &["Option"]));
    let in_option = option.and_then(|(_, args)| args.into_iter().flatten().next());
    let is_fallback = in_option.is_some_and(|it| is_unknown(sema, &it));
    ty.contains_unknown() || ty.is_unit() || ty.is_never() || is_fallback
}

/// How many references a type has beyond the first.
fn nested(ty: &ra_ap_hir::Type<'_>) -> usize {
    let inner = ty.as_reference().map(|(it, _)| it);
    inner.filter(|it| it.is_reference()).map_or(0, |it| 1 + nested(&it))
}

/// `let name;`
fn is_declared_alone(pat: &SyntaxNode) -> bool {
    pat.parent().and_then(ast::LetStmt::cast).is_some_and(|it| it.initializer().is_none())
}
