//! What code names, and whether another module can name it as well: code that moves must still mean the same.

use std::collections::{BTreeSet, HashSet};

use ra_ap_hir::{
    AsAssocItem, Crate, FindPathConfig, HasVisibility, ItemInNs, Module, ModuleDef, PathResolution, Trait,
    Visibility,
};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, ast};

use crate::resolve::{Sema, parse_path};

/// How a module reaches what code elsewhere names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// As any module does.
    Prelude,
    /// By what the module around it has in scope.
    InScope,
    /// By an import of a path.
    Import(String),
    /// Not at all; what it is called.
    Nowhere(String),
}

/// The type parameters of a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    pub names: Vec<String>,
    /// What is asked of them, as the clauses of a `where`.
    pub bounds: BTreeSet<String>,
}

/// How code that is not read names an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mentioned {
    Field(String),
    Method(String),
    /// A function or a static, with the type that it belongs to.
    Path(String, Option<String>),
}

impl Mentioned {
    pub(super) fn name(&self) -> &str {
        match self {
            Mentioned::Field(name) | Mentioned::Method(name) | Mentioned::Path(name, _) => name,
        }
    }

    /// Whether a token may be the item, by what stands beside it.
    pub(super) fn is_at(&self, token: &SyntaxToken) -> bool {
        let plain = |it: &SyntaxToken| !it.kind().is_trivia();
        let before = std::iter::successors(token.prev_token(), SyntaxToken::prev_token).filter(plain);
        let before: Vec<String> = before.take(4).map(|it| it.text().to_owned()).collect();
        let mut after = std::iter::successors(token.next_token(), SyntaxToken::next_token).filter(plain);
        let is_called = after.next().is_some_and(|it| matches!(it.text(), "(" | "::"));
        let is_of_value = before.first().is_some_and(|it| it == ".");
        let is_of_path = before.first().is_some_and(|it| it == "::" || it == ":");
        match self {
            Mentioned::Field(name) => token.text() == name && is_of_value && !is_called,
            Mentioned::Method(name) => token.text() == name && is_called && (is_of_value || is_of_path),
            Mentioned::Path(name, None) => token.text() == name && !is_of_value,
            Mentioned::Path(name, Some(owner)) => {
                let of = before.iter().find(|it| !matches!(it.as_str(), "::" | ":"));
                token.text() == name && is_of_path && of.is_some_and(|it| it == owner || it == "Self")
            }
        }
    }
}

impl<'a> Sema<'a> {
    /// How a module inside the one around an item reaches each name and trait that code at a node uses, but for the parts that stay where
    /// they are: ranges in the file as it is written.
    pub fn reaches(
        &self,
        code: &SyntaxNode,
        stays: &[TextRange],
        parameters: &[String],
        item: &SyntaxNode,
    ) -> Vec<Reach> {
        let Some(home) = self.module_of(item) else { return Vec::new() };
        let moves = |it: &SyntaxNode| {
            let at = self.source_range(it).map(|it| it.1);
            !stays.iter().any(|range| at.is_some_and(|it| range.contains_range(it)))
        };
        let nodes = || code.descendants().filter(moves);
        let paths = nodes().filter_map(ast::Path::cast).filter(|it| it.qualifier().is_none());
        let names = paths.filter_map(|it| self.reach_of_name(&it, home, item));
        let traits = nodes()
            .filter_map(ast::MethodCallExpr::cast)
            .filter_map(|it| self.reach_of_trait(&it, home, item));
        let mut found: Vec<Reach> = names.chain(traits).collect();
        found.extend(nodes().filter_map(|it| self.hidden(&it, home)));
        found.retain(|it| !matches!(it, Reach::Nowhere(name) if parameters.contains(name)));
        found
    }

    pub(super) fn module_of(&self, node: &SyntaxNode) -> Option<Module> {
        Some(self.sema.scope(node)?.module())
    }

    /// The first segment of a path.
    fn reach_of_name(&self, path: &ast::Path, home: Module, item: &SyntaxNode) -> Option<Reach> {
        let name = path.segment()?.name_ref()?.text().to_string();
        match name.as_str() {
            "Self" | "super" => return Some(Reach::Nowhere(name)),
            "self" => return None,
            "crate" => {
                let same = self.module_of(path.syntax())?.krate(self.db) == home.krate(self.db);
                return (!same).then_some(Reach::Nowhere(name));
            }
            _ => {}
        }
        let is_macro = path.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::MACRO_CALL);
        if is_macro {
            let call = path.syntax().parent().and_then(ast::MacroCall::cast)?;
            let it = self.sema.resolve_macro_call(&call)?;
            let of_std = it.module(self.db).krate(self.db).is_builtin(self.db);
            return Some(if of_std {
                Reach::Prelude
            } else {
                self.reach_of_item(ModuleDef::Macro(it), &name, home, item)
            });
        }
        match self.sema.resolve_path(path)? {
            PathResolution::Def(ModuleDef::BuiltinType(_)) => None,
            PathResolution::Def(ModuleDef::Module(it)) if it.is_crate_root(self.db) => Some(Reach::Prelude),
            PathResolution::Def(def) => Some(self.reach_of_item(def, &name, home, item)),
            PathResolution::TypeParam(_) | PathResolution::ConstParam(_) | PathResolution::SelfType(_) => {
                Some(Reach::Nowhere(name))
            }
            _ => None,
        }
    }

    fn reach_of_item(&self, def: ModuleDef, name: &str, home: Module, item: &SyntaxNode) -> Reach {
        let known = parse_path(name).zip(self.sema.scope(item));
        if let Some((path, scope)) = known
            && let Some(PathResolution::Def(here)) = scope.speculative_resolve(&path)
        {
            if here != def {
                return Reach::Nowhere(name.to_owned());
            }
            return if self.is_in_prelude(def, name) { Reach::Prelude } else { Reach::InScope };
        }
        // An associated item or a variant goes by its type.
        self.import(ItemInNs::from(def), name, home)
    }

    fn is_in_prelude(&self, def: ModuleDef, name: &str) -> bool {
        const NAMES: &[&str] = &[
            "Option",
            "Some",
            "None",
            "Result",
            "Ok",
            "Err",
            "Vec",
            "String",
            "Box",
            "Default",
            "ToString",
            "Into",
            "From",
            "Clone",
            "drop",
            "Iterator",
            "TryFrom",
            "TryInto",
            "AsRef",
            "Extend",
            "FromIterator",
            "Send",
            "Sync",
        ];
        let krate = def.module(self.db).map(|it| it.krate(self.db));
        krate.is_some_and(|it| it.is_builtin(self.db)) && NAMES.contains(&name)
    }

    fn import(&self, it: ItemInNs, name: &str, home: Module) -> Reach {
        let config = FindPathConfig {
            prefer_no_std: false,
            prefer_prelude: false,
            prefer_absolute: false,
            allow_unstable: true,
        };
        let path = home.find_path(self.db, it, config);
        let path = path.map(|it| it.display(self.db, ra_ap_syntax::Edition::CURRENT).to_string());
        let path = path.filter(|it| it.rsplit("::").next() == Some(name));
        match path {
            Some(path) if path.starts_with("super::") || path.starts_with("self::") => {
                Reach::Import(format!("super::{path}"))
            }
            Some(path) if path.contains("::") => Reach::Import(path),
            _ => Reach::Nowhere(name.to_owned()),
        }
    }

    /// The trait of a method that is called, where it has to be in scope.
    fn reach_of_trait(&self, call: &ast::MethodCallExpr, home: Module, item: &SyntaxNode) -> Option<Reach> {
        let function = self.sema.resolve_method_call(call)?;
        let of: Trait = function.as_assoc_item(self.db)?.container_or_implemented_trait(self.db)?;
        let scope = self.sema.scope(item)?;
        if scope.visible_traits().contains(&of.into()) {
            let of_std = of.module(self.db).krate(self.db).is_builtin(self.db);
            let needs_import = [
                "Write", "Read", "BufRead", "Seek", "FromStr", "Hash", "Hasher", "Any", "Error", "Borrow",
                "Rng",
            ];
            let name = of.name(self.db);
            return Some(if of_std && !needs_import.contains(&name.as_str()) {
                Reach::Prelude
            } else {
                Reach::InScope
            });
        }
        let name = of.name(self.db).as_str().to_owned();
        Some(self.import(ItemInNs::Types(ModuleDef::Trait(of)), &name, home))
    }

    /// A field or a method that another module does not see.
    fn hidden(&self, node: &SyntaxNode, home: Module) -> Option<Reach> {
        let nowhere = |name: ra_ap_hir::Name| Some(Reach::Nowhere(name.as_str().to_owned()));
        if let Some(field) = ast::FieldExpr::cast(node.clone()) {
            let field = self.sema.resolve_field(&field)?.left()?;
            let seen = field.is_visible_from(self.db, home);
            return if seen { None } else { nowhere(field.name(self.db)) };
        }
        let function = self.called_by(node).filter(|it| self.is_of_workspace(*it))?;
        if function
            .as_assoc_item(self.db)
            .is_some_and(|it| it.container_or_implemented_trait(self.db).is_some())
        {
            return None;
        }
        let seen = function.is_visible_from(self.db, home);
        if seen { None } else { nowhere(function.name(self.db)) }
    }

    /// Whether a name means an item of the module around an item, and none that all modules have.
    pub fn is_named_at(&self, name: &str, item: &SyntaxNode) -> bool {
        let known = parse_path(name).zip(self.sema.scope(item));
        let def = known.and_then(|(path, scope)| scope.speculative_resolve(&path));
        match def {
            Some(PathResolution::Def(ModuleDef::Module(it))) => !it.is_crate_root(self.db),
            Some(PathResolution::Def(ModuleDef::BuiltinType(_))) | None => false,
            Some(PathResolution::Def(def)) => !self.is_in_prelude(def, name),
            _ => false,
        }
    }

    /// The path of the module around a node with its crate, as `store::registry`.
    pub fn path_of_module(&self, node: &SyntaxNode) -> Option<String> {
        Some(self.module_path(self.module_of(node)?))
    }

    /// Whether other crates can name what is public in the module around a node.
    pub fn is_reachable(&self, node: &SyntaxNode) -> bool {
        let Some(module) = self.module_of(node) else { return false };
        module
            .path_to_root(self.db)
            .into_iter()
            .all(|it| it.is_crate_root(self.db) || it.visibility(self.db) == Visibility::Public)
    }

    /// A node in the crate that the crates of all nodes can name: the first choice, else the first such node.
    pub fn node_all_reach(&self, choice: &SyntaxNode, nodes: &[SyntaxNode]) -> Option<SyntaxNode> {
        let krate = |it: &SyntaxNode| self.module_of(it).map(|it| it.krate(self.db));
        let crates: HashSet<Crate> = nodes.iter().filter_map(krate).collect();
        let all_reach = |it: Crate| {
            let knows = |other: &Crate| {
                *other == it || other.dependencies(self.db).iter().any(|dependency| dependency.krate == it)
            };
            crates.iter().all(knows)
        };
        let modules: HashSet<Module> = nodes.iter().filter_map(|it| self.module_of(it)).collect();
        let is_seen = |it: &SyntaxNode| {
            self.module_of(it).is_some_and(|it| modules.iter().all(|from| self.sees(*from, it)))
        };
        let fits = |it: &&SyntaxNode| krate(it).is_some_and(all_reach) && is_seen(it);
        std::iter::once(choice).chain(nodes).find(fits).cloned()
    }

    /// Whether code of one module can name another one.
    fn sees(&self, from: Module, module: Module) -> bool {
        let path = module.path_to_root(self.db).into_iter().filter(|it| !it.is_crate_root(self.db));
        path.into_iter().all(|it| it.is_visible_from(self.db, from))
    }
}
