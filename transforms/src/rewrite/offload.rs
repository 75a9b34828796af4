//! One offload: the blocking expression moves into a closure on the blocking pool, and its result is awaited.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, T, TextRange, ast};
use retask_engine::alive::obstacle_to_await;
use retask_engine::capture::{Capture, How, Work, captures};
use retask_engine::place::indent_at;

use super::draft::Draft;
use super::layout;
use super::runtime::{self, Pool};
use crate::case::Case;

/// Moves the call, or the expression around it that is its unit of work, to the blocking pool.
pub(crate) fn rewrite(case: &Case<'_, '_>) -> Result<Draft, String> {
    let expr = match unit_of_work(case) {
        Ok(expr) => expr,
        Err(reason) => {
            return super::batch::of_loop(case).map_or(Err(reason), |it| super::batch::rewrite(case, it));
        }
    };
    if let Some(obstacle) = obstacle_to_await(case.sema, expr.syntax(), &case.entered.body) {
        return Err(obstacle);
    }
    let file = case.entered.site.file;
    let mut draft = Draft::new("move the call to the blocking pool and await it");
    let pool = runtime::pool(case, &mut draft)?;
    let hoisted = hoist(case, &expr)?;
    let mut work = Work::of(expr.syntax());
    work.before = hoisted.iter().map(|it| it.node.text_range()).collect();
    let fails = may_fail(case, &work)?;
    let captures = captures(case.sema, &work, &case.body())?;
    let (range, text) = Closure { case, expr: &expr, hoisted, captures, pool, fails }.write()?;
    draft.replace(case.analysis, file, range, text);
    if super::twin::is_in_macro(case) {
        draft.caveat("the call stands in a macro's arguments, where the new await may be cancelled");
    }
    Ok(draft)
}

/// Whether a `?` ends the work early; all else that leaves it, and a `?` on another error than that of I/O, is refused.
pub(crate) fn may_fail(case: &Case<'_, '_>, work: &Work) -> Result<bool, String> {
    let mut fails = false;
    for node in work.descendants() {
        match leaves(&node, &work.node) {
            Some(A_TRY) => {
                let tried = ast::TryExpr::cast(node).and_then(|it| it.expr());
                let ty = tried.and_then(|it| case.sema.ty(&it));
                if !ty.is_some_and(|it| case.sema.is_io_result(&it)) {
                    return Err("the work holds a `?` on another error than `std::io::Error`".to_owned());
                }
                fails = true;
            }
            Some(word) => return Err(format!("the work holds {word}, which cannot leave a closure")),
            None => {}
        }
    }
    Ok(fails)
}

/// The expression to move: the call itself; out of closures that run in place, the expression that runs them; and further along the
/// method chain while its value is only a plan of the work, or cannot cross threads.
fn unit_of_work(case: &Case<'_, '_>) -> Result<ast::Expr, String> {
    let mut expr = match case.macro_around().or_else(|| case.call.expr()) {
        Some(expr) if !case.entered.body.in_closure => expr,
        Some(_) => outside_closures(case, case.call.syntax())
            .ok_or("the call stands in a sync closure, where nothing can be awaited")?,
        None => outside_closures(case, case.call.syntax()).ok_or("the function is passed on as a value")?,
    };
    let mut first_reason = None;
    loop {
        match can_cross(case, &expr) {
            Ok(()) => return Ok(expr),
            Err(reason) => {
                first_reason.get_or_insert(reason);
            }
        }
        match next_in_chain(&expr) {
            Some(outer) => expr = outer,
            None => return Err(first_reason.unwrap_or_default()),
        }
    }
}

/// The method call whose receiver an expression is, be it through a `?`.
fn next_in_chain(expr: &ast::Expr) -> Option<ast::Expr> {
    let mut node = expr.syntax().clone();
    while let Some(outer) = node.parent().filter(|it| it.kind() == SyntaxKind::TRY_EXPR) {
        node = outer;
    }
    let call = node.parent().and_then(ast::MethodCallExpr::cast)?;
    call.receiver().is_some_and(|it| *it.syntax() == node).then(|| call.into())
}

/// The end of the method chain that runs the closures around a node.
fn outside_closures(case: &Case<'_, '_>, node: &SyntaxNode) -> Option<ast::Expr> {
    let body = case.entered.body.range;
    let inside = node.ancestors().take_while(|it| it.text_range() != body);
    let closure = inside.filter(|it| it.kind() == SyntaxKind::CLOSURE_EXPR).last();
    let start = closure.unwrap_or_else(|| node.clone());
    let call = start
        .ancestors()
        .skip(1)
        .find(|it| matches!(it.kind(), SyntaxKind::CALL_EXPR | SyntaxKind::METHOD_CALL_EXPR))?;
    if !body.contains_range(call.text_range()) {
        return None;
    }
    let mut expr = ast::Expr::cast(call)?;
    while let Some(outer) = next_in_chain(&expr) {
        expr = outer;
    }
    Some(expr)
}

/// Whether the value of an expression can come back from another thread.
fn can_cross(case: &Case<'_, '_>, expr: &ast::Expr) -> Result<(), String> {
    let shown = name_of(expr);
    let ty = case.sema.ty(expr).filter(|it| !it.contains_unknown());
    let ty = ty.ok_or_else(|| format!("the type of the result of `{shown}` is not known"))?;
    if case.sema.is_lazy(&ty) {
        return Err(format!("the result of `{shown}` does its work where it is iterated"));
    }
    if !case.sema.is_static(&ty) {
        return Err(format!("the result of `{shown}` borrows from what it is made of"));
    }
    if !case.sema.is_send(&ty) {
        return Err(match case.sema.holds_unknown(&ty) {
            true => format!("whether the result of `{shown}` is `Send` is not known"),
            false => format!("the result of `{shown}` is not `Send`"),
        });
    }
    Ok(())
}

/// The called function of an expression, for messages.
fn name_of(expr: &ast::Expr) -> String {
    match expr {
        ast::Expr::MethodCallExpr(it) => it.name_ref().map(|it| it.text().to_string()).unwrap_or_default(),
        ast::Expr::CallExpr(it) => it.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default(),
        other => other.syntax().text().to_string(),
    }
}

/// A receiver or argument that is evaluated before the closure, since it awaits or leaves the body.
pub(crate) struct Hoisted {
    node: SyntaxNode,
    name: String,
}

fn hoist(case: &Case<'_, '_>, expr: &ast::Expr) -> Result<Vec<Hoisted>, String> {
    let parts = match expr {
        ast::Expr::MethodCallExpr(it) => {
            use ast::HasArgList;
            it.receiver().into_iter().chain(it.arg_list().into_iter().flat_map(|it| it.args())).collect()
        }
        ast::Expr::CallExpr(it) => {
            use ast::HasArgList;
            it.arg_list().into_iter().flat_map(|it| it.args()).collect()
        }
        _ => Vec::new(),
    };
    let mut hoisted: Vec<Hoisted> = Vec::new();
    for part in parts {
        let part: ast::Expr = part;
        let inner = match &part {
            ast::Expr::RefExpr(it) if it.mut_token().is_none() => it.expr().unwrap_or(part.clone()),
            _ => part.clone(),
        };
        let is_closure = matches!(inner, ast::Expr::ClosureExpr(_));
        if is_closure || inner.syntax().descendants().find_map(|it| leaves(&it, inner.syntax())).is_none() {
            continue;
        }
        can_cross(case, &inner)?;
        let name = format!(
            "{}{}",
            value_name(case, &inner),
            if hoisted.is_empty() { String::new() } else { (hoisted.len() + 1).to_string() }
        );
        hoisted.push(Hoisted { node: inner.syntax().clone(), name });
    }
    Ok(hoisted)
}

/// A name for a value, from the last word of its type's name.
fn value_name(case: &Case<'_, '_>, expr: &ast::Expr) -> String {
    let ty = case.sema.type_name(expr).unwrap_or_default();
    let start = ty.rfind(|c: char| c.is_ascii_uppercase()).unwrap_or(0);
    let word = ty[start..].to_ascii_lowercase();
    let usable = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
    if usable && !["box", "type", "ref", "string", "vec", "self"].contains(&word.as_str()) {
        word
    } else {
        "value".to_owned()
    }
}

/// The word of [`leaves`] for a `?`.
pub(crate) const A_TRY: &str = "a `?`";

/// What makes code leave the work that it is a part of, in words.
pub(crate) fn leaves(node: &SyntaxNode, work: &SyntaxNode) -> Option<&'static str> {
    let within = |kinds: &[SyntaxKind]| {
        let inside = node.ancestors().skip(1).take_while(|it| it != work);
        let with_work = inside.chain((node != work).then(|| work.clone()));
        with_work.into_iter().any(|it| kinds.contains(&it.kind()))
    };
    let in_async = || {
        let blocks = node.ancestors().skip(1).take_while(|it| it != work).filter_map(ast::BlockExpr::cast);
        blocks.into_iter().any(|it| it.async_token().is_some())
    };
    let unlabelled = || node.children_with_tokens().all(|it| it.kind() != SyntaxKind::LIFETIME);
    match node.kind() {
        SyntaxKind::AWAIT_EXPR if !in_async() => Some("an `.await`"),
        SyntaxKind::TRY_EXPR if !within(&[SyntaxKind::CLOSURE_EXPR]) && !in_async() => Some(A_TRY),
        SyntaxKind::RETURN_EXPR if !within(&[SyntaxKind::CLOSURE_EXPR]) && !in_async() => Some("a `return`"),
        SyntaxKind::BREAK_EXPR | SyntaxKind::CONTINUE_EXPR if !(unlabelled() && within(LOOPS)) => {
            Some("a `break` or `continue`")
        }
        SyntaxKind::YIELD_EXPR => Some("a `yield`"),
        SyntaxKind::MACRO_CALL => {
            let tokens = node.descendants_with_tokens().filter_map(|it| it.into_token());
            let mut kinds = tokens.map(|it| it.kind());
            kinds
                .any(|it| matches!(it, T![await] | T![?] | T![return]))
                .then_some("a macro that may leave it")
        }
        _ => None,
    }
}

const LOOPS: &[SyntaxKind] = &[SyntaxKind::LOOP_EXPR, SyntaxKind::WHILE_EXPR, SyntaxKind::FOR_EXPR];

/// The text of one offload.
struct Closure<'t, 'c, 'a> {
    case: &'t Case<'c, 'a>,
    expr: &'t ast::Expr,
    hoisted: Vec<Hoisted>,
    captures: Vec<Capture>,
    pool: Pool,
    /// A `?` ends the work early.
    fails: bool,
}

impl Closure<'_, '_, '_> {
    /// The range to replace and the text for it.
    fn write(&self) -> Result<(TextRange, String), String> {
        let source = self.source(self.expr.syntax())?;
        let prelude = self.prelude()?;
        let text = &self.case.analysis.workspace.files[self.case.entered.site.file as usize].text;
        let indent = indent_at(text, source.start().into());
        let closure = self.closure(source, indent)?;
        let own_end = if self.fails { "?" } else { "" };
        let further = if closure.contains('\n') { "" } else { "    " };
        let end = end_of_chain(self.expr);
        if prelude.is_empty() {
            let range = TextRange::new(source.start(), self.source(&end)?.end());
            let links = self.links(&format!("{indent}{further}"))?;
            return Ok((range, call(&self.pool, &closure, indent) + own_end + &links));
        }
        let inner = format!("{indent}    ");
        let whole = self.source(&whole_statement(end.clone()))?;
        let file = self.case.entered.site.file;
        let rest = TextRange::new(self.source(&end)?.end(), whole.end());
        let rest = self.links(&format!("{inner}{further}"))? + self.case.analysis.workspace.text(file, rest);
        let lines: String = prelude.iter().map(|it| format!("{inner}{it}\n")).collect();
        let call = call(&self.pool, &deeper(&closure), &inner);
        Ok((whole, format!("{{\n{lines}{inner}{call}{own_end}{rest}\n{indent}}}")))
    }

    /// What follows the expression up to the end of its chain, each link on a line with this indent.
    fn links(&self, indent: &str) -> Result<String, String> {
        let source = &self.case.analysis.workspace.files[self.case.entered.site.file as usize].text;
        let end = end_of_chain(self.expr).text_range();
        let chain = self.expr.syntax().ancestors().take_while(|it| end.contains_range(it.text_range()));
        let ends = chain.map(|it| Ok(self.source(&it)?.end())).collect::<Result<Vec<_>, String>>()?;
        let parts = ends.windows(2).map(|it| TextRange::new(it[0], it[1]));
        Ok(parts.map(|it| layout::link(source, it, indent)).collect())
    }

    /// What the pool is given: the function itself where it takes nothing, else a closure, laid out as rustfmt does.
    fn closure(&self, source: TextRange, indent: &str) -> Result<String, String> {
        let body = self.body(source)?;
        let result = if self.fails { " -> std::io::Result<_>" } else { "" };
        let body = if self.fails { format!("Ok({body})") } else { body };
        if let Some(function) = self.bare_function() {
            return Ok(function);
        }
        if body.contains('\n') && !matches!(self.expr, ast::Expr::BlockExpr(_)) {
            return Ok(format!("move ||{result} {{\n{indent}    {}\n{indent}}}", deeper(&body)));
        }
        let body = if self.fails { format!("{{ {body} }}") } else { body };
        Ok(format!("move ||{result} {body}"))
    }

    /// The called function, where the call takes no arguments.
    fn bare_function(&self) -> Option<String> {
        let ast::Expr::CallExpr(call) = self.expr else { return None };
        let takes_nothing = ast::HasArgList::arg_list(call)?.args().next().is_none();
        let ast::Expr::PathExpr(function) = call.expr()? else { return None };
        let alone = takes_nothing && self.captures.is_empty() && !self.fails;
        alone.then(|| function.syntax().text().to_string())
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
fn whole_statement(expr: SyntaxNode) -> SyntaxNode {
    expr.parent().filter(|it| it.kind() == SyntaxKind::EXPR_STMT).unwrap_or(expr)
}

/// The statements that make captured values owned.
pub(crate) fn owning_lines(captures: &[Capture]) -> Vec<String> {
    let line = |it: &Capture| match it.how {
        How::Moved => None,
        How::Evaluated | How::Copied => Some(format!("let {} = {};", it.name, it.place)),
        How::Owned(owning) => Some(format!("let {} = {}{};", it.name, it.place, owning.call())),
    };
    captures.iter().filter_map(line).collect()
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
    let steps = pool.suffix.replacen(".expect(", "\u{0}.expect(", 1);
    let further = if closure.contains('\n') { "" } else { "    " };
    let steps: String = steps.split('\u{0}').map(|it| format!("\n{indent}{further}{it}")).collect();
    format!("{}({closure}){steps}", pool.function)
}

/// A text with its further lines indented by one more level; left alone where a string spans lines.
pub(crate) fn deeper(text: &str) -> String {
    let spans_lines = text.contains('"') && text.lines().any(|line| line.matches('"').count() % 2 == 1);
    if spans_lines { text.to_owned() } else { text.replace('\n', "\n    ").replace("\n    \n", "\n\n") }
}
