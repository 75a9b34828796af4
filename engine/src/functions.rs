//! Where a function is declared, and who may rely on its signature.

use std::collections::HashSet;

use ra_ap_hir::{
    AsAssocItem, AssocItemContainer, Crate, Function, HasCrate, HasVisibility, Impl, Module, ModuleDef,
    PathResolution, ScopeDef, Trait, Visibility,
};
use ra_ap_ide_db::defs::Definition;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasAttrs};

use crate::context::is_test;
use crate::facts::implementations;
use crate::resolve::{Sema, parse_path};

/// What a function is a part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// A module, or an `impl` of a type's own.
    Own,
    /// A trait of the workspace, or an implementation of one.
    Trait(Method),
    /// An implementation of a trait of a library, by the trait's name.
    Library(String),
}

/// A method of a trait of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// As the trait declares it.
    pub declared: Function,
    /// Its implementations in the workspace.
    pub implementations: Vec<Function>,
    /// The name of the trait.
    pub of: String,
    owner: Trait,
}

impl Sema<'_> {
    /// What a function of the workspace is a part of.
    pub fn home(&self, function: Function) -> Home {
        let Some(item) = function.as_assoc_item(self.db) else { return Home::Own };
        let owner = match item.container(self.db) {
            AssocItemContainer::Trait(it) => Some(it),
            AssocItemContainer::Impl(it) => it.trait_(self.db),
        };
        let Some(owner) = owner else { return Home::Own };
        let of = owner.name(self.db).as_str().to_owned();
        match owner.function(self.db, function.name(self.db)) {
            Some(declared) if self.world.is_member(owner.krate(self.db)) => Home::Trait(Method {
                declared,
                implementations: self.written_implementations(declared),
                of,
                owner,
            }),
            _ => Home::Library(of),
        }
    }

    /// The implementations of a method that are written out, by file and offset.
    fn written_implementations(&self, declared: Function) -> Vec<Function> {
        let mut found = implementations(self.db, declared);
        found.retain(|it| *it != declared);
        found
    }

    /// Where the trait of a method is used as `dyn Trait`.
    pub fn as_dyn(&self, method: &Method) -> Option<(u32, TextRange)> {
        let found = self.usages(Definition::Trait(method.owner), None);
        let mut places: Vec<(u32, TextRange)> = found
            .iter()
            .flat_map(|(_, uses)| uses)
            .filter_map(|it| it.name.syntax().as_node().cloned())
            .filter(|it| it.ancestors().any(|it| it.kind() == SyntaxKind::DYN_TRAIT_TYPE))
            .filter_map(|it| self.source_range(&it))
            .collect();
        places.sort_by_key(|(file, range)| (*file, range.start()));
        places.into_iter().next()
    }

    /// The trait and the implementations that a method stands in, as nodes.
    pub fn blocks_of(&self, method: &Method) -> Vec<SyntaxNode> {
        let functions = std::iter::once(&method.declared).chain(&method.implementations);
        let declared = functions.filter_map(|it| self.declaration(*it));
        declared
            .filter_map(|(_, it)| {
                it.syntax().ancestors().find(|it| matches!(it.kind(), SyntaxKind::TRAIT | SyntaxKind::IMPL))
            })
            .collect()
    }

    /// Whether code outside its crate can name a function.
    pub fn is_exported(&self, function: Function) -> bool {
        let container = function.as_assoc_item(self.db).map(|it| it.container(self.db));
        let is_public = function.visibility(self.db) == Visibility::Public;
        let exported = || exported(self, function.krate(self.db));
        match container {
            None => is_public && exported().contains(&ModuleDef::Function(function)),
            Some(AssocItemContainer::Trait(it)) => exported().contains(&ModuleDef::Trait(it)),
            Some(AssocItemContainer::Impl(it)) => match (it.trait_(self.db), it.self_ty(self.db).as_adt()) {
                (Some(of), _) => exported().contains(&ModuleDef::Trait(of)),
                (None, Some(adt)) => is_public && exported().contains(&ModuleDef::Adt(adt)),
                (None, None) => is_public,
            },
        }
    }

    /// The file of the root module of a function's crate.
    pub fn root_file(&self, function: Function) -> Option<u32> {
        self.world.file(function.krate(self.db).root_file(self.db))
    }

    /// Whether code belongs to tests: in a test, or in what `cfg(test)` alone builds.
    pub fn is_of_tests(&self, node: &SyntaxNode) -> bool {
        let of_cfg = |it: ast::AnyHasAttrs| {
            it.attrs().any(|it| {
                let text: String = it.syntax().text().to_string().split_whitespace().collect();
                text == "#[cfg(test)]"
            })
        };
        node.ancestors().any(|it| {
            ast::Fn::cast(it.clone()).is_some_and(|it| is_test(&it))
                || ast::AnyHasAttrs::cast(it).is_some_and(of_cfg)
        })
    }

    /// The async function beside a sync one that does the same, by its name and parameters: `load_async` beside `load`.
    pub fn async_twin(&self, function: Function) -> Option<Function> {
        let name = function.name(self.db).as_str().to_owned();
        let mut names = vec![format!("{name}_async"), format!("async_{name}")];
        for end in ["_sync", "_blocking"] {
            names.extend(name.strip_suffix(end).map(str::to_owned));
        }
        for start in ["sync_", "blocking_"] {
            names.extend(name.strip_prefix(start).map(str::to_owned));
        }
        let beside = self.beside(function);
        let same = |it: &Function| it.is_async(self.db) && self.same_signature(function, *it);
        names
            .iter()
            .find_map(|name| beside.iter().copied().find(|it| it.name(self.db).as_str() == name && same(it)))
    }

    /// The name of the trait whose method a function is, or implements.
    pub fn trait_of(&self, function: Function) -> Option<String> {
        let of = function.as_assoc_item(self.db)?.container_or_implemented_trait(self.db)?;
        Some(of.name(self.db).as_str().to_owned())
    }

    /// Whether code at a node sees a function by its name alone.
    pub fn function_in_scope(&self, node: &SyntaxNode, name: &str) -> bool {
        let path = parse_path(name);
        let found =
            self.sema.scope(node).zip(path).and_then(|(scope, path)| scope.speculative_resolve(&path));
        matches!(found, Some(PathResolution::Def(ModuleDef::Function(_))))
    }

    fn beside(&self, function: Function) -> Vec<Function> {
        match function.as_assoc_item(self.db).map(|it| it.container(self.db)) {
            None => {
                let items = function.module(self.db).declarations(self.db).into_iter();
                let function = |it| match it {
                    ModuleDef::Function(it) => Some(it),
                    _ => None,
                };
                items.filter_map(function).collect()
            }
            Some(AssocItemContainer::Impl(it)) if it.trait_(self.db).is_none() => {
                let impls = Impl::all_for_type(self.db, it.self_ty(self.db)).into_iter();
                let own = impls.filter(|it| it.trait_(self.db).is_none());
                own.flat_map(|it| it.items(self.db)).filter_map(|it| it.as_function()).collect()
            }
            Some(_) => Vec::new(),
        }
    }

    fn same_signature(&self, a: Function, b: Function) -> bool {
        let text = |it: Function| {
            let (_, it) = self.declaration(it)?;
            let tokens = |it: Option<SyntaxNode>| {
                let tokens = it.into_iter().flat_map(|it| it.descendants_with_tokens());
                let tokens = tokens.filter_map(|it| it.into_token()).filter(|it| !it.kind().is_trivia());
                tokens.map(|it| it.text().to_owned()).filter(|it| it != ",").collect::<Vec<_>>()
            };
            Some((
                tokens(it.param_list().map(|it| it.syntax().clone())),
                tokens(it.ret_type().map(|it| it.syntax().clone())),
            ))
        };
        text(a).is_some() && text(a) == text(b)
    }
}

/// The items of a crate that others can name: those in public modules, re-exports included.
fn exported(sema: &Sema<'_>, krate: Crate) -> HashSet<ModuleDef> {
    let root = krate.root_module(sema.db);
    // Any other crate sees what is public, and nothing else.
    let Some(outside) = Crate::all(sema.db).into_iter().find(|it| it.is_builtin(sema.db)) else {
        return HashSet::new();
    };
    let outside = outside.root_module(sema.db);
    let mut found = HashSet::new();
    let mut seen: HashSet<Module> = HashSet::new();
    let mut open = vec![root];
    while let Some(module) = open.pop() {
        if !seen.insert(module) {
            continue;
        }
        for (_, item) in module.scope(sema.db, Some(outside)) {
            match item {
                ScopeDef::ModuleDef(ModuleDef::Module(it)) if it.krate(sema.db) == krate => open.push(it),
                ScopeDef::ModuleDef(it) => {
                    found.insert(it);
                }
                _ => {}
            }
        }
    }
    found
}
