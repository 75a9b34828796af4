//! The programs that are compared, and how they are called.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::measure::{Finished, measure};
use crate::options::Options;
use crate::statistics::Sample;
use crate::workspace::Workspace;

/// Variables that Cargo sets for this program, and that a user's shell does not have.
const OF_CARGO: [&str; 3] = ["CARGO_PKG_", "CARGO_BIN_", "CARGO_MANIFEST_"];

/// A program in the environment that a user has, which writes below a target directory of its own.
pub fn command(program: impl AsRef<std::ffi::OsStr>, target: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if OF_CARGO.iter().any(|it| name.to_string_lossy().starts_with(it)) {
            command.env_remove(name);
        }
    }
    // A compiler cache would make a cold build a warm one.
    command.env("CARGO_TARGET_DIR", target).env("RUSTC_WRAPPER", "");
    command
}

/// Downloads the dependencies, which is no part of any time.
pub fn fetch(root: &Path) -> Result<(), String> {
    let output = Command::new("cargo").args(["fetch", "--quiet"]).current_dir(root).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("cargo fetch: {}", String::from_utf8_lossy(&output.stderr).trim_end())),
        Err(error) => Err(format!("cargo cannot be run: {error}")),
    }
}

/// A program that answers to `--version` with a line that holds a word: a name alone can belong to another program.
pub fn find(given: Option<&PathBuf>, names: &[&str], word: &str) -> Option<PathBuf> {
    let mut candidates =
        given.map_or_else(|| names.iter().map(PathBuf::from).collect(), |it| vec![it.clone()]);
    candidates.retain(|it| {
        let output = Command::new(it).arg("--version").output().ok().filter(|it| it.status.success());
        output.is_some_and(|it| String::from_utf8_lossy(&it.stdout).contains(word))
    });
    candidates.into_iter().next()
}

/// What a program says of its version, in one line.
pub fn version(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> String {
    let output = Command::new(program).args(args).arg("--version").output();
    let text = output.map_or_else(|_| String::new(), |it| String::from_utf8_lossy(&it.stdout).into_owned());
    text.lines().next().unwrap_or("unknown").to_owned()
}

/// An empty folder.
pub fn emptied(folder: PathBuf) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("`{}` cannot be emptied: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    Ok(folder)
}

/// The retask that is measured.
pub struct Retask {
    pub program: PathBuf,
    /// Whether `check` takes `--timings`.
    pub has_timings: bool,
}

impl Retask {
    pub fn new(options: &Options) -> Result<Retask, String> {
        let built = || PathBuf::from(env!("CARGO_BIN_EXE_retask"));
        let program = options.retask.clone().unwrap_or_else(built);
        let help = Command::new(&program).args(["check", "--help"]).output();
        let help = help.map_err(|error| format!("`{}` cannot be run: {error}", program.display()))?;
        let has_timings = String::from_utf8_lossy(&help.stdout).contains("--timings");
        Ok(Retask { program, has_timings })
    }

    /// Runs `check` with what the last run left in the cache.
    pub fn check(&self, workspace: &Workspace, args: &[&str]) -> Result<Finished, String> {
        let mut command = command(&self.program, &target(workspace));
        command.arg("check").args(args).arg(&workspace.root);
        // 1 for findings, 3 for files that cannot be read.
        let finished = measure(&mut command, &[0, 1, 3], &workspace.scratch.join("output"))?;
        if finished.code == 3 {
            let skipped = finished.stderr.lines().find(|it| it.contains("skipped")).unwrap_or_default();
            eprintln!("the analysis is incomplete: {skipped}");
        }
        Ok(finished)
    }

    /// The time from a change to the next answer of a `check --watch` which began without a cache.
    pub fn check_again<T>(
        &self,
        workspace: &Workspace,
        change: impl FnOnce() -> Result<T, String>,
    ) -> Result<Sample, String> {
        emptied(target(workspace).join("retask"))?;
        let mut command = command(&self.program, &target(workspace));
        command.args(["check", "--watch"]).arg(&workspace.root);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("`check --watch` cannot be run: {error}"))?;
        let stderr = child.stderr.take().ok_or("`check --watch` has no standard error")?;
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let mut answer = || lines.find(|it| it == "retask: waiting for changes").map(|_| Instant::now());
        let ended = "`check --watch` ended before its answer";
        let measured = answer().ok_or(ended.to_owned()).and_then(|_| {
            let start = Instant::now();
            let _changed = change()?;
            let end = answer().ok_or(ended)?;
            Ok(Sample { wall: (end - start).as_secs_f64(), cpu: None, memory: None })
        });
        let _ = child.kill().and_then(|()| child.wait());
        measured
    }

    /// Runs `check` without a cache.
    pub fn check_cold(&self, workspace: &Workspace, args: &[&str]) -> Result<Finished, String> {
        emptied(target(workspace).join("retask"))?;
        self.check(workspace, args)
    }
}

fn target(workspace: &Workspace) -> PathBuf {
    workspace.scratch.join("target-retask")
}
