//! From findings to a patch: path, before and after, and nothing else. What a diff shows is what is written.

pub mod diff;
pub mod manifest;
mod rounds;
mod tidy;

use std::collections::BTreeMap;

use crate::commands::Analysed;

pub use rounds::rounds;
pub use tidy::{Rustfmt, tidy};

/// Which rewrites are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Machine-applicable ones.
    Safe,
    /// Also those that are maybe-incorrect.
    All,
}

/// A file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub before: String,
    pub after: String,
    /// The file begins with a byte order mark, which is in neither text.
    pub bom: bool,
}

/// A rewrite that the patch holds.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The group of its findings.
    pub group: String,
    pub rule: &'static str,
    pub title: String,
    /// Path and line of the first finding.
    pub path: String,
    pub line: u32,
    /// Packages whose code or manifest changed.
    pub packages: Vec<String>,
}

/// All changes, checked in memory.
#[derive(Debug, Default)]
pub struct Patch {
    /// By path, relative to the workspace root.
    pub files: BTreeMap<String, Change>,
    pub applied: Vec<Applied>,
    /// What was tried and did not pass the checks in memory: its place and the reason.
    pub dropped: Vec<(String, String)>,
    /// The analysis before any change.
    pub first: Analysed,
    /// The analysis after all of them.
    pub last: Analysed,
}
