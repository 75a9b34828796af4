//! The code of a method that a critical section becomes: the words of the section, with the state in the place of its guard.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast, ast::HasName};
use retask_engine::capture::{Capture, How};
use retask_engine::change::may_change;
use retask_engine::mentions;
use retask_engine::place::indent_at;

use super::super::closure::splice;
use super::super::layout::{shifted, words};
use super::cut::{Cutting, MACRO, is_own};
use super::region::{Guard, Region, bound_by, is_drop_of};
use super::value::Value;

impl<'a> Cutting<'_, 'a> {
    /// The code of the method.
    pub(super) fn body(
        &self,
        region: &Region,
        guard: &Guard,
        captures: &[Capture],
        range: TextRange,
        value: &Value,
    ) -> Result<String, String> {
        let place = |node: &SyntaxNode| self.sema.source_range(node).map(|it| it.1).ok_or(MACRO.to_owned());
        let (at, new) = self.instead_of_guard(guard)?;
        let mut edits: Vec<(TextRange, String)> = vec![(place(&at)?, new)];
        for capture in captures {
            let new = |text: &String| match capture.how {
                How::Moved => capture.name.clone(),
                _ => text.clone(),
            };
            let uses = capture.uses.iter().map(|(it, text)| (*it, new(text)));
            edits.extend(
                uses.filter(|(it, text)| self.text(region, *it) != *text).map(|it| self.short(region, it)),
            );
        }
        edits.extend(self.borrows_again(region, guard)?);
        if let (Some(variable), Region::Rows { rows, .. }) = (&guard.variable, region) {
            for row in rows.iter().filter(|it| is_drop_of(it, variable)) {
                edits.push((place(row)?, String::new()));
            }
        }
        if value.returns {
            for it in region
                .descendants()
                .filter_map(ast::ReturnExpr::cast)
                .filter(|it| is_own(it.syntax(), region.node()))
            {
                let given = it.expr().ok_or("a section returns from the middle of its function")?;
                let given = place(given.syntax())?;
                edits.push((TextRange::empty(given.start()), "Some(".to_owned()));
                edits.push((TextRange::empty(given.end()), ")".to_owned()));
            }
        }
        let (file, _) = self.sema.source_range(region.node()).ok_or(MACRO)?;
        let late: String = self.late(region, captures, &mut edits)?;
        let source = &self.analysis.workspace.files[file as usize].text;
        let indent = indent_at(source, range.start().into());
        let text_of = |edits: Vec<(TextRange, String)>| {
            let text =
                splice(&source[range], range, edits.iter().map(|(it, text)| (*it, text.as_str())).collect());
            shifted(text.trim_end(), indent, "")
        };
        let is_last = self.last_bound(region, guard, value, &mut edits)?;
        let text = late + &text_of(edits);
        if is_last {
            return Ok(text);
        }
        let is_plain = matches!(region, Region::Expr(it) if !is_block_like(it));
        let end = if is_plain && (value.ty.is_none() || !value.outs.is_empty()) { ";" } else { "" };
        Ok(match (value.wrap, value.outs.as_str(), &value.ty) {
            (None, "", _) => format!("{text}{end}"),
            (None, outs, _) => format!("{text}{end}\n{outs}"),
            (Some(wrap), "", _) if matches!(region, Region::Expr(_)) && !value.is_dropped => {
                format!("{wrap}({text})")
            }
            (Some(wrap), "", _) if is_plain => format!("{text};\n{wrap}(())"),
            (Some(wrap), "", _) => format!("{text}\n{wrap}(())"),
            (Some(wrap), outs, _) => format!("{text}\n{wrap}({outs})"),
        })
    }

    /// Variables that get their first value in the section are declared in the method.
    pub(super) fn late(
        &self,
        region: &Region,
        captures: &[Capture],
        edits: &mut Vec<(TextRange, String)>,
    ) -> Result<String, String> {
        let mut declared = String::new();
        for capture in captures.iter().filter(|it| it.is_late) {
            let begins = format!("{} =", capture.name);
            let row = match region {
                Region::Rows { rows, .. } => {
                    rows.iter().find(|it| it.text().to_string().starts_with(&begins))
                }
                Region::Expr(_) => None,
            };
            match row {
                Some(row) => {
                    let at = self.sema.source_range(row).ok_or(MACRO)?.1.start();
                    edits.push((TextRange::empty(at), "let ".to_owned()));
                }
                None => declared.push_str(&format!("let {};\n", capture.name)),
            }
        }
        Ok(declared)
    }

    /// What a section gives back as its last value, where its last statement binds just that. A variable that only later code changes
    /// is not `mut`.
    pub(super) fn last_bound(
        &self,
        region: &Region,
        guard: &Guard,
        value: &Value,
        edits: &mut Vec<(TextRange, String)>,
    ) -> Result<bool, String> {
        let Region::Rows { list, rows } = region else { return Ok(false) };
        let end = region.range().end();
        for pat in bound_by(rows) {
            let name = pat.name().map(|it| it.text().to_string()).unwrap_or_default();
            let is_out = words(&value.outs).any(|it| it == name);
            let Some(word) = pat.mut_token().filter(|_| is_out) else { continue };
            let uses = mentions::uses(self.sema, list, &pat)?;
            let mut inside = uses.iter().filter(|it| it.syntax().text_range().start() < end);
            if inside.any(|it| may_change(self.sema, it)) {
                continue;
            }
            let at = self.sema.source_range(pat.syntax()).ok_or(MACRO)?.1.start();
            let length = word.text_range().len() + ra_ap_syntax::TextSize::of(' ');
            edits.push((TextRange::at(at, length), String::new()));
        }
        let is_drop = |it: &&SyntaxNode| guard.variable.as_ref().is_some_and(|guard| is_drop_of(it, guard));
        let last = rows.iter().rev().find(|it| !is_drop(it)).cloned();
        let last = last.and_then(ast::LetStmt::cast).filter(|it| it.let_else().is_none());
        let binds = last.as_ref().and_then(|it| it.pat()).is_some_and(|it| match it {
            ast::Pat::IdentPat(it) => it.name().is_some_and(|it| it.text() == value.outs.as_str()),
            _ => false,
        });
        let (Some(last), true) = (last.filter(|it| it.ty().is_none()), binds && value.wrap.is_none()) else {
            return Ok(false);
        };
        let initializer = last.initializer().ok_or("a section is not complete")?;
        let whole = self.sema.source_range(last.syntax()).ok_or(MACRO)?.1;
        let inner = self.sema.source_range(initializer.syntax()).ok_or(MACRO)?.1;
        edits.retain(|it| !TextRange::new(whole.start(), inner.start()).contains_range(it.0));
        edits.push((TextRange::new(whole.start(), inner.start()), String::new()));
        edits.push((TextRange::new(inner.end(), whole.end()), String::new()));
        Ok(true)
    }

    /// `name: name` is written as `name`.
    pub(super) fn short(&self, region: &Region, (range, new): (TextRange, String)) -> (TextRange, String) {
        let file = self.sema.source_range(region.node()).map(|it| it.0).unwrap_or_default();
        let before = &self.analysis.workspace.files[file as usize].text[..usize::from(range.start())];
        let named = before.trim_end().strip_suffix(&format!("{new}:"));
        let starts =
            named.filter(|it| !it.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':')));
        match starts {
            Some(rest) => (TextRange::new(ra_ap_syntax::TextSize::of(rest), range.end()), new),
            None => (range, new),
        }
    }

    /// Where the guard's variable is lent to a function, the borrow of the state is passed on as it is.
    pub(super) fn borrows_again(
        &self,
        region: &Region,
        guard: &Guard,
    ) -> Result<Vec<(TextRange, String)>, String> {
        let Some(variable) = &guard.variable else { return Ok(Vec::new()) };
        let name = variable.name().map(|it| it.text().to_string()).unwrap_or_default();
        let lent = mentions::uses(self.sema, region.node(), variable)?.into_iter().filter_map(|it| {
            let borrow = it.syntax().parent().and_then(ast::RefExpr::cast)?;
            borrow.syntax().parent().filter(|it| it.kind() == SyntaxKind::ARG_LIST)?;
            Some((self.sema.source_range(borrow.syntax())?.1, name.clone()))
        });
        Ok(lent.collect())
    }

    pub(super) fn text(&self, region: &Region, range: TextRange) -> &str {
        let file = self.sema.source_range(region.node()).map(|it| it.0).unwrap_or_default();
        self.analysis.workspace.text(file, range)
    }

    /// What is replaced for the guard, and by what: a variable borrows the state, a dereference is the state itself.
    pub(super) fn instead_of_guard(&self, guard: &Guard) -> Result<(SyntaxNode, String), String> {
        let value = guard.value.syntax().clone();
        if let Some(variable) = &guard.variable {
            let borrow = if variable.mut_token().is_some() { "&mut " } else { "&" };
            // The variable itself is no longer changed.
            let pat = variable.syntax().clone();
            let name = variable.name().map(|it| it.text().to_string()).unwrap_or_default();
            let statement = pat.parent().ok_or("a section is not complete")?;
            return Ok((statement, format!("let {name} = {borrow}{};", self.state)));
        }
        let outer = value.parent().and_then(ast::PrefixExpr::cast);
        match outer.filter(|it| it.op_kind() == Some(ast::UnaryOp::Deref)) {
            Some(outer) => Ok((outer.syntax().clone(), self.state.clone())),
            None => {
                let given = value.parent().is_some_and(|it| it.kind() == SyntaxKind::ARG_LIST);
                if given {
                    Err("the guard of the lock is given away: it is stored, returned or passed on".to_owned())
                } else {
                    Ok((value, self.state.clone()))
                }
            }
        }
    }
}

fn is_block_like(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::IfExpr(_) | ast::Expr::MatchExpr(_) | ast::Expr::ForExpr(_))
}
