//! A permit for each task: taken before the task is started, and held by it.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, TextSize, ast};
use retask_engine::alive::obstacle_to_await;
use retask_engine::analysis::Handover;
use retask_engine::context::Context;
use retask_engine::place::indent_at;
use retask_engine::repeat::{Kind, Repeat};
use retask_engine::resolve::{CallNode, Sema};
use retask_engine::{Analysis, bounds};

use super::constant::{Constant, item_of_module};
use super::draft::Draft;
use super::meeting::meets;
use super::runtime::tokio_of;
use crate::spot::{statement, text};

/// What the tasks are, for the names and the advice.
pub(crate) struct Permits {
    pub constant: Constant<'static>,
    pub semaphore: &'static str,
}

pub(crate) const TASKS: Permits = Permits {
    constant: Constant {
        name: "MAX_TASKS",
        value: 64,
        docs: &[
            "How many of these tasks run at once, over all callers. Choose it by what they share: the connections of",
            "a pool, open files, the memory that each holds.",
        ],
    },
    semaphore: "TASK_PERMITS",
};

pub(crate) const JOBS: Permits = Permits {
    constant: Constant {
        name: "MAX_JOBS",
        value: 4,
        docs: &[
            "How many of these jobs compute at once, over all callers. Choose about as many as there are cores: more",
            "only share them.",
        ],
    },
    semaphore: "JOB_PERMITS",
};

/// A started piece of work that is repeated.
pub(crate) struct Started<'s, 'a> {
    pub sema: &'s Sema<'a>,
    pub analysis: &'s Analysis<'s>,
    pub handover: &'s Handover,
    pub call: &'s CallNode,
    pub repeat: &'s Repeat,
}

impl Started<'_, '_> {
    /// Takes a permit of a semaphore that all callers share before the work is started.
    pub fn with_permits(&self, permits: &Permits) -> Result<Draft, String> {
        let (sema, analysis) = (self.sema, self.analysis);
        let statement = self.waiting_place()?;
        let work = self.work()?;
        self.may_wait(&work)?;
        let tokio = tokio_of(self.analysis, self.package())?;
        let mut draft = Draft::new("take a permit before the task is started, and let the task hold it");
        draft.caveat("the code that starts the tasks now waits while as many run as the limit allows");
        draft.need(self.package(), "tokio", "sync");
        let name = permits.constant.insert((sema, analysis), &mut draft, self.call.syntax())?;
        let semaphore = self.semaphore(&mut draft, permits, &name, &tokio)?;
        let (file, range) = sema.source_range(&statement).ok_or("a macro writes the code")?;
        let source = &analysis.workspace.files[file as usize].text;
        let indent = indent_at(source, range.start().into());
        let acquire = format!(
            "let permit = {semaphore}.acquire().await.expect(\"the semaphore is never closed\");\n{indent}"
        );
        draft.insert(analysis, file, range.start(), &acquire);
        self.hold(&mut draft, &work)?;
        Ok(draft)
    }

    /// The statement before which the starting code can wait.
    fn waiting_place(&self) -> Result<SyntaxNode, String> {
        let Context::Async(body) = &self.handover.context else {
            return Err("the tasks are started in sync code, which cannot wait for a permit".to_owned());
        };
        if self.repeat.kind == Kind::Closure || body.in_closure {
            return Err("the tasks are started in a closure, which cannot wait for a permit".to_owned());
        }
        let in_macro =
            self.call.syntax().ancestors().last().is_none_or(|it| it.kind() != SyntaxKind::SOURCE_FILE);
        if in_macro {
            return Err(
                "the task is started in a macro's arguments: a wait there holds up the other arms".to_owned()
            );
        }
        if let Some(obstacle) = obstacle_to_await(self.sema, self.call.syntax(), body) {
            return Err(obstacle);
        }
        statement(self.call.syntax())
            .ok_or_else(|| "the task is started inside an arm or a condition".to_owned())
    }

    fn work(&self) -> Result<ast::Expr, String> {
        self.call
            .args()
            .into_iter()
            .nth(self.handover.argument)
            .ok_or_else(|| "the call has no work".to_owned())
    }

    /// Refuses work that may need another piece of it to run at the same time: with permits, it would wait for ever.
    fn may_wait(&self, work: &ast::Expr) -> Result<(), String> {
        let holder = self.sema.ancestors(self.call.syntax()).find_map(ast::Fn::cast);
        if holder.is_some_and(|it| bounds::leads_to(self.sema, work.syntax(), &it)) {
            return Err(
                "a task starts tasks of the same kind: it would hold a permit while it waits for theirs"
                    .to_owned(),
            );
        }
        match meets(self.sema, work.syntax()) {
            Some((name, ty)) => {
                Err(format!("`{name}` is a `{ty}`: a task could wait for one that has no permit yet"))
            }
            None => Ok(()),
        }
    }

    fn package(&self) -> usize {
        self.analysis.workspace.files[self.handover.site.file as usize].package
    }

    /// A static, so that all callers share it: a semaphore for each call would limit nothing.
    fn semaphore(
        &self,
        draft: &mut Draft,
        permits: &Permits,
        limit: &str,
        tokio: &str,
    ) -> Result<String, String> {
        let refused = "a macro writes the code";
        let module =
            item_of_module(self.sema, self.call.syntax()).and_then(|it| it.parent()).ok_or(refused)?;
        let known = format!("Semaphore::const_new({limit})");
        let mut statics = module.children().filter_map(ast::Static::cast);
        if let Some(it) = statics.find(|it| it.syntax().text().to_string().contains(&known)) {
            let name = ast::HasName::name(&it).map(|it| it.text().to_string());
            return name.ok_or_else(|| refused.to_owned());
        }
        let is_import = |it: &ast::Item| matches!(it, ast::Item::Use(_) | ast::Item::ExternCrate(_));
        let first = module.children().filter_map(ast::Item::cast).find(|it| !is_import(it)).ok_or(refused)?;
        let (file, range) = self.sema.source_range(first.syntax()).ok_or(refused)?;
        let source = &self.analysis.workspace.files[file as usize].text;
        let suffix = limit.trim_start_matches(permits.constant.name);
        let name = format!("{}{suffix}", permits.semaphore);
        if source.contains(&name) {
            return Err(format!("`{name}` names something else here"));
        }
        let indent = indent_at(source, range.start().into());
        let semaphore = format!(
            "static {name}: {tokio}::sync::Semaphore = {tokio}::sync::Semaphore::const_new({limit});\n\n{indent}"
        );
        draft.insert(self.analysis, file, range.start(), &semaphore);
        Ok(name)
    }

    /// Moves the permit into the work.
    fn hold(&self, draft: &mut Draft, work: &ast::Expr) -> Result<(), String> {
        let refused = "a macro writes the work";
        let (file, range) = self.sema.source_range(work.syntax()).ok_or(refused)?;
        let source = &self.analysis.workspace.files[file as usize].text;
        let indent = indent_at(source, range.start().into());
        let block = match work {
            ast::Expr::BlockExpr(it) if it.async_token().is_some() => Some(it.clone()),
            ast::Expr::ClosureExpr(it) => match it.body() {
                Some(ast::Expr::BlockExpr(body)) if body.async_token().is_none() => Some(body),
                _ => None,
            },
            _ => None,
        };
        if let Some(list) = block.and_then(|it| it.stmt_list()) {
            let (_, list) = self.sema.source_range(list.syntax()).ok_or(refused)?;
            let inside = self.analysis.workspace.text(file, list);
            let at = list.start() + TextSize::of('{');
            let first = match inside.contains('\n') {
                true => format!("\n{indent}    let _permit = permit;"),
                false => " let _permit = permit;".to_owned(),
            };
            draft.insert(self.analysis, file, at, &first);
            return Ok(());
        }
        let given = text(self.sema, self.analysis, work.syntax()).ok_or(refused)?;
        let inner = format!("{indent}    ");
        let new = match work {
            ast::Expr::ClosureExpr(it) => {
                let body =
                    it.body().and_then(|it| text(self.sema, self.analysis, it.syntax())).ok_or(refused)?;
                let head = &given[..given.len() - body.len()];
                format!("{head}{{\n{inner}let _permit = permit;\n{inner}{body}\n{indent}}}")
            }
            _ if self.handover.to == retask_engine::analysis::HandedTo::Task => format!(
                "{{\n{inner}let task = {given};\n{inner}async move {{\n{inner}    let _permit = permit;\n{inner}    task.await\n{inner}}}\n{indent}}}"
            ),
            _ => format!("move || {{\n{inner}let _permit = permit;\n{inner}{given}()\n{indent}}}"),
        };
        draft.replace(self.analysis, file, range, new);
        Ok(())
    }
}
