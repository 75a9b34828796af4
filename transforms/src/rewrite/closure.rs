//! The text of one offload: a closure, the call that hands it over, and what is evaluated before.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};
use retask_engine::capture::{Capture, How};
use retask_engine::place::indent_at;

use super::draft::Draft;
use super::fails::Fails;
use super::layout::{self, WIDTH};
use super::offload::Hoisted;
use super::runtime::Pool;
use crate::case::Case;

/// One expression on its way to the blocking pool.
pub(crate) struct Closure<'t, 'c, 'a> {
    pub case: &'t Case<'c, 'a>,
    pub expr: &'t ast::Expr,
    pub hoisted: Vec<Hoisted>,
    pub captures: Vec<Capture>,
    pub pool: Pool,
    /// A `?` ends the work early.
    pub fails: Option<Fails<'a>>,
}

impl Closure<'_, '_, '_> {
    /// The range to replace and the text for it.
    pub fn write(&self) -> Result<(TextRange, String), String> {
        let chain = end_of_chain(self.expr);
        let text = self.text();
        let lines = if self.pool.channel.is_some() || self.binds_inside(&chain) {
            Vec::new()
        } else {
            self.prelude()?
        };
        let start = self.source(self.expr.syntax())?.start();
        let indent = indent_at(text, start.into());
        let inner = format!("{indent}    ");
        if let Some(inside) = self.one_line_block(&chain) {
            let new = self.lines(&lines, &chain, &inner)?;
            return Ok((inside, format!("\n{inner}{new}\n{indent}")));
        }
        let whole = self.source(&whole_statement(&chain))?;
        let end = text.get(usize::from(self.source(&chain)?.end())..whole.end().into()).unwrap_or_default();
        if lines.is_empty() {
            return Ok((whole, self.chain(&chain, indent)? + end));
        }
        if self.is_last(&chain) {
            return Ok((whole, self.lines(&lines, &chain, indent)? + end));
        }
        let new = self.lines(&lines, &chain, &inner)?;
        Ok((whole, format!("{{\n{inner}{new}{end}\n{indent}}}")))
    }

    /// The lines before the call, and the call, all at one indent.
    fn lines(&self, lines: &[String], chain: &SyntaxNode, indent: &str) -> Result<String, String> {
        let before: String = lines.iter().map(|it| format!("{it}\n{indent}")).collect();
        Ok(before + &self.chain(chain, indent)?)
    }

    /// The call, its await, and what followed the expression.
    fn chain(&self, chain: &SyntaxNode, indent: &str) -> Result<String, String> {
        let own_end = if self.fails.is_some() && !self.is_same_result(chain) { "?" } else { "" };
        let (call, is_long) = match &self.pool.channel {
            Some(channel) => {
                let closure = self.closure(indent)?;
                (answered(&self.pool, channel, &closure, &self.prelude()?, indent), true)
            }
            None => {
                let closure =
                    if self.binds_inside(chain) { self.scoped(indent)? } else { self.closure(indent)? };
                (call(&self.pool, &closure, indent), closure.contains('\n'))
            }
        };
        let links = if is_long { indent.to_owned() } else { format!("{indent}    ") };
        let rest = self.rest(chain, &links)?;
        // A block that begins a statement ends it.
        let begins = chain
            .parent()
            .is_some_and(|it| matches!(it.kind(), SyntaxKind::EXPR_STMT | SyntaxKind::STMT_LIST));
        let has_end = !own_end.is_empty() || !rest.is_empty();
        match call.starts_with('{') && begins && has_end {
            true => Ok(format!("({call}){own_end}{rest}")),
            false => Ok(format!("{call}{own_end}{rest}")),
        }
    }

    /// Whether what the closure owns is bound inside the call: what follows uses a name that would be bound anew, or a block would stand
    /// where conditions and arguments do.
    fn binds_inside(&self, chain: &SyntaxNode) -> bool {
        let bound = self.captures.iter().filter(|it| it.how != How::Moved).map(|it| it.name.as_str());
        let bound: Vec<&str> = bound.chain(self.hoisted.iter().map(|it| it.name.as_str())).collect();
        !bound.is_empty()
            && (is_operand(chain) || names_after(chain, self.expr.syntax().text_range(), &bound))
    }

    /// The closure in a block with what it owns, so that no other code sees these names.
    fn scoped(&self, indent: &str) -> Result<String, String> {
        let inner = format!("{indent}    ");
        let lines: String = self.prelude()?.iter().map(|it| format!("{it}\n{inner}")).collect();
        Ok(format!("{{\n{inner}{lines}{}\n{indent}}}", self.closure(&inner)?))
    }

    /// What follows the expression, each method on a line of its own.
    fn rest(&self, chain: &SyntaxNode, indent: &str) -> Result<String, String> {
        let mut rest = String::new();
        let mut node = self.expr.syntax().clone();
        while node != *chain {
            let outer = node.parent().ok_or("the call has no statement")?;
            let range = TextRange::new(self.source(&node)?.end(), self.source(&outer)?.end());
            rest.push_str(&layout::link(self.text(), range, indent));
            node = outer;
        }
        Ok(rest)
    }

    /// Whether the expression itself fails as the work in it does, and is handed on as that: no second `?` is needed.
    fn is_same_result(&self, chain: &SyntaxNode) -> bool {
        let ty = self.case.sema.ty(self.expr);
        let same = self.fails.as_ref().zip(ty).is_some_and(|(fails, ty)| fails.is_same(self.case, &ty));
        let parent = self.expr.syntax().parent();
        let tried = parent.is_some_and(|it| it.kind() == SyntaxKind::TRY_EXPR);
        same && (tried || chain == self.expr.syntax() && is_value_of_body(self.case, chain))
    }

    /// What the pool is given: the function itself where it takes nothing, else a closure, laid out as rustfmt does.
    fn closure(&self, indent: &str) -> Result<String, String> {
        let source = self.source(self.expr.syntax())?;
        let old = indent_at(self.text(), source.start().into());
        let body = layout::shifted(&self.body(source)?, old, indent);
        if let Some(function) = self.bare_function() {
            return Ok(function);
        }
        let chain = end_of_chain(self.expr);
        let (result, body) = match &self.fails {
            Some(fails) if !self.is_same_result(&chain) => {
                (format!(" -> {}", fails.result), format!("{}({body})", fails.wrap))
            }
            _ => (String::new(), body),
        };
        let is_block = matches!(self.expr, ast::Expr::BlockExpr(_));
        let width = indent.len() + self.pool.function.len() + "(move || )".len() + result.len() + body.len();
        if !is_block && (body.contains('\n') || width > WIDTH) {
            return Ok(format!("move ||{result} {{\n{indent}    {}\n{indent}}}", deeper(&body)));
        }
        let body = if result.is_empty() { body } else { format!("{{ {body} }}") };
        Ok(format!("move ||{result} {body}"))
    }

    /// The called function, where the call takes no arguments.
    fn bare_function(&self) -> Option<String> {
        let ast::Expr::CallExpr(call) = self.expr else { return None };
        let takes_nothing = ast::HasArgList::arg_list(call)?.args().next().is_none();
        let ast::Expr::PathExpr(function) = call.expr()? else { return None };
        let alone = takes_nothing && self.captures.is_empty() && self.fails.is_none();
        alone.then(|| function.syntax().text().to_string())
    }

    /// The inside of a block on one line whose value the chain is: what is on several lines needs its own there.
    fn one_line_block(&self, chain: &SyntaxNode) -> Option<TextRange> {
        let list = chain.parent().filter(|it| it.kind() == SyntaxKind::STMT_LIST)?;
        let list = self.source(&list).ok()?;
        let range = TextRange::new(
            list.start() + ra_ap_syntax::TextSize::of('{'),
            list.end() - ra_ap_syntax::TextSize::of('}'),
        );
        let inside = self.text().get(std::ops::Range::<usize>::from(range))?;
        let alone = inside.trim().len() == usize::from(self.source(chain).ok()?.len());
        (alone && !inside.contains('\n')).then_some(range)
    }

    /// Whether a chain ends its block, or nothing after it uses the names that are bound before it.
    fn is_last(&self, chain: &SyntaxNode) -> bool {
        let statement = whole_statement(chain);
        let list = statement.parent().filter(|it| it.kind() == SyntaxKind::STMT_LIST);
        let bound = self.hoisted.iter().map(|it| it.name.as_str());
        let bound: Vec<&str> = bound.chain(self.captures.iter().map(|it| it.name.as_str())).collect();
        list.is_some_and(|list| !names_after(&list, statement.text_range(), &bound))
    }

    fn text(&self) -> &str {
        &self.case.analysis.workspace.files[self.case.entered.site.file as usize].text
    }

    fn source(&self, node: &SyntaxNode) -> Result<TextRange, String> {
        let place = self.case.sema.source_range(node);
        let place = place.filter(|(file, _)| *file == self.case.entered.site.file);
        place.map(|(_, range)| range).ok_or_else(|| "the call is put together by a macro".to_owned())
    }

    /// The expression with its captures and hoisted parts by their new names.
    fn body(&self, source: TextRange) -> Result<String, String> {
        let mut edits: Vec<(TextRange, &str)> = Vec::new();
        for capture in &self.captures {
            edits.extend(capture.uses.iter().map(|(range, text)| (*range, text.as_str())));
        }
        for part in &self.hoisted {
            edits.push((self.source(&part.node)?, &part.name));
        }
        let text = self.case.analysis.workspace.text(self.case.entered.site.file, source);
        Ok(splice(text, source, edits))
    }

    /// What is evaluated and owned before the closure is made.
    fn prelude(&self) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        for part in &self.hoisted {
            let range = self.source(&part.node)?;
            let text = self.case.analysis.workspace.text(self.case.entered.site.file, range);
            lines.push(format!("let {} = {};", part.name, deeper(text)));
        }
        lines.extend(owning_lines(&self.captures));
        Ok(lines)
    }
}

/// Whether an expression is a part of another one: a condition, an argument, an operand.
fn is_operand(expr: &SyntaxNode) -> bool {
    let Some(parent) = expr.parent() else { return false };
    match parent.kind() {
        SyntaxKind::IF_EXPR
        | SyntaxKind::WHILE_EXPR
        | SyntaxKind::MATCH_EXPR
        | SyntaxKind::FOR_EXPR
        | SyntaxKind::LET_EXPR
        | SyntaxKind::ARG_LIST
        | SyntaxKind::FORMAT_ARGS_ARG
        | SyntaxKind::REF_EXPR
        | SyntaxKind::PREFIX_EXPR
        | SyntaxKind::PAREN_EXPR
        | SyntaxKind::TUPLE_EXPR => true,
        // No block may end before an `else`.
        SyntaxKind::LET_STMT => ast::LetStmt::cast(parent).is_some_and(|it| it.let_else().is_some()),
        SyntaxKind::BIN_EXPR => {
            let op = ast::BinExpr::cast(parent).and_then(|it| it.op_kind());
            !matches!(op, Some(ast::BinaryOp::Assignment { .. }))
        }
        _ => false,
    }
}

/// Whether a node is what its async body gives back.
pub(crate) fn is_value_of_body(case: &Case<'_, '_>, node: &SyntaxNode) -> bool {
    let Some(parent) = node.parent() else { return false };
    if parent.kind() == SyntaxKind::RETURN_EXPR {
        return true;
    }
    let body = (case.entered.body.file, case.entered.body.range);
    let block = parent.parent().filter(|_| parent.kind() == SyntaxKind::STMT_LIST);
    let is_body = |it: SyntaxNode| case.sema.source_range(&it) == Some(body);
    block.is_some_and(|it| {
        is_body(it.clone()) || it.parent().filter(|it| it.kind() == SyntaxKind::FN).is_some_and(is_body)
    })
}

/// Whether the code of a block after a range names one of some variables, be it in a string that a macro formats.
pub(crate) fn names_after(block: &SyntaxNode, range: TextRange, names: &[&str]) -> bool {
    let tokens = block.descendants_with_tokens().filter_map(|it| it.into_token());
    let mut after = tokens.filter(|it| it.text_range().start() >= range.end());
    after.any(|it| {
        let mut words = it.text().split(|c: char| !c.is_alphanumeric() && c != '_');
        words.any(|word| names.contains(&word))
    })
}

/// The end of what follows an expression as a postfix: `?`, and methods that are called on it.
fn end_of_chain(expr: &ast::Expr) -> SyntaxNode {
    let mut node = expr.syntax().clone();
    while let Some(outer) = node.parent() {
        let follows = match outer.kind() {
            SyntaxKind::TRY_EXPR | SyntaxKind::AWAIT_EXPR => true,
            SyntaxKind::METHOD_CALL_EXPR => outer.first_child().is_some_and(|it| it == node),
            _ => false,
        };
        if !follows {
            break;
        }
        node = outer;
    }
    node
}

/// The statement that an expression is, with its semicolon; the expression itself where it is a part of one.
fn whole_statement(expr: &SyntaxNode) -> SyntaxNode {
    expr.parent().filter(|it| it.kind() == SyntaxKind::EXPR_STMT).unwrap_or_else(|| expr.clone())
}

/// The statements that make captured values owned.
pub(crate) fn owning_lines(captures: &[Capture]) -> Vec<String> {
    let line = |it: &Capture| match it.how {
        How::Moved => None,
        How::Evaluated | How::Copied => Some(format!("let {} = {};", it.name, it.place)),
        // A `clone` of a reference to a reference gives a reference.
        How::Owned(owning) if it.nested > 0 => {
            Some(format!("let {} = ({}{}){};", it.name, "*".repeat(it.nested), it.place, owning.call()))
        }
        How::Owned(owning) => Some(format!("let {} = {}{};", it.name, it.place, owning.call())),
    };
    captures.iter().filter_map(line).collect()
}

/// Says what is copied at length for the closure to own it.
pub(crate) fn tell_copies(draft: &mut Draft, captures: &[Capture]) {
    for it in captures {
        if let Some(items) = it.many {
            draft.caveat(format!("copies `{}`, an array of {items} items, each time", it.place));
        }
    }
}

/// A text with the ranges in it replaced. Ranges count from the start of the file, as the range of the text does.
pub(crate) fn splice(text: &str, range: TextRange, mut edits: Vec<(TextRange, &str)>) -> String {
    edits.sort_by_key(|(range, _)| range.start());
    let mut out = String::new();
    let mut at = 0;
    for (edit, new) in edits {
        let (start, end) =
            (usize::from(edit.start() - range.start()), usize::from(edit.end() - range.start()));
        out.push_str(&text[at..start]);
        out.push_str(new);
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

/// The call that hands a closure over, laid out as rustfmt does.
pub(crate) fn call(pool: &Pool, closure: &str, indent: &str) -> String {
    if let Some(channel) = &pool.channel {
        return answered(pool, channel, closure, &[], indent);
    }
    let steps = pool.suffix.replacen(".expect(", "\u{0}.expect(", 1);
    let further = if closure.contains('\n') { "" } else { "    " };
    let steps: String = steps.split('\u{0}').map(|it| format!("\n{indent}{further}{it}")).collect();
    format!("{}({closure}){steps}", pool.function)
}

/// A job that sends its value back, and with it a panic; what it owns is made before it.
fn answered(pool: &Pool, channel: &str, closure: &str, prelude: &[String], indent: &str) -> String {
    let inner = format!("{indent}    ");
    let prelude: String = prelude.iter().map(|it| format!("{it}\n{inner}")).collect();
    let closure = deeper(&deeper(closure));
    format!(
        "{{\n{inner}{prelude}let (answer, result) = {channel}();\n{inner}{}(move || {{\n{inner}    let _ = answer.send(std::panic::catch_unwind(std::panic::AssertUnwindSafe({closure})));\n{inner}}});\n{inner}result\n{inner}    .await\n{inner}    .expect(\"the job answers\")\n{inner}    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))\n{indent}}}",
        pool.function
    )
}

/// A text with its further lines indented by one more level.
pub(crate) fn deeper(text: &str) -> String {
    layout::shifted(text, "", "    ")
}
