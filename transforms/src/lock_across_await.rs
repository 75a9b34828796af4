//! `lock-across-await`: the guard of a sync lock that is alive over an `.await`.

use retask_engine::Analysis;
use retask_engine::bucket::{Answers, Bound, Bucket};
use retask_engine::finding::{Evidence, Finding, Severity};
use retask_engine::held::{self, Lock};
use retask_engine::resolve::Sema;

use crate::rewrite::draft::Draft;
use crate::rewrite::{async_lock, unlock};
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "lock-across-await",
    summary: "the guard of a std or parking_lot lock is alive over an `.await`",
    explanation: include_str!("lock_across_await.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(true), async_api: Some(true), size: None };

/// How many awaits the evidence shows.
const SHOWN: usize = 3;

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let locks = held::locks(analysis).into_iter().filter(|it| case::is_selected(analysis, it.site.file));
    let found = case::in_parallel(analysis, locks.collect(), |sema, analysis, lock| {
        analysis.workspace.at(lock.site, || finding(sema, analysis, &lock))
    });
    found.into_iter().flatten().collect()
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, lock: &Lock) -> Option<Finding> {
    let awaited = |(file, range): &(u32, _)| Evidence {
        place: analysis.workspace.place(*file, *range),
        note: "the guard is still alive at this await".to_owned(),
    };
    let verdict = Verdict {
        severity: Severity::Warning,
        bucket: Bucket::AsyncIo,
        answers: ANSWERS,
        message:
            "gives a guard that is held over an `.await`: whoever takes the lock meanwhile blocks a worker"
                .to_owned(),
        note: "the lock is taken here".to_owned(),
        evidence: lock.awaits.iter().take(SHOWN).map(awaited).collect(),
    };
    let rewrite = rewrite(sema, analysis, lock)?;
    let spot = Spot { file: lock.site.file, name: lock.name, label: lock.label.clone() };
    Some(spot::finding((sema, analysis), RULE.name, &spot, verdict, rewrite))
}

/// The lock is given back before the await where that can be, else it becomes an async one.
fn rewrite(sema: &Sema<'_>, analysis: &Analysis<'_>, lock: &Lock) -> Option<Result<Draft, String>> {
    let call = sema.call_at(lock.site)?;
    let edition = analysis.workspace.files[lock.site.file as usize].edition;
    let given_back = match sema.held(&call.expr()?, edition).as_slice() {
        [held] => unlock::rewrite((sema, analysis), lock, held),
        _ => Err("more than one variable holds the guard".to_owned()),
    };
    Some(given_back.or_else(|reason| {
        let carried = async_lock::rewrite((sema, analysis), lock, &call);
        carried.map_err(|other| format!("{reason}; and the lock cannot become an async one: {other}"))
    }))
}
