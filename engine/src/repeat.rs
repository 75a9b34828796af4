//! What repeats a call, how often, and what stands against that: the question behind every rule about fan-out.

use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T, ast,
    ast::{HasArgList, HasLoopBody, HasName},
};

use crate::context::{Contexts, Role};
use crate::items::Items;
use crate::resolve::{CallNode, Sema};

/// What makes a call happen again and again.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The loop, or the call of the adaptor whose closure holds the call.
    pub node: SyntaxNode,
    pub kind: Kind,
    pub items: Items,
}

impl Repeat {
    /// Whether it goes through a range of numbers and names none of them: `for _ in 0..workers`. A length is that of the work itself.
    pub(crate) fn only_counts(&self) -> bool {
        let range = |mut it: ast::Expr| {
            while let ast::Expr::ParenExpr(inner) = &it {
                let Some(inner) = inner.expr() else { return false };
                it = inner;
            }
            matches!(it, ast::Expr::RangeExpr(_)) && !it.syntax().text().to_string().contains("len()")
        };
        let (item, over) = match ast::Expr::cast(self.node.clone()) {
            Some(ast::Expr::ForExpr(it)) => (it.pat(), it.iterable()),
            Some(ast::Expr::MethodCallExpr(it)) => {
                let closure = it.arg_list().and_then(|it| it.args().next());
                let Some(ast::Expr::ClosureExpr(closure)) = closure else { return false };
                (closure.param_list().and_then(|it| it.params().next()?.pat()), it.receiver())
            }
            _ => return false,
        };
        let is_unnamed = |it: ast::Pat| match it {
            ast::Pat::WildcardPat(_) => true,
            ast::Pat::IdentPat(it) => it.name().is_some_and(|it| it.text().starts_with('_')),
            _ => false,
        };
        item.is_some_and(is_unnamed) && over.is_some_and(range)
    }
}

/// How a call is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Loop,
    /// A closure that an iterator or stream calls for each item.
    Closure,
}

/// Adaptors of iterators and streams that call their closure for each item.
const PER_ITEM: &[&str] = &[
    "map",
    "for_each",
    "for_each_concurrent",
    "filter_map",
    "flat_map",
    "then",
    "try_for_each",
    "try_for_each_concurrent",
    "and_then",
    "fold",
    "try_fold",
    "inspect",
    "scan",
];

/// What repeats a call inside the body that it stands in; `None` where nothing does.
pub fn of_call(contexts: &Contexts<'_, '_>, call: &SyntaxNode) -> Option<Repeat> {
    let sema = contexts.sema;
    let mut inner = call.clone();
    for node in sema.ancestors(call).skip(1) {
        match node.kind() {
            SyntaxKind::FOR_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::LOOP_EXPR => {
                if let Some(items) = of_loop(sema, &node, &inner) {
                    return Some(Repeat { node, kind: Kind::Loop, items });
                }
            }
            SyntaxKind::CLOSURE_EXPR => {
                if let Some(repeat) = of_closure(sema, &node) {
                    return Some(repeat);
                }
                if contexts.role_of_value(&node, 4) != Role::Here {
                    return None;
                }
            }
            SyntaxKind::BLOCK_EXPR if is_async(&node) => {
                let of_closure = node.parent().is_some_and(|it| it.kind() == SyntaxKind::CLOSURE_EXPR);
                if !of_closure {
                    return None;
                }
            }
            SyntaxKind::FN => return None,
            _ => {}
        }
        inner = node;
    }
    None
}

fn is_async(node: &SyntaxNode) -> bool {
    ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.async_token().is_some())
}

/// How often a loop comes to the code in one of its children; `None` where that child is not repeated.
fn of_loop(sema: &Sema<'_>, node: &SyntaxNode, inner: &SyntaxNode) -> Option<Items> {
    match ast::Expr::cast(node.clone())? {
        ast::Expr::ForExpr(it) => {
            let iterable = it.iterable()?;
            let is_paced = || it.loop_body().and_then(|it| of_awaits(it.syntax())) == Some(Items::Paced);
            (iterable.syntax() != inner)
                .then(|| if is_paced() { Items::Paced } else { sema.items(&iterable) })
        }
        ast::Expr::WhileExpr(it) => {
            let condition = it.condition()?;
            (condition.syntax() != inner).then(|| of_condition(sema, &condition, node))
        }
        ast::Expr::LoopExpr(it) => Some(of_awaits(it.loop_body()?.syntax()).unwrap_or(Items::NotKnown)),
        _ => None,
    }
}

fn of_condition(sema: &Sema<'_>, condition: &ast::Expr, node: &SyntaxNode) -> Items {
    if condition.syntax().text() == "true" {
        return of_awaits(node).unwrap_or(Items::NotKnown);
    }
    if let Some(items) = of_awaits(condition.syntax()) {
        return items;
    }
    // What is taken out of a collection until that is empty.
    let takes =
        |name: &str| matches!(name, "pop" | "pop_front" | "pop_back" | "pop_first" | "pop_last" | "next");
    let ast::Expr::LetExpr(it) = condition else { return of_comparison(sema, condition) };
    match it.expr() {
        Some(ast::Expr::MethodCallExpr(call)) if call.name_ref().is_some_and(|it| takes(it.text())) => {
            match call.receiver() {
                Some(receiver) if call.name_ref().is_some_and(|it| it.text() == "next") => {
                    sema.items(&receiver)
                }
                _ => Items::Unknown,
            }
        }
        _ => Items::NotKnown,
    }
}

/// A count that goes on until a number of the program's input is reached: `while remaining > 0`. A length that is compared is a limit.
fn of_comparison(sema: &Sema<'_>, condition: &ast::Expr) -> Items {
    let ast::Expr::BinExpr(comparison) = condition else { return Items::NotKnown };
    let compares = matches!(comparison.op_kind(), Some(ast::BinaryOp::CmpOp(ast::CmpOp::Ord { .. })));
    let sides = [comparison.lhs(), comparison.rhs()];
    let is_number = |it: &ast::Expr| sema.ty(it).is_some_and(|it| it.is_int_or_uint());
    let is_known = |it: &ast::Expr| {
        let text = it.syntax().text().to_string();
        let is_zero = text == "0";
        let is_name =
            text.chars().any(|it| it.is_ascii_uppercase()) && !text.chars().any(|it| it.is_ascii_lowercase());
        !is_zero && (sema.number(it).is_some() || is_name || text.contains("len()"))
    };
    let is_plain = sides.iter().flatten().all(|it| is_number(it) && !is_known(it));
    if compares && is_plain { Items::Unknown } else { Items::NotKnown }
}

/// What the awaits of a loop's own turn say: it takes connections, messages, or it keeps a pace.
fn of_awaits(turn: &SyntaxNode) -> Option<Items> {
    let mut found = None;
    for name in awaited(turn) {
        match name.as_str() {
            "tick" | "sleep" | "sleep_until" | "until_ready" | "until_n_ready" | "delay_for" => {
                return Some(Items::Paced);
            }
            "accept" => found = Some(Items::Connections),
            "recv" | "recv_many" | "next" | "try_next" | "recv_async" | "recv_from" | "read"
            | "read_line" | "next_line" | "poll" | "receive" | "changed" | "next_event" | "get_message" => {
                found = found.or(Some(Items::Messages));
            }
            _ => {}
        }
    }
    found
}

/// Whether a loop serves until it is told to end: its turns accept connections, keep the time of an interval, or wait to be cancelled.
pub(crate) fn serves(turn: &SyntaxNode) -> bool {
    awaited(turn).iter().any(|it| matches!(it.as_str(), "accept" | "tick" | "cancelled"))
}

/// The names of the calls that a turn awaits itself, through macros.
fn awaited(turn: &SyntaxNode) -> Vec<String> {
    let mut names = Vec::new();
    let mut stack = vec![turn.clone()];
    while let Some(node) = stack.pop() {
        if is_async(&node) && &node != turn || node.kind() == SyntaxKind::FN {
            continue;
        }
        if let Some(call) = ast::MacroCall::cast(node.clone()) {
            // In `select!` and `join!` an arm is awaited without the word.
            names.extend(called_in_tokens(&call));
            continue;
        }
        if let Some(it) = ast::AwaitExpr::cast(node.clone()).and_then(|it| it.expr()) {
            names.extend(called(&it));
            names.extend(in_time(&it).and_then(|it| called(&it)));
        }
        stack.extend(node.children());
    }
    names
}

/// The future that a timeout is put around.
pub(crate) fn in_time(expr: &ast::Expr) -> Option<ast::Expr> {
    let ast::Expr::CallExpr(call) = expr else { return None };
    let name = called(expr)?;
    ["timeout", "timeout_at"].contains(&name.as_str()).then(|| call.arg_list()?.args().last())?
}

/// The name of what is called.
pub(crate) fn called(expr: &ast::Expr) -> Option<String> {
    match expr {
        ast::Expr::MethodCallExpr(it) => it.name_ref().map(|it| it.text().to_string()),
        ast::Expr::CallExpr(it) => {
            let name = it.expr()?.syntax().text().to_string();
            name.rsplit("::").next().map(str::to_owned)
        }
        _ => None,
    }
}

fn called_in_tokens(call: &ast::MacroCall) -> Vec<String> {
    let tokens = call.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
    let calls = tokens.filter(|it| {
        it.kind() == SyntaxKind::IDENT
            && it.next_sibling_or_token().is_some_and(|it| {
                it.as_node().is_some_and(|it| it.first_token().is_some_and(|it| it.kind() == T!['(']))
            })
    });
    calls.map(|it| it.text().to_owned()).collect()
}

/// The adaptor that calls a closure for each item.
fn of_closure(sema: &Sema<'_>, closure: &SyntaxNode) -> Option<Repeat> {
    let list = closure.parent().and_then(ast::ArgList::cast)?;
    let call = list.syntax().parent().and_then(ast::MethodCallExpr::cast)?;
    let name = call.name_ref()?;
    if !PER_ITEM.contains(&name.text()) || call.arg_list()?.syntax() != list.syntax() {
        return None;
    }
    let receiver = call.receiver()?;
    let ty = sema.ty(&receiver)?.strip_references();
    // `Option::map` and its kin call their closure once.
    let is_many = sema.is_iterator(&ty) || is_of_stream(sema, &CallNode::Method(call.clone()));
    let node = call.syntax().clone();
    is_many.then(|| Repeat { node, kind: Kind::Closure, items: sema.items(&receiver) })
}

/// Whether a call is one of a stream, or makes one.
pub(crate) fn is_of_stream(sema: &Sema<'_>, call: &CallNode) -> bool {
    sema.function(call).is_some_and(|it| sema.path_of(it).contains("::stream::"))
}
