//! `unbounded-channel`: a channel between tasks that takes any number of messages.

use ra_ap_syntax::AstNode;
use retask_engine::Analysis;
use retask_engine::analysis::Marked;
use retask_engine::bucket::{Answers, Bound, Bucket, Size};
use retask_engine::catalogue::Mark;
use retask_engine::context::{Context, Contexts};
use retask_engine::ends::{End, Ends};
use retask_engine::finding::{Evidence, Finding, Severity};
use retask_engine::resolve::Sema;

use crate::rewrite::bounded;
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "unbounded-channel",
    summary: "a channel between tasks takes any number of messages",
    explanation: include_str!("unbounded_channel.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Bound::Io), ends: None, async_api: Some(true), size: Some(Size::Input) };

/// Crates whose channels threads use among themselves as well: these count where async code holds an end.
const FOR_THREADS: &[&str] = &["std", "crossbeam", "crossbeam_channel", "flume", "kanal"];

/// How many sends the evidence shows.
const SHOWN: usize = 3;

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let selected = |it: &&Marked| it.context != Context::Test && case::is_selected(analysis, it.site.file);
    let channels: Vec<Marked> = analysis.marked(Mark::Channel).filter(selected).cloned().collect();
    let found = case::in_parallel(analysis, channels, |sema, analysis, channel| {
        analysis.workspace.at(channel.site, || finding(sema, analysis, &channel))
    });
    found.into_iter().flatten().collect()
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, channel: &Marked) -> Option<Finding> {
    let call = sema.call_at(channel.site)?;
    let contexts = Contexts::new(sema, analysis.workspace.include.tests);
    let ends = Ends::of(&contexts, &call);
    // A message without content is a signal: what it means does not grow with the number of them.
    let is_signal = sema.message_type(&call).is_some_and(|it| it.is_unit());
    let is_few = ends.as_ref().is_some_and(Ends::sends_are_few);
    if is_signal || is_few || !is_between_tasks(channel, ends.as_ref()) {
        return None;
    }
    let verdict = Verdict {
        severity: Severity::Note,
        bucket: Bucket::AsyncIo,
        answers: ANSWERS,
        message:
            "takes any number of messages: where they come in faster than they are taken out, memory grows"
                .to_owned(),
        note: "the channel is made here".to_owned(),
        evidence: ends.as_ref().map(|it| sends(sema, analysis, it)).unwrap_or_default(),
    };
    let rewrite = bounded::rewrite((sema, analysis), channel, &call, ends.as_ref());
    Some(spot::finding((sema, analysis), RULE.name, &Spot::from(channel), verdict, rewrite))
}

/// Whether async code holds an end of a channel: all channels of async crates are taken to be made for that.
fn is_between_tasks(channel: &Marked, ends: Option<&Ends>) -> bool {
    let krate = channel.entry.krate();
    let is_async = channel.entry.name().ends_with("_async");
    if is_async || !FOR_THREADS.contains(&krate) {
        return true;
    }
    let made_in = match &channel.context {
        Context::Async(body) => Some(body),
        _ => None,
    };
    match ends {
        // The body that makes the channel names both ends to hand them on; what it calls on them is its own use.
        Some(ends) => ends.all().any(|it| it.body().is_some_and(|body| Some(body) != made_in || calls(it))),
        None => made_in.is_some() && matches!(krate, "flume" | "kanal"),
    }
}

fn calls(end: &End) -> bool {
    end.method().is_some_and(|it| it != "clone")
}

fn sends(sema: &Sema<'_>, analysis: &Analysis<'_>, ends: &Ends) -> Vec<Evidence> {
    let is_send = |it: &&End| it.method().is_some_and(|it| it.contains("send"));
    let sends = ends.senders.iter().filter(is_send).take(SHOWN);
    sends
        .filter_map(|it| spot::evidence(sema, analysis, it.path.syntax(), "a message is sent here"))
        .collect()
}
