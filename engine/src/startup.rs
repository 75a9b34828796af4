//! Start-up: what `main` does itself before its first spawn, loop or server. Nothing else waits for the thread yet.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode};

use crate::catalogue::Effect;
use crate::context::Body;
use crate::index::Site;
use crate::loops::{call_and_name, is_awaiting_macro, is_loop};
use crate::resolve::{CallNode, Callee, Sema};

/// How deep the functions that `main` calls are looked into.
const DEPTH: usize = 2;

/// Whether a call stands in `main` before anything is served.
pub(crate) fn is_before_serving(sema: &Sema<'_>, site: Site, body: &Body) -> bool {
    if !body.is_main {
        return false;
    }
    let tree = sema.tree(body.file);
    let before = tree.syntax().descendants().filter(|it| {
        body.range.contains_range(it.text_range()) && u32::from(it.text_range().start()) < site.offset
    });
    // What holds the call itself, such as a method chain that begins before it, has not started anything yet.
    let mut before = before.filter(|it| !it.text_range().contains(site.offset.into()) || is_loop(it));
    !before.any(|it| starts_service(sema, &it, DEPTH))
}

fn starts_service(sema: &Sema<'_>, node: &SyntaxNode, depth: usize) -> bool {
    if is_loop(node) {
        return true;
    }
    if node.kind() == SyntaxKind::MACRO_CALL {
        return is_awaiting_macro(node);
    }
    let Some((call, name)) = call_and_name(node) else { return false };
    match sema.callee(&call) {
        Some(Callee::Entry(entry)) => {
            matches!(entry.effect, Effect::Spawns | Effect::Offloads(_) | Effect::Lasts(_))
        }
        // A sync function does a part of the start-up, whatever it starts beside that.
        Some(Callee::Workspace(function)) if depth > 0 && function.is_async(sema.db) => {
            let body = sema.declaration(function).and_then(|(_, it)| it.body());
            let nodes = body.into_iter().flat_map(|it| it.syntax().descendants().collect::<Vec<_>>());
            nodes
                .into_iter()
                .any(|it| it.kind() != SyntaxKind::FOR_EXPR && starts_service(sema, &it, depth - 1))
        }
        Some(Callee::Workspace(_)) => false,
        Some(Callee::Library(_)) | None => is_server(&call, &name.text().to_string()),
    }
}

/// The functions by which libraries start serving, none of which has to be loaded.
fn is_server(call: &CallNode, name: &str) -> bool {
    let is_awaited = call.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
    let verbs = ["spawn", "serve", "run", "listen", "launch", "accept"];
    verbs.iter().any(|it| name == *it || name.starts_with(&format!("{it}_")))
        && (is_awaited || name.starts_with("spawn") || name.starts_with("serve"))
}
