//! A runtime, or its handle, that a body keeps for `block_on` alone: it goes with the calls, which all become awaits.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, SyntaxToken, T, TextRange, ast};
use retask_engine::analysis::Entered;
use retask_engine::resolve::CallNode;

use super::draft::Draft;
use super::{layout, twin};
use crate::case::Case;

/// Awaits the future where the call stands. Where nothing else uses the local that drives it, all its calls are one rewrite.
pub(crate) fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    if let Some(draft) = of_local(case) {
        return Ok(draft);
    }
    match case.call.receiver() {
        Some(receiver) if is_temporary(&receiver) && is_owned(case, &receiver) => {
            let mut draft = Draft::new("await the future where it stands, without the runtime that drove it");
            twin::edit(case, &mut draft)?;
            Ok(draft)
        }
        _ => twin::rewrite(case),
    }
}

fn is_temporary(receiver: &ast::Expr) -> bool {
    matches!(receiver, ast::Expr::CallExpr(_) | ast::Expr::MethodCallExpr(_) | ast::Expr::TryExpr(_))
}

/// Whether a runtime or handle belongs to the code in question alone: it is neither lent nor shared.
fn is_owned(case: &Case<'_, '_>, runtime: &ast::Expr) -> bool {
    let is_lent = case.sema.ty(runtime).is_none_or(|it| it.is_reference());
    let is_shared = matches!(case.sema.type_name(runtime).as_deref(), None | Some("Arc" | "Rc"));
    let drives = case.entered.reached.entry.twin == Some("{0}.await");
    drives && !is_lent && !is_shared
}

fn of_local(case: &Case<'_, '_>) -> Option<Draft> {
    let declared = declaration(case)?;
    let drives = calls(case, &declared)?;
    let mut draft = Draft::new(match drives.len() {
        1 => "await the future where it stands, without the runtime that drove it".to_owned(),
        calls => format!("await the {calls} futures where they stand, without the runtime that drove them"),
    });
    for (entered, call) in drives {
        let case = Case { analysis: case.analysis, sema: case.sema, entered, call };
        twin::edit(&case, &mut draft).ok()?;
    }
    let file = case.entered.site.file;
    let source = &case.analysis.workspace.files[file as usize].text;
    let range = with_comment(declared.syntax());
    draft.replace(case.analysis, file, layout::whole_lines(source, range), "");
    if !declared.initializer().is_some_and(|it| is_owned(case, &it)) {
        draft.caveat(case.entered.reached.entry.note);
    }
    draft.group(format!("driver\0{file}\0{}", u32::from(range.start())));
    Some(draft)
}

/// The `let` in the same body that binds the receiver, where its value is made of nothing but functions and constants.
fn declaration(case: &Case<'_, '_>) -> Option<ast::LetStmt> {
    let Some(ast::Expr::PathExpr(receiver)) = case.call.receiver() else { return None };
    let statement = case.sema.local_declaration(&receiver)?.syntax().parent().and_then(ast::LetStmt::cast)?;
    let (file, range) = case.sema.source_range(statement.syntax())?;
    let is_written = range == statement.syntax().text_range();
    let is_here = file == case.entered.site.file && case.entered.body.range.contains_range(range);
    let value = statement.initializer()?;
    let takes_nothing = value.syntax().descendants().all(|it| match ast::PathExpr::cast(it.clone()) {
        Some(path) => {
            let local = case.sema.local_declaration(&path);
            local.is_none_or(|it| value.syntax().text_range().contains_range(it.syntax().text_range()))
        }
        None => !matches!(it.kind(), SyntaxKind::AWAIT_EXPR | SyntaxKind::MACRO_CALL),
    });
    (is_written && is_here && takes_nothing && statement.let_else().is_none()).then_some(statement)
}

/// The calls that drive futures with a local; `None` where it is used for anything else, or where that is not known.
fn calls<'c>(case: &Case<'c, '_>, declared: &ast::LetStmt) -> Option<Vec<(&'c Entered, CallNode)>> {
    let Some(ast::Pat::IdentPat(pat)) = declared.pat() else { return None };
    let name = ast::HasName::name(&pat)?.text().to_string();
    let scope = declared.syntax().parent()?;
    let mut calls = Vec::new();
    for token in scope.descendants_with_tokens().filter_map(|it| it.into_token()) {
        let parent = token.parent()?;
        let in_macro = parent.kind() == SyntaxKind::TOKEN_TREE;
        if in_macro && token.kind() == SyntaxKind::STRING && token.text().contains(&format!("{{{name}")) {
            return None;
        }
        if token.text() != name || parent.kind() == SyntaxKind::NAME {
            continue;
        }
        let path = parent.ancestors().take(4).find_map(ast::PathExpr::cast);
        let is_it = |it: ast::PathExpr| case.sema.local_declaration(&it).is_some_and(|it| it == pat);
        if in_macro || path.is_some_and(is_it) {
            calls.push(driving(case, &token, &pat)?);
        }
    }
    Some(calls)
}

/// The call that drives a future in the same body, where a token is the local that it is called on.
fn driving<'c>(
    case: &Case<'c, '_>,
    local: &SyntaxToken,
    pat: &ast::IdentPat,
) -> Option<(&'c Entered, CallNode)> {
    let dot = next(local).filter(|it| it.kind() == T![.])?;
    let name = next(&dot)?.text_range();
    let entered = case.analysis.entered().iter().find(|it| {
        it.site.file == case.entered.site.file && it.name == name && it.body == case.entered.body
    })?;
    let call = case.sema.call_at(entered.site)?;
    let Some(ast::Expr::PathExpr(receiver)) = call.receiver() else { return None };
    let is_it = case.sema.local_declaration(&receiver).is_some_and(|it| it == *pat);
    let same = entered.through.is_none() && entered.reached.family == case.entered.reached.family;
    (is_it && same).then_some((entered, call))
}

fn next(token: &SyntaxToken) -> Option<SyntaxToken> {
    let mut next = token.next_token()?;
    while next.kind().is_trivia() {
        next = next.next_token()?;
    }
    Some(next)
}

/// The range of a statement with the comments on the lines right above it, which speak of it.
fn with_comment(statement: &SyntaxNode) -> TextRange {
    let mut start = statement.text_range().start();
    let mut before = statement.prev_sibling_or_token();
    while let Some(space) = before.filter(|it| it.to_string().matches('\n').count() == 1) {
        let comment = space.prev_sibling_or_token().filter(|it| it.kind() == SyntaxKind::COMMENT);
        let above = comment.as_ref().and_then(|it| it.prev_sibling_or_token());
        let Some(comment) =
            comment.filter(|_| above.as_ref().is_some_and(|it| it.to_string().contains('\n')))
        else {
            break;
        };
        start = comment.text_range().start();
        before = above;
    }
    TextRange::new(start, statement.text_range().end())
}
