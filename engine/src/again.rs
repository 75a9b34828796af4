//! Whether code still needs a local after work that could take it along.

use std::collections::BTreeSet;

use ra_ap_syntax::{AstNode, NodeOrToken, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize, ast};

use crate::loops::is_loop;
use crate::resolve::Sema;

/// A local, and the work that uses it, in the file as it is written.
pub(crate) struct Local<'t, 'a> {
    pub sema: &'t Sema<'a>,
    pub name: &'t str,
    pub declared: Option<TextRange>,
    pub work: TextRange,
    /// The body around the work.
    pub body: &'t SyntaxNode,
}

impl Local<'_, '_> {
    /// Whether the local is used after the work, or again in a loop around it.
    pub fn is_used_again(&self) -> bool {
        let Some(body) = owner(self.sema, self.body, self.name) else { return true };
        let around = self.around(&body);
        // What is after a `return` is for other ways through the body.
        let last = around.iter().position(ends_in_return).filter(|_| body == *self.body);
        let (inside, scope) = match last {
            Some(last) => (&around[..last], &around[last]),
            None => (&around[..], &body),
        };
        let comes_again = |it: &SyntaxNode| is_loop(it) && !declares(self.sema, it, self.name);
        // Another arm can follow a guard.
        if inside.iter().any(|it| comes_again(it) || it.kind() == SyntaxKind::MATCH_GUARD) {
            return true;
        }
        let after = || tokens(scope).filter(|it| it.text_range().start() >= self.work.end());
        after().any(|it| self.is_use(&it) && !self.is_elsewhere(&it))
            || self.borrowers(&body).iter().any(|name| after().any(|it| names(&it, name)))
    }

    /// The nodes around the work in a body, innermost first.
    fn around(&self, body: &SyntaxNode) -> Vec<SyntaxNode> {
        let node = match body.covering_element(self.work) {
            NodeOrToken::Node(it) => it,
            NodeOrToken::Token(it) => it.parent().unwrap_or_else(|| body.clone()),
        };
        let is_work = |it: &SyntaxNode| it.text_range() == self.work;
        node.ancestors().take_while(|it| it != body).filter(|it| !is_work(it)).collect()
    }

    fn is_use(&self, token: &SyntaxToken) -> bool {
        if !names(token, self.name) {
            return false;
        }
        let Some(parent) = token.parent().filter(|it| it.kind() == SyntaxKind::NAME_REF) else { return true };
        let is_field = parent.parent().is_some_and(|it| {
            matches!(
                it.kind(),
                SyntaxKind::FIELD_EXPR
                    | SyntaxKind::METHOD_CALL_EXPR
                    | SyntaxKind::RECORD_EXPR_FIELD
                    | SyntaxKind::RECORD_PAT_FIELD
            )
        });
        let path = parent.ancestors().take(4).find_map(ast::PathExpr::cast);
        let local = path.and_then(|it| self.sema.local_declaration(&it));
        let other = local.and_then(|it| self.sema.source_range(it.syntax())).map(|(_, it)| it);
        let is_other = other.is_some() && self.declared.is_some() && other != self.declared;
        !is_field && !is_other
    }

    /// Whether a token stands in another branch than the work.
    fn is_elsewhere(&self, token: &SyntaxToken) -> bool {
        let common = token.parent_ancestors().find(|it| it.text_range().contains_range(self.work));
        let Some(common) = common else { return false };
        let holds_work = |it: SyntaxNode| it.text_range().contains_range(self.work);
        match common.kind() {
            SyntaxKind::MATCH_ARM_LIST => true,
            SyntaxKind::IF_EXPR => ast::IfExpr::cast(common)
                .and_then(|it| it.then_branch())
                .is_some_and(|it| holds_work(it.syntax().clone())),
            _ => false,
        }
    }

    /// The variables bound before the work that may borrow from the local.
    fn borrowers(&self, body: &SyntaxNode) -> BTreeSet<String> {
        let mut found: BTreeSet<String> = BTreeSet::new();
        for node in body.descendants().filter(|it| it.text_range().start() < self.work.start()) {
            let Some((pat, value)) = bound(&node) else { continue };
            let mut inside = tokens(&value);
            if !inside.any(|it| names(&it, self.name) || found.iter().any(|name| names(&it, name))) {
                continue;
            }
            for binding in pat.descendants().filter_map(ast::IdentPat::cast) {
                let ty = self.sema.type_of_binding(&binding);
                let owns = ty.is_some_and(|it| !it.contains_unknown() && self.sema.is_static(&it));
                let name = ast::HasName::name(&binding).filter(|_| !owns);
                found.extend(name.map(|it| it.text().to_string()));
            }
        }
        found
    }
}

/// What a node binds, and to the parts of which value.
fn bound(node: &SyntaxNode) -> Option<(SyntaxNode, SyntaxNode)> {
    let both = |pat: Option<ast::Pat>, value: Option<ast::Expr>| {
        Some((pat?.syntax().clone(), value?.syntax().clone()))
    };
    match node.kind() {
        SyntaxKind::LET_STMT => {
            ast::LetStmt::cast(node.clone()).and_then(|it| both(it.pat(), it.initializer()))
        }
        SyntaxKind::LET_EXPR => ast::LetExpr::cast(node.clone()).and_then(|it| both(it.pat(), it.expr())),
        SyntaxKind::FOR_EXPR => ast::ForExpr::cast(node.clone()).and_then(|it| both(it.pat(), it.iterable())),
        SyntaxKind::MATCH_ARM => {
            let matched = node.ancestors().skip(1).find_map(ast::MatchExpr::cast);
            both(ast::MatchArm::cast(node.clone())?.pat(), matched?.expr())
        }
        _ => None,
    }
}

fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    node.descendants_with_tokens().filter_map(|it| it.into_token())
}

/// Whether a token is a name, or a string that a macro can format with it.
fn names(token: &SyntaxToken, name: &str) -> bool {
    match token.kind() {
        SyntaxKind::IDENT => {
            token.text() == name && token.parent().is_none_or(|it| it.kind() != SyntaxKind::NAME)
        }
        SyntaxKind::STRING => is_formatted(token.text(), name),
        _ => false,
    }
}

/// Whether a string formats a name, as `{name}` and `{name:?}` do.
fn is_formatted(text: &str, name: &str) -> bool {
    text.match_indices('{').any(|(at, _)| {
        let rest = text[at + 1..].strip_prefix(name);
        rest.is_some_and(|it| !it.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// Whether code of a block after some place in it uses a variable.
pub fn is_used_after(sema: &Sema<'_>, binding: &ast::IdentPat, block: &SyntaxNode, end: TextSize) -> bool {
    let Some(name) = ast::HasName::name(binding).map(|it| it.text().to_string()) else { return false };
    let declared = sema.source_range(binding.syntax()).map(|(_, it)| it);
    let local = Local { sema, name: &name, declared, work: TextRange::empty(end), body: block };
    tokens(block).any(|it| it.text_range().start() >= end && local.is_use(&it))
}

/// Whether a node returns once it is done: a `return`, or a block that ends in one and is left in no other way.
fn ends_in_return(node: &SyntaxNode) -> bool {
    let jumps = [SyntaxKind::BREAK_EXPR, SyntaxKind::CONTINUE_EXPR];
    if node.kind() == SyntaxKind::STMT_LIST && node.descendants().any(|it| jumps.contains(&it.kind())) {
        return false;
    }
    let is_return = |it: &SyntaxNode| match it.kind() {
        SyntaxKind::EXPR_STMT => it.first_child().is_some_and(|it| it.kind() == SyntaxKind::RETURN_EXPR),
        kind => kind == SyntaxKind::RETURN_EXPR,
    };
    match node.kind() {
        SyntaxKind::STMT_LIST => node.last_child().is_some_and(|it| is_return(&it)),
        _ => is_return(node),
    }
}

/// The body that owns a local which a body uses: an async block without `move` only borrows. `None` where a closure, which may be called
/// again, has it from around it.
fn owner(sema: &Sema<'_>, body: &SyntaxNode, name: &str) -> Option<SyntaxNode> {
    let mut body = body.clone();
    while borrows(&body) && !declares(sema, &body, name) {
        let is_body = |it: &SyntaxNode| {
            matches!(it.kind(), SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR) || is_async_block(it)
        };
        let outer = body.ancestors().skip(1).find(is_body);
        body = outer.filter(|it| it.kind() != SyntaxKind::CLOSURE_EXPR || declares(sema, it, name))?;
    }
    Some(body)
}

fn is_async_block(node: &SyntaxNode) -> bool {
    ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.async_token().is_some())
}

fn borrows(node: &SyntaxNode) -> bool {
    is_async_block(node) && ast::BlockExpr::cast(node.clone()).is_some_and(|it| it.move_token().is_none())
}

/// Whether a name is bound anew in each turn of a loop, be it by an arm of `select!`.
fn declares(sema: &Sema<'_>, node: &SyntaxNode, name: &str) -> bool {
    let binds = |it: &SyntaxNode| it.descendants().filter_map(ast::Name::cast).any(|it| it.text() == name);
    let calls = node.descendants().filter_map(ast::MacroCall::cast);
    let mut naming = calls.filter(|it| tokens(it.syntax()).any(|it| it.text() == name));
    binds(node) || naming.any(|it| sema.expansions(&it).iter().any(binds))
}
