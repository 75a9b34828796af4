//! Where a lock goes: the declarations that hold it, the calls that take it, and what else is done with it.
//!
//! From one call that takes the lock, the way back to where it comes from and forward to where it goes, until all
//! declarations that the same lock can reach are known.

use std::collections::HashSet;

use ra_ap_hir::{Const, Field, FieldSource, Function, ModuleDef, PathResolution, Static};
use ra_ap_ide_db::defs::Definition;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasArgList, ast::HasName};

use crate::mentions;
use crate::resolve::{CallNode, Sema, call_of};
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
    /// Other uses, each with what it is in words, and whether any other type would do there as well.
    pub others: Vec<(SyntaxNode, String, bool)>,
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

enum Step {
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

struct Flow<'f, 'a> {
    sema: &'f Sema<'a>,
    /// The lock's type as text: another lock on the way belongs to another state.
    text: &'f str,
    seen: HashSet<(u8, u32, TextRange)>,
    steps: Vec<Step>,
    found: Found,
}

/// Follows the lock that a call takes.
pub(crate) fn of(sema: &Sema<'_>, text: &str, receiver: &ast::Expr) -> Found {
    let mut flow = Flow { sema, text, seen: HashSet::new(), steps: Vec::new(), found: Found::default() };
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
    fn take(&mut self, step: Step) {
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

    fn is_new(&mut self, kind: u8, node: &SyntaxNode) -> bool {
        match self.sema.source_range(node) {
            Some((file, range)) => self.seen.insert((kind, file, range)),
            None => {
                self.other(node, "a macro writes a part of its way");
                false
            }
        }
    }

    fn other(&mut self, node: &SyntaxNode, what: impl Into<String>) {
        self.found.others.push((node.clone(), what.into(), false));
    }

    fn holds(&self, ty: &Type<'a>) -> bool {
        self.sema.holds_lock(ty, self.text)
    }

    fn is_held_by(&self, expr: &ast::Expr) -> bool {
        self.sema.ty(expr).is_some_and(|it| self.holds(&it))
    }

    /// Where the value of an expression comes from.
    fn source(&mut self, expr: &ast::Expr) {
        let from = |it: Option<ast::Expr>| it.map(Step::From);
        match expr {
            ast::Expr::ParenExpr(it) => self.steps.extend(from(it.expr())),
            ast::Expr::RefExpr(it) => self.steps.extend(from(it.expr())),
            ast::Expr::PrefixExpr(it) => self.steps.extend(from(it.expr())),
            ast::Expr::TryExpr(it) => self.steps.extend(from(it.expr())),
            ast::Expr::AwaitExpr(it) => self.steps.extend(from(it.expr())),
            ast::Expr::IndexExpr(it) => self.steps.extend(from(it.base())),
            ast::Expr::BlockExpr(it) => self.steps.extend(from(it.tail_expr())),
            ast::Expr::TupleExpr(it) => self.all_from(it.fields()),
            ast::Expr::ClosureExpr(it) => self.steps.extend(from(it.body())),
            ast::Expr::IfExpr(it) => {
                let branches = [it.then_branch().map(ast::Expr::from), it.else_branch().and_then(of_else)];
                self.all_from(branches.into_iter().flatten());
            }
            ast::Expr::MatchExpr(it) => {
                let arms = it.match_arm_list().into_iter().flat_map(|it| it.arms());
                self.all_from(arms.filter_map(|it| it.expr()));
            }
            ast::Expr::FieldExpr(it) => match self.sema.field(it) {
                Some(field) => self.steps.push(Step::Field(field)),
                None => self.steps.extend(from(it.expr())),
            },
            ast::Expr::PathExpr(it) => self.path(it),
            ast::Expr::MethodCallExpr(it) => self.source_of_call(&CallNode::Method(it.clone())),
            ast::Expr::CallExpr(it) => self.source_of_call(&CallNode::Path(it.clone())),
            ast::Expr::ReturnExpr(_) | ast::Expr::BreakExpr(_) | ast::Expr::ContinueExpr(_) => {}
            other => self.other(other.syntax(), "where it comes from is not followed"),
        }
    }

    fn all_from(&mut self, exprs: impl Iterator<Item = ast::Expr>) {
        let held: Vec<Step> = exprs.filter(|it| self.is_held_by(it)).map(Step::From).collect();
        self.steps.extend(held);
    }

    fn path(&mut self, path: &ast::PathExpr) {
        let named = path.path().and_then(|it| self.sema.sema.resolve_path(&it));
        match named {
            Some(PathResolution::Local(local)) => match local.primary_source(self.sema.db).into_ident_pat() {
                Some(pat) => self.steps.push(Step::Local(pat)),
                None => self.other(path.syntax(), "`self` is the lock"),
            },
            Some(PathResolution::Def(ModuleDef::Static(it))) => self.steps.push(Step::Static(it)),
            Some(PathResolution::Def(ModuleDef::Const(it))) => self.constant(path, it),
            _ => self.other(path.syntax(), "a name on its way is not known"),
        }
    }

    fn constant(&mut self, path: &ast::PathExpr, it: Const) {
        let _ = it;
        self.other(path.syntax(), "a constant holds it");
    }

    fn source_of_call(&mut self, call: &CallNode) {
        let function = self.sema.function(call);
        if let Some(function) = function.filter(|it| self.sema.is_of_workspace(*it)) {
            self.steps.push(Step::Result(function));
            return;
        }
        if is_clone(call) {
            self.found.clones.extend(call.expr());
        }
        let operands: Vec<ast::Expr> = call.receiver().into_iter().chain(call.args()).collect();
        let held: Vec<ast::Expr> = operands.into_iter().filter(|it| self.gives(it)).collect();
        if held.is_empty() {
            match function.is_some_and(|it| self.sema.may_make_lock(it)) {
                true => self.found.made.extend(call.expr()),
                false => {
                    let what = "a library hands it on".to_owned();
                    self.found.others.push((call.syntax().clone(), what, true));
                }
            }
        }
        self.steps.extend(held.into_iter().map(Step::From));
    }

    /// Whether an operand can be where the value of a call comes from: it holds the lock, or makes it.
    fn gives(&self, operand: &ast::Expr) -> bool {
        match operand {
            ast::Expr::ClosureExpr(it) => it.body().is_some_and(|it| self.is_held_by(&it)),
            _ => self.is_held_by(operand),
        }
    }

    /// Where a value goes.
    fn to(&mut self, value: &SyntaxNode) {
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
    fn is_arc(&self, value: &SyntaxNode) -> bool {
        let ty = ast::Expr::cast(value.clone()).and_then(|it| self.sema.ty(&it));
        ty.is_some_and(|it| !it.is_reference() && self.sema.shared_lock(&it).is_some_and(|it| it.1))
    }

    /// The value goes on as a part of another one, where that can hold it.
    fn on(&mut self, outer: Option<ast::Expr>) {
        let held = outer.filter(|it| self.is_held_by(it));
        self.steps.extend(held.map(|it| Step::To(it.syntax().clone())));
    }

    fn method(&mut self, value: &SyntaxNode, call: &SyntaxNode) {
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
    fn closures_of(&mut self, call: &ast::MethodCallExpr) {
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

    fn argument(&mut self, value: &SyntaxNode, list: &SyntaxNode) {
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

    fn passed_on(&mut self, value: &SyntaxNode, call: &CallNode, index: usize, function: Option<Function>) {
        let name = function.map(|it| self.sema.label(it)).or_else(|| name_of(call)).unwrap_or_default();
        let what = format!("it is passed on to `{name}`");
        // What a library made of it, as a router with its state, is as good with another type in it.
        let ty = ast::Expr::cast(value.clone()).and_then(|it| self.sema.ty(&it));
        let is_part = ty.is_some_and(|it| self.sema.shared_lock(&it).is_none());
        let takes_any = is_part || function.is_some_and(|it| self.sema.takes_any(it, call, index));
        self.found.others.push((value.clone(), what, takes_any));
    }

    fn parameter(&mut self, call: &CallNode, function: Function, index: usize) {
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
    fn bound(&mut self, pat: Option<ast::Pat>) {
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

    fn out_of_block(&mut self, list: &SyntaxNode) {
        let Some(block) = list.parent() else { return };
        let is_async = ast::BlockExpr::cast(block.clone()).is_some_and(|it| it.async_token().is_some());
        match block.parent() {
            Some(function) if function.kind() == SyntaxKind::FN => self.returned(&block),
            _ if is_async => self.other(&block, "an async block gives it back"),
            _ => self.steps.push(Step::To(block)),
        }
    }

    fn out_of_closure(&mut self, closure: &SyntaxNode) {
        let call = closure.ancestors().skip(1).find_map(ast::Expr::cast);
        self.on(call);
    }

    fn returned(&mut self, node: &SyntaxNode) {
        let holder = node.ancestors().find(|it| {
            let is_async = ast::BlockExpr::cast(it.clone()).is_some_and(|it| it.async_token().is_some());
            is_async || matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR)
        });
        match holder.and_then(|it| self.sema.function_at(&it)) {
            Some(function) => self.steps.push(Step::Result(function)),
            None => self.other(node, "a closure or an async block gives it back"),
        }
    }

    fn given(&mut self, field: &SyntaxNode) {
        let field = ast::RecordExprField::cast(field.clone());
        let resolved = field.as_ref().and_then(|it| self.sema.sema.resolve_record_field(it));
        match (field, resolved) {
            (_, Some((field, _, _))) => self.steps.push(Step::Field(field)),
            (Some(field), None) => self.other(field.syntax(), "it goes to a field that is not known"),
            (None, None) => {}
        }
    }

    /// A variable or a parameter: its origin, and all its uses.
    fn local(&mut self, pat: ast::IdentPat) {
        let Some(outer) = pat.syntax().ancestors().find(|it| !ast::Pat::can_cast(it.kind())) else { return };
        let ty = match outer.kind() {
            SyntaxKind::LET_STMT => ast::LetStmt::cast(outer.clone()).and_then(|it| it.ty()),
            SyntaxKind::PARAM => ast::Param::cast(outer.clone()).and_then(|it| it.ty()),
            _ => None,
        };
        self.found.holders.push(Holder::Local { pat: pat.clone(), ty });
        self.origin(&pat, &outer);
        let is_scope =
            |it: &SyntaxNode| matches!(it.kind(), SyntaxKind::FN | SyntaxKind::STATIC | SyntaxKind::CONST);
        let Some(scope) = self.sema.ancestors(pat.syntax()).find(is_scope) else {
            return self.other(pat.syntax(), "a variable stands in no function");
        };
        match mentions::uses(self.sema, &scope, &pat) {
            Ok(uses) => self.steps.extend(uses.into_iter().map(|it| Step::To(it.syntax().clone()))),
            Err(reason) => self.other(pat.syntax(), reason),
        }
    }

    fn origin(&mut self, pat: &ast::IdentPat, outer: &SyntaxNode) {
        let from = |it: Option<ast::Expr>| it.map(Step::From);
        match outer.kind() {
            SyntaxKind::RECORD_PAT_FIELD => {
                let field = ast::RecordPatField::cast(outer.clone());
                match field.and_then(|it| self.sema.sema.resolve_record_pat_field(&it)) {
                    Some((field, _)) => self.steps.push(Step::Field(field)),
                    None => self.other(pat.syntax(), "a pattern takes it from a field that is not known"),
                }
            }
            SyntaxKind::LET_STMT => {
                self.steps.extend(from(ast::LetStmt::cast(outer.clone()).and_then(|it| it.initializer())));
            }
            SyntaxKind::LET_EXPR => {
                self.steps.extend(from(ast::LetExpr::cast(outer.clone()).and_then(|it| it.expr())));
            }
            SyntaxKind::FOR_EXPR => {
                self.steps.extend(from(ast::ForExpr::cast(outer.clone()).and_then(|it| it.iterable())));
            }
            SyntaxKind::MATCH_ARM => {
                let matched = outer.ancestors().find_map(ast::MatchExpr::cast);
                self.steps.extend(from(matched.and_then(|it| it.expr())));
            }
            SyntaxKind::PARAM => self.origin_of_parameter(outer),
            _ => self.other(pat.syntax(), "where a variable comes from is not followed"),
        }
    }

    fn origin_of_parameter(&mut self, param: &SyntaxNode) {
        let list = param.parent().and_then(ast::ParamList::cast);
        let holder = list.as_ref().and_then(|it| it.syntax().parent());
        let (Some(list), Some(holder)) = (list, holder) else { return };
        if holder.kind() == SyntaxKind::CLOSURE_EXPR {
            let call = holder.ancestors().skip(1).find_map(ast::MethodCallExpr::cast);
            let receiver = call.and_then(|it| it.receiver()).filter(|it| self.is_held_by(it));
            self.steps.extend(receiver.map(Step::From));
            return;
        }
        let Some(function) = self.sema.function_at(&holder) else { return };
        let has_self = usize::from(list.self_param().is_some());
        let index = list.params().position(|it| it.syntax() == param).map(|it| it + has_self);
        let Some(index) = index else { return };
        for call in self.calls_of(function) {
            let (receiver, args) = self.sema.operands(&call);
            let given = receiver.into_iter().chain(args).nth(index);
            self.steps.extend(given.map(Step::From));
        }
    }

    /// Whether code is a part of the build; what uses the lock and is not read stands against any change of it.
    fn is_read(&mut self, node: &SyntaxNode, label: &str) -> bool {
        if !self.sema.is_left_out(node) {
            return true;
        }
        match self.sema.is_of_tests(node) {
            true => self.other(
                node,
                format!("a test uses `{label}`, and tests are not read: `--include tests` does"),
            ),
            false => {
                self.other(node, format!("`{label}` is used in code that features or targets leave out"))
            }
        }
        false
    }

    /// The calls of a function of the workspace.
    fn calls_of(&mut self, function: Function) -> Vec<CallNode> {
        let uses = self.sema.uses_of_function(function).unwrap_or_default();
        let named = uses.into_iter().filter(|it| !it.ancestors().any(|it| it.kind() == SyntaxKind::USE));
        let label = self.sema.label(function);
        let named: Vec<SyntaxNode> = named.filter(|it| self.is_read(it, &label)).collect();
        let calls: Vec<CallNode> = named.into_iter().filter_map(|it| call_of(&it.first_token()?)).collect();
        for value in calls.iter().filter(|it| it.expr().is_none()) {
            let what = format!("`{label}` is passed on as a value");
            self.found.others.push((value.syntax().clone(), what, true));
        }
        calls.into_iter().filter(|it| it.expr().is_some()).collect()
    }

    fn field(&mut self, field: Field) {
        let Some(source) = self.sema.sema.source(field) else { return };
        let (name, ty) = match source.value {
            FieldSource::Named(it) => (it.name().map(|it| it.syntax().clone()), it.ty()),
            FieldSource::Pos(it) => (it.ty().map(|it| it.syntax().clone()), it.ty()),
        };
        let (Some(name), Some(ty)) = (name, ty) else { return };
        if !self.is_new(3, &name) {
            return;
        }
        let name_of_field = name.clone();
        self.found.holders.push(Holder::Field { name, ty: ty.clone() });
        if self.sema.is_positional(field) {
            return self.positional(field, &ty);
        }
        let Some(uses) = self.sema.uses_of(Definition::Field(field)) else {
            self.other(ty.syntax(), "the uses of a field are not known");
            return;
        };
        let label = format!("{}", name_of_field.text());
        for name in uses {
            if self.is_read(&name, &label) {
                self.use_of_field(&name);
            }
        }
    }

    /// A field without a name: its uses are looked for in the module that can see it.
    fn positional(&mut self, field: Field, ty: &ast::Type) {
        let Some(uses) = self.sema.uses_of_positional(field) else {
            return self.other(ty.syntax(), "a public field without a name holds it");
        };
        for node in uses {
            match ast::CallExpr::cast(node.clone()) {
                Some(call) => {
                    let index = field.index();
                    let given = call.arg_list().and_then(|it| it.args().nth(index));
                    self.steps.extend(given.map(Step::From));
                }
                None if node.kind() == SyntaxKind::FIELD_EXPR => self.steps.push(Step::To(node)),
                None => {
                    self.bound(ast::TupleStructPat::cast(node).and_then(|it| it.fields().nth(field.index())))
                }
            }
        }
    }

    fn use_of_field(&mut self, name: &SyntaxNode) {
        let Some(parent) = name.parent() else { return };
        match parent.kind() {
            SyntaxKind::FIELD_EXPR => self.steps.push(Step::To(parent)),
            SyntaxKind::RECORD_EXPR_FIELD => {
                let value = ast::RecordExprField::cast(parent).and_then(|it| it.expr());
                self.steps.extend(value.map(Step::From));
            }
            // A short field `S { total }` names the variable as well.
            SyntaxKind::PATH_SEGMENT => {
                let value = parent.ancestors().find_map(ast::PathExpr::cast);
                self.steps.extend(value.map(|it| Step::From(it.into())));
            }
            SyntaxKind::RECORD_PAT_FIELD => {
                self.bound(ast::RecordPatField::cast(parent).and_then(|it| it.pat()));
            }
            SyntaxKind::IDENT_PAT => self.bound(ast::IdentPat::cast(parent).map(ast::Pat::from)),
            _ => self.other(name, "a field is used in a way that is not followed"),
        }
    }

    fn result(&mut self, function: Function) {
        let Some((_, declared)) = self.sema.declaration(function) else { return };
        let Some(ty) = declared.ret_type().and_then(|it| it.ty()) else { return };
        if !self.is_new(4, ty.syntax()) {
            return;
        }
        self.found.holders.push(Holder::Result { function, ty });
        if let Some(body) = declared.body() {
            self.all_from(body.tail_expr().into_iter());
            let returns = body.syntax().descendants().filter_map(ast::ReturnExpr::cast);
            self.all_from(returns.filter_map(|it| it.expr()));
        }
        for call in self.calls_of(function) {
            let expr = call.expr().filter(|it| self.is_held_by(it));
            self.steps.extend(expr.map(|it| Step::To(it.syntax().clone())));
        }
    }

    fn static_(&mut self, it: Static) {
        let Some(declared) = self.sema.sema.source(it).map(|it| it.value) else { return };
        let (Some(name), Some(ty)) = (declared.name(), declared.ty()) else { return };
        if !self.is_new(5, name.syntax()) {
            return;
        }
        self.found.holders.push(Holder::Static { name: name.syntax().clone(), ty });
        let uses = self.sema.uses_of(Definition::Static(it)).unwrap_or_default();
        let paths = uses.iter().filter(|it| !it.ancestors().any(|it| it.kind() == SyntaxKind::USE));
        let paths = paths.filter_map(|it| it.ancestors().find_map(ast::PathExpr::cast));
        self.steps.extend(paths.map(|it| Step::To(it.syntax().clone())).collect::<Vec<_>>());
    }
}

fn of_else(it: ast::ElseBranch) -> Option<ast::Expr> {
    match it {
        ast::ElseBranch::Block(it) => Some(it.into()),
        ast::ElseBranch::IfExpr(it) => Some(it.into()),
    }
}

fn name_of(call: &CallNode) -> Option<String> {
    match call {
        CallNode::Method(it) => Some(it.name_ref()?.text().to_string()),
        CallNode::Path(it) => Some(it.expr()?.syntax().text().to_string()),
        _ => None,
    }
}

/// `x.clone()` or `Arc::clone(&x)`.
fn is_clone(call: &CallNode) -> bool {
    let name = name_of(call).unwrap_or_default();
    name == "clone" || name.ends_with("::clone")
}

fn is_dropped(call: &CallNode) -> bool {
    let name = name_of(call).unwrap_or_default();
    name == "drop" || name.ends_with("::drop")
}

/// Whether a method of a lock gives its guard.
pub(crate) fn is_taking(name: &str) -> bool {
    let plain = name.trim_start_matches("try_").trim_start_matches("blocking_");
    let plain = plain.trim_end_matches("_owned").trim_end_matches("_arc");
    matches!(plain, "lock" | "read" | "write" | "upgradable_read" | "read_recursive")
}
