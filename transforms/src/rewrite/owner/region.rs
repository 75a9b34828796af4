//! The code of a critical section: from the expression that takes the lock to the last that works on what it guards.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};
use retask_engine::guards::Keeper;
use retask_engine::mentions;
use retask_engine::resolve::Sema;
use retask_engine::shared::Section;

use super::super::offload::{A_TRY, AN_AWAIT, leaves};

/// The code of a critical section.
pub(in crate::rewrite) enum Region {
    /// One expression, which gives a value of its own.
    Expr(ast::Expr),
    /// Children of a block, in a row.
    Rows { list: SyntaxNode, rows: Vec<SyntaxNode> },
}

/// What stands in a section for the guard.
pub(in crate::rewrite) struct Guard {
    /// The expression that gives it, with what unwraps it.
    pub value: ast::Expr,
    /// The variable that keeps it, where one does.
    pub variable: Option<ast::IdentPat>,
}

/// How code ends before its last expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rewrite) enum Leaves {
    Never,
    /// By a `?`.
    Tries,
    /// By a `return`, or by a macro that may return.
    Returns,
}

impl Region {
    /// The code of a section, or why it is not one closed piece.
    pub fn of(sema: &Sema<'_>, section: &Section) -> Result<(Region, Guard), String> {
        let value = guard_value(sema, section)?;
        match section.keepers.as_slice() {
            [Keeper::Variable { pat, from, .. }] => {
                let statement = ast::LetStmt::cast(from.clone());
                let is_whole =
                    statement.as_ref().and_then(|it| it.pat()).is_some_and(|it| it.syntax() == pat.syntax());
                if !is_whole || statement.and_then(|it| it.initializer()).as_ref() != Some(&value) {
                    return Err("a pattern binds the guard of the lock".to_owned());
                }
                let rows = Rows { sema, guard: Some(pat) }.of_variable(from, pat, &section.awaits)?;
                Ok((rows, Guard { value, variable: Some(pat.clone()) }))
            }
            [Keeper::Temporary { .. }] => Ok((of_temporary(sema, &value)?, Guard { value, variable: None })),
            [] if is_worked_on(&value) => Ok((of_temporary(sema, &value)?, Guard { value, variable: None })),
            [] => Err("the guard of the lock is given away: it is stored, returned or passed on".to_owned()),
            _ => Err("more than one variable holds the guard of the lock".to_owned()),
        }
    }

    pub fn node(&self) -> &SyntaxNode {
        match self {
            Region::Expr(it) => it.syntax(),
            Region::Rows { list, .. } => list,
        }
    }

    /// The range in the tree that its nodes are of.
    pub fn range(&self) -> TextRange {
        match self {
            Region::Expr(it) => it.syntax().text_range(),
            Region::Rows { rows, .. } => {
                let first = rows.first().map(|it| it.text_range()).unwrap_or_default();
                rows.last().map_or(first, |it| first.cover(it.text_range()))
            }
        }
    }

    /// The nodes in it.
    pub fn descendants(&self) -> impl Iterator<Item = SyntaxNode> + use<> {
        let range = self.range();
        self.node().descendants().filter(move |it| range.contains_range(it.text_range()))
    }

    /// How it ends before its last expression; what leaves a loop around it is refused.
    pub fn leaves(&self) -> Result<Leaves, String> {
        let mut found = Leaves::Never;
        for node in self.descendants() {
            match leaves(&node, self.node()) {
                Some(A_TRY) if found == Leaves::Never => found = Leaves::Tries,
                Some("a `return`") => found = Leaves::Returns,
                Some(A_TRY | AN_AWAIT) | None => {}
                Some("a macro that may leave it") => {
                    let text = node.text().to_string();
                    let returns = ["return", "bail!", "ensure!"].iter().any(|it| text.contains(it));
                    if returns {
                        found = Leaves::Returns;
                    } else if text.contains('?') && found == Leaves::Never {
                        found = Leaves::Tries;
                    }
                }
                Some(word) => return Err(format!("a section holds {word} that leads out of it")),
            }
        }
        Ok(found)
    }

    /// The block whose end is the end of the region, where its value is that of the block.
    fn ends(&self) -> Option<SyntaxNode> {
        let last = match self {
            Region::Expr(it) => it.syntax().clone(),
            Region::Rows { rows, .. } => rows.last()?.clone(),
        };
        let last = match last.parent() {
            Some(it) if it.kind() == SyntaxKind::EXPR_STMT => it,
            _ => last,
        };
        let list = last.parent().filter(|it| it.kind() == SyntaxKind::STMT_LIST)?;
        (list.last_child().as_ref() == Some(&last)).then_some(list)
    }

    /// Whether nothing of the body around it comes after it: its value is the body's.
    pub fn ends_body(&self) -> bool {
        if let Region::Expr(it) = self
            && it.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::RETURN_EXPR)
        {
            return true;
        }
        self.ends().and_then(|it| it.parent()).is_some_and(|block| is_body(&block))
    }

    /// A region that returns goes on to the end of its body, where that only works in memory.
    pub fn into_rest_of_body(self) -> Result<Region, Region> {
        let first = match &self {
            Region::Expr(it) => statement_of(it.syntax()),
            Region::Rows { rows, .. } => rows.first().cloned(),
        };
        let list = first.as_ref().and_then(|it| it.parent()).filter(|it| it.kind() == SyntaxKind::STMT_LIST);
        let (Some(first), Some(list)) = (first, list) else { return Err(self) };
        let end = self.range().end();
        let rows: Vec<SyntaxNode> = list.children().skip_while(|it| *it != first).collect();
        let after = rows.iter().filter(|it| it.text_range().start() >= end);
        let awaits = after.flat_map(|it| it.descendants()).any(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
        let region = Region::Rows { list, rows };
        if awaits || !region.ends_body() { Err(self) } else { Ok(region) }
    }
}

/// The widest place that begins with a guard: its fields, what it is indexed by or dereferenced to.
pub(in crate::rewrite) fn place_behind(guard: &ast::Expr) -> SyntaxNode {
    use SyntaxKind::*;
    let is_part = |it: &SyntaxNode| matches!(it.kind(), FIELD_EXPR | INDEX_EXPR | PREFIX_EXPR | PAREN_EXPR);
    let mut place = guard.syntax().clone();
    while let Some(outer) = place.parent().filter(is_part) {
        place = outer;
    }
    place
}

/// Whether a guard is at once used for what it guards.
fn is_worked_on(guard: &ast::Expr) -> bool {
    use SyntaxKind::*;
    let parent = guard.syntax().parent().map(|it| it.kind());
    matches!(parent, Some(METHOD_CALL_EXPR | PREFIX_EXPR | FIELD_EXPR | INDEX_EXPR))
}

fn statement_of(expr: &SyntaxNode) -> Option<SyntaxNode> {
    let parent = expr.parent()?;
    match parent.kind() {
        SyntaxKind::EXPR_STMT => Some(parent),
        SyntaxKind::STMT_LIST => Some(expr.clone()),
        SyntaxKind::LET_STMT => Some(parent),
        _ => None,
    }
}

/// Whether a block is the body of a function, a closure or an async block.
fn is_body(block: &SyntaxNode) -> bool {
    let is_async = ast::BlockExpr::cast(block.clone()).is_some_and(|it| it.async_token().is_some());
    let of = block.parent().map(|it| it.kind());
    is_async || matches!(of, Some(SyntaxKind::FN | SyntaxKind::CLOSURE_EXPR))
}

/// The expression that gives the guard: the call, its await, and what unwraps the error of a poisoned lock.
pub(in crate::rewrite) fn guard_value(sema: &Sema<'_>, section: &Section) -> Result<ast::Expr, String> {
    let mut value = ast::Expr::from(section.call.clone());
    loop {
        let Some(outer) = value.syntax().parent().and_then(ast::Expr::cast) else { break };
        let gives = sema.ty(&outer).is_some_and(|it| !it.is_reference() && sema.is_any_guard(&it));
        let is_step = match &outer {
            ast::Expr::AwaitExpr(_) | ast::Expr::ParenExpr(_) => true,
            ast::Expr::MethodCallExpr(it) => {
                let name = it.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
                let unwraps = ["unwrap", "expect", "unwrap_or_else"].contains(&name.as_str());
                unwraps && it.receiver().as_ref() == Some(&value)
            }
            _ => false,
        };
        if !(gives && is_step) {
            break;
        }
        value = outer;
    }
    let ty = sema.ty(&value).ok_or("the type of a guard is not known")?;
    let name = section.call.name_ref().map(|it| it.text().to_string()).unwrap_or_default();
    if name.starts_with("try_") {
        return Err(format!("`{name}` asks whether the lock is free, which no message can"));
    }
    if sema.is_named(&ty, "Result") || sema.is_named(&ty, "Option") {
        return Err("the error of a poisoned lock is looked at".to_owned());
    }
    if !sema.is_any_guard(&ty) {
        return Err("the future of the lock is passed on".to_owned());
    }
    Ok(value)
}

/// The smallest expression around a guard whose value borrows nothing of it.
fn of_temporary(sema: &Sema<'_>, guard: &ast::Expr) -> Result<Region, String> {
    use SyntaxKind::*;
    let mut expr = guard.clone();
    loop {
        let parent = expr.syntax().parent().ok_or("a section is not complete")?;
        let outer = ast::Expr::cast(parent.clone());
        match (parent.kind(), outer) {
            (METHOD_CALL_EXPR | TRY_EXPR | AWAIT_EXPR, Some(outer)) => {
                if sema.is_owned(&outer) && !is_awaited_next(&outer) {
                    return Ok(Region::Expr(outer));
                }
                expr = outer;
            }
            (FIELD_EXPR | INDEX_EXPR | PREFIX_EXPR | PAREN_EXPR | CAST_EXPR, Some(outer)) => {
                if sema.is_copied(&outer) && is_value(&outer) {
                    return Ok(Region::Expr(outer));
                }
                expr = outer;
            }
            (REF_EXPR | LET_EXPR, Some(outer)) => expr = outer,
            (BIN_EXPR, Some(outer)) if holds_condition(&outer) => expr = outer,
            (BIN_EXPR, Some(outer)) => return Ok(Region::Expr(outer)),
            (ARG_LIST, _) => {
                let call = parent.parent().and_then(ast::Expr::cast).ok_or("a section is not complete")?;
                if sema.is_owned(&call) && !is_awaited_next(&call) {
                    return Ok(Region::Expr(call));
                }
                expr = call;
            }
            (IF_EXPR, Some(outer)) => {
                let is_else = outer.syntax().parent().is_some_and(|it| it.kind() == IF_EXPR);
                return if is_else {
                    Err("an `else if` takes the lock".to_owned())
                } else {
                    Ok(Region::Expr(outer))
                };
            }
            (MATCH_EXPR | FOR_EXPR, Some(outer)) => return Ok(Region::Expr(outer)),
            (WHILE_EXPR, _) => return Err("a loop holds the lock in its condition".to_owned()),
            (LET_STMT, _) => return Rows { sema, guard: None }.of_borrow(&parent),
            // What a statement gives is dropped with it.
            (EXPR_STMT, _) => return Ok(Region::Expr(expr)),
            (STMT_LIST | RETURN_EXPR, _) if sema.is_owned(&expr) => return Ok(Region::Expr(expr)),
            _ => return Err("what a section takes out of the state borrows from it".to_owned()),
        }
    }
}

/// `if let … && …`
fn holds_condition(expr: &ast::Expr) -> bool {
    expr.syntax().descendants().any(|it| it.kind() == SyntaxKind::LET_EXPR)
}

/// Whether a future is awaited right away: the await is a part of the section.
fn is_awaited_next(expr: &ast::Expr) -> bool {
    expr.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::AWAIT_EXPR)
}

/// Whether a place is used for its value, and not for a part of it.
fn is_value(place: &ast::Expr) -> bool {
    let Some(parent) = place.syntax().parent() else { return false };
    match parent.kind() {
        SyntaxKind::METHOD_CALL_EXPR => false,
        SyntaxKind::FIELD_EXPR | SyntaxKind::INDEX_EXPR | SyntaxKind::REF_EXPR | SyntaxKind::PAREN_EXPR => {
            false
        }
        SyntaxKind::BIN_EXPR => {
            let outer = ast::BinExpr::cast(parent);
            let is_assigned = outer
                .as_ref()
                .is_some_and(|it| matches!(it.op_kind(), Some(ast::BinaryOp::Assignment { .. })));
            !(is_assigned && outer.and_then(|it| it.lhs()).as_ref() == Some(place))
        }
        _ => true,
    }
}

struct Rows<'r, 'a> {
    sema: &'r Sema<'a>,
    guard: Option<&'r ast::IdentPat>,
}

impl Rows<'_, '_> {
    /// From the `let` of a guard to the last statement that uses it, or what borrows from it.
    fn of_variable(
        &self,
        statement: &SyntaxNode,
        guard: &ast::IdentPat,
        awaits: &[SyntaxNode],
    ) -> Result<Region, String> {
        let list = statement.parent().ok_or("a section is not complete")?;
        let all: Vec<SyntaxNode> = list.children().skip_while(|it| it != statement).collect();
        let uses = mentions::uses(self.sema, &list, guard)?;
        if uses.is_empty() {
            return Err("the lock protects code, and the value behind it is not used".to_owned());
        }
        for path in &uses {
            self.stays(path, &list)?;
        }
        let mut last = uses.iter().filter_map(|it| self.row_of(it.syntax(), &all)).max().unwrap_or_default();
        if let Some(dropped) = uses.iter().find(|it| is_dropped(it.syntax())) {
            let row = self.row_of(dropped.syntax(), &all);
            if row != Some(last) || !is_drop_of(&all[last], guard) {
                return Err("the lock is given back on one of several ways through a section".to_owned());
            }
        }
        // What is awaited under the lock stays in the section: others rely on the lock meanwhile.
        last = awaits.iter().filter_map(|it| self.row_of(it, &all)).max().unwrap_or_default().max(last);
        last = self.with_borrows(&all, last)?;
        if all.len() == last + 2 && is_bound_tail(&all[last + 1], &all[..=last]) {
            last += 1;
        }
        Ok(Region::Rows { rows: all[..=last].to_vec(), list })
    }

    /// From a `let` that borrows from the state to the last use of what it binds.
    fn of_borrow(&self, statement: &SyntaxNode) -> Result<Region, String> {
        let list = statement.parent().ok_or("a section is not complete")?;
        let all: Vec<SyntaxNode> = list.children().skip_while(|it| it != statement).collect();
        let last = self.with_borrows(&all, 0)?;
        Ok(Region::Rows { rows: all[..=last].to_vec(), list })
    }

    /// The last row that uses something which borrows from an earlier one.
    fn with_borrows(&self, all: &[SyntaxNode], mut last: usize) -> Result<usize, String> {
        loop {
            let mut next = last;
            for pat in bound_by(&all[..=last]).filter(|it| Some(it) != self.guard) {
                let ty = self.sema.type_of_binding(&pat).ok_or("the type of a variable is not known")?;
                if self.sema.is_static_but_for_parameters(&ty) && !ty.is_closure() {
                    continue;
                }
                let list = all[0].parent().ok_or("a section is not complete")?;
                let uses = mentions::uses(self.sema, &list, &pat)?;
                next =
                    uses.iter().filter_map(|it| self.row_of(it.syntax(), all)).max().unwrap_or(0).max(next);
            }
            if next == last {
                return Ok(last);
            }
            last = next;
        }
    }

    /// The row that a node stands in, out of macros too.
    fn row_of(&self, node: &SyntaxNode, all: &[SyntaxNode]) -> Option<usize> {
        let place = self.sema.source_range(node)?;
        all.iter().position(|row| {
            let outer = self.sema.source_range(row);
            outer.is_some_and(|it| it.0 == place.0 && it.1.contains_range(place.1))
        })
    }

    /// Refuses a guard that goes somewhere: to a task, a value, another name.
    fn stays(&self, path: &ast::PathExpr, list: &SyntaxNode) -> Result<(), String> {
        let away = "the guard of the lock is given away: it is stored, returned or passed on";
        let parent = path.syntax().parent().map(|it| it.kind());
        let by_value = match parent {
            Some(SyntaxKind::ARG_LIST) => !is_dropped(path.syntax()),
            Some(
                SyntaxKind::RETURN_EXPR
                | SyntaxKind::LET_STMT
                | SyntaxKind::TUPLE_EXPR
                | SyntaxKind::RECORD_EXPR_FIELD
                | SyntaxKind::STMT_LIST
                | SyntaxKind::MATCH_ARM,
            ) => true,
            _ => false,
        };
        if by_value || goes_along(path.syntax(), list) { Err(away.to_owned()) } else { Ok(()) }
    }
}

/// Whether the value of a block is a variable that statements bind.
fn is_bound_tail(tail: &SyntaxNode, rows: &[SyntaxNode]) -> bool {
    let name = tail.text().to_string();
    let mut bound = bound_by(rows).filter_map(|it| ast::HasName::name(&it));
    tail.kind() == SyntaxKind::PATH_EXPR && bound.any(|it| it.text() == name)
}

/// Whether a closure or an async block that takes things along stands between a use and the block of the guard.
pub(in crate::rewrite) fn goes_along(node: &SyntaxNode, list: &SyntaxNode) -> bool {
    node.ancestors().take_while(|it| it != list).any(|it| match ast::Expr::cast(it) {
        Some(ast::Expr::ClosureExpr(it)) => it.move_token().is_some(),
        Some(ast::Expr::BlockExpr(it)) => it.async_token().is_some(),
        _ => false,
    })
}

/// The variables that statements bind for those after them.
pub(in crate::rewrite) fn bound_by(rows: &[SyntaxNode]) -> impl Iterator<Item = ast::IdentPat> + '_ {
    let statements = rows.iter().cloned().filter_map(ast::LetStmt::cast);
    let pats = statements.filter_map(|it| it.pat());
    pats.flat_map(|it| it.syntax().descendants().filter_map(ast::IdentPat::cast))
}

/// `drop(guard);`
pub(in crate::rewrite) fn is_drop_of(row: &SyntaxNode, guard: &ast::IdentPat) -> bool {
    let name = ast::HasName::name(guard).map(|it| it.text().to_string()).unwrap_or_default();
    let text: String = row.text().to_string().split_whitespace().collect();
    [format!("drop({name});"), format!("std::mem::drop({name});"), format!("mem::drop({name});")]
        .contains(&text)
}

pub(in crate::rewrite) fn is_dropped(path: &SyntaxNode) -> bool {
    let call = path.ancestors().nth(2).and_then(ast::CallExpr::cast).and_then(|it| it.expr());
    let name = call.map(|it| it.syntax().text().to_string()).unwrap_or_default();
    name == "drop" || name.ends_with("::drop")
}
