//! Rounds: rewrites that overlap wait for the next round, and rounds go on in memory until nothing new appears.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use retask_engine::Workspace;
use retask_engine::finding::{Finding, Fix};
use retask_engine::imports;

use super::edits::{apply, by_file};
use super::grounds::grounds;
use super::plan::{Group, Limits, choose};
use super::verdict::{accept, blame, worse};
use super::{Applied, Change, Choice, Dropped, Level, Lines, Patch, Rewrite, Round};
use crate::analysed::Analysed;
use crate::plan::{self, Shard};
use crate::scope::Scope;

/// More rounds than any real file needs; a bound all the same. A round that takes nothing on halves what is tried, and counts too.
const ROUNDS: usize = 24;

/// Works patches out of a workspace: with all rewrites or with some of them.
pub struct Planner<'p, A> {
    pub(super) workspace: &'p Workspace,
    pub(super) level: Level,
    /// The change that findings must touch.
    pub(super) scope: Option<&'p Scope>,
    analyse: A,
    pub(super) first: Analysed,
    /// The manifests that a plan changed, as they were: what was written for one plan is not what the next one starts from.
    manifests: RefCell<BTreeMap<String, Change>>,
    /// The share of the rewrites that is taken.
    shard: Option<Shard>,
}

/// Works all rewrites out.
pub fn rounds(
    workspace: &Workspace,
    level: Level,
    analyse: impl Fn(&Workspace, &Written) -> Analysed,
) -> Patch {
    Planner::new(workspace, level, analyse).plan(&Choice::All)
}

/// Where the new text of rewrites stands, in bytes of each file.
pub type Written = BTreeMap<String, Vec<Range<usize>>>;

impl<'p, A: Fn(&Workspace, &Written) -> Analysed> Planner<'p, A> {
    pub fn new(workspace: &'p Workspace, level: Level, analyse: A) -> Self {
        let first = analyse(workspace, &Written::new());
        Planner { workspace, level, scope: None, analyse, first, manifests: RefCell::default(), shard: None }
    }

    /// Rewrites only what is a shard's own.
    pub(crate) fn shard(self, shard: Option<Shard>) -> Self {
        Planner { shard, ..self }
    }

    /// Rewrites only what a change touches.
    pub(crate) fn within(self, scope: Option<&'p Scope>) -> Self {
        Planner { scope, ..self }
    }

    /// How many findings the change does not touch.
    pub(crate) fn outside(&self) -> usize {
        let within = self.scope.map(|it| it.within(self.workspace, self.workspace));
        within.map_or(0, |it| self.first.findings.iter().filter(|finding| !it.touches(finding)).count())
    }

    /// What is reported of an analysis.
    fn kept(&self, now: &Workspace, analysed: Analysed) -> Analysed {
        match self.scope {
            Some(scope) => scope.keep(self.workspace, now, analysed),
            None => analysed,
        }
    }

    /// The patch of those rewrites that are chosen.
    pub fn plan(&self, choice: &Choice<'_>) -> Patch {
        let mut patch = Patch { first: self.first.clone(), last: self.first.clone(), ..Patch::default() };
        let mut limits = Limits::default();
        let mut now = self.workspace.clone();
        let mut manifests = self.manifests.borrow().clone();
        let own = self.shard.map(|it| plan::paths(it, self.workspace, &self.first.findings));
        for _ in 0..ROUNDS {
            let mut findings = patch.last.findings.clone();
            if let Some(paths) = &own {
                findings.iter_mut().for_each(|it| leave_to_others(self.workspace, paths, it));
            }
            let within = self.scope.map(|it| it.within(self.workspace, &now));
            let is_asked =
                |it: &Finding| choice.asks(it) && within.as_ref().is_none_or(|within| within.touches(it));
            let groups = choose(&findings, self.level, choice, &limits, is_asked);
            if groups.is_empty() {
                break;
            }
            let mut changed = manifests.clone();
            let mut done = Vec::new();
            for group in groups {
                match accept(&now, &mut changed, &group) {
                    Ok(()) => done.push(group),
                    Err(reason) => patch.drop(&mut limits, &group, reason),
                }
            }
            let step = Step::of(&now, &done);
            let after = (self.analyse)(&step.next, &step.written);
            let failed = worse(&now, &step.next, &findings, &after, &done);
            if failed.is_empty() {
                let round = patch.rounds.len();
                let earlier: BTreeSet<&str> =
                    patch.rounds.iter().flat_map(|it| it.texts.keys()).map(String::as_str).collect();
                let grounds = |it: &Group<'_>| grounds(self.workspace, &self.first.findings, it, &earlier);
                let applied: Vec<Applied> =
                    done.iter().map(|it| applied(it, &now, round, &step, &changed, grounds(it))).collect();
                patch.applied.extend(applied);
                patch.rounds.push(Round { texts: step.texts });
                (now, manifests) = (step.next, changed);
                limits.at_once.clear();
                patch.last = after;
            } else {
                for (group, reason) in blame(&failed, &done, &mut limits.at_once) {
                    patch.drop(&mut limits, group, reason);
                }
            }
        }
        manifests.retain(|_, it| it.after != it.before);
        let as_before = |it: &Change| Change { after: it.before.clone(), ..it.clone() };
        self.manifests.borrow_mut().extend(manifests.iter().map(|(path, it)| (path.clone(), as_before(it))));
        patch.first = self.kept(self.workspace, patch.first);
        patch.last = self.kept(&now, patch.last);
        patch.files = changes(self.workspace, &now);
        patch.files.extend(manifests);
        patch
    }
}

impl<A> Planner<'_, A> {
    /// What one rewrite changes by itself.
    pub(super) fn step(&self, group: &Group<'_>) -> BTreeMap<String, Change> {
        let mut manifests = self.manifests.borrow().clone();
        let _ = accept(self.workspace, &mut manifests, group);
        manifests.retain(|_, it| it.after != it.before);
        let next = Step::of(self.workspace, std::slice::from_ref(group)).next;
        let mut files = changes(self.workspace, &next);
        files.extend(manifests);
        files
    }
}

/// Takes the rewrites off a finding that change what is another shard's.
fn leave_to_others(workspace: &Workspace, own: &BTreeSet<String>, finding: &mut Finding) {
    let is_own = |fix: &Fix| plan::touched(workspace, fix).into_iter().all(|it| own.contains(it));
    finding.alternatives.retain(is_own);
    finding.fix = finding.fix.take().filter(is_own);
}

impl Patch {
    fn drop(&mut self, limits: &mut Limits, group: &Group<'_>, reason: String) {
        limits.banned.insert(group.fix.group.clone());
        self.dropped.push(Dropped { what: rewrite(group), reason });
    }
}

/// One step from a workspace to the next.
struct Step {
    next: Workspace,
    /// The texts right after the edits.
    texts: BTreeMap<String, String>,
    /// Where each rewrite's new text stands in them, by group.
    lines: BTreeMap<String, Vec<Lines>>,
    written: Written,
}

impl Step {
    /// Applies groups that do not overlap.
    fn of(now: &Workspace, groups: &[Group<'_>]) -> Step {
        let mut step = Step {
            next: now.clone(),
            texts: BTreeMap::new(),
            lines: BTreeMap::new(),
            written: Written::new(),
        };
        for (path, edits) in by_file(groups.iter().flat_map(|it| &it.fix.edits)) {
            let Some(file) = step.next.files.iter_mut().find(|it| it.path == path) else { continue };
            let Ok(edited) = apply(&file.text, &edits) else { continue };
            for group in groups {
                let own = edits.iter().zip(&edited.ranges).filter(|(it, _)| group.fix.edits.contains(it));
                let lines = own.map(|(_, range)| Lines::of(path, &edited.text, range));
                step.lines.entry(group.fix.group.clone()).or_default().extend(lines);
            }
            file.text = imports::remove_unused(&file.text, &edited.text, &gone(path, groups));
            // Imports that were removed stand before the new texts, and move them up; a condition that one gets moves them down.
            let shift = edited.text.len().saturating_sub(file.text.len());
            let grown = file.text.len().saturating_sub(edited.text.len());
            let moved = |it: &Range<usize>| it.start.saturating_sub(shift)..it.end + grown;
            step.written.insert(path.to_owned(), edited.ranges.iter().map(moved).collect());
            step.texts.insert(path.to_owned(), edited.text);
        }
        step
    }
}

/// The imports of a file that rewrites leave without a use together: each call that one of them leaves is taken by another.
fn gone<'g>(path: &str, groups: &'g [Group<'_>]) -> Vec<&'g str> {
    let here = || groups.iter().flat_map(|it| &it.fix.gone).filter(|it| it.path == path);
    let is_taken = |import: &str, call: &u32| here().any(|it| it.import == import && it.taken.contains(call));
    here()
        .filter(|it| it.left.iter().all(|call| is_taken(&it.import, call)))
        .map(|it| it.import.as_str())
        .collect()
}

fn rewrite(group: &Group<'_>) -> Rewrite {
    let first = group.findings[0];
    Rewrite {
        group: group.fix.group.clone(),
        rule: first.rule,
        title: group.fix.title.clone(),
        path: first.place.path.clone(),
        line: first.place.start.line,
        findings: group.findings.iter().map(|it| it.id.clone()).collect(),
    }
}

fn applied(
    group: &Group<'_>,
    now: &Workspace,
    round: usize,
    step: &Step,
    manifests: &BTreeMap<String, Change>,
    grounds: Vec<String>,
) -> Applied {
    let mut packages: Vec<usize> =
        now.files.iter().filter(|it| group.touches(&it.path)).map(|it| it.package).collect();
    packages.extend(group.fix.needs.iter().map(|it| it.package));
    packages.sort_unstable();
    packages.dedup();
    Applied {
        rewrite: rewrite(group),
        packages: packages.into_iter().map(|it| now.packages[it].name.clone()).collect(),
        paths: plan::touched(now, group.fix).into_iter().map(str::to_owned).chain(grounds).collect(),
        needs_manifest: group
            .fix
            .needs
            .iter()
            .filter_map(|it| manifests.get(&now.packages[it.package].manifest))
            .any(|it| it.after != it.before),
        round,
        lines: step.lines.get(&group.fix.group).cloned().unwrap_or_default(),
    }
}

fn changes(before: &Workspace, after: &Workspace) -> BTreeMap<String, Change> {
    let pairs = before.files.iter().zip(&after.files).filter(|(before, after)| before.text != after.text);
    let change = |before: &retask_engine::workspace::SourceFile, after: &str| Change {
        before: before.text.clone(),
        after: after.to_owned(),
        bom: before.bom,
    };
    pairs.map(|(before, after)| (before.path.clone(), change(before, &after.text))).collect()
}
