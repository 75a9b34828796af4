//! `sequential-awaits`: awaits one after another, of which none needs what another gives.

use retask_engine::Analysis;
use retask_engine::bucket::{Answers, Bound, Bucket, Size};
use retask_engine::finding::{Finding, Severity};
use retask_engine::independent::{self, Step};
use retask_engine::index::Site;
use retask_engine::resolve::Sema;

use crate::rewrite::together;
use crate::spot::{self, Spot, Verdict};
use crate::{Rule, case};

pub(crate) const RULE: Rule = Rule {
    name: "sequential-awaits",
    summary: "independent awaits stand one after another",
    explanation: include_str!("sequential_awaits.md"),
    check,
};

const ANSWERS: Answers =
    Answers { bound: Some(Bound::Io), ends: Some(true), async_api: Some(true), size: Some(Size::Bounded) };

fn check(analysis: &Analysis<'_>) -> Vec<Finding> {
    let rows = analysis.index.in_a_row().iter().filter(|it| case::is_selected(analysis, it.file));
    let found = case::in_parallel(analysis, rows.copied().collect(), |sema, analysis, row: Site| {
        analysis.workspace.at(row, || {
            let groups = independent::groups_at(sema, analysis.index, analysis.workspace.include.tests, row);
            groups.iter().filter_map(|it| finding(sema, analysis, it)).collect::<Vec<_>>()
        })
    });
    found.into_iter().flatten().collect()
}

fn finding(sema: &Sema<'_>, analysis: &Analysis<'_>, steps: &[Step]) -> Option<Finding> {
    let (first, others) = steps.split_first()?;
    let (file, name) = sema.source_range(&first.name)?;
    let label = first.name.text().to_string();
    let awaited = |it: &Step| {
        spot::evidence(sema, analysis, &it.name, "and this waits for it, though it needs nothing of it")
    };
    let verdict = Verdict {
        severity: Severity::Note,
        bucket: Bucket::AsyncIo,
        answers: ANSWERS,
        message: format!("is awaited before {}, which could run at the same time", in_words(others.len())),
        note: "this is awaited first".to_owned(),
        evidence: others.iter().filter_map(awaited).collect(),
    };
    let rewrite = together::rewrite((sema, analysis), steps);
    Some(spot::finding((sema, analysis), RULE.name, &Spot { file, name, label }, verdict, rewrite))
}

fn in_words(others: usize) -> String {
    match others {
        1 => "another future".to_owned(),
        many => format!("{many} others"),
    }
}
