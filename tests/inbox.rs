//! `fixtures/workspaces/inbox`, a whole service on real Tokio: what is reported, and what the rewrites do to the running program.

use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect_file;

use super::workspaces::{copy_of, fresh_folder, repository, retask, succeeds, target};

/// How often the stalls are measured where another load on the machine spoils a measurement.
const TRIES: usize = 3;

#[test]
fn the_findings_of_the_inbox_are_as_recorded() {
    let output = retask(&["check", "--format", "json"], &inbox());
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let schema = include_str!("../schema/check.json");
    let schema = serde_json::from_str(schema).expect("the schema is JSON");
    let json: serde_json::Value = serde_json::from_str(&text).expect("the answer is JSON");
    jsonschema::validate(&schema, &json).expect("the answer follows the schema");
    assert_eq!(output.status.code(), Some(1));
    expect_file![repository().join("tests/golden/inbox.json")].assert_eq(&text);
}

#[test]
fn the_rewritten_inbox_says_the_same_stalls_ten_times_less_and_keeps_its_limits() {
    let folder = fresh_folder("inbox");
    let [before, patched, fixed] =
        ["before", "patched", "fixed"].map(|name| copy_of(&inbox(), &folder.join(name)));

    let diff = retask(&["diff", "--fixes", "all"], &patched);
    assert_eq!(diff.status.code(), Some(1), "{}", String::from_utf8_lossy(&diff.stderr));
    let file = folder.join("inbox.diff");
    std::fs::write(&file, &diff.stdout).expect("the diff is written");
    succeeds(Command::new("git").arg("apply").arg(&file).current_dir(&patched));
    let fix = retask(&["fix", "--fixes", "all"], &fixed);
    assert_eq!(fix.status.code(), Some(0), "{}", String::from_utf8_lossy(&fix.stderr));
    succeeds(Command::new("diff").args(["-r", "-x", ".git"]).args([&patched, &fixed]));

    let again = retask(&["diff", "--fixes", "all"], &patched);
    assert_eq!((again.status.code(), again.stdout.as_slice()), (Some(0), b"".as_slice()));

    let (said, before_peaks) = run_batch(&before, &folder);
    let (says, peaks) = run_batch(&fixed, &folder);
    assert_eq!(said, says, "the batch says the same");
    // Of 5,000 mails each had a task, and of 600 each a blocking job: the limits of the rewrites are 16 tasks and as many jobs as the
    // machine has cores.
    let cores = std::thread::available_parallelism().map_or(1, |it| it.get());
    assert!(before_peaks.0 >= 4_000 && before_peaks.1 > cores, "before: {before_peaks:?}");
    assert!(peaks.0 <= 64 && peaks.1 <= cores.max(16), "after: {peaks:?}");

    let mut stalls = Vec::new();
    for _ in 0..TRIES {
        let (said, stall) = run(&before, &folder);
        let (says, rewritten) = run(&fixed, &folder);
        assert_eq!(said, says);
        if rewritten * 10 <= stall {
            return;
        }
        stalls.push((stall, rewritten));
    }
    panic!("the longest stalls before and after, in milliseconds: {stalls:?}");
}

/// Builds and runs an inbox; gives what it says and its longest stall in milliseconds.
fn run(inbox: &Path, folder: &Path) -> (String, u64) {
    let stall = folder.join("stall");
    let output = succeeds(
        Command::new("cargo")
            .args(["run", "--quiet", "--locked", "--bin", "inbox"])
            .current_dir(inbox)
            .env("CARGO_TARGET_DIR", target())
            .env("INBOX_STALL_FILE", &stall),
    );
    let milliseconds = std::fs::read_to_string(&stall).expect("the stall is told");
    let said = String::from_utf8(output.stdout).expect("what it says is UTF-8");
    (said, milliseconds.trim().parse().expect("the stall is a number"))
}

/// Builds and runs a batch; gives what it says, and its peaks of tasks and of blocking jobs.
fn run_batch(inbox: &Path, folder: &Path) -> (String, (usize, usize)) {
    let file = folder.join("peaks");
    let output = succeeds(
        Command::new("cargo")
            .args(["run", "--quiet", "--locked", "--bin", "inbox-batch"])
            .current_dir(inbox)
            .env("CARGO_TARGET_DIR", target())
            .env("INBOX_PEAK_FILE", &file),
    );
    let told = std::fs::read_to_string(&file).expect("the peaks are told");
    let mut peaks = told.split_whitespace().map(|it| it.parse().expect("a peak is a number"));
    let mut next = || peaks.next().expect("there are two peaks");
    (String::from_utf8(output.stdout).expect("what it says is UTF-8"), (next(), next()))
}

fn inbox() -> PathBuf {
    repository().join("fixtures/workspaces/inbox")
}
