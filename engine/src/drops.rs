//! When a value is dropped: what a closure takes along goes with it, and for some values that is too early.

use ra_ap_hir::{Access, Adt, HasCrate};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};

use crate::resolve::Sema;
use crate::types::Type;

/// Crates whose types give memory back when they are dropped, and do nothing else.
const MEMORY: &[&str] = &["bytes", "smallvec", "arrayvec", "hashbrown", "triomphe", "zeroize", "secrecy"];

impl<'a> Sema<'a> {
    /// The name of the type that does something when a value of a type is dropped: a folder that is deleted, a lock that is given back.
    pub fn acts_on_drop(&self, ty: &Type<'a>) -> Option<String> {
        self.acts_within(ty, 3)
    }

    fn acts_within(&self, ty: &Type<'a>, depth: usize) -> Option<String> {
        let (adt, args) = ty.as_adt_with_args().filter(|_| depth > 0)?;
        if self.is_shared(adt) {
            return None;
        }
        let krate = adt.krate(self.db);
        let is_std = krate.is_builtin(self.db);
        let name = krate.display_name(self.db).map(|it| it.to_string()).unwrap_or_default();
        if self.is_drop(ty) && !is_std && !MEMORY.contains(&name.as_str()) {
            return Some(adt.name(self.db).as_str().to_owned());
        }
        let held = if is_std { args.into_iter().flatten().collect() } else { self.field_types(ty, adt) };
        held.iter().find_map(|it| self.acts_within(it, depth - 1))
    }

    /// Whether a type is `Drop` itself.
    pub(crate) fn is_drop(&self, ty: &Type<'a>) -> bool {
        self.world.drop.is_some_and(|it| ty.impls_trait(self.db, it, &[]))
    }

    /// The value behind an `Arc` goes with the last of its owners.
    pub(crate) fn is_shared(&self, adt: Adt) -> bool {
        adt.krate(self.db).is_builtin(self.db) && matches!(adt.name(self.db).as_str(), "Arc" | "Rc" | "Weak")
    }
}

/// Whether work only borrows a place that it names, and does not use it up.
pub(crate) fn is_only_borrowed(sema: &Sema<'_>, place: &ast::Expr) -> bool {
    let Some(parent) = place.syntax().parent() else { return false };
    match ast::Expr::cast(parent) {
        Some(ast::Expr::RefExpr(_) | ast::Expr::IndexExpr(_) | ast::Expr::MacroExpr(_)) => true,
        Some(ast::Expr::MethodCallExpr(call)) if call.receiver().is_some_and(|it| it == *place) => {
            let receiver = sema.sema.resolve_method_call(&call).and_then(|it| it.self_param(sema.db));
            receiver.is_some_and(|it| it.access(sema.db) != Access::Owned)
        }
        _ => false,
    }
}

/// Whether code that does something follows work in the block that declares a value.
pub(crate) fn is_followed(sema: &Sema<'_>, declared: &SyntaxNode, work: TextRange) -> bool {
    let scope = declared.ancestors().skip(1).find_map(|it| match it.kind() {
        SyntaxKind::STMT_LIST => Some(it),
        SyntaxKind::FN => ast::Fn::cast(it)?.body().map(|it| it.syntax().clone()),
        _ => None,
    });
    let Some(scope) = scope else { return true };
    let start = |it: &SyntaxNode| sema.source_range(it).map(|(_, it)| it.start());
    let statements = scope.descendants().filter(|it| {
        it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST)
            && start(it).is_none_or(|it| it >= work.end())
    });
    statements.into_iter().any(|it| it.descendants().any(|it| does_something(&it)))
}

/// `Ok(..)` and its kin only wrap a value.
fn does_something(node: &SyntaxNode) -> bool {
    match node.kind() {
        SyntaxKind::METHOD_CALL_EXPR | SyntaxKind::MACRO_CALL | SyntaxKind::AWAIT_EXPR => true,
        SyntaxKind::CALL_EXPR => {
            let callee = ast::CallExpr::cast(node.clone()).and_then(|it| it.expr());
            !callee.is_some_and(|it| ["Ok", "Err", "Some"].contains(&it.syntax().text().to_string().as_str()))
        }
        _ => false,
    }
}
