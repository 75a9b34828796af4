//! `unbounded-spawn`: a task, job or thread for each item, with nothing that limits how many there are.

use retask_engine::Analysis;
use retask_engine::bucket::{Answers, Bound as Kind, Bucket, Size};
use retask_engine::finding::Finding;
use retask_engine::items::Items;
use retask_engine::resolve::Sema;

use crate::Rule;
use crate::fanout::{self, PerItem};
use crate::rewrite::permit::{Started, TASKS};
use crate::spot::{self, Spot, Verdict};

pub(crate) const RULE: Rule = Rule {
    name: "unbounded-spawn",
    summary: "a task, blocking job or thread for each item, with nothing that limits how many there are",
    explanation: include_str!("unbounded_spawn.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Kind::Io), ends: Some(true), async_api: Some(true), size: Some(Size::Input) };

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    fanout::findings(analysis, finding)
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, it: &PerItem) -> Option<Finding> {
    if it.is_cpu || it.bound.is_some() {
        return None;
    }
    let severity = it.severity()?;
    let (message, note) = words(it.repeat.items);
    let verdict = Verdict {
        severity,
        bucket: Bucket::AsyncIo,
        answers: ANSWERS,
        message: format!("starts work for each {message}, and nothing limits how much runs at once"),
        note: format!("work is started here for each {message}"),
        evidence: spot::evidence(sema, analysis, &spot::head(&it.repeat.node), note).into_iter().collect(),
    };
    let started = Started { sema, analysis, handover: &it.handover, call: &it.call, repeat: &it.repeat };
    let rewrite = started.with_permits(&TASKS);
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(&it.handover), verdict, rewrite))
}

fn words(items: Items) -> (&'static str, &'static str) {
    match items {
        Items::Connections => ("connection", "connections are accepted here as fast as they come"),
        Items::Messages => ("message", "messages are taken here as fast as they come"),
        _ => ("item", "the number of items is not bounded here"),
    }
}
