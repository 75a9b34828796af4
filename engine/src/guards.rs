//! Where the guard of a lock goes that a call takes: to a variable, or to a temporary, and for how long that lives.

use ra_ap_syntax::{AstNode, Edition, SyntaxKind, SyntaxNode, T, ast, ast::HasName};

use crate::resolve::Sema;
use crate::types::Type;

/// What keeps a guard.
#[derive(Clone, Debug)]
pub enum Keeper {
    /// A variable, from a node on: its `let`, its pattern, or an assignment to it; from the beginning where that is the scope itself.
    Variable { pat: ast::IdentPat, from: SyntaxNode, scope: SyntaxNode },
    /// A temporary value, to the end of a scope; the `else` of that scope comes after its end.
    Temporary { made: SyntaxNode, scope: SyntaxNode, without_else: bool },
}

impl<'a> Sema<'a> {
    /// Whether a type is, or holds as an argument, the guard of a lock of std, parking_lot or their kin.
    pub fn is_lock_guard(&self, ty: &Type<'a>) -> bool {
        let Some((adt, args)) = ty.strip_references().as_adt_with_args() else { return false };
        let name = adt.name(self.db);
        let krate = self.module_path(adt.module(self.db));
        let is_guard = match krate.split("::").next().unwrap_or_default() {
            "std" => {
                let name = name.as_str();
                name.ends_with("MutexGuard")
                    || name.ends_with("RwLockReadGuard")
                    || name.ends_with("RwLockWriteGuard")
                    || matches!(name, "ReentrantLockGuard" | "StdinLock" | "StdoutLock" | "StderrLock")
            }
            "lock_api" | "parking_lot" | "spin" => name.as_str().ends_with("Guard"),
            _ => false,
        };
        is_guard || args.iter().flatten().any(|it| self.is_lock_guard(it))
    }

    fn gives_guard(&self, expr: &ast::Expr) -> bool {
        self.ty(expr).is_some_and(|it| !it.is_reference() && self.is_any_guard(&it))
    }

    /// Whether a type is, or holds as an argument, the guard of a lock, be it one that is awaited.
    pub fn is_any_guard(&self, ty: &Type<'a>) -> bool {
        let is_async = |part: &Type<'a>| {
            let Some(adt) = part.as_adt() else { return false };
            let path = self.module_path(adt.module(self.db));
            let of_lock =
                ["tokio::sync", "async_lock", "async_std::sync", "futures_util::lock", "futures::lock"]
                    .iter()
                    .any(|it| path.starts_with(it));
            of_lock && adt.name(self.db).as_str().ends_with("Guard")
        };
        let mut found = self.is_lock_guard(ty);
        ty.walk(self.db, |part| found |= is_async(&part));
        found
    }

    /// What keeps the guards that a call gives; nothing where it is given away at once.
    pub fn keepers(&self, call: &ast::Expr, edition: Edition) -> Vec<Keeper> {
        let mut value = call.clone();
        loop {
            let Some(parent) = value.syntax().parent() else { return Vec::new() };
            match self.passed_to(&value, &parent) {
                Next::Value(next) => value = next,
                Next::Bound(keepers) => return keepers,
                Next::Temporary => return temporary(&value, edition).into_iter().collect(),
                Next::Gone => return Vec::new(),
            }
        }
    }

    /// What becomes of a guard in the node around the expression that gives it.
    fn passed_to(&self, value: &ast::Expr, parent: &SyntaxNode) -> Next {
        use SyntaxKind::*;
        let outer = ast::Expr::cast(parent.clone());
        match parent.kind() {
            // `unwrap` and its kin give the guard on; what works on the data leaves a temporary behind.
            METHOD_CALL_EXPR | TRY_EXPR | PAREN_EXPR => match outer.filter(|it| self.gives_guard(it)) {
                Some(outer) => Next::Value(outer),
                None => Next::Temporary,
            },
            ARG_LIST => match parent.parent().and_then(ast::Expr::cast).filter(|it| self.gives_guard(it)) {
                Some(outer) => Next::Value(outer),
                None => Next::Gone,
            },
            TUPLE_EXPR | ARRAY_EXPR => match outer.filter(|it| self.gives_guard(it)) {
                Some(outer) => Next::Value(outer),
                None => Next::Gone,
            },
            STMT_LIST => match parent.parent().and_then(ast::BlockExpr::cast) {
                Some(block)
                    if is_plain(&block) && block.syntax().parent().is_some_and(|it| it.kind() != FN) =>
                {
                    Next::Value(block.into())
                }
                _ => Next::Gone,
            },
            MATCH_ARM => match parent.parent().and_then(|it| it.parent()).and_then(ast::Expr::cast) {
                Some(outer) if is_arm_value(parent, value) => Next::Value(outer),
                _ => Next::Temporary,
            },
            IF_EXPR => match outer.filter(|it| is_branch(it, value) && self.gives_guard(it)) {
                Some(outer) => Next::Value(outer),
                None => Next::Temporary,
            },
            LET_STMT => self.in_let(value, parent),
            LET_EXPR => self.in_condition(parent),
            MATCH_EXPR => self.in_match(parent),
            BIN_EXPR => self.in_assignment(value, parent),
            RETURN_EXPR | BREAK_EXPR | YIELD_EXPR | RECORD_EXPR_FIELD | CLOSURE_EXPR | MACRO_EXPR => {
                Next::Gone
            }
            _ => Next::Temporary,
        }
    }

    fn in_let(&self, value: &ast::Expr, parent: &SyntaxNode) -> Next {
        let Some(statement) = ast::LetStmt::cast(parent.clone()) else { return Next::Gone };
        let (Some(pat), Some(scope)) = (statement.pat(), parent.parent()) else { return Next::Gone };
        let keepers = self.bound(&pat, parent, &scope);
        if keepers.is_empty() && !self.gives_guard(value) { Next::Temporary } else { Next::Bound(keepers) }
    }

    /// `if let` and `while let`: what the pattern does not take stays a temporary.
    fn in_condition(&self, parent: &SyntaxNode) -> Next {
        let pat = ast::LetExpr::cast(parent.clone()).and_then(|it| it.pat());
        let holder =
            parent.ancestors().find(|it| matches!(it.kind(), SyntaxKind::IF_EXPR | SyntaxKind::WHILE_EXPR));
        let body = holder.and_then(|it| it.children().find_map(ast::BlockExpr::cast));
        let (Some(pat), Some(body)) = (pat, body) else { return Next::Temporary };
        match self.bound(&pat, body.syntax(), body.syntax()) {
            keepers if keepers.is_empty() => Next::Temporary,
            keepers => Next::Bound(keepers),
        }
    }

    fn in_match(&self, parent: &SyntaxNode) -> Next {
        let arms = ast::MatchExpr::cast(parent.clone()).and_then(|it| it.match_arm_list());
        let arms = arms.into_iter().flat_map(|it| it.arms());
        let bound = arms.filter_map(|arm| Some(self.bound(&arm.pat()?, arm.pat()?.syntax(), arm.syntax())));
        match bound.flatten().collect::<Vec<_>>() {
            keepers if keepers.is_empty() => Next::Temporary,
            keepers => Next::Bound(keepers),
        }
    }

    fn in_assignment(&self, value: &ast::Expr, parent: &SyntaxNode) -> Next {
        let Some(assigned) = ast::BinExpr::cast(parent.clone()) else { return Next::Temporary };
        let is_assignment = assigned.op_token().is_some_and(|it| it.kind() == T![=]);
        if !is_assignment || assigned.rhs().as_ref() != Some(value) {
            return Next::Temporary;
        }
        let Some(ast::Expr::PathExpr(path)) = assigned.lhs() else { return Next::Gone };
        let Some(pat) = self.local_declaration(&path) else { return Next::Gone };
        let scope = pat.syntax().ancestors().find(|it| it.kind() == SyntaxKind::STMT_LIST);
        let keeper = scope.map(|scope| Keeper::Variable { pat, from: parent.clone(), scope });
        Next::Bound(keeper.into_iter().collect())
    }

    /// The variables of a pattern that take a guard by value.
    fn bound(&self, pat: &ast::Pat, from: &SyntaxNode, scope: &SyntaxNode) -> Vec<Keeper> {
        let idents =
            pat.syntax().descendants().filter_map(ast::IdentPat::cast).filter(|it| it.name().is_some());
        let takes = idents.filter(|it| {
            let ty = self.type_of_binding(it);
            it.ref_token().is_none() && ty.is_some_and(|it| !it.is_reference() && self.is_any_guard(&it))
        });
        takes.map(|pat| Keeper::Variable { pat, from: from.clone(), scope: scope.clone() }).collect()
    }
}

enum Next {
    Value(ast::Expr),
    Bound(Vec<Keeper>),
    Temporary,
    Gone,
}

fn is_plain(block: &ast::BlockExpr) -> bool {
    block.async_token().is_none() && block.try_block_modifier().is_none()
}

fn is_arm_value(arm: &SyntaxNode, value: &ast::Expr) -> bool {
    ast::MatchArm::cast(arm.clone()).and_then(|it| it.expr()).as_ref() == Some(value)
}

fn is_branch(outer: &ast::Expr, value: &ast::Expr) -> bool {
    let ast::Expr::IfExpr(outer) = outer else { return false };
    outer.condition().as_ref() != Some(value)
}

/// The scope of a temporary, by the rules of the edition: <https://doc.rust-lang.org/reference/destructors.html#temporary-scopes>.
fn temporary(value: &ast::Expr, edition: Edition) -> Option<Keeper> {
    let made = value.syntax().clone();
    let mut inner = made.clone();
    for outer in made.ancestors().skip(1) {
        let keeper = |scope: &SyntaxNode, without_else| {
            Some(Keeper::Temporary { made: made.clone(), scope: scope.clone(), without_else })
        };
        if let Some(statement) = ast::LetStmt::cast(outer.clone()) {
            return match (is_extended(&made, &inner), outer.parent()) {
                (true, Some(block)) => keeper(&block, false),
                _ => keeper(&outer, statement.let_else().is_some()),
            };
        }
        match ends_at(&outer, &inner, edition) {
            Some(Ends::Inner) => return keeper(&inner, false),
            Some(Ends::Outer) => return keeper(&outer, false),
            Some(Ends::BeforeElse) => return keeper(&outer, true),
            None => inner = outer,
        }
    }
    None
}

enum Ends {
    Inner,
    Outer,
    BeforeElse,
}

/// Whether the scope of a temporary in `inner` ends with it or with the node around it.
fn ends_at(outer: &SyntaxNode, inner: &SyntaxNode, edition: Edition) -> Option<Ends> {
    use SyntaxKind::*;
    let is_new = edition >= Edition::Edition2024;
    match outer.kind() {
        EXPR_STMT | FOR_EXPR | FN | CLOSURE_EXPR | CONST | STATIC => Some(Ends::Outer),
        MATCH_ARM => Some(Ends::Inner),
        MATCH_GUARD => Some(Ends::Outer),
        STMT_LIST if is_new => Some(Ends::Inner),
        BLOCK_EXPR => {
            let ends_body = outer
                .parent()
                .is_some_and(|it| matches!(it.kind(), LOOP_EXPR | WHILE_EXPR | FOR_EXPR | FN | CLOSURE_EXPR));
            let is_branch = outer.parent().is_some_and(|it| it.kind() == IF_EXPR);
            let is_async = ast::BlockExpr::cast(outer.clone()).is_some_and(|it| it.async_token().is_some());
            (ends_body || is_branch || is_async).then_some(Ends::Outer)
        }
        BIN_EXPR => {
            let lazy = ast::BinExpr::cast(outer.clone())?;
            let is_lazy = lazy.op_token().is_some_and(|it| matches!(it.kind(), T![&&] | T![||]));
            let holds_let = outer.descendants().any(|it| it.kind() == LET_EXPR);
            (is_lazy && !holds_let).then_some(Ends::Inner)
        }
        IF_EXPR | WHILE_EXPR => {
            let is_condition =
                outer.children().find(|it| ast::Expr::can_cast(it.kind())).as_ref() == Some(inner);
            let has_let = inner.descendants().any(|it| it.kind() == LET_EXPR);
            match (is_condition, has_let) {
                (true, false) => Some(Ends::Inner),
                (true, true) if outer.kind() == WHILE_EXPR => Some(Ends::Outer),
                (true, true) if is_new => Some(Ends::BeforeElse),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a `let` borrows a temporary, so that it lives as long as the variable: `let x = &*m.lock().unwrap();`.
fn is_extended(made: &SyntaxNode, initializer: &SyntaxNode) -> bool {
    use SyntaxKind::*;
    let is_borrow = |it: &SyntaxNode| it.kind() == REF_EXPR;
    let chain: Vec<SyntaxNode> = made
        .ancestors()
        .skip(1)
        .take_while(|it| initializer.text_range().contains_range(it.text_range()) && it.kind() != LET_STMT)
        .collect();
    let kept = [REF_EXPR, PREFIX_EXPR, FIELD_EXPR, INDEX_EXPR, PAREN_EXPR, CAST_EXPR];
    chain.iter().any(is_borrow) && chain.iter().all(|it| kept.contains(&it.kind()))
}
