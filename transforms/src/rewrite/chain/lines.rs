//! A loop over the lines of a reader: `for line in reader.lines()` becomes `while let Some(line) = lines.next_line().await?`.

use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, TextRange, TextSize, ast, ast::HasLoopBody, ast::HasName,
};
use retask_engine::place::indent_at;

use super::Walk;
use super::carried::{self, place};
use crate::rewrite::layout::whole_lines;

const REFUSED: &str = "the lines of a reader are used in a way that has no async form";

/// Rewrites the loop that a call of `lines` is the head of.
pub(super) fn rewrite(walk: &mut Walk<'_, '_>, call: &ast::MethodCallExpr) -> Result<(), String> {
    let whole = call.syntax().parent().and_then(ast::ForExpr::cast).ok_or(REFUSED)?;
    let Some(ast::Pat::IdentPat(item)) = whole.pat() else { return Err(REFUSED.to_owned()) };
    let item = item.name().ok_or(REFUSED)?.text().to_string();
    let (name, suffix, first) = first_statement(&whole, &item).ok_or(
        "the lines of a reader are taken as results, and the async form gives the error where it waits",
    )?;
    let statement = whole.syntax().parent().ok_or(REFUSED)?;
    let is_statement = matches!(statement.kind(), SyntaxKind::STMT_LIST | SyntaxKind::EXPR_STMT);
    if !is_statement || whole.label().is_some() || uses_name(&whole, "lines") {
        return Err(REFUSED.to_owned());
    }
    let (file, loop_range) = place(walk, whole.syntax())?;
    let (_, call_range) = place(walk, call.syntax())?;
    let (_, first_range) = place(walk, &first)?;
    let text = &walk.analysis.workspace.files[file as usize].text;
    let indent = indent_at(text, loop_range.start().into()).to_owned();
    let gone = whole_lines(text, first_range);
    let head = TextRange::new(loop_range.start(), call_range.start());
    walk.draft.replace(walk.analysis, file, head, "let mut lines = ");
    let next = format!(";\n{indent}while let Some({name}) = lines.next_line().await{suffix}");
    walk.draft.insert(walk.analysis, file, call_range.end(), &next);
    walk.draft.replace(walk.analysis, file, gone, "");
    carried::import(walk, call.syntax(), "AsyncBufReadExt")?;
    carried::waits_at(walk, call.syntax(), loop_range.start() + TextSize::of("for"))
}

/// `let line = line?;` at the start of a loop: the new name, what follows the item, and the statement.
fn first_statement(whole: &ast::ForExpr, item: &str) -> Option<(String, String, SyntaxNode)> {
    let list = whole.loop_body()?.stmt_list()?;
    let statement = list.statements().next()?;
    let ast::Stmt::LetStmt(first) = statement else { return None };
    let Some(ast::Pat::IdentPat(pat)) = first.pat() else { return None };
    let value = first.initializer()?.syntax().text().to_string();
    let suffix = value.strip_prefix(item)?.trim().to_owned();
    let fails = suffix.ends_with('?') || suffix.starts_with(".unwrap()") || suffix.starts_with(".expect(");
    let rest = list.syntax().text().to_string().matches(item).count();
    let in_first = first.syntax().text().to_string().matches(item).count();
    let name = pat.syntax().text().to_string();
    let renamed = name != item && rest > in_first;
    (fails && !renamed && first.ty().is_none() && first.let_else().is_none())
        .then(|| (name, suffix, first.syntax().clone()))
}

fn uses_name(whole: &ast::ForExpr, name: &str) -> bool {
    let function = whole.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN);
    let tokens =
        function.into_iter().flat_map(|it| it.descendants_with_tokens()).filter_map(|it| it.into_token());
    let mut named = tokens.filter(|it| it.kind() == SyntaxKind::IDENT && it.text() == name);
    named.any(|it| it.prev_token().is_none_or(|it| it.text() != "."))
}
