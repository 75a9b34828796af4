//! The type of a value as far as declarations tell: what a function gives by its signature, what a field is declared as. Nothing is
//! inferred for it, which takes a hundred times as long in a large body.

use either::Either;
use ra_ap_hir::{
    Adt, AsAssocItem, DefWithBody, ExpressionStoreOwner, Function, HasCrate, Local, ModuleDef,
    PathResolution, Type,
};
use ra_ap_syntax::ast::{self, AstNode, FieldKind};

use crate::resolve::{CallNode, InScope, Sema};
use crate::target::Owner;
use crate::world::methods_named;

/// What is known of a value.
pub(crate) struct Declared<'a> {
    ty: Type<'a>,
    /// Whether it is a parameter, so that type parameters are those of its own function: of no type that has a name.
    is_parameter: bool,
}

impl<'a> Sema<'a> {
    /// What is known of a value, where declarations tell.
    pub(crate) fn declared_value(&self, value: &ast::Expr) -> Option<Declared<'a>> {
        let is_parameter = || match value {
            ast::Expr::PathExpr(it) => Some(matches!(self.binding(&it.path()?)?, Binding::Parameter(_))),
            _ => None,
        };
        let ty = self.declared_type(value)?;
        Some(Declared { ty, is_parameter: is_parameter().unwrap_or(false) })
    }

    /// Whether a method of a type may be called on a value: it is of that type, or leads to one by `Deref`. What is not known may.
    pub(crate) fn may_lead_to(&self, value: &Declared<'a>, to: Adt) -> bool {
        let is_settled = |it: &Type<'a>| {
            let is_builtin = it.is_reference() || it.is_scalar() || it.is_str() || it.is_array();
            is_builtin || it.as_slice().is_some() || value.is_parameter && it.as_type_param(self.db).is_some()
        };
        value.ty.autoderef(self.db).any(|it| it.as_adt().map_or_else(|| !is_settled(&it), |it| it == to))
    }

    /// The type of a value. It can have type parameters of what it was declared with.
    fn declared_type(&self, value: &ast::Expr) -> Option<Type<'a>> {
        match value {
            ast::Expr::ParenExpr(it) => self.declared_type(&it.expr()?),
            ast::Expr::RefExpr(it) => self.declared_type(&it.expr()?),
            ast::Expr::TryExpr(it) => self.tried(&it.expr()?),
            ast::Expr::AwaitExpr(it) => self.called(&it.expr()?)?.async_ret_type(self.db),
            ast::Expr::FieldExpr(it) => self.field_type(it),
            ast::Expr::PathExpr(it) => self.named_type(&it.path()?),
            _ => self.default_type(value).or_else(|| {
                let function = self.called(value).filter(|it| !it.is_async(self.db))?;
                Some(function.ret_type(self.db))
            }),
        }
    }

    /// What `?` gives of a value.
    fn tried(&self, value: &ast::Expr) -> Option<Type<'a>> {
        let ty = self.declared_type(value)?;
        let of = ty.as_adt().filter(|it| it.krate(self.db).is_builtin(self.db))?;
        ["Option", "Result"].contains(&of.name(self.db).as_str()).then(|| ty.type_arguments().next())?
    }

    /// The function that a call calls, where its path tells, or the type of its receiver.
    fn called(&self, call: &ast::Expr) -> Option<Function> {
        match call {
            ast::Expr::CallExpr(it) => match self.in_scope(&CallNode::Path(it.clone()).path()?) {
                InScope::Function(it) => Some(it),
                InScope::Nothing | InScope::Unknown => None,
            },
            ast::Expr::MethodCallExpr(it) => self.declared_method(it),
            _ => None,
        }
    }

    /// The method that a call on a value of a declared type calls.
    pub(crate) fn declared_method(&self, call: &ast::MethodCallExpr) -> Option<Function> {
        let of = self.declared_type(&call.receiver()?)?.strip_references().as_adt()?;
        match methods_named(self.db, of.into(), call.name_ref()?.text()).as_slice() {
            // Of traits others may have a method of this name too.
            [only] if self.is_inherent(*only) && only.has_self_param(self.db) => Some(*only),
            _ => None,
        }
    }

    fn is_inherent(&self, function: Function) -> bool {
        let item = function.as_assoc_item(self.db);
        item.is_some_and(|it| it.container_or_implemented_trait(self.db).is_none())
    }

    /// What `Type::default()` gives by the trait: every place has that in scope, so that no other is meant.
    fn default_type(&self, call: &ast::Expr) -> Option<Type<'a>> {
        let ast::Expr::CallExpr(it) = call else { return None };
        let path = CallNode::Path(it.clone()).path()?;
        if path.segment()?.name_ref()?.text() != "default" {
            return None;
        }
        let is_own = self.called(call).is_some_and(|it| self.is_inherent(it));
        self.type_of_owner(self.type_of_path(&path).filter(|_| !is_own)?)
    }

    /// The type that a path names.
    fn type_of_owner(&self, owner: Owner) -> Option<Type<'a>> {
        match owner {
            Owner::Adt(it) => Some(it.ty(self.db)),
            Owner::Builtin | Owner::Unknown => None,
        }
    }

    fn field_type(&self, field: &ast::FieldExpr) -> Option<Type<'a>> {
        let name = match field.field_access()? {
            FieldKind::Name(it) => it.text().to_string(),
            FieldKind::Index(it) => it.text().to_owned(),
        };
        let of = self.declared_type(&field.expr()?)?;
        let holds = |it: Type<'a>| {
            let Adt::Struct(it) = it.as_adt()? else { return None };
            it.fields(self.db).into_iter().find(|it| it.name(self.db).as_str() == name)
        };
        Some(of.autoderef(self.db).find_map(holds)?.ty(self.db))
    }

    fn named_type(&self, path: &ast::Path) -> Option<Type<'a>> {
        // By its path alone it would be a module.
        if path.as_single_segment().is_some_and(|it| it.self_token().is_some()) {
            let function = self.ancestors(path.syntax()).find_map(ast::Fn::cast)?;
            return Some(self.sema.to_def(&function)?.self_param(self.db)?.ty(self.db));
        }
        match self.binding(path)? {
            Binding::Item(ty) => Some(ty),
            Binding::Parameter(it) => self.parameter_type(it),
            Binding::Let(declared) => match declared.ty() {
                Some(ty) => self.type_of_owner(self.owner_in(&ty)?),
                None => self.declared_type(&declared.initializer()?),
            },
        }
    }

    /// What binds the name that a path is.
    fn binding(&self, path: &ast::Path) -> Option<Binding<'a>> {
        let local = match self.sema.scope(path.syntax())?.speculative_resolve(path)? {
            PathResolution::Local(it) => it,
            PathResolution::Def(ModuleDef::Const(it)) => return Some(Binding::Item(it.ty(self.db))),
            PathResolution::Def(ModuleDef::Static(it)) => return Some(Binding::Item(it.ty(self.db))),
            _ => return None,
        };
        let Either::Left(pattern) = self.declared(local).source.value else { return None };
        let is_whole = pattern.ref_token().is_none() && pattern.at_token().is_none();
        let around = pattern.syntax().parent().filter(|_| is_whole)?;
        match ast::LetStmt::cast(around.clone()) {
            Some(it) => Some(Binding::Let(it)),
            None => ast::Param::can_cast(around.kind()).then_some(Binding::Parameter(local)),
        }
    }

    /// The type of a parameter of a function.
    fn parameter_type(&self, local: Local<'a>) -> Option<Type<'a>> {
        let ExpressionStoreOwner::Body(DefWithBody::Function(function)) = local.parent(self.db) else {
            return None;
        };
        let parameters = function.assoc_fn_params(self.db);
        let own = parameters.iter().find(|it| it.as_local(self.db) == Some(local))?;
        Some(own.ty().clone())
    }
}

/// What binds a name.
enum Binding<'a> {
    /// A constant or static, by its type.
    Item(Type<'a>),
    /// A parameter of a function; of a closure nothing is known.
    Parameter(Local<'a>),
    Let(ast::LetStmt),
}
