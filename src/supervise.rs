//! The analysis runs in a child process, so that a file that makes it panic, run out of stack or go on for ever is named and left out,
//! and the rest is done.
//!
//! The child keeps a record of the files that its threads are at. Where it dies of one, the parent starts it again without that file. The
//! child ends with its parent: nobody is left behind with a lock.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use retask_engine::watch::{Event, observe};
use serde::{Deserialize, Serialize};

use crate::exit::{code, fail};
use crate::report::terminal;
use crate::timings;

/// Names the record of a child.
const RECORD: &str = "RETASK_RECORD";
/// Files that the analysis died of, as JSON.
const LEFT_OUT: &str = "RETASK_LEFT_OUT";
/// The file that holds what came on standard input, which is not the child's own.
const INPUT: &str = "RETASK_INPUT";
/// For how many milliseconds mimalloc keeps memory that is free before it gives it back to the system; -1 for ever.
const PURGE_DELAY: &str = "MIMALLOC_PURGE_DELAY";
/// How many seconds a file may take; for tests.
const PATIENCE: &str = "RETASK_PATIENCE";
/// How often the child is started again.
const RESTARTS: usize = 8;
/// What Rust programs that panic end with.
pub const PANICKED: u8 = 101;

/// A file that the analysis died of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    pub path: String,
    pub reason: String,
}

/// The files that this process leaves out.
pub fn left_out() -> Vec<LeftOut> {
    let told = std::env::var(LEFT_OUT).unwrap_or_default();
    serde_json::from_str(&told).unwrap_or_default()
}

/// The file with what came on standard input, where the command reads that.
pub fn input() -> Option<PathBuf> {
    std::env::var_os(INPUT).map(PathBuf::from)
}

pub fn is_child() -> bool {
    std::env::var_os(RECORD).is_some()
}

/// What a child does before anything else.
pub fn begin_child() {
    let Some(path) = std::env::var_os(RECORD) else { return };
    std::thread::spawn(|| {
        // Nothing is ever written to it: it ends with the parent.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::abort();
    });
    let Ok(record) = OpenOptions::new().append(true).open(path) else { return };
    let Ok(of_panics) = record.try_clone() else { return };
    observe(move |event| {
        timings::note(&event);
        match event {
            Event::Begin { path, .. } => note(&record, format!("+{path}")),
            Event::End => note(&record, "-".to_owned()),
            Event::Stage(_) => {}
        }
        #[cfg(debug_assertions)]
        if let Event::Begin { path, .. } = event {
            fault(path);
        }
    });
    std::panic::set_hook(Box::new(move |info| {
        let message = info.payload_as_str().unwrap_or("a panic without a message");
        let place =
            info.location().map(|it| format!(" ({}:{})", name(it.file()), it.line())).unwrap_or_default();
        // Some messages begin with empty lines.
        let first = message.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
        note(&of_panics, format!("!{first}{place}"));
        // Where `RUST_BACKTRACE` asks for it.
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            terminal::error(&trace.to_string());
        }
    }));
}

/// The last parts of a path of a source file: whose it is, and not where it lies on the machine that compiled it.
fn name(path: &str) -> String {
    let parts: Vec<&str> = path.rsplit(['/', '\\']).take(3).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

/// A line of the record: the thread, and what happens there.
fn note(mut record: &File, what: String) {
    let thread = format!("{:?}", std::thread::current().id());
    let line = format!("{thread} {}\n", what.replace('\n', " "));
    let _ = record.write_all(line.as_bytes());
}

/// Lets tests of debug builds make the analysis of one file go wrong: `panic:src/a.rs`.
#[cfg(debug_assertions)]
fn fault(path: &str) {
    let told = std::env::var("RETASK_TEST_FAULT").unwrap_or_default();
    match told.split_once(':').filter(|(_, at)| *at == path) {
        Some(("panic", _)) => panic!("told to"),
        Some(("hang", _)) => std::thread::sleep(Duration::from_secs(3600)),
        Some(("abort", _)) => std::process::abort(),
        _ => {}
    }
}

/// Keeps standard input in a file: a child that is started again needs it again.
fn keep_input() -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    std::io::copy(&mut std::io::stdin().lock(), &mut file)?;
    Ok(file)
}

/// Runs the command in a child, and again without the files that it dies of; gives the exit code.
pub fn run(args: &[OsString], reads_input: bool) -> u8 {
    let input = match reads_input.then(keep_input).transpose() {
        Ok(input) => input,
        Err(error) => return fail(&format!("standard input cannot be read: {error}"), code::USAGE),
    };
    let input = input.as_ref().map(tempfile::NamedTempFile::path);
    let mut left_out: Vec<LeftOut> = Vec::new();
    let mut one_thread = false;
    for _ in 0..RESTARTS {
        let attempt = match Attempt::start(args, input, &left_out, one_thread) {
            Ok(attempt) => attempt,
            Err(error) => return fail(&format!("retask cannot start itself: {error}"), code::INCOMPLETE),
        };
        let end = match attempt.wait() {
            Ok(end) => end,
            Err(error) => return fail(&format!("retask cannot wait for itself: {error}"), code::INCOMPLETE),
        };
        match end {
            End::Code(code) => return code,
            End::Died { files, .. } if files.len() > 1 && !one_thread => one_thread = true,
            End::Died { files, why } => match files.first() {
                Some(path) if !left_out.iter().any(|it| it.path == *path) => {
                    left_out.push(LeftOut { path: path.clone(), reason: why });
                }
                _ => return gave_up(&why),
            },
        }
    }
    gave_up("it died of many files, one after another")
}

fn gave_up(why: &str) -> u8 {
    let message = format!(
        "the analysis cannot go on: {why}\nthis is a bug of retask: please report it with the code that it was run on"
    );
    fail(&message, code::INCOMPLETE)
}

/// How a child ended.
enum End {
    Code(u8),
    /// What it died of, and the files that its threads were at.
    Died {
        files: Vec<String>,
        why: String,
    },
}

struct Attempt {
    child: Child,
    record: PathBuf,
    _folder: tempfile::TempDir,
}

impl Attempt {
    fn start(
        args: &[OsString],
        input: Option<&Path>,
        left_out: &[LeftOut],
        one_thread: bool,
    ) -> std::io::Result<Attempt> {
        let folder = tempfile::tempdir()?;
        let record = folder.path().join("record");
        File::create(&record)?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(args.iter().skip(1))
            .stdin(Stdio::piped())
            .env(RECORD, &record)
            .env(LEFT_OUT, serde_json::to_string(left_out)?);
        command.envs(input.map(|it| (INPUT, it)));
        // What is given back is soon asked for again, which costs up to a tenth of the time.
        if std::env::var_os(PURGE_DELAY).is_none() {
            command.env(PURGE_DELAY, "-1");
        }
        if one_thread {
            command.env("RAYON_NUM_THREADS", "1");
        }
        Ok(Attempt { child: command.spawn()?, record, _folder: folder })
    }

    fn wait(mut self) -> std::io::Result<End> {
        // The pipe is kept open for as long as this process lives.
        let pipe = self.child.stdin.take();
        let seconds = std::env::var(PATIENCE).ok().and_then(|it| it.parse().ok());
        let patience = Duration::from_secs(seconds.unwrap_or(180));
        let is_over = AtomicBool::new(false);
        let is_late = AtomicBool::new(false);
        let (record, pid) = (self.record.clone(), self.child.id());
        let status = std::thread::scope(|scope| {
            scope.spawn(|| watch(&record, pid, patience, &is_over, &is_late));
            let status = self.child.wait();
            is_over.store(true, Ordering::Relaxed);
            status
        })?;
        drop(pipe);
        Ok(self.end(status, is_late.into_inner(), patience))
    }

    fn end(&self, status: ExitStatus, is_late: bool, patience: Duration) -> End {
        let record = Record::read(&self.record);
        if is_late {
            let why = format!("the analysis of it took longer than {} seconds", patience.as_secs());
            return End::Died { files: record.open(), why };
        }
        match status.code() {
            Some(code) if code == i32::from(PANICKED) => {
                let (file, message) = record.panic.clone().unwrap_or_default();
                let why = format!("the analysis of it ended in a panic: {message}");
                End::Died { files: file.into_iter().collect(), why }
            }
            Some(code) => End::Code(u8::try_from(code).unwrap_or(u8::MAX)),
            None => match killed_from_outside(status) {
                Some(code) => End::Code(code),
                None => {
                    End::Died { files: record.open(), why: "the analysis of it ran out of stack".to_owned() }
                }
            },
        }
    }
}

/// Ends a child whose record stays the same for too long while a thread is at a file.
fn watch(record: &Path, pid: u32, patience: Duration, is_over: &AtomicBool, is_late: &AtomicBool) {
    let (mut length, mut since) = (0, Instant::now());
    while !is_over.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(50));
        let now = fs::metadata(record).map_or(0, |it| it.len());
        if now != length {
            (length, since) = (now, Instant::now());
        }
        if since.elapsed() > patience && !Record::read(record).open().is_empty() {
            is_late.store(true, Ordering::Relaxed);
            end(pid);
            return;
        }
    }
}

#[cfg(unix)]
fn end(pid: u32) {
    let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
}

#[cfg(not(unix))]
fn end(pid: u32) {
    let _ = Command::new("taskkill").args(["/F", "/PID", &pid.to_string()]).status();
}

/// The exit code of a child that somebody else ended, as shells count.
#[cfg(unix)]
fn killed_from_outside(status: ExitStatus) -> Option<u8> {
    use std::os::unix::process::ExitStatusExt;
    const OF_CRASHES: [i32; 4] = [4, 6, 7, 11];
    let signal = status.signal().filter(|it| !OF_CRASHES.contains(it))?;
    u8::try_from(128 + signal).ok()
}

#[cfg(not(unix))]
fn killed_from_outside(_: ExitStatus) -> Option<u8> {
    None
}

/// What a child noted.
#[derive(Default)]
struct Record {
    /// The files that each thread is at, the innermost last.
    threads: BTreeMap<String, Vec<String>>,
    /// The first panic: the file of its thread, and the message.
    panic: Option<(Option<String>, String)>,
}

impl Record {
    fn read(path: &Path) -> Record {
        let text = fs::read(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut record = Record::default();
        for line in text.lines() {
            let Some((thread, what)) = line.split_once(' ') else { continue };
            let open = record.threads.entry(thread.to_owned()).or_default();
            match what.split_at_checked(1) {
                Some(("+", path)) => open.push(path.to_owned()),
                Some(("-", _)) => drop(open.pop()),
                Some(("!", message)) if record.panic.is_none() => {
                    record.panic = Some((open.last().cloned(), message.to_owned()));
                }
                _ => {}
            }
        }
        record
    }

    /// The file that each thread is at.
    fn open(&self) -> Vec<String> {
        self.threads.values().filter_map(|it| it.last().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Record;

    #[test]
    fn a_record_tells_what_was_open() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("record");
        std::fs::write(&path, "1 +a\n2 +b\n1 -\n1 +c\n2 !oh\n1 !later\n").expect("the file is written");
        let record = Record::read(&path);
        assert_eq!(record.open(), ["c", "b"]);
        assert_eq!(record.panic, Some((Some("b".to_owned()), "oh".to_owned())));
    }
}
