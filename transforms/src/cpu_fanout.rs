//! `cpu-fanout`: a blocking job over CPU work for each item.

use retask_engine::Analysis;
use retask_engine::bucket::{Answers, Bound as Kind, Bucket, Size};
use retask_engine::finding::Finding;
use retask_engine::resolve::Sema;

use crate::Rule;
use crate::fanout::{self, PerItem};
use crate::rewrite::permit::{JOBS, Started};
use crate::spot::{self, Spot, Verdict};

pub(crate) const RULE: Rule = Rule {
    name: "cpu-fanout",
    summary: "`spawn_blocking` over CPU work for each item",
    explanation: include_str!("cpu_fanout.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Kind::Cpu), ends: Some(true), async_api: Some(false), size: Some(Size::Input) };

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    fanout::findings(analysis, finding)
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, it: &PerItem) -> Option<Finding> {
    if !it.is_cpu || it.bound.is_some() {
        return None;
    }
    let severity = it.severity()?;
    let head = spot::head(&it.repeat.node);
    let verdict = Verdict {
        severity,
        bucket: Bucket::HeavyCpu,
        answers: ANSWERS,
        message: "hands CPU work to the blocking pool for each item, up to 512 threads for a few cores"
            .to_owned(),
        note: "a job is handed over here for each item".to_owned(),
        evidence: spot::evidence(sema, analysis, &head, "the number of items is not bounded here")
            .into_iter()
            .collect(),
    };
    let started = Started { sema, analysis, handover: &it.handover, call: &it.call, repeat: &it.repeat };
    let rewrite = started.with_permits(&JOBS);
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(&it.handover), verdict, rewrite))
}
