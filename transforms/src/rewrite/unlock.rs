//! A lock that is given back before the await: what is needed after it is taken out as an owned value.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasName};
use retask_engine::Analysis;
use retask_engine::guards::Keeper;
use retask_engine::held::{Held, Lock};
use retask_engine::mentions;
use retask_engine::owned::{place_to_copy, value_of};
use retask_engine::place::indent_at;
use retask_engine::resolve::Sema;

use super::draft::Draft;
use super::layout::shifted;
use crate::spot;

const WRITTEN: &str = "a macro writes a part of it";

/// Gives the lock back before the first await, or says why that cannot be.
pub(crate) fn rewrite(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    lock: &Lock,
    held: &Held,
) -> Result<Draft, String> {
    let mut draft = Draft::new("give the lock back before the await");
    draft.caveat("what the lock kept from changing can change during the await");
    let unlock = Unlock { sema, analysis, lock };
    match &held.keeper {
        Keeper::Temporary { made, .. } => unlock.temporary(made, &mut draft)?,
        Keeper::Variable { pat, from, scope } => unlock.variable(pat, from, scope, &mut draft)?,
    }
    Ok(draft)
}

struct Unlock<'u, 'a> {
    sema: &'u Sema<'a>,
    analysis: &'u Analysis<'u>,
    lock: &'u Lock,
}

impl Unlock<'_, '_> {
    fn source(&self, node: &SyntaxNode) -> Result<TextRange, String> {
        let place = self.sema.source_range(node).filter(|(file, _)| *file == self.lock.site.file);
        place.map(|(_, range)| range).ok_or_else(|| WRITTEN.to_owned())
    }

    fn text(&self, node: &SyntaxNode) -> Result<&str, String> {
        Ok(self.analysis.workspace.text(self.lock.site.file, self.source(node)?))
    }

    fn file(&self) -> &str {
        &self.analysis.workspace.files[self.lock.site.file as usize].text
    }

    /// The guard is a temporary value: the value that it is needed for gets a statement of its own.
    fn temporary(&self, made: &SyntaxNode, draft: &mut Draft) -> Result<(), String> {
        let made = ast::Expr::cast(made.clone()).ok_or(WRITTEN)?;
        let (value, suffix) = self.to_take_out(&made, draft)?;
        let text = format!("{}{suffix}", self.text(value.syntax())?);
        let range = self.source(value.syntax())?;
        let file = self.lock.site.file;
        match first_in_statement(&value) {
            Some(statement) => {
                let name = self.name_for(&value, &statement)?;
                let at = self.source(&statement)?.start();
                let indent = indent_at(self.file(), at.into());
                draft.insert(self.analysis, file, at, &format!("let {name} = {text};\n{indent}"));
                draft.replace(self.analysis, file, range, name);
            }
            None => {
                let name = self.free_name(value.syntax(), "value")?;
                draft.replace(self.analysis, file, range, format!("{{ let {name} = {text}; {name} }}"));
            }
        }
        Ok(())
    }

    /// The expression whose value stands in for the guard, and what makes it owned.
    fn to_take_out(&self, guard: &ast::Expr, draft: &mut Draft) -> Result<(ast::Expr, &'static str), String> {
        if let Some(value) = value_of(self.sema, guard) {
            return Ok((value, ""));
        }
        let refused =
            "what is needed over the await is borrowed from the guard, and no copy of it can stand in";
        let place = place_to_copy(self.sema, guard).ok_or(refused)?;
        draft.caveat("the await works on a copy, which does not see later changes");
        Ok((place, ".clone()"))
    }

    /// A name for a value that a statement begins with: that of the only variable of its pattern, where nothing else goes by it.
    fn name_for(&self, value: &ast::Expr, statement: &SyntaxNode) -> Result<String, String> {
        let pat = value.syntax().parent().and_then(ast::LetExpr::cast).and_then(|it| it.pat());
        let mut bound = pat
            .into_iter()
            .flat_map(|it| it.syntax().descendants().filter_map(ast::IdentPat::cast).collect::<Vec<_>>());
        if let (Some(only), None) = (bound.next(), bound.next())
            && let Some(name) = only.name().map(|it| it.text().to_string())
        {
            let outside = words(&holder_of(statement), &name) - words(statement, &name);
            let otherwise =
                statement.descendants().filter_map(ast::IfExpr::cast).filter_map(|it| it.else_branch());
            let in_else = otherwise.map(|it| match it {
                ast::ElseBranch::Block(it) => words(it.syntax(), &name),
                ast::ElseBranch::IfExpr(it) => words(it.syntax(), &name),
            });
            if outside == 0 && in_else.sum::<usize>() == 0 {
                return Ok(name);
            }
        }
        self.free_name(statement, "value")
    }

    /// A name that the function does not use.
    fn free_name(&self, node: &SyntaxNode, name: &str) -> Result<String, String> {
        let holder = holder_of(node);
        let numbered = (2..20).map(|it| format!("{name}_{it}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names.find(|it| words(&holder, it) == 0).ok_or_else(|| "no name is free".to_owned())
    }

    /// The guard is a variable whose last use comes before the await, or in the statement that awaits.
    fn variable(
        &self,
        pat: &ast::IdentPat,
        from: &SyntaxNode,
        scope: &SyntaxNode,
        draft: &mut Draft,
    ) -> Result<(), String> {
        let is_let = ast::LetStmt::cast(from.clone()).is_some_and(|it| it.let_else().is_none());
        if !is_let || from.parent().as_ref() != Some(scope) {
            return Err("the guard is not taken by a statement of its own".to_owned());
        }
        let uses = mentions::uses(self.sema, scope, pat)?;
        if uses.is_empty() {
            return Err("the guard is only there to keep others out over the await".to_owned());
        }
        let awaited = self.lock.awaits.first().ok_or("no await is known")?.1;
        let statements: Vec<SyntaxNode> = scope.children().skip_while(|it| it != from).collect();
        let index_of = |range: TextRange| {
            statements.iter().position(|it| self.source(it).is_ok_and(|it| it.contains_range(range)))
        };
        let awaits = index_of(awaited).ok_or(WRITTEN)?;
        let used = uses.iter().map(|it| index_of(self.source(it.syntax()).ok()?)).collect::<Option<Vec<_>>>();
        let last = used.ok_or(WRITTEN)?.into_iter().max().unwrap_or_default();
        match last {
            _ if last < awaits => self.close(&statements, last, scope, draft),
            _ if last == awaits => {
                let within = |it: &&ast::PathExpr| {
                    statements[awaits].text_range().contains_range(it.syntax().text_range())
                };
                let in_statement: Vec<&ast::PathExpr> = uses.iter().filter(within).collect();
                let [only] = in_statement.as_slice() else {
                    return Err("the statement that awaits uses the guard more than once".to_owned());
                };
                self.close_with_value(&statements, awaits, only, draft)
            }
            _ => Err("the guard is used after the await as well".to_owned()),
        }
    }

    /// Puts the statements that use the guard into a block; where the code after them needs more than one value of theirs, ends the
    /// guard by hand.
    fn close(
        &self,
        statements: &[SyntaxNode],
        last: usize,
        scope: &SyntaxNode,
        draft: &mut Draft,
    ) -> Result<(), String> {
        let inner = &statements[..=last];
        let mut needed = Vec::new();
        let after = self.source(&statements[last])?.end();
        for statement in inner.iter().skip(1).filter_map(|it| ast::LetStmt::cast(it.clone())) {
            for local in statement
                .syntax()
                .children()
                .flat_map(|it| it.descendants().filter_map(ast::IdentPat::cast))
                .filter(|it| is_of(it, &statement))
            {
                let uses = mentions::uses(self.sema, scope, &local)?;
                if uses.iter().any(|it| self.source(it.syntax()).is_ok_and(|it| it.start() >= after)) {
                    let owned = self
                        .sema
                        .type_of_binding(&local)
                        .is_some_and(|it| !it.contains_unknown() && self.sema.is_static(&it));
                    if !owned {
                        return Err("what is needed over the await borrows from the guard".to_owned());
                    }
                    needed.push((statement.clone(), local));
                }
            }
        }
        let file = self.lock.site.file;
        let start = self.source(&statements[0])?.start();
        let indent = indent_at(self.file(), start.into());
        match needed.as_slice() {
            [] => {
                let text = &self.file()[TextRange::new(start, after)];
                let body = shifted(text, indent, &format!("{indent}    "));
                draft.replace(
                    self.analysis,
                    file,
                    TextRange::new(start, after),
                    format!("{{\n{indent}    {body}\n{indent}}}"),
                );
            }
            [(statement, local)] if *statement.syntax() == statements[last] && is_whole(statement, local) => {
                let value = statement.initializer().ok_or(WRITTEN)?;
                let head = self.source(statement.syntax())?.start();
                let value_at = self.source(value.syntax())?;
                let let_part = self.file()[TextRange::new(head, value_at.start())].to_owned();
                let before = self.file()[TextRange::new(start, head)].to_owned();
                let body = format!("{before}{}", &self.file()[value_at]);
                let body = shifted(&body, indent, &format!("{indent}    "));
                let whole = TextRange::new(start, after);
                draft.replace(
                    self.analysis,
                    file,
                    whole,
                    format!("{let_part}{{\n{indent}    {body}\n{indent}}};"),
                );
            }
            _ => {
                let name =
                    ast::LetStmt::cast(statements[0].clone()).and_then(|it| it.pat()).ok_or(WRITTEN)?;
                let name = name.syntax().text().to_string();
                let name = name.trim_start_matches("mut ").to_owned();
                draft.insert(self.analysis, file, after, &format!("\n{indent}drop({name});"));
            }
        }
        Ok(())
    }

    /// The statement that awaits needs one value of the guard: the block gives it.
    fn close_with_value(
        &self,
        statements: &[SyntaxNode],
        awaits: usize,
        used: &ast::PathExpr,
        draft: &mut Draft,
    ) -> Result<(), String> {
        let (value, suffix) = self.to_take_out(&used.clone().into(), draft)?;
        let statement = &statements[awaits];
        if first_in_statement(&value).as_ref() != Some(statement) {
            return Err("the statement that awaits does other things before it uses the guard".to_owned());
        }
        let locals = statements[1..awaits].iter().any(|it| it.kind() == SyntaxKind::LET_STMT);
        if locals {
            return Err("the code before the await binds values that it may need".to_owned());
        }
        let name = self.name_for(&value, statement)?;
        let start = self.source(&statements[0])?.start();
        let end = self.source(statement)?.start();
        let indent = indent_at(self.file(), start.into());
        let before = self.file()[TextRange::new(start, end)].to_owned();
        let body = shifted(
            &format!("{before}{}{suffix}", self.text(value.syntax())?),
            indent,
            &format!("{indent}    "),
        );
        let file = self.lock.site.file;
        draft.replace(
            self.analysis,
            file,
            TextRange::new(start, end),
            format!("let {name} = {{\n{indent}    {body}\n{indent}}};\n{indent}"),
        );
        draft.replace(self.analysis, file, self.source(value.syntax())?, name);
        Ok(())
    }
}

/// Whether a pattern belongs to a statement itself, and not to a closure or block in it.
fn is_of(local: &ast::IdentPat, statement: &ast::LetStmt) -> bool {
    statement.pat().is_some_and(|it| it.syntax().text_range().contains_range(local.syntax().text_range()))
}

/// Whether a `let` binds nothing but one variable.
fn is_whole(statement: &ast::LetStmt, local: &ast::IdentPat) -> bool {
    statement.pat().is_some_and(|it| it.syntax() == local.syntax()) && statement.let_else().is_none()
}

/// The statement that evaluates an expression first, and in any case.
fn first_in_statement(value: &ast::Expr) -> Option<SyntaxNode> {
    use SyntaxKind::*;
    let statement = spot::statement(value.syntax())?;
    let start = value.syntax().text_range().start();
    let acts = |it: &SyntaxNode| {
        matches!(
            it.kind(),
            CALL_EXPR | METHOD_CALL_EXPR | MACRO_CALL | AWAIT_EXPR | INDEX_EXPR | TRY_EXPR | BIN_EXPR
        ) && it.text_range().end() <= start
    };
    let mut inner = value.syntax().clone();
    for outer in
        value.syntax().ancestors().skip(1).take_while(|it| *it != *statement.parent().as_ref().unwrap_or(it))
    {
        let is_head = outer.children().find(|it| ast::Expr::can_cast(it.kind())).as_ref() == Some(&inner);
        let is_iterated = ast::ForExpr::cast(outer.clone())
            .is_some_and(|it| it.iterable().is_some_and(|it| *it.syntax() == inner));
        match outer.kind() {
            WHILE_EXPR | LOOP_EXPR | CLOSURE_EXPR => return None,
            IF_EXPR if !is_head || outer.parent().is_some_and(|it| it.kind() == IF_EXPR) => return None,
            MATCH_EXPR | BIN_EXPR if !is_head => return None,
            FOR_EXPR if !is_iterated => return None,
            BLOCK_EXPR
                if ast::BlockExpr::cast(outer.clone()).is_some_and(|it| it.async_token().is_some()) =>
            {
                return None;
            }
            _ => {}
        }
        inner = outer;
    }
    (!statement.descendants().any(|it| acts(&it))).then_some(statement)
}

fn holder_of(node: &SyntaxNode) -> SyntaxNode {
    node.ancestors().find(|it| it.kind() == SyntaxKind::FN).unwrap_or_else(|| node.clone())
}

/// How often a word stands in a node.
fn words(node: &SyntaxNode, word: &str) -> usize {
    node.descendants_with_tokens().filter_map(|it| it.into_token()).filter(|it| it.text() == word).count()
}
