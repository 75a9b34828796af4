//! Work that meets other work: pieces of it that wait for one another must run at the same time.

use ra_ap_syntax::{AstNode, SyntaxNode, ast};
use retask_engine::resolve::Sema;

/// Types at which tasks meet.
const MEETS: &[&str] = &["Barrier", "Receiver", "Sender", "Notify", "WaitGroup", "Condvar"];

const CRATES: &[&str] = &[
    "tokio",
    "std",
    "core",
    "futures_channel",
    "async_channel",
    "flume",
    "crossbeam_channel",
    "async_barrier",
];

/// What work meets other work at: the name of the value, and that of its type.
pub(crate) fn meets(sema: &Sema<'_>, work: &SyntaxNode) -> Option<(String, &'static str)> {
    work.descendants().filter_map(ast::PathExpr::cast).find_map(|path| {
        let ty = sema.ty(&ast::Expr::PathExpr(path.clone()))?;
        let is_it = |name: &str| CRATES.iter().any(|krate| sema.mentions_named(&ty, krate, name));
        let found = MEETS.iter().copied().find(|it| is_it(it))?;
        Some((path.syntax().text().to_string(), found))
    })
}
