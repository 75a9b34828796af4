//! How a run ends: exit codes, and the words for it.

use retask_engine::finding::{Finding, Severity};

use crate::analysed::Analysed;
use crate::report::terminal;

/// Exit codes of the contract; where several hold, the highest counts.
pub mod code {
    pub const FOUND: u8 = 1;
    pub const USAGE: u8 = 2;
    pub const INCOMPLETE: u8 = 3;
    pub const TAKEN_BACK: u8 = 4;
    pub const CONFLICT: u8 = 5;
}

/// Prints an error; gives the exit code.
pub fn fail(message: &str, code: u8) -> u8 {
    terminal::error(&format!("error: {message}"));
    code
}

/// The exit code for findings of importance.
pub fn found(findings: &[Finding]) -> u8 {
    if findings.iter().any(|it| it.severity != Severity::Note) { code::FOUND } else { 0 }
}

/// The exit code for what could not be analysed.
pub fn incomplete(analysed: &Analysed) -> u8 {
    if analysed.skipped.is_empty() { 0 } else { code::INCOMPLETE }
}

/// The highest of some exit codes.
pub fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    codes.into_iter().max().unwrap_or(0)
}

/// `1 finding`, `2 findings`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
