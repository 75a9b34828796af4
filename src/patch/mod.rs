//! From findings to a patch: path, before and after, and nothing else. What a diff shows is what is written.

mod blame;
pub mod diff;
mod edits;
mod grounds;
pub mod manifest;
mod offer;
mod plan;
#[cfg(test)]
mod properties;
mod rounds;
mod tidy;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use retask_engine::finding::Finding;

use crate::analysed::Analysed;

pub use blame::Blame;
pub use edits::{line_ends, splice};
pub use offer::{Offer, edited, ranges_between};
pub use rounds::{Planner, Written, rounds};
pub use tidy::{Rustfmt, tidy};

/// Which rewrites are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Machine-applicable ones.
    Safe,
    /// Also those that are maybe-incorrect.
    All,
    /// Also those that change a design, where their rule is named.
    Design,
}

/// Which rewrites of a level are taken, by group.
#[derive(Clone, Copy, Debug)]
pub enum Choice<'c> {
    All,
    Without(&'c BTreeSet<String>),
    Only(&'c BTreeSet<String>),
    /// Those of some rules, of all groups.
    Rules(&'c BTreeSet<&'static str>),
}

impl Choice<'_> {
    pub fn takes(&self, group: &str) -> bool {
        match self {
            Choice::All | Choice::Rules(_) => true,
            Choice::Without(groups) => !groups.contains(group),
            Choice::Only(groups) => groups.contains(group),
        }
    }

    /// Whether a finding makes a rewrite necessary, and does not only go with one.
    fn asks(&self, finding: &Finding) -> bool {
        match self {
            Choice::Rules(rules) => rules.contains(finding.rule),
            _ => true,
        }
    }
}

/// A file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub before: String,
    pub after: String,
    /// The file begins with a byte order mark, which is in neither text.
    pub bom: bool,
}

impl Change {
    /// The bytes that a file with one of the texts has.
    pub fn bytes(&self, text: &str) -> Vec<u8> {
        let bom: &[u8] = if self.bom { b"\xef\xbb\xbf" } else { b"" };
        [bom, text.as_bytes()].concat()
    }
}

/// A rewrite, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The group of its findings.
    pub group: String,
    pub rule: &'static str,
    pub title: String,
    /// Path and line of the first finding, before the round that the rewrite was tried in.
    pub path: String,
    pub line: u32,
    /// The ids of its findings.
    pub findings: Vec<String>,
}

impl std::fmt::Display for Rewrite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {} [{}]", self.path, self.line, self.title, self.rule)
    }
}

/// A rewrite that the patch holds.
#[derive(Clone, Debug)]
pub struct Applied {
    pub rewrite: Rewrite,
    /// Packages whose code or manifest changed.
    pub packages: Vec<String>,
    /// What cannot be parted from it: the files and manifests that it changes, or may, and files that it rests on.
    pub paths: Vec<String>,
    /// Whether it relies on a feature that a manifest must ask for.
    pub needs_manifest: bool,
    /// Index into [`Patch::rounds`].
    pub round: usize,
    /// Its new text, in the texts of its round.
    pub lines: Vec<Lines>,
}

/// A rewrite that did not pass the checks in memory.
#[derive(Clone, Debug)]
pub struct Dropped {
    pub what: Rewrite,
    pub reason: String,
}

/// Lines of a file, counted from 0, end exclusive and never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    pub path: String,
    pub range: Range<usize>,
}

impl Lines {
    /// The lines that hold a range of bytes of a text.
    fn of(path: &str, text: &str, range: &Range<usize>) -> Lines {
        let line = |offset: usize| text[..offset].bytes().filter(|it| *it == b'\n').count();
        let start = line(range.start);
        let text = text[range.clone()].trim_end_matches(['\n', '\r']);
        Lines { path: path.to_owned(), range: start..line(range.start + text.len()) + 1 }
    }
}

/// A round of rewrites that were applied together.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// The changed texts right after the edits, by path: before unused imports went, and before later rounds and rustfmt.
    pub texts: BTreeMap<String, String>,
}

/// All changes, checked in memory.
#[derive(Debug, Default)]
pub struct Patch {
    /// By path, relative to the workspace root.
    pub files: BTreeMap<String, Change>,
    pub applied: Vec<Applied>,
    pub rounds: Vec<Round>,
    /// What was tried and did not pass.
    pub dropped: Vec<Dropped>,
    /// The analysis before any change.
    pub first: Analysed,
    /// The analysis after all of them.
    pub last: Analysed,
}

impl Patch {
    /// The groups of the rewrites that it holds.
    pub fn groups(&self) -> BTreeSet<String> {
        self.applied.iter().map(|it| it.rewrite.group.clone()).collect()
    }
}
