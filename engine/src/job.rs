//! What a job that is handed over does: drive futures and nothing else, next to nothing, or only build a future.

use ra_ap_hir::{Function, GenericDef, HasCrate};
use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasAttrs, ast::HasName};

use crate::analysis::{Analysis, Handover};
use crate::catalogue::{Effect, Family};
use crate::index::Site;
use crate::loops::{call_and_name, is_loop};
use crate::resolve::{CallNode, Sema};

/// What a job does that needs no thread for it.
#[derive(Clone, Debug)]
pub enum Job {
    /// It drives these futures to their ends.
    Drives(Vec<Driven>),
    /// It asks an async connection through a sync wrapper that drives each answer.
    Wraps,
    /// It is done in less time than the hand-over takes.
    Trivial,
    /// It gives a future back.
    Builds,
}

/// A call that drives a future.
#[derive(Clone, Debug)]
pub struct Driven {
    pub call: ast::Expr,
    pub future: ast::Expr,
    /// On a runtime that was made for it, and not on the one around the job.
    pub on_own_runtime: bool,
}

/// How deep functions are looked into.
const DEPTH: usize = 3;

/// What a handed-over job does, where that needs no thread; `None` where it may need one.
pub fn of_handover(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    handover: &Handover,
    call: &CallNode,
) -> Option<Job> {
    let work = call.args().into_iter().nth(handover.argument)?;
    let body = match &work {
        ast::Expr::ClosureExpr(it) if it.async_token().is_none() => Some(it.body()?),
        ast::Expr::ClosureExpr(_) => None,
        ast::Expr::PathExpr(path) => {
            let function = sema.function(&CallNode::Value(path.clone()))?;
            sema.gives_future(function).then_some(())?;
            None
        }
        _ => return None,
    };
    let Some(body) = body.filter(|it| !builds_future(sema, it)) else {
        return (!wants_future(sema, call)).then_some(Job::Builds);
    };
    if let Some(driven) = drives(sema, analysis, handover, &body) {
        return Some(Job::Drives(driven));
    }
    if asks_wrapper(sema, analysis, handover, &body) {
        return Some(Job::Wraps);
    }
    (is_trivial(sema, body.syntax(), DEPTH) && keeps_no_value(sema, &work)).then_some(Job::Trivial)
}

/// Whether a wrapper of the workspace asks for work that gives a future, which it polls then: `F: FnOnce() -> T, T: Future`.
fn wants_future(sema: &Sema<'_>, call: &CallNode) -> bool {
    const FUTURES: &[&str] = &["AsyncFn", "AsyncFnMut", "AsyncFnOnce", "Future", "IntoFuture"];
    let db = sema.db;
    let Some(function) = sema.function(call).filter(|it| sema.is_of_workspace(*it)) else { return false };
    let params = GenericDef::from(function).type_or_const_params(db).into_iter();
    let bounds = params.filter_map(|it| it.as_type_param(db)).flat_map(|it| it.trait_bounds(db));
    bounds.into_iter().any(|it| {
        let is_std = it.krate(db).is_builtin(db);
        is_std && FUTURES.contains(&it.name(db).as_str())
    })
}

/// Whether an expression only builds a future: an async block, or the call of an async function with plain arguments.
fn builds_future(sema: &Sema<'_>, body: &ast::Expr) -> bool {
    match body {
        ast::Expr::BlockExpr(block) if block.async_token().is_some() => true,
        ast::Expr::BlockExpr(block) => {
            let Some(list) = block.stmt_list() else { return false };
            let plain = list.statements().all(|it| is_trivial(sema, it.syntax(), DEPTH));
            plain && list.tail_expr().is_some_and(|it| builds_future(sema, &it))
        }
        ast::Expr::ParenExpr(it) => it.expr().is_some_and(|it| builds_future(sema, &it)),
        _ => {
            let Some((call, _)) = call_and_name(body.syntax()) else { return false };
            sema.function(&call).is_some_and(|it| sema.gives_future(it))
        }
    }
}

/// The futures that a closure drives, where it does nothing else of note and nothing in them blocks.
fn drives(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    handover: &Handover,
    body: &ast::Expr,
) -> Option<Vec<Driven>> {
    let mut driven = Vec::new();
    only_drives(sema, body.syntax(), &mut driven).then_some(())?;
    let blocks = analysis
        .entered()
        .iter()
        .any(|it| it.site.file == handover.site.file && handover.range.contains(it.site.offset.into()));
    let may_move =
        |it: &Driven| is_movable(sema, it) && !leads_to_blocking(sema, analysis, it.future.syntax(), DEPTH);
    let is_plain = !driven.is_empty() && !blocks && driven.iter().all(may_move);
    is_plain.then_some(driven)
}

/// Whether all that blocks in a closure are queries of an async connection in its sync wrapper.
fn asks_wrapper(sema: &Sema<'_>, analysis: &Analysis<'_>, handover: &Handover, body: &ast::Expr) -> bool {
    let is_wrapper = |it: ast::IdentPat| {
        let ty = sema.type_of_binding(&it);
        ty.is_some_and(|it| sema.mentions_named(&it, "diesel_async", "AsyncConnectionWrapper"))
    };
    let mut locals = body.syntax().descendants().filter_map(ast::IdentPat::cast);
    let inside = |site: &Site| site.file == handover.site.file && handover.range.contains(site.offset.into());
    let blocking = || analysis.pooled().iter().filter(|(site, _)| inside(site));
    locals.any(is_wrapper) && blocking().all(|(_, it)| it.family() == Some(Family::Db))
}

/// Gathers the calls that drive futures; gives whether all else is of no weight.
fn only_drives(sema: &Sema<'_>, node: &SyntaxNode, driven: &mut Vec<Driven>) -> bool {
    if is_loop(node) || matches!(node.kind(), SyntaxKind::AWAIT_EXPR | SyntaxKind::CLOSURE_EXPR) {
        return false;
    }
    if let Some(macro_call) = ast::MacroCall::cast(node.clone()) {
        return logs_or_formats(&macro_call);
    }
    if let Some((call, _)) = call_and_name(node) {
        let entry = sema.function(&call).and_then(|it| sema.world.entry(sema.db, it));
        match entry.map(|it| it.effect) {
            Some(Effect::Drives) => {
                let future = future_of(sema, &call);
                let is_plain = entry.is_some_and(|it| !it.path.contains("Local"));
                let on_own_runtime = is_own_runtime(sema, &call);
                let found = future.zip(call.expr()).filter(|_| is_plain);
                driven.extend(found.map(|(future, call)| Driven { call, future, on_own_runtime }));
                return is_plain;
            }
            _ if is_of_runtime(sema, &call) || is_of_async_crate(sema, &call) => {}
            _ if !is_short_call(sema, &call, DEPTH) => return false,
            _ => {}
        }
    }
    node.children().all(|it| only_drives(sema, &it, driven))
}

/// `Handle::current()`, and the making of a runtime.
fn is_of_runtime(sema: &Sema<'_>, call: &CallNode) -> bool {
    let Some(function) = sema.function(call) else { return false };
    let path = sema.path_of(function);
    path.starts_with("tokio::runtime::")
}

/// What async crates and tracing offer beside blocking: adaptors of futures, spans.
fn is_of_async_crate(sema: &Sema<'_>, call: &CallNode) -> bool {
    const CRATES: &[&str] =
        &["tracing", "tracing_core", "futures", "futures_util", "futures_core", "tokio_util"];
    let Some(function) = sema.function(call) else { return false };
    let path = sema.path_of(function);
    CRATES.contains(&path.split("::").next().unwrap_or_default())
}

fn future_of(sema: &Sema<'_>, call: &CallNode) -> Option<ast::Expr> {
    let (receiver, args) = sema.operands(call);
    // `pollster::FutureExt::block_on` is given nothing.
    args.into_iter().last().or(receiver)
}

/// Whether the runtime that drives is made for it.
fn is_own_runtime(sema: &Sema<'_>, call: &CallNode) -> bool {
    let (Some(receiver), _) = sema.operands(call) else { return false };
    sema.ty(&receiver).is_some_and(|it| sema.mentions_named(&it, "tokio", "Runtime"))
        && !matches!(receiver, ast::Expr::FieldExpr(_))
}

/// Whether a future can run as a task: nothing in it stays on its thread.
fn is_movable(sema: &Sema<'_>, driven: &Driven) -> bool {
    let nodes = || driven.future.syntax().descendants();
    let text = driven.future.syntax().text().to_string();
    let stays = ["spawn_local", "LocalSet", "LocalPool"].iter().any(|it| text.contains(it));
    let locals = nodes().filter_map(ast::IdentPat::cast).filter_map(|it| sema.type_of_binding(&it));
    !stays && locals.into_iter().all(|it| it.contains_unknown() || sema.is_send(&it))
}

/// Whether the async functions that a future calls enter blocking work.
fn leads_to_blocking(sema: &Sema<'_>, analysis: &Analysis<'_>, future: &SyntaxNode, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let calls =
        future.descendants().filter_map(|it| call_and_name(&it)).filter_map(|it| sema.function(&it.0));
    let declared = calls.filter(|it| it.is_async(sema.db)).filter_map(|it| sema.declaration(it));
    declared.into_iter().any(|(file, it)| {
        let range = it.syntax().text_range();
        let blocks = |entered: &crate::analysis::Entered| {
            entered.site.file == file && range.contains(entered.site.offset.into())
        };
        analysis.entered().iter().any(blocks) || leads_to_blocking(sema, analysis, it.syntax(), depth)
    })
}

/// Whether code is over at once: no loop, no await, and only calls that are known to be short.
fn is_trivial(sema: &Sema<'_>, node: &SyntaxNode, depth: usize) -> bool {
    if is_loop(node) || matches!(node.kind(), SyntaxKind::AWAIT_EXPR | SyntaxKind::CLOSURE_EXPR) {
        return false;
    }
    if let Some(it) = ast::MacroCall::cast(node.clone()) {
        return formats(&it);
    }
    let short = call_and_name(node).is_none_or(|(call, _)| is_short_call(sema, &call, depth));
    short && node.children().all(|it| is_trivial(sema, &it, depth))
}

/// Functions of std that are over at once whatever they are given, but for its size where that is small.
const SHORT: &[&str] = &[
    "abs",
    "and",
    "and_then",
    "as_bytes",
    "as_deref",
    "as_mut",
    "as_ref",
    "as_slice",
    "as_str",
    "checked_add",
    "checked_div",
    "checked_mul",
    "checked_sub",
    "clamp",
    "cmp",
    "contains_key",
    "copied",
    "default",
    "elapsed",
    "ends_with",
    "eq",
    "err",
    "expect",
    "fetch_add",
    "fetch_sub",
    "first",
    "from",
    "get",
    "get_or_insert",
    "into",
    "is_empty",
    "is_err",
    "is_none",
    "is_ok",
    "is_some",
    "last",
    "len",
    "load",
    "max",
    "min",
    "now",
    "ok",
    "ok_or",
    "or",
    "parse",
    "pow",
    "push",
    "replace",
    "saturating_add",
    "saturating_mul",
    "saturating_sub",
    "starts_with",
    "store",
    "swap",
    "take",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "to_lowercase",
    "to_owned",
    "to_string",
    "to_uppercase",
    "trim",
    "trim_end",
    "trim_start",
    "try_from",
    "try_into",
    "unwrap",
    "unwrap_or",
    "unwrap_or_default",
    "wrapping_add",
    "wrapping_mul",
    "wrapping_sub",
];

fn is_short_call(sema: &Sema<'_>, call: &CallNode, depth: usize) -> bool {
    if call.is_constructor() {
        return true;
    }
    let Some(function) = sema.function(call) else { return false };
    if sema.world.entry(sema.db, function).is_some() {
        return false;
    }
    if sema.is_of_std(function) {
        let name = function.name(sema.db);
        let counts_owners = name.as_str() == "clone" && clones_little(sema, call);
        return SHORT.contains(&name.as_str()) || counts_owners;
    }
    is_short_function(sema, function, depth)
}

/// A clone of an owner or of a plain value.
fn clones_little(sema: &Sema<'_>, call: &CallNode) -> bool {
    let (receiver, _) = sema.operands(call);
    let ty = receiver.and_then(|it| sema.ty(&it)).map(|it| it.strip_references());
    ty.is_some_and(|it| it.is_copy(sema.db) || it.as_adt().is_some_and(|it| sema.is_shared(it)))
}

fn is_short_function(sema: &Sema<'_>, function: Function, depth: usize) -> bool {
    let declared = sema.declaration(function).filter(|_| depth > 0 && !function.is_async(sema.db));
    let Some((_, declared)) = declared.filter(|(_, it)| !is_stand_in(it)) else { return false };
    declared.body().is_some_and(|it| is_trivial(sema, it.syntax(), depth - 1))
}

/// Whether a function may do more in another build, or only stands for one that does: one behind a `cfg`, or one that leaves its
/// parameters unused.
fn is_stand_in(function: &ast::Fn) -> bool {
    let mut attributes =
        function.syntax().ancestors().filter_map(ast::AnyHasAttrs::cast).flat_map(|it| it.attrs());
    let behind_cfg = attributes.any(|it| it.syntax().text().to_string().contains("cfg"));
    let params = function.param_list().into_iter().flat_map(|it| it.params());
    let mut names = params.filter_map(|it| it.pat()).map(|it| it.syntax().text().to_string());
    behind_cfg || names.any(|it| it.starts_with('_'))
}

/// Macros that only put a value together.
fn formats(call: &ast::MacroCall) -> bool {
    const FORMATS: &[&str] = &[
        "format",
        "vec",
        "matches",
        "assert",
        "assert_eq",
        "debug_assert",
        "debug_assert_eq",
        "concat",
        "stringify",
    ];
    name_of(call).is_some_and(|it| FORMATS.contains(&it.as_str()))
}

fn logs_or_formats(call: &ast::MacroCall) -> bool {
    const LOGS: &[&str] =
        &["trace", "debug", "info", "warn", "error", "log", "event", "println", "eprintln", "emit"];
    formats(call) || name_of(call).is_some_and(|it| LOGS.contains(&it.as_str()))
}

fn name_of(call: &ast::MacroCall) -> Option<String> {
    Some(call.path()?.segment()?.name_ref()?.text().to_string())
}

/// Whether a closure does something, and takes nothing along that acts when it is dropped: that may be the point of it.
fn keeps_no_value(sema: &Sema<'_>, work: &ast::Expr) -> bool {
    let ast::Expr::ClosureExpr(closure) = work else { return false };
    let Some(body) = closure.body() else { return false };
    let calls = body.syntax().descendants().any(|it| call_and_name(&it).is_some());
    let is_empty = !calls && sema.ty(&body).is_none_or(|it| it.is_unit());
    let inside = work.syntax().text_range();
    let mut paths = body.syntax().descendants().filter_map(ast::PathExpr::cast);
    let is_light = |path: ast::PathExpr| {
        let outer =
            sema.local_declaration(&path).filter(|it| !inside.contains_range(it.syntax().text_range()));
        outer.is_none_or(|it| {
            let ty = sema.type_of_binding(&it);
            it.name().is_some()
                && ty.is_some_and(|it| !it.contains_unknown() && sema.acts_on_drop(&it).is_none())
        })
    };
    !is_empty && paths.all(is_light)
}
