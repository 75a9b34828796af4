//! What holds a shared lock, and holds a sender instead: types, constructions, clones.

use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast, ast::HasArgList};
use retask_engine::Analysis;
use retask_engine::imports::path_of;
use retask_engine::resolve::Sema;
use retask_engine::shared::{Holder, State};

use super::super::constant::item_of_module;
use super::super::draft::Draft;
use super::super::imports::Imports;
use super::super::owner::holders::{plain_clone, shared};
use super::super::owner::runtime::derives_default;
use super::super::runtime::tokio_of;
use super::MACRO;

/// Writes types, constructions and clones of one channel.
pub(super) struct Carry<'c, 'a> {
    pub sema: &'c Sema<'a>,
    pub analysis: &'c Analysis<'c>,
    /// What sections have taken the place of.
    pub done: &'c [(u32, TextRange)],
    pub draft: &'c mut Draft,
    pub imports: Imports,
    /// Whether a sender is made by its `default()`.
    pub has_default: bool,
}

impl Carry<'_, '_> {
    /// Writes a `watch::Sender` wherever the lock was shared.
    pub fn watch(&mut self, state: &State) -> Result<(), String> {
        for holder in &state.found.holders {
            if let Holder::Static { .. } = holder {
                return Err("a static holds the lock, and a channel cannot be made in one".to_owned());
            }
            if let Some(ty) = holder.ty() {
                self.ty(ty)?;
            }
            if let Holder::Field { name, .. } = holder {
                self.has_default |= derives_default(name).is_some();
            }
        }
        state.found.made.iter().try_for_each(|it| self.made(it, state.in_arc))?;
        state.found.clones.iter().try_for_each(|it| self.clone(it))?;
        self.imports.write(self.analysis, self.draft);
        Ok(())
    }

    fn place(&self, node: &SyntaxNode) -> Result<(u32, TextRange), String> {
        self.sema.source_range(node).ok_or_else(|| "a macro writes a use of the lock".to_owned())
    }

    /// A module of `tokio::sync` as code at a node names it; it is imported where the name is free.
    pub fn channel(&mut self, node: &SyntaxNode, name: &'static str) -> Result<String, String> {
        let (file, _) = self.place(node)?;
        let tokio = tokio_of(self.analysis, self.analysis.workspace.files[file as usize].package)?;
        let item = item_of_module(self.sema, node).ok_or(MACRO)?;
        let uses = item.parent().into_iter().flat_map(|it| it.children()).filter_map(ast::Use::cast);
        let leaves: Vec<String> = uses
            .flat_map(|it| it.syntax().descendants().filter_map(ast::UseTree::cast))
            .filter(|it| it.use_tree_list().is_none() && it.rename().is_none())
            .map(|it| path_of(&it))
            .collect();
        let path = format!("{tokio}::sync");
        if leaves.contains(&format!("{path}::{name}")) {
            return Ok(name.to_owned());
        }
        let is_taken = leaves.iter().any(|it| it.split("::").any(|it| it == name));
        if is_taken || self.sema.is_named_at(name, &item) {
            return Ok(format!("{path}::{name}"));
        }
        self.imports.add((self.sema, self.analysis), node, &path, name)?;
        Ok(name.to_owned())
    }

    /// A type that names the lock, by itself or by an alias.
    fn ty(&mut self, ty: &ast::Type) -> Result<(), String> {
        if let Some(alias) = self.sema.alias_in(ty) {
            let inner = ast::TypeAlias::ty(&alias).ok_or("an alias has no type")?;
            return self.ty(&inner);
        }
        let refused = || format!("`{}` names the lock in a way that is not followed", ty.syntax().text());
        let path = self.sema.path_of_lock(ty).ok_or_else(refused)?;
        let meant = self.sema.written(&path).ok_or_else(refused)?;
        if self.sema.shared_lock(&meant).is_none_or(|it| !it.1) && self.sema.lock(&meant).is_none() {
            return Err(refused());
        }
        let value = self.sema.value_of_lock(&path).ok_or_else(refused)?;
        let value = value.syntax().text().to_string();
        if value.starts_with("dyn ") {
            return Err("the value behind the lock has no size of its own".to_owned());
        }
        let (file, range) = self.place(path.syntax())?;
        let watch = self.channel(path.syntax(), "watch")?;
        self.draft.replace(self.analysis, file, range, format!("{watch}::Sender<{value}>"));
        Ok(())
    }

    /// `Arc::new(Mutex::new(…))`, or a default of it.
    fn made(&mut self, made: &ast::Expr, in_arc: bool) -> Result<(), String> {
        let ast::Expr::CallExpr(call) = made else {
            return Err("the lock is made in a way that is not followed".to_owned());
        };
        let given: Vec<ast::Expr> = call.arg_list().into_iter().flat_map(|it| it.args()).collect();
        let called = call.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        let is_arc = self.sema.ty(made).is_some_and(|it| self.sema.holds_arc_of_lock(&it));
        let whole = match is_arc || !in_arc {
            true => made.syntax().clone(),
            false => shared(made)?,
        };
        let (file, range) = self.place(&whole)?;
        match given.as_slice() {
            [value] if !is_arc && called.ends_with("::new") => {
                let (_, of) = self.place(value.syntax())?;
                let value = self.analysis.workspace.text(file, of).to_owned();
                let watch = self.channel(&whole, "watch")?;
                self.draft.replace(self.analysis, file, range, format!("{watch}::Sender::new({value})"));
                Ok(())
            }
            [] if called.ends_with("default") => {
                self.has_default = true;
                let is_named = ["Arc", "Mutex", "RwLock"].iter().any(|it| called.contains(it));
                if is_named || !is_arc && in_arc {
                    let watch = self.channel(&whole, "watch")?;
                    self.draft.replace(self.analysis, file, range, format!("{watch}::Sender::default()"));
                }
                Ok(())
            }
            _ => Err(format!("the lock is made by `{called}`, which is not followed")),
        }
    }

    pub fn clone(&mut self, clone: &ast::Expr) -> Result<(), String> {
        let is_shared = self.sema.ty(clone).is_some_and(|it| self.sema.holds_arc_of_lock(&it));
        if let Some((file, range, text)) = plain_clone(self.sema, self.analysis, clone)?
            && is_shared
            && !self.done.iter().any(|it| it.0 == file && it.1.contains_range(range))
        {
            self.draft.replace(self.analysis, file, range, text);
        }
        Ok(())
    }
}
