//! Work that lasts: blocking loops on the blocking pool, and loops on async workers that never give way.
//!
//! Such a loop owns the blocking calls inside it: one mistake gives one finding, at the call that starts the loop.

use ra_ap_hir::Function;
use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast};

use crate::alone::Alone;
use crate::analysis::{Analysis, Entered, HandedTo, Handover, Link};
use crate::catalogue::{Lasting, Pool};
use crate::context::{Body, Context, Contexts};
use crate::index::Site;
use crate::loops::{Lasts, Loops};
use crate::resolve::{CallNode, Sema};

/// Work that lasts on a primitive that is not made for it.
#[derive(Clone, Debug)]
pub struct LongWork {
    /// The call that starts the work or hands it over; of a loop that nothing starts, its keyword.
    pub site: Site,
    pub name: TextRange,
    /// What is called there, for messages.
    pub label: String,
    pub lasts: Lasts,
    pub start: Start,
}

/// How work that lasts gets where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Handed to a pool: the index into [`Analysis::handovers`].
    Pool(usize),
    /// Spawned as a task that never gives way: the index into [`Analysis::handovers`].
    Task(usize),
    /// Entered in an async body by a call or a loop of its own.
    Worker,
}

/// What [`find`] finds.
pub(crate) struct Found {
    pub work: Vec<LongWork>,
    /// For each of [`Analysis::entered`]: the endless work that it is a part of.
    pub entered: Vec<Option<Lasts>>,
}

/// Finds the work that lasts on the blocking pool and on async workers.
pub(crate) fn find(analysis: &Analysis<'_>, alone: &Alone<'_>) -> Found {
    let handovers: Vec<(usize, Handover)> = analysis.handovers().iter().cloned().enumerate().collect();
    let workspace = analysis.workspace;
    let include_tests = workspace.include.tests;
    let handed = analysis.par_map(handovers, |sema, (index, handover)| {
        let contexts = Contexts::new(sema, include_tests);
        let loops = Loops::new(&contexts, analysis.index);
        workspace.at(handover.site, || on_pool(&loops, &handover, index))
    });
    let entered = analysis.par_map(analysis.entered().to_vec(), |sema, entered| {
        let contexts = Contexts::new(sema, include_tests);
        let loops = Loops::new(&contexts, analysis.index);
        workspace.at(entered.site, || endless_call(&loops, &entered))
    });
    let loops = analysis.par_map(analysis.index.loops().to_vec(), |sema, site| {
        let contexts = Contexts::new(sema, include_tests);
        let lasts = workspace.at(site, || Loops::new(&contexts, analysis.index).at(site))?;
        let token = sema.token(site)?;
        let node = token.parent()?;
        match contexts.of(&node) {
            Context::Async(body) if lasts.lasting == Lasting::Endless => {
                let alone_on = workspace.at(site, || alone.driven_on(&contexts, &node, &body));
                let found = (site, token.text_range(), loop_range(&token)?, body, lasts);
                alone_on.is_none().then_some(found)
            }
            _ => None,
        }
    });
    let mut found = Found { work: handed.into_iter().flatten().collect(), entered };
    let receives = |site: Site, range: TextRange| {
        let inside = analysis.entered().iter().filter(|it| it.site.file == site.file);
        inside.filter(|it| range.contains(it.site.offset.into())).any(Entered::receives)
    };
    for (site, keyword, range, body, lasts) in loops.into_iter().flatten() {
        // A loop that receives is meant as a task: what is wrong is how it waits.
        if receives(site, range) {
            continue;
        }
        for (entered, owner) in analysis.entered().iter().zip(&mut found.entered) {
            if entered.site.file == site.file && range.contains(entered.site.offset.into()) {
                *owner = Some(lasts.clone());
            }
        }
        let label = analysis.workspace.text(site.file, keyword).to_owned();
        let work = LongWork { site, name: keyword, label, lasts, start: Start::Worker };
        found.work.push(at_its_spawn(analysis, work, &body));
    }
    for (entered, lasts) in analysis.entered().iter().zip(&found.entered) {
        let is_call = entered.through.is_some() || entered.reached.lasts();
        let Some(lasts) = lasts.clone().filter(|_| is_call && entered.alone_on.is_none()) else { continue };
        let inside = |it: &LongWork| it.lasts == lasts;
        if !found.work.iter().any(inside) {
            let (site, name, label) = (entered.site, entered.name, entered.label.clone());
            let work = LongWork { site, name, label, lasts, start: Start::Worker };
            found.work.push(at_its_spawn(analysis, work, &entered.body));
        }
    }
    found.work.sort_by_key(|it| it.site);
    found.work.dedup_by_key(|it| it.site);
    found
}

fn loop_range(token: &ra_ap_syntax::SyntaxToken) -> Option<TextRange> {
    let node = token.parent_ancestors().find(|it| ast::Expr::can_cast(it.kind()))?;
    Some(node.text_range())
}

/// What lasts in the work that a pool is given.
fn on_pool(loops: &Loops<'_, '_>, handover: &Handover, index: usize) -> Option<LongWork> {
    let shares_workers = matches!(handover.to, HandedTo::Pool(Pool::Blocking | Pool::InPlace));
    if !shares_workers || handover.context == Context::Test {
        return None;
    }
    let call = loops.sema.call_at(handover.site)?;
    let work = call.args().into_iter().nth(handover.argument)?;
    let lasts = of_work(loops, &work)?;
    Some(LongWork {
        site: handover.site,
        name: handover.name,
        label: handover.label.clone(),
        lasts,
        start: Start::Pool(index),
    })
}

fn of_work(loops: &Loops<'_, '_>, work: &ast::Expr) -> Option<Lasts> {
    let sema = loops.sema;
    match work {
        ast::Expr::ClosureExpr(it) => loops.of_body(it.body()?.syntax()),
        // A block that prepares what its closure takes.
        ast::Expr::BlockExpr(it) if it.async_token().is_none() => of_work(loops, &it.tail_expr()?),
        ast::Expr::PathExpr(it) if sema.local_declaration(it).is_some() => of_work(loops, &bound(sema, it)?),
        ast::Expr::PathExpr(it) => {
            let function = sema.function(&CallNode::Value(it.clone()))?;
            with_call(sema, it.syntax(), function, loops.of_function(function)?)
        }
        _ => None,
    }
}

/// The closure that a variable is bound to.
fn bound(sema: &Sema<'_>, path: &ast::PathExpr) -> Option<ast::Expr> {
    let statement = sema.local_declaration(path)?.syntax().parent().and_then(ast::LetStmt::cast)?;
    statement.initializer().filter(|it| matches!(it, ast::Expr::ClosureExpr(_) | ast::Expr::BlockExpr(_)))
}

fn with_call(sema: &Sema<'_>, node: &SyntaxNode, function: Function, lasts: Lasts) -> Option<Lasts> {
    let (file, range) = sema.source_range(node)?;
    let mut chain = vec![Link { file, range, note: format!("`{}` is the work", sema.label(function)) }];
    chain.extend(lasts.chain);
    Some(Lasts { chain, ..lasts })
}

/// The endless work that a call in async code leads to.
fn endless_call(loops: &Loops<'_, '_>, entered: &Entered) -> Option<Lasts> {
    let lasts = match entered.through {
        Some(function) => loops.of_function(function)?,
        None => entered.reached.entry_lasts()?,
    };
    (lasts.lasting == Lasting::Endless).then_some(lasts)
}

/// Moves a finding to the spawn that starts the body, where there is one.
fn at_its_spawn(analysis: &Analysis<'_>, work: LongWork, body: &Body) -> LongWork {
    let spawns = analysis.handovers().iter().enumerate().filter(|(_, it)| it.to == HandedTo::Task);
    let starts = |(_, handover): &(usize, &Handover)| {
        analysis.with_sema(|sema| {
            let call = sema.call_at(handover.site)?;
            let argument = call.args().into_iter().nth(handover.argument)?;
            starts_body(sema, &argument, body).then_some(())
        })
    };
    match spawns.into_iter().find(|it| starts(it).is_some()) {
        Some((index, handover)) => LongWork {
            site: handover.site,
            name: handover.name,
            label: handover.label.clone(),
            start: Start::Task(index),
            ..work
        },
        None => work,
    }
}

/// Whether a spawned future is the body itself, or a call of the async fn whose body it is.
fn starts_body(sema: &Sema<'_>, argument: &ast::Expr, body: &Body) -> bool {
    if sema.is_body(argument.syntax(), body) {
        return true;
    }
    let call = match argument {
        ast::Expr::CallExpr(it) => CallNode::Path(it.clone()),
        ast::Expr::MethodCallExpr(it) => CallNode::Method(it.clone()),
        _ => return false,
    };
    let declared = sema.function(&call).and_then(|it| sema.declaration(it));
    declared.is_some_and(|(file, it)| file == body.file && it.syntax().text_range() == body.range)
}
