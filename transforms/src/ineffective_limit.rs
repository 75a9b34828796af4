//! `ineffective-limit`: a limit that limits nothing.

use ra_ap_syntax::{AstNode, SyntaxKind, SyntaxNode, ast, ast::HasArgList};
use retask_engine::analysis::Marked;
use retask_engine::bounds::Bound;
use retask_engine::bucket::{Answers, Bound as Kind, Bucket, Size};
use retask_engine::catalogue::Mark;
use retask_engine::context::{Context, Contexts};
use retask_engine::finding::{Finding, Severity};
use retask_engine::resolve::Sema;
use retask_engine::{Analysis, mentions, repeat};

use crate::fanout::{self, PerItem};
use crate::rewrite::draft::Draft;
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "ineffective-limit",
    summary: "a semaphore or permit that limits nothing",
    explanation: include_str!("ineffective_limit.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Kind::Io), ends: Some(true), async_api: Some(true), size: Some(Size::Input) };

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let mut findings = fanout::findings(analysis, inside_the_task);
    findings.extend(each(analysis, Mark::Acquire, dropped_at_once));
    findings.extend(each(analysis, Mark::Semaphore, made_for_one));
    findings
}

fn each(
    analysis: &Analysis<'_>,
    mark: Mark,
    ask: fn(&Sema<'_>, &Analysis<'_>, &Marked) -> Option<Finding>,
) -> Vec<Finding> {
    let selected = |it: &&Marked| it.context != Context::Test && case::is_selected(analysis, it.site.file);
    let marked: Vec<Marked> = analysis.marked(mark).filter(selected).cloned().collect();
    let found = case::in_parallel(analysis, marked, |sema, analysis, it| {
        analysis.workspace.at(it.site, || ask(sema, analysis, &it))
    });
    found.into_iter().flatten().collect()
}

fn verdict(severity: Severity, message: &str, note: &str) -> Verdict {
    Verdict {
        severity,
        bucket: Bucket::AsyncIo,
        answers: ANSWERS,
        message: message.to_owned(),
        note: note.to_owned(),
        evidence: Vec::new(),
    }
}

/// A permit that each task takes for itself: all tasks live at once, and wait.
fn inside_the_task(sema: &Sema<'_>, analysis: &Analysis<'_>, it: &PerItem) -> Option<Finding> {
    it.severity()?;
    let Some(Bound::Inside(Some(site))) = it.bound else { return None };
    let acquire = analysis.marked(Mark::Acquire).find(|it| it.site == site)?;
    let mut verdict = verdict(
        Severity::Note,
        "takes the permit inside the task: any number of tasks are live, and wait for it",
        "the permit is taken here, by a task that runs already",
    );
    let place = analysis.workspace.place(it.handover.site.file, it.handover.name);
    let note = format!("`{}` starts the task here, for each item", it.handover.label);
    verdict.evidence.push(retask_engine::finding::Evidence { place, note });
    let rewrite =
        Err("which value of the loop the permit belongs to is a choice: take it before the task is started"
            .to_owned());
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(acquire), verdict, rewrite))
}

/// A permit that is given back in the statement that takes it.
fn dropped_at_once(sema: &Sema<'_>, analysis: &Analysis<'_>, it: &Marked) -> Option<Finding> {
    let call = sema.call_at(it.site)?;
    let statement = call
        .syntax()
        .ancestors()
        .find(|it| matches!(it.kind(), SyntaxKind::LET_STMT | SyntaxKind::EXPR_STMT))?;
    let value = match ast::LetStmt::cast(statement.clone()) {
        Some(it) if matches!(it.pat(), Some(ast::Pat::WildcardPat(_))) => it.initializer()?,
        Some(_) => return None,
        None => ast::ExprStmt::cast(statement.clone())?.expr()?,
    };
    // What the statement gives is the permit itself, be it in a result.
    let gives = |value: &ast::Expr| {
        let ty = sema.ty(value)?;
        let names = ["SemaphorePermit", "OwnedSemaphorePermit", "SemaphoreGuard", "SemaphoreGuardArc"];
        let krates = ["tokio", "async_lock"];
        Some(krates.iter().any(|krate| names.iter().any(|name| sema.mentions_named(&ty, krate, name))))
    };
    gives(&value).filter(|it| *it)?;
    let is_for_many = it.entry.name().starts_with("acquire_many");
    if is_for_many && (is_all_that_is_left(&statement) || has_others_before(sema, analysis, it)) {
        return None;
    }
    let verdict = verdict(
        Severity::Warning,
        "gives the permit back at once: nothing holds it while the work is done",
        "the permit is taken and dropped here",
    );
    Some(spot::finding(
        (sema, analysis),
        RULE.name,
        &Spot::from(it),
        verdict,
        keep(sema, analysis, &statement, &value),
    ))
}

/// Whether nothing stands behind a statement that a permit could be held for: who takes many there waits until all others are given back.
fn is_all_that_is_left(statement: &SyntaxNode) -> bool {
    let body = statement.parent().and_then(|it| it.parent());
    let is_own = body.and_then(|it| it.parent()).is_some_and(|it| it.kind() == SyntaxKind::FN);
    let does = |it: &SyntaxNode| match it.kind() {
        SyntaxKind::CALL_EXPR => !it.first_token().is_some_and(|it| matches!(it.text(), "Ok" | "Some")),
        kind => {
            matches!(kind, SyntaxKind::METHOD_CALL_EXPR | SyntaxKind::AWAIT_EXPR | SyntaxKind::MACRO_CALL)
        }
    };
    let mut behind = std::iter::successors(statement.next_sibling(), |it| it.next_sibling());
    is_own && !behind.any(|it| it.descendants().any(|it| does(&it)))
}

/// Whether the same function takes other permits of the semaphore before: it waits until these are given back, and needs none.
fn has_others_before(sema: &Sema<'_>, analysis: &Analysis<'_>, it: &Marked) -> bool {
    let place = |it: &Marked| {
        let call = sema.call_at(it.site)?;
        let function = sema.ancestors(call.syntax()).find_map(ast::Fn::cast)?;
        Some((semaphore(call.receiver()?), sema.source_range(function.syntax())?))
    };
    let before = |other: &&Marked| other.site.file == it.site.file && other.site.offset < it.site.offset;
    let mut others = analysis.marked(Mark::Acquire).filter(before);
    place(it).is_some_and(|it| others.any(|other| place(other).is_some_and(|other| other == it)))
}

/// The semaphore that a permit is taken of, as it is written, without the clone that an owned permit takes.
fn semaphore(receiver: ast::Expr) -> String {
    let of = match &receiver {
        ast::Expr::ParenExpr(it) => it.expr(),
        ast::Expr::RefExpr(it) => it.expr(),
        ast::Expr::MethodCallExpr(it) if it.name_ref().is_some_and(|it| it.text() == "clone") => {
            it.receiver()
        }
        ast::Expr::CallExpr(it) if it.expr().is_some_and(|it| it.syntax().text() == "Arc::clone") => {
            it.arg_list().and_then(|it| it.args().next())
        }
        _ => None,
    };
    of.map_or_else(|| receiver.syntax().text().to_string(), semaphore)
}

/// Binds the permit, so that it lives to the end of its block.
fn keep(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    statement: &SyntaxNode,
    value: &ast::Expr,
) -> Result<Draft, String> {
    let refused = "a macro writes the statement";
    let mut draft = Draft::new("hold the permit to the end of the block");
    draft.caveat("the permit is now held while the rest of the block runs, which then waits for others");
    let (file, range) = sema.source_range(value.syntax()).ok_or(refused)?;
    match ast::LetStmt::cast(statement.clone()).and_then(|it| it.pat()) {
        Some(pat) => {
            let (_, pat) = sema.source_range(pat.syntax()).ok_or(refused)?;
            draft.replace(analysis, file, pat, "_permit");
        }
        None => draft.insert(analysis, file, range.start(), "let _permit = "),
    }
    Ok(draft)
}

/// A semaphore that is made where it is used, once for each use.
fn made_for_one(sema: &Sema<'_>, analysis: &Analysis<'_>, it: &Marked) -> Option<Finding> {
    let call = sema.call_at(it.site)?;
    let statement = statement_of(&call.expr()?)?;
    let ast::Pat::IdentPat(local) = statement.pat()? else { return None };
    let scope = statement.syntax().parent()?;
    let uses = mentions::uses(sema, &scope, &local).ok()?;
    let contexts = Contexts::new(sema, analysis.workspace.include.tests);
    // Every use is an acquire of its own or a clone for one, and none of them is repeated below the semaphore.
    let is_single = |path: &ast::PathExpr| {
        let method = path.syntax().parent().and_then(ast::MethodCallExpr::cast)?;
        let name = method.name_ref()?.text().to_string();
        let acquires = name.starts_with("acquire") || name.starts_with("try_acquire");
        let for_acquire = || {
            let outer = method.syntax().parent().and_then(ast::MethodCallExpr::cast);
            outer.and_then(|it| it.name_ref()).is_some_and(|it| it.text().starts_with("acquire"))
        };
        let below = repeat::of_call(&contexts, method.syntax());
        let repeated = below.is_some_and(|it| scope.text_range().contains_range(it.node.text_range()));
        ((acquires || name == "clone" && for_acquire()) && !repeated).then_some(())
    };
    if uses.is_empty() || uses.iter().any(|it| is_single(it).is_none()) {
        return None;
    }
    let verdict = verdict(
        Severity::Warning,
        "is made for each call, so that nobody else takes its permits: it limits nothing",
        "the semaphore is made here, each time anew",
    );
    let rewrite =
        Err("where the semaphore lives is a choice: make it once, beside what it guards, and share it"
            .to_owned());
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(it), verdict, rewrite))
}

/// The statement that binds a value by itself or in an `Arc`: what a map or a closure takes on the way is shared.
fn statement_of(value: &ast::Expr) -> Option<ast::LetStmt> {
    let parent = value.syntax().parent()?;
    if let Some(statement) = ast::LetStmt::cast(parent.clone()) {
        return Some(statement);
    }
    let call = ast::CallExpr::cast(parent.parent()?).filter(|_| ast::ArgList::can_cast(parent.kind()))?;
    let shares = call.expr()?.syntax().text().to_string();
    shares.ends_with("Arc::new").then(|| statement_of(&call.into()))?
}
