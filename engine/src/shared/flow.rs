//! Where a lock goes: the declarations that hold it, the calls that take it, and what else is done with it.
//!
//! From one call that takes the lock, the way back to where it comes from and forward to where it goes, until all
//! declarations that the same lock can reach are known.

use std::collections::HashSet;

use ra_ap_hir::{Field, Function, Static};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasArgList};

use crate::index::Index;
use crate::resolve::{CallNode, Sema};
use crate::types::Type;

/// What holds a lock.
#[derive(Clone, Debug)]
pub enum Holder {
    /// A field of a struct or a variant, with its name (of a tuple, its type).
    Field { name: SyntaxNode, ty: ast::Type },
    /// A variable or a parameter.
    Local { pat: ast::IdentPat, ty: Option<ast::Type> },
    /// What a function gives back.
    Result { function: Function, ty: ast::Type },
    /// A static or a constant.
    Static { name: SyntaxNode, ty: ast::Type },
}

impl Holder {
    /// The type as it is written, where it is.
    pub fn ty(&self) -> Option<&ast::Type> {
        match self {
            Holder::Field { ty, .. } | Holder::Result { ty, .. } | Holder::Static { ty, .. } => Some(ty),
            Holder::Local { ty, .. } => ty.as_ref(),
        }
    }
}

/// All that is known of the way of a lock.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub holders: Vec<Holder>,
    /// The calls that make the lock itself, as `Mutex::new(…)`.
    pub made: Vec<ast::Expr>,
    /// The calls that take it.
    pub taken: Vec<ast::MethodCallExpr>,
    /// The clones of what shares it.
    pub clones: Vec<ast::Expr>,
    pub others: Vec<Other>,
}

/// A use of a lock that is none of the known ones.
#[derive(Clone, Debug)]
pub struct Other {
    pub node: SyntaxNode,
    /// What it is, in words.
    pub what: String,
    /// Whether any other type would do there as well.
    pub takes_any: bool,
}

impl Other {
    pub(super) fn of(node: &SyntaxNode, what: impl Into<String>) -> Other {
        Other { node: node.clone(), what: what.into(), takes_any: false }
    }
}

impl Found {
    /// Takes in what another way of the same lock found.
    pub(crate) fn join(&mut self, other: Found) {
        self.holders.extend(other.holders);
        self.made.extend(other.made);
        self.taken.extend(other.taken);
        self.clones.extend(other.clones);
        self.others.extend(other.others);
    }
}

pub(super) enum Step {
    /// Where a value comes from.
    From(ast::Expr),
    /// Where a value goes.
    To(SyntaxNode),
    Local(ast::IdentPat),
    Field(Field),
    Result(Function),
    Static(Static),
}

/// How many steps a lock is followed.
const STEPS: usize = 4000;

pub(super) struct Flow<'f, 'a> {
    pub(super) sema: &'f Sema<'a>,
    pub(super) index: &'f Index,
    /// The lock's type as text: another lock on the way belongs to another state.
    pub(super) text: &'f str,
    pub(super) seen: HashSet<(u8, u32, TextRange)>,
    pub(super) steps: Vec<Step>,
    pub(super) found: Found,
}

/// Follows the lock that a call takes.
pub(crate) fn of(sema: &Sema<'_>, index: &Index, text: &str, receiver: &ast::Expr) -> Found {
    let mut flow =
        Flow { sema, index, text, seen: HashSet::new(), steps: Vec::new(), found: Found::default() };
    flow.steps.push(Step::From(receiver.clone()));
    flow.steps.push(Step::To(receiver.syntax().clone()));
    for _ in 0..STEPS {
        match flow.steps.pop() {
            Some(step) => flow.take(step),
            None => return flow.found,
        }
    }
    flow.other(receiver.syntax(), "it goes further than it is followed");
    flow.found
}

impl<'a> Flow<'_, 'a> {
    pub(super) fn take(&mut self, step: Step) {
        match step {
            Step::From(expr) => {
                if self.is_new(0, expr.syntax()) {
                    self.source(&expr);
                }
            }
            Step::To(value) => {
                if self.is_new(1, &value) {
                    self.to(&value);
                }
            }
            Step::Local(pat) => {
                if self.is_new(2, pat.syntax()) {
                    self.local(pat);
                }
            }
            Step::Field(field) => self.field(field),
            Step::Result(function) => self.result(function),
            Step::Static(it) => self.static_(it),
        }
    }

    pub(super) fn is_new(&mut self, kind: u8, node: &SyntaxNode) -> bool {
        match self.sema.source_range(node) {
            Some((file, range)) => self.seen.insert((kind, file, range)),
            None => {
                self.other(node, "a macro writes a part of its way");
                false
            }
        }
    }

    pub(super) fn other(&mut self, node: &SyntaxNode, what: impl Into<String>) {
        self.found.others.push(Other::of(node, what));
    }

    pub(super) fn holds(&self, ty: &Type<'a>) -> bool {
        self.sema.holds_lock(ty, self.text)
    }

    pub(super) fn is_held_by(&self, expr: &ast::Expr) -> bool {
        self.sema.ty(expr).is_some_and(|it| self.holds(&it))
    }

    /// Where a value goes.
    pub(super) fn to(&mut self, value: &SyntaxNode) {
        use SyntaxKind::*;
        let Some(parent) = self.sema.ancestors(value).nth(1) else { return };
        let outer = ast::Expr::cast(parent.clone());
        match parent.kind() {
            PREFIX_EXPR if self.is_arc(value) => self.other(value, "the lock is taken out of its `Arc`"),
            PAREN_EXPR | REF_EXPR | PREFIX_EXPR | TRY_EXPR | AWAIT_EXPR | INDEX_EXPR | TUPLE_EXPR
            | ARRAY_EXPR | FIELD_EXPR => self.on(outer),
            METHOD_CALL_EXPR => self.method(value, &parent),
            ARG_LIST => self.argument(value, &parent),
            LET_STMT => self.bound(ast::LetStmt::cast(parent).and_then(|it| it.pat())),
            LET_EXPR => self.bound(ast::LetExpr::cast(parent).and_then(|it| it.pat())),
            FOR_EXPR => self.bound(ast::ForExpr::cast(parent).and_then(|it| it.pat())),
            MATCH_EXPR => {
                let arms = ast::MatchExpr::cast(parent).and_then(|it| it.match_arm_list());
                arms.into_iter().flat_map(|it| it.arms()).for_each(|it| self.bound(it.pat()));
            }
            MATCH_ARM => {
                let matched = parent.ancestors().find(|it| it.kind() == MATCH_EXPR);
                self.on(matched.and_then(ast::Expr::cast));
            }
            IF_EXPR => self.on(outer),
            STMT_LIST => self.out_of_block(&parent),
            CLOSURE_EXPR => self.out_of_closure(&parent),
            RETURN_EXPR => self.returned(&parent),
            RECORD_EXPR_FIELD => self.given(&parent),
            BIN_EXPR => {
                let assigned = ast::BinExpr::cast(parent).and_then(|it| it.lhs());
                let target = assigned.filter(|it| it.syntax() != value && self.is_held_by(it));
                self.steps.extend(target.map(Step::From));
            }
            EXPR_STMT => {}
            _ => self.other(value, "where it goes is not followed"),
        }
    }

    /// Whether a value is the `Arc` itself, and no reference to it.
    pub(super) fn is_arc(&self, value: &SyntaxNode) -> bool {
        let ty = ast::Expr::cast(value.clone()).and_then(|it| self.sema.ty(&it));
        ty.is_some_and(|it| !it.is_reference() && self.sema.shared_lock(&it).is_some_and(|it| it.1))
    }

    /// The value goes on as a part of another one, where that can hold it.
    pub(super) fn on(&mut self, outer: Option<ast::Expr>) {
        let held = outer.filter(|it| self.is_held_by(it));
        self.steps.extend(held.map(|it| Step::To(it.syntax().clone())));
    }

    pub(super) fn method(&mut self, value: &SyntaxNode, call: &SyntaxNode) {
        let Some(call) = ast::MethodCallExpr::cast(call.clone()) else { return };
        if call.receiver().is_none_or(|it| it.syntax() != value) {
            return;
        }
        let name = call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
        let is_lock = call
            .receiver()
            .and_then(|it| self.sema.ty(&it))
            .and_then(|it| self.sema.shared_lock(&it))
            .is_some_and(|(it, _)| self.sema.lock_text(&it) == self.text);
        match name.as_str() {
            "clone" | "to_owned" => {
                self.found.clones.push(call.clone().into());
                self.on(Some(call.into()));
            }
            _ if is_lock && is_taking(&name) => self.found.taken.push(call),
            _ => {
                let function = self.sema.function(&CallNode::Method(call.clone()));
                let expr: ast::Expr = call.clone().into();
                match (function.filter(|it| self.sema.is_of_workspace(*it)), self.is_held_by(&expr)) {
                    (Some(_), _) => self.other(call.syntax(), format!("`{name}` is called on it")),
                    (None, true) => self.on(Some(expr)),
                    (None, false) if is_lock => {
                        self.other(call.syntax(), format!("`{name}` is called on it"));
                    }
                    // What a collection of them does with itself.
                    (None, false) => self.closures_of(&call),
                }
            }
        }
    }

    /// The parameters of closures that a collection gives its values to.
    pub(super) fn closures_of(&mut self, call: &ast::MethodCallExpr) {
        let args = call.arg_list().into_iter().flat_map(|it| it.args());
        let closures = args.filter_map(|it| match it {
            ast::Expr::ClosureExpr(it) => it.param_list(),
            _ => None,
        });
        let pats = closures.flat_map(|it| it.params()).filter_map(|it| it.pat());
        let idents =
            pats.flat_map(|it| it.syntax().descendants().filter_map(ast::IdentPat::cast).collect::<Vec<_>>());
        let held = idents.filter(|it| self.sema.type_of_binding(it).is_some_and(|it| self.holds(&it)));
        let held: Vec<Step> = held.map(Step::Local).collect();
        self.steps.extend(held);
    }

    pub(super) fn argument(&mut self, value: &SyntaxNode, list: &SyntaxNode) {
        let Some(node) = list.parent() else { return };
        let args = ast::ArgList::cast(list.clone());
        let index = args.and_then(|it| it.args().position(|it| it.syntax() == value));
        let (call, expr) = match node.kind() {
            SyntaxKind::CALL_EXPR => {
                let Some(it) = ast::CallExpr::cast(node) else { return };
                (CallNode::Path(it.clone()), ast::Expr::from(it))
            }
            _ => {
                let Some(it) = ast::MethodCallExpr::cast(node) else { return };
                (CallNode::Method(it.clone()), ast::Expr::from(it))
            }
        };
        let Some(index) = index else { return };
        if let Some(field) = self.sema.constructed_field(&call, index) {
            self.steps.push(Step::Field(field));
            return;
        }
        if is_clone(&call) {
            self.found.clones.push(expr.clone());
        }
        let function = self.sema.function(&call);
        if let Some(label) = function.filter(|it| self.sema.is_of_std(*it)).map(|it| self.sema.label(it))
            && label.starts_with("Arc::")
            && !["Arc::clone", "Arc::new"].contains(&label.as_str())
        {
            self.other(value, format!("it is passed on to `{label}`"));
            return;
        }
        if let Some(function) = function.filter(|it| self.sema.is_of_workspace(*it)) {
            return self.parameter(&call, function, index);
        }
        if is_dropped(&call) {
            return;
        }
        let collection = call.receiver().filter(|it| self.is_held_by(it));
        let gives = self.is_held_by(&expr);
        let is_of_std = function.is_some_and(|it| self.sema.is_of_std(it)) || call.is_constructor();
        if !(is_of_std && (gives || collection.is_some())) {
            self.passed_on(value, &call, index, function);
        }
        self.steps.extend(collection.map(Step::From));
        self.on(Some(expr));
    }

    pub(super) fn passed_on(
        &mut self,
        value: &SyntaxNode,
        call: &CallNode,
        index: usize,
        function: Option<Function>,
    ) {
        let name = function.map(|it| self.sema.label(it)).or_else(|| name_of(call)).unwrap_or_default();
        let what = format!("it is passed on to `{name}`");
        // What a library made of it, as a router with its state, is as good with another type in it.
        let ty = ast::Expr::cast(value.clone()).and_then(|it| self.sema.ty(&it));
        let is_part = ty.is_some_and(|it| self.sema.shared_lock(&it).is_none());
        let takes_any = is_part || function.is_some_and(|it| self.sema.takes_any(it, call, index));
        self.found.others.push(Other { takes_any, ..Other::of(value, what) });
    }

    pub(super) fn parameter(&mut self, call: &CallNode, function: Function, index: usize) {
        let has_self = function.has_self_param(self.sema.db) && matches!(call, CallNode::Path(_));
        let index = if has_self { index.checked_sub(1) } else { Some(index) };
        let declared = self.sema.declaration(function).and_then(|(_, it)| it.param_list());
        let param = declared.zip(index).and_then(|(it, index)| it.params().nth(index));
        match param.as_ref().and_then(|it| it.pat()) {
            Some(pat) => self.bound(Some(pat)),
            None => self.other(call.syntax(), "it is passed on in a way that is not followed"),
        }
    }

    /// The variables of a pattern that hold it.
    pub(super) fn bound(&mut self, pat: Option<ast::Pat>) {
        let Some(pat) = pat else { return };
        let idents = pat.syntax().descendants().filter_map(ast::IdentPat::cast);
        let held = idents.filter(|it| self.sema.type_of_binding(it).is_some_and(|it| self.holds(&it)));
        let held: Vec<Step> = held.map(Step::Local).collect();
        // A whole value that no longer shows the lock has become something else.
        if held.is_empty() && matches!(pat, ast::Pat::IdentPat(_)) {
            self.other(pat.syntax(), "it is passed on as another type, which hides the lock");
        }
        self.steps.extend(held);
    }

    pub(super) fn out_of_block(&mut self, list: &SyntaxNode) {
        let Some(block) = list.parent() else { return };
        let is_async = ast::BlockExpr::cast(block.clone()).is_some_and(|it| it.async_token().is_some());
        match block.parent() {
            Some(function) if function.kind() == SyntaxKind::FN => self.returned(&block),
            _ if is_async => self.other(&block, "an async block gives it back"),
            _ => self.steps.push(Step::To(block)),
        }
    }

    pub(super) fn out_of_closure(&mut self, closure: &SyntaxNode) {
        let call = closure.ancestors().skip(1).find_map(ast::Expr::cast);
        self.on(call);
    }

    pub(super) fn returned(&mut self, node: &SyntaxNode) {
        let holder = node.ancestors().find(|it| {
            let is_async = ast::BlockExpr::cast(it.clone()).is_some_and(|it| it.async_token().is_some());
            is_async || matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR)
        });
        match holder.and_then(|it| self.sema.function_at(&it)) {
            Some(function) => self.steps.push(Step::Result(function)),
            None => self.other(node, "a closure or an async block gives it back"),
        }
    }

    pub(super) fn given(&mut self, field: &SyntaxNode) {
        let field = ast::RecordExprField::cast(field.clone());
        let resolved = field.as_ref().and_then(|it| self.sema.sema.resolve_record_field(it));
        match (field, resolved) {
            (_, Some((field, _, _))) => self.steps.push(Step::Field(field)),
            (Some(field), None) => self.other(field.syntax(), "it goes to a field that is not known"),
            (None, None) => {}
        }
    }
}

pub(super) fn name_of(call: &CallNode) -> Option<String> {
    match call {
        CallNode::Method(it) => Some(it.name_ref()?.text().to_string()),
        CallNode::Path(it) => Some(it.expr()?.syntax().text().to_string()),
        _ => None,
    }
}

/// `x.clone()` or `Arc::clone(&x)`.
pub(super) fn is_clone(call: &CallNode) -> bool {
    let name = name_of(call).unwrap_or_default();
    name == "clone" || name.ends_with("::clone")
}

pub(super) fn is_dropped(call: &CallNode) -> bool {
    let name = name_of(call).unwrap_or_default();
    name == "drop" || name.ends_with("::drop")
}

/// Whether a method of a lock gives its guard.
pub(crate) fn is_taking(name: &str) -> bool {
    let plain = name.trim_start_matches("try_").trim_start_matches("blocking_");
    let plain = plain.trim_end_matches("_owned").trim_end_matches("_arc");
    matches!(plain, "lock" | "read" | "write" | "upgradable_read" | "read_recursive")
}
