//! Types as they are written: where one names a shared lock, what it is of, and what is asked of its type parameters.

use std::collections::{BTreeSet, HashSet};

use ra_ap_hir::{Function, ModuleDef, PathResolution};
use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast};

use super::Found;
use super::scope::Parameters;
use crate::resolve::{CallNode, Sema};
use crate::types::Type;
use crate::workspace::Workspace;

impl<'a> Sema<'a> {
    /// The alias of the workspace by which a written type names a lock.
    pub fn alias_in(&self, ty: &ast::Type) -> Option<ast::TypeAlias> {
        self.alias_where(ty, |it| self.holds_arc_of_lock(it))
    }

    /// The alias of the workspace by which a written type names the lock of a text.
    pub(super) fn alias_of_lock(&self, ty: &ast::Type, text: &str) -> Option<ast::TypeAlias> {
        self.alias_where(ty, |it| self.holds_lock(it, text))
    }

    fn alias_where(&self, ty: &ast::Type, is_it: impl Fn(&Type<'a>) -> bool) -> Option<ast::TypeAlias> {
        let mut paths = ty.syntax().descendants().filter_map(ast::PathType::cast).filter_map(|it| it.path());
        paths.find_map(|path| match self.sema.resolve_path(&path)? {
            PathResolution::Def(ModuleDef::TypeAlias(it))
                if self.world.is_member(it.module(self.db).krate(self.db)) && is_it(&it.ty(self.db)) =>
            {
                Some(self.sema.source(it)?.value)
            }
            _ => None,
        })
    }

    /// The part of a written type that is a shared lock: the `Arc`, else the lock itself.
    pub fn path_of_lock(&self, ty: &ast::Type) -> Option<ast::Type> {
        let parts = || ty.syntax().descendants().filter_map(ast::PathType::cast).map(ast::Type::from);
        let means = |it: &ast::Type, is_arc: bool| {
            let ty = self.written(it).filter(|it| !it.is_reference());
            ty.and_then(|it| self.shared_lock(&it)).is_some_and(|it| it.1 == is_arc)
        };
        parts().find(|it| means(it, true)).or_else(|| parts().find(|it| means(it, false)))
    }

    /// The type of the value in a written type that is a shared lock.
    pub fn value_of_lock(&self, ty: &ast::Type) -> Option<ast::Type> {
        let parts = ty.syntax().descendants().filter_map(ast::PathType::cast);
        let lock = parts
            .into_iter()
            .find(|it| self.written(&it.clone().into()).is_some_and(|it| self.lock(&it).is_some()))?;
        let list = ast::HasGenericArgs::generic_arg_list(&lock.path()?.segment()?)?;
        list.generic_args()
            .filter_map(|it| match it {
                ast::GenericArg::TypeArg(it) => it.ty(),
                _ => None,
            })
            .last()
    }

    /// The type of the state behind the lock that a call takes, as code at a node would write it; an error where no task can own it.
    /// What tasks share already is `Send`.
    pub fn state_type(
        &self,
        call: &ast::MethodCallExpr,
        at: &SyntaxNode,
        is_sent: bool,
    ) -> Option<Result<String, String>> {
        let (lock, _) = self.shared_lock(&self.ty(&call.receiver()?)?)?;
        let shown = self.source_code(&lock.value, at)?;
        Some(self.can_be_owned(&lock.value, shown, is_sent))
    }

    fn can_be_owned(&self, ty: &Type<'a>, shown: String, is_sent: bool) -> Result<String, String> {
        match () {
            () if self.holds_unknown(ty) && !is_sent => {
                Err(format!("a part of the state's type `{shown}` is not known"))
            }
            () if !self.is_static_but_for_parameters(ty) && !says_static(&shown) => {
                Err(format!("the state `{shown}` may borrow, and a task must own it"))
            }
            () if !self.is_send(ty) && !is_sent => Err(format!("the state `{shown}` is not `Send`")),
            () => Ok(shown),
        }
    }

    /// Whether a function takes any type for an argument, and asks of it what a handle that is cloned and sent can do.
    pub(crate) fn takes_any(&self, function: Function, call: &CallNode, index: usize) -> bool {
        const PLAIN: &[&str] = &["Clone", "Send", "Sync", "Sized", "Unpin", "Any", "Debug"];
        let index = index + usize::from(matches!(call, CallNode::Method(_)));
        let params = function.assoc_fn_params(self.db);
        let param = params.get(index).and_then(|it| it.ty().as_type_param(self.db));
        param.is_some_and(|it| {
            it.trait_bounds(self.db).iter().all(|it| PLAIN.contains(&it.name(self.db).as_str()))
        })
    }

    /// The type parameters of the state behind the lock that a call takes, and what the code around asks of them, each as it is written.
    pub fn parameters_of_state(&self, call: &ast::MethodCallExpr) -> Option<Parameters> {
        let (lock, _) = self.shared_lock(&self.ty(&call.receiver()?)?)?;
        let names = self.type_parameters(&lock.value);
        let bounds = self.bounds_at(call.syntax(), &names);
        Some(Parameters { names, bounds })
    }

    /// What the code around a node asks of type parameters: their own bounds, and the clauses that name no others.
    pub fn bounds_at(&self, node: &SyntaxNode, names: &[String]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for item in self.ancestors(node).filter_map(ast::AnyHasGenericParams::cast) {
            let list = ast::HasGenericParams::generic_param_list(&item);
            let params = list.into_iter().flat_map(|it| it.type_or_const_params());
            for param in params {
                let ast::TypeOrConstParam::Type(it) = param else { continue };
                let name = ast::HasName::name(&it).map(|it| it.text().to_string()).unwrap_or_default();
                let bounds =
                    ast::HasTypeBounds::type_bound_list(&it).map(|it| it.syntax().text().to_string());
                found.extend(bounds.filter(|_| names.contains(&name)).map(|it| format!("{name}: {it}")));
            }
            let clauses =
                ast::HasGenericParams::where_clause(&item).into_iter().flat_map(|it| it.predicates());
            let of_names = clauses.filter(|it| {
                let ty = it.ty().map(|it| it.syntax().text().to_string()).unwrap_or_default();
                names.iter().any(|name| ty == *name || ty.starts_with(&format!("{name}::")))
            });
            found.extend(of_names.map(|it| it.syntax().text().to_string()));
        }
        found
    }

    /// A type as it is written somewhere that is the same shared lock, and no holder's.
    pub fn other_types(&self, workspace: &Workspace, found: &Found) -> Option<(u32, TextRange)> {
        let types = found.holders.iter().filter_map(|it| it.ty());
        let known: HashSet<_> = types.clone().filter_map(|it| self.source_range(it.syntax())).collect();
        let aliases = types.filter_map(|it| self.alias_in(it)?.ty());
        let aliases: HashSet<_> = aliases.filter_map(|it| self.source_range(it.syntax())).collect();
        let locks = found.holders.iter().filter_map(|it| self.path_of_lock(it.ty()?));
        let written: HashSet<String> = locks.map(|it| in_one_line(it.syntax())).collect();
        let taken = found.taken.first()?.receiver()?;
        let (lock, _) = self.shared_lock(&self.ty(&taken)?)?;
        let text = self.lock_text(&lock);
        self.world.asked.part("Arc");
        let files = workspace.files.iter().enumerate().filter(|(_, it)| it.text.contains("Arc"));
        files.map(|(file, _)| file as u32).find_map(|file| {
            let tree = self.tree(file);
            let paths = tree.syntax().descendants().filter_map(ast::PathType::cast);
            let mut arcs = paths.filter(|it| it.syntax().text().to_string().contains("Arc"));
            let other = arcs.find(|it| {
                let place = self.source_range(it.syntax());
                let is_known = place.is_some_and(|it| {
                    known.iter().chain(&aliases).any(|outer| outer.0 == it.0 && outer.1.contains_range(it.1))
                });
                let ty = self.written(&it.clone().into()).filter(|it| !it.contains_unknown());
                let is_it = match ty.map(|it| self.shared_lock(&it)) {
                    Some(lock) => lock.is_some_and(|it| it.1 && self.lock_text(&it.0) == text),
                    None => written.contains(&in_one_line(it.syntax())),
                };
                is_it && !is_known
            })?;
            self.source_range(other.syntax())
        })
    }
}

fn in_one_line(node: &SyntaxNode) -> String {
    node.text().to_string().split_whitespace().collect()
}

/// Whether the lifetimes that a type shows are all `'static`.
pub fn says_static(shown: &str) -> bool {
    let mut lifetimes = shown.split('\'').skip(1);
    shown.contains("'static") && lifetimes.all(|it| it.starts_with("static")) && !shown.contains('&')
}
