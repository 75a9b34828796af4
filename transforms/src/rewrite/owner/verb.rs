//! What a critical section does with the state: whether it changes it, and what that is called.

use ra_ap_syntax::{AstNode, ast, ast::HasName};

use super::cut::Cutting;
use super::region::{Guard, Region, place_behind};

impl<'a> Cutting<'_, 'a> {
    /// Whether the method needs the state mutably.
    pub(super) fn mutates(&self, region: &Region, guard: &Guard) -> bool {
        if let Some(variable) = &guard.variable {
            return variable.mut_token().is_some();
        }
        let name = guard_call(&guard.value);
        if name.contains("read") {
            return false;
        }
        let place = place_behind(&guard.value);
        match place.parent().and_then(ast::MethodCallExpr::cast) {
            Some(call) => !self.sema.reads_receiver(&call),
            None => !matches!(region, Region::Expr(it) if *it.syntax() == place && self.sema.is_copied(it)),
        }
    }

    /// Names for a method: what it calls on the state, and the function around it.
    pub(super) fn names(&self, region: &Region, guard: &Guard) -> Vec<String> {
        const VAGUE: &[&str] =
            &["main", "run", "start", "handle", "new", "call", "process", "execute", "work"];
        let around = self.sema.ancestors(region.node()).find_map(ast::Fn::cast).and_then(|it| it.name());
        let around = around.map(|it| it.text().to_string());
        let called = match region {
            Region::Expr(it) => verb(it, guard),
            Region::Rows { .. } => None,
        };
        let first = match (&guard.variable, region) {
            (Some(variable), _) => self.first_call_on(region, variable),
            _ => None,
        };
        let telling = around.iter().filter(|it| !VAGUE.contains(&it.as_str())).cloned();
        called.into_iter().chain(telling).chain(first).chain(around.clone()).collect()
    }

    pub(super) fn first_call_on(&self, region: &Region, variable: &ast::IdentPat) -> Option<String> {
        let name = variable.name()?.text().to_string();
        let calls = region.descendants().filter_map(ast::MethodCallExpr::cast);
        let mut own = calls.filter(|it| it.receiver().is_some_and(|it| it.syntax().text() == name.as_str()));
        Some(own.next()?.name_ref()?.text().to_string())
    }
}

fn guard_call(value: &ast::Expr) -> String {
    let mut calls = value.syntax().descendants().filter_map(ast::MethodCallExpr::cast);
    let taking = calls.find_map(|it| {
        it.name_ref().filter(|it| ["lock", "read", "write"].iter().any(|name| it.text().contains(name)))
    });
    taking.map(|it| it.text().to_string()).unwrap_or_default()
}

/// What an expression does with the state, as a verb.
fn verb(expr: &ast::Expr, guard: &Guard) -> Option<String> {
    let called = guard.value.syntax().parent().and_then(ast::MethodCallExpr::cast);
    if let Some(call) = called {
        const SILENT: &[&str] = &[
            "iter",
            "iter_mut",
            "as_ref",
            "as_mut",
            "entry",
            "get_mut",
            "values",
            "values_mut",
            "keys",
            "clone",
            "is_some",
            "is_none",
        ];
        return Some(call.name_ref()?.text().to_string()).filter(|it| !SILENT.contains(&it.as_str()));
    }
    match expr {
        ast::Expr::BinExpr(it) => match it.op_kind()? {
            ast::BinaryOp::Assignment { op: None } => Some("set".to_owned()),
            ast::BinaryOp::Assignment { op: Some(ast::ArithOp::Add) } => Some("add".to_owned()),
            ast::BinaryOp::Assignment { op: Some(ast::ArithOp::Sub) } => Some("subtract".to_owned()),
            _ => None,
        },
        ast::Expr::PrefixExpr(_) => Some("get".to_owned()),
        ast::Expr::FieldExpr(it) => Some(it.name_ref()?.text().to_string()),
        _ => None,
    }
}
