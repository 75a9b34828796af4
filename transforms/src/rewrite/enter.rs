//! The runtime on a thread: work that spawns, sleeps or asks for the handle finds it only where the thread entered it.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, T, WalkEvent, ast};
use retask_engine::Analysis;
use retask_engine::loops::call_and_name;
use retask_engine::resolve::{CallNode, Callee, Sema};

use super::closure::deeper;

/// A runtime that a thread enters.
pub(crate) struct Entered {
    /// The variable that holds the handle.
    name: String,
    /// The expression that gives the handle where the thread is made.
    handle: String,
}

/// How deep calls are followed.
const DEPTH: usize = 4;

/// Whether work uses the runtime that it was handed over from: it spawns, sleeps or asks for the handle.
pub(crate) fn needs_runtime(sema: &Sema<'_>, work: &SyntaxNode) -> bool {
    match ast::PathExpr::cast(work.clone()) {
        Some(path) if sema.local_declaration(&path).is_some() => {
            let pat = sema.local_declaration(&path);
            let statement = pat.and_then(|it| it.syntax().parent()).and_then(ast::LetStmt::cast);
            let value = statement.and_then(|it| it.initializer());
            value.is_some_and(|it| needs(sema, it.syntax(), DEPTH))
        }
        Some(path) => called(sema, &CallNode::Value(path)).is_some_and(|it| needs(sema, &it, DEPTH)),
        None => needs(sema, work, DEPTH),
    }
}

/// The body of the function of the workspace that is called.
fn called(sema: &Sema<'_>, call: &CallNode) -> Option<SyntaxNode> {
    let function = sema.function(call)?;
    Some(sema.declaration(function)?.1.body()?.syntax().clone())
}

fn needs(sema: &Sema<'_>, node: &SyntaxNode, depth: usize) -> bool {
    let mut walk = node.preorder();
    while let Some(event) = walk.next() {
        let WalkEvent::Enter(node) = event else { continue };
        let Some((call, _)) = call_and_name(&node) else { continue };
        let needs = match sema.callee(&call) {
            Some(Callee::Entry(entry)) if brings_its_own(entry.path) => {
                walk.skip_subtree();
                false
            }
            Some(Callee::Entry(entry)) => uses_context(entry.path),
            Some(Callee::Library(function)) => uses_context(&sema.path_of(function)),
            Some(Callee::Workspace(_)) if depth > 0 => {
                called(sema, &call).is_some_and(|it| needs(sema, &it, depth - 1))
            }
            Some(Callee::Workspace(_)) => false,
            // Not known: asking for the handle does no harm.
            None => !is_std_looking(&call),
        };
        if needs {
            return true;
        }
    }
    false
}

/// Methods of a handle or a runtime that the work holds already: what they drive runs there.
fn brings_its_own(path: &str) -> bool {
    let method =
        path.strip_prefix("tokio::runtime::Handle::").or(path.strip_prefix("tokio::runtime::Runtime::"));
    method.is_some_and(|it| matches!(it, "block_on" | "spawn" | "spawn_blocking"))
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

/// A name for the variable that holds the handle, which the function around does not use.
fn name(call: &CallNode) -> String {
    let around = call.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN);
    let around = around.unwrap_or_else(|| call.syntax().clone());
    let mut tokens = around.descendants_with_tokens().filter_map(|it| it.into_token());
    let is_field = |it: &ra_ap_syntax::SyntaxToken| it.prev_token().is_some_and(|it| it.kind() == T![.]);
    let taken = tokens.any(|it| it.text() == "runtime" && !is_field(&it));
    if taken { "runtime_handle" } else { "runtime" }.to_owned()
}

/// The expression that gives the handle of the runtime that the work was handed to.
fn handle(sema: &Sema<'_>, analysis: &Analysis<'_>, file: u32, call: &CallNode) -> Result<String, String> {
    if let Some(receiver) = call.receiver() {
        let is_runtime = sema.type_name(&receiver).as_deref() == Some("Runtime");
        let to_handle = if is_runtime { ".handle()" } else { "" };
        let is_call = matches!(receiver, ast::Expr::CallExpr(_) | ast::Expr::MethodCallExpr(_));
        let is_made_here = is_call && sema.ty(&receiver).is_some_and(|it| !it.is_reference());
        let to_owned = if is_made_here && !is_runtime { "" } else { ".clone()" };
        return Ok(format!("{}{to_handle}{to_owned}", receiver.syntax().text()));
    }
    let package = &analysis.workspace.packages[analysis.workspace.files[file as usize].package];
    let tokio = package.dependencies.iter().find(|(_, it)| it.package == "tokio");
    let (name, _) = tokio.ok_or("the package does not depend on tokio, and the loop uses a runtime")?;
    Ok(format!("{name}::runtime::Handle::current()"))
}

impl Entered {
    /// The runtime that a call hands work to.
    pub fn new(
        sema: &Sema<'_>,
        analysis: &Analysis<'_>,
        file: u32,
        call: &CallNode,
    ) -> Result<Entered, String> {
        Ok(Entered { name: name(call), handle: handle(sema, analysis, file, call)? })
    }

    /// The statement that takes the handle.
    pub fn binding(&self) -> String {
        format!("let {} = {};", self.name, self.handle)
    }

    /// The closure with the runtime entered first.
    pub fn closure(&self, closure: &str, indent: &str) -> Result<String, String> {
        let runtime = &self.name;
        let Some((head, body)) = closure.split_once("||").map(|(head, body)| (head.trim(), body.trim()))
        else {
            return Ok(format!(
                "move || {{\n{indent}    let _entered = {runtime}.enter();\n{indent}    {closure}()\n{indent}}}"
            ));
        };
        if !matches!(head, "" | "move") {
            return Err("the closure's head is not known".to_owned());
        }
        let body = deeper(body);
        match body.strip_prefix('{') {
            Some(rest) => Ok(format!("move || {{\n{indent}    let _entered = {runtime}.enter();{rest}")),
            None => Ok(format!(
                "move || {{\n{indent}    let _entered = {runtime}.enter();\n{indent}    {}\n{indent}}}",
                deeper(&body)
            )),
        }
    }
}
