//! A section that changes the value: it is replaced by `send_replace`, or changed in a closure by `send_modify`.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasName};
use retask_engine::Analysis;
use retask_engine::again::is_used_after;
use retask_engine::mentions;
use retask_engine::place::indent_at;
use retask_engine::resolve::Sema;
use retask_engine::shared::Section;

use super::super::closure::splice;
use super::super::layout::{WIDTH, shifted};
use super::super::owner::region::{Guard, Leaves, Region, bound_by, is_drop_of};
use super::{MACRO, words};

const GIVES: &str = "a section changes the value and gives something back, which neither `send_replace` nor `send_modify` can";

pub(super) struct Change<'c, 'a> {
    pub sema: &'c Sema<'a>,
    pub analysis: &'c Analysis<'c>,
    pub section: &'c Section,
    /// What the lock is taken of.
    pub receiver: &'c str,
    /// What the value is called in a closure, where no variable of the section names it.
    pub label: &'c str,
}

impl Change<'_, '_> {
    /// The code that takes the place of the section, and what of the old code goes into it unchanged.
    pub fn edit(&self) -> Result<(TextRange, String), String> {
        let (region, guard) = Region::of(self.sema, self.section)?;
        if let Some(new) = self.replaces(&region, &guard)? {
            return Ok(new);
        }
        match region.leaves()? {
            Leaves::Never => {}
            Leaves::Tries => {
                return Err("a section that changes the value holds a `?`, which leads out of it".to_owned());
            }
            Leaves::Returns => {
                return Err("a section that changes the value returns from its function".to_owned());
            }
        }
        let in_guard = guard.value.syntax().text_range();
        let mut awaits = region.descendants().filter(|it| it.kind() == SyntaxKind::AWAIT_EXPR);
        if !self.section.awaits.is_empty() || awaits.any(|it| !in_guard.contains_range(it.text_range())) {
            return Err("a section that changes the value awaits, and nothing can be awaited while a `watch` channel changes".to_owned());
        }
        match &region {
            Region::Expr(expr) => self.expr(expr, &guard),
            Region::Rows { rows, list } => self.rows(rows, list, &guard),
        }
    }

    fn place(&self, node: &SyntaxNode) -> Result<(u32, TextRange), String> {
        self.sema.source_range(node).ok_or_else(|| MACRO.to_owned())
    }

    fn text(&self, node: &SyntaxNode) -> Result<&str, String> {
        let (file, range) = self.place(node)?;
        Ok(self.analysis.workspace.text(file, range))
    }

    /// `*x.lock().await = v`: the new value is known before the lock is taken.
    fn replaces(&self, region: &Region, guard: &Guard) -> Result<Option<(TextRange, String)>, String> {
        let (Region::Expr(expr), None) = (region, &guard.variable) else { return Ok(None) };
        let Some(value) = assigned(expr, guard.value.syntax()) else { return Ok(None) };
        let parent = expr.syntax().parent().map(|it| it.kind());
        let call = format!("{}.send_replace({})", self.receiver, self.text(value.syntax())?);
        let text = match parent {
            Some(SyntaxKind::EXPR_STMT) => call,
            Some(SyntaxKind::STMT_LIST) => format!("{call};"),
            _ => format!("{{ {call}; }}"),
        };
        Ok(Some((self.place(expr.syntax())?.1, text)))
    }

    /// One expression on the value itself, as `x.lock().await.push(1)`.
    fn expr(&self, expr: &ast::Expr, guard: &Guard) -> Result<(TextRange, String), String> {
        let ty = self.sema.ty(expr).ok_or("what a section gives is not known")?;
        let gives = !(ty.is_unit() || ty.is_never());
        let statement = expr.syntax().parent().filter(|it| it.kind() == SyntaxKind::EXPR_STMT);
        if gives && statement.is_none() {
            return Err(GIVES.to_owned());
        }
        let (file, range) = self.place(expr.syntax())?;
        let borrow = guard.value.syntax().parent().filter(|it| it.kind() == SyntaxKind::REF_EXPR);
        let (_, at) = self.place(&borrow.unwrap_or(guard.value.syntax().clone()))?;
        let old = self.analysis.workspace.text(file, range);
        let name = self.name(&splice(old, range, vec![(at, "")]));
        let body = splice(old, range, vec![(at, &name)]);
        let has_end = statement.as_ref().is_some_and(|it| it.text().to_string().trim_end().ends_with(';'));
        let end = if statement.is_some() && !has_end { ";" } else { "" };
        let new = self.modify(file, range, &name, &body, if gives { ";" } else { "" });
        Ok((range, format!("{new}{end}")))
    }

    /// Statements that work on a guard in a variable.
    fn rows(
        &self,
        rows: &[SyntaxNode],
        list: &SyntaxNode,
        guard: &Guard,
    ) -> Result<(TextRange, String), String> {
        let (Some(variable), [first, rest @ ..]) = (&guard.variable, rows) else {
            return Err(GIVES.to_owned());
        };
        let last = rest.last().ok_or("the lock protects code, and the value behind it is not used")?;
        let end = last.text_range().end();
        if bound_by(rest).any(|it| is_used_after(self.sema, &it, list, end)) {
            return Err(GIVES.to_owned());
        }
        let tail = ast::Expr::cast(last.clone());
        if tail.as_ref().and_then(|it| self.sema.ty(it)).is_some_and(|it| !it.is_unit() && !it.is_never()) {
            return Err(GIVES.to_owned());
        }
        let rest: Vec<&SyntaxNode> = rest.iter().filter(|it| !is_drop_of(it, variable)).collect();
        let kept = rest.last().ok_or("the lock protects code, and the value behind it is not used")?;
        let (file, from) = self.place(first)?;
        let (_, to) = self.place(kept)?;
        let whole = from.cover(self.place(last)?.1);
        let end = if tail.is_some() { "" } else { ";" };
        let name = variable.name().map(|it| it.text().to_string()).unwrap_or_default();
        if let ([_], Some(value)) = (rest.as_slice(), self.sets(kept, &name)) {
            return Ok((
                whole,
                format!("{}.send_replace({}){end}", self.receiver, self.text(value.syntax())?),
            ));
        }
        let inner = TextRange::new(from.end(), to.end());
        let lent = self.lent(list, variable)?;
        let lent = lent.iter().filter(|it| inner.contains_range(**it)).map(|it| (*it, name.as_str()));
        let body = splice(self.analysis.workspace.text(file, inner), inner, lent.collect());
        let body = body.trim();
        let plain = body.strip_suffix(';').filter(|it| it.lines().count() == 1 && self.is_unit(kept));
        let new = match plain {
            Some(plain) => self.modify(file, whole, &name, plain, ""),
            None => self.in_block(file, whole, &name, body),
        };
        Ok((whole, format!("{new}{end}")))
    }

    /// What a statement sets the whole value to, where that is a plain value.
    fn sets(&self, row: &SyntaxNode, name: &str) -> Option<ast::Expr> {
        let expr = ast::ExprStmt::cast(row.clone())?.expr()?;
        let ast::Expr::BinExpr(assigned) = &expr else { return None };
        let is_set = assigned.op_kind() == Some(ast::BinaryOp::Assignment { op: None })
            && assigned.lhs()?.syntax().text() == format!("*{name}").as_str();
        let value = assigned.rhs().filter(|it| matches!(it, ast::Expr::Literal(_) | ast::Expr::PathExpr(_)));
        value.filter(|_| is_set)
    }

    /// Whether a statement is an expression that gives nothing.
    fn is_unit(&self, row: &SyntaxNode) -> bool {
        let expr = ast::ExprStmt::cast(row.clone()).and_then(|it| it.expr());
        expr.and_then(|it| self.sema.ty(&it)).is_some_and(|it| it.is_unit())
    }

    /// Where the guard is lent to a function, the closure's borrow is passed on as it is.
    fn lent(&self, list: &SyntaxNode, variable: &ast::IdentPat) -> Result<Vec<TextRange>, String> {
        let uses = mentions::uses(self.sema, list, variable)?;
        let borrows = uses.iter().filter_map(|it| it.syntax().parent().and_then(ast::RefExpr::cast));
        let lent =
            borrows.filter(|it| it.syntax().parent().is_some_and(|it| it.kind() == SyntaxKind::ARG_LIST));
        lent.map(|it| Ok(self.place(it.syntax())?.1)).collect()
    }

    /// A name for the value that the code of a closure does not hold.
    fn name(&self, code: &str) -> String {
        let is_plain = self.label.starts_with(|c: char| c.is_lowercase());
        let known = [self.label].into_iter().filter(|_| is_plain).chain(["value", "state", "guarded"]);
        let free = known.into_iter().find(|name| words(code).all(|it| it != *name));
        free.unwrap_or("guarded_value").to_owned()
    }

    /// `x.send_modify(|x| …)`, in a block where it is longer than a line.
    fn modify(&self, file: u32, range: TextRange, name: &str, body: &str, end: &str) -> String {
        let source = &self.analysis.workspace.files[file as usize].text;
        let indent = indent_at(source, range.start().into());
        let line = format!("{}.send_modify(|{name}| {body})", self.receiver);
        if end.is_empty() && !body.contains('\n') && indent.len() + line.len() < WIDTH {
            return line;
        }
        self.in_block(file, range, name, &format!("{body}{end}"))
    }

    fn in_block(&self, file: u32, range: TextRange, name: &str, body: &str) -> String {
        let source = &self.analysis.workspace.files[file as usize].text;
        let indent = indent_at(source, range.start().into());
        let deeper = format!("{indent}    ");
        let body = shifted(body, indent, &deeper);
        format!("{}.send_modify(|{name}| {{\n{deeper}{body}\n{indent}}})", self.receiver)
    }
}

/// The value that an expression gives to what is behind a guard.
fn assigned(expr: &ast::Expr, guard: &SyntaxNode) -> Option<ast::Expr> {
    let ast::Expr::BinExpr(it) = expr else { return None };
    let ast::Expr::PrefixExpr(lhs) = it.lhs()? else { return None };
    let is_whole = lhs.op_kind() == Some(ast::UnaryOp::Deref) && lhs.expr()?.syntax() == guard;
    let is_plain = it.op_kind() == Some(ast::BinaryOp::Assignment { op: None });
    it.rhs().filter(|_| is_whole && is_plain)
}
