//! Which calls are worth resolving: those whose syntax can be a call of a function that matters.

use std::cell::LazyCell;

use borsh::{BorshDeserialize, BorshSerialize};
use ra_ap_hir::{
    Adt, AsAssocItem, AssocItemContainer, Crate, Function, GenericDef, HasCrate, Module, ModuleDef, Name,
    PathResolution, Trait,
};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::{AstNode, ast, ast::PathSegmentKind};

use crate::catalogue::Entry;
use crate::holders::{Giver, Holders};
use crate::index::{Index, Shape, Site};
use crate::memo::{Print, print};
use crate::names::Names;
use crate::resolve::{CallNode, Sema};
use crate::world::methods_named;

/// What the calls of a function look like. Types decide in the end; this only keeps bodies from being inferred for nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub look: Look,
    /// The type that it is implemented for.
    of_type: Option<Adt>,
    /// The trait whose method it is.
    of_trait: Option<Trait>,
    /// The crate that declares it, but for those of std and for macros.
    pub krate: Option<Crate>,
    /// What alone gives values of the type that it is implemented for, but for traits.
    pub giver: Option<Giver>,
    /// Of all of this, in words that hold in another database too.
    pub print: Print,
}

/// What syntax can tell of a call of a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub(crate) struct Look {
    pub name: String,
    has_self: bool,
    /// With `self`.
    params: usize,
    /// How many type arguments it can be given, constants among them.
    generics: usize,
    /// The type that it is implemented for, which its path calls name.
    owner: Option<String>,
    /// The trait whose method it is, which they name instead.
    by_trait: Option<String>,
    /// The library's trait whose method it is: it has to be imported where the method is called.
    pub imported: Option<String>,
    /// Whether what it gives can be awaited.
    is_awaitable: bool,
}

/// Traits that every file imports.
const PRELUDE: &[&str] =
    &["Iterator", "IntoIterator", "DoubleEndedIterator", "ExactSizeIterator", "Extend", "Clone", "ToOwned"];

impl Target {
    pub fn of(db: &RootDatabase, function: Function) -> Target {
        let item = function.as_assoc_item(db);
        let implementation = item.and_then(|it| match it.container(db) {
            AssocItemContainer::Impl(it) => Some(it),
            AssocItemContainer::Trait(_) => None,
        });
        let of_type = implementation.and_then(|it| it.self_ty(db).as_adt());
        let of_trait = item.and_then(|it| it.container_or_implemented_trait(db));
        let owner = of_type.map(|it| it.name(db).as_str().to_owned());
        let by_trait = of_trait.map(|it| it.name(db).as_str().to_owned());
        let imported = of_trait
            .filter(|it| !it.module(db).krate(db).origin(db).is_local())
            .map(|it| it.name(db).as_str().to_owned())
            .filter(|it| !PRELUDE.contains(&it.as_str()));
        let look = Look {
            name: function.name(db).as_str().to_owned(),
            has_self: function.has_self_param(db),
            params: function.assoc_fn_params(db).len(),
            generics: GenericDef::from(function).type_or_const_params(db).len(),
            owner,
            by_trait,
            imported,
            is_awaitable: is_awaitable(db, function),
        };
        Target {
            look,
            of_type,
            of_trait,
            krate: Some(function.krate(db)).filter(|it| !it.is_builtin(db)),
            giver: of_type.filter(|_| of_trait.is_none()).and_then(|it| Giver::of_type(db, it)),
            print: 0,
        }
        .printed(db)
    }

    fn printed(self, db: &RootDatabase) -> Target {
        let path = |module: Module, name: Name| {
            let krate = module.krate(db).display_name(db).map(|it| it.to_string());
            let modules = module.path_to_root(db).into_iter().filter_map(|it| it.name(db));
            let modules: Vec<String> = modules.map(|it| it.as_str().to_owned()).collect();
            (krate, modules, name.as_str().to_owned())
        };
        let of_type = self.of_type.map(|it| path(it.module(db), it.name(db)));
        let of_trait = self.of_trait.map(|it| path(it.module(db), it.name(db)));
        let Look { name, has_self, params, generics, owner: _, by_trait: _, imported, is_awaitable } =
            &self.look;
        let shape = (name, has_self, params, generics, imported, is_awaitable);
        Target { print: print(&(shape, of_type, of_trait)), ..self }
    }

    /// The function of an entry of the catalogue.
    pub fn of_entry(db: &RootDatabase, function: Function, entry: &Entry) -> Target {
        let target = Target::of(db, function);
        Target { giver: Giver::of_std(entry.path).or(target.giver.clone()), ..target }
    }

    /// A macro, whose arguments say nothing.
    pub fn macro_named(name: &str) -> Target {
        let look = Look {
            name: name.to_owned(),
            has_self: false,
            params: 0,
            generics: 0,
            owner: None,
            by_trait: None,
            imported: None,
            is_awaitable: true,
        };
        Target { look, of_type: None, of_trait: None, krate: None, giver: None, print: print(name) }
    }

    pub fn name(&self) -> &str {
        &self.look.name
    }

    /// The calls that can be of the function by their syntax, by file and offset.
    pub fn sites<'i>(&'i self, index: &'i Index) -> impl Iterator<Item = Site> + 'i {
        self.sites_in(index, None)
    }

    /// The same, in files that may hold a value of the type; what is no call on a value stands in any. That they were asked for is noted.
    pub fn sites_in<'i>(
        &'i self,
        index: &'i Index,
        holders: Option<&'i Holders>,
    ) -> impl Iterator<Item = Site> + 'i {
        self.look.imported.iter().for_each(|it| index.asked().name(it));
        index.asked().look(&self.look, self.giver.as_ref().filter(|_| holders.is_some()));
        self.look.sites_in(index, holders)
    }

    /// Whether a call can be one of some functions, as far as scopes tell, without a type. What is not known can be. The names are those
    /// of the file that the call stands in.
    pub fn can_be_one(targets: &[&Target], sema: &Sema<'_>, names: &Names, call: &CallNode) -> bool {
        match call {
            CallNode::Method(it) => {
                let visible = LazyCell::new(|| sema.visible_traits(it));
                let receiver = LazyCell::new(|| it.receiver().and_then(|it| sema.declared_value(&it)));
                let is_of_another = |it: &&Target| match (it.of_type, receiver.as_ref()) {
                    (Some(of), Some(receiver)) => !sema.may_lead_to(receiver, of),
                    _ => false,
                };
                let is_hidden = |it: &&Target| {
                    let is_named = it.look.imported.as_ref().is_none_or(|it| names.mentions(it));
                    it.of_trait.is_some_and(|of| sema.is_hidden(of, is_named, visible.as_deref()))
                };
                !targets.iter().all(|it| is_hidden(it) || is_of_another(it))
                    && !it.receiver().is_some_and(|it| sema.is_of_no_type(&it))
            }
            CallNode::Path(_) | CallNode::Value(_) => {
                let named = LazyCell::new(|| call.path().and_then(|it| sema.type_of_path(&it)));
                let is_it = |of: Adt| named.as_ref().is_none_or(|it| *it == Owner::Adt(of));
                targets.iter().any(|it| it.of_type.is_none_or(is_it))
            }
            CallNode::Tokens(..) | CallNode::Iterated(_) | CallNode::Macro(_) => true,
        }
    }
}

impl Look {
    /// The calls that look like this, in files that may hold a value of the type; what is no call on a value stands in any.
    pub fn sites_in<'i>(
        &'i self,
        index: &'i Index,
        holders: Option<&'i Holders>,
    ) -> impl Iterator<Item = Site> + 'i {
        let calls = index.calls_of(&self.name).iter().filter(|(site, shape)| self.fits(*site, shape, index));
        let may_hold = move |site: &Site| holders.is_none_or(|it| it.contains(&site.file));
        calls.filter(move |(site, shape)| !shape.is_method || may_hold(site)).map(|(site, _)| *site)
    }

    /// The calls on a value that look like this.
    pub fn methods<'i>(&'i self, index: &'i Index) -> impl Iterator<Item = Site> + 'i {
        let calls = index.calls_of(&self.name).iter().filter(|(_, shape)| shape.is_method);
        calls.filter(|(site, shape)| self.fits(*site, shape, index)).map(|(site, _)| *site)
    }

    /// Whether a call of this shape can be a call of the function. What is not known fits.
    fn fits(&self, site: Site, shape: &Shape, index: &Index) -> bool {
        if !shape.is_known {
            return true;
        }
        if shape.is_awaited && !self.is_awaitable || shape.generics > self.generics {
            return false;
        }
        if shape.is_method {
            let names = index.names_of(site.file);
            let is_in_scope = self.imported.as_ref().is_none_or(|it| names.may_import(it));
            return is_in_scope && self.has_self && shape.args.is_none_or(|it| it + 1 == self.params);
        }
        let named = match (&self.owner, &shape.qualifier) {
            (Some(owner), Some(qualifier)) => {
                let any = ["Self", Shape::ANY].contains(&qualifier.as_str());
                let is_named = qualifier == owner || self.by_trait.as_deref() == Some(qualifier);
                is_named || any || index.names().aliases.contains(qualifier)
            }
            (Some(_), None) => false,
            (None, _) => true,
        };
        named && shape.args.is_none_or(|it| it == self.params)
    }
}

/// What the path of a function names before its name.
#[derive(PartialEq, Eq)]
pub(crate) enum Owner {
    Adt(Adt),
    Builtin,
    /// What a macro writes that is not expanded, such as a procedural one: nothing is known of its type.
    Unknown,
}

impl Sema<'_> {
    /// The traits whose methods can be called where a method is.
    fn visible_traits(&self, call: &ast::MethodCallExpr) -> Option<Vec<Trait>> {
        let scope = self.sema.scope(call.syntax())?;
        Some(scope.visible_traits().iter().map(|it| Trait::from(*it)).collect())
    }

    /// Whether a trait's methods cannot be meant among visible ones: another trait has its name there, or the file does not name it, and
    /// none that is visible stands on it, as a bound may. Traits of the workspace are taken to be named: a `dyn` of one needs no import.
    fn is_hidden(&self, of: Trait, is_named: bool, visible: Option<&[Trait]>) -> bool {
        let Some(visible) = visible.filter(|it| !it.contains(&of)) else { return false };
        let name = of.name(self.db);
        let is_bound = || visible.iter().any(|it| it.all_supertraits(self.db).contains(&of));
        visible.iter().any(|it| it.name(self.db) == name) || !is_named && !is_bound()
    }

    /// The type that the path of a function names, where it names the type itself: `Type::f`, `<Type as Trait>::f`.
    pub(crate) fn type_of_path(&self, path: &ast::Path) -> Option<Owner> {
        let qualifier = path.qualifier()?;
        match qualifier.segment()?.kind()? {
            PathSegmentKind::Type { type_ref, .. } => self.owner_in(&type_ref?),
            _ => self.owner_at(&qualifier),
        }
    }

    pub(crate) fn owner_in(&self, ty: &ast::Type) -> Option<Owner> {
        match ty {
            ast::Type::PathType(it) => self.owner_at(&it.path()?),
            ast::Type::MacroType(it) => {
                let written = self.sema.expand_macro_call(&it.macro_call()?);
                match written.and_then(|it| ast::Type::cast(it.value)) {
                    Some(it) => self.owner_in(&it),
                    None => Some(Owner::Unknown),
                }
            }
            _ => None,
        }
    }

    fn owner_at(&self, path: &ast::Path) -> Option<Owner> {
        match self.sema.scope(path.syntax())?.speculative_resolve(path)? {
            PathResolution::Def(ModuleDef::Adt(it)) => Some(Owner::Adt(it)),
            PathResolution::Def(ModuleDef::BuiltinType(_)) => Some(Owner::Builtin),
            PathResolution::Def(ModuleDef::TypeAlias(it)) => it.ty(self.db).as_adt().map(Owner::Adt),
            _ => None,
        }
    }

    /// Whether a chain of calls begins with a function that only a derive would write, as `Config::builder()`: no type is known of it.
    fn is_of_no_type(&self, value: &ast::Expr) -> bool {
        let mut first = value.clone();
        while let ast::Expr::MethodCallExpr(it) = &first {
            let Some(receiver) = it.receiver() else { return false };
            first = receiver;
        }
        let ast::Expr::CallExpr(call) = first else { return false };
        let Some(path) = CallNode::Path(call).path() else { return false };
        let of = path.qualifier().and_then(|it| self.owner_at(&it));
        let (Some(Owner::Adt(of)), Some(name)) = (of, path.segment()) else {
            return false;
        };
        let Some(scope) = self.sema.scope(path.syntax()) else { return false };
        let name = name.name_ref().map(|it| it.text().to_owned()).unwrap_or_default();
        let of_trait = || {
            let visible = scope.visible_traits();
            let traits = visible.iter().map(|it| ModuleDef::Trait(Trait::from(*it)));
            traits.into_iter().any(|it| !methods_named(self.db, it, &name).is_empty())
        };
        methods_named(self.db, of.into(), &name).is_empty() && !of_trait()
    }
}

/// Whether what a function gives can be awaited. What is not known can be.
fn is_awaitable(db: &RootDatabase, function: Function) -> bool {
    let given = function.ret_type(db);
    let is_plain = given.is_unit() || given.is_scalar() || given.is_reference() || given.is_tuple();
    let is_adt = given.as_adt().is_some() && !given.contains_unknown();
    function.is_async(db) || !(is_plain || is_adt) || given.into_future_output(db).is_some()
}
