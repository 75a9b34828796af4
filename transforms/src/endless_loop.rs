//! `endless-loop`: a blocking loop that never ends, on the blocking pool or on an async worker.

use retask_engine::Analysis;
use retask_engine::analysis::{HandedTo, Handover};
use retask_engine::bucket::{Answers, Bound, Bucket, Size};
use retask_engine::catalogue::{Lasting, Pool};
use retask_engine::finding::{Confidence, Evidence, Finding, Severity};
use retask_engine::lasting::{LongWork, Start};
use retask_engine::resolve::Sema;

use crate::Rule;
use crate::case;
use crate::rewrite::draft::Draft;
use crate::rewrite::thread;

pub(crate) const RULE: Rule = Rule {
    name: "endless-loop",
    summary: "a blocking loop that never ends, on the blocking pool or on an async worker",
    explanation: include_str!("endless_loop.md"),
    check,
};

/// The work goes on for as long as the program lives, so it is in bucket 4.
const ANSWERS: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(false), async_api: Some(false), size: Some(Size::Bounded) };

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let selected = |it: &&LongWork| case::is_selected(analysis, it.site.file);
    let work: Vec<LongWork> = analysis.long_work().iter().filter(selected).cloned().collect();
    case::in_parallel(analysis, work, |sema, analysis, work| {
        analysis.workspace.at(work.site, || finding(sema, analysis, &work))
    })
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, work: &LongWork) -> Finding {
    let place = analysis.workspace.place(work.site.file, work.name);
    let key = case::key(sema, work.site.file, work.name.start().into(), &work.label);
    let handover = handover(analysis, work);
    let rewrite = rewrite(sema, analysis, work, handover);
    let (fix, refused) = case::outcome(rewrite, Confidence::High, RULE.name);
    let first = Evidence { place: place.clone(), note: started(work, handover) };
    let ends = work.lasts.lasting == Lasting::UntilClosed;
    Finding {
        id: key,
        rule: RULE.name,
        bucket: Bucket::EndlessLoop,
        severity: if ends { Severity::Note } else { Severity::Warning },
        confidence: Confidence::High,
        message: message(work, handover),
        answers: ANSWERS,
        evidence: std::iter::once(first).chain(case::chain(analysis, &work.lasts.chain)).collect(),
        place,
        fix,
        alternatives: Vec::new(),
        refused,
    }
}

fn handover<'a>(analysis: &'a Analysis<'_>, work: &LongWork) -> Option<&'a Handover> {
    match work.start {
        Start::Pool(index) | Start::Task(index) => analysis.handovers().get(index),
        Start::Worker => None,
    }
}

fn message(work: &LongWork, handover: Option<&Handover>) -> String {
    let holds = match handover.map(|it| it.to) {
        Some(HandedTo::Pool(Pool::InPlace)) | Some(HandedTo::Task) | None => "holds an async worker",
        Some(HandedTo::Pool(_)) => "holds a thread of the blocking pool",
    };
    let (work_is, decided) = match work.lasts.lasting {
        Lasting::Endless => ("an endless loop", "it never ends"),
        Lasting::UntilClosed => ("a loop that lives as long as its senders or its flag", "it is long-lived"),
    };
    let bucket = Bucket::EndlessLoop;
    format!(
        "`{}` starts {work_is}, which {holds}: bucket {} ({}), since {decided}",
        work.label,
        bucket.number(),
        bucket.name()
    )
}

fn started(work: &LongWork, handover: Option<&Handover>) -> String {
    match handover {
        Some(_) => format!("`{}` is given the loop here", work.label),
        None => "an async worker runs the loop from here on".to_owned(),
    }
}

fn rewrite(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    work: &LongWork,
    handover: Option<&Handover>,
) -> Result<Draft, String> {
    let Some(handover) = handover else {
        return Err(
            "the async body runs the loop itself: nothing hands it over, so there is no call to replace"
                .to_owned(),
        );
    };
    let mut draft = thread::rewrite(sema, analysis, work, handover)?;
    if work.lasts.lasting == Lasting::UntilClosed {
        draft.caveat("the loop ends with its senders or its flag, and may be meant for the pool");
    }
    Ok(draft)
}
