//! The table at the end of a run, and the migration report.

use expect_test::expect;

use super::fix::BLOCKS;
use super::sandbox::{Sandbox, stderr};

/// One rewrite that stays, one that the compiler does not take, one that is refused, one that a reader must agree to.
fn workspace() -> Sandbox {
    let refused = "pub async fn g(path: &str) {\n    println!(\"{:?}\", std::fs::read_to_string(path));\n}\n";
    let lasts = "pub fn start(jobs: std::sync::mpsc::Receiver<u8>) {\n    tokio::task::spawn_blocking(move || while jobs.recv().is_ok() {});\n}\n";
    let sandbox = Sandbox::app(&format!("mod odd;\n{BLOCKS}{refused}{lasts}"));
    sandbox.write("src/odd.rs", format!("{BLOCKS}pub fn start() {{\n    tokio::spawn(f());\n}}\n"));
    let local = "{ let local = std::rc::Rc::new(()); std::future::ready(()).await; drop(local); }";
    let asleep = "pub async fn sleep(_duration: Duration) {}";
    let stub = sandbox.read("../tokio/src/lib.rs");
    sandbox.write("../tokio/src/lib.rs", stub.replace(asleep, &asleep.replace("{}", local)));
    sandbox
}

#[test]
fn the_table_says_what_became_of_the_findings_of_each_rule() {
    let sandbox = workspace();
    let output = sandbox.output("fix --allow-no-vcs --report ../report.md");
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    let said = stderr(&output);
    let at = said.find("rule ").expect("there is a table");
    expect![[r#"
        rule            found  rewritten  refused  taken back  offered
        blocking-io         1          0        0           0        1
        blocking-sleep      2          1        0           1        0
        endless-loop        1          0        0           0        1
        total               4          1        0           1        2
        retask: 1 rewrite in 1 file
        retask: wrote `src/lib.rs`
    "#]]
    .assert_eq(&said[at..]);
    expect![[r#"
        # What retask found in `ws`

        By `retask fix` of version 0.1.0.

        | rule | found | rewritten | refused | taken back | offered |
        |---|---:|---:|---:|---:|---:|
        | blocking-io | 1 | 0 | 0 | 0 | 1 |
        | blocking-sleep | 2 | 1 | 0 | 1 | 0 |
        | endless-loop | 1 | 0 | 0 | 0 | 1 |
        | total | 4 | 1 | 0 | 1 | 2 |

        ## `src/lib.rs`

        ### Line 3, column 18: warning of blocking-sleep

        `std::thread::sleep` puts an async worker to sleep: bucket 1 (async I/O), since an async API exists for it.

        - Bucket: 1 (async I/O), which belongs on a plain async task
        - Rewrite: await `tokio::time::sleep(..).await` instead: applied
        - Change of meaning: none but scheduling
        - Files: `src/lib.rs`

        ### Line 6, column 31: warning of blocking-io

        `std::fs::read_to_string` blocks an async worker on the system: bucket 1 (async I/O), since an async API exists for it.

        - Bucket: 1 (async I/O), which belongs on a plain async task
        - Rewrite: await `tokio::fs::read_to_string(..).await` instead: `retask fix --fixes all` applies it, after a reader agreed
        - Change of meaning: the call stands in a macro's arguments, where the new await may be cancelled
        - Files: `src/lib.rs`

        ### Line 9, column 18: note of endless-loop

        `tokio::task::spawn_blocking` starts a loop that lives as long as its senders or its flag, which holds a thread of the blocking pool: bucket 4 (endless blocking loop), since it is long-lived.

        - Bucket: 4 (endless blocking loop), which belongs on a named `std::thread`
        - Rewrite: run the loop on a thread of its own, named `start`: `retask fix --fixes all` applies it, after a reader agreed
        - Change of meaning: the loop ends with its senders or its flag, and may be meant for the pool
        - Files: `src/lib.rs`

        ## `src/odd.rs`

        ### Line 2, column 18: warning of blocking-sleep

        `std::thread::sleep` puts an async worker to sleep: bucket 1 (async I/O), since an async API exists for it.

        - Bucket: 1 (async I/O), which belongs on a plain async task
        - Rewrite: await `tokio::time::sleep(..).await` instead: taken back, since it does not compile: `Rc<()>` cannot be sent between threads safely
        - Change of meaning: none but scheduling
        - Files: `src/odd.rs`
    "#]].assert_eq(&sandbox.read("../report.md"));
}

#[test]
fn silence_is_silent() {
    let sandbox = workspace();
    for args in ["check", "diff", "map"] {
        let output = sandbox.output(&format!("{args} --quiet"));
        assert_eq!(stderr(&output), "", "{args}");
        assert_ne!(stderr(&sandbox.output(args)), "", "{args}");
    }
    let output = sandbox.output("fix --quiet --allow-no-vcs");
    let lines = stderr(&output);
    assert!(
        lines.lines().all(|it| it.starts_with("retask: taken back: ")),
        "what is taken back is always named: {lines}"
    );
}

#[test]
fn check_and_diff_write_reports_and_a_report_that_cannot_be_written_is_code_2() {
    let sandbox = workspace();
    for (args, code) in [("check", 1), ("diff", 1)] {
        let output = sandbox.output(&format!("{args} --report ../{args}.md"));
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        let report = sandbox.read(&format!("../{args}.md"));
        assert!(report.contains(&format!("By `retask {args}` of version ")), "{report}");
    }
    assert!(sandbox.read("../check.md").contains(": `retask fix` applies it\n"));
    assert!(sandbox.read("../diff.md").contains(": applied\n"));
    let output = sandbox.output("check --report nowhere/report.md");
    let said = stderr(&output);
    assert!(said.contains("error: the report `nowhere/report.md` cannot be written: No such file"), "{said}");
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stdout.is_empty(), "the findings are printed all the same");
}
