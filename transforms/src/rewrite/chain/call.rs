//! A call of a function of the chain, awaited.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasName};
use retask_engine::alive::{guard_in_arguments, obstacle_to_await};
use retask_engine::context::Body;
use retask_engine::index::Site;
use retask_engine::resolve::{CallNode, Function};

use super::carried::Wait;
use super::{Awaited, Walk, closure};
use crate::rewrite::layout;

/// Macros of other crates whose arguments can be awaited in place.
const TRANSPARENT: &[&str] = &[
    "select",
    "join",
    "try_join",
    "anyhow",
    "bail",
    "ensure",
    "eyre",
    "json",
    "format_err",
    "async_stream",
    "stream",
    "try_stream",
];

/// Awaits a call, in a box where its future would hold itself.
pub(super) fn edit(walk: &mut Walk<'_, '_>, awaited: &Awaited, is_recursive: bool) -> Result<(), String> {
    let site = awaited.call.site;
    let call = walk.sema.call_at(site).ok_or("a call of the chain is not found")?;
    let label = walk.sema.label(awaited.callee);
    let place = walk.place(site.file, awaited.call.name);
    let expr = match &call {
        CallNode::Path(_) | CallNode::Method(_) => call.syntax(),
        CallNode::Value(_) => {
            return Err(format!(
                "`{label}` is passed on as a value ({place}), where an async function cannot stand"
            ));
        }
        _ => return Err(format!("the call of `{label}` stands in a macro that is not expanded ({place})")),
    };
    can_await(walk, expr, &awaited.body).map_err(|reason| format!("{reason} ({place})"))?;
    if awaited.holder.is_none() {
        operands_are_send(walk, &call).map_err(|ty| {
            format!("`{label}` is given a `{ty}`, which is not known to be `Send`, and would live over the new await ({place})")
        })?;
    }
    let (file, whole) = whole_of(walk, expr, site, &label)?;
    if is_recursive {
        walk.draft.insert(walk.analysis, file, whole.start(), "Box::pin(");
        walk.draft.insert(walk.analysis, file, whole.end(), ").await");
    } else {
        write_await(walk, file, whole, awaited.call.name);
    }
    if awaited.holder.is_some() {
        walk.step(&awaited.body, awaited.call.in_loop);
    }
    Ok(())
}

/// What async code gives to the chain lives in its future, which may be spawned; gives the type that stands against it.
fn operands_are_send(walk: &Walk<'_, '_>, call: &CallNode) -> Result<(), String> {
    let (receiver, args) = walk.sema.operands(call);
    let mut given = receiver.into_iter().chain(args);
    given.find_map(|it| walk.sema.not_send(&it)).map_or(Ok(()), Err)
}

/// Calls the async function beside a sync one, and awaits it.
pub(super) fn twin(
    walk: &mut Walk<'_, '_>,
    (site, name): (Site, TextRange),
    sync: Function,
    twin: Function,
    body: Body,
) -> Result<(), String> {
    let label = walk.sema.label(sync);
    let place = walk.place(site.file, name);
    let call = walk.sema.call_at(site).filter(|it| it.expr().is_some());
    let call = call.ok_or_else(|| format!("`{label}` is passed on as a value ({place})"))?;
    let (file, whole) = whole_of(walk, call.syntax(), site, &label)?;
    let (_, declared) = walk.sema.declaration(twin).ok_or("the async function has no source")?;
    let twin = declared.name().ok_or("the async function has no name")?.text().to_string();
    if matches!(&call, CallNode::Path(it) if it.expr().is_some_and(|it| it.syntax().text() == label.as_str()))
    {
        let is_beside = walk.sema.function_in_scope(call.syntax(), &twin);
        is_beside
            .then_some(())
            .ok_or_else(|| format!("`{twin}` does the same, and is not in scope here ({place})"))?;
    }
    walk.draft.replace(walk.analysis, file, name, twin);
    walk.waits.push(Wait { file, whole, name, node: call.syntax().clone(), body });
    Ok(())
}

/// Awaits a call of a carried value.
pub(super) fn wait(walk: &mut Walk<'_, '_>, it: &Wait) -> Result<(), String> {
    walk.waits_anew = true;
    let place = walk.place(it.file, it.name);
    can_await(walk, &it.node, &it.body).map_err(|reason| format!("{reason} ({place})"))?;
    write_await(walk, it.file, it.whole, it.name);
    Ok(())
}

/// The place of a whole call in the file of its site.
fn whole_of(
    walk: &Walk<'_, '_>,
    call: &SyntaxNode,
    site: Site,
    label: &str,
) -> Result<(u32, TextRange), String> {
    let source = walk.sema.source_range(call).filter(|(file, _)| *file == site.file);
    source.ok_or_else(|| {
        let place = walk.place(site.file, TextRange::empty(site.offset.into()));
        format!("a macro puts the call of `{label}` together ({place})")
    })
}

/// Writes the await of a call, as a link of its chain.
fn write_await(walk: &mut Walk<'_, '_>, file: u32, whole: TextRange, name: TextRange) {
    let text = &walk.analysis.workspace.files[file as usize].text;
    let link = layout::links(".await", layout::before_link(text, name, whole));
    walk.draft.insert(walk.analysis, file, whole.end(), &link);
}

/// Whether a node of a body can be awaited.
pub(super) fn can_await(walk: &mut Walk<'_, '_>, node: &SyntaxNode, body: &Body) -> Result<(), String> {
    if body.in_closure || is_in_closure(walk, node, body) {
        closure::open(walk, node, body)?;
    }
    if let Some(name) = opaque_macro(walk, node, body) {
        return Err(format!(
            "a call stands in the arguments of `{name}!`, which may hold values over an await that are not `Send`"
        ));
    }
    let obstacle = obstacle_to_await(walk.sema, node, body);
    obstacle.or_else(|| guard_in_arguments(walk.sema, node)).map_or(Ok(()), Err)
}

/// Whether a sync closure stands between a node and its body.
fn is_in_closure(walk: &Walk<'_, '_>, node: &SyntaxNode, body: &Body) -> bool {
    let mut inside = walk.sema.ancestors(node).skip(1).take_while(|it| !walk.sema.is_body(it, body));
    inside.any(|it| it.kind() == SyntaxKind::CLOSURE_EXPR)
}

/// A macro of a library around a node whose expansion is not known to allow an await.
fn opaque_macro(walk: &Walk<'_, '_>, node: &SyntaxNode, body: &Body) -> Option<String> {
    let (file, range) = walk.sema.source_range(node)?;
    let tree = walk.sema.tree(file);
    let at = tree.syntax().covering_element(range);
    let around = at.ancestors().take_while(|it| !(file == body.file && it.text_range() == body.range));
    let calls = around.filter_map(ast::MacroCall::cast);
    calls.into_iter().find_map(|it| {
        let inside = it.token_tree().is_some_and(|it| it.syntax().text_range().contains_range(range));
        let name = it.path()?.segment()?.name_ref()?.text().to_string();
        (inside && !TRANSPARENT.contains(&name.as_str()) && !walk.sema.is_macro_of_std(&it)).then_some(name)
    })
}
