//! What work that is handed over consists of: the four answers for it, and the bucket that they decide.

use ra_ap_syntax::{AstNode, SyntaxNode, ast};

use crate::analysis::{Analysis, HandedTo, Handover};
use crate::bounds;
use crate::bucket::{Answers, Bound, Bucket, Size};
use crate::catalogue::{Entry, Family, Pool};
use crate::items::Items;
use crate::job::{self, Job};
use crate::loops::{holds_endless_loop, is_loop};
use crate::resolve::{CallNode, Sema};

const ASYNC: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(true), async_api: Some(true), size: None };

/// The answers for work that is handed over, and where it belongs. What calls into libraries do that nothing is known of stays open:
/// sync work that ends is in bucket 3 all the same.
pub(crate) fn of_handover(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    handover: &Handover,
) -> (Answers, Option<Bucket>) {
    let Some(call) = sema.call_at(handover.site) else { return (Answers::default(), None) };
    let bodies = bodies(sema, handover, &call);
    let size = Some(size_of(sema, &bodies));
    if handover.to == HandedTo::Task {
        let ends = Some(!bodies.iter().any(holds_endless_loop));
        return (Answers { ends, size, ..ASYNC }, Some(Bucket::AsyncIo));
    }
    let known: Vec<&'static Entry> = entries(analysis, handover);
    if !known.is_empty() {
        return of_entries(&known, size);
    }
    match job::of_handover(sema, analysis, handover, &call) {
        Some(Job::Drives(_) | Job::Builds | Job::Wraps) => {
            return (Answers { size, ..ASYNC }, Some(Bucket::AsyncIo));
        }
        Some(Job::Trivial) => {
            let short = Answers {
                bound: Some(Bound::Cpu),
                size: Some(Size::Bounded),
                async_api: Some(false),
                ends: Some(true),
            };
            return (short, Some(Bucket::ShortCpu));
        }
        None => {}
    }
    let computes =
        handover.to == HandedTo::Pool(Pool::Cpu) || bounds::is_cpu_work(sema, analysis, handover, &call);
    let answers = match computes {
        true => Answers {
            bound: Some(Bound::Cpu),
            ends: Some(true),
            async_api: Some(false),
            size: Some(Size::Input),
        },
        false => Answers { bound: None, ends: Some(true), async_api: None, size },
    };
    (answers, answers.bucket().or(Some(Bucket::BoundedBlocking)))
}

/// The blocking calls and heavy computations inside handed-over work.
fn entries(analysis: &Analysis<'_>, handover: &Handover) -> Vec<&'static Entry> {
    let inside = analysis
        .pooled()
        .iter()
        .filter(|(site, _)| site.file == handover.site.file && handover.range.contains(site.offset.into()));
    inside.map(|(_, entry)| *entry).collect()
}

fn of_entries(known: &[&'static Entry], size: Option<Size>) -> (Answers, Option<Bucket>) {
    let computes = known.iter().any(|it| it.family() == Some(Family::Cpu));
    let waits = known.iter().any(|it| it.family() != Some(Family::Cpu));
    let bound = match (computes, waits) {
        (true, true) => Bound::Both,
        (true, false) => Bound::Cpu,
        _ => Bound::Io,
    };
    let grows = known.iter().any(|it| it.size == Size::Input);
    let answers = Answers {
        bound: Some(bound),
        ends: Some(true),
        // As the closure of a sync helper: its calls may have async forms, the work as a whole has none.
        async_api: Some(false),
        size: if grows { Some(Size::Input) } else { size },
    };
    // What stands in the catalogue is not short.
    let bucket = answers.bucket().filter(|it| *it != Bucket::ShortCpu);
    (answers, bucket.or(Some(Bucket::BoundedBlocking)))
}

/// The code of the work: the closure, async block or function that is handed over, and the function that it calls alone.
fn bodies(sema: &Sema<'_>, handover: &Handover, call: &CallNode) -> Vec<SyntaxNode> {
    let Some(work) = call.args().into_iter().nth(handover.argument) else { return Vec::new() };
    let called = match &work {
        ast::Expr::PathExpr(it) => Some(CallNode::Value(it.clone())),
        ast::Expr::CallExpr(it) => Some(CallNode::Path(it.clone())),
        ast::Expr::MethodCallExpr(it) => Some(CallNode::Method(it.clone())),
        _ => None,
    };
    let function = called.and_then(|it| sema.function(&it)).and_then(|it| sema.declaration(it));
    let body = function.and_then(|(_, it)| it.body());
    std::iter::once(work.syntax().clone()).chain(body.map(|it| it.syntax().clone())).collect()
}

/// Work grows with its input where it repeats something for items that nothing bounds.
fn size_of(sema: &Sema<'_>, bodies: &[SyntaxNode]) -> Size {
    let grows = |it: SyntaxNode| match ast::ForExpr::cast(it.clone()) {
        Some(it) => it.iterable().is_some_and(|it| sema.items(&it) == Items::Unknown),
        None => is_loop(&it),
    };
    let any = bodies.iter().flat_map(|it| it.descendants()).any(grows);
    if any { Size::Input } else { Size::Bounded }
}
