//! Reading and indexing all files, beside programs that search them by pattern.

use std::path::{Path, PathBuf};

use crate::measure::{Case, in_turn, measure};
use crate::options::Options;
use crate::programs::{Retask, command, find, version};
use crate::report;
use crate::statistics::Sample;
use crate::workspace::Workspace;

const RETASK: &str = "retask check, read and index";
const AST_GREP: &str = "ast-grep scan, 2 rules";
const RG: &str = "rg, 3 expressions";

/// Two rules that ask what a part of retask's index asks.
const RULES: &str = r"id: sleep-in-async-fn
language: rust
severity: warning
message: a sync sleep in an async function
rule:
  pattern: std::thread::sleep($$$)
  inside:
    stopBy: end
    kind: function_item
    has:
      kind: function_modifiers
      regex: \basync\b
---
id: blocking-call
language: rust
severity: warning
message: a call that blocks, or that hands blocking work over
rule:
  any:
    - pattern: std::fs::read($$$)
    - pattern: tokio::task::spawn_blocking($$$)
";

/// The same calls, as regular expressions.
const EXPRESSIONS: [&str; 3] =
    [r"std::thread::sleep\s*\(", r"std::fs::read\s*\(", r"tokio::task::spawn_blocking\s*\("];

pub fn compare(options: &Options, retask: &Retask, workspace: &Workspace) -> Result<(), String> {
    let mut cases = Vec::new();
    match retask.has_timings {
        true => cases.push(Case::new(RETASK, options.runs, || stages(retask, workspace))),
        false => report::skipped(RETASK, "this retask has no `check --timings`"),
    }
    match find(options.ast_grep.as_ref(), &["ast-grep", "sg"], "ast-grep") {
        Some(program) => {
            report::item(&version(&program, &[]));
            let rules = written(&workspace.scratch.join("rules.yml"))?;
            cases.push(search(
                AST_GREP,
                options,
                workspace,
                program,
                vec!["scan".into(), "--rule".into(), rules],
            ));
        }
        None => {
            report::skipped(AST_GREP, "it is not there: `npm install --global @ast-grep/cli` installs it")
        }
    }
    match find(options.rg.as_ref(), &["rg"], "ripgrep") {
        Some(program) => {
            report::item(&version(&program, &[]));
            let mut args = vec!["--type=rust".to_owned()];
            args.extend(EXPRESSIONS.iter().map(|it| format!("--regexp={it}")));
            cases.push(search(RG, options, workspace, program, args));
        }
        None => report::skipped(RG, "it is not there: `cargo install ripgrep` installs it"),
    }
    let rows = in_turn(cases);
    report::table("Syntax", &rows);
    report::ratios(&rows, &[(AST_GREP, RETASK), (RG, RETASK)]);
    Ok(())
}

/// The time of the two stages that read syntax and no types, without a cache.
fn stages(retask: &Retask, workspace: &Workspace) -> Result<Sample, String> {
    let stderr = retask.check_cold(workspace, &["--timings"])?.stderr;
    let seconds = |stage: &str| {
        let seconds = stderr.lines().find_map(|line| seconds(line, stage));
        seconds.ok_or_else(|| format!("`--timings` tells no stage `{stage}`"))
    };
    Ok(Sample { wall: seconds("read")? + seconds("index")?, cpu: None, memory: None })
}

/// Reads `  index      0.20 s`.
fn seconds(line: &str, stage: &str) -> Option<f64> {
    let mut words = line.split_whitespace();
    let is_stage = words.next() == Some(stage);
    let seconds = words.next().filter(|_| is_stage)?.parse().ok()?;
    (words.next() == Some("s")).then_some(seconds)
}

/// A program that searches the folders with code; 1 says that it found nothing, or something.
fn search<'c>(
    name: &str,
    options: &Options,
    workspace: &'c Workspace,
    program: PathBuf,
    args: Vec<String>,
) -> Case<'c> {
    Case::new(name, options.runs, move || {
        let mut command = command(&program, &workspace.scratch);
        command.args(&args).args(&workspace.sources);
        Ok(measure(&mut command, &[0, 1], &workspace.scratch.join("output"))?.sample)
    })
}

/// Writes the rules; gives their path.
fn written(rules: &Path) -> Result<String, String> {
    let folder = rules.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder.and_then(|()| std::fs::write(rules, RULES));
    written.map_err(|error| format!("`{}` cannot be written: {error}", rules.display()))?;
    Ok(rules.to_string_lossy().into_owned())
}
