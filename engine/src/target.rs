//! Which calls are worth resolving: those whose syntax can be a call of a function that matters.

use ra_ap_hir::{AsAssocItem, AssocItemContainer, Function};
use ra_ap_ide_db::RootDatabase;

use crate::index::{Index, Shape, Site};

/// What the calls of a function look like. Types decide in the end; this only keeps bodies from being inferred for nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub name: String,
    has_self: bool,
    /// With `self`.
    params: usize,
    /// The type of an inherent function, which its path calls name.
    owner: Option<String>,
    /// The library's trait whose method it is: it has to be imported where the method is called.
    imported: Option<String>,
}

/// Traits that every file imports.
const PRELUDE: &[&str] =
    &["Iterator", "IntoIterator", "DoubleEndedIterator", "ExactSizeIterator", "Extend", "Clone", "ToOwned"];

impl Target {
    pub fn of(db: &RootDatabase, function: Function) -> Target {
        let owner = function.as_assoc_item(db).and_then(|it| match it.container(db) {
            AssocItemContainer::Impl(it) if it.trait_(db).is_none() => {
                Some(it.self_ty(db).as_adt()?.name(db).as_str().to_owned())
            }
            _ => None,
        });
        let of_trait = function.as_assoc_item(db).and_then(|it| it.container_or_implemented_trait(db));
        let imported = of_trait
            .filter(|it| !it.module(db).krate(db).origin(db).is_local())
            .map(|it| it.name(db).as_str().to_owned())
            .filter(|it| !PRELUDE.contains(&it.as_str()));
        Target {
            name: function.name(db).as_str().to_owned(),
            has_self: function.has_self_param(db),
            params: function.assoc_fn_params(db).len(),
            owner,
            imported,
        }
    }

    /// A macro, whose arguments say nothing.
    pub fn macro_named(name: &str) -> Target {
        Target { name: name.to_owned(), has_self: false, params: 0, owner: None, imported: None }
    }

    /// Whether a call of this shape can be a call of the function. What is not known fits.
    pub fn fits(&self, site: Site, shape: &Shape, index: &Index) -> bool {
        if !shape.is_known {
            return true;
        }
        if shape.is_method {
            let names = index.names_of(site.file);
            let is_in_scope = self.imported.as_ref().is_none_or(|it| names.may_import(it));
            return is_in_scope && self.has_self && shape.args.is_none_or(|it| it + 1 == self.params);
        }
        let named = match (&self.owner, &shape.qualifier) {
            (Some(owner), Some(qualifier)) => {
                let any = ["Self", Shape::ANY].contains(&qualifier.as_str());
                qualifier == owner || any || index.names().aliases.contains(qualifier)
            }
            (Some(_), None) => false,
            (None, _) => true,
        };
        named && shape.args.is_none_or(|it| it == self.params)
    }
}
