//! Evidence of heavy CPU work in the code itself: loops in one another over input, and functions that call themselves twice.

use ra_ap_hir::Function;
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, T, TextRange, ast, ast::HasName};

use crate::analysis::{Link, Reached};
use crate::bucket::Size;
use crate::catalogue::{Cost, Entry, Family};
use crate::context::is_test;
use crate::finding::Confidence;
use crate::index::Site;
use crate::items::Items;
use crate::resolve::{CallNode, Sema};

/// Loops of numbers in one another.
static NESTED: Entry = Entry::computes(Size::Input, "loops in one another").source("the code itself");
/// A function that calls itself more than once on one way.
static RECURSIVE: Entry = Entry::computes(Size::Input, "recursion").source("the code itself");

/// What of a function shows that it computes for long.
enum Shape {
    /// Two loops, the second in the first.
    Nested(SyntaxNode, SyntaxNode),
    /// The second call of itself.
    Recursive(SyntaxNode),
}

/// Whether the syntax of a function allows that it computes for long.
pub(crate) fn may_compute(function: &ast::Fn) -> bool {
    function.async_token().is_none() && !is_test(function) && shape_of(function).is_some()
}

fn shape_of(function: &ast::Fn) -> Option<Shape> {
    let body = function.body()?;
    nested(body.syntax()).map(|(outer, inner)| Shape::Nested(outer, inner)).or_else(|| {
        let name = function.name()?.text().to_string();
        calls_twice(body.syntax(), &name).map(Shape::Recursive)
    })
}

/// Two `for` loops in one another whose inner turn calculates: over one collection, or over ranges.
fn nested(body: &SyntaxNode) -> Option<(SyntaxNode, SyntaxNode)> {
    let loops = body.descendants().filter_map(ast::ForExpr::cast);
    loops.into_iter().find_map(|outer| {
        let own = iterated(&outer)?;
        let mut inside = outer.syntax().descendants().skip(1).filter_map(ast::ForExpr::cast);
        let inner = inside.find(|inner| {
            let is_pair = iterated(inner).is_some_and(|it| it == own || is_range(&it) && is_range(&own));
            is_pair && calculates(inner.syntax())
        })?;
        Some((outer.syntax().clone(), inner.syntax().clone()))
    })
}

/// What a loop iterates, without borrows and `iter()`.
fn iterated(it: &ast::ForExpr) -> Option<String> {
    let text = it.iterable()?.syntax().text().to_string();
    let text = text.trim_start_matches('&').trim_start_matches("mut ").trim();
    let ends = [".iter()", ".iter_mut()", ".iter().enumerate()", ".clone()"];
    let end = ends.iter().find(|it| text.ends_with(**it));
    Some(end.map_or(text, |it| &text[..text.len() - it.len()]).to_owned())
}

fn is_range(text: &str) -> bool {
    text.contains("..")
}

/// Whether a turn changes a number by another.
fn calculates(turn: &SyntaxNode) -> bool {
    let assigned = turn.descendants().filter_map(ast::BinExpr::cast);
    assigned.into_iter().any(|it| matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { op: Some(_) })))
}

/// The second of two calls of a function by itself, each with less than it was given, in one expression or in statements of one block.
fn calls_twice(body: &SyntaxNode, name: &str) -> Option<SyntaxNode> {
    let is_it = |it: &ast::CallExpr| {
        let Some(ast::Expr::PathExpr(called)) = it.expr() else { return false };
        let Some(path) = called.path() else { return false };
        let is_named = path.segment().and_then(|it| it.name_ref()).is_some_and(|it| it.text() == name);
        is_named && path.qualifier().is_none_or(|it| it.syntax().text() == "Self") && counts_down(it)
    };
    let calls: Vec<ast::CallExpr> =
        body.descendants().filter_map(ast::CallExpr::cast).filter(is_it).collect();
    calls.windows(2).find_map(|pair| {
        let [first, second] = pair else { return None };
        let common =
            first.syntax().ancestors().find(|it| second.syntax().ancestors().any(|other| other == *it))?;
        let apart = matches!(
            common.kind(),
            SyntaxKind::MATCH_ARM_LIST | SyntaxKind::IF_EXPR | SyntaxKind::MATCH_EXPR
        );
        let lazy = ast::BinExpr::cast(common)
            .and_then(|it| it.op_token())
            .is_some_and(|it| matches!(it.kind(), T![&&] | T![||]));
        (!apart && !lazy).then(|| second.syntax().clone())
    })
}

/// Whether a call is given a number less something: the pieces of a tree or a list that is gone through are each gone through once.
fn counts_down(call: &ast::CallExpr) -> bool {
    let given = call.syntax().children().find_map(ast::ArgList::cast);
    let mut given = given.into_iter().flat_map(|it| it.args());
    given.any(|it| matches!(it, ast::Expr::BinExpr(it) if it.op_token().is_some_and(|it| it.kind() == T![-])))
}

/// The function that is declared at a site, with what it computes, where its loops go over input of any size.
pub(crate) fn computing_at(sema: &Sema<'_>, site: Site) -> Option<(Function, Reached)> {
    let declared = sema.token(site)?.parent_ancestors().find_map(ast::Fn::cast)?;
    if sema.is_left_out(declared.syntax()) {
        return None;
    }
    let function = sema.sema.to_def(&declared)?;
    let (entry, at, note) = match shape_of(&declared)? {
        Shape::Nested(outer, inner) => {
            let grows = |it: &SyntaxNode| {
                let iterable = ast::ForExpr::cast(it.clone()).and_then(|it| it.iterable());
                iterable.is_some_and(|it| sema.items(&it) == Items::Unknown)
            };
            if !grows(&outer) || !grows(&inner) {
                return None;
            }
            (&NESTED, keyword(&inner), "this loop goes over the input for each turn of the loop around it")
        }
        Shape::Recursive(call) => {
            // Another function can go by the same name.
            let called = ast::CallExpr::cast(call.clone()).and_then(|it| sema.function(&CallNode::Path(it)));
            if called != Some(function) {
                return None;
            }
            (&RECURSIVE, call.text_range(), "the function calls itself a second time here")
        }
    };
    let link = Link { file: site.file, range: at, note: note.to_owned() };
    let reached = Reached {
        family: Family::Cpu,
        entry,
        chain: vec![link],
        cost: Cost::Dear,
        confidence: Confidence::Low,
    };
    Some((function, reached))
}

/// The word `for`.
fn keyword(it: &SyntaxNode) -> TextRange {
    let word = ast::ForExpr::cast(it.clone()).and_then(|it| it.for_token());
    word.map_or(it.text_range(), |it| it.text_range())
}
