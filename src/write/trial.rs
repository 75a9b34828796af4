//! One try: some rewrites are worked out, written and compiled, and what got worse is led back to them.

use std::collections::{BTreeMap, BTreeSet};

use super::Failure;
use super::cargo::{self, Cargo, Kind, Problem, range};
use super::search::{Answer, Blamed, Groups, Try};
use super::writer::Writer;
use crate::args::Verify;
use crate::exit::count;
use crate::patch::{Blame, Choice, Patch, Rewrite};

/// A rewrite that was taken back, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    pub what: Rewrite,
    pub reason: String,
}

pub struct Trials<'t, 'd, P> {
    /// Works a patch out.
    pub plan: P,
    pub cargo: Cargo<'t>,
    pub verify: Verify,
    pub baseline: Vec<Problem>,
    pub writer: Writer<'d>,
    /// What is written now.
    pub patch: Patch,
    /// All rewrites that were ever written, by group, and the last problem that was led back to each.
    pub known: BTreeMap<String, (Rewrite, Option<String>)>,
    pub runs: usize,
    pub progress: &'t dyn Fn(&str),
}

impl<P: Fn(&Choice<'_>) -> Patch> Try for Trials<'_, '_, P> {
    type Stop = Failure;

    fn run(&mut self, choice: &Choice<'_>) -> Result<Answer, Failure> {
        // The first try is of the patch that is there.
        if self.runs > 0 {
            self.patch = (self.plan)(choice);
        }
        for it in &self.patch.applied {
            self.known.entry(it.rewrite.group.clone()).or_insert((it.rewrite.clone(), None));
        }
        let bytes = |it: &crate::patch::Change| (it.bytes(&it.before), it.bytes(&it.after));
        let files = self.patch.files.iter().map(|(path, it)| (path.clone(), bytes(it))).collect();
        self.writer.apply(&files)?;
        let groups = self.patch.groups();
        if self.verify == Verify::None {
            return Ok(Answer { groups, blamed: None });
        }
        self.runs += 1;
        let with = count(groups.len(), "rewrite");
        (self.progress)(&format!("compiling with {with} (run {} of the compiler)", self.runs + 1));
        let problems = cargo::new_problems(&self.baseline, &self.cargo.problems());
        let blamed = (!problems.is_empty()).then(|| self.blame(&problems));
        Ok(Answer { groups, blamed })
    }
}

impl<P> Trials<'_, '_, P> {
    fn blame(&mut self, problems: &[Problem]) -> Blamed {
        let blame = Blame::new(&self.patch);
        let mut blamed = Blamed::default();
        for problem in problems {
            let certain = certain(&blame, problem);
            for group in &certain {
                if let Some((_, reason)) = self.known.get_mut(group) {
                    reason.get_or_insert_with(|| reason_of(problem));
                }
            }
            if certain.is_empty() {
                blamed.near.extend(near(&blame, problem));
            }
            blamed.certain.extend(certain);
        }
        let unexplained = || problems.iter().find(|it| it.kind != Kind::Warning).or(problems.first());
        if let (true, Some(problem)) = (blamed.certain.is_empty(), unexplained()) {
            // Whichever of them it is in the end, this is why.
            for (_, reason) in
                self.known.values_mut().filter(|(it, _)| self.patch.groups().contains(&it.group))
            {
                *reason = Some(reason_of(problem));
            }
        }
        blamed
    }

    /// What was taken back, in the order of files.
    pub fn taken_back(&self, bad: &Groups) -> Vec<TakenBack> {
        let known = bad.iter().filter_map(|it| self.known.get(it));
        let why =
            |reason: &Option<String>| reason.clone().unwrap_or_else(|| "it was not verified".to_owned());
        let mut all: Vec<TakenBack> =
            known.map(|(what, reason)| TakenBack { what: what.clone(), reason: why(reason) }).collect();
        all.sort_by(|a, b| (&a.what.path, a.what.line).cmp(&(&b.what.path, b.what.line)));
        all
    }
}

fn reason_of(problem: &Problem) -> String {
    let message = problem.message.lines().next().unwrap_or_default();
    match problem.kind {
        Kind::Error => format!("it does not compile: {message}"),
        Kind::Warning => format!("it brings a new warning: {message}"),
        Kind::Test => message.to_owned(),
    }
}

/// The rewrites that a problem points into: by its own place, else by those that its notes name. Where cargo itself fails, it read a
/// manifest that was changed.
fn certain(blame: &Blame<'_>, problem: &Problem) -> BTreeSet<String> {
    let mut hit = problem.spans.iter().map(|(path, lines)| blame.groups_at(path, &range(lines)));
    let first = hit.find(|it| !it.is_empty()).unwrap_or_default();
    match first.len() {
        0 if problem.is_of_cargo() => blame.groups_with_manifest(),
        0 => alone_in_file(blame, problem),
        _ => first,
    }
}

/// The only rewrite of a file that has a problem.
fn alone_in_file(blame: &Blame<'_>, problem: &Problem) -> BTreeSet<String> {
    let first = problem.spans.first().map(|(path, _)| blame.groups_in(path)).unwrap_or_default();
    if first.len() == 1 { first } else { BTreeSet::new() }
}

/// The rewrites in the files that a problem names.
fn near(blame: &Blame<'_>, problem: &Problem) -> BTreeSet<String> {
    problem.spans.iter().flat_map(|(path, _)| blame.groups_in(path)).collect()
}
