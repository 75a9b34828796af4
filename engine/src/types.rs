//! What a type allows: moving to another thread, outliving a body, being cloned.

pub use ra_ap_hir::Type;
use ra_ap_hir::{Adt, HasCrate, HirDisplay, Local, LocalSource, ModuleDef, PathResolution};

use crate::resolve::{Sema, parse_path};

/// How a borrowed value is made into an owned one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owning {
    /// `.clone()`
    Clone,
    /// `.to_owned()` of a `str`.
    ToOwned,
    /// `.to_path_buf()`
    ToPathBuf,
    /// `.to_os_string()`
    ToOsString,
    /// `.to_vec()`
    ToVec,
}

impl Owning {
    /// The method call that does it.
    pub fn call(self) -> &'static str {
        match self {
            Owning::Clone => ".clone()",
            Owning::ToOwned => ".to_owned()",
            Owning::ToPathBuf => ".to_path_buf()",
            Owning::ToOsString => ".to_os_string()",
            Owning::ToVec => ".to_vec()",
        }
    }
}

impl<'a> Sema<'a> {
    /// Whether a part of a type is not known, at any depth: its fields decide whether it is `Send`.
    pub fn holds_unknown(&self, ty: &Type<'a>) -> bool {
        self.holds_unknown_within(ty, 4)
    }

    fn holds_unknown_within(&self, ty: &Type<'a>, depth: usize) -> bool {
        if ty.contains_unknown() {
            return true;
        }
        let Some((adt, args)) = ty.as_adt_with_args().filter(|_| depth > 0) else { return false };
        let own = self.world.is_member(adt.krate(self.db));
        args.iter().flatten().any(|it| self.holds_unknown_within(it, depth - 1))
            || own && self.field_types(ty, adt).iter().any(|it| self.holds_unknown_within(it, depth - 1))
    }

    pub(crate) fn field_types(&self, ty: &Type<'a>, adt: Adt) -> Vec<Type<'a>> {
        match adt {
            Adt::Enum(it) => {
                let fields = it.variants(self.db).into_iter().flat_map(|it| it.fields(self.db));
                fields.map(|it| it.ty(self.db)).collect()
            }
            _ => ty.fields(self.db).into_iter().map(|(_, it)| it).collect(),
        }
    }

    /// Whether a type does its work only when it is iterated.
    pub fn is_iterator(&self, ty: &Type<'a>) -> bool {
        self.world.iterator.is_some_and(|it| ty.impls_trait(self.db, it, &[]))
    }

    /// Whether a value only plans work: an iterator, or the walk of a folder.
    pub fn is_lazy(&self, ty: &Type<'a>) -> bool {
        let walks = ["walkdir", "ignore::walk", "glob"];
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        let wraps = matches!(adt.name(self.db).as_str(), "Result" | "Option");
        if wraps {
            return args.iter().flatten().next().is_some_and(|it| self.is_lazy(it));
        }
        let path = self.module_path(adt.module(self.db));
        let walks = walks.iter().any(|it| path == *it || path.starts_with(&format!("{it}::")));
        walks && !adt.name(self.db).as_str().contains("Error") || self.is_iterator(ty)
    }

    /// Whether a type is `Clone`.
    pub fn is_clone(&self, ty: &Type<'a>) -> bool {
        self.world.clone.is_some_and(|it| ty.impls_trait(self.db, it, &[]))
    }

    /// Whether a value of the type borrows nothing, as far as the type shows it.
    pub fn is_static(&self, ty: &Type<'a>) -> bool {
        self.is_static_but_for_parameters(ty) && self.type_parameters(ty).is_empty()
    }

    /// The names of the type parameters that a type is made of.
    pub fn type_parameters(&self, ty: &Type<'a>) -> Vec<String> {
        let mut found = Vec::new();
        ty.walk(self.db, |part| {
            let name = part.as_type_param(self.db).map(|it| it.name(self.db).as_str().to_owned());
            found.extend(name.filter(|it| !found.contains(it)));
        });
        found
    }

    /// The same where code keeps its type parameters: what these are is asked of their bounds.
    pub fn is_static_but_for_parameters(&self, ty: &Type<'a>) -> bool {
        let mut owned = true;
        ty.walk(self.db, |part| {
            let borrows = part.is_reference()
                || part.as_adt().is_some_and(|it| it.lifetime(self.db).is_some())
                // `impl Trait` captures what its function is given, and does not show it.
                || part.as_impl_traits(self.db).is_some_and(|it| it.count() > 0)
                || part.as_dyn_trait().is_some() && !ty.as_adt().is_some_and(|it| self.owns_static_dyn(it));
            owned &= !borrows;
        });
        owned
    }

    /// `Box<dyn Trait>` and its kin mean `dyn Trait + 'static` where a signature writes them.
    fn owns_static_dyn(&self, adt: Adt) -> bool {
        let name = adt.name(self.db);
        adt.krate(self.db).is_builtin(self.db)
            && matches!(name.as_str(), "Box" | "Arc" | "Rc" | "Vec" | "Result" | "Option")
    }

    /// How a borrowed value of the type behind the reference is made into an owned one.
    pub fn owning(&self, inner: &Type<'a>) -> Option<Owning> {
        if inner.is_str() {
            return Some(Owning::ToOwned);
        }
        if let Some(element) = inner.as_slice() {
            return self.is_clone(&element).then_some(Owning::ToVec);
        }
        if let Some(adt) = inner.as_adt().filter(|it| it.krate(self.db).is_builtin(self.db)) {
            match adt.name(self.db).as_str() {
                "Path" => return Some(Owning::ToPathBuf),
                "OsStr" => return Some(Owning::ToOsString),
                _ => {}
            }
        }
        self.is_clone(inner).then_some(Owning::Clone)
    }

    /// Whether a type is, or holds, a lock guard or another value that must not live over an await.
    pub fn is_guard(&self, ty: &Type<'a>) -> bool {
        let ty = ty.strip_references();
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        is_guard_adt(self, adt) || args.iter().flatten().any(|it| self.is_guard(it))
    }

    /// A type as text, the same wherever it is asked: to tell types from one another, and not for messages.
    pub(crate) fn text_of(&self, ty: &Type<'a>) -> String {
        ra_ap_hir::Crate::all(self.db).first().map(|it| self.show(ty, *it)).unwrap_or_default()
    }

    /// A type for messages, without its path.
    pub fn show(&self, ty: &Type<'a>, krate: ra_ap_hir::Crate) -> String {
        ty.display(self.db, krate.to_display_target(self.db)).to_string()
    }
}

fn is_guard_adt(sema: &Sema<'_>, adt: Adt) -> bool {
    let db = sema.db;
    let krate = adt.krate(db).display_name(db).map(|it| it.to_string()).unwrap_or_default();
    let name = adt.name(db);
    let name = name.as_str();
    match krate.as_str() {
        "std" | "core" | "alloc" => {
            name.ends_with("Guard")
                || matches!(name, "Ref" | "RefMut" | "StdinLock" | "StdoutLock" | "StderrLock")
        }
        "lock_api" | "parking_lot" | "spin" => name.ends_with("Guard"),
        "tracing" => name.starts_with("Entered"),
        "dashmap" => name.starts_with("Ref") || name.ends_with("Entry"),
        _ => false,
    }
}

impl Sema<'_> {
    /// The name of an expression's type where it is a struct, an enum or a union; of a `Result` or `Option` that of its value.
    pub fn type_name(&self, expr: &ra_ap_syntax::ast::Expr) -> Option<String> {
        let ty = self.ty(expr)?.strip_references();
        let (adt, _) = ty.as_adt_with_args()?;
        Some(adt.name(self.db).as_str().to_owned())
    }
}

impl<'a> Sema<'a> {
    /// The type of a function's parameter that cannot be sent to another thread, be it `self`. What callers choose is not asked.
    pub fn parameter_not_send(&self, function: ra_ap_hir::Function) -> Option<String> {
        let params = function.assoc_fn_params(self.db);
        let types = params.iter().map(|it| it.ty().clone());
        let bad = types.into_iter().find(|it| !self.is_open(it) && !self.is_send(it))?;
        Some(self.show(&bad, function.krate(self.db)))
    }

    /// The type of an expression, where that is known and not known to be `Send`: a type parameter without the bound is neither.
    pub fn not_send(&self, expr: &ra_ap_syntax::ast::Expr) -> Option<String> {
        let ty = self.ty(expr).filter(|it| !self.holds_unknown(it) && !it.is_closure())?;
        let krate = self.sema.scope(ra_ap_syntax::AstNode::syntax(expr))?.krate();
        (!self.is_send(&ty)).then(|| self.show(&ty, krate))
    }

    /// Whether a type is not known, or is chosen by whoever calls.
    fn is_open(&self, ty: &Type<'a>) -> bool {
        let mut open = self.holds_unknown(ty);
        ty.walk(self.db, |part| open |= part.as_type_param(self.db).is_some() || part.is_unknown());
        open
    }

    /// Whether a type is the struct, enum or union of a name, be it behind a reference.
    pub fn is_named(&self, ty: &Type<'a>, name: &str) -> bool {
        ty.strip_references().as_adt().is_some_and(|it| it.name(self.db).as_str() == name)
    }

    /// Whether a macro is one of std.
    pub fn is_macro_of_std(&self, call: &ra_ap_syntax::ast::MacroCall) -> bool {
        let resolved = self.sema.resolve_macro_call(call);
        resolved.is_some_and(|it| it.module(self.db).krate(self.db).is_builtin(self.db))
    }

    /// Whether a method takes its receiver by value.
    pub fn takes_receiver(&self, call: &ra_ap_syntax::ast::MethodCallExpr) -> bool {
        let receiver = self.sema.resolve_method_call(call).and_then(|it| it.self_param(self.db));
        receiver.is_some_and(|it| it.access(self.db) == ra_ap_hir::Access::Owned)
    }

    /// Whether a method only reads what it is called on.
    pub fn reads_receiver(&self, call: &ra_ap_syntax::ast::MethodCallExpr) -> bool {
        let receiver = self.sema.resolve_method_call(call).and_then(|it| it.self_param(self.db));
        receiver.is_some_and(|it| it.access(self.db) == ra_ap_hir::Access::Shared)
    }

    /// Whether a type is, or holds as an argument, a type that is defined in a module, as `std::process`.
    pub fn mentions(&self, ty: &Type<'a>, module: &str) -> bool {
        let ty = ty.strip_references();
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        let path = self.module_path(adt.module(self.db));
        let inside = path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        inside || args.iter().flatten().any(|it| self.mentions(it, module))
    }

    /// The type of a variable where it is bound.
    pub fn type_of_binding(&self, binding: &ra_ap_syntax::ast::IdentPat) -> Option<Type<'a>> {
        self.sema.type_of_binding_in_pat(binding)
    }

    /// Whether a type is `Result<_, std::io::Error>`.
    pub fn is_io_result(&self, ty: &Type<'a>) -> bool {
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        let error = args.iter().flatten().nth(1).and_then(|it| it.as_adt());
        let is_io_error = |it: Adt| {
            it.name(self.db).as_str() == "Error" && self.module_path(it.module(self.db)).contains("io::error")
        };
        adt.name(self.db).as_str() == "Result" && error.is_some_and(is_io_error)
    }

    /// What a `?` on a type fails with: the error of a `Result`, nothing for an `Option`; `None` for any other type.
    pub fn error_of(&self, ty: &Type<'a>) -> Option<Option<Type<'a>>> {
        let (adt, args) = ty.as_adt_with_args()?;
        let is_std = adt.krate(self.db).is_builtin(self.db);
        match adt.name(self.db).as_str() {
            "Result" if is_std => Some(Some(args.into_iter().flatten().nth(1)?)),
            "Option" if is_std => Some(None),
            _ => None,
        }
    }

    /// A type as code at a node would write it; `None` where that cannot name it.
    pub fn source_code(&self, ty: &Type<'a>, at: &ra_ap_syntax::SyntaxNode) -> Option<String> {
        let module = self.sema.scope(at)?.module();
        ty.display_source_code(self.db, module.into(), false).ok()
    }

    /// Whether an expression gives a plain value that is copied.
    pub fn is_copied(&self, expr: &ra_ap_syntax::ast::Expr) -> bool {
        self.ty(expr).is_some_and(|it| !it.is_reference() && !it.contains_unknown() && it.is_copy(self.db))
    }

    /// Whether an expression gives a value that borrows nothing and does its work when it is made.
    pub fn is_owned(&self, expr: &ra_ap_syntax::ast::Expr) -> bool {
        let ty = self.ty(expr).filter(|it| !it.contains_unknown());
        ty.is_some_and(|it| {
            self.is_static_but_for_parameters(&it) && !self.is_any_guard(&it) && !it.is_closure()
        })
    }

    /// What a function gives, of an async one once it is awaited.
    pub fn result_of(&self, function: ra_ap_hir::Function) -> Type<'a> {
        function.async_ret_type(self.db).unwrap_or_else(|| function.ret_type(self.db))
    }

    /// How the `Result` of std is written in a place, where another item can go by its name.
    pub fn std_result(&self, at: &ra_ap_syntax::SyntaxNode) -> &'static str {
        let name = parse_path("Result");
        let named = self.sema.scope(at).zip(name).and_then(|(it, name)| it.speculative_resolve(&name));
        match named {
            Some(PathResolution::Def(ModuleDef::Adt(adt))) if adt.krate(self.db).is_builtin(self.db) => {
                "Result"
            }
            _ => "std::result::Result",
        }
    }

    /// The path of a module with its crate, as `std::process`.
    pub fn module_path(&self, module: ra_ap_hir::Module) -> String {
        let krate = module.krate(self.db).display_name(self.db).map(|it| it.to_string()).unwrap_or_default();
        let names = module.path_to_root(self.db).into_iter().rev().filter_map(|it| it.name(self.db));
        names.fold(krate, |path, name| format!("{path}::{}", name.as_str()))
    }
}

impl<'a> Sema<'a> {
    /// Whether a type is, or holds as an argument, the type of a name that is defined in a module.
    pub fn mentions_named(&self, ty: &Type<'a>, module: &str, name: &str) -> bool {
        let ty = ty.strip_references();
        let Some((adt, args)) = ty.as_adt_with_args() else { return false };
        let is_it = adt.name(self.db).as_str() == name && self.mentions(&ty, module);
        is_it || args.iter().flatten().any(|it| self.mentions_named(it, module, name))
    }

    /// Whether a type is, or holds as an argument, the handle of a task that runs already.
    pub fn is_handle(&self, ty: &Type<'a>) -> bool {
        let runtimes = ["tokio", "async_std", "async_task", "smol", "actix_rt", "tauri", "tokio_util"];
        let names = ["JoinHandle", "Task", "AbortOnDropHandle"];
        runtimes.iter().any(|krate| names.iter().any(|name| self.mentions_named(ty, krate, name)))
    }

    /// Where a local that a path names is bound by a name.
    pub fn local_declaration(
        &self,
        path: &ra_ap_syntax::ast::PathExpr,
    ) -> Option<ra_ap_syntax::ast::IdentPat> {
        match self.sema.resolve_path(&path.path()?)? {
            PathResolution::Local(local) => self.declared(local).into_ident_pat(),
            _ => None,
        }
    }

    /// Where a local is declared. A macro may write that, whose expansion nobody asked for yet: a node of it is of no use before.
    pub(crate) fn declared(&self, local: Local<'a>) -> LocalSource<'a> {
        let source = local.primary_source(self.db);
        self.sema.parse_or_expand(source.source.file_id);
        source
    }
}
