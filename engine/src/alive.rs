//! What is alive where an await would be put: locals and temporaries that must not live over it.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, WalkEvent, ast, ast::HasName};

use crate::context::Body;
use crate::loops::is_run_later;
use crate::resolve::Sema;

/// Why nothing can be awaited at a node; `None` where nothing stands against it.
///
/// Conservative: a guard counts as alive from its `let` to the end of its block, unless `drop` takes it before the node. What is not `Send`
/// does not end there either: a value that was borrowed, as each guard that was used, is kept to the end of its block.
pub fn obstacle_to_await(sema: &Sema<'_>, node: &SyntaxNode, body: &Body) -> Option<String> {
    let mut inner = node.clone();
    for outer in sema.ancestors(node).skip(1) {
        if let Some(reason) = in_ancestor(sema, &outer, &inner) {
            return Some(reason);
        }
        if sema.is_body(&outer, body) {
            return None;
        }
        inner = outer;
    }
    None
}

/// A guard that a call's own arguments make lives to the end of the statement, and so over an await of the call.
pub fn guard_in_arguments(sema: &Sema<'_>, call: &SyntaxNode) -> Option<String> {
    temporary(sema, call)
}

fn in_ancestor(sema: &Sema<'_>, outer: &SyntaxNode, inner: &SyntaxNode) -> Option<String> {
    match outer.kind() {
        SyntaxKind::STMT_LIST => outer
            .children()
            .take_while(|it| it != inner)
            .filter_map(ast::LetStmt::cast)
            .find_map(|it| in_let(sema, &it, outer, inner)),
        // Edition 2021 keeps the scrutinee's temporaries to the end of the whole expression.
        SyntaxKind::MATCH_EXPR | SyntaxKind::IF_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR => {
            let head = outer.children().find(|it| ast::Expr::can_cast(it.kind()))?;
            (&head != inner).then(|| temporary(sema, &head))?
        }
        SyntaxKind::EXPR_STMT | SyntaxKind::LET_STMT => temporary_beside(sema, outer, inner),
        _ => None,
    }
}

fn in_let(sema: &Sema<'_>, it: &ast::LetStmt, block: &SyntaxNode, node: &SyntaxNode) -> Option<String> {
    let pat = it.pat()?;
    pat.syntax().descendants().filter_map(ast::IdentPat::cast).find_map(|binding| {
        let name = binding.name()?.text().to_string();
        let ty = sema.sema.type_of_binding_in_pat(&binding)?;
        let stays =
            || !ty.contains_unknown() && !sema.is_send(&ty) && !is_awaited_over(block, it.syntax());
        if is_dropped(block, it.syntax(), node, &name) {
            return stays().then(|| {
                format!("the compiler keeps `{name}` to the end of its block, dropped or not, and it is not `Send`")
            });
        }
        if sema.is_guard(&ty) {
            return Some(format!("the guard `{name}` is alive here, and would be held over the new await"));
        }
        stays().then(|| format!("`{name}` is not `Send`, and would live over the new await"))
    })
}

/// A value that already lives over an await is proven by the compiler to be allowed to.
fn is_awaited_over(block: &SyntaxNode, binding: &SyntaxNode) -> bool {
    block
        .children()
        .skip_while(|it| it != binding)
        .skip(1)
        .any(|it| it.descendants().any(|it| it.kind() == SyntaxKind::AWAIT_EXPR))
}

fn is_dropped(block: &SyntaxNode, binding: &SyntaxNode, node: &SyntaxNode, name: &str) -> bool {
    let between = block.children().skip_while(|it| it != binding).skip(1).take_while(|it| it != node);
    between.filter_map(ast::ExprStmt::cast).any(|it| {
        let text = it.syntax().text().to_string();
        let text: String = text.split_whitespace().collect();
        text == format!("drop({name});")
            || text == format!("mem::drop({name});")
            || text == format!("std::mem::drop({name});")
    })
}

/// A guard that an expression makes. A variable or field is no temporary: it lives as long as its scope says.
fn temporary(sema: &Sema<'_>, expr: &SyntaxNode) -> Option<String> {
    let mut walk = expr.preorder();
    while let Some(event) = walk.next() {
        let WalkEvent::Enter(node) = event else { continue };
        if is_run_later(&node) {
            walk.skip_subtree();
        } else if let Some(it) = ast::Expr::cast(node)
            && !matches!(it, ast::Expr::PathExpr(_) | ast::Expr::FieldExpr(_))
            && sema.ty(&it).is_some_and(|it| sema.is_guard(&it))
        {
            let it = it.syntax().text();
            return Some(format!(
                "the temporary guard of `{it}` is alive here, and would be held over the new await"
            ));
        }
    }
    None
}

/// A guard that the same statement takes before or around the node lives to the end of the statement.
fn temporary_beside(sema: &Sema<'_>, statement: &SyntaxNode, inner: &SyntaxNode) -> Option<String> {
    let calls = statement.descendants().filter_map(ast::MethodCallExpr::cast);
    let outside = calls
        .filter(|it| !inner.text_range().contains_range(it.syntax().text_range()) || it.syntax() == inner);
    for call in outside {
        let ty = sema.ty(&call.clone().into())?;
        if sema.is_guard(&ty) {
            return temporary(sema, call.syntax());
        }
    }
    None
}
