//! Compiling the touched packages, and telling new errors from old ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;

/// An error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Error {
    pub message: String,
    /// Relative to the workspace root; `None` where the error names no file.
    pub path: Option<String>,
    pub line: u32,
}

/// The errors of `cargo check` for some packages. A cargo that fails without an error of the compiler gives one without a path.
pub fn check(root: &Path, packages: &[String], flags: &[String]) -> Vec<Error> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["check", "--message-format=json", "--quiet"]).args(flags).current_dir(root);
    for package in packages {
        command.args(["-p", package]);
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            return vec![Error { message: format!("cargo cannot be run: {error}"), path: None, line: 0 }];
        }
    };
    let mut errors: Vec<Error> =
        Message::parse_stream(output.stdout.as_slice()).flatten().filter_map(of_message).collect();
    if errors.is_empty() && !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        errors.push(Error { message, path: None, line: 0 });
    }
    errors.sort();
    errors.dedup();
    errors
}

fn of_message(message: Message) -> Option<Error> {
    let Message::CompilerMessage(message) = message else { return None };
    let diagnostic = message.message;
    if !matches!(diagnostic.level, DiagnosticLevel::Error | DiagnosticLevel::Ice) {
        return None;
    }
    let span = diagnostic.spans.iter().find(|it| it.is_primary);
    // `aborting due to 2 previous errors` says nothing of its own.
    if span.is_none() && diagnostic.message.starts_with("aborting") {
        return None;
    }
    Some(Error {
        message: diagnostic.message,
        path: span.map(|it| it.file_name.replace('\\', "/")),
        line: span.map_or(0, |it| it.line_start as u32),
    })
}

/// The errors that were not there before, by message and file; lines move.
pub fn new_errors(before: &[Error], after: &[Error]) -> Vec<Error> {
    let mut known: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    let key = |error: &Error| (error.message.clone(), error.path.clone());
    for error in before {
        *known.entry(key(error)).or_default() += 1;
    }
    let mut is_new = |error: &&Error| match known.get_mut(&key(error)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    after.iter().filter(|it| is_new(it)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{Error, new_errors};

    #[test]
    fn errors_of_the_unchanged_workspace_are_a_baseline() {
        let error = |message: &str, line| Error {
            message: message.to_owned(),
            path: Some("src/a.rs".to_owned()),
            line,
        };
        let (old, moved, new) = (error("old", 1), error("old", 5), error("new", 2));
        assert_eq!(new_errors(std::slice::from_ref(&old), &[moved.clone(), new.clone()]), [new]);
        assert_eq!(new_errors(&[old], &[moved.clone(), moved.clone()]), [moved]);
    }
}
