//! Which calls are worth resolving: those whose syntax can be a call of a function that matters.

use ra_ap_hir::{AsAssocItem, AssocItemContainer, Function};
use ra_ap_ide_db::RootDatabase;

use crate::index::{Index, Shape};

/// What the calls of a function look like. Types decide in the end; this only keeps bodies from being inferred for nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub name: String,
    has_self: bool,
    /// With `self`.
    params: usize,
    /// The type of an inherent function, which its path calls name.
    owner: Option<String>,
}

impl Target {
    pub fn of(db: &RootDatabase, function: Function) -> Target {
        let owner = function.as_assoc_item(db).and_then(|it| match it.container(db) {
            AssocItemContainer::Impl(it) if it.trait_(db).is_none() => {
                Some(it.self_ty(db).as_adt()?.name(db).as_str().to_owned())
            }
            _ => None,
        });
        Target {
            name: function.name(db).as_str().to_owned(),
            has_self: function.has_self_param(db),
            params: function.assoc_fn_params(db).len(),
            owner,
        }
    }

    /// A macro, whose arguments say nothing.
    pub fn macro_named(name: &str) -> Target {
        Target { name: name.to_owned(), has_self: false, params: 0, owner: None }
    }

    /// Whether a call of this shape can be a call of the function. What is not known fits.
    pub fn fits(&self, shape: &Shape, index: &Index) -> bool {
        if shape.is_method {
            return self.has_self && shape.args.is_none_or(|it| it + 1 == self.params);
        }
        let named = match (&self.owner, &shape.qualifier) {
            (Some(owner), Some(qualifier)) => {
                qualifier == owner || qualifier == "Self" || index.is_alias(qualifier)
            }
            // In macro arguments the path is not read.
            (Some(_), None) => shape.args.is_none(),
            (None, _) => true,
        };
        named && shape.args.is_none_or(|it| it == self.params)
    }
}
