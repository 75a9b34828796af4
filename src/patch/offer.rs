//! One rewrite at a time, for a reader: what is offered, what each changes by itself, and what a reader makes of it.

use std::collections::BTreeMap;

use retask_engine::Workspace;
use retask_engine::finding::{Edit, Finding, Fix, Place};
use retask_engine::place::position;
use similar::{Algorithm, DiffTag, TextDiff};

use super::plan::{Group, is_of_level};
use super::rounds::{Planner, Written};
use super::{Change, Patch};
use crate::analysed::Analysed;
use crate::plan::Range;

/// A rewrite that can be taken or left, with the findings that it does away with.
#[derive(Clone, Debug)]
pub struct Offer {
    pub findings: Vec<Finding>,
    /// The rewrites that there are for it, the better one first.
    pub fixes: Vec<Fix>,
}

impl<A: Fn(&Workspace, &Written) -> Analysed> Planner<'_, A> {
    /// What is offered, in the order of the findings.
    pub fn offers(&self) -> Vec<Offer> {
        let within = self.scope.map(|it| it.within(self.workspace, self.workspace));
        let is_asked = |it: &&Finding| within.as_ref().is_none_or(|within| within.touches(it));
        let mut offers: Vec<Offer> = Vec::new();
        for finding in self.first.findings.iter().filter(is_asked) {
            let fixes: Vec<Fix> = finding.fixes().filter(|it| is_of_level(it, self.level)).cloned().collect();
            let Some(first) = fixes.first() else { continue };
            match offers.iter_mut().find(|it| it.fixes[0].group == first.group) {
                Some(known) => known.findings.push(finding.clone()),
                None => offers.push(Offer { findings: vec![finding.clone()], fixes }),
            }
        }
        offers
    }

    /// The files that one rewrite changes by itself, before any check.
    pub fn preview(&self, fix: &Fix) -> Patch {
        let group = Group { fix, findings: Vec::new() };
        Patch { files: self.step(&group), ..Patch::default() }
    }

    /// Takes a reader's version of a rewrite in its place.
    pub fn replace(&mut self, group: &str, fix: &Fix) {
        for finding in &mut self.first.findings {
            if finding.fixes().any(|it| it.group == group) {
                finding.fix = Some(fix.clone());
                finding.alternatives.clear();
                finding.refused = None;
            }
        }
    }
}

/// A rewrite whose edits lead from the texts before to those that a reader made of them.
pub fn edited(fix: &Fix, files: &BTreeMap<String, Change>) -> Fix {
    let edits = files.iter().flat_map(|(path, change)| edits_between(path, &change.before, &change.after));
    let group = format!("{} as edited", fix.group);
    Fix { title: format!("{}, as edited", fix.title), group, edits: edits.collect(), ..fix.clone() }
}

/// The lines that differ, each run of them as one edit.
fn edits_between(path: &str, before: &str, after: &str) -> Vec<Edit> {
    let edit = |it: Range| {
        let (start, end) = (position(before, it.start), position(before, it.end));
        Edit { place: Place { path: path.to_owned(), start, end }, text: it.text }
    };
    ranges_between(before, after).into_iter().map(edit).collect()
}

/// The lines that differ as ranges of bytes, each run of them as one.
pub fn ranges_between(before: &str, after: &str) -> Vec<Range> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let starts: Vec<usize> = std::iter::once(0)
        .chain(old.iter().scan(0, |at, it| {
            *at += it.len();
            Some(*at)
        }))
        .collect();
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_slices(&old, &new);
    let changed = diff.ops().iter().filter(|it| it.tag() != DiffTag::Equal);
    let edit = |op: &similar::DiffOp| {
        let (old, new_range) = (op.old_range(), op.new_range());
        Range { start: starts[old.start], end: starts[old.end], text: new[new_range].concat() }
    };
    changed.map(edit).collect()
}

#[cfg(test)]
mod tests {
    use super::super::edits::apply;
    use super::*;

    #[test]
    fn edits_lead_from_one_text_to_the_other() {
        let before = "a\nb\nc\nd\n";
        for after in ["a\nx\nc\nd\n", "b\nc\nd\ne", "", "a\nb\nb2\nc\n", before] {
            let edits = edits_between("a.rs", before, after);
            let edited = apply(before, &edits.iter().collect::<Vec<_>>()).expect("they lie apart");
            assert_eq!(edited.text, after);
        }
    }
}
