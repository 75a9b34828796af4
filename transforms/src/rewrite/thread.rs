//! A thread of its own: an endless loop moves from a pool to a named `std::thread`.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use retask_engine::Analysis;
use retask_engine::analysis::{HandedTo, Handover};
use retask_engine::catalogue::Pool;
use retask_engine::lasting::LongWork;
use retask_engine::loops::{call_and_name, has_await};
use retask_engine::place::indent_at;
use retask_engine::resolve::{CallNode, Callee, Sema};

use super::closure::deeper;
use super::draft::Draft;

/// Replaces the hand-over by a thread of its own.
pub(crate) fn rewrite(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    work: &LongWork,
    handover: &Handover,
) -> Result<Draft, String> {
    let call = sema.call_at(handover.site).ok_or("the call is not known")?;
    let (file, range) = sema.source_range(call.syntax()).ok_or("a macro writes the call")?;
    has_plain_start(sema, handover, &call)?;
    check_handle(sema, &call)?;
    let work_expr = call.args().into_iter().nth(handover.argument).ok_or("the call is given nothing")?;
    let closure = closure(analysis, sema, &work_expr)?;
    let runtime = match needs_runtime(sema, work_expr.syntax(), 4) {
        true if handover.entry.is_none() => {
            return Err(format!("the loop uses the runtime that `{}` chooses for it", handover.label));
        }
        true => Some((runtime_name(work_expr.syntax()), handle(sema, analysis, file, &call)?)),
        false => None,
    };
    let source = &analysis.workspace.files[file as usize].text;
    let indent = indent_at(source, range.start().into()).to_owned();
    let name = thread_name(sema, &work_expr, &call);
    let text = write(&closure, &name, runtime, &indent)?;
    let mut draft = Draft::new(format!("run the loop on a thread of its own, named `{name}`"));
    draft.replace(analysis, file, range, text);
    if work.lasts.chain.is_empty() {
        draft.caveat("where the loop stands is not known");
    }
    Ok(draft)
}

/// Only hand-overs whose other arguments and receiver mean nothing to a thread.
fn has_plain_start(sema: &Sema<'_>, handover: &Handover, call: &CallNode) -> Result<(), String> {
    let Some(entry) = handover.entry else {
        return has_plain_wrapper(sema, handover, call);
    };
    match handover.to {
        HandedTo::Pool(Pool::InPlace) => {
            Err("`block_in_place` gives the loop's value to the code around it".to_owned())
        }
        _ if call.args().len() != 1 => {
            Err(format!("`{}` takes more than the work, which a thread cannot", entry.path))
        }
        _ if !entry.path.starts_with("tokio::")
            || entry.path.contains("JoinSet")
            || entry.path.contains("Builder") =>
        {
            Err(format!("`{}` keeps the work in a set of its own, or is not Tokio's", entry.path))
        }
        _ => Ok(()),
    }
}

/// A wrapper that does nothing but hand its closure on can be left out.
fn has_plain_wrapper(sema: &Sema<'_>, handover: &Handover, call: &CallNode) -> Result<(), String> {
    let refused = || {
        format!("`{}` is a wrapper of this workspace that does more than hand the work over", handover.label)
    };
    let function = sema.function(call).and_then(|it| sema.declaration(it)).ok_or_else(refused)?.1;
    let params = function.param_list().map_or(0, |it| it.params().count());
    let body = function.body().and_then(|it| it.stmt_list()).ok_or_else(refused)?;
    let only = body.syntax().children().count() == 1 && body.tail_expr().is_some();
    if params == 1 && only && call.args().len() == 1 { Ok(()) } else { Err(refused()) }
}

/// The old join handle must go unused, or be used only in ways that a thread's handle offers as well.
fn check_handle(sema: &Sema<'_>, call: &CallNode) -> Result<(), String> {
    let parent = call.syntax().parent().ok_or("the call stands nowhere")?;
    match parent.kind() {
        SyntaxKind::EXPR_STMT => Ok(()),
        SyntaxKind::LET_STMT => {
            match ast::LetStmt::cast(parent).filter(|it| it.ty().is_none()).and_then(|it| it.pat()) {
                Some(ast::Pat::WildcardPat(_)) => Ok(()),
                Some(ast::Pat::IdentPat(pat)) => check_uses(sema, &pat),
                _ => Err("the join handle's type is written out".to_owned()),
            }
        }
        SyntaxKind::ARG_LIST => {
            let outer = parent.parent().and_then(ast::CallExpr::cast).and_then(|it| it.expr());
            let is_drop = outer.is_some_and(|it| it.syntax().text().to_string().ends_with("drop"));
            if is_drop { Ok(()) } else { Err("the join handle is passed on".to_owned()) }
        }
        SyntaxKind::AWAIT_EXPR => Err("the loop is awaited where it is started".to_owned()),
        SyntaxKind::STMT_LIST | SyntaxKind::CLOSURE_EXPR => {
            Err("the join handle is given back to the caller".to_owned())
        }
        _ => Err("the join handle is kept".to_owned()),
    }
}

fn check_uses(sema: &Sema<'_>, pat: &ast::IdentPat) -> Result<(), String> {
    let name = pat.name().map(|it| it.text().to_string()).unwrap_or_default();
    let Some(scope) = pat.syntax().ancestors().find(|it| it.kind() == SyntaxKind::STMT_LIST) else {
        return Ok(());
    };
    let in_macro = scope
        .descendants_with_tokens()
        .filter_map(|it| it.into_token())
        .any(|it| it.text() == name && it.parent().is_some_and(|it| it.kind() == SyntaxKind::TOKEN_TREE));
    if in_macro {
        return Err(format!("the join handle `{name}` is used in a macro"));
    }
    let uses =
        scope.descendants().filter_map(ast::PathExpr::cast).filter(|it| it.syntax().text() == name.as_str());
    for path in uses.filter(|it| {
        sema.local_declaration(it).is_some_and(|it| it.syntax().text_range() == pat.syntax().text_range())
    }) {
        let parent = path.syntax().parent();
        let allowed = match parent.clone().and_then(ast::MethodCallExpr::cast) {
            Some(method) => method.name_ref().is_some_and(|it| it.text() == "is_finished"),
            None => parent
                .and_then(|it| it.parent())
                .and_then(ast::CallExpr::cast)
                .and_then(|it| it.expr())
                .is_some_and(|it| it.syntax().text().to_string().ends_with("drop")),
        };
        if !allowed {
            return Err(format!(
                "the join handle `{name}` is used: a thread's handle is neither awaited nor aborted"
            ));
        }
    }
    Ok(())
}

/// The work as the closure that a thread takes.
fn closure(analysis: &Analysis<'_>, sema: &Sema<'_>, work: &ast::Expr) -> Result<String, String> {
    let (file, range) = sema.source_range(work.syntax()).ok_or("a macro writes the work")?;
    let text = analysis.workspace.text(file, range);
    match work {
        ast::Expr::BlockExpr(block) if block.async_token().is_some() => {
            if has_await(work.syntax()) {
                return Err("the task awaits before its loop, and a thread cannot".to_owned());
            }
            let list = block.stmt_list().ok_or("the block is empty")?;
            let (_, list) = sema.source_range(list.syntax()).ok_or("a macro writes the work")?;
            Ok(format!("move || {}", analysis.workspace.text(file, list)))
        }
        ast::Expr::ClosureExpr(_) | ast::Expr::PathExpr(_) => Ok(text.to_owned()),
        _ => Err("the task's future is made elsewhere: the loop stands in an `async fn`, which has to become sync first".to_owned()),
    }
}

/// Whether the work uses the runtime that it was handed over from: it spawns, sleeps or asks for the handle.
fn needs_runtime(sema: &Sema<'_>, node: &SyntaxNode, depth: usize) -> bool {
    node.descendants().any(|node| {
        let Some((call, _)) = call_and_name(&node) else { return false };
        match sema.callee(&call) {
            Some(Callee::Entry(entry)) => uses_context(entry.path),
            Some(Callee::Library(function)) => uses_context(&sema.path_of(function)),
            Some(Callee::Workspace(function)) if depth > 0 => sema
                .declaration(function)
                .and_then(|(_, it)| it.body())
                .is_some_and(|it| needs_runtime(sema, it.syntax(), depth - 1)),
            Some(Callee::Workspace(_)) => false,
            // Not known: asking for the handle does no harm.
            None => !is_std_looking(&call),
        }
    })
}

/// Functions of Tokio, and of libraries on it, that look for the current runtime.
fn uses_context(path: &str) -> bool {
    let krate = path.split("::").next().unwrap_or_default();
    match krate {
        "tokio" => !path.starts_with("tokio::sync") && !path.contains("::sync::"),
        "std" | "core" | "alloc" | "log" | "tracing" | "serde_json" | "crossbeam_channel" | "flume"
        | "parking_lot" => false,
        _ => path.contains("spawn") || ["hyper", "reqwest", "tonic", "sqlx", "tokio_util"].contains(&krate),
    }
}

/// Constructors such as `Ok(..)` are calls that resolve to no function.
fn is_std_looking(call: &CallNode) -> bool {
    match call {
        CallNode::Path(it) => it.expr().is_some_and(|it| {
            let text = it.syntax().text().to_string();
            text.rsplit("::").next().is_some_and(|it| it.starts_with(|c: char| c.is_ascii_uppercase()))
        }),
        _ => false,
    }
}

fn runtime_name(work: &SyntaxNode) -> String {
    let taken =
        work.descendants_with_tokens().filter_map(|it| it.into_token()).any(|it| it.text() == "runtime");
    if taken { "runtime_handle" } else { "runtime" }.to_owned()
}

/// The name of the thread: that of the function that is the work, else that of the function around it.
fn thread_name(sema: &Sema<'_>, work: &ast::Expr, call: &CallNode) -> String {
    let own = match work {
        ast::Expr::ClosureExpr(it) => it.body().and_then(|it| only_call(it.syntax())),
        ast::Expr::PathExpr(it) => {
            it.path().and_then(|it| it.segment()).and_then(|it| it.name_ref()).map(|it| it.text().to_string())
        }
        _ => None,
    };
    let around = || {
        let function = sema.ancestors(call.syntax()).find_map(ast::Fn::cast)?;
        Some(function.name()?.text().to_string())
    };
    let vague =
        |it: &String| ["run", "start", "new", "call", "main", "spawn", "run_loop"].contains(&it.as_str());
    let name =
        own.clone().filter(|it| !vague(it)).or_else(around).or(own).unwrap_or_else(|| "worker".to_owned());
    name.trim_matches('_').replace('_', "-")
}

fn only_call(body: &SyntaxNode) -> Option<String> {
    let expr = match ast::BlockExpr::cast(body.clone()) {
        Some(block) => {
            let list = block.stmt_list()?;
            let mut children = list.syntax().children();
            let only = children.next()?;
            if children.next().is_some() {
                return None;
            }
            only.children()
                .find(|it| ast::Expr::can_cast(it.kind()))
                .filter(|_| only.kind() == SyntaxKind::EXPR_STMT)
                .unwrap_or(only)
        }
        None => body.clone(),
    };
    let (_, name) = call_and_name(&expr)?;
    Some(name.text().to_string())
}

/// The expression that gives the handle of the runtime that the work was handed to.
fn handle(sema: &Sema<'_>, analysis: &Analysis<'_>, file: u32, call: &CallNode) -> Result<String, String> {
    if let Some(receiver) = call.receiver() {
        let is_runtime = sema.type_name(&receiver).as_deref() == Some("Runtime");
        let to_handle = if is_runtime { ".handle()" } else { "" };
        return Ok(format!("{}{to_handle}.clone()", receiver.syntax().text()));
    }
    let package = &analysis.workspace.packages[analysis.workspace.files[file as usize].package];
    let tokio = package.dependencies.iter().find(|(_, it)| it.package == "tokio");
    let (name, _) = tokio.ok_or("the package does not depend on tokio, and the loop uses a runtime")?;
    Ok(format!("{name}::runtime::Handle::current()"))
}

/// The whole text: the thread, and the handle before it where the work needs one.
fn write(
    closure: &str,
    name: &str,
    runtime: Option<(String, String)>,
    indent: &str,
) -> Result<String, String> {
    let Some((runtime, handle)) = runtime else {
        return Ok(builder(name, &deeper(closure), indent));
    };
    let inner = format!("{indent}    ");
    let closure = entered(closure, &runtime, &format!("{inner}    "))?;
    let thread = builder(name, &closure, &inner);
    Ok(format!("{{\n{inner}let {runtime} = {handle};\n{inner}{thread}\n{indent}}}"))
}

fn builder(name: &str, closure: &str, indent: &str) -> String {
    format!(
        "std::thread::Builder::new()\n{indent}    .name(\"{name}\".to_owned())\n{indent}    .spawn({closure})\n{indent}    .expect(\"failed to spawn the thread `{name}`\")"
    )
}

/// The closure with the runtime entered first.
fn entered(closure: &str, runtime: &str, indent: &str) -> Result<String, String> {
    let Some((head, body)) = closure.split_once("||").map(|(head, body)| (head.trim(), body.trim())) else {
        return Ok(format!(
            "move || {{\n{indent}    let _entered = {runtime}.enter();\n{indent}    {closure}()\n{indent}}}"
        ));
    };
    if !matches!(head, "" | "move") {
        return Err("the closure's head is not known".to_owned());
    }
    let body = deeper(&deeper(body));
    match body.strip_prefix('{') {
        Some(rest) => Ok(format!("move || {{\n{indent}    let _entered = {runtime}.enter();{rest}")),
        None => Ok(format!(
            "move || {{\n{indent}    let _entered = {runtime}.enter();\n{indent}    {body}\n{indent}}}"
        )),
    }
}
