//! The blocking calls in the functions of a chain, each in its async form.

use ra_ap_syntax::{AstNode, SyntaxKind, ast};
use retask_engine::analysis::{Entered, Reached};
use retask_engine::catalogue::{Entry, Family};
use retask_engine::finding::Confidence;
use retask_engine::mentions;
use retask_engine::resolve::{CallNode, Callee, Function};
use retask_engine::site::Resolved;

use super::{MANY_FILE_CALLS, Walk, call, called, carried};
use crate::case::Case;
use crate::rewrite::twin;

/// Calls that change nothing which outlives the program's view of it.
const READS: &[&str] = &[
    "read",
    "read_to_string",
    "metadata",
    "symlink_metadata",
    "canonicalize",
    "read_link",
    "exists",
    "try_exists",
    "is_file",
    "is_dir",
    "is_symlink",
    "sleep",
    "open",
    "read_exact",
    "read_to_end",
    "read_line",
    "read_until",
    "lines",
    "text",
    "text_with_charset",
    "json",
    "bytes",
    "new",
    "build",
    "get",
    "recv",
    "lookup_host",
    "to_socket_addrs",
];

/// Takes a call that blocks into the chain.
pub(super) fn of(walk: &mut Walk<'_, '_>, holder: Function, resolved: &Resolved) -> Result<(), String> {
    if let Some(function) = called(resolved) {
        let Some(twin) = walk.sema.async_twin(function) else { return walk.reach(function) };
        let body = walk.body_of(holder)?;
        call::twin(walk, (resolved.site, resolved.name), function, twin, body)?;
        walk.waits(holder);
        return Ok(());
    }
    let Callee::Entry(entry) = resolved.callee else { return Ok(()) };
    let Some(family) = entry.family() else { return Ok(()) };
    let place = walk.place(resolved.site.file, resolved.name);
    if family == Family::Cpu {
        let holder = walk.sema.label(holder);
        return Err(format!(
            "`{holder}` computes for long in `{}` ({place}), which no await makes shorter",
            entry.path
        ));
    }
    cost(walk, holder, resolved, entry);
    let refused = |reason: String| if reason.ends_with(')') { reason } else { format!("{reason} ({place})") };
    rewrite(walk, holder, resolved, entry, family).map_err(refused)
}

fn rewrite(
    walk: &mut Walk<'_, '_>,
    holder: Function,
    resolved: &Resolved,
    entry: &'static Entry,
    family: Family,
) -> Result<(), String> {
    let node = walk.sema.call_at(resolved.site).ok_or("the call is not found")?;
    let body = walk.body_of(holder)?;
    call::can_await(walk, node.syntax(), &body)?;
    let entered = Entered {
        site: resolved.site,
        name: resolved.name,
        label: resolved.label.clone(),
        through: None,
        body,
        reached: Reached { family, entry, chain: Vec::new(), cost: entry.cost, confidence: Confidence::High },
        at_startup: false,
        alone_on: None,
        in_loop: resolved.in_loop,
        endless: None,
    };
    let case = Case { analysis: walk.analysis, sema: walk.sema, entered: &entered, call: node };
    match carried::from_call(walk, &case.call) {
        Some(done) => done?,
        None => {
            twin::edit(&case, &mut walk.draft)?;
            walk.waits(holder);
            if entry.twin == Some("{0}.await") {
                unused(walk, holder, &case.call)?;
            }
        }
    }
    if entry.twin.is_some() && !entry.note.is_empty() {
        walk.draft.caveat(entry.note);
    }
    walk.step(&entered.body, resolved.in_loop);
    walk.changes |= !READS.contains(&entry.name());
    Ok(())
}

/// Each call of the file system by itself is a trip to the blocking pool: where there are many, one trip for all costs less.
fn cost(walk: &mut Walk<'_, '_>, holder: Function, resolved: &Resolved, entry: &Entry) {
    let is_file = |it: &Entry| {
        it.path.starts_with("std::fs::")
            || it.path.starts_with("std::path::")
            || it.path.starts_with("fs_err::")
    };
    if !is_file(entry) {
        return;
    }
    walk.files = true;
    let label = walk.sema.label(holder);
    if resolved.in_loop {
        walk.costs_more = Some(format!(
            "`{label}` uses files in a loop, and one trip to the blocking pool costs less than one for each"
        ));
        return;
    }
    let calls = walk.analysis.blocking_in(holder);
    let count = calls.filter(|it| matches!(it.callee, Callee::Entry(entry) if is_file(entry))).count();
    if count >= MANY_FILE_CALLS {
        walk.costs_more = Some(format!(
            "`{label}` uses files {count} times, and one trip to the blocking pool costs less than one for each"
        ));
    }
}

/// A parameter that nothing but the driver of a future used keeps its place, under a name that says so.
fn unused(walk: &mut Walk<'_, '_>, holder: Function, call: &CallNode) -> Result<(), String> {
    let (receiver, _) = walk.sema.operands(call);
    let Some(ast::Expr::PathExpr(path)) = receiver else { return Ok(()) };
    let Some(pat) = walk.sema.local_declaration(&path) else { return Ok(()) };
    let (_, declared) = walk.sema.declaration(holder).ok_or("a function has no source")?;
    let is_parameter = pat.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::PARAM);
    if is_parameter && mentions::uses(walk.sema, declared.syntax(), &pat)?.len() == 1 {
        let (file, range) = walk.sema.source_range(pat.syntax()).ok_or("a macro writes a parameter")?;
        walk.draft.insert(walk.analysis, file, range.start(), "_");
    }
    Ok(())
}
