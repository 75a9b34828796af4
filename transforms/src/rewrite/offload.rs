//! One offload: the blocking expression moves into a closure on the blocking pool, and its result is awaited.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, T, TextRange, ast};
use retask_engine::alive::obstacle_to_await;
use retask_engine::capture::{Work, captures};
use retask_engine::resolve::CallNode;

use super::closure::{Closure, tell_copies};
use super::draft::Draft;
use super::fails::Fails;
use super::runtime::{self, ToPool};
use crate::case::Case;

/// Moves the call, or the expression around it that is its unit of work, to the blocking pool.
pub(crate) fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    rewrite_on(case, runtime::pool)
}

/// The same with another pool.
pub(crate) fn rewrite_on(case: &Case<'_, '_>, to_pool: ToPool) -> Result<Draft, String> {
    if case.entered.reached.entry.stays {
        let path = case.entered.reached.entry.path;
        return Err(format!("`{path}` means the thread that runs it, and other code knows that thread"));
    }
    let expr = match unit_of_work(case) {
        Ok(expr) => expr,
        Err(reason) => {
            return super::batch::of_loop(case).map_or(Err(reason), |it| super::batch::rewrite(case, it));
        }
    };
    if let Some(obstacle) = obstacle_to_await(case.sema, expr.syntax(), &case.entered.body) {
        return Err(obstacle);
    }
    let file = case.entered.site.file;
    let mut draft = Draft::new("move the call to the blocking pool and await it");
    let pool = to_pool(case, &mut draft)?;
    let (hoisted, work, fails) = divide(case, &expr)?;
    let captures = captures(case.sema, &work, &case.body())?;
    tell_copies(&mut draft, &captures);
    let (range, text) = Closure { case, expr: &expr, hoisted, captures, pool, fails }.write()?;
    if case.analysis.workspace.text(file, range).starts_with("#[") {
        return Err("an attribute such as `cfg` stands on the call, and belongs to all that takes its place"
            .to_owned());
    }
    draft.replace(case.analysis, file, range, text);
    draft.group(format!("offload\0{file}\0{}", u32::from(range.start())));
    if super::twin::is_in_macro(case) {
        draft.caveat("the call stands in a macro's arguments, where the new await may be cancelled");
    }
    Ok(draft)
}

/// What of an expression is evaluated before the closure, what moves into it, and what ends that early.
fn divide<'a>(
    case: &Case<'_, 'a>,
    expr: &ast::Expr,
) -> Result<(Vec<Hoisted>, Work, Option<Fails<'a>>), String> {
    let with = |hoisted: Vec<Hoisted>| {
        let mut work = Work::of(expr.syntax());
        work.before = hoisted.iter().map(|it| it.node.text_range()).collect();
        work.blocking = blocking_names(case);
        let fails = Fails::of(case, &work)?;
        Ok((hoisted, work, fails))
    };
    // Other calls that block move along where they can; the call itself always moves.
    let alone = |part: &SyntaxNode| !blocks_within(case, part);
    let others = |part: &SyntaxNode| !part.descendants().any(|it| it == *case.call.syntax());
    let first = match hoist(case, expr, &alone).and_then(with) {
        Ok(divided) => return Ok(divided),
        Err(reason) => reason,
    };
    hoist(case, expr, &others).and_then(with).map_err(|_| first)
}

/// The expression to move: the call itself; out of closures that run in place, the expression that runs them; and further along the
/// method chain while its value is only a plan of the work, or cannot cross threads.
fn unit_of_work(case: &Case<'_, '_>) -> Result<ast::Expr, String> {
    let mut expr = match case.macro_around().or_else(|| case.call.expr()) {
        None if matches!(case.call, CallNode::Iterated(_)) => {
            return Err("the loop waits in each turn, and cannot leave as a whole".to_owned());
        }
        Some(expr) if !case.entered.body.in_closure => expr,
        Some(_) => outside_closures(case, case.call.syntax())
            .ok_or("the call stands in a sync closure, where nothing can be awaited")?,
        None => outside_closures(case, case.call.syntax()).ok_or("the function is passed on as a value")?,
    };
    let mut first_reason = None;
    loop {
        match can_cross(case, &expr) {
            Ok(()) => return Ok(with_later_calls(case, expr)),
            Err(reason) => {
                first_reason.get_or_insert(reason);
            }
        }
        match next_in_chain(case, &expr) {
            Some(outer) => expr = outer,
            None => return Err(first_reason.unwrap_or_default()),
        }
    }
}

/// The method chain up to its last call that blocks, or up to the one that does its work where it is only planned.
fn with_later_calls(case: &Case<'_, '_>, expr: ast::Expr) -> ast::Expr {
    let (mut last, mut at) = (expr.clone(), expr);
    let mut is_open = false;
    while let Some(outer) = next_in_chain(case, &at) {
        let link = link_of(case, &at, &outer);
        is_open |= link.is_some_and(|it| entered_within(case, it));
        if is_open && can_cross(case, &outer).is_ok() {
            (last, is_open) = (outer.clone(), false);
        }
        at = outer;
    }
    last
}

/// What a method call adds to its receiver, in the file as it is written.
fn link_of(case: &Case<'_, '_>, receiver: &ast::Expr, call: &ast::Expr) -> Option<TextRange> {
    let (_, receiver) = case.sema.source_range(receiver.syntax())?;
    let (file, call) = case.sema.source_range(call.syntax())?;
    let follows = file == case.entered.site.file && receiver.end() <= call.end();
    follows.then(|| TextRange::new(receiver.end(), call.end()))
}

/// Whether calls of the case's family enter their work in a range, in the same body.
fn entered_within(case: &Case<'_, '_>, range: TextRange) -> bool {
    let entered = case.entered;
    case.analysis.entered().iter().any(|it| {
        it.site.file == entered.site.file
            && it.reached.family == entered.reached.family
            && it.body.range == entered.body.range
            && range.contains(it.site.offset.into())
    })
}

/// The names of the calls that block in the same file.
fn blocking_names(case: &Case<'_, '_>) -> Vec<TextRange> {
    let entered = case.analysis.entered().iter().filter(|it| it.site.file == case.entered.site.file);
    entered.map(|it| it.name).collect()
}

fn blocks_within(case: &Case<'_, '_>, node: &SyntaxNode) -> bool {
    let place = case.sema.source_range(node);
    place.is_some_and(|(file, range)| file == case.entered.site.file && entered_within(case, range))
}

/// The method call whose receiver an expression is, or the constructor of std that takes it alone, as `BufReader::new` does; be it through
/// a `?`.
fn next_in_chain(case: &Case<'_, '_>, expr: &ast::Expr) -> Option<ast::Expr> {
    let mut node = expr.syntax().clone();
    while let Some(outer) = node.parent().filter(|it| it.kind() == SyntaxKind::TRY_EXPR) {
        node = outer;
    }
    let parent = node.parent()?;
    if let Some(call) = ast::MethodCallExpr::cast(parent.clone()) {
        return call.receiver().is_some_and(|it| *it.syntax() == node).then(|| call.into());
    }
    let call = ast::ArgList::cast(parent).filter(|it| it.args().count() == 1)?;
    let call = ast::CallExpr::cast(call.syntax().parent()?)?;
    let made_by = case.sema.function(&CallNode::Path(call.clone()))?;
    let wraps = case.sema.is_of_std(made_by) && case.sema.label(made_by).ends_with("::new");
    wraps.then(|| call.into())
}

/// The end of the method chain that runs the closures around a node.
fn outside_closures(case: &Case<'_, '_>, node: &SyntaxNode) -> Option<ast::Expr> {
    let body = case.entered.body.range;
    let inside = node.ancestors().take_while(|it| it.text_range() != body);
    let closure = inside.filter(|it| it.kind() == SyntaxKind::CLOSURE_EXPR).last();
    let start = closure.unwrap_or_else(|| node.clone());
    let call = start
        .ancestors()
        .skip(1)
        .find(|it| matches!(it.kind(), SyntaxKind::CALL_EXPR | SyntaxKind::METHOD_CALL_EXPR))?;
    if !body.contains_range(call.text_range()) {
        return None;
    }
    let mut expr = ast::Expr::cast(call)?;
    while let Some(outer) = next_in_chain(case, &expr) {
        expr = outer;
    }
    Some(expr)
}

/// Whether the value of an expression can come back from another thread.
fn can_cross(case: &Case<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    let shown = name_of(expr);
    let ty = case.sema.ty(expr).filter(|it| !it.contains_unknown());
    let ty = ty.ok_or_else(|| format!("the type of the result of `{shown}` is not known"))?;
    if case.sema.is_lazy(&ty) {
        return Err(format!("the result of `{shown}` does its work where it is iterated"));
    }
    if !case.sema.is_static(&ty) {
        return Err(format!("the result of `{shown}` may borrow from what it is made of"));
    }
    if !case.sema.is_send(&ty) {
        return Err(match case.sema.holds_unknown(&ty) {
            true => format!("whether the result of `{shown}` is `Send` is not known"),
            false => format!("the result of `{shown}` is not `Send`"),
        });
    }
    Ok(())
}

/// The called function of an expression, for messages.
fn name_of(expr: &ast::Expr) -> String {
    match expr {
        ast::Expr::MethodCallExpr(it) => it.name_ref().map(|it| it.text().to_string()).unwrap_or_default(),
        ast::Expr::CallExpr(it) => it.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default(),
        other => other.syntax().text().to_string(),
    }
}

/// A receiver or argument that is evaluated before the closure, since it awaits or leaves the body.
pub(crate) struct Hoisted {
    pub node: SyntaxNode,
    pub name: String,
}

fn hoist(
    case: &Case<'_, '_>,
    expr: &ast::Expr,
    wanted: &dyn Fn(&SyntaxNode) -> bool,
) -> Result<Vec<Hoisted>, String> {
    let parts = match expr {
        ast::Expr::MethodCallExpr(it) => {
            use ast::HasArgList;
            it.receiver().into_iter().chain(it.arg_list().into_iter().flat_map(|it| it.args())).collect()
        }
        ast::Expr::CallExpr(it) => {
            use ast::HasArgList;
            it.arg_list().into_iter().flat_map(|it| it.args()).collect()
        }
        _ => Vec::new(),
    };
    let mut hoisted: Vec<Hoisted> = Vec::new();
    for part in parts {
        let part: ast::Expr = part;
        let inner = match &part {
            ast::Expr::RefExpr(it) if it.mut_token().is_none() => it.expr().unwrap_or(part.clone()),
            _ => part.clone(),
        };
        let is_closure = matches!(inner, ast::Expr::ClosureExpr(_));
        let leaves_it = inner.syntax().descendants().any(|it| leaves(&it, inner.syntax()).is_some());
        if is_closure || !leaves_it || !wanted(inner.syntax()) {
            continue;
        }
        can_cross(case, &inner)?;
        let name = format!(
            "{}{}",
            value_name(case, &inner),
            if hoisted.is_empty() { String::new() } else { (hoisted.len() + 1).to_string() }
        );
        hoisted.push(Hoisted { node: inner.syntax().clone(), name });
    }
    Ok(hoisted)
}

/// A name for a value, from the last word of its type's name.
fn value_name(case: &Case<'_, '_>, expr: &ast::Expr) -> String {
    let ty = case.sema.type_name(expr).unwrap_or_default();
    let start = ty.rfind(|c: char| c.is_ascii_uppercase()).unwrap_or(0);
    let word = ty[start..].to_ascii_lowercase();
    let usable = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
    if usable && !["box", "type", "ref", "string", "vec", "self"].contains(&word.as_str()) {
        word
    } else {
        "value".to_owned()
    }
}

/// The words of [`leaves`] for a `?` and for an `.await`.
pub(crate) const A_TRY: &str = "a `?`";
pub(crate) const AN_AWAIT: &str = "an `.await`";

/// What makes code leave the work that it is a part of, in words.
pub(crate) fn leaves(node: &SyntaxNode, work: &SyntaxNode) -> Option<&'static str> {
    let within = |kinds: &[SyntaxKind]| {
        let inside = node.ancestors().skip(1).take_while(|it| it != work);
        let with_work = inside.chain((node != work).then(|| work.clone()));
        with_work.into_iter().any(|it| kinds.contains(&it.kind()))
    };
    let in_async = || is_in_async(node, work);
    let unlabelled = || node.children_with_tokens().all(|it| it.kind() != SyntaxKind::LIFETIME);
    match node.kind() {
        SyntaxKind::AWAIT_EXPR if !in_async() => Some(AN_AWAIT),
        SyntaxKind::TRY_EXPR if !within(&[SyntaxKind::CLOSURE_EXPR]) && !in_async() => Some(A_TRY),
        SyntaxKind::RETURN_EXPR if !within(&[SyntaxKind::CLOSURE_EXPR]) && !in_async() => Some("a `return`"),
        SyntaxKind::BREAK_EXPR | SyntaxKind::CONTINUE_EXPR if !(unlabelled() && within(LOOPS)) => {
            Some("a `break` or `continue`")
        }
        SyntaxKind::YIELD_EXPR => Some("a `yield`"),
        SyntaxKind::MACRO_CALL => {
            let tokens = node.descendants_with_tokens().filter_map(|it| it.into_token());
            let mut kinds = tokens.map(|it| it.kind());
            kinds
                .any(|it| matches!(it, T![await] | T![?] | T![return]))
                .then_some("a macro that may leave it")
        }
        _ => None,
    }
}

/// Whether an async block stands between a node and the work that it is a part of.
fn is_in_async(node: &SyntaxNode, work: &SyntaxNode) -> bool {
    let mut blocks = node.ancestors().skip(1).take_while(|it| it != work).filter_map(ast::BlockExpr::cast);
    blocks.any(|it| it.async_token().is_some())
}

/// Whether code invokes a macro that awaits what it takes, as `join!` does.
pub(crate) fn awaits_in_macro(case: &Case<'_, '_>, work: &SyntaxNode) -> bool {
    let mut calls = work.descendants().filter_map(ast::MacroCall::cast);
    calls.any(|it| {
        let awaits = |it: &SyntaxNode| it.descendants().any(|at| leaves(&at, it) == Some(AN_AWAIT));
        !is_in_async(it.syntax(), work) && case.sema.expansions(&it).iter().any(awaits)
    })
}

const LOOPS: &[SyntaxKind] = &[SyntaxKind::LOOP_EXPR, SyntaxKind::WHILE_EXPR, SyntaxKind::FOR_EXPR];
