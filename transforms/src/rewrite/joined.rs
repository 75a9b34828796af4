//! How the code that starts a task or job waits for it, and what takes away the error that the join adds.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasArgList};
use retask_engine::mentions;
use retask_engine::resolve::Sema;

use super::join_error;

/// Methods of `Result` that turn the error into another, or say more about it.
const SAYING_MORE: &[&str] = &["map_err", "context", "with_context", "wrap_err", "wrap_err_with"];

/// A handle that is awaited once, and whose error nobody looks into.
pub(crate) struct Joined {
    pub awaited: ast::Expr,
    /// The expression whose value is that of the work.
    pub value: ast::Expr,
    /// The variable that the handle is bound to meanwhile.
    pub local: Option<ast::LetStmt>,
    /// The statements between that and the await.
    pub between: Vec<SyntaxNode>,
}

impl Joined {
    /// How the handle that a call gives is joined; `None` where it is put to any other use.
    pub fn of(sema: &Sema<'_>, call: &ast::Expr) -> Option<Joined> {
        let parent = call.syntax().parent()?;
        if let Some(awaited) = ast::AwaitExpr::cast(parent.clone()) {
            let awaited = awaited.into();
            let value = value_of(sema, &awaited)?;
            return Some(Joined { awaited, value, local: None, between: Vec::new() });
        }
        let statement = ast::LetStmt::cast(parent).filter(|it| it.let_else().is_none())?;
        let ast::Pat::IdentPat(local) = statement.pat()? else { return None };
        let block = statement.syntax().parent()?;
        let uses = mentions::uses(sema, &block, &local).ok()?;
        let [path] = uses.as_slice() else { return None };
        let awaited: ast::Expr = ast::AwaitExpr::cast(path.syntax().parent()?)?.into();
        let joining = straight_statement(awaited.syntax(), &block)?;
        // What the same statement awaits first, the work runs beside.
        let start = awaited.syntax().text_range().start();
        let mut awaits = joining.descendants().filter(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
        if awaits.any(|it| it.text_range().end() <= start) {
            return None;
        }
        let value = value_of(sema, &awaited)?;
        let after = block.children().skip_while(|it| it != statement.syntax()).skip(1);
        let between = after.take_while(|it| *it != joining).collect();
        Some(Joined { awaited, value, local: Some(statement), between })
    }
}

/// The child of a block that holds a node, where every way through that child comes by the node.
fn straight_statement(node: &SyntaxNode, block: &SyntaxNode) -> Option<SyntaxNode> {
    use SyntaxKind::*;
    let is_turn = |it: &SyntaxNode| {
        matches!(it.kind(), CLOSURE_EXPR | BLOCK_EXPR | MATCH_EXPR | IF_EXPR | WHILE_EXPR | FOR_EXPR)
    };
    let mut around = node.ancestors().take_while(|it| it != block);
    let found = around.find(|it| is_turn(it) || it.parent().as_ref() == Some(block))?;
    (!is_turn(&found)).then_some(found)
}

/// What is left of an await where the join's error is unwrapped, given on, or dropped; `None` where it is looked into.
fn value_of(sema: &Sema<'_>, awaited: &ast::Expr) -> Option<ast::Expr> {
    let fails = sema.ty(awaited)?;
    if !sema.mentions_named(&fails, "tokio", "JoinError") {
        return (!fails.contains_unknown()).then(|| awaited.clone());
    }
    if is_thrown_away(awaited) { Some(awaited.clone()) } else { without_error(sema, awaited) }
}

/// Whether a value is thrown away.
pub(crate) fn is_thrown_away(value: &ast::Expr) -> bool {
    let Some(parent) = value.syntax().parent() else { return false };
    let pat = ast::LetStmt::cast(parent.clone()).and_then(|it| it.pat());
    parent.kind() == SyntaxKind::EXPR_STMT || matches!(pat, Some(ast::Pat::WildcardPat(_)))
}

fn without_error(sema: &Sema<'_>, result: &ast::Expr) -> Option<ast::Expr> {
    let parent = ast::Expr::cast(result.syntax().parent()?)?;
    let ast::Expr::MethodCallExpr(call) = &parent else {
        return matches!(parent, ast::Expr::TryExpr(_)).then_some(parent);
    };
    let name = call.name_ref()?.text().to_string();
    let is_argument = call.arg_list().is_some_and(|it| it.args().any(|it| it == *result));
    match name.as_str() {
        _ if is_argument => None,
        "unwrap" | "expect" => Some(parent),
        it if SAYING_MORE.contains(&it) => {
            let is_looked_into = call.arg_list()?.args().any(|it| join_error::is_looked_into(sema, &it));
            if is_looked_into { None } else { without_error(sema, &parent) }
        }
        _ => None,
    }
}
