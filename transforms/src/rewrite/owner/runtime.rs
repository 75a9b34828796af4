//! Whether a state is made where a Tokio runtime runs, so that a task can be started with it.

use std::collections::HashSet;

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasAttrs};
use retask_engine::Analysis;
use retask_engine::catalogue::Pool;
use retask_engine::context::{Context, Contexts};
use retask_engine::resolve::{Function, Sema};
use retask_engine::shared::{Found, Holder};

/// How many sync functions lie between async code and what makes the state.
const DEPTH: usize = 6;

/// Refuses a state that can be made outside a runtime.
pub(super) fn is_made_in_one(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    found: &Found,
) -> Result<(), String> {
    let contexts = Contexts::new(sema, analysis.workspace.include.tests);
    let mut made = Made { sema, analysis, contexts, seen: HashSet::new() };
    let derived = |it: &Holder| matches!(it, Holder::Field { name, .. } if derives_default(name).is_some());
    if found.made.is_empty() && !found.holders.iter().any(derived) {
        return Err("where the lock is made is not seen".to_owned());
    }
    for expr in &found.made {
        made.place(expr.syntax(), DEPTH)?;
    }
    for holder in &found.holders {
        if let Holder::Field { name, .. } = holder
            && let Some(item) = derives_default(name)
        {
            for call in sema.defaults_of(&item) {
                made.place(&call, DEPTH)?;
            }
        }
    }
    Ok(())
}

/// The struct around a field, where it derives `Default`.
pub(in crate::rewrite) fn derives_default(field: &SyntaxNode) -> Option<ast::Struct> {
    let item = field.ancestors().find_map(ast::Struct::cast)?;
    let derives = item.attrs().filter(|it| it.syntax().text().to_string().starts_with("#[derive"));
    derives.into_iter().any(|it| it.syntax().text().to_string().contains("Default")).then_some(item)
}

struct Made<'m, 'a> {
    sema: &'m Sema<'a>,
    analysis: &'m Analysis<'m>,
    contexts: Contexts<'m, 'a>,
    seen: HashSet<Function>,
}

impl Made<'_, '_> {
    fn place(&mut self, node: &SyntaxNode, depth: usize) -> Result<(), String> {
        let is_in_static =
            self.sema.ancestors(node).any(|it| matches!(it.kind(), SyntaxKind::STATIC | SyntaxKind::CONST));
        if is_in_static {
            return Err(self.refused("in a static, where no runtime runs", node));
        }
        match self.contexts.of(node) {
            Context::Async(_) | Context::Pool(Pool::Blocking | Pool::InPlace) => Ok(()),
            Context::Sync(function) => self.function(function, node, depth),
            Context::Test => Ok(()),
            _ => Err(self.refused("where it is not known whether a runtime runs", node)),
        }
    }

    /// A sync function: all that call it run inside a runtime.
    fn function(&mut self, function: Function, node: &SyntaxNode, depth: usize) -> Result<(), String> {
        if !self.seen.insert(function) {
            return Ok(());
        }
        let label = self.sema.label(function);
        let exported = self.sema.is_exported(function) && !self.analysis.workspace.may_change_api;
        let file = self.sema.source_range(node).map(|it| it.0);
        let library = file.and_then(|it| {
            self.analysis.workspace.packages[self.analysis.workspace.files[it as usize].package]
                .library
                .clone()
        });
        if exported && library.is_some() {
            return Err(self.refused(&format!("in `{label}`, which others may call outside a runtime"), node));
        }
        let uses = self
            .sema
            .uses_of_function(self.analysis.workspace, self.analysis.index, function)
            .unwrap_or_default();
        let uses: Vec<SyntaxNode> =
            uses.into_iter().filter(|it| !it.ancestors().any(|it| it.kind() == SyntaxKind::USE)).collect();
        if uses.is_empty() && !self.sema.is_default(function) {
            return Err(self.refused(&format!("in `{label}`, and what calls that is not seen"), node));
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.refused(&format!("in `{label}`, far from any async code"), node));
        };
        uses.iter().try_for_each(|it| self.place(it, depth))
    }

    fn refused(&self, why: &str, node: &SyntaxNode) -> String {
        let place = self.sema.place_of(node);
        let place = place.map(|(file, range)| self.analysis.workspace.place(file, range));
        let place = place.map(|it| format!(" ({}:{})", it.path, it.start.line)).unwrap_or_default();
        format!("the state is made {why}, so that no task can be started with it{place}")
    }
}
