//! How much a call is given, by what the code shows.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasArgList};

use crate::catalogue::Entry;
use crate::context::as_call;
use crate::resolve::{CallNode, Sema};

/// How far constants and locals are followed.
const DEPTH: usize = 4;

/// Up to this many elements an array is small.
const SMALL: u64 = 4096;

/// What waits for something, and what tells whether that is there.
const POLLED: &[(&str, &str)] = &[("crossterm::event::read", "crossterm::event::poll")];

impl Sema<'_> {
    /// Whether all that a call is given, but for numbers, are constants of the code: such work is short whatever it does.
    pub(crate) fn is_small_input(&self, call: &CallNode) -> bool {
        let is_number = |it: &ast::Expr| self.ty(it).is_some_and(|it| it.is_scalar());
        let mut inputs = call.args().into_iter().filter(|it| !is_number(it)).peekable();
        inputs.peek().is_some() && inputs.all(|it| self.is_constant_data(&it, DEPTH))
    }

    /// Whether an expression is text or bytes that the code writes out.
    pub fn is_constant_data(&self, expr: &ast::Expr, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match expr {
            ast::Expr::Literal(_) => true,
            ast::Expr::RefExpr(it) => it.expr().is_some_and(|it| self.is_constant_data(&it, depth)),
            ast::Expr::ParenExpr(it) => it.expr().is_some_and(|it| self.is_constant_data(&it, depth)),
            ast::Expr::IndexExpr(it) => it.base().is_some_and(|it| self.is_constant_data(&it, depth)),
            ast::Expr::ArrayExpr(it) => self.is_small_array(it),
            ast::Expr::MethodCallExpr(it) => {
                let views =
                    ["as_bytes", "as_slice", "as_ref", "as_str", "to_vec", "to_owned", "to_string", "into"];
                let is_view = it.name_ref().is_some_and(|it| views.contains(&it.text()));
                is_view && it.receiver().is_some_and(|it| self.is_constant_data(&it, depth))
            }
            ast::Expr::PathExpr(_) => match self.constant(expr) {
                Some(value) => self.is_constant_data(&value, depth),
                None => self.bound_once(expr).is_some_and(|it| self.is_constant_data(&it, depth)),
            },
            _ => false,
        }
    }

    fn is_small_array(&self, array: &ast::ArrayExpr) -> bool {
        match array.kind() {
            ast::ArrayExprKind::ElementList(elements) => elements.count() as u64 <= SMALL,
            ast::ArrayExprKind::Repeat { repeat, .. } => {
                repeat.and_then(|it| self.number(&it)).is_some_and(|it| it <= SMALL)
            }
        }
    }

    /// The number that an expression is, where it is a literal or a constant of the workspace.
    pub fn number(&self, expr: &ast::Expr) -> Option<u64> {
        match expr {
            ast::Expr::Literal(it) => match it.kind() {
                ast::LiteralKind::IntNumber(it) => it.value().ok().and_then(|it| u64::try_from(it).ok()),
                _ => None,
            },
            ast::Expr::ParenExpr(it) => self.number(&it.expr()?),
            ast::Expr::CastExpr(it) => self.number(&it.expr()?),
            _ => self.number(&self.constant(expr)?),
        }
    }

    /// The length of a duration that is written out or a constant of the workspace, in nanoseconds.
    pub fn nanoseconds(&self, duration: &ast::Expr) -> Option<f64> {
        let duration = self.constant(duration).unwrap_or_else(|| duration.clone());
        let ast::Expr::CallExpr(call) = &duration else {
            return duration.syntax().text().to_string().ends_with("Duration::ZERO").then_some(0.0);
        };
        let callee = call.expr()?.syntax().text().to_string();
        let ast::Expr::Literal(number) = call.arg_list()?.args().next()? else { return None };
        let digits: String = number
            .syntax()
            .text()
            .to_string()
            .chars()
            .filter(|it| it.is_ascii_digit() || *it == '.')
            .collect();
        let number: f64 = digits.parse().ok()?;
        let unit = match callee.rsplit("::").next()? {
            "from_nanos" => 1.0,
            "from_micros" => 1e3,
            "from_millis" => 1e6,
            "from_secs" | "from_secs_f32" | "from_secs_f64" => 1e9,
            _ => return None,
        };
        Some(number * unit)
    }

    /// Whether a call that waits up to a time is given none: it looks, and does not wait.
    pub(crate) fn only_looks(&self, call: &CallNode) -> bool {
        call.args().iter().any(|it| self.nanoseconds(it) == Some(0.0) && self.is_duration(it))
    }

    /// Whether a call takes what a question before it found to be there, as a read of events under `if poll(..)?`: it does not wait.
    pub(crate) fn takes_what_is_there(&self, call: &CallNode, entry: &Entry) -> bool {
        let asked_by = |it: &SyntaxNode| {
            let function = as_call(it.clone()).and_then(|it| self.function(&it));
            let known = function.and_then(|it| self.world.entry(self.db, it));
            known.is_some_and(|it| POLLED.contains(&(entry.path, it.path)))
        };
        let is_polled = POLLED.iter().any(|(path, _)| *path == entry.path);
        let around = call.syntax().ancestors().skip(1);
        let mut around =
            around.take_while(|it| !matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR));
        let mut inner = call.syntax().clone();
        is_polled
            && around.any(|it| {
                let condition = match ast::Expr::cast(it.clone()) {
                    Some(ast::Expr::IfExpr(it))
                        if it.then_branch().is_some_and(|it| *it.syntax() == inner) =>
                    {
                        it.condition()
                    }
                    Some(ast::Expr::WhileExpr(it)) => it.condition(),
                    _ => None,
                };
                inner = it;
                condition.is_some_and(|it| it.syntax().descendants().any(|it| asked_by(&it)))
            })
    }

    fn is_duration(&self, expr: &ast::Expr) -> bool {
        self.ty(expr).is_some_and(|it| self.mentions_named(&it, "core", "Duration"))
    }

    /// What a local is bound to that never changes.
    pub fn bound_once(&self, expr: &ast::Expr) -> Option<ast::Expr> {
        let ast::Expr::PathExpr(path) = expr else { return None };
        let declared = self.local_declaration(path)?;
        if declared.mut_token().is_some() {
            return None;
        }
        let statement = declared.syntax().parent().and_then(ast::LetStmt::cast)?;
        statement.initializer()
    }
}
