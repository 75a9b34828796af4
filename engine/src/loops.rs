//! Whether work ends: loops without an exit, and calls that last as long as the program.
//!
//! A loop is endless where no reachable `break`, `return`, `?` or end of its iteration leaves it. A loop over a channel
//! ends when the senders are gone, a loop on a flag when it is set: both live long, and are told apart from endless ones.

use std::collections::HashSet;

use ra_ap_hir::Function;
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T, TextRange, ast,
    ast::{HasArgList, HasLoopBody},
};

use crate::analysis::Link;
use crate::catalogue::{Effect, Family, Lasting};
use crate::context::{Contexts, Role};
use crate::index::{Index, Site};
use crate::iterators;
use crate::resolve::{CallNode, Callee, Sema};

/// Work that lasts, and the chain of calls that leads to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasts {
    pub lasting: Lasting,
    pub chain: Vec<Link>,
}

/// How deep calls are followed.
const DEPTH: usize = 6;

/// Finds what lasts in bodies.
pub struct Loops<'s, 'a> {
    pub(crate) sema: &'s Sema<'a>,
    contexts: &'s Contexts<'s, 'a>,
    index: &'s Index,
}

impl<'s, 'a> Loops<'s, 'a> {
    pub fn new(contexts: &'s Contexts<'s, 'a>, index: &'s Index) -> Loops<'s, 'a> {
        Loops { sema: contexts.sema, contexts, index }
    }

    /// What lasts in the work of a body: endless work before long-lived, the nearest first.
    pub fn of_body(&self, body: &SyntaxNode) -> Option<Lasts> {
        self.find(body, &mut HashSet::new(), DEPTH)
    }

    /// What lasts when a function is called.
    pub fn of_function(&self, function: Function) -> Option<Lasts> {
        self.called(function, &mut HashSet::new(), DEPTH)
    }

    /// What a loop itself says, by the place of its keyword.
    pub fn at(&self, site: Site) -> Option<Lasts> {
        let token = self.sema.token(site)?;
        token.parent_ancestors().take(2).find_map(|it| self.of_loop(&it))
    }

    fn find(&self, body: &SyntaxNode, seen: &mut HashSet<Function>, depth: usize) -> Option<Lasts> {
        let mut long_lived = None;
        for node in self.run_here(body) {
            let found = self.of_loop(&node).or_else(|| self.of_for_each(&node));
            let found = found.or_else(|| self.of_call(&node, seen, depth));
            match found {
                Some(found) if found.lasting == Lasting::Endless => return Some(found),
                Some(found) => long_lived = long_lived.or(Some(found)),
                None => {}
            }
        }
        long_lived
    }

    /// The nodes that run when the body does: not those of closures that run elsewhere, of async blocks and of nested items.
    fn run_here(&self, body: &SyntaxNode) -> Vec<SyntaxNode> {
        let mut nodes = Vec::new();
        let mut stack = vec![body.clone()];
        while let Some(node) = stack.pop() {
            let elsewhere = match node.kind() {
                SyntaxKind::FN | SyntaxKind::IMPL | SyntaxKind::MODULE => &node != body,
                SyntaxKind::CLOSURE_EXPR => {
                    &node != body && self.contexts.role_of_value(&node, 4) != Role::Here
                }
                SyntaxKind::BLOCK_EXPR => {
                    ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.async_token().is_some())
                }
                _ => false,
            };
            if !elsewhere {
                stack.extend(node.children().collect::<Vec<_>>().into_iter().rev());
                nodes.push(node);
            }
        }
        nodes
    }

    fn of_call(&self, node: &SyntaxNode, seen: &mut HashSet<Function>, depth: usize) -> Option<Lasts> {
        let (call, name) = call_and_name(node)?;
        // To tell the function of a method takes types.
        let is_in_question =
            !matches!(call, CallNode::Method(_)) || self.index.may_last(&name.text().to_string());
        let callee = is_in_question.then(|| self.sema.callee(&call))??;
        let (lasting, below, note) = match callee {
            Callee::Entry(entry) => match entry.effect {
                Effect::Lasts(lasting) => {
                    (lasting, Vec::new(), format!("`{}` goes on for ever here", entry.path))
                }
                _ => return None,
            },
            Callee::Workspace(function) if depth > 0 && !function.is_async(self.sema.db) => {
                let found = self.called(function, seen, depth - 1)?;
                (found.lasting, found.chain, format!("`{}` is called here", self.sema.label(function)))
            }
            _ => return None,
        };
        let (file, range) = self.sema.source_range(&name)?;
        let mut chain = vec![Link { file, range, note }];
        chain.extend(below);
        Some(Lasts { lasting, chain })
    }

    fn called(&self, function: Function, seen: &mut HashSet<Function>, depth: usize) -> Option<Lasts> {
        if !seen.insert(function) {
            return None;
        }
        let (_, declared) = self.sema.source(function)?;
        self.find(declared.body()?.syntax(), seen, depth)
    }

    /// What a loop itself says, whatever it does.
    fn of_loop(&self, node: &SyntaxNode) -> Option<Lasts> {
        let (lasting, head) = match ast::Expr::cast(node.clone())? {
            ast::Expr::LoopExpr(it) => (self.of_plain_loop(node, &it.loop_body()?)?, it.loop_token()?),
            ast::Expr::WhileExpr(it) => (self.of_while(node, &it)?, it.while_token()?),
            ast::Expr::ForExpr(it) => (self.of_for(node, &it)?, it.for_token()?),
            _ => return None,
        };
        let head = TextRange::at(node.text_range().start(), head.text_range().len());
        let place = self.sema.source_range(node);
        let (file, range) = place.map(|(file, range)| (file, TextRange::at(range.start(), head.len())))?;
        Some(Lasts { lasting, chain: vec![Link { file, range, note: note(lasting) }] })
    }

    /// What the iteration by a method says, as `listener.incoming().for_each(…)`: nothing but the iterator ends it.
    fn of_for_each(&self, node: &SyntaxNode) -> Option<Lasts> {
        let call = ast::MethodCallExpr::cast(node.clone())?;
        let name = call.name_ref().filter(|it| it.text() == "for_each")?;
        let iterable = call.receiver()?;
        let lasting = match () {
            () if iterators::never_ends(self.sema, &iterable) => Lasting::Endless,
            () if iterators::waits_on_channel(self.sema, &iterable) => Lasting::UntilClosed,
            () => return None,
        };
        let (file, range) = self.sema.source_range(name.syntax())?;
        Some(Lasts { lasting, chain: vec![Link { file, range, note: note(lasting) }] })
    }

    fn of_plain_loop(&self, node: &SyntaxNode, body: &ast::BlockExpr) -> Option<Lasting> {
        let exits = exits_of(node);
        if exits.is_empty() {
            let waits = is_in_async_body(node) && may_await(body.syntax());
            return (!waits).then_some(Lasting::Endless);
        }
        let waits_or_flags = exits.iter().all(|exit| self.is_closing(exit, node));
        waits_or_flags.then_some(Lasting::UntilClosed)
    }

    fn of_while(&self, node: &SyntaxNode, it: &ast::WhileExpr) -> Option<Lasting> {
        let condition = it.condition()?;
        if condition.syntax().text() == "true" {
            return self.of_plain_loop(node, &it.loop_body()?);
        }
        self.waits_or_reads_flag(condition.syntax()).then_some(Lasting::UntilClosed)
    }

    fn of_for(&self, node: &SyntaxNode, it: &ast::ForExpr) -> Option<Lasting> {
        let iterable = it.iterable()?;
        let never_ends = match &iterable {
            ast::Expr::RangeExpr(range) => range.syntax().last_token().is_some_and(|it| it.kind() == T![..]),
            ast::Expr::ParenExpr(paren) => {
                paren.expr().is_some_and(|it| it.syntax().last_token().is_some_and(|it| it.kind() == T![..]))
            }
            other => iterators::never_ends(self.sema, other),
        };
        if never_ends {
            return self.of_plain_loop(node, &it.loop_body()?);
        }
        iterators::waits_on_channel(self.sema, &iterable).then_some(Lasting::UntilClosed)
    }

    /// Whether a loop is left only when its senders are gone or its flag is set.
    fn is_closing(&self, exit: &SyntaxNode, node: &SyntaxNode) -> bool {
        for ancestor in exit.ancestors().skip(1).take_while(|it| it != node) {
            let head = match ancestor.kind() {
                SyntaxKind::IF_EXPR => {
                    ast::IfExpr::cast(ancestor).and_then(|it| it.condition()).map(|it| it.syntax().clone())
                }
                SyntaxKind::MATCH_EXPR => {
                    ast::MatchExpr::cast(ancestor).and_then(|it| it.expr()).map(|it| it.syntax().clone())
                }
                SyntaxKind::LET_STMT => {
                    ast::LetStmt::cast(ancestor).and_then(|it| it.initializer()).map(|it| it.syntax().clone())
                }
                SyntaxKind::TRY_EXPR => {
                    ast::TryExpr::cast(ancestor).and_then(|it| it.expr()).map(|it| it.syntax().clone())
                }
                _ => None,
            };
            if head.is_some_and(|it| self.waits_or_reads_flag(&it)) {
                return true;
            }
        }
        exit.kind() == SyntaxKind::TRY_EXPR
            && ast::TryExpr::cast(exit.clone())
                .and_then(|it| it.expr())
                .is_some_and(|it| self.waits_or_reads_flag(it.syntax()))
    }

    /// Whether an expression receives from a channel or reads an atomic flag.
    fn waits_or_reads_flag(&self, expr: &SyntaxNode) -> bool {
        expr.descendants().any(|node| {
            let Some((call, name)) = call_and_name(&node) else { return false };
            let name = name.text().to_string();
            if matches!(call, CallNode::Method(_)) && !name.contains("recv") && name != "load" {
                return false;
            }
            match self.sema.callee(&call) {
                Some(Callee::Entry(entry)) => {
                    let waits = matches!(entry.family(), Some(Family::Wait | Family::BlockOn));
                    waits && entry.name().contains("recv") || entry.name() == "try_recv"
                }
                Some(Callee::Library(function)) => {
                    function.name(self.sema.db).as_str() == "load"
                        && self.sema.label(function).starts_with("Atomic")
                }
                _ => false,
            }
        })
    }
}

fn note(lasting: Lasting) -> String {
    match lasting {
        Lasting::Endless => "this loop has no exit".to_owned(),
        Lasting::UntilClosed => "this loop lives as long as its senders or its flag".to_owned(),
    }
}

/// The call that a node is, and the node of its name.
pub fn call_and_name(node: &SyntaxNode) -> Option<(CallNode, SyntaxNode)> {
    match node.kind() {
        SyntaxKind::METHOD_CALL_EXPR => {
            let call = ast::MethodCallExpr::cast(node.clone())?;
            let name = call.name_ref()?.syntax().clone();
            call.arg_list()?;
            Some((CallNode::Method(call), name))
        }
        SyntaxKind::CALL_EXPR => {
            let call = ast::CallExpr::cast(node.clone())?;
            let ast::Expr::PathExpr(path) = call.expr()? else { return None };
            let name = path.path()?.segment()?.name_ref()?.syntax().clone();
            Some((CallNode::Path(call), name))
        }
        _ => None,
    }
}

/// The expressions that leave a loop: its own `break`s, `return` and `?`, outside closures and async blocks.
pub fn exits_of(node: &SyntaxNode) -> Vec<SyntaxNode> {
    let label = node.children().find_map(ast::Label::cast).map(|it| it.syntax().text().to_string());
    let label = label.map(|it| it.trim_end_matches(':').trim().to_owned());
    let mut exits = Vec::new();
    collect_exits(node, node, label.as_deref(), 0, &mut exits);
    exits
}

fn collect_exits(
    node: &SyntaxNode,
    top: &SyntaxNode,
    label: Option<&str>,
    inner: usize,
    exits: &mut Vec<SyntaxNode>,
) {
    for child in node.children() {
        let mut inner = inner;
        match child.kind() {
            SyntaxKind::CLOSURE_EXPR | SyntaxKind::FN | SyntaxKind::IMPL => continue,
            SyntaxKind::BLOCK_EXPR
                if ast::BlockExpr::cast(child.clone()).is_some_and(|it| it.async_token().is_some()) =>
            {
                continue;
            }
            SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR => inner += 1,
            SyntaxKind::RETURN_EXPR | SyntaxKind::TRY_EXPR => exits.push(child.clone()),
            SyntaxKind::BREAK_EXPR => {
                let named = ast::BreakExpr::cast(child.clone()).and_then(|it| it.lifetime());
                let named = named.map(|it| it.text().to_string());
                let leaves = match &named {
                    Some(named) => Some(named.as_str()) == label || leaves_further(named, top),
                    None => inner == 0,
                };
                if leaves {
                    exits.push(child.clone());
                }
            }
            SyntaxKind::MACRO_CALL if mentions_exit(&child) => exits.push(child.clone()),
            _ => {}
        }
        collect_exits(&child, top, label, inner, exits);
    }
}

/// Whether a label belongs to a loop or block around the loop in question.
fn leaves_further(label: &str, top: &SyntaxNode) -> bool {
    top.ancestors()
        .skip(1)
        .filter_map(|it| it.children().find_map(ast::Label::cast))
        .any(|it| it.syntax().text().to_string().trim_end_matches(':').trim() == label)
}

/// Whether macro arguments hold a word that can leave a loop; what a macro makes of it is not known.
fn mentions_exit(call: &SyntaxNode) -> bool {
    call.descendants_with_tokens()
        .filter_map(|it| it.into_token())
        .any(|it| matches!(it.kind(), T![break] | T![return] | T![?]))
}

/// Whether a body awaits, outside nested async blocks and closures.
pub fn has_await(body: &SyntaxNode) -> bool {
    body.descendants().any(|it| it.kind() == SyntaxKind::AWAIT_EXPR)
        || body.descendants_with_tokens().filter_map(|it| it.into_token()).any(|it| {
            it.kind() == T![await] && it.parent().is_some_and(|it| it.kind() == SyntaxKind::TOKEN_TREE)
        })
}

/// Whether a node invokes a macro that awaits what it takes, without the word.
pub fn is_awaiting_macro(node: &SyntaxNode) -> bool {
    const AWAITING: &[&str] = &["select", "select_biased", "join", "try_join"];
    let path = ast::MacroCall::cast(node.clone()).and_then(|it| it.path());
    let name = path.and_then(|it| it.segment()?.name_ref());
    name.is_some_and(|it| AWAITING.contains(&it.text()))
}

/// Whether a node awaits, or holds a macro that may: all but the well-known macros that format, log and check.
pub fn may_await(node: &SyntaxNode) -> bool {
    const PLAIN: &[&str] = &[
        "println",
        "print",
        "eprintln",
        "eprint",
        "format",
        "write",
        "writeln",
        "vec",
        "assert",
        "assert_eq",
        "assert_ne",
        "debug_assert",
        "debug_assert_eq",
        "matches",
        "panic",
        "todo",
        "unreachable",
        "unimplemented",
        "dbg",
        "trace",
        "debug",
        "info",
        "warn",
        "error",
        "log",
        "event",
        "concat",
        "env",
        "stringify",
        "json",
    ];
    let hides_await = |call: ast::MacroCall| {
        let name = call.path().and_then(|it| it.segment()).and_then(|it| it.name_ref());
        name.is_none_or(|it| !PLAIN.contains(&it.text()))
    };
    has_await(node) || node.descendants().filter_map(ast::MacroCall::cast).any(hides_await)
}

/// Whether a node is a loop of any kind.
pub fn is_loop(node: &SyntaxNode) -> bool {
    matches!(node.kind(), SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR)
}

/// Whether code does not run where it stands: closures and async blocks keep what they take while they run, and not while they are made.
pub fn is_run_later(node: &SyntaxNode) -> bool {
    ast::ClosureExpr::can_cast(node.kind())
        || ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.async_token().is_some())
}

/// Whether a node holds a `loop` that nothing leaves.
pub(crate) fn holds_endless_loop(node: &SyntaxNode) -> bool {
    node.descendants().filter(|it| it.kind() == SyntaxKind::LOOP_EXPR).any(|it| exits_of(&it).is_empty())
}

/// Whether the nearest body around a node is async.
pub fn is_in_async_body(node: &SyntaxNode) -> bool {
    let holder = node.ancestors().find_map(|it| match it.kind() {
        SyntaxKind::FN => Some(ast::Fn::cast(it)?.async_token().is_some()),
        SyntaxKind::CLOSURE_EXPR => Some(ast::ClosureExpr::cast(it)?.async_token().is_some()),
        SyntaxKind::BLOCK_EXPR => ast::BlockExpr::cast(it)?.async_token().map(|_| true),
        _ => None,
    });
    holder.unwrap_or(false)
}
