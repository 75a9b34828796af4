//! Runs programs in turn, and counts what they take.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use wait4::Wait4;

use crate::statistics::Sample;

/// A program in a state of its workspace, to be run several times.
pub struct Case<'c> {
    pub name: String,
    pub runs: u32,
    /// Brings the state about, and runs the program once.
    pub run: Box<dyn FnMut() -> Result<Sample, String> + 'c>,
}

/// The runs of a case.
pub struct Row {
    pub name: String,
    pub samples: Vec<Sample>,
    /// Why there are no more.
    pub failure: Option<String>,
}

impl<'c> Case<'c> {
    pub fn new(name: &str, runs: u32, run: impl FnMut() -> Result<Sample, String> + 'c) -> Case<'c> {
        Case { name: name.to_owned(), runs, run: Box::new(run) }
    }
}

/// Runs each case once, and begins again: what disturbs the machine for a while hits all alike.
pub fn in_turn(mut cases: Vec<Case<'_>>) -> Vec<Row> {
    let rounds = cases.iter().map(|it| it.runs).max().unwrap_or_default();
    let row = |case: &Case<'_>| Row { name: case.name.clone(), samples: Vec::new(), failure: None };
    let mut rows: Vec<Row> = cases.iter().map(row).collect();
    for round in 1..=rounds {
        for (case, row) in cases.iter_mut().zip(&mut rows) {
            if round > case.runs || row.failure.is_some() {
                continue;
            }
            eprintln!("round {round} of {}: {}", case.runs, case.name);
            match (case.run)() {
                Ok(sample) => row.samples.push(sample),
                Err(error) => row.failure = Some(error),
            }
        }
    }
    rows
}

/// What a finished run left behind.
pub struct Finished {
    pub sample: Sample,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a program whose exit code must be one of these; its output goes to files in a folder.
///
/// Time of the processor and memory are of the program and of all processes that it started and waited for. Memory is that of the largest
/// one, not of all together. The system counts a new process from the memory of the one that started it, so that this program stays small:
/// it holds no workspace in memory.
pub fn measure(command: &mut Command, codes: &[i32], folder: &Path) -> Result<Finished, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| format!("`{program}` cannot be run: {error}");
    fs::create_dir_all(folder).map_err(failed)?;
    // Files, as some programs do less work where their output leads nowhere.
    let [stdout, stderr] = ["stdout", "stderr"].map(|it| folder.join(it));
    command.stdin(Stdio::null());
    command.stdout(File::create(&stdout).map_err(failed)?).stderr(File::create(&stderr).map_err(failed)?);
    let start = Instant::now();
    let used = command.spawn().and_then(Wait4::wait4).map_err(failed)?;
    let wall = start.elapsed().as_secs_f64();
    let stderr = fs::read_to_string(&stderr).unwrap_or_default();
    let code = used.status.code().unwrap_or(-1);
    if !codes.contains(&code) {
        let last = stderr.lines().rfind(|line| line.starts_with("error")).or(stderr.lines().last());
        return Err(format!("`{program}` ended with {}: {}", used.status, last.unwrap_or_default()));
    }
    let cpu = Some((used.rusage.utime + used.rusage.stime).as_secs_f64());
    let sample = Sample { wall, cpu, memory: Some(used.rusage.maxrss as f64) };
    Ok(Finished { sample, code, stdout: stdout.to_string_lossy().into_owned(), stderr })
}
