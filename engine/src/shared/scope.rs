//! What code names, and whether another module can name it as well: code that moves must still mean the same.

use std::collections::{BTreeSet, HashSet};

use ra_ap_hir::{
    AsAssocItem, Crate, FindPathConfig, Function, HasVisibility, ItemInNs, Module, ModuleDef, PathResolution,
    Trait, Visibility,
};
use ra_ap_ide_db::defs::Definition;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, ast};

use super::Found;
use crate::resolve::{CallNode, Sema, parse_path};
use crate::types::Type;

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
    /// Whether a token may be the item, by what stands beside it.
    fn is_at(&self, token: &SyntaxToken) -> bool {
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

    fn module_of(&self, node: &SyntaxNode) -> Option<Module> {
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
        let single = ast::Path::cast(path.syntax().clone())?;
        match self.sema.resolve_path(&single)? {
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
        let call = match node.kind() {
            SyntaxKind::METHOD_CALL_EXPR => CallNode::Method(ast::MethodCallExpr::cast(node.clone())?),
            SyntaxKind::CALL_EXPR => CallNode::Path(ast::CallExpr::cast(node.clone())?),
            _ => return None,
        };
        let function = self.function(&call).filter(|it| self.is_of_workspace(*it))?;
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
        let calls = nodes.filter_map(|it| match it.kind() {
            SyntaxKind::CALL_EXPR => ast::CallExpr::cast(it).map(CallNode::Path),
            SyntaxKind::METHOD_CALL_EXPR => ast::MethodCallExpr::cast(it).map(CallNode::Method),
            _ => None,
        });
        let called: HashSet<Function> =
            calls.filter_map(|it| self.function(&it)).filter(|it| self.is_of_workspace(*it)).collect();
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

    /// The alias of the workspace by which a written type names a lock.
    pub fn alias_in(&self, ty: &ast::Type) -> Option<ast::TypeAlias> {
        let mut paths = ty.syntax().descendants().filter_map(ast::PathType::cast).filter_map(|it| it.path());
        paths.find_map(|path| match self.sema.resolve_path(&path)? {
            PathResolution::Def(ModuleDef::TypeAlias(it))
                if self.world.is_member(it.module(self.db).krate(self.db))
                    && self.holds_arc_of_lock(&it.ty(self.db)) =>
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

    /// The function that a call node calls.
    pub fn called_by(&self, call: &SyntaxNode) -> Option<Function> {
        let call = match call.kind() {
            SyntaxKind::METHOD_CALL_EXPR => CallNode::Method(ast::MethodCallExpr::cast(call.clone())?),
            _ => CallNode::Path(ast::CallExpr::cast(call.clone())?),
        };
        self.function(&call)
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
        items: &BTreeSet<Mentioned>,
        nodes: &[SyntaxNode],
    ) -> Option<(u32, TextRange)> {
        let krate = |it: &SyntaxNode| self.module_of(it).map(|it| it.krate(self.db));
        let crates: HashSet<Crate> = nodes.iter().filter_map(krate).collect();
        let knows = |it: Crate| {
            crates.contains(&it) || it.dependencies(self.db).iter().any(|it| crates.contains(&it.krate))
        };
        (0..self.world.files.len() as u32).find_map(|file| {
            let tree = self.tree(file);
            krate(tree.syntax()).filter(|it| knows(*it))?;
            let tokens = tree.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
            let mut named =
                tokens.filter(|it| it.kind() == SyntaxKind::IDENT && items.iter().any(|item| item.is_at(it)));
            let hidden = named.find(|it| it.parent().is_some_and(|it| self.is_left_out(&it)))?;
            Some((file, hidden.text_range()))
        })
    }

    /// A type as it is written somewhere that is the same shared lock, and no holder's.
    pub fn other_types(&self, found: &Found) -> Option<(u32, TextRange)> {
        let types = found.holders.iter().filter_map(|it| it.ty());
        let known: HashSet<_> = types.clone().filter_map(|it| self.source_range(it.syntax())).collect();
        let aliases = types.filter_map(|it| self.alias_in(it)?.ty());
        let aliases: HashSet<_> = aliases.filter_map(|it| self.source_range(it.syntax())).collect();
        let locks = found.holders.iter().filter_map(|it| self.path_of_lock(it.ty()?));
        let written: HashSet<String> = locks.map(|it| in_one_line(it.syntax())).collect();
        let taken = found.taken.first()?.receiver()?;
        let (lock, _) = self.shared_lock(&self.ty(&taken)?)?;
        let text = self.lock_text(&lock);
        (0..self.world.files.len() as u32).find_map(|file| {
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
