//! Statements that may run beside one another, as far as their syntax tells: types cost more, and decide.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast};

use crate::index::Index;
use crate::loops::call_and_name;

/// Whether two statements, the second behind the first, may do without one another, and wait for what they only read.
pub(crate) fn may_run_together(index: &Index, first: &ast::LetStmt, second: &ast::LetStmt) -> bool {
    let may_be_free = |it: &ast::LetStmt| !it.syntax().descendants().any(|it| is_effect(&it));
    let may_wait = |it: &ast::LetStmt| {
        let mut calls = it.syntax().descendants().filter_map(|it| call_and_name(&it));
        calls.any(|(_, name)| index.may_wait(&name.text().to_string()))
    };
    !names_what(first, second) && [first, second].into_iter().all(|it| may_be_free(it) && may_wait(it))
}

/// Whether a statement plainly names what the one before binds. Where it binds names itself, types decide.
fn names_what(first: &ast::LetStmt, second: &ast::LetStmt) -> bool {
    let bound = first.pat().map(|it| it.syntax().clone());
    let bound: Vec<String> = bound
        .into_iter()
        .flat_map(|it| it.descendants())
        .filter_map(ast::Name::cast)
        .map(|it| it.text().to_string())
        .collect();
    let value = second.initializer().map(|it| it.syntax().clone());
    let binds = |it: &SyntaxNode| it.kind() == SyntaxKind::IDENT_PAT;
    let names = |it: SyntaxNode| {
        let path = ast::PathExpr::cast(it)?.path()?.as_single_name_ref()?;
        bound.iter().any(|it| it == path.text()).then_some(())
    };
    value.is_some_and(|it| {
        !it.descendants().any(|it| binds(&it)) && it.descendants().find_map(names).is_some()
    })
}

/// Whether a node has an effect by its syntax, or can have one that nothing is known of.
pub(crate) fn is_effect(node: &SyntaxNode) -> bool {
    match node.kind() {
        SyntaxKind::CLOSURE_EXPR => true,
        SyntaxKind::REF_EXPR => ast::RefExpr::cast(node.clone()).is_some_and(|it| it.mut_token().is_some()),
        SyntaxKind::BLOCK_EXPR => {
            ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.unsafe_token().is_some())
        }
        SyntaxKind::MACRO_CALL => !ast::MacroCall::cast(node.clone()).is_some_and(|it| is_plain_macro(&it)),
        _ => false,
    }
}

/// Macros that put values together or log.
fn is_plain_macro(call: &ast::MacroCall) -> bool {
    const PLAIN: &[&str] = &[
        "format",
        "vec",
        "matches",
        "concat",
        "stringify",
        "todo",
        "unreachable",
        "panic",
        "trace",
        "debug",
        "info",
        "warn",
        "error",
        "json",
        "assert",
        "assert_eq",
        "debug_assert",
    ];
    let name = call.path().and_then(|it| it.segment()?.name_ref()).map(|it| it.text().to_string());
    let mut tokens = call.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
    name.is_some_and(|it| PLAIN.contains(&it.as_str()))
        && !tokens.any(|it| it.kind() == ra_ap_syntax::T![await])
}
