//! Where the one consumer of a queue is started, and how it gets its end of the queue.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasArgList, ast::HasName};
use retask_engine::Analysis;
use retask_engine::loops::is_run_later;
use retask_engine::mentions;
use retask_engine::resolve::{Function, Sema, call_of};
use retask_engine::shared::{Holder, Section, State};

use super::super::constant::free_name;
use super::super::owner::holders::shared;
use super::queue::{is_one_start, item_of};
use super::{MACRO, cloned, words};

const MANY: &str = "more than one consumer may run at once, and a channel has one receiver";
const BEFORE: &str =
    "values may be put in before the consumer runs, and a full channel would stop whoever does";

/// The `let` that makes a queue.
pub(super) struct Made {
    pub pat: ast::IdentPat,
    /// `Arc::new(Mutex::new(…))`
    pub value: SyntaxNode,
    /// The type of its values, where that is written.
    pub item: Option<String>,
    /// The name of the receiver beside it.
    pub receiver: String,
    /// The loop uses the receiver by that name.
    pub is_direct: bool,
}

/// One start of the consumer.
pub(super) struct Start {
    pub made: Made,
    /// What gives the consumer its end.
    pub given: Option<SyntaxNode>,
    /// A `let` beside the queue's, which has no clone to hold any more.
    pub gone: Option<SyntaxNode>,
}

/// All starts of the consumer.
pub(super) struct All {
    pub all: Vec<Start>,
    /// The name of the receiver in the loop.
    pub receiver: String,
    /// The parameter or the variable of the consumer, where that is one of its own.
    pub declared: Option<ast::IdentPat>,
}

pub(super) struct Starts<'s, 'a> {
    pub sema: &'s Sema<'a>,
    pub analysis: &'s Analysis<'s>,
    pub state: &'s State,
}

impl Starts<'_, '_> {
    pub fn of(&self, consumer: &Section) -> Result<All, String> {
        let refused = "the consumer reaches the queue by more than a variable";
        let Some(ast::Expr::PathExpr(path)) = consumer.call.receiver() else {
            return Err(refused.to_owned());
        };
        let pat = self.sema.local_declaration(&path).ok_or(refused)?;
        let outer = pat.syntax().parent().ok_or(refused)?;
        let found = if outer.kind() == SyntaxKind::PARAM {
            self.of_function(&pat, &outer)?
        } else {
            self.of_variable(&pat, &outer, consumer)?
        };
        if found.all.len() != self.state.found.made.len() || !is_one_start(&found.all) {
            return Err("the queue is made in several places, and not each has one consumer".to_owned());
        }
        Ok(found)
    }

    /// The consumer is a function that is given the queue.
    fn of_function(&self, pat: &ast::IdentPat, param: &SyntaxNode) -> Result<All, String> {
        let refused = "how the consumer is given the queue is not followed";
        let list = param.parent().and_then(ast::ParamList::cast).ok_or(refused)?;
        let function = list.syntax().parent().and_then(|it| self.sema.function_at(&it)).ok_or(refused)?;
        self.takes_only(pat)?;
        let has_self = usize::from(list.self_param().is_some());
        let index = list.params().position(|it| it.syntax() == param).ok_or(refused)? + has_self;
        let mut all = Vec::new();
        for call in self.calls_of(function) {
            let call = call_of(&call.first_token().ok_or(refused)?).ok_or(refused)?;
            let (receiver, args) = self.sema.operands(&call);
            let given = receiver.into_iter().chain(args).nth(index).ok_or(refused)?;
            all.push(self.given(&given, given.syntax())?);
        }
        Ok(All { all, receiver: name_of(pat), declared: Some(pat.clone()) })
    }

    fn calls_of(&self, function: Function) -> Vec<SyntaxNode> {
        let uses = self
            .sema
            .uses_of_function(self.analysis.workspace, self.analysis.index, function)
            .unwrap_or_default();
        uses.into_iter().filter(|it| !it.ancestors().any(|it| it.kind() == SyntaxKind::USE)).collect()
    }

    /// The consumer is a block that uses a variable from around it.
    fn of_variable(
        &self,
        pat: &ast::IdentPat,
        outer: &SyntaxNode,
        consumer: &Section,
    ) -> Result<All, String> {
        let refused = "where the consumer has the queue from is not followed";
        let statement = ast::LetStmt::cast(outer.clone()).ok_or(refused)?;
        let value = statement.initializer().ok_or(refused)?;
        let site = consumer.call.syntax();
        if let Some(mut made) = self.made(pat)? {
            made.is_direct = true;
            self.is_one_task(site, &made, true)?;
            let receiver = made.receiver.clone();
            let start = Start { made, given: None, gone: None };
            return Ok(All { all: vec![start], receiver, declared: None });
        }
        self.takes_only(pat)?;
        let mut start = self.given(&value, site)?;
        let receiver = name_of(pat);
        if is_beside(&start.made, outer, &receiver) {
            start.made.is_direct = true;
            start.made.receiver.clone_from(&receiver);
            start = Start { given: None, gone: Some(outer.clone()), ..start };
            return Ok(All { all: vec![start], receiver, declared: None });
        }
        Ok(All { all: vec![start], receiver, declared: Some(pat.clone()) })
    }

    /// Whether a consumer does nothing with its variable but to take from the queue.
    fn takes_only(&self, pat: &ast::IdentPat) -> Result<(), String> {
        let scope = pat.syntax().ancestors().find(|it| it.kind() == SyntaxKind::FN).ok_or(MACRO)?;
        match mentions::uses(self.sema, &scope, pat)?.len() {
            1 => Ok(()),
            _ => Err("the consumer does more with the queue than to take from it".to_owned()),
        }
    }

    /// A start by what is given to the consumer: a variable that was made beside it, or a clone of that. `site` is in the task.
    fn given(&self, given: &ast::Expr, site: &SyntaxNode) -> Result<Start, String> {
        let refused = "what the consumer is given is not the queue's own variable";
        let of = cloned(given).unwrap_or(given.clone());
        let of = match of {
            ast::Expr::RefExpr(it) => it.expr().ok_or(refused)?,
            other => other,
        };
        let ast::Expr::PathExpr(path) = &of else { return Err(refused.to_owned()) };
        let pat = self.sema.local_declaration(path).ok_or(refused)?;
        let made = self.made(&pat)?.ok_or(refused)?;
        self.is_one_task(site, &made, false)?;
        Ok(Start { made, given: Some(given.syntax().clone()), gone: None })
    }

    /// The `let` of a variable, where that makes the queue.
    fn made(&self, pat: &ast::IdentPat) -> Result<Option<Made>, String> {
        let Some(statement) = pat.syntax().parent().and_then(ast::LetStmt::cast) else { return Ok(None) };
        let value = statement.initializer().ok_or(MACRO)?.syntax().clone();
        let found = self.state.found.made.iter().find(|it| shared(it).is_ok_and(|it| it == value));
        let Some(made) = found else { return Ok(None) };
        let refused = "the queue does not start empty";
        let ast::Expr::CallExpr(call) = made else { return Err(refused.to_owned()) };
        let first = call.arg_list().and_then(|it| it.args().next());
        let Some(ast::Expr::CallExpr(empty)) = first else { return Err(refused.to_owned()) };
        let called = empty.expr().map(|it| it.syntax().text().to_string()).unwrap_or_default();
        let name = called.rsplit("::").next().unwrap_or_default();
        if !called.contains("VecDeque") || !["new", "default"].contains(&name) {
            return Err(refused.to_owned());
        }
        let turbofish = called.split_once("::<").and_then(|(_, rest)| rest.rsplit_once(">::"));
        let item = turbofish.map(|it| it.0.to_owned());
        let item = item.or_else(|| item_of(self.sema, &statement.ty()?));
        let (file, _) = self.sema.source_range(pat.syntax()).ok_or(MACRO)?;
        let text = &self.analysis.workspace.files[file as usize].text;
        let receiver = free_name(text, &format!("{}_receiver", name_of(pat)));
        Ok(Some(Made { pat: pat.clone(), value, item, receiver, is_direct: false }))
    }

    /// Whether a consumer is a task of its own, started once for each queue, before values are put in.
    fn is_one_task(&self, site: &SyntaxNode, made: &Made, is_direct: bool) -> Result<(), String> {
        let list =
            made.pat.syntax().ancestors().find(|it| it.kind() == SyntaxKind::STMT_LIST).ok_or(MACRO)?;
        let around: Vec<SyntaxNode> = site.ancestors().take_while(|it| *it != list).collect();
        let spawned = around.iter().rev().find(|it| is_spawn(it));
        let spawned = spawned.ok_or("the consumer is not started as a task of its own beside the queue")?;
        let outside = |it: &&SyntaxNode| it.text_range().contains_range(spawned.text_range());
        let repeats =
            [SyntaxKind::LOOP_EXPR, SyntaxKind::WHILE_EXPR, SyntaxKind::FOR_EXPR, SyntaxKind::CLOSURE_EXPR];
        if around.iter().filter(outside).any(|it| repeats.contains(&it.kind())) {
            return Err(MANY.to_owned());
        }
        let start = spawned.text_range();
        let is_free = |it: &SyntaxNode| {
            !it.ancestors()
                .take_while(|it| *it != list)
                .any(|it| is_spawn(&it) || is_run_later(&it) || is_clone_in_let(&it))
        };
        let locals = self.state.found.holders.iter().filter_map(|it| match it {
            Holder::Local { pat, .. } => Some(pat),
            _ => None,
        });
        for pat in locals.filter(|it| it.syntax().ancestors().any(|it| it == list)) {
            for path in mentions::uses(self.sema, &list, pat)? {
                let at = path.syntax().text_range();
                if at.start() < start.start() && is_free(path.syntax()) {
                    return Err(BEFORE.to_owned());
                }
                if is_direct && *pat == made.pat && at.start() > start.end() {
                    return Err("the consumer and others use one variable of the queue".to_owned());
                }
            }
        }
        Ok(())
    }
}

/// Whether a `let` stands in the block of the queue's, and its name can be that of the receiver from there on.
fn is_beside(made: &Made, statement: &SyntaxNode, name: &str) -> bool {
    let Some(of_queue) = made.pat.syntax().parent() else { return false };
    let mut siblings = of_queue.siblings(ra_ap_syntax::Direction::Next);
    let mut between = siblings.by_ref().take_while(|it| it != statement);
    let is_free = !between.any(|it| words(&it.text().to_string()).any(|it| it == name));
    is_free && of_queue.parent() == statement.parent()
}

/// `let queue = queue.clone();`, which puts nothing in by itself.
fn is_clone_in_let(node: &SyntaxNode) -> bool {
    let statement = ast::LetStmt::cast(node.clone()).and_then(|it| it.initializer());
    statement.is_some_and(|it| {
        cloned(&it).is_some_and(|it| matches!(it, ast::Expr::PathExpr(_) | ast::Expr::RefExpr(_)))
    })
}

/// `tokio::spawn(…)`, `tasks.spawn(…)`
fn is_spawn(node: &SyntaxNode) -> bool {
    let called = match node.kind() {
        SyntaxKind::CALL_EXPR => ast::CallExpr::cast(node.clone())
            .and_then(|it| it.expr())
            .map(|it| it.syntax().text().to_string()),
        SyntaxKind::METHOD_CALL_EXPR => ast::MethodCallExpr::cast(node.clone())
            .and_then(|it| it.name_ref())
            .map(|it| it.text().to_string()),
        _ => None,
    };
    let called = called.unwrap_or_default();
    let name = called.rsplit("::").next().unwrap_or_default();
    name == "spawn" && !called.contains("thread")
}

fn name_of(pat: &ast::IdentPat) -> String {
    pat.name().map(|it| it.text().to_string()).unwrap_or_default()
}
