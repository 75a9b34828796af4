//! Awaits in a row of which none needs what another gives or does: proven, by what the awaited code calls.

use std::cell::Cell;

use ra_ap_hir::{Access, Function};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};

use crate::catalogue::{Effect, Entry, Mark};
use crate::context::{Context, Contexts};
use crate::index::{Index, Site};
use crate::loops::{call_and_name, has_await};
use crate::mentions;
use crate::plausible::{is_effect, may_run_together};
use crate::resolve::{CallNode, Sema};

/// A `let` that awaits, and can run beside others.
#[derive(Clone, Debug)]
pub struct Step {
    pub statement: ast::LetStmt,
    /// The value without its last `?` or `unwrap`: an await, or a chain that ends in one.
    pub awaited: ast::AwaitExpr,
    /// What follows the last await: `?`, a method call, or nothing.
    pub rest: Option<ast::Expr>,
    /// The name of the function that is awaited.
    pub name: SyntaxNode,
}

/// Code whose effects are in question.
struct Code<'c, 'a> {
    sema: &'c Sema<'a>,
    /// Something in it waits: to run it beside other code gains time.
    waits: Cell<bool>,
}

/// How deep functions are looked into.
const DEPTH: usize = 4;

/// The groups of steps in a row of statements, each of at least two that are proven not to need one another.
pub fn groups_at(sema: &Sema<'_>, index: &Index, include_tests: bool, site: Site) -> Vec<Vec<Step>> {
    let first = sema.token(site).and_then(|it| it.parent_ancestors().find_map(ast::LetStmt::cast));
    let contexts = Contexts::new(sema, include_tests);
    let is_read = |it: &ast::LetStmt| {
        !sema.is_left_out(it.syntax()) && matches!(contexts.of(it.syntax()), Context::Async(_))
    };
    let next = |it: &ast::LetStmt| it.syntax().next_sibling().and_then(ast::LetStmt::cast);
    let row: Vec<ast::LetStmt> =
        std::iter::successors(first, next).take_while(|it| has_await(it.syntax())).collect();
    let may_pair: Vec<bool> = row.windows(2).map(|it| may_run_together(index, &it[0], &it[1])).collect();
    if !may_pair.contains(&true) || !row.first().is_some_and(is_read) {
        return Vec::new();
    }
    let mut groups: Vec<Vec<Step>> = vec![Vec::new()];
    for (at, statement) in row.iter().enumerate() {
        let Some(group) = groups.last_mut() else { break };
        let has_pair = may_pair.get(at) == Some(&true) || at > 0 && may_pair[at - 1];
        match has_pair.then(|| step(sema, statement)).flatten() {
            Some(step) if !group.iter().any(|it| needs(sema, &step, it)) => group.push(step),
            Some(step) => groups.push(vec![step]),
            None => groups.push(Vec::new()),
        }
    }
    groups.retain(|it| it.len() > 1);
    groups
}

/// A statement that only awaits what is free of effects.
fn step(sema: &Sema<'_>, statement: &ast::LetStmt) -> Option<Step> {
    if statement.let_else().is_some() {
        return None;
    }
    let value = statement.initializer()?;
    let (awaited, rest) = last_await(&value)?;
    let awaits = value.syntax().descendants().filter_map(ast::AwaitExpr::cast);
    let first = awaits.min_by_key(|it| it.syntax().text_range().end())?;
    let (_, name) = call_and_name(first.expr()?.syntax())?;
    let code = Code { sema, waits: Cell::new(false) };
    let is_free = is_free(&code, value.syntax(), DEPTH);
    (is_free && code.waits.get()).then_some(Step { statement: statement.clone(), awaited, rest, name })
}

/// The last await of a value, with the one step that may follow it.
fn last_await(value: &ast::Expr) -> Option<(ast::AwaitExpr, Option<ast::Expr>)> {
    match value {
        ast::Expr::AwaitExpr(it) => Some((it.clone(), None)),
        ast::Expr::TryExpr(it) => match it.expr()? {
            ast::Expr::AwaitExpr(it) => Some((it, Some(value.clone()))),
            _ => None,
        },
        ast::Expr::MethodCallExpr(it) => {
            let name = it.name_ref()?;
            match it.receiver()? {
                ast::Expr::AwaitExpr(awaited) if ["unwrap", "expect"].contains(&name.text()) => {
                    Some((awaited, Some(value.clone())))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a step uses what another binds.
fn needs(sema: &Sema<'_>, step: &Step, other: &Step) -> bool {
    let Some(block) = other.statement.syntax().parent() else { return true };
    let bound = other
        .statement
        .pat()
        .into_iter()
        .flat_map(|it| it.syntax().descendants().filter_map(ast::IdentPat::cast).collect::<Vec<_>>());
    let within = step.statement.syntax().text_range();
    // A format string names variables without a path.
    let text = step.statement.syntax().text().to_string();
    let is_in_string = |it: &ast::IdentPat| {
        let name = it.name().map(|it| it.text().to_string()).unwrap_or_default();
        [format!("{{{name}}}"), format!("{{{name}:")].iter().any(|it| text.contains(it.as_str()))
    };
    bound.into_iter().any(|it| {
        is_in_string(&it)
            || match mentions::uses(sema, &block, &it) {
                Ok(uses) => {
                    let place = |it: &ast::PathExpr| sema.source_range(it.syntax());
                    uses.iter().any(|it| place(it).is_none_or(|(_, range)| within.contains_range(range)))
                }
                Err(_) => true,
            }
    })
}

/// Whether code changes nothing that other code could see, and does not depend on what other code changes.
fn is_free(code: &Code<'_, '_>, node: &SyntaxNode, depth: usize) -> bool {
    let is_assignment = ast::BinExpr::cast(node.clone())
        .is_some_and(|it| matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { .. })));
    if is_effect(node) || is_assignment && !assigns_local(code.sema, node) {
        return false;
    }
    if node.kind() == SyntaxKind::MACRO_CALL {
        return true;
    }
    let call_is_free = call_and_name(node).is_none_or(|(call, _)| is_free_call(code, &call, depth));
    call_is_free && node.children().all(|it| is_free(code, &it, depth))
}

/// Whether an assignment changes a variable of the code itself.
fn assigns_local(sema: &Sema<'_>, assignment: &SyntaxNode) -> bool {
    let target = ast::BinExpr::cast(assignment.clone()).and_then(|it| it.lhs());
    let Some(ast::Expr::PathExpr(path)) = target else { return false };
    let own = assignment.ancestors().find(|it| it.kind() == SyntaxKind::FN);
    let declared = sema.local_declaration(&path);
    declared.zip(own).is_some_and(|(it, own)| own.text_range().contains_range(it.syntax().text_range()))
}

fn is_free_call(code: &Code<'_, '_>, call: &CallNode, depth: usize) -> bool {
    if call.is_constructor() {
        return true;
    }
    let Some(function) = code.sema.function(call) else { return false };
    if let Some(entry) = code.sema.world.entry(code.sema.db, function) {
        return is_free_entry(code, call, entry);
    }
    if code.sema.is_of_std(function) {
        return is_free_of_std(code.sema, function) && !changes_receiver(code.sema, call, function);
    }
    is_free_function(code, function, depth)
}

fn is_free_entry(code: &Code<'_, '_>, call: &CallNode, entry: &Entry) -> bool {
    const VALUES: &[&str] = &[
        "serde_json",
        "toml",
        "serde_yaml",
        "ron",
        "url",
        "semver",
        "regex",
        "hex",
        "base64",
        "uuid",
        "chrono",
    ];
    match entry.effect {
        Effect::Marks(Mark::Read) => {
            code.waits.set(true);
            entry.name() != "send" || is_read_request(code.sema, call)
        }
        Effect::Leave => VALUES.contains(&entry.krate()),
        _ => false,
    }
}

/// Whether the request that is sent was begun with `get` or `head` in the same expression.
fn is_read_request(sema: &Sema<'_>, call: &CallNode) -> bool {
    let mut receiver = call.receiver();
    while let Some(ast::Expr::MethodCallExpr(link)) = receiver {
        let entry =
            sema.function(&CallNode::Method(link.clone())).and_then(|it| sema.world.entry(sema.db, it));
        match entry.map(|it| it.path) {
            Some("reqwest::Client::get" | "reqwest::Client::head") => return true,
            _ => receiver = link.receiver(),
        }
    }
    false
}

/// Parts of std that reach out of the code that calls them.
fn is_free_of_std(sema: &Sema<'_>, function: Function) -> bool {
    const REACHES_OUT: &[&str] = &[
        "core::sync",
        "std::sync",
        "core::cell",
        "std::io",
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "std::thread",
        "std::os",
        "core::ptr",
        "core::mem",
    ];
    // What is known of a file was read before.
    const FACTS: &[&str] = &[
        "len",
        "is_dir",
        "is_file",
        "is_symlink",
        "modified",
        "created",
        "accessed",
        "permissions",
        "file_type",
        "readonly",
    ];
    let path = sema.path_of(function);
    let is_fact = path.starts_with("std::fs::")
        && function.has_self_param(sema.db)
        && FACTS.contains(&function.name(sema.db).as_str());
    is_fact || !REACHES_OUT.iter().any(|it| path.starts_with(&format!("{it}::")))
}

/// Whether a method changes a value that was there before: one by a reference, or a field.
fn changes_receiver(sema: &Sema<'_>, call: &CallNode, function: Function) -> bool {
    let exclusive = function.self_param(sema.db).is_some_and(|it| it.access(sema.db) == Access::Exclusive);
    let (receiver, _) = sema.operands(call);
    match receiver {
        Some(ast::Expr::PathExpr(it)) => {
            let is_own = sema.local_declaration(&it).is_some_and(|it| it.mut_token().is_some());
            exclusive && !is_own
        }
        Some(ast::Expr::FieldExpr(_) | ast::Expr::IndexExpr(_)) => exclusive,
        _ => false,
    }
}

/// Whether a function of the workspace is free of effects: it is lent nothing to change, and all that it calls is free.
fn is_free_function(code: &Code<'_, '_>, function: Function, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let lent = function.assoc_fn_params(code.sema.db).iter().any(|it| it.ty().is_mutable_reference());
    if lent || function.is_unsafe_to_call(code.sema.db, None, ra_ap_syntax::Edition::CURRENT) {
        return false;
    }
    let body = code.sema.declaration(function).and_then(|(_, it)| it.body());
    body.is_some_and(|it| is_free(code, it.syntax(), depth))
}

/// Whether an argument of an awaited call borrows a value that lives no longer than the statement.
pub fn borrows_temporary(future: &ast::Expr) -> bool {
    let Some((call, _)) = call_and_name(future.syntax()) else { return true };
    let values = call.args();
    let is_place = |it: &ast::Expr| {
        matches!(
            it,
            ast::Expr::PathExpr(_)
                | ast::Expr::FieldExpr(_)
                | ast::Expr::Literal(_)
                | ast::Expr::IndexExpr(_)
        )
    };
    values.iter().flat_map(|it| it.syntax().descendants()).any(|it| match ast::Expr::cast(it) {
        Some(ast::Expr::RefExpr(it)) => it.expr().is_none_or(|it| !is_place(&it)),
        Some(ast::Expr::MethodCallExpr(it)) => it.receiver().is_none_or(|it| !is_place(&it)),
        _ => false,
    })
}
