//! The locals that work names: as paths, in the arguments of macros as well, and in format strings.

use ra_ap_hir::{Local, PathResolution};
use ra_ap_syntax::{AstNode, AstToken, SyntaxKind, SyntaxNode, ast, ast::HasName};

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

/// The uses of a variable in a body, through macros. A macro that is not expanded and names it makes them unknown.
pub fn uses(sema: &Sema<'_>, body: &SyntaxNode, pat: &ast::IdentPat) -> Result<Vec<ast::PathExpr>, String> {
    let Some(name) = pat.name().map(|it| it.text().to_string()) else { return Ok(Vec::new()) };
    let declared = sema.source_range(pat.syntax());
    let mut found = Vec::new();
    let mut stack = vec![body.clone()];
    while let Some(node) = stack.pop() {
        for node in node.descendants() {
            if let Some(call) = ast::MacroCall::cast(node.clone()) {
                stack.extend(expansion_naming(sema, &call, &name)?);
            } else if let Some(path) =
                ast::PathExpr::cast(node).filter(|it| it.syntax().text() == name.as_str())
            {
                let local = sema.local_declaration(&path);
                if local.is_none() && sema.is_left_out(path.syntax()) {
                    return Err(format!("`{name}` is used in code that features or targets leave out"));
                }
                let is_use = local.is_some_and(|it| sema.source_range(it.syntax()) == declared);
                found.extend(is_use.then_some(path));
            }
        }
    }
    Ok(found)
}

/// The name of the method that is called on a variable where it is used.
pub fn method_on(path: &ast::PathExpr) -> Option<String> {
    let call = path.syntax().parent().and_then(ast::MethodCallExpr::cast)?;
    Some(call.name_ref()?.text().to_string())
}

/// What a macro call makes of its arguments, where these name a variable.
fn expansion_naming(
    sema: &Sema<'_>,
    call: &ast::MacroCall,
    name: &str,
) -> Result<Option<SyntaxNode>, String> {
    let mut tokens = call.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
    if !tokens.any(|it| it.text() == name) {
        return Ok(None);
    }
    match sema.sema.expand_macro_call(call) {
        Some(expanded) => Ok(Some(expanded.value)),
        None => Err(format!("`{name}` is used in a macro that is not expanded")),
    }
}
