//! The async twin: the call is replaced by its async form and awaited where it stands.

use ra_ap_syntax::{AstNode, SyntaxKind, TextRange, ast};
use retask_engine::alive::{guard_in_arguments, obstacle_to_await};
use retask_engine::place::indent_at;
use retask_engine::resolve::CallNode;

use super::draft::Draft;
use super::{layout, runtime};
use crate::case::Case;

/// Replaces the blocking call by its twin from the catalogue.
pub(crate) fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    let entry = case.entered.reached.entry;
    let mut draft = Draft::new(title(entry.twin.unwrap_or_default()));
    edit(case, &mut draft)?;
    if !entry.note.is_empty() {
        draft.caveat(entry.note);
    }
    Ok(draft)
}

/// Adds the edits of one call to a draft, without what the catalogue notes of its twin.
pub(crate) fn edit(case: &Case<'_, '_>, draft: &mut Draft) -> Result<(), String> {
    let entry = case.entered.reached.entry;
    let (Some(template), Some((krate, feature))) = (entry.twin, entry.needs) else {
        return Err(format!("`{}` has no async twin that could stand in its place", entry.path));
    };
    let name = match krate {
        "tokio" => {
            runtime::runs_on_tokio(case)?;
            runtime::tokio(case)?
        }
        _ => match runtime::dependency(case, &krate.replace('-', "_")) {
            Some((name, _)) => name,
            None => {
                return Err(format!("the package does not depend on `{krate}`, which the async form needs"));
            }
        },
    };
    can_await(case)?;
    let template = match template.strip_prefix(&format!("{}::", krate.replace('-', "_"))) {
        Some(rest) => format!("{name}::{rest}"),
        None => template.to_owned(),
    };
    apply(case, &template, draft)?;
    draft.need(case.package(), krate, feature);
    if is_in_macro(case) {
        draft.caveat("the call stands in a macro's arguments, where the new await may be cancelled");
    }
    Ok(())
}

/// Refuses where nothing can be awaited.
pub(crate) fn can_await(case: &Case<'_, '_>) -> Result<(), String> {
    if case.entered.body.in_closure {
        return Err("the call stands in a sync closure, where nothing can be awaited".to_owned());
    }
    let call = case.call.syntax();
    let obstacle = obstacle_to_await(case.sema, call, &case.entered.body);
    obstacle.or_else(|| guard_in_arguments(case.sema, call)).map_or(Ok(()), Err)
}

/// Whether the call stands in the arguments of a macro.
pub(crate) fn is_in_macro(case: &Case<'_, '_>) -> bool {
    case.sema
        .token(case.entered.site)
        .and_then(|it| it.parent())
        .is_some_and(|it| it.kind() == SyntaxKind::TOKEN_TREE)
}

pub(crate) fn title(template: &str) -> String {
    if matches!(template, "{0}.await" | "{recv}.await") {
        return "await the future where it stands".to_owned();
    }
    let shown =
        template.replace("{recv}", "").replace("{&recv}", "..").replace("{args}", "..").replace("{0}", "..");
    format!("await `{}` instead", shown.trim_start_matches('.'))
}

/// Fills a template in. Where only the path or the name and the end change, only these are edited.
fn apply(case: &Case<'_, '_>, template: &str, draft: &mut Draft) -> Result<(), String> {
    let file = case.entered.site.file;
    let source = |node: &ra_ap_syntax::SyntaxNode| {
        let place = case.sema.source_range(node).filter(|(it, _)| *it == file);
        place.map(|(_, range)| range).ok_or_else(|| "the call is put together by a macro".to_owned())
    };
    let whole = source(case.call.syntax())?;
    let text = &case.analysis.workspace.files[file as usize].text;
    let gap = layout::before_link(text, case.entered.name, whole);
    match (&case.call, template.split_once("({args})")) {
        (CallNode::Path(call), Some((path, suffix))) if !path.contains('{') => {
            let callee = call.expr().ok_or("the call names no function")?;
            draft.replace(case.analysis, file, source(callee.syntax())?, path);
            draft.insert(case.analysis, file, whole.end(), &layout::links(suffix, gap));
        }
        (CallNode::Method(call), Some((path, suffix))) if path.starts_with("{recv}.") => {
            let name = call.name_ref().ok_or("the call names no method")?;
            draft.replace(case.analysis, file, source(name.syntax())?, path.trim_start_matches("{recv}."));
            draft.insert(case.analysis, file, whole.end(), &layout::links(suffix, gap));
        }
        (CallNode::Method(call), None) if template == "{recv}.await" => {
            let name = call.name_ref().ok_or("the call names no method")?;
            let from_name = TextRange::new(source(name.syntax())?.start(), whole.end());
            draft.replace(case.analysis, file, from_name, "await");
        }
        (CallNode::Path(_) | CallNode::Method(_), None) if template == "{0}.await" => {
            let (_, args) = case.sema.operands(&case.call);
            let future = args.into_iter().next().ok_or("the call is given nothing")?;
            draft.replace(
                case.analysis,
                file,
                whole,
                awaited(case, &future, source(future.syntax())?, whole),
            );
        }
        (CallNode::Path(_) | CallNode::Method(_), _) => {
            let text = |expr: &ast::Expr| {
                source(expr.syntax()).map(|it| case.analysis.workspace.text(file, it).to_owned())
            };
            draft.replace(case.analysis, file, whole, filled(case, template, &text)?);
        }
        _ => return Err("the function is passed on as a value, and an async one cannot be".to_owned()),
    }
    Ok(())
}

/// A template with the operands of the call.
fn filled(
    case: &Case<'_, '_>,
    template: &str,
    text: &dyn Fn(&ast::Expr) -> Result<String, String>,
) -> Result<String, String> {
    let (receiver, args) = case.sema.operands(&case.call);
    let by_path = matches!(case.call, CallNode::Path(_));
    let texts = args.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    let argument = texts.first().cloned().unwrap_or_default();
    let first = args.first().map(|it| operand(it, &argument)).unwrap_or_default();
    let (recv, borrowed) = match &receiver {
        // A path is given the receiver as an argument, borrowed where it has to be.
        Some(ast::Expr::RefExpr(it)) if by_path => {
            let inner = it.expr().ok_or("the call is given nothing")?;
            (operand(&inner, &text(&inner)?), format!("&{}", text(&inner)?))
        }
        Some(it) if by_path => (operand(it, &text(it)?), text(it)?),
        Some(it) if is_lent(case, it) => (text(it)?, format!("&{}", text(it)?)),
        Some(it) => (text(it)?, text(it)?),
        None => Default::default(),
    };
    Ok(template
        .replace("({0})", &format!("({argument})"))
        .replace("{args}", &texts.join(", "))
        .replace("{0}", &first)
        .replace("{&recv}", &borrowed)
        .replace("{recv}", &recv))
}

/// A future with its await, in the place of the call that drives it: moved to that call's indent, and with the await on a line of
/// its own where the future takes several.
fn awaited(case: &Case<'_, '_>, future: &ast::Expr, range: TextRange, call: TextRange) -> String {
    let source = &case.analysis.workspace.files[case.entered.site.file as usize].text;
    let outer = indent_at(source, call.start().into());
    let inner = indent_at(source, range.start().into());
    let text = source[range].replace(&format!("\n{inner}"), &format!("\n{outer}"));
    let text = operand(future, &text);
    match text.rsplit_once('\n') {
        Some((_, last)) => {
            let indent = &last[..last.len() - last.trim_start().len()];
            format!("{text}\n{indent}.await")
        }
        None => format!("{text}.await"),
    }
}

/// Whether a receiver has to be borrowed where it becomes an argument: a reference is one already, and a new value can be given away.
fn is_lent(case: &Case<'_, '_>, receiver: &ast::Expr) -> bool {
    use ast::Expr::*;
    let is_place =
        matches!(receiver, PathExpr(_) | FieldExpr(_) | IndexExpr(_) | PrefixExpr(_) | ParenExpr(_));
    let is_shared = |it: retask_engine::types::Type<'_>| it.is_reference() && !it.is_mutable_reference();
    is_place && !case.sema.ty(receiver).is_some_and(is_shared)
}

/// An expression as the receiver of a method: in parentheses where it binds weaker.
fn operand(expr: &ast::Expr, text: &str) -> String {
    use ast::Expr::*;
    match expr {
        PathExpr(_) | CallExpr(_) | MethodCallExpr(_) | FieldExpr(_) | IndexExpr(_) | AwaitExpr(_)
        | TryExpr(_) | BlockExpr(_) | ParenExpr(_) | MacroExpr(_) | Literal(_) | TupleExpr(_)
        | ArrayExpr(_) => text.to_owned(),
        _ => format!("({text})"),
    }
}
