//! Functions around a lock, and how code that is not read names what holds it.

use std::collections::{BTreeSet, HashSet};

use ra_ap_hir::{Crate, Function};
use ra_ap_ide_db::defs::Definition;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};

use super::scope::Mentioned;
use crate::context::as_call;
use crate::index::Site;
use crate::resolve::Sema;
use crate::tokens;
use crate::workspace::Workspace;

impl<'a> Sema<'a> {
    /// The function around a node.
    pub fn holder_of(&self, node: &SyntaxNode) -> Option<Function> {
        let function = self.ancestors(node).find_map(ast::Fn::cast)?;
        self.sema.to_def(&function)
    }

    /// Whether a function is, or calls, one of others.
    pub fn leads_to(&self, function: Function, others: &HashSet<Function>, depth: usize) -> bool {
        if others.contains(&function) {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        let body = self.declaration(function).and_then(|(_, it)| it.body());
        let nodes = body.into_iter().flat_map(|it| it.syntax().descendants());
        let called: HashSet<Function> =
            nodes.filter_map(|it| self.called_by(&it)).filter(|it| self.is_of_workspace(*it)).collect();
        called.into_iter().any(|it| self.leads_to(it, others, depth))
    }

    /// Whether a function is the `default` of a type of the workspace.
    pub fn is_default(&self, function: Function) -> bool {
        function.name(self.db).as_str() == "default" && self.trait_of(function).as_deref() == Some("Default")
    }

    /// Where the `default` of a struct is called by its name.
    pub fn defaults_of(&self, item: &ast::Struct) -> Vec<SyntaxNode> {
        let Some(def) = self.sema.to_def(item) else { return Vec::new() };
        let uses = self.uses_of(Definition::Adt(def.into())).unwrap_or_default();
        let paths = uses.into_iter().filter_map(|it| it.ancestors().find_map(ast::PathExpr::cast));
        let calls = paths.filter(|it| it.syntax().text().to_string().ends_with("::default"));
        calls.map(|it| it.syntax().clone()).collect()
    }

    /// The function that a call node calls.
    pub fn called_by(&self, call: &SyntaxNode) -> Option<Function> {
        self.function(&as_call(call.clone())?)
    }

    /// How code names a function.
    pub fn mentioned(&self, function: Function) -> Mentioned {
        let name = function.name(self.db).as_str().to_owned();
        if function.has_self_param(self.db) {
            return Mentioned::Method(name);
        }
        let label = self.label(function);
        Mentioned::Path(name, label.rsplit_once("::").map(|it| it.0.to_owned()))
    }

    /// A place in code that features, targets or tests leave out which may name one of some items of the crates of nodes.
    pub fn left_out_mention(
        &self,
        workspace: &Workspace,
        items: &BTreeSet<Mentioned>,
        nodes: &[SyntaxNode],
    ) -> Option<(u32, TextRange)> {
        let krate = |it: &SyntaxNode| self.module_of(it).map(|it| it.krate(self.db));
        let crates: HashSet<Crate> = nodes.iter().filter_map(krate).collect();
        let knows = |it: Crate| {
            crates.contains(&it) || it.dependencies(self.db).iter().any(|it| crates.contains(&it.krate))
        };
        items.iter().for_each(|it| self.world.asked.name(it.name()));
        (0..).zip(&workspace.files).find_map(|(file, source)| {
            let offsets = items.iter().flat_map(|it| tokens::words(&source.text, it.name()));
            let offsets: BTreeSet<usize> = offsets.collect();
            // Code that is left out has no module to ask.
            let tree = (!offsets.is_empty()).then(|| self.tree(file))?;
            krate(tree.syntax()).filter(|it| knows(*it))?;
            let at = |offset: usize| self.token(Site { file, offset: offset as u32 });
            let mut tokens = offsets.into_iter().filter_map(at);
            let hidden = tokens.find(|it| {
                it.kind() == SyntaxKind::IDENT
                    && items.iter().any(|item| item.is_at(it))
                    && it.parent().is_some_and(|it| self.is_left_out(&it))
            })?;
            Some((file, hidden.text_range()))
        })
    }
}
