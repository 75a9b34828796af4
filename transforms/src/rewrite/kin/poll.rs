//! The loop of a task that polls a queue, as a loop that waits for the next value.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasLoopBody};
use retask_engine::Analysis;
use retask_engine::loops::is_run_later;
use retask_engine::place::indent_at;
use retask_engine::resolve::Sema;

use super::super::closure::splice;
use super::super::layout::shifted;
use super::shape::{SHAPE, all_match, expr_of, is_idle, is_irrefutable, some_of};
use super::{MACRO, words};

const ENDS: &str =
    "the loop that polls the queue ends by a flag or a count, which a channel ends by being closed";

/// The loop around the place that takes from the queue.
pub(super) struct Poll<'p, 'a> {
    sema: &'p Sema<'a>,
    analysis: &'p Analysis<'p>,
    /// The call that takes a value.
    pop: SyntaxNode,
    pub around: ast::LoopExpr,
    /// The name of the receiver.
    receiver: &'p str,
    file: u32,
}

impl<'p, 'a> Poll<'p, 'a> {
    pub fn of(
        (sema, analysis): (&'p Sema<'a>, &'p Analysis<'p>),
        pop: SyntaxNode,
        receiver: &'p str,
    ) -> Result<Poll<'p, 'a>, String> {
        let mut loops = pop.ancestors().take_while(|it| !is_body(it)).filter(|it| {
            matches!(it.kind(), SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR)
        });
        let inner = loops.next().ok_or("what takes from the queue is no loop")?;
        // `loop { while let Some(job) = … { … } sleep }`
        let is_drain = ast::WhileExpr::cast(inner.clone()).and_then(|it| it.condition()).is_some_and(
            |it| matches!(it, ast::Expr::LetExpr(it) if it.expr().is_some_and(|it| *it.syntax() == pop)),
        );
        let around = if is_drain { loops.next() } else { Some(inner) };
        let around = around.and_then(ast::LoopExpr::cast).ok_or(ENDS)?;
        let (file, _) = sema.source_range(around.syntax()).ok_or(MACRO)?;
        let poll = Poll { sema, analysis, pop, around, receiver, file };
        poll.is_left_without_a_value()?;
        Ok(poll)
    }

    /// A loop that waits gives nothing, and ends where the old one went on for ever.
    fn is_left_without_a_value(&self) -> Result<(), String> {
        let around = self.around.syntax();
        let own = |it: &SyntaxNode| {
            !it.ancestors().skip(1).take_while(|it| it != around).any(|it| is_run_later(&it))
        };
        let in_inner = |it: &SyntaxNode| {
            let mut between = it.ancestors().skip(1).take_while(|it| it != around);
            between.any(|it| {
                matches!(it.kind(), SyntaxKind::LOOP_EXPR | SyntaxKind::WHILE_EXPR | SyntaxKind::FOR_EXPR)
            })
        };
        let breaks = around.descendants().filter_map(ast::BreakExpr::cast).filter(|it| own(it.syntax()));
        let breaks: Vec<_> = breaks.filter(|it| !in_inner(it.syntax()) || it.lifetime().is_some()).collect();
        if breaks.iter().any(|it| it.expr().is_some()) {
            return Err("the loop that polls the queue gives a value".to_owned());
        }
        if !breaks.is_empty() {
            return Ok(());
        }
        let body = around.ancestors().find(is_body).ok_or(MACRO)?;
        let gives = match self.sema.function_at(&body) {
            Some(function) => !self.sema.result_of(function).is_unit(),
            None => {
                let returns = body.descendants().filter_map(ast::ReturnExpr::cast);
                returns.into_iter().any(|it| it.expr().is_some())
            }
        };
        match gives {
            true => Err("the loop that polls the queue only ends by a `return` with a value, and a channel also ends by being closed".to_owned()),
            false => Ok(()),
        }
    }

    fn range(&self, node: &SyntaxNode) -> Result<TextRange, String> {
        self.sema.source_range(node).map(|it| it.1).ok_or_else(|| MACRO.to_owned())
    }

    fn text(&self, node: &SyntaxNode) -> Result<&'p str, String> {
        Ok(self.analysis.workspace.text(self.file, self.range(node)?))
    }

    fn indent(&self, range: TextRange) -> &'p str {
        indent_at(&self.analysis.workspace.files[self.file as usize].text, range.start().into())
    }

    /// The place of the loop, and the loop that takes its place.
    pub fn edit(&self) -> Result<(TextRange, String), String> {
        let list = self.around.loop_body().and_then(|it| it.stmt_list()).ok_or(SHAPE)?;
        let rows: Vec<SyntaxNode> = list.syntax().children().collect();
        let text = match rows.as_slice() {
            [one] => match expr_of(one).ok_or(SHAPE)? {
                ast::Expr::MatchExpr(it) if self.is_pop(it.expr()) => self.of_match(&it, None)?,
                ast::Expr::IfExpr(it) => self.of_if(&it, None)?,
                _ => return Err(SHAPE.to_owned()),
            },
            [first, rest @ ..] => self.of_rows(first, rest, &list)?,
            [] => return Err(SHAPE.to_owned()),
        };
        Ok((self.range(self.around.syntax())?, text))
    }

    fn is_pop(&self, expr: Option<ast::Expr>) -> bool {
        expr.is_some_and(|it| *it.syntax() == self.pop)
    }

    fn of_rows(
        &self,
        first: &SyntaxNode,
        rest: &[SyntaxNode],
        list: &ast::StmtList,
    ) -> Result<String, String> {
        if let Some(ast::Expr::WhileExpr(inner)) = expr_of(first) {
            return self.of_drain(&inner, rest);
        }
        let statement = ast::LetStmt::cast(first.clone()).ok_or(SHAPE)?;
        if !self.is_pop(statement.initializer()) {
            return Err(SHAPE.to_owned());
        }
        let pat = statement.pat().ok_or(SHAPE)?;
        if let Some(other) = statement.let_else() {
            let other = other.block_expr().map(ast::Expr::from).ok_or(SHAPE)?;
            let pat = all_match(&pat)?;
            is_idle(&other)?;
            let end = list.r_curly_token().map(|it| it.text_range()).ok_or(SHAPE)?;
            let from = self.range(first)?.end();
            let length = end.start() - first.text_range().end();
            let work = self.analysis.workspace.text(self.file, TextRange::at(from, length)).trim_end();
            let indent = self.indent(self.range(self.around.syntax())?);
            return Ok(format!("{} {{{work}\n{indent}}}", self.head(&pat)?));
        }
        let ast::Pat::IdentPat(name) = &pat else { return Err(SHAPE.to_owned()) };
        let [work] = rest else { return Err(SHAPE.to_owned()) };
        let name = ast::HasName::name(name).map(|it| it.text().to_string()).ok_or(SHAPE)?;
        let names = |it: Option<ast::Expr>| it.is_some_and(|it| it.syntax().text() == name.as_str());
        match expr_of(work).ok_or(SHAPE)? {
            ast::Expr::MatchExpr(it) if names(it.expr()) => self.of_match(&it, Some(&name)),
            ast::Expr::IfExpr(it) => self.of_if(&it, Some(&name)),
            _ => Err(SHAPE.to_owned()),
        }
    }

    /// `while let Some(job) = … { … }` and a sleep.
    fn of_drain(&self, inner: &ast::WhileExpr, rest: &[SyntaxNode]) -> Result<String, String> {
        let [idle] = rest else { return Err(SHAPE.to_owned()) };
        is_idle(&expr_of(idle).ok_or(SHAPE)?)?;
        let Some(ast::Expr::LetExpr(taken)) = inner.condition() else { return Err(SHAPE.to_owned()) };
        let leaves = inner.syntax().descendants().any(|it| it.kind() == SyntaxKind::BREAK_EXPR);
        if leaves || ast::HasAttrs::attrs(inner).next().is_some() {
            return Err(SHAPE.to_owned());
        }
        let pat = all_match(&taken.pat().ok_or(SHAPE)?)?;
        self.with_body(&pat, &inner.loop_body().map(ast::Expr::from).ok_or(SHAPE)?)
    }

    /// `if let Some(job) = … { … } else { sleep }`
    fn of_if(&self, it: &ast::IfExpr, name: Option<&str>) -> Result<String, String> {
        let Some(ast::Expr::LetExpr(taken)) = it.condition() else { return Err(SHAPE.to_owned()) };
        let is_taken = match name {
            Some(name) => taken.expr().is_some_and(|it| it.syntax().text() == name),
            None => self.is_pop(taken.expr()),
        };
        let Some(ast::ElseBranch::Block(other)) = it.else_branch().filter(|_| is_taken) else {
            return Err(SHAPE.to_owned());
        };
        is_idle(&other.into())?;
        let pat = all_match(&taken.pat().ok_or(SHAPE)?)?;
        self.with_body(&pat, &it.then_branch().map(ast::Expr::from).ok_or(SHAPE)?)
    }

    fn of_match(&self, it: &ast::MatchExpr, name: Option<&str>) -> Result<String, String> {
        let arms: Vec<ast::MatchArm> = it.match_arm_list().into_iter().flat_map(|it| it.arms()).collect();
        let is_none = |it: &&ast::MatchArm| it.pat().is_some_and(|it| it.syntax().text() == "None");
        let idle = arms.iter().find(is_none).ok_or(SHAPE)?;
        is_idle(&idle.expr().ok_or(SHAPE)?)?;
        let others: Vec<&ast::MatchArm> = arms.iter().filter(|it| *it != idle).collect();
        let pats: Option<Vec<ast::Pat>> = others.iter().map(|it| some_of(&it.pat()?)).collect();
        let pats = pats.ok_or(SHAPE)?;
        if let ([one], [arm]) = (pats.as_slice(), others.as_slice())
            && is_irrefutable(one)
            && arm.guard().is_none()
        {
            return self.with_body(one.syntax().text().to_string().as_str(), &arm.expr().ok_or(SHAPE)?);
        }
        let whole = self.range(it.syntax())?;
        let old = self.analysis.workspace.text(self.file, whole);
        let free = || ["job", "item", "next"].into_iter().find(|name| words(old).all(|it| it != *name));
        let name = name.or_else(free).ok_or("no name is free for what the queue holds")?;
        let mut edits = vec![(self.range(it.expr().ok_or(SHAPE)?.syntax())?, name.to_owned())];
        for (arm, pat) in others.iter().zip(&pats) {
            let outer = arm.pat().ok_or(SHAPE)?;
            edits.push((self.range(outer.syntax())?, self.text(pat.syntax())?.to_owned()));
        }
        let at = self.range(idle.syntax())?;
        let before = arms.iter().take_while(|it| *it != idle).last();
        let after = arms.iter().skip_while(|it| *it != idle).nth(1);
        let gone = match (before, after) {
            (Some(it), _) => TextRange::new(self.range(it.syntax())?.end(), at.end()),
            (None, Some(it)) => TextRange::new(at.start(), self.range(it.syntax())?.start()),
            (None, None) => return Err(SHAPE.to_owned()),
        };
        edits.push((gone, String::new()));
        let new = splice(old, whole, edits.iter().map(|(it, text)| (*it, text.as_str())).collect());
        let indent = self.indent(self.range(self.around.syntax())?);
        let deeper = format!("{indent}    ");
        let new = shifted(&new, self.indent(whole), &deeper);
        Ok(format!("{} {{\n{deeper}{new}\n{indent}}}", self.head(name)?))
    }

    /// The loop with the work on one value as its body.
    fn with_body(&self, pat: &str, work: &ast::Expr) -> Result<String, String> {
        let at = self.range(work.syntax())?;
        let indent = self.indent(self.range(self.around.syntax())?);
        let text = self.text(work.syntax())?;
        let is_block = matches!(work, ast::Expr::BlockExpr(it) if it.modifier().is_none());
        if is_block {
            return Ok(format!("{} {}", self.head(pat)?, shifted(text, self.indent(at), indent)));
        }
        let deeper = format!("{indent}    ");
        let text = shifted(text, self.indent(at), &deeper);
        Ok(format!("{} {{\n{deeper}{text};\n{indent}}}", self.head(pat)?))
    }

    fn head(&self, pat: &str) -> Result<String, String> {
        let label = match self.around.label() {
            Some(it) => format!("{} ", self.text(it.syntax())?),
            None => String::new(),
        };
        Ok(format!("{label}while let Some({pat}) = {}.recv().await", self.receiver))
    }
}

/// Whether a node is the body that a loop belongs to.
fn is_body(node: &SyntaxNode) -> bool {
    node.kind() == SyntaxKind::FN || is_run_later(node)
}
