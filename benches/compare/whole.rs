//! All of `check`, beside Clippy and rust-analyzer: from nothing, unchanged, and after one function changed.

use std::path::Path;
use std::process::Command;

use crate::measure::{Case, in_turn, measure};
use crate::options::Options;
use crate::programs::{Retask, command, emptied, find};
use crate::report;
use crate::statistics::Sample;
use crate::touch::{Change, Touched};
use crate::workspace::Workspace;

const RETASK: [&str; 6] = [
    "retask check, cold",
    "retask check, unchanged",
    "retask check, one function changed",
    "retask check, a call that blocks added",
    "retask check --watch, one function changed",
    "retask check --watch, a call that blocks added",
];
const CLIPPY: [&str; 3] =
    ["cargo clippy, cold", "cargo clippy, unchanged", "cargo clippy, one function changed"];
const RUST_ANALYZER: &str = "rust-analyzer analysis-stats, cold";

/// What is asked of the runs: the first took so many times what the second took.
const RATIOS: [(&str, &str); 11] = [
    (CLIPPY[0], RETASK[0]),
    (CLIPPY[1], RETASK[1]),
    (CLIPPY[2], RETASK[2]),
    (CLIPPY[2], RETASK[3]),
    (CLIPPY[2], RETASK[5]),
    (RUST_ANALYZER, RETASK[0]),
    (RETASK[0], RETASK[1]),
    (RETASK[0], RETASK[2]),
    (RETASK[0], RETASK[3]),
    (RETASK[0], RETASK[4]),
    (RETASK[0], RETASK[5]),
];

pub fn compare(options: &Options, retask: &Retask, workspace: &Workspace) {
    let (runs, clippy_runs) = (options.runs, options.clippy_runs);
    // Each run without a cache fills it for those after it.
    let cases = vec![
        Case::new(RETASK[0], runs, || Ok(retask.check_cold(workspace, &[])?.sample)),
        Case::new(CLIPPY[0], clippy_runs, || clippy_cold(workspace)),
        Case::new(RETASK[1], runs, || Ok(retask.check(workspace, &[])?.sample)),
        Case::new(CLIPPY[1], clippy_runs, || clippy(workspace)),
        Case::new(RETASK[2], runs, || {
            let _touched = touched(workspace, Change::Beside)?;
            Ok(retask.check(workspace, &[])?.sample)
        }),
        Case::new(RETASK[3], runs, || {
            let _touched = touched(workspace, Change::Blocks)?;
            Ok(retask.check(workspace, &[])?.sample)
        }),
        Case::new(RETASK[4], runs, || retask.check_again(workspace, || touched(workspace, Change::Beside))),
        Case::new(RETASK[5], runs, || retask.check_again(workspace, || touched(workspace, Change::Blocks))),
        Case::new(CLIPPY[2], clippy_runs, || {
            let _touched = touched(workspace, Change::Beside)?;
            clippy(workspace)
        }),
    ];
    let program = find(options.rust_analyzer.as_ref(), &["rust-analyzer"], "rust-analyzer");
    let analyzer = program.as_deref().map(|program| {
        Case::new(RUST_ANALYZER, options.rust_analyzer_runs, || rust_analyzer(workspace, program))
    });
    if analyzer.is_none() {
        let how = "it is not there: `rustup component add rust-analyzer` installs it";
        report::skipped("rust-analyzer", how);
    }
    let rows = in_turn(cases.into_iter().chain(analyzer).filter(|it| it.runs > 0).collect());
    report::table("Whole runs", &rows);
    if let Some(place) = &workspace.place {
        let path = place.path.strip_prefix(&workspace.root).unwrap_or(&place.path);
        report::item(&format!("The file that changed: {}", path.display()));
    }
    report::ratios(&rows, &RATIOS);
}

fn touched(workspace: &Workspace, change: Change) -> Result<Touched, String> {
    let place = workspace.place.as_ref().ok_or("no function to put a statement into was found")?;
    place.touch(change)
}

/// Clippy from nothing: with all dependencies, as after a clone.
fn clippy_cold(workspace: &Workspace) -> Result<Sample, String> {
    emptied(workspace.scratch.join("target-clippy"))?;
    clippy(workspace)
}

fn clippy(workspace: &Workspace) -> Result<Sample, String> {
    let mut command = command("cargo", &workspace.scratch.join("target-clippy"));
    // A lint that is an error would stop Clippy before it has seen all members.
    command.args(["clippy", "--workspace", "--quiet", "--", "--cap-lints", "warn"]);
    sample(command.current_dir(&workspace.root), workspace)
}

fn rust_analyzer(workspace: &Workspace, program: &Path) -> Result<Sample, String> {
    let target = emptied(workspace.scratch.join("target-rust-analyzer"))?;
    sample(command(program, &target).arg("analysis-stats").arg(&workspace.root), workspace)
}

fn sample(command: &mut Command, workspace: &Workspace) -> Result<Sample, String> {
    Ok(measure(command, &[0], &workspace.scratch.join("output"))?.sample)
}
