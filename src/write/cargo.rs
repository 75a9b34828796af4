//! What cargo says of the touched packages, and what of it is new.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

use cargo_metadata::Message;
use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel, DiagnosticSpan};

use crate::load::slashes;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Error,
    Warning,
    /// A test that fails.
    Test,
}

/// An error or a warning of the compiler, or a test that fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub kind: Kind,
    pub message: String,
    /// What it points to, the most important first: paths relative to the workspace root, lines from 0. Empty where cargo itself fails.
    pub spans: Vec<(String, Lines)>,
}

/// Lines, end exclusive, with an order.
pub type Lines = (usize, usize);

impl Problem {
    fn path(&self) -> Option<&str> {
        self.spans.first().map(|(path, _)| path.as_str())
    }

    /// Cargo failed, not the compiler.
    pub fn is_of_cargo(&self) -> bool {
        self.kind == Kind::Error && self.spans.is_empty()
    }
}

/// How the workspace is compiled.
pub struct Cargo<'c> {
    pub root: &'c Path,
    pub packages: Vec<String>,
    /// Flags of the user, for features, target and network.
    pub flags: Vec<String>,
    /// Flags for targets on top of libraries and programs; these are compiled in a run of their own, since a library is another one for
    /// its tests.
    pub targets: Vec<String>,
    pub with_tests: bool,
}

impl Cargo<'_> {
    /// All problems of the workspace as it is.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.run("check", &[]);
        if !self.targets.is_empty() {
            problems.extend(self.run("check", &self.targets));
        }
        if self.with_tests && problems.iter().all(|it| it.kind != Kind::Error) {
            problems.extend(self.run("test", &["--no-fail-fast".to_owned()]));
        }
        problems.sort();
        problems.dedup();
        problems
    }

    fn run(&self, command: &str, more: &[String]) -> Vec<Problem> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([command, "--message-format=json"]).args(&self.flags).args(more);
        if command != "test" {
            // Of tests, it would hide the names.
            cargo.arg("--quiet");
        }
        cargo
            .args(self.packages.iter().flat_map(|it| ["-p", it]))
            .current_dir(self.root)
            .stdin(Stdio::null());
        let output = match cargo.output() {
            Ok(output) => output,
            Err(error) => return vec![of_cargo(format!("cannot be run: {error}").as_bytes(), "check")],
        };
        let messages = Message::parse_stream(output.stdout.as_slice()).flatten();
        let problems: Vec<Problem> = messages.filter_map(|it| self.of_message(it)).collect();
        let explained = problems.iter().any(|it| it.kind != Kind::Warning);
        let failed = !output.status.success() && !explained;
        problems.into_iter().chain(failed.then(|| of_cargo(&output.stderr, command))).collect()
    }

    fn of_message(&self, message: Message) -> Option<Problem> {
        match message {
            Message::CompilerMessage(it) => self.of_diagnostic(&it.message),
            Message::TextLine(line) => {
                let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
                let message = format!("the test `{name}` fails");
                Some(Problem { kind: Kind::Test, message, spans: Vec::new() })
            }
            _ => None,
        }
    }

    fn of_diagnostic(&self, diagnostic: &Diagnostic) -> Option<Problem> {
        let kind = match diagnostic.level {
            DiagnosticLevel::Error | DiagnosticLevel::Ice => Kind::Error,
            DiagnosticLevel::Warning => Kind::Warning,
            _ => return None,
        };
        // `2 warnings emitted` and `aborting due to an error` say nothing of their own.
        if diagnostic.spans.is_empty() && diagnostic.code.is_none() && is_sum(&diagnostic.message) {
            return None;
        }
        let own = diagnostic.spans.iter().filter(|it| it.is_primary);
        let others = diagnostic.spans.iter().filter(|it| !it.is_primary);
        let below = diagnostic.children.iter().flat_map(|it| &it.spans);
        let spans = own.chain(others).chain(below).filter_map(|it| self.span(it)).collect();
        Some(Problem { kind, message: diagnostic.message.clone(), spans })
    }

    /// A span in the text of the workspace: where a macro writes code, the place that calls it.
    fn span(&self, span: &DiagnosticSpan) -> Option<(String, Lines)> {
        let mut span = span;
        while let Some(expansion) = &span.expansion {
            span = &expansion.span;
        }
        let path = Path::new(&span.file_name);
        let path = slashes(path.strip_prefix(self.root).unwrap_or(path));
        (!path.starts_with('/')).then(|| (path, (span.line_start.saturating_sub(1), span.line_end)))
    }
}

fn is_sum(message: &str) -> bool {
    ["aborting due to", "emitted", "For more information"].iter().any(|it| message.contains(it))
}

/// What cargo itself says where no compiler and no test says it.
fn of_cargo(stderr: &[u8], command: &str) -> Problem {
    let message = String::from_utf8_lossy(stderr).trim().to_owned();
    match command {
        // A test without the usual harness.
        "test" => {
            let last = message.lines().last().unwrap_or_default().trim();
            Problem { kind: Kind::Test, message: format!("`cargo test` fails: {last}"), spans: Vec::new() }
        }
        _ => Problem { kind: Kind::Error, message, spans: Vec::new() },
    }
}

/// A span's lines as a range.
pub fn range(lines: &Lines) -> Range<usize> {
    lines.0..lines.1.max(lines.0 + 1)
}

/// The problems that were not there before, by message and file; lines move.
pub fn new_problems(before: &[Problem], after: &[Problem]) -> Vec<Problem> {
    let key = |it: &Problem| (it.kind, it.message.clone(), it.path().map(str::to_owned));
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for problem in before {
        *known.entry(key(problem)).or_default() += 1;
    }
    let is_new = |it: &&Problem| match known.get_mut(&key(it)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    after.iter().filter(is_new).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Problem, new_problems};

    #[test]
    fn problems_of_the_unchanged_workspace_are_a_baseline() {
        let problem = |kind, message: &str, line| Problem {
            kind,
            message: message.to_owned(),
            spans: vec![("src/a.rs".to_owned(), (line, line + 1))],
        };
        let (old, moved) = (problem(Kind::Error, "old", 1), problem(Kind::Error, "old", 5));
        let (new, warns) = (problem(Kind::Error, "new", 2), problem(Kind::Warning, "old", 5));
        let before = [old];
        assert_eq!(new_problems(&before, &[moved.clone(), new.clone()]), [new]);
        assert_eq!(new_problems(&before, &[moved.clone(), moved.clone()]), [moved]);
        assert_eq!(new_problems(&before, std::slice::from_ref(&warns)), [warns]);
    }
}
