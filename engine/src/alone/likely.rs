//! Whether a future can end up in a call that drives it alone, as far as names and syntax tell: types cost more, and decide.

use std::collections::{BTreeSet, HashSet};

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};

use super::called;
use crate::context::as_call;
use crate::index::Index;
use crate::loops::call_and_name;
use crate::resolve::Sema;

/// What the names in a workspace tell of futures.
pub(super) struct Likely<'w> {
    index: &'w Index,
    /// The names of the calls that drive futures on pools and threads.
    drivers: BTreeSet<&'static str>,
    /// The names of the functions of the workspace, which can hand a future to such a call.
    functions: HashSet<&'w str>,
}

impl<'w> Likely<'w> {
    pub fn of(index: &'w Index, drivers: BTreeSet<&'static str>) -> Likely<'w> {
        let mut functions = HashSet::new();
        if !drivers.is_empty() {
            functions.extend(index.all_functions().map(|it| it.name.as_str()));
        }
        Likely { index, drivers, functions }
    }

    /// Whether anything drives a future on a pool or a thread.
    pub fn is_possible(&self) -> bool {
        !self.drivers.is_empty()
    }

    /// Whether a call of an async fn of this name can end up there.
    pub fn is_driven(&self, sema: &Sema<'_>, name: &str) -> bool {
        self.of_name(sema, name, &mut HashSet::new())
    }

    fn of_name(&self, sema: &Sema<'_>, name: &str, asked: &mut HashSet<String>) -> bool {
        asked.insert(name.to_owned())
            && self.index.calls(name).iter().any(|(site, _)| {
                let call = sema.token(*site).and_then(|it| called(&it.parent()?));
                call.is_some_and(|it| self.of_value(sema, it.syntax(), asked))
            })
    }

    fn of_value(&self, sema: &Sema<'_>, value: &SyntaxNode, asked: &mut HashSet<String>) -> bool {
        let Some(parent) = value.parent() else { return false };
        match parent.kind() {
            SyntaxKind::AWAIT_EXPR => self.of_body(sema, &parent, asked),
            SyntaxKind::LET_STMT => true,
            SyntaxKind::ARG_LIST | SyntaxKind::CLOSURE_EXPR => self.of_holder(sema, &parent, asked),
            SyntaxKind::METHOD_CALL_EXPR => {
                call_and_name(&parent).is_some_and(|(_, it)| self.drives(&it.text().to_string()))
            }
            SyntaxKind::PAREN_EXPR | SyntaxKind::STMT_LIST | SyntaxKind::BLOCK_EXPR => {
                self.of_value(sema, &parent, asked)
            }
            _ => false,
        }
    }

    /// Of an await: whether the body around it can.
    fn of_body(&self, sema: &Sema<'_>, inside: &SyntaxNode, asked: &mut HashSet<String>) -> bool {
        let is_body = |it: &SyntaxNode| match it.kind() {
            SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR => true,
            _ => ast::BlockExpr::cast(it.clone()).is_some_and(|it| it.async_token().is_some()),
        };
        let Some(body) = inside.ancestors().find(is_body) else { return false };
        match ast::Fn::cast(body.clone()) {
            Some(it) => it.name().is_some_and(|it| self.of_name(sema, it.text(), asked)),
            None if body.kind() == SyntaxKind::CLOSURE_EXPR => self.of_holder(sema, &body, asked),
            None => self.of_value(sema, &body, asked),
        }
    }

    /// Of a list of arguments or a closure: whether the call that is given it can hand it on.
    fn of_holder(&self, sema: &Sema<'_>, given: &SyntaxNode, asked: &mut HashSet<String>) -> bool {
        let call = given.ancestors().find(|it| as_call(it.clone()).is_some());
        let Some((call, name)) = call.as_ref().and_then(call_and_name) else { return false };
        let name = name.text().to_string();
        let hands_on = self.drives(&name) || self.functions.contains(name.as_str());
        hands_on || name == "pin" && self.of_value(sema, call.syntax(), asked)
    }

    fn drives(&self, name: &str) -> bool {
        self.drivers.contains(name)
    }
}
