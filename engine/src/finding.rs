//! A finding: one mismatch between the bucket of the work and the primitive that it runs on.
//!
//! The fields are those of the JSON output; `Serialize` is derived so that both stay the same. What is kept between runs is written by
//! Borsh, which leaves no field out.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::bucket::{Answers, Bucket, Primitive};
use crate::kept;

/// How bad a finding is. The order is that of importance, worst first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A panic, a deadlock, or a future that nobody polls.
    Error,
    /// Work that blocks what others need.
    Warning,
    /// Worth knowing; never raises the exit code.
    Note,
}

/// How sure the analysis is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A type or a path decided by guesswork.
    Low,
    /// A step goes through several implementations that agree.
    Medium,
    /// Every step is resolved.
    High,
}

/// Whether a rewrite may be applied without a reader; rustc's words.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// Same meaning but for scheduling, every precondition proven.
    MachineApplicable,
    /// Compiles, but a reader must agree.
    MaybeIncorrect,
}

/// A place in a file. Lines and columns count from 1, columns in characters; `offset` counts bytes from 0.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct Position {
    pub line: u32,
    pub column: u32,
    pub offset: u32,
}

/// A range in a file of the workspace; the path is relative to the workspace root, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Place {
    pub path: String,
    pub start: Position,
    /// Exclusive.
    pub end: Position,
}

/// One step of the chain from the finding down to the work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Evidence {
    #[serde(flatten)]
    pub place: Place,
    pub note: String,
}

/// Replaces a range of a file by a text; an empty range inserts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Edit {
    #[serde(flatten)]
    pub place: Place,
    pub text: String,
}

/// A feature that a rewrite needs from a dependency of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct FeatureNeed {
    /// Index into [`crate::workspace::Workspace::packages`].
    pub package: usize,
    /// The dependency as its crate is called on crates.io, such as `tokio`.
    #[borsh(deserialize_with = "kept::read")]
    pub dependency: &'static str,
    /// The feature, such as `fs`.
    #[borsh(deserialize_with = "kept::read")]
    pub feature: &'static str,
}

/// An import of a trait that goes, once no call of its methods is left.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Gone {
    /// The file, and the path that it imports.
    pub path: String,
    pub import: String,
    /// The offsets of the calls that are another trait's after the rewrite.
    pub taken: BTreeSet<u32>,
    /// The offsets of the other calls: other rewrites have to take them.
    pub left: BTreeSet<u32>,
}

/// How a rewrite takes blocking work off the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// By the async form of the work.
    Async,
    /// By a trip to a pool of threads.
    Offload,
}

/// A rewrite: edits that are applied whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Fix {
    pub title: String,
    pub applicability: Applicability,
    /// Findings that share one rewrite share this.
    pub group: String,
    /// Why this rewrite and not the other one, where there are two ways; empty where there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The way that it takes, where there are two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    pub edits: Vec<Edit>,
    /// Features that the edits rely on. The program turns those that a manifest lacks into edits.
    #[serde(skip)]
    pub needs: Vec<FeatureNeed>,
    /// Imports that the edits leave without a use although their names are still written.
    #[serde(skip)]
    pub gone: Vec<Gone>,
    /// It changes a design, and is made only where its rule is named.
    #[serde(skip)]
    pub is_design: bool,
    /// What changes in meaning, in words; empty where nothing but scheduling does.
    #[serde(skip)]
    pub caveats: Vec<String>,
}

/// One mismatch between the bucket of the work and the primitive that it runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Finding {
    /// Stays the same while unrelated lines move.
    pub id: String,
    #[borsh(deserialize_with = "kept::read")]
    pub rule: &'static str,
    /// Where the work belongs.
    pub bucket: Bucket,
    pub severity: Severity,
    pub confidence: Confidence,
    #[serde(flatten)]
    pub place: Place,
    pub message: String,
    pub answers: Answers,
    pub evidence: Vec<Evidence>,
    pub fix: Option<Fix>,
    /// Other rewrites that hold as well; the better one is `fix`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Fix>,
    /// Why there is no fix, in the words of the precondition that failed.
    pub refused: Option<String>,
}

impl Finding {
    /// The rewrites that there are, the better one first.
    pub fn fixes(&self) -> impl Iterator<Item = &Fix> {
        self.fix.iter().chain(&self.alternatives)
    }

    /// Takes off the rewrites that a reason stands against. The next one comes first; where none is left, the reason of the first stays.
    pub fn refuse(&mut self, reason: impl Fn(&Fix) -> Option<String>) {
        self.alternatives.retain(|it| reason(it).is_none());
        if let Some(reason) = self.fix.as_ref().and_then(reason) {
            self.fix = (!self.alternatives.is_empty()).then(|| self.alternatives.remove(0));
            self.refused = self.fix.is_none().then_some(reason);
        }
    }
}

/// The rewrites that are all that one of their findings has, by group.
fn only_ones(findings: &[Finding]) -> BTreeSet<String> {
    let alone = findings.iter().filter(|it| it.alternatives.is_empty());
    alone.filter_map(|it| it.fix.as_ref().map(|it| it.group.clone())).collect()
}

/// Puts the rewrites of a way first, where findings have it and are asked. A rewrite that several findings share stays first for all of
/// them where one of them has no other: the others would take its ground away.
pub fn prefer(findings: &mut [Finding], way: Way, asked: impl Fn(&Finding) -> bool) {
    let only = only_ones(findings);
    for finding in findings.iter_mut().filter(|it| asked(it)) {
        let other = finding.alternatives.iter_mut().find(|it| it.way == Some(way));
        if let (Some(fix), Some(other)) = (&mut finding.fix, other)
            && fix.way != Some(way)
            && !only.contains(&fix.group)
        {
            std::mem::swap(fix, other);
        }
    }
}

/// Puts a rewrite first for all findings that share it where it is all that one of them has.
pub fn keep_together(findings: &mut [Finding]) {
    let only = only_ones(findings);
    for finding in findings {
        let shared = finding.alternatives.iter_mut().find(|it| only.contains(&it.group));
        if let (Some(fix), Some(shared)) = (&mut finding.fix, shared) {
            std::mem::swap(fix, shared);
        }
    }
}

/// A unit of work with the primitive that it runs on: a line of `retask map`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Unit {
    pub name: String,
    #[serde(flatten)]
    pub place: Place,
    pub primitive: Primitive,
    /// Where the work belongs; `None` where the answers do not decide it.
    pub bucket: Option<Bucket>,
    pub answers: Answers,
    pub evidence: Vec<Evidence>,
    /// The rule that the unit breaks.
    #[borsh(deserialize_with = "kept::read_option")]
    pub rule: Option<&'static str>,
}
