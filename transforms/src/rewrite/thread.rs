//! A thread of its own: an endless loop moves from a pool to a named `std::thread`.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasName};
use retask_engine::Analysis;
use retask_engine::analysis::{HandedTo, Handover};
use retask_engine::catalogue::Pool;
use retask_engine::lasting::LongWork;
use retask_engine::loops::has_await;
use retask_engine::place::indent_at;
use retask_engine::resolve::{CallNode, Sema};

use super::closure::deeper;
use super::draft::Draft;
use super::enter::{self, Entered};
use super::name;

/// Replaces the hand-over by a thread of its own.
pub(crate) fn rewrite(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    work: &LongWork,
    handover: &Handover,
) -> Result<Draft, String> {
    let call = sema.call_at(handover.site).ok_or("the call is not known")?;
    let whole = dropped(&call).unwrap_or_else(|| call.syntax().clone());
    let (file, range) = sema.source_range(&whole).ok_or("a macro writes the call")?;
    has_plain_start(sema, handover, &call)?;
    check_handle(sema, &call)?;
    let work_expr = call.args().into_iter().nth(handover.argument).ok_or("the call is given nothing")?;
    let closure = closure(analysis, sema, &work_expr)?;
    let runtime = match enter::needs_runtime(sema, work_expr.syntax()) {
        true if handover.entry.is_none() => {
            return Err(format!("the loop uses the runtime that `{}` chooses for it", handover.label));
        }
        true => Some(Entered::new(sema, analysis, file, &call)?),
        false => None,
    };
    let name = name::of_thread(sema, &work_expr, &call);
    let mut draft = Draft::new(format!("run the loop on a thread of its own, named `{name}`"));
    let indent = indent_at(&analysis.workspace.files[file as usize].text, range.start().into());
    let statement = statement_of(&call).and_then(|it| sema.source_range(&it)).filter(|it| it.0 == file);
    match (runtime, statement) {
        (None, _) => draft.replace(analysis, file, range, builder(&name, &deeper(&closure), indent)),
        (Some(runtime), Some((_, statement))) => {
            let before = format!("{}\n{indent}", runtime.binding());
            draft.insert(analysis, file, statement.start(), &before);
            let closure = runtime.closure(&closure, &format!("{indent}    "))?;
            draft.replace(analysis, file, range, builder(&name, &closure, indent));
        }
        (Some(runtime), None) => {
            draft.replace(analysis, file, range, block(&runtime, &name, &closure, indent)?);
        }
    }
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
            Err("`block_in_place` holds the code around it until the loop ends, and a thread would not"
                .to_owned())
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
        SyntaxKind::ARG_LIST => match dropped(call) {
            Some(_) => Ok(()),
            None => Err("the join handle is passed on".to_owned()),
        },
        SyntaxKind::AWAIT_EXPR => Err("the loop is awaited where it is started".to_owned()),
        SyntaxKind::STMT_LIST | SyntaxKind::CLOSURE_EXPR => {
            Err("the join handle is given back to the caller".to_owned())
        }
        _ => Err("the join handle is kept".to_owned()),
    }
}

/// The `drop(…)` around a call, as a statement: a thread's handle needs none.
fn dropped(call: &CallNode) -> Option<SyntaxNode> {
    let outer = call.syntax().parent()?.parent().and_then(ast::CallExpr::cast)?;
    let is_drop = outer.expr()?.syntax().text().to_string().ends_with("drop");
    let is_statement = outer.syntax().parent()?.kind() == SyntaxKind::EXPR_STMT;
    (is_drop && is_statement).then(|| outer.syntax().clone())
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
        // A block that prepares what its closure takes.
        ast::Expr::BlockExpr(block) if matches!(block.tail_expr(), Some(ast::Expr::ClosureExpr(_))) => {
            Ok(text.to_owned())
        }
        _ => Err("the task's future is made elsewhere: the loop stands in an `async fn`, which has to become sync first".to_owned()),
    }
}

/// A block that takes the handle and makes the thread, where no statement is at hand to stand before.
fn block(runtime: &Entered, name: &str, closure: &str, indent: &str) -> Result<String, String> {
    let inner = format!("{indent}    ");
    let closure = runtime.closure(&deeper(closure), &format!("{inner}    "))?;
    let thread = builder(name, &closure, &inner);
    Ok(format!("{{\n{inner}{}\n{inner}{thread}\n{indent}}}", runtime.binding()))
}

/// The statement of a block that a call is evaluated in, once and in any case.
fn statement_of(call: &CallNode) -> Option<SyntaxNode> {
    let straight = call.syntax().ancestors().take_while(|it| {
        !matches!(it.kind(), SyntaxKind::CLOSURE_EXPR | SyntaxKind::MATCH_ARM | SyntaxKind::WHILE_EXPR)
    });
    straight.into_iter().find(|it| it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST))
}

fn builder(name: &str, closure: &str, indent: &str) -> String {
    format!(
        "std::thread::Builder::new()\n{indent}    .name(\"{name}\".to_owned())\n{indent}    .spawn({closure})\n{indent}    .expect(\"failed to spawn the thread `{name}`\")"
    )
}
