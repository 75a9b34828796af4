//! One analysis of a workspace, and what it gives.

use std::collections::BTreeMap;
use std::ops::Range;

use borsh::{BorshDeserialize, BorshSerialize};
use retask_engine::finding::{Finding, Fix, Place, Severity, Unit};
use retask_engine::picture::Picture;
use retask_engine::watch::stage;
use retask_engine::workspace::{Skipped, Wanted};
use retask_engine::{Analysis, Index, Workspace};
use retask_transforms::Rule;

use crate::allow::Allowed;
use crate::baseline::Outcome;
use crate::load::Source;
use crate::patch::Written;
use crate::timings;

/// What an analysis gives.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Analysed {
    pub findings: Vec<Finding>,
    pub units: Vec<Unit>,
    /// How the units hang together, where that was asked for.
    pub picture: Option<Picture>,
    /// What could not be read or resolved.
    pub skipped: Vec<Skipped>,
    /// How many calls in question stayed unknown.
    pub unknown: usize,
    /// Names in the text of rewrites that lead nowhere, each with its file.
    pub unresolved: Vec<(String, String)>,
    /// What rewrites await and is no future, each with its file.
    pub awaited_in_vain: Vec<(String, String)>,
    /// The comments that silence findings. They are read anew each time.
    #[borsh(skip)]
    pub allows: Vec<Allowed>,
    /// What a baseline keeps quiet, where there is one.
    #[borsh(skip)]
    pub baseline: Option<Outcome>,
}

/// What is asked of an analysis beside its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    Nothing,
    Units,
    /// The units, and how they hang together.
    Picture,
}

/// Analyses a workspace, with rewrites in it or not. The source is asked for a database only where types are needed.
pub fn analyse(
    workspace: &Workspace,
    index: &Index,
    written: &Written,
    rules: &[&'static Rule],
    beside: Beside,
    source: &impl Source,
) -> Analysed {
    let mut skipped: Vec<Skipped> = workspace.skipped.iter().chain(index.skipped()).cloned().collect();
    let nothing = Wanted::default();
    let Some(wanted) = index.wanted().or((!written.is_empty()).then_some(&nothing)) else {
        skipped.sort();
        skipped.dedup();
        return Analysed { skipped, ..Analysed::default() };
    };
    stage("load");
    let database = source.database(workspace, wanted);
    let analysis = Analysis::new(workspace, index, database, source.memo());
    let missing = |name: &String| Skipped {
        path: name.clone(),
        reason: "the sources of this dependency are not there: run `cargo fetch`".to_owned(),
    };
    skipped.extend(analysis.missing().iter().map(missing));
    skipped.sort();
    skipped.dedup();
    let mut findings = retask_transforms::check(&analysis, rules);
    findings.iter_mut().for_each(|it| guard(workspace, index, it));
    let units = match beside {
        Beside::Nothing => Vec::new(),
        Beside::Units | Beside::Picture => judged(analysis.units(), &findings),
    };
    let picture = (beside == Beside::Picture).then(|| {
        stage("picture");
        analysis.picture(&units)
    });
    let unknown = analysis.unknown();
    let unresolved = in_new_texts(&analysis, written, Analysis::unresolved);
    let awaited_in_vain = in_new_texts(&analysis, written, Analysis::awaited_in_vain);
    if timings::is_on() {
        timings::bodies(analysis.inferred(), index.functions());
    }
    let (database, memo) = analysis.into_parts();
    source.keep(workspace, database, memo);
    Analysed {
        findings,
        units,
        picture,
        skipped,
        unknown,
        unresolved,
        awaited_in_vain,
        allows: Vec::new(),
        baseline: None,
    }
}

/// A rewrite of a file that must not be changed is refused.
fn guard(workspace: &Workspace, index: &Index, finding: &mut Finding) {
    let is_broken = |path: &str| index.skipped().iter().any(|it| it.path == path);
    let guarded = |fix: &Fix| {
        fix.edits.iter().find_map(|it| {
            let path = &it.place.path;
            let broken = is_broken(path).then_some("does not parse, so that no rewrite of it can be checked");
            workspace
                .guards
                .get(path)
                .map(String::as_str)
                .or(broken)
                .map(|reason| format!("`{path}` {reason}"))
        })
    };
    finding.refuse(guarded);
}

/// Units with the rule that each breaks: the worst of the findings that stand on it.
fn judged(mut units: Vec<Unit>, findings: &[Finding]) -> Vec<Unit> {
    let key = |place: &Place| (place.path.clone(), place.start.offset);
    let mut rules: BTreeMap<(String, u32), (Severity, &'static str)> = BTreeMap::new();
    for finding in findings {
        let it = (finding.severity, finding.rule);
        rules.entry(key(&finding.place)).and_modify(|worst| *worst = it.min(*worst)).or_insert(it);
    }
    for unit in &mut units {
        unit.rule = rules.get(&key(&unit.place)).map(|(_, rule)| *rule);
    }
    units
}

/// What is wrong in the texts of rewrites, each with its file.
fn in_new_texts<'a>(
    analysis: &Analysis<'a>,
    written: &Written,
    wrong: impl Fn(&Analysis<'a>, u32, &[Range<usize>]) -> Vec<String>,
) -> Vec<(String, String)> {
    let files = analysis.workspace.files.iter().enumerate();
    let new = files.filter_map(|(index, file)| Some((index as u32, &file.path, written.get(&file.path)?)));
    new.flat_map(|(index, path, ranges)| {
        wrong(analysis, index, ranges).into_iter().map(|it| (path.clone(), it)).collect::<Vec<_>>()
    })
    .collect()
}
