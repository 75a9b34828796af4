//! `check`: what it prints, and that it writes nothing.

use snapbox::str;

use super::sandbox::{SLEEPS, Sandbox, stderr, stdout};

/// A warning with a rewrite, one with a chain, one that is refused, and a note.
const MIXED: &str = r#"use std::time::Duration;

pub async fn retry() {
    std::thread::sleep(Duration::from_millis(250));
}

pub async fn save() {
    store();
}

fn store() {
    std::fs::write("état", "b").expect("the disk is there");
}

pub async fn is_there() -> bool {
    std::path::Path::new("état").exists()
}
"#;

#[test]
fn check_shows_the_source_the_chain_and_the_help_and_writes_nothing() {
    let sandbox = Sandbox::app(MIXED);
    let before = sandbox.files();
    sandbox.retask("check").assert().code(1).stdout_eq(str![[r#"
warning[blocking-sleep]: `std::thread::sleep` puts an async worker to sleep: bucket 1 (async I/O), since an async API exists for it
 --> src/lib.rs:4:18
  |
4 |     std::thread::sleep(Duration::from_millis(250));
  |                  ^^^^^ `std::thread::sleep` blocks the worker here
  |
  = note: it waits (I/O-bound), it ends, an async API exists, its size is bounded: it belongs on a plain async task
  = help: await `tokio::time::sleep(..).await` instead: `retask fix`

warning[blocking-io]: `store` blocks an async worker on the system through `std::fs::write`: bucket 3 (bounded blocking), since it waits without an async API, and it ends
  --> src/lib.rs:8:5
   |
 8 |     store();
   |     ^^^^^ `store` is called in async code here
...
12 |     std::fs::write("état", "b").expect("the disk is there");
   |              ----- `std::fs::write` blocks here
   |
   = note: it waits (I/O-bound), it ends, the call itself has no async form, its size is bounded: it belongs on `tokio::task::spawn_blocking`
   = help: make `store` async and await it: `retask fix --fixes all`
           to agree to: where the future is dropped, as by a timeout, the file is still written to its end
           why: all that blocks in it has an async form, so that no thread is held
           or move the call to the blocking pool and await it: `retask fix`, or `--prefer offload`: the helpers stay sync, and a thread of the blocking pool waits


"#]]).stderr_eq(str![[r#"
retask: analysing 1 file
retask: 0 errors, 2 warnings, 1 note (shown with -v) in 1 file; 3 with a rewrite (`retask diff --fixes all` shows them)

"#]]);
    assert_eq!(sandbox.files(), before, "`Cargo.lock` included");
}

#[test]
fn verbose_shows_notes_and_quiet_prints_nothing_on_standard_error() {
    let sandbox = Sandbox::app(MIXED);
    let output = sandbox.output("check -v -q");
    assert!(stdout(&output).contains("note[blocking-io]: `std::path::Path::exists`"), "{}", stdout(&output));
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn notes_alone_leave_the_exit_code_at_0() {
    let sandbox = Sandbox::app("pub async fn f() -> bool { std::path::Path::new(\"a\").exists() }\n");
    let summary = str![[r#"
retask: analysing 1 file
retask: 0 errors, 0 warnings, 1 note (shown with -v) in 1 file; 1 with a rewrite (`retask diff --fixes all` shows them)

"#]];
    sandbox.retask("check").assert().code(0).stdout_eq("").stderr_eq(summary);
}

#[test]
fn a_clean_workspace_is_code_0_without_output() {
    Sandbox::bare("pub fn f() {}\n").retask("check -q").assert().code(0).stdout_eq("").stderr_eq("");
}

#[test]
fn colors_come_and_go_as_they_are_asked_for() {
    let sandbox = Sandbox::bare(SLEEPS);
    let always = sandbox.output("check --color always");
    assert!(stdout(&always).contains("\u{1b}["), "{}", stdout(&always));
    let never = sandbox.retask("check --color never").env("CLICOLOR_FORCE", "1").output().expect("it runs");
    assert!(!stdout(&never).contains("\u{1b}["), "{}", stdout(&never));
}

#[test]
fn a_call_that_many_findings_lead_to_is_named_once_more() {
    let said = |callers: usize| {
        let callers = (0..callers).map(|it| format!("pub async fn save_{it}() {{\n    store();\n}}\n"));
        let store = "fn store() {\n    let _ = std::fs::write(\"a\", \"b\");\n}\n";
        stderr(&Sandbox::app(&format!("{store}{}", callers.collect::<String>())).output("check"))
    };
    let lines = "\
retask: 10 of these lead to one call, src/lib.rs:2:22: `std::fs::write` blocks here
        if that is fine, `// retask: allow(blocking-io) REASON` above it silences them
";
    assert!(said(10).ends_with(lines), "{}", said(10));
    assert!(!said(9).contains("lead to one call"));
}
