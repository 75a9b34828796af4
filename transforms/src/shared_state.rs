//! `shared-state`: state that tasks share behind a lock, where one owner would do.

use retask_engine::Analysis;
use retask_engine::bucket::{Answers, Bound, Bucket, Size};
use retask_engine::context::Context;
use retask_engine::finding::{Evidence, Finding, Severity};
use retask_engine::resolve::Sema;
use retask_engine::shared::{self, Access, Declared, Kind, Section, State};

use crate::rewrite::draft::Draft;
use crate::rewrite::{kin, owner};
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "shared-state",
    summary: "tasks share state behind a lock, where one owner would do",
    explanation: include_str!("shared_state.md"),
    check,
};

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let sites = shared::taking(analysis);
    analysis.with_sema(|sema| {
        let states = shared::states(sema, analysis, sites);
        let shown = states.iter().filter(|it| case::is_selected(analysis, it.file) && is_shared(it));
        shown.map(|it| analysis.workspace.at(it.site(), || finding(sema, analysis, it, &states))).collect()
    })
}

/// Whether more than one task reaches the state: what a struct, a static or an alias holds is there to be shared.
fn is_shared(state: &State) -> bool {
    let is_taken = state.sections.iter().any(|it| it.context != Context::Test);
    is_taken && (state.declared != Declared::Local || state.in_arc && !state.found.clones.is_empty())
}

/// What the lock is used for, the worst first.
enum Use<'s> {
    /// A section waits while it holds the lock.
    Waits(&'s Section),
    /// A section fills a cache.
    Fills,
    /// A loop takes from a collection what others put in.
    Queue,
    Flag,
    Number,
    /// Read in many places, and replaced as a whole.
    Config,
    /// There is no value behind it: callers are to wait for one another.
    Gate,
    /// Sections that work in memory, and are over soon.
    Short,
}

fn use_of(state: &State) -> Use<'_> {
    if state.kind == Kind::Unit {
        return Use::Gate;
    }
    let waiting = || state.sections.iter().filter(|it| !it.waits.is_empty());
    if let Some(section) = waiting().find(|it| !it.fills) {
        return Use::Waits(section);
    }
    let writes = state.sections.iter().filter(|it| it.access == Access::Write).count();
    let reads = state.sections.len() - writes;
    match state.kind {
        _ if waiting().next().is_some() => Use::Fills,
        Kind::Queue if state.sections.iter().any(takes_out) => Use::Queue,
        Kind::Flag => Use::Flag,
        Kind::Number => Use::Number,
        _ if state.lock == "RwLock" && writes <= 1 && reads > writes => Use::Config,
        _ => Use::Short,
    }
}

/// Whether a section in a loop takes a value out of the front or the back of what it guards.
fn takes_out(section: &Section) -> bool {
    use ra_ap_syntax::{AstNode, ast};
    const TAKES: &[&str] = &["pop_front", "pop_back", "pop", "drain"];
    let around = section.call.syntax().ancestors().take_while(|it| !ast::Fn::can_cast(it.kind()));
    let scope = around.into_iter().find(|it| {
        matches!(it.kind(), ra_ap_syntax::SyntaxKind::LOOP_EXPR | ra_ap_syntax::SyntaxKind::WHILE_EXPR)
    });
    let calls = scope.into_iter().flat_map(|it| it.descendants()).filter_map(ast::MethodCallExpr::cast);
    let mut names = calls.filter_map(|it| it.name_ref());
    section.in_loop && names.any(|it| TAKES.contains(&it.text()))
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, state: &State, states: &[State]) -> Finding {
    let used = use_of(state);
    let waits = state.sections.iter().any(|it| !it.waits.is_empty()) && !matches!(used, Use::Fills);
    let verdict = Verdict {
        severity: if matches!(used, Use::Waits(_)) { Severity::Warning } else { Severity::Note },
        bucket: if waits { Bucket::AsyncIo } else { Bucket::ShortCpu },
        answers: Answers {
            bound: Some(if waits { Bound::Io } else { Bound::Cpu }),
            ends: Some(true),
            async_api: Some(true),
            size: Some(Size::Bounded),
        },
        message: message(&used),
        note: "the state is declared here".to_owned(),
        evidence: evidence(analysis, state),
    };
    let shared = if state.in_arc { "Arc<" } else { "" };
    let end = if state.in_arc { ">" } else { "" };
    let spot = Spot {
        file: state.file,
        name: state.name,
        label: format!("{}: {shared}{}<{}>{end}", state.label, state.lock, state.value),
    };
    let owner = owner::rewrite((sema, analysis), state, states);
    let (rewrite, other) = match used {
        Use::Flag | Use::Number | Use::Config => ways(kin::watch((sema, analysis), state), owner),
        Use::Queue => ways(kin::queue((sema, analysis), state), owner),
        // A consumer that sleeps while it holds the lock of its queue.
        Use::Waits(_) if state.kind == Kind::Queue && state.sections.iter().any(takes_out) => {
            match kin::queue((sema, analysis), state) {
                Ok(kin) => ways(Ok(kin), owner),
                Err(_) => (owner, None),
            }
        }
        Use::Waits(_) | Use::Fills | Use::Gate | Use::Short => (owner, None),
    };
    let mut finding = spot::finding((sema, analysis), RULE.name, &spot, verdict, rewrite);
    finding.alternatives.extend(other.map(|it| it.into_fix(RULE.name)));
    finding
}

/// What is simpler than a task comes first, where it holds; a refusal names what stands against both.
fn ways(kin: Result<Draft, String>, owner: Result<Draft, String>) -> (Result<Draft, String>, Option<Draft>) {
    match (kin, owner) {
        (Ok(kin), owner) => (Ok(kin), owner.ok()),
        (Err(_), Ok(owner)) => (Ok(owner), None),
        (Err(kin), Err(owner)) if kin == owner => (Err(owner), None),
        (Err(kin), Err(owner)) => (Err(format!("{kin}; and {owner}")), None),
    }
}

fn message(used: &Use<'_>) -> String {
    match used {
        Use::Waits(section) => {
            let first = &section.waits[0];
            format!(
                "stays locked while a section waits for {} (`{}`), and all that take it wait as long: a task that owns it serves them in turn",
                first.what, first.label
            )
        }
        Use::Fills => "stays locked while a section fills it, so that others wait for the value and not for a second fetch: that is right for one value, and holds up all others of a map".to_owned(),
        Use::Queue => "is polled as a queue: a channel (`tokio::sync::mpsc`) wakes the task that takes from it".to_owned(),
        Use::Flag => "is a flag behind a lock: an `AtomicBool` needs no lock, and a `tokio::sync::watch` or a `CancellationToken` can be awaited".to_owned(),
        Use::Number => "is a number behind a lock: an atomic does the same without one".to_owned(),
        Use::Config => "is read in many places and replaced in few: with `tokio::sync::watch` or `arc-swap` readers do not wait".to_owned(),
        Use::Gate => "lets one piece of code run at a time, and guards no value: that is right where callers are to wait for one another".to_owned(),
        Use::Short => "is shared by tasks, and its sections are short: the lock does no harm while they stay so, and a task that owns the state keeps its steps in one place".to_owned(),
    }
}

/// Every place that takes the lock, and what it waits for there.
fn evidence(analysis: &Analysis<'_>, state: &State) -> Vec<Evidence> {
    let mut found = Vec::new();
    for section in state.sections.iter().filter(|it| it.context != Context::Test) {
        let place = analysis.workspace.place(section.site.file, section.name);
        found.push(Evidence { place, note: "the lock is taken here".to_owned() });
        found.extend(section.waits.iter().map(|it| Evidence {
            place: analysis.workspace.place(it.file, it.range),
            note: format!("it is held while `{}` waits for {}", it.label, it.what),
        }));
    }
    found
}
