//! The rules: each finds one mismatch between the bucket of work and the primitive that it runs on, and rewrites it.
//!
//! One rule is one file with its explanation beside it. Rules ask the engine what is true and hold the opinions; they never
//! ask one another. What several of them need to build a rewrite stands in [`rewrite`].

mod blocking_db;
mod blocking_http;
mod blocking_io;
mod blocking_sleep;
mod blocking_wait;
mod case;
mod cpu_fanout;
mod endless_loop;
mod fanout;
mod heavy_cpu;
mod ineffective_limit;
mod lock_across_await;
mod needless_offload;
mod nested_block_on;
mod rewrite;
mod sequential_awaits;
mod shared_state;
mod spawn_then_await;
mod spot;
mod unbounded_channel;
mod unbounded_join;
mod unbounded_spawn;

use retask_engine::Analysis;
use retask_engine::finding::{Finding, keep_together};
use retask_engine::watch::stage;

/// One rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The name in reports and on the command line.
    pub name: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// The page, in Markdown. Examples hide lines as rustdoc and mdBook do, so that they can be run: see [`Rule::page`].
    pub explanation: &'static str,
    check: fn(&Analysis<'_>) -> Vec<Finding>,
}

impl Rule {
    /// The page as people read it: without the lines that its examples hide.
    pub fn page(&self) -> String {
        let mut is_rust = false;
        let mut page = String::new();
        for line in self.explanation.split_inclusive('\n') {
            if line.starts_with("```") {
                is_rust = line.trim_end() == "```rust";
            }
            let is_hidden = is_rust && (line.starts_with("# ") || line.trim_end() == "#");
            if !is_hidden {
                page.push_str(line);
            }
        }
        page
    }

    /// Whether its rewrites change a design, so that they are made only where the rule is named.
    pub fn changes_design(&self) -> bool {
        self.name == shared_state::RULE.name
    }
}

static RULES: &[Rule] = &[
    blocking_db::RULE,
    blocking_http::RULE,
    blocking_io::RULE,
    blocking_sleep::RULE,
    blocking_wait::RULE,
    cpu_fanout::RULE,
    endless_loop::RULE,
    heavy_cpu::RULE,
    ineffective_limit::RULE,
    lock_across_await::RULE,
    needless_offload::RULE,
    nested_block_on::RULE,
    sequential_awaits::RULE,
    shared_state::RULE,
    spawn_then_await::RULE,
    unbounded_channel::RULE,
    unbounded_join::RULE,
    unbounded_spawn::RULE,
];

/// All rules, by name.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// Whether findings of a rule may come where the rewrites of others have done their work: a thread that blocking work left is needless,
/// and an async lock may be held where a sync one blocked.
pub fn may_follow(rule: &str) -> bool {
    rule == needless_offload::RULE.name || rule == shared_state::RULE.name
}

fn of_rules(analysis: Analysis<'_>, rules: Vec<&'static Rule>) -> Vec<Finding> {
    let check = |rule: &'static Rule| {
        stage(&format!("rule {}", rule.name));
        (rule.check)(&analysis)
    };
    rules.into_iter().flat_map(check).collect()
}

/// The findings of some rules, sorted by path, offset and rule, each with an id of its own.
pub fn check(analysis: &Analysis<'_>, rules: &[&'static Rule]) -> Vec<Finding> {
    // The rules ask on all threads, but for one, which follows each state from place to place: it runs beside the others.
    let follows = |it: &&'static Rule| it.name == shared_state::RULE.name;
    let (following, asking) = rules.iter().copied().partition::<Vec<_>, _>(follows);
    let [first, second] = [analysis.clone(), analysis.clone()];
    let ask = move || {
        let found = of_rules(first, asking);
        stage("rules beside these");
        found
    };
    let follow = move || following.into_iter().flat_map(|it| (it.check)(&second)).collect::<Vec<_>>();
    let (mut findings, others) = rayon::join(ask, follow);
    findings.extend(others);
    findings.sort_by(|a, b| {
        (&a.place.path, a.place.start.offset, a.rule).cmp(&(&b.place.path, b.place.start.offset, b.rule))
    });
    case::number(&mut findings);
    keep_together(&mut findings);
    findings
}
