//! The locals that work names: as paths, in the arguments of macros as well, and in format strings.

use ra_ap_hir::{Local, PathResolution};
use ra_ap_syntax::{AstNode, AstToken, SyntaxKind, SyntaxNode, ast};

use crate::capture::Work;
use crate::resolve::Sema;

/// The paths of work in their order, with those in the arguments of macros.
pub(crate) fn paths(sema: &Sema<'_>, work: &Work) -> Result<Vec<ast::PathExpr>, String> {
    let mut found = Vec::new();
    for node in work.descendants() {
        gather(sema, node, &mut found)?;
    }
    Ok(found)
}

fn gather(sema: &Sema<'_>, node: SyntaxNode, found: &mut Vec<ast::PathExpr>) -> Result<(), String> {
    if let Some(call) = ast::MacroCall::cast(node.clone()) {
        let expanded = sema.sema.expand_macro_call(&call).ok_or_else(|| {
            let name = call.path().map(|it| it.syntax().text().to_string()).unwrap_or_default();
            format!("the macro `{name}!` is not expanded, and may use more from around the work")
        })?;
        return expanded.value.descendants().try_for_each(|it| gather(sema, it, found));
    }
    found.extend(ast::PathExpr::cast(node));
    Ok(())
}

/// The locals that format strings in work name, as in `format!("{name}")`.
pub(crate) fn in_strings<'a>(sema: &Sema<'a>, work: &Work) -> Vec<Local<'a>> {
    let tokens = work.node.descendants_with_tokens().filter_map(|it| it.into_token());
    let strings = tokens.filter(|it| {
        it.kind() == SyntaxKind::STRING
            && work.range.contains_range(it.text_range())
            && it.parent().is_some_and(|it| it.kind() == SyntaxKind::TOKEN_TREE)
    });
    let parts = strings.filter_map(|it| sema.sema.as_format_args_parts(&ast::String::cast(it)?));
    let mut found = Vec::new();
    for (_, resolved) in parts.flatten() {
        if let Some(either::Either::Left(PathResolution::Local(local))) = resolved
            && !found.contains(&local)
        {
            found.push(local);
        }
    }
    found
}
