//! The way back of a lock: where the value of an expression comes from.

use ra_ap_hir::{Function, ModuleDef, PathResolution};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};

use super::flow::{Flow, Other, Step, is_clone};
use crate::resolve::{CallNode, call_of};

impl<'a> Flow<'_, 'a> {
    /// Where the value of an expression comes from.
    pub(super) fn source(&mut self, expr: &ast::Expr) {
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

    pub(super) fn all_from(&mut self, exprs: impl Iterator<Item = ast::Expr>) {
        let held: Vec<Step> = exprs.filter(|it| self.is_held_by(it)).map(Step::From).collect();
        self.steps.extend(held);
    }

    pub(super) fn path(&mut self, path: &ast::PathExpr) {
        let named = path.path().and_then(|it| self.sema.sema.resolve_path(&it));
        match named {
            Some(PathResolution::Local(local)) => match self.sema.declared(local).into_ident_pat() {
                Some(pat) => self.steps.push(Step::Local(pat)),
                None => self.other(path.syntax(), "`self` is the lock"),
            },
            Some(PathResolution::Def(ModuleDef::Static(it))) => self.steps.push(Step::Static(it)),
            Some(PathResolution::Def(ModuleDef::Const(_))) => {
                self.other(path.syntax(), "a constant holds it");
            }
            _ => self.other(path.syntax(), "a name on its way is not known"),
        }
    }

    pub(super) fn source_of_call(&mut self, call: &CallNode) {
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
                    let other = Other::of(call.syntax(), "a library hands it on");
                    self.found.others.push(Other { takes_any: true, ..other });
                }
            }
        }
        self.steps.extend(held.into_iter().map(Step::From));
    }

    /// Whether an operand can be where the value of a call comes from: it holds the lock, or makes it.
    pub(super) fn gives(&self, operand: &ast::Expr) -> bool {
        match operand {
            ast::Expr::ClosureExpr(it) => it.body().is_some_and(|it| self.is_held_by(&it)),
            _ => self.is_held_by(operand),
        }
    }

    pub(super) fn origin(&mut self, pat: &ast::IdentPat, outer: &SyntaxNode) {
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

    pub(super) fn origin_of_parameter(&mut self, param: &SyntaxNode) {
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
    pub(super) fn is_read(&mut self, node: &SyntaxNode, label: &str) -> bool {
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
    pub(super) fn calls_of(&mut self, function: Function) -> Vec<CallNode> {
        let uses = self.sema.uses_in_calls(function, self.index).unwrap_or_default();
        let named = uses.into_iter().filter(|it| !it.ancestors().any(|it| it.kind() == SyntaxKind::USE));
        let label = self.sema.label(function);
        let named: Vec<SyntaxNode> = named.filter(|it| self.is_read(it, &label)).collect();
        let calls: Vec<CallNode> = named.into_iter().filter_map(|it| call_of(&it.first_token()?)).collect();
        for value in calls.iter().filter(|it| it.expr().is_none()) {
            let other = Other::of(value.syntax(), format!("`{label}` is passed on as a value"));
            self.found.others.push(Other { takes_any: true, ..other });
        }
        calls.into_iter().filter(|it| it.expr().is_some()).collect()
    }
}

fn of_else(it: ast::ElseBranch) -> Option<ast::Expr> {
    match it {
        ast::ElseBranch::Block(it) => Some(it.into()),
        ast::ElseBranch::IfExpr(it) => Some(it.into()),
    }
}
