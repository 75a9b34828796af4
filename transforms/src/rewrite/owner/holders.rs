//! What holds a shared lock, and holds the handle of its owner instead: types, constructions, clones.

use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast, ast::HasArgList};
use retask_engine::Analysis;
use retask_engine::resolve::Sema;
use retask_engine::shared::{Holder, State};

use super::super::draft::Draft;
use super::super::imports::Imports;
use super::cut::Cut;
use super::names::Home;
use super::runtime::derives_default;

struct Carry<'c, 'a> {
    sema: &'c Sema<'a>,
    analysis: &'c Analysis<'c>,
    home: &'c Home,
    cuts: &'c [Cut],
    draft: &'c mut Draft,
    imports: Imports,
    has_default: bool,
}

/// Writes the handle wherever the lock was shared; gives whether it needs a `default()`.
pub(super) fn rewrite(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    state: &State,
    home: &Home,
    cuts: &[Cut],
    draft: &mut Draft,
) -> Result<bool, String> {
    let mut carry =
        Carry { sema, analysis, home, cuts, draft, imports: Imports::default(), has_default: false };
    for holder in &state.found.holders {
        if let Some(ty) = holder.ty() {
            carry.ty(ty)?;
        }
        if let Holder::Field { name, .. } = holder {
            carry.has_default |= derives_default(name).is_some();
        }
    }
    for made in &state.found.made {
        carry.made(made)?;
    }
    for clone in &state.found.clones {
        carry.clone(clone)?;
    }
    let Carry { imports, has_default, draft, .. } = carry;
    imports.write(analysis, draft);
    for feature in ["sync", "rt"] {
        draft.need(home.package(analysis), "tokio", feature);
    }
    Ok(has_default)
}

impl Carry<'_, '_> {
    fn place(&self, node: &SyntaxNode) -> Result<(u32, TextRange), String> {
        self.sema.source_range(node).ok_or_else(|| "a macro writes a use of the lock".to_owned())
    }

    fn is_cut(&self, file: u32, range: TextRange) -> bool {
        self.cuts.iter().any(|it| it.file == file && it.range.contains_range(range))
    }

    /// The handle as code at a node names it; what it needs is imported.
    fn handle(&mut self, node: &SyntaxNode) -> Result<String, String> {
        let from = self.home.path_from(self.sema, node)?;
        self.imports.add((self.sema, self.analysis), node, &from, &self.home.handle)?;
        Ok(self.home.handle.clone())
    }

    /// A type that names the lock, by itself or by an alias.
    fn ty(&mut self, ty: &ast::Type) -> Result<(), String> {
        if let Some(alias) = self.sema.alias_in(ty) {
            let inner = ast::TypeAlias::ty(&alias).ok_or("an alias has no type")?;
            return self.ty(&inner);
        }
        let path = self.sema.path_of_lock(ty).ok_or_else(|| {
            format!("`{}` names the lock in a way that is not followed", ty.syntax().text())
        })?;
        let (file, range) = self.place(path.syntax())?;
        let handle = self.handle(path.syntax())?;
        let names = &self.home.parameters.names;
        if !names.is_empty() {
            let value = self.sema.value_of_lock(&path).map(|it| it.syntax().text().to_string());
            if value.as_ref() != Some(&self.home.state) {
                return Err(format!("`{}` names the state with other types", path.syntax().text()));
            }
        }
        self.draft.replace(self.analysis, file, range, format!("{handle}{}", self.home.generics()));
        Ok(())
    }

    /// `Arc::new(Mutex::new(…))`, or a default of it.
    fn made(&mut self, made: &ast::Expr) -> Result<(), String> {
        let ast::Expr::CallExpr(call) = made else {
            return Err("the lock is made in a way that is not followed".to_owned());
        };
        let given: Vec<ast::Expr> = call.arg_list().into_iter().flat_map(|it| it.args()).collect();
        let called = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        let is_arc = self.sema.ty(made).is_some_and(|it| self.sema.holds_arc_of_lock(&it));
        let whole = if is_arc { made.syntax().clone() } else { shared(made)? };
        let (file, range) = self.place(&whole)?;
        match given.as_slice() {
            [value] if !is_arc && called.ends_with("::new") => {
                let (_, of) = self.place(value.syntax())?;
                let value = self.analysis.workspace.text(file, of).to_owned();
                let handle = self.handle(&whole)?;
                self.draft.replace(self.analysis, file, range, format!("{handle}::spawn({value})"));
                Ok(())
            }
            [] if called.ends_with("default") => {
                self.has_default = true;
                let names_lock = !is_arc || called.contains("Arc");
                if names_lock {
                    let handle = self.handle(&whole)?;
                    self.draft.replace(self.analysis, file, range, format!("{handle}::default()"));
                }
                Ok(())
            }
            _ => Err(format!("the lock is made by `{called}`, which is not followed")),
        }
    }

    fn clone(&mut self, clone: &ast::Expr) -> Result<(), String> {
        if let Some((file, range, text)) = plain_clone(self.sema, self.analysis, clone)?
            && !self.is_cut(file, range)
        {
            self.draft.replace(self.analysis, file, range, text);
        }
        Ok(())
    }
}

/// `Arc::clone(&x)`, which works for an `Arc` alone, as `x.clone()`.
pub(in crate::rewrite) fn plain_clone(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    clone: &ast::Expr,
) -> Result<Option<(u32, TextRange, String)>, String> {
    let ast::Expr::CallExpr(call) = clone else { return Ok(None) };
    let place = |it: &SyntaxNode| sema.source_range(it).ok_or("a macro writes a use of the lock");
    let (file, range) = place(clone.syntax())?;
    let of = call.arg_list().and_then(|it| it.args().next()).ok_or("a clone is of nothing")?;
    let of = match of {
        ast::Expr::RefExpr(it) => it.expr().ok_or("a clone is of nothing")?,
        other => other,
    };
    let (_, at) = place(of.syntax())?;
    Ok(Some((file, range, format!("{}.clone()", analysis.workspace.text(file, at)))))
}

/// The `Arc::new(…)` around what makes a lock.
pub(in crate::rewrite) fn shared(made: &ast::Expr) -> Result<SyntaxNode, String> {
    let outer = made.syntax().ancestors().nth(2).and_then(ast::CallExpr::cast);
    let outer = outer.filter(|it| {
        let called = it.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        called == "Arc::new" || called.ends_with("::Arc::new") || called.ends_with("Data::new")
    });
    let outer = outer.ok_or("the lock is made apart from the `Arc` that shares it")?;
    Ok(outer.syntax().clone())
}
