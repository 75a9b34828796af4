//! Async code that a pool or a thread drives by itself: who blocks there holds up that thread, and no worker.
//!
//! `Handle::block_on` and its kin poll one future where they are called. What that future spawns runs elsewhere, so that on a thread
//! nothing else waits for it. An async fn counts where each of its calls ends up in such a future.

mod likely;

use ra_ap_hir::{AsAssocItem, Function};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};

use self::likely::Likely;
use crate::analysis::{Analysis, Entered};
use crate::catalogue::{Entry, Pool};
use crate::context::{Body, Context, Contexts, Role, as_call, local, mentions};
use crate::index::Index;
use crate::resolve::{CallNode, Sema};
use crate::workspace::Workspace;

/// How many functions and closures a future is followed through.
const DEPTH: usize = 6;

/// Who drives async code by itself in a workspace.
pub(crate) struct Alone<'w> {
    workspace: &'w Workspace,
    index: &'w Index,
    likely: Likely<'w>,
}

impl<'w> Alone<'w> {
    pub fn of(analysis: &Analysis<'w>) -> Alone<'w> {
        let entries = analysis.pooled().iter().map(|(_, entry)| *entry);
        let drivers = entries.filter(|it| it.drives_alone()).map(Entry::name).collect();
        let likely = Likely::of(analysis.index, drivers);
        Alone { workspace: analysis.workspace, index: analysis.index, likely }
    }

    /// The blocking work that async code enters, with what alone drives that code.
    pub fn noted(&self, analysis: &Analysis<'_>) -> Vec<Entered> {
        let entered = analysis.entered().to_vec();
        if !self.likely.is_possible() {
            return entered;
        }
        analysis.par_map(entered, |sema, entered| {
            let contexts = Contexts::new(sema, self.workspace.include.tests);
            let driver = || self.driven_on(&contexts, sema.call_at(entered.site)?.syntax(), &entered.body);
            let alone_on = self.workspace.at(entered.site, driver);
            Entered { alone_on, ..entered }
        })
    }

    /// The pool or thread that drives the async body around a node, where it drives nothing else.
    pub fn driven_on(&self, contexts: &Contexts<'_, '_>, node: &SyntaxNode, body: &Body) -> Option<Pool> {
        let drivers = Drivers { sema: contexts.sema, contexts, alone: self };
        self.likely.is_possible().then(|| drivers.of_body(node, body, DEPTH)).flatten()
    }
}

struct Drivers<'c, 's, 'a> {
    sema: &'s Sema<'a>,
    contexts: &'c Contexts<'s, 'a>,
    alone: &'c Alone<'c>,
}

impl Drivers<'_, '_, '_> {
    fn of_body(&self, inside: &SyntaxNode, body: &Body, depth: usize) -> Option<Pool> {
        let depth = depth.checked_sub(1)?;
        let node = self.sema.ancestors(inside).find(|it| self.sema.is_body(it, body))?;
        match node.kind() {
            SyntaxKind::FN => self.of_function(self.sema.function_at(&node)?, depth),
            SyntaxKind::CLOSURE_EXPR => self.of_closure(&node, depth),
            _ => self.of_future(&node, depth),
        }
    }

    /// Where the future that an async fn gives ends up, of all its calls.
    fn of_function(&self, function: Function, depth: usize) -> Option<Pool> {
        let of_trait = function.as_assoc_item(self.sema.db);
        let of_trait = of_trait.and_then(|it| it.container_or_implemented_trait(self.sema.db));
        let name = function.name(self.sema.db);
        let is_likely = || self.alone.likely.is_driven(self.sema, name.as_str());
        if of_trait.is_some() || !self.sema.gives_future(function) || !is_likely() {
            return None;
        }
        self.of_uses(function, |it| self.of_future(called(it)?.syntax(), depth))
    }

    /// What all uses of a function agree on; imports say nothing.
    fn of_uses(&self, function: Function, of_use: impl Fn(&SyntaxNode) -> Option<Pool>) -> Option<Pool> {
        let uses = self.sema.uses_of_function(self.alone.workspace, self.alone.index, function)?;
        let is_import = |it: &SyntaxNode| it.ancestors().any(|it| it.kind() == SyntaxKind::USE);
        agreed(uses.iter().filter(|it| !is_import(it)).map(of_use))
    }

    /// Where a value that is a future ends up.
    fn of_future(&self, value: &SyntaxNode, depth: usize) -> Option<Pool> {
        let parent = value.parent()?;
        match parent.kind() {
            SyntaxKind::PAREN_EXPR => self.of_future(&parent, depth),
            SyntaxKind::AWAIT_EXPR => match self.contexts.of(&parent) {
                Context::Async(body) => self.of_body(&parent, &body, depth),
                _ => None,
            },
            SyntaxKind::CLOSURE_EXPR => self.of_closure(&parent, depth),
            SyntaxKind::STMT_LIST => {
                let block = parent.parent().and_then(ast::BlockExpr::cast)?;
                let is_tail = block.tail_expr().is_some_and(|it| it.syntax() == value);
                (is_tail && block.async_token().is_none()).then(|| self.of_future(block.syntax(), depth))?
            }
            SyntaxKind::LET_STMT => {
                let (name, scope) = local(&parent)?;
                self.of_variable(&name, &scope, depth, |it| Some(it.clone()))
            }
            SyntaxKind::ARG_LIST => self.of_argument(value, &as_call(parent.parent()?)?, depth),
            // `future.block_on()`
            SyntaxKind::METHOD_CALL_EXPR => {
                let call = as_call(parent)?;
                self.drives(&call).then(|| self.of_driver(&call, depth))?
            }
            _ => None,
        }
    }

    fn of_argument(&self, value: &SyntaxNode, call: &CallNode, depth: usize) -> Option<Pool> {
        if self.drives(call) {
            return self.of_driver(call, depth);
        }
        let function = self.sema.function(call)?;
        if self.sema.is_of_std(function) && self.sema.label(function) == "Box::pin" {
            return self.of_future(call.syntax(), depth);
        }
        let (name, body) = self.contexts.param_of(call, function, value)?;
        self.of_variable(&name, &body, depth, |it| Some(it.clone()))
    }

    /// Where the future ends up that each use of a variable is, or gives.
    fn of_variable(
        &self,
        name: &ast::Name,
        scope: &SyntaxNode,
        depth: usize,
        future: impl Fn(&SyntaxNode) -> Option<SyntaxNode>,
    ) -> Option<Pool> {
        let depth = depth.checked_sub(1)?;
        let uses = mentions(name, scope)?;
        agreed(uses.iter().map(|it| self.of_future(&future(it.syntax())?, depth)))
    }

    /// Where the future that a closure gives ends up: the closure is given to a function that calls it.
    fn of_closure(&self, closure: &SyntaxNode, depth: usize) -> Option<Pool> {
        let call =
            closure.parent().filter(|it| it.kind() == SyntaxKind::ARG_LIST)?.parent().and_then(as_call)?;
        let (name, body) = self.contexts.param_of(&call, self.sema.function(&call)?, closure)?;
        self.of_variable(&name, &body, depth, |it| {
            it.parent().filter(|it| it.kind() == SyntaxKind::CALL_EXPR)
        })
    }

    fn drives(&self, call: &CallNode) -> bool {
        let entry = self.sema.function(call).and_then(|it| self.sema.world.entry(self.sema.db, it));
        entry.is_some_and(|it| it.drives_alone())
    }

    /// What a call that drives a future runs on.
    fn of_driver(&self, call: &CallNode, depth: usize) -> Option<Pool> {
        let depth = depth.checked_sub(1)?;
        match self.contexts.of(call.syntax()) {
            Context::Pool(pool) => Some(pool),
            Context::Sync(function) => self.of_uses(function, |it| match called(it) {
                Some(call) => self.of_driver(&call, depth),
                None => {
                    let value = it.ancestors().find_map(ast::PathExpr::cast)?;
                    match self.contexts.role_of_value(value.syntax(), depth) {
                        Role::Pool(pool) => Some(pool),
                        _ => None,
                    }
                }
            }),
            _ => None,
        }
    }
}

/// The call whose function a name is.
pub(super) fn called(name: &SyntaxNode) -> Option<CallNode> {
    let path = |it: &SyntaxNode| {
        matches!(it.kind(), SyntaxKind::PATH_SEGMENT | SyntaxKind::PATH | SyntaxKind::PATH_EXPR)
    };
    let around = name.ancestors().skip(1).find(|it| !path(it))?;
    let call = as_call(around)?;
    let is_callee = match &call {
        CallNode::Path(it) => it.expr()?.syntax().text_range().contains_range(name.text_range()),
        CallNode::Method(it) => it.name_ref()?.syntax() == name,
        _ => false,
    };
    is_callee.then_some(call)
}

/// What all answers agree on, of at least one.
fn agreed(mut answers: impl Iterator<Item = Option<Pool>>) -> Option<Pool> {
    let first = answers.next()??;
    answers.all(|it| it == Some(first)).then_some(first)
}
