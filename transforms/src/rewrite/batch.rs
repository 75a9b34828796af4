//! Several calls in a row: the statements move together into one closure on the blocking pool.

use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, SyntaxToken, TextRange, TextSize, ast,
    ast::{HasLoopBody, HasName},
};
use retask_engine::again::is_used_after;
use retask_engine::alive::obstacle_to_await;
use retask_engine::analysis::Entered;
use retask_engine::capture::{Capture, Work, captures};
use retask_engine::catalogue::Family;
use retask_engine::change::may_change;
use retask_engine::mentions;
use retask_engine::place::indent_at;

use super::closure::{call, deeper, is_value_of_body, names_after, owning_lines, splice, tell_copies};
use super::draft::Draft;
use super::fails::Fails;
use super::offload::{A_TRY, awaits_in_macro, leaves};
use super::runtime::{self, ToPool};
use crate::case::Case;

/// How many calls in a row are worth one closure.
const ENOUGH: usize = 3;

/// Consecutive statements that all do blocking I/O.
pub(crate) struct Batch {
    list: SyntaxNode,
    statements: Vec<SyntaxNode>,
    calls: usize,
}

impl Batch {
    fn range(&self) -> TextRange {
        let first = self.statements[0].text_range();
        self.statements.iter().fold(first, |range, it| range.cover(it.text_range()))
    }

    /// What is written anew: attributes before it stay, and belong to all that takes its place.
    fn rewritten(&self) -> TextRange {
        TextRange::new(after_attributes(&self.statements[0]), self.range().end())
    }

    fn work(&self) -> Work {
        Work { range: self.range(), ..Work::of(&self.list) }
    }

    fn is_loop(&self) -> bool {
        self.statements[0].descendants().take(2).any(|it| ast::ForExpr::can_cast(it.kind()))
    }

    /// Whether more statements follow in the block.
    fn is_followed(&self) -> bool {
        let end = self.range().end();
        self.list.children().any(|it| it.text_range().start() >= end)
    }

    /// The batch with the `let` before it.
    fn with_let_before(mut self, case: &Case<'_, '_>) -> Option<Batch> {
        let before = self.statements[0].prev_sibling()?;
        let joins =
            ast::LetStmt::can_cast(before.kind()) && moves(case, &before) && moves(case, &self.statements[0]);
        joins.then(|| {
            self.statements.insert(0, before);
            self
        })
    }
}

/// The row of calls that a call is a part of, where there are enough of them.
pub(crate) fn of(case: &Case<'_, '_>) -> Option<Batch> {
    let body = case.entered.body.range;
    let plain = !case.entered.body.in_closure && !super::twin::is_in_macro(case);
    let call = plain.then(|| case.written())??;
    call.ancestors()
        .take_while(|it| it.text_range() != body)
        .filter(|it| it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST))
        .find_map(|statement| row(case, &statement))
}

/// The statements around one that do blocking I/O as it does, with plain `let`s between them.
fn row(case: &Case<'_, '_>, statement: &SyntaxNode) -> Option<Batch> {
    let list = statement.parent()?;
    let children: Vec<SyntaxNode> = list.children().collect();
    let at = children.iter().position(|it| it == statement)?;
    let fits = |it: &SyntaxNode| calls_in(case, it) > 0 && moves(case, it);
    let joins = |it: &SyntaxNode| ast::LetStmt::can_cast(it.kind()) && moves(case, it);
    if !fits(statement) {
        return None;
    }
    let mut first = at;
    while first > 0 && (fits(&children[first - 1]) || joins(&children[first - 1])) {
        first -= 1;
    }
    let mut last = at;
    while last + 1 < children.len() && (fits(&children[last + 1]) || joins(&children[last + 1])) {
        last += 1;
    }
    let mut statements = children[first..=last].to_vec();
    while !fits(&statements[0]) {
        statements.remove(0);
    }
    while !fits(&statements[statements.len() - 1]) {
        statements.pop();
    }
    let calls: usize = statements.iter().map(|it| calls_in(case, it)).sum();
    // A handle in the row, such as a file that is opened and read, has no twins: two calls are enough.
    let enough = if has_handle(case, &statements) { 2 } else { ENOUGH };
    (calls >= enough && statements.len() >= 2).then_some(Batch { list, statements, calls })
}

/// The loop whose iterable a call is in, as a unit of work.
pub(crate) fn of_loop(case: &Case<'_, '_>) -> Option<Batch> {
    let plain = !case.entered.body.in_closure && !super::twin::is_in_macro(case);
    let call = plain.then(|| case.written())??;
    let of_for = |it: &SyntaxNode| {
        let iterable = ast::ForExpr::cast(it.clone()).and_then(|it| it.iterable());
        iterable.is_some_and(|it| it.syntax().text_range().contains_range(call.text_range()))
    };
    let found = call.ancestors().take_while(|it| it.text_range() != case.entered.body.range).find(of_for)?;
    let parent = found.parent()?;
    let statement = if parent.kind() == SyntaxKind::EXPR_STMT { parent } else { found };
    let list = statement.parent().filter(|it| it.kind() == SyntaxKind::STMT_LIST)?;
    let calls = calls_in(case, &statement);
    moves(case, &statement).then(|| Batch { list, statements: vec![statement], calls })
}

/// The statement of a call alone: what it changes, such as the buffer that it reads into, may be bound just before it.
pub(crate) fn of_statement(case: &Case<'_, '_>) -> Option<Batch> {
    let plain = !case.entered.body.in_closure && !super::twin::is_in_macro(case);
    let call = plain.then(|| case.written())??;
    let inside = call.ancestors().take_while(|it| it.text_range() != case.entered.body.range);
    let statement =
        inside.into_iter().find(|it| it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST))?;
    let list = statement.parent()?;
    let calls = calls_in(case, &statement);
    is_movable(case, &statement).then(|| Batch { list, statements: vec![statement], calls })
}

/// All that is left of a block from its first such call on: what the calls give may borrow from one another, and what comes out at the
/// end does not.
pub(crate) fn to_the_end(case: &Case<'_, '_>) -> Option<Batch> {
    let plain = !case.entered.body.in_closure && !super::twin::is_in_macro(case);
    let call = plain.then(|| case.written())??;
    let inside = call.ancestors().take_while(|it| it.text_range() != case.entered.body.range);
    let lists = inside.filter(|it| it.kind() == SyntaxKind::STMT_LIST).collect::<Vec<_>>();
    lists.into_iter().rev().find_map(|list| {
        let statements: Vec<SyntaxNode> = list.children().skip_while(|it| calls_in(case, it) == 0).collect();
        let calls = statements.iter().map(|it| calls_in(case, it)).sum();
        let is_unit = (calls > 1 || is_tied(case, &list)) && statements.iter().all(|it| moves(case, it));
        is_unit.then_some(Batch { list, statements, calls })
    })
}

/// The variable by which a call is tied to others of its kind in the same body: one that holds what another gave, or that others go on
/// with.
pub(crate) fn tie(case: &Case<'_, '_>) -> Option<String> {
    let call = case.written()?;
    let in_list = |it: &SyntaxNode| it.parent().is_some_and(|it| it.kind() == SyntaxKind::STMT_LIST);
    let statements =
        call.ancestors().take_while(|it| it.text_range() != case.entered.body.range).filter(in_list);
    statements.into_iter().find_map(|statement| {
        let list = statement.parent()?;
        let names = |handle: &ast::IdentPat, it: &SyntaxNode| {
            mentions::uses(case.sema, it, handle).is_ok_and(|it| !it.is_empty())
        };
        let mut after =
            list.children().skip_while(|it| *it != statement).skip(1).filter(|it| calls_in(case, it) > 0);
        let own = handle_bound(case, &statement).filter(|handle| after.any(|it| names(handle, &it)));
        let given = list.children().take_while(|it| *it != statement).filter(|it| calls_in(case, it) > 0);
        let given = given.filter_map(|it| handle_bound(case, &it)).find(|it| names(it, &statement));
        own.or(given)?.name().map(|it| it.text().to_string())
    })
}

/// Whether a list binds a handle of a call of the case's kind, and goes on with it.
fn is_tied(case: &Case<'_, '_>, list: &SyntaxNode) -> bool {
    list.children().filter(|it| calls_in(case, it) > 0).any(|it| {
        let handle = handle_bound(case, &it);
        handle.is_some_and(|handle| is_used_after(case.sema, &handle, list, it.text_range().end()))
    })
}

/// The variable of a statement that holds a value of the library's own, such as a transaction or a table.
fn handle_bound(case: &Case<'_, '_>, statement: &SyntaxNode) -> Option<ast::IdentPat> {
    let pat = ast::LetStmt::cast(statement.clone())?.pat()?;
    let mut bound = pat.syntax().descendants().filter_map(ast::IdentPat::cast);
    bound.find(|it| {
        let ty = case.sema.type_of_binding(it);
        ty.is_some_and(|it| case.sema.mentions(&it, case.entered.reached.entry.krate()))
    })
}

fn has_handle(case: &Case<'_, '_>, statements: &[SyntaxNode]) -> bool {
    let within = |offset: u32| statements.iter().any(|it| it.text_range().contains(offset.into()));
    let entered = case.analysis.entered().iter().filter(|it| it.site.file == case.entered.site.file);
    entered
        .filter(|it| within(it.site.offset))
        .any(|it| it.through.is_none() && it.reached.entry.twin.is_none())
}

/// Whether other blocking work goes with that of a case: requests only with those of the same client.
fn belongs(case: &Case<'_, '_>, other: &Entered) -> bool {
    let (reached, other) = (&case.entered.reached, &other.reached);
    let same_client = reached.family != Family::Http || reached.entry.krate() == other.entry.krate();
    reached.family == other.family && same_client
}

fn calls_in(case: &Case<'_, '_>, statement: &SyntaxNode) -> usize {
    let range = statement.text_range();
    let here = case.analysis.entered().iter().filter(|it| {
        it.site.file == case.entered.site.file
            && belongs(case, it)
            && it.body.range == case.entered.body.range
            && range.contains(it.site.offset.into())
    });
    here.count()
}

/// Whether a statement can move into a closure: nothing but a `?` leaves it.
fn moves(case: &Case<'_, '_>, statement: &SyntaxNode) -> bool {
    is_movable(case, statement) && after_attributes(statement) == statement.text_range().start()
}

/// The same for a statement alone, whose own attributes stay where they are.
fn is_movable(case: &Case<'_, '_>, statement: &SyntaxNode) -> bool {
    let is_item = matches!(statement.kind(), SyntaxKind::FN | SyntaxKind::MACRO_CALL)
        || ast::Item::can_cast(statement.kind());
    // What other targets leave out takes its types along, and what is written around it would stay there.
    let start = after_attributes(statement);
    let is_conditional = |it: ast::Attr| {
        it.syntax().text_range().start() >= start && it.syntax().text().to_string().starts_with("#[cfg")
    };
    !is_item
        && !statement.descendants().filter_map(ast::Attr::cast).any(is_conditional)
        && statement.descendants().all(|it| leaves(&it, statement).is_none_or(|word| word == A_TRY))
        && !awaits_in_macro(case, statement)
}

/// Where a statement begins behind its attributes.
fn after_attributes(statement: &SyntaxNode) -> TextSize {
    let tokens = statement.descendants_with_tokens().filter_map(|it| it.into_token());
    let mut code = tokens.filter(|it| {
        let mut around = it.parent_ancestors().take_while(|it| it != statement);
        !it.kind().is_trivia() && !around.any(|it| it.kind() == SyntaxKind::ATTR)
    });
    code.next().map_or(statement.text_range().start(), |it| it.text_range().start())
}

/// Moves the statements into one closure on the blocking pool.
pub(crate) fn rewrite(case: &Case<'_, '_>, batch: Batch) -> Result<Draft, String> {
    rewrite_on(case, batch, runtime::pool)
}

/// The same on another pool.
pub(crate) fn rewrite_on(case: &Case<'_, '_>, mut batch: Batch, to_pool: ToPool) -> Result<Draft, String> {
    let mut draft = Draft::new(match batch.calls {
        0 | 1 if batch.is_loop() => "move the loop to the blocking pool and await it".to_owned(),
        0 | 1 => "move the call to the blocking pool and await it".to_owned(),
        calls => format!("run the {calls} calls in one task on the blocking pool"),
    });
    let pool = to_pool(case, &mut draft)?;
    let captures = loop {
        let work = batch.work();
        match captures(case.sema, &work, &case.body()) {
            Ok(captures) => break captures,
            // What the work changes may be bound just before it, for it.
            Err(reason) => batch = batch.with_let_before(case).ok_or(reason)?,
        }
    };
    if let Some(obstacle) = obstacle_to_await(case.sema, &batch.statements[0], &case.entered.body) {
        return Err(obstacle);
    }
    let range = batch.rewritten();
    let shape = Shape::of(case, &batch, &captures)?;
    let file = case.entered.site.file;
    let source = &case.analysis.workspace.files[file as usize].text;
    let indent = indent_at(source, range.start().into()).to_owned();
    let uses = captures.iter().flat_map(|it| it.uses.iter().map(|(range, text)| (*range, text.as_str())));
    let edits = uses.chain(shape.ending.iter().chain(&shape.needless).map(|it| (*it, ""))).collect();
    let statements = splice(case.analysis.workspace.text(file, range), range, edits);
    let prelude = owning_lines(&captures);
    tell_copies(&mut draft, &captures);
    let text = shape.write(&statements, &prelude, &indent, |closure, indent| call(&pool, closure, indent));
    draft.replace(case.analysis, file, range, text);
    draft.group(format!("batch\0{}\0{}", file, u32::from(range.start())));
    Ok(draft)
}

/// What goes in and out of the closure.
struct Shape<'a> {
    /// Variables that the statements bind and later code needs.
    bindings: Vec<Binding>,
    /// The ranges that make the last statement a plain value, where it binds nothing but what is given back.
    ending: Vec<TextRange>,
    /// The ranges of each `mut` that nothing in the closure needs.
    needless: Vec<TextRange>,
    fails: Option<Fails<'a>>,
    /// The last statement is the value of the block.
    tail: bool,
    /// What is bound before the closure is for it alone: later code goes by the name, or attributes stand before it.
    apart: bool,
}

impl<'a> Shape<'a> {
    fn of(case: &Case<'_, 'a>, batch: &Batch, captures: &[Capture]) -> Result<Shape<'a>, String> {
        let range = batch.range();
        let work = batch.work();
        let last = &batch.statements[batch.statements.len() - 1];
        let tail = ast::Expr::cast(last.clone()).filter(|it| !ends_without_value(it));
        let whole =
            tail.as_ref().filter(|it| is_value_of_body(case, it.syntax())).and_then(|it| case.sema.ty(it));
        let fails = match (Fails::of(case, &work), whole) {
            (Err(reason), Some(value)) => Fails::of_whole(case, &work, value).map_err(|_| reason)?,
            (fails, _) => fails?,
        };
        if let Some(tail) = &tail {
            let ty = case.sema.ty(tail).ok_or("the type of the last call is not known")?;
            if fails.as_ref().is_some_and(|it| !it.is_same(case, &ty)) {
                return Err("the calls do not all fail with the same type of error".to_owned());
            }
            if fails.is_some() && !is_value_of_body(case, tail.syntax()) {
                return Err("a `?` of the calls leaves more than the block that they end".to_owned());
            }
            crosses(case, &ty)?;
        }
        let owned: Vec<&str> = captures.iter().map(|it| it.name.as_str()).collect();
        let apart = batch.rewritten() != range || names_after(&batch.list, range, &owned);
        let bindings = bindings(case, batch)?;
        let ending = match bindings.as_slice() {
            [one] if fails.is_none() => around_value(last, &one.name),
            _ => Vec::new(),
        };
        let needless = bindings.iter().filter_map(|it| it.needless).filter(|_| ending.is_empty()).collect();
        Ok(Shape { bindings, ending, needless, fails, tail: tail.is_some(), apart })
    }

    fn write(
        &self,
        statements: &str,
        prelude: &[String],
        indent: &str,
        call: impl Fn(&str, &str) -> String,
    ) -> String {
        let flat = prelude.is_empty() || self.bindings.is_empty() && !self.apart;
        let outer = if flat { indent.to_owned() } else { format!("{indent}    ") };
        let statements = if flat { deeper(statements) } else { deeper(&deeper(statements)) };
        let names: Vec<&str> = self.bindings.iter().map(|it| it.name.as_str()).collect();
        let value = match names.as_slice() {
            [] => "()".to_owned(),
            [one] => (*one).to_owned(),
            many => format!("({})", many.join(", ")),
        };
        let last = match (self.tail, &self.fails) {
            (true, _) => String::new(),
            (false, Some(fails)) => format!("\n{outer}    {}({value})", fails.wrap),
            (false, None) if names.is_empty() || !self.ending.is_empty() => String::new(),
            (false, None) => format!("\n{outer}    {value}"),
        };
        let result = self.fails.as_ref().map(|it| format!(" -> {}", it.result)).unwrap_or_default();
        let closure = format!("move ||{result} {{\n{outer}    {statements}{last}\n{outer}}}");
        let end = if self.fails.is_some() && !self.tail { "?" } else { "" };
        let call = format!("{}{end}", call(&closure, &outer));
        let semicolon = if self.tail { "" } else { ";" };
        let patterns: Vec<&str> = self.bindings.iter().map(|it| it.pattern.as_str()).collect();
        let bind = match patterns.as_slice() {
            [] => String::new(),
            [one] => format!("let {one} = "),
            many => format!("let ({}) = ", many.join(", ")),
        };
        if flat {
            let lines: String = prelude.iter().map(|it| format!("{it}\n{outer}")).collect();
            return format!("{lines}{bind}{call}{semicolon}");
        }
        let lines: String = prelude.iter().map(|it| format!("{outer}{it}\n")).collect();
        match bind.is_empty() {
            true => format!("{{\n{lines}{outer}{call}{semicolon}\n{indent}}}"),
            false => format!("{bind}{{\n{lines}{outer}{call}\n{indent}}};"),
        }
    }
}

/// Loops and blocks that end a list without being its value.
fn ends_without_value(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::ForExpr(_) | ast::Expr::WhileExpr(_) => true,
        ast::Expr::LoopExpr(it) => it.loop_body().is_some(),
        ast::Expr::IfExpr(it) => it.else_branch().is_none(),
        _ => false,
    }
}

fn crosses<'a>(case: &Case<'_, 'a>, ty: &retask_engine::types::Type<'a>) -> Result<(), String> {
    if case.sema.is_lazy(ty) {
        return Err("a value of the calls does its work where it is iterated".to_owned());
    }
    let fits = !ty.contains_unknown() && case.sema.is_static(ty) && case.sema.is_send(ty);
    if fits { Ok(()) } else { Err("a value of the calls cannot come back from another thread".to_owned()) }
}

/// A variable that comes out of the closure.
struct Binding {
    name: String,
    /// How it is bound outside.
    pattern: String,
    /// The `mut` inside, where only later code changes the variable.
    needless: Option<TextRange>,
}

/// The range of a keyword with the space after it.
fn with_space(keyword: &SyntaxToken) -> TextRange {
    let space = keyword.next_token().filter(|it| it.kind() == SyntaxKind::WHITESPACE);
    let end = space.map_or(keyword.text_range().end(), |it| it.text_range().end());
    TextRange::new(keyword.text_range().start(), end)
}

/// The text around the value of a plain `let`.
fn around_value(statement: &SyntaxNode, name: &str) -> Vec<TextRange> {
    let plain =
        ast::LetStmt::cast(statement.clone()).filter(|it| it.ty().is_none() && it.let_else().is_none());
    let Some(plain) = plain else { return Vec::new() };
    let is_name = |it: &ast::Pat| matches!(it, ast::Pat::IdentPat(it) if it.name().is_some_and(|it| it.text() == name) && it.pat().is_none());
    let value = plain.pat().filter(is_name).and(plain.initializer());
    let Some((value, end)) = value.zip(plain.semicolon_token()) else { return Vec::new() };
    let before = TextRange::new(statement.text_range().start(), value.syntax().text_range().start());
    vec![before, end.text_range()]
}

/// The variables that later code needs.
fn bindings(case: &Case<'_, '_>, batch: &Batch) -> Result<Vec<Binding>, String> {
    let range = batch.range();
    let mut found = Vec::new();
    for pat in batch.statements.iter().filter_map(|it| ast::LetStmt::cast(it.clone())?.pat()) {
        for binding in pat.syntax().descendants().filter_map(ast::IdentPat::cast) {
            let Some(name) = binding.name().map(|it| it.text().to_string()) else { continue };
            let after = is_used_after(case.sema, &binding, &batch.list, range.end());
            let ty = case.sema.type_of_binding(&binding);
            // A folder that is deleted when it is dropped has to live as long as before.
            let outlives = || ty.as_ref().is_some_and(|it| case.sema.acts_on_drop(it).is_some());
            let is_needed = after || batch.is_followed() && outlives() && !is_used_up(case, batch, &binding);
            if !is_needed {
                continue;
            }
            let ty = ty.ok_or_else(|| format!("the type of `{name}` is not known"))?;
            crosses(case, &ty)?;
            let after_it = TextRange::new(range.end(), batch.list.text_range().end());
            let is_mut = binding.mut_token().is_some() && is_changed(case, batch, &name, after_it);
            let needless = binding.mut_token().filter(|_| !is_changed(case, batch, &name, range));
            let pattern = match after {
                true if is_mut => format!("mut {name}"),
                true => name.clone(),
                // Nothing names it any more, and it lives on.
                false => format!("_{}", name.trim_start_matches('_')),
            };
            // Of two variables of a name, later code sees the second.
            found.retain(|it: &Binding| it.name != name);
            found.push(Binding { name, pattern, needless: needless.map(|it| with_space(&it)) });
        }
    }
    Ok(found)
}

/// Whether the statements give a variable away: as the receiver or argument of a call that takes it by value.
fn is_used_up(case: &Case<'_, '_>, batch: &Batch, binding: &ast::IdentPat) -> bool {
    let uses = mentions::uses(case.sema, &batch.list, binding).unwrap_or_default();
    uses.iter().any(|it| {
        let Some(parent) = it.syntax().parent() else { return false };
        match ast::MethodCallExpr::cast(parent.clone()) {
            Some(call) => case.sema.takes_receiver(&call),
            None => parent.kind() == SyntaxKind::ARG_LIST,
        }
    })
}

/// Whether code of the block in a range changes a variable.
fn is_changed(case: &Case<'_, '_>, batch: &Batch, name: &str, range: TextRange) -> bool {
    let is_use = |it: &SyntaxToken| {
        range.contains_range(it.text_range()) && it.kind() == SyntaxKind::IDENT && it.text() == name
    };
    let tokens = batch.list.descendants_with_tokens().filter_map(|it| it.into_token());
    tokens.filter(is_use).any(|token| {
        let path = token.parent_ancestors().take(4).find_map(ast::PathExpr::cast);
        match path {
            Some(path) => may_change(case.sema, &path),
            // In the arguments of a macro, all but to be formatted may change it.
            None => token.parent_ancestors().find_map(ast::MacroCall::cast).is_some_and(|it| !formats(&it)),
        }
    })
}

fn formats(call: &ast::MacroCall) -> bool {
    const FORMATS: &[&str] =
        &["format", "print", "println", "eprint", "eprintln", "panic", "info", "debug", "warn"];
    let name = call.path().and_then(|it| it.segment()).and_then(|it| it.name_ref());
    name.is_some_and(|it| FORMATS.contains(&it.text()))
}
