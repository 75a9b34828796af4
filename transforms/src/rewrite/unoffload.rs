//! Work that leaves a pool again: inline where it is awaited at once, else as a task.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextRange, ast};
use retask_engine::Analysis;
use retask_engine::alive::obstacle_to_await;
use retask_engine::analysis::{HandedTo, Handover};
use retask_engine::catalogue::Pool;
use retask_engine::context::Context;
use retask_engine::job::{Driven, Job};
use retask_engine::mentions;
use retask_engine::resolve::{CallNode, Sema};

use super::draft::Draft;
use super::future::inner;
use super::joined::{Joined, is_thrown_away};
use super::layout::whole_lines;
use super::runtime::tokio_of;

const WRITTEN: &str = "a macro writes a part of it";

/// Takes the work back from the pool.
pub(crate) fn rewrite(
    (sema, analysis): (&Sema<'_>, &Analysis<'_>),
    handover: &Handover,
    call: &CallNode,
    job: &Job,
) -> Result<Draft, String> {
    let work = call.args().into_iter().nth(handover.argument).ok_or("the call is given no work")?;
    let ast::Expr::ClosureExpr(closure) = &work else {
        return Err("the work is a function that is passed on as a value".to_owned());
    };
    let body = closure.body().ok_or("the work has no body")?;
    let back = Back { sema, analysis, handover, call, body };
    match job {
        Job::Drives(driven) => back.drives(driven),
        Job::Wraps => {
            Err("each query is to be awaited on the async connection itself, in code that is written for the wrapper".to_owned())
        }
        Job::Trivial => back.trivial(),
        Job::Builds => back.builds(),
    }
}

struct Back<'b, 'a> {
    sema: &'b Sema<'a>,
    analysis: &'b Analysis<'b>,
    handover: &'b Handover,
    call: &'b CallNode,
    /// The body of the closure.
    body: ast::Expr,
}

impl Back<'_, '_> {
    fn source(&self, node: &SyntaxNode) -> Result<TextRange, String> {
        let place = self.sema.source_range(node).filter(|(file, _)| *file == self.handover.site.file);
        place.map(|(_, range)| range).ok_or_else(|| WRITTEN.to_owned())
    }

    fn text(&self, node: &SyntaxNode) -> Result<String, String> {
        Ok(self.analysis.workspace.text(self.handover.site.file, self.source(node)?).to_owned())
    }

    fn replace(&self, draft: &mut Draft, node: &SyntaxNode, text: impl Into<String>) -> Result<(), String> {
        draft.replace(self.analysis, self.handover.site.file, self.source(node)?, text);
        Ok(())
    }

    fn remove(&self, draft: &mut Draft, statement: &SyntaxNode) -> Result<(), String> {
        let file = self.handover.site.file;
        let source = &self.analysis.workspace.files[file as usize].text;
        draft.replace(self.analysis, file, whole_lines(source, self.source(statement)?), "");
        Ok(())
    }

    fn drives(&self, driven: &[Driven]) -> Result<Draft, String> {
        if driven.iter().any(|it| it.on_own_runtime) {
            return Err("the future runs on a runtime of its own, whose threads and settings it may rely on"
                .to_owned());
        }
        let mut locals = self.body.syntax().descendants().filter_map(ast::IdentPat::cast);
        let is_guard =
            |it: ast::IdentPat| self.sema.type_of_binding(&it).is_some_and(|it| self.sema.is_guard(&it));
        if locals.any(is_guard) {
            return Err("a guard is alive while the future is driven, such as that of a span that is entered: it would be held over an await".to_owned());
        }
        let mut draft = Draft::new("run the future as a task");
        self.without_handle(driven, &mut draft)?;
        if let Some(value) = self.value_at_once()? {
            draft.title("await the future where it stands");
            draft.caveat("the work now ends where the code that awaits it is dropped, and a panic in it unwinds that code");
            let text = self.inline(driven)?;
            self.put(&value, text, &mut draft)?;
            return Ok(draft);
        }
        draft.caveat("the future must be `Send`, and ends at an await where the task is aborted");
        self.start_task(&mut draft)?;
        let task = self.task(driven)?;
        let work = self.call.args().into_iter().nth(self.handover.argument).ok_or(WRITTEN)?;
        self.replace(&mut draft, work.syntax(), task)?;
        Ok(draft)
    }

    fn trivial(&self) -> Result<Draft, String> {
        if leaves(&self.body) {
            return Err("the closure is left early by `return` or `?`".to_owned());
        }
        let value = self
            .value_at_once()?
            .ok_or("the job is not awaited at once, or a handle of a runtime would be left unused")?;
        let mut draft = Draft::new("do the work inline");
        draft.caveat("a panic in the work unwinds the code around it");
        let text = self.text(self.body.syntax())?;
        let is_operand = value.syntax().parent().is_some_and(|it| {
            matches!(
                it.kind(),
                SyntaxKind::METHOD_CALL_EXPR
                    | SyntaxKind::TRY_EXPR
                    | SyntaxKind::FIELD_EXPR
                    | SyntaxKind::BIN_EXPR
            )
        });
        let is_closed = matches!(
            self.body,
            ast::Expr::CallExpr(_)
                | ast::Expr::MethodCallExpr(_)
                | ast::Expr::PathExpr(_)
                | ast::Expr::Literal(_)
                | ast::Expr::MacroExpr(_)
                | ast::Expr::FieldExpr(_)
                | ast::Expr::ParenExpr(_)
                | ast::Expr::IndexExpr(_)
        );
        self.put(&value, if is_operand && !is_closed { format!("({text})") } else { text }, &mut draft)?;
        Ok(draft)
    }

    fn builds(&self) -> Result<Draft, String> {
        let future = only_tail(&self.body).ok_or("the closure does more than to build the future")?;
        let text = self.text(future.syntax())?;
        let mut draft = Draft::new("poll the future");
        if let Some(value) = self.value_at_once()? {
            let awaited = value.syntax().parent().and_then(ast::AwaitExpr::cast);
            if awaited.is_none() && !is_thrown_away(&value) {
                return Err("what becomes of the future is not seen".to_owned());
            }
            if awaited.is_none() {
                draft.caveat("the work runs now, which it never did");
            }
            let text = if awaited.is_some() { text } else { format!("{text}.await") };
            self.put(&value, text, &mut draft)?;
            return Ok(draft);
        }
        let is_statement = self.call.expr().is_some_and(|it| is_thrown_away(&it));
        if !is_statement {
            return Err("what becomes of the future is not seen".to_owned());
        }
        draft.title("start the future as a task");
        draft.caveat("the work runs now, which it never did");
        self.start_task(&mut draft)?;
        let work = self.call.args().into_iter().nth(self.handover.argument).ok_or(WRITTEN)?;
        self.replace(&mut draft, work.syntax(), self.owning(&future, text))?;
        Ok(draft)
    }

    /// The expression whose value is that of the work, where nothing runs beside it.
    fn value_at_once(&self) -> Result<Option<ast::Expr>, String> {
        let expr = self.call.expr().ok_or(WRITTEN)?;
        let Context::Async(body) = &self.handover.context else { return Ok(None) };
        if self.handover.to == HandedTo::Pool(Pool::InPlace) {
            if body.in_closure {
                return Err("the call stands in a sync closure, where nothing can be awaited".to_owned());
            }
            let obstacle = obstacle_to_await(self.sema, self.call.syntax(), body);
            return obstacle.map_or(Ok(Some(expr)), Err);
        }
        if self.is_last_use_of_handle() {
            return Ok(None);
        }
        let joined = Joined::of(self.sema, &expr);
        Ok(joined.filter(|it| it.between.is_empty()).map(|it| it.value))
    }

    /// Whether the work is handed over by the handle of a runtime that is there for nothing else: it would be left unused.
    fn is_last_use_of_handle(&self) -> bool {
        let Some(ast::Expr::PathExpr(path)) = self.call.receiver() else { return false };
        let Some(local) = self.sema.local_declaration(&path) else { return false };
        let holder = local.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN);
        let uses = holder.map(|it| mentions::uses(self.sema, &it, &local));
        let is_clone = |it: &ast::PathExpr| {
            let call = it.syntax().parent().and_then(ast::MethodCallExpr::cast);
            call.and_then(|it| it.name_ref()).is_some_and(|it| it.text() == "clone")
        };
        // A clone goes with the closure that it was made for.
        let others = |uses: &[ast::PathExpr]| uses.iter().filter(|it| !is_clone(it)).count();
        !matches!(uses, Some(Ok(uses)) if others(&uses) > 1)
    }

    /// Puts the work where its value is used; a handle that is bound first goes.
    fn put(&self, value: &ast::Expr, text: String, draft: &mut Draft) -> Result<(), String> {
        let expr = self.call.expr().ok_or(WRITTEN)?;
        let holds = value.syntax().text_range().contains_range(expr.syntax().text_range());
        if !holds {
            let statement = expr.syntax().parent().filter(|it| it.kind() == SyntaxKind::LET_STMT);
            self.remove(draft, &statement.ok_or(WRITTEN)?)?;
        }
        self.replace(draft, value.syntax(), text)
    }

    /// The body of the closure with an await in the place of each call that drives.
    fn body_awaiting(&self, driven: &[Driven]) -> Result<String, String> {
        let start = self.source(self.body.syntax())?.start();
        let mut text = self.text(self.body.syntax())?;
        let mut edits = Vec::new();
        for it in driven {
            edits.push((self.source(it.call.syntax())?, format!("{}.await", self.text(it.future.syntax())?)));
        }
        for statement in self.handles_inside(driven) {
            let file = &self.analysis.workspace.files[self.handover.site.file as usize].text;
            edits.push((whole_lines(file, self.source(&statement)?), String::new()));
        }
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start()));
        for (range, new) in edits {
            text.replace_range(std::ops::Range::<usize>::from(range - start), &new);
        }
        Ok(text)
    }

    /// The work inline in the code that awaits it.
    fn inline(&self, driven: &[Driven]) -> Result<String, String> {
        match (driven, only_tail(&self.body)) {
            ([only], Some(tail)) if tail == only.call => {
                let inner = inner(self.sema, &only.future).map(|it| self.text(it.syntax()));
                inner.unwrap_or_else(|| Ok(format!("{}.await", self.text(only.future.syntax())?)))
            }
            _ => match leaves(&self.body) {
                true => Ok(format!("async move {}.await", self.block(driven)?)),
                false => self.body_awaiting(driven),
            },
        }
    }

    /// The work as a future that owns what it uses.
    fn task(&self, driven: &[Driven]) -> Result<String, String> {
        match (driven, only_tail(&self.body)) {
            ([only], Some(tail)) if tail == only.call => {
                Ok(self.owning(&only.future, self.text(only.future.syntax())?))
            }
            ([only], None) if self.is_only_statement(only) => {
                Ok(self.owning(&only.future, self.text(only.future.syntax())?))
            }
            _ => Ok(format!("async move {}", self.block(driven)?)),
        }
    }

    /// Whether the body is nothing but a call that drives a future without a value.
    fn is_only_statement(&self, driven: &Driven) -> bool {
        let ast::Expr::BlockExpr(block) = &self.body else { return false };
        let mut children =
            block.stmt_list().into_iter().flat_map(|it| it.syntax().children().collect::<Vec<_>>());
        let only = children.next().filter(|_| children.next().is_none());
        let is_it = only.is_some_and(|it| it.first_child().as_ref() == Some(driven.call.syntax()));
        is_it && self.sema.ty(&driven.call).is_some_and(|it| it.is_unit())
    }

    fn block(&self, driven: &[Driven]) -> Result<String, String> {
        let text = self.body_awaiting(driven)?;
        let is_block = matches!(&self.body, ast::Expr::BlockExpr(_));
        Ok(if is_block { text } else { format!("{{ {text} }}") })
    }

    /// A future as a task can take it: what it borrows moves in with it.
    fn owning(&self, future: &ast::Expr, text: String) -> String {
        match future {
            ast::Expr::BlockExpr(it) if it.async_token().is_some() && it.move_token().is_some() => text,
            ast::Expr::BlockExpr(it) if it.async_token().is_some() => text.replacen("async", "async move", 1),
            _ => format!("async move {{ {text}.await }}"),
        }
    }

    /// Calls what starts a task in the place of what hands over.
    fn start_task(&self, draft: &mut Draft) -> Result<(), String> {
        let is_tokio = self.handover.entry.is_some_and(|it| ["tokio", "std"].contains(&it.krate()));
        let is_thread = self.handover.to == HandedTo::Pool(Pool::Thread);
        if !is_tokio || is_thread && !matches!(self.handover.context, Context::Async(_)) {
            return Err(format!("`{}` has no counterpart for tasks that is known", self.handover.label));
        }
        let package = self.analysis.workspace.files[self.handover.site.file as usize].package;
        let tokio = tokio_of(self.analysis, package)?;
        match self.call {
            CallNode::Path(it) => {
                draft.need(package, "tokio", "rt");
                let callee = it.expr().ok_or(WRITTEN)?;
                self.replace(draft, callee.syntax(), format!("{tokio}::spawn"))
            }
            _ => {
                draft.replace(self.analysis, self.handover.site.file, self.handover.name, "spawn");
                Ok(())
            }
        }
    }

    /// The statements in the closure that get the handle of the runtime for the calls that drive.
    fn handles_inside(&self, driven: &[Driven]) -> Vec<SyntaxNode> {
        let inside = self.body.syntax().text_range();
        let statements = driven.iter().filter_map(|it| self.handle_of(it)).map(|it| it.syntax().clone());
        let mut found: Vec<SyntaxNode> =
            statements.filter(|it| inside.contains_range(it.text_range())).collect();
        found.dedup();
        found
    }

    /// The statement that gets the handle which a call drives by.
    fn handle_of(&self, driven: &Driven) -> Option<ast::LetStmt> {
        let ast::Expr::MethodCallExpr(call) = &driven.call else { return None };
        let ast::Expr::PathExpr(path) = call.receiver()? else { return None };
        self.sema.local_declaration(&path)?.syntax().parent().and_then(ast::LetStmt::cast)
    }

    /// Takes a handle away that nothing else uses, and refuses one that would be left behind.
    fn without_handle(&self, driven: &[Driven], draft: &mut Draft) -> Result<(), String> {
        for it in driven {
            let ast::Expr::MethodCallExpr(call) = &it.call else { continue };
            let Some(ast::Expr::PathExpr(path)) = call.receiver() else { continue };
            let Some(local) = self.sema.local_declaration(&path) else { continue };
            let block = local.syntax().ancestors().find(|it| it.kind() == SyntaxKind::STMT_LIST);
            let statement = local.syntax().parent().and_then(ast::LetStmt::cast);
            let (Some(block), Some(statement)) = (block, statement) else {
                return Err("the handle of the runtime is a parameter, which would be left unused".to_owned());
            };
            let made = statement.initializer().map(|it| it.syntax().text().to_string()).unwrap_or_default();
            if !made.ends_with("Handle::current()") {
                draft.caveat("the future then runs on the runtime around it");
            }
            if self.body.syntax().text_range().contains_range(statement.syntax().text_range()) {
                continue;
            }
            if mentions::uses(self.sema, &block, &local)?.len() <= driven.len() {
                self.remove(draft, statement.syntax())?;
            }
        }
        Ok(())
    }
}

/// The expression that a body is, alone.
fn only_tail(body: &ast::Expr) -> Option<ast::Expr> {
    let ast::Expr::BlockExpr(block) = body else { return Some(body.clone()) };
    if block.async_token().is_some() {
        return Some(body.clone());
    }
    let list = block.stmt_list()?;
    let comment = list.syntax().children_with_tokens().any(|it| it.kind() == SyntaxKind::COMMENT);
    list.tail_expr().filter(|_| list.statements().next().is_none() && !comment)
}

/// Whether a closure's own code leaves it early.
fn leaves(body: &ast::Expr) -> bool {
    let is_own = |it: &SyntaxNode| {
        let mut around = it.ancestors().take_while(|it| it != body.syntax());
        !around.any(|it| ast::BlockExpr::cast(it).is_some_and(|it| it.async_token().is_some()))
    };
    let mut nodes = body.syntax().descendants();
    nodes.any(|it| matches!(it.kind(), SyntaxKind::RETURN_EXPR | SyntaxKind::TRY_EXPR) && is_own(&it))
}
