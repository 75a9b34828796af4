//! `check --watch`: the findings again whenever a file changes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::sandbox::{BARE, SLEEPS, Sandbox};

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// A run that goes on.
struct Watching<'s> {
    sandbox: &'s Sandbox,
    child: Child,
    said: Receiver<String>,
    printed: Receiver<String>,
}

impl<'s> Watching<'s> {
    fn start(sandbox: &'s Sandbox, args: &str) -> Watching<'s> {
        let mut child = sandbox.process(args).stdin(Stdio::null()).spawn().expect("the program starts");
        let said = lines(child.stderr.take().expect("standard error is a pipe"));
        let printed = lines(child.stdout.take().expect("standard output is a pipe"));
        Watching { sandbox, child, said, printed }
    }

    /// What is said until it waits for changes.
    fn said(&self) -> Vec<String> {
        let mut said = Vec::new();
        loop {
            let line = self.said.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no more after {said:?}"));
            if line == "retask: waiting for changes" {
                return said;
            }
            said.push(line);
        }
    }

    /// The findings, as `path rule`, that are printed until it waits for changes.
    fn findings(&self) -> Vec<String> {
        self.said();
        // What was printed before stands in the pipe.
        std::thread::sleep(Duration::from_millis(100));
        let text: String = self.printed.try_iter().collect();
        let answer: serde_json::Value = serde_json::from_str(&text).expect("one answer is printed");
        let findings = answer["findings"].as_array().expect("it has findings");
        let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
        let found = findings.iter().map(|it| format!("{} {}", text(&it["path"]), text(&it["rule"])));
        let mut found: Vec<String> = found.collect();
        found.sort();
        let fresh = self.sandbox.json("check --no-cache", i32::from(!found.is_empty()));
        assert_eq!(answer["findings"], fresh["findings"]);
        found
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
    });
    lines
}

#[test]
fn findings_come_and_go_with_what_is_written() {
    let sandbox = Sandbox::app(SLEEPS);
    let watching = Watching::start(&sandbox, "check --watch --format json");
    assert_eq!(watching.findings(), ["src/lib.rs blocking-sleep"]);

    sandbox.write("src/lib.rs", "mod net;\n");
    assert_eq!(watching.findings(), [""; 0]);

    // A folder that was not there before.
    sandbox.write("src/net/mod.rs", format!("mod deep;\n{SLEEPS}"));
    assert_eq!(watching.findings(), ["src/net/mod.rs blocking-sleep"]);

    sandbox.write("src/net/deep.rs", "pub async fn read() { let _ = std::fs::read(\"a\"); }\n");
    assert_eq!(watching.findings(), ["src/net/deep.rs blocking-io", "src/net/mod.rs blocking-sleep"]);

    sandbox.write("retask.toml", "[rules]\nblocking-sleep = \"off\"\n");
    assert_eq!(watching.findings(), ["src/net/deep.rs blocking-io"]);
}

#[test]
fn what_is_wrong_is_said_and_may_be_mended() {
    let sandbox = Sandbox::bare(SLEEPS);
    let watching = Watching::start(&sandbox, "check --watch --format json");
    assert_eq!(watching.findings(), ["src/lib.rs blocking-sleep"]);

    sandbox.write("Cargo.toml", "[package\n");
    let said = watching.said().join("\n");
    assert!(said.contains("retask: `Cargo.toml` changed"), "{said}");
    assert!(said.contains("error"), "{said}");

    sandbox.write("Cargo.toml", BARE);
    assert_eq!(watching.findings(), ["src/lib.rs blocking-sleep"]);
}

#[test]
fn an_answer_goes_on_with_the_types_of_the_one_before() {
    let sandbox = Sandbox::bare(SLEEPS);
    let watching = Watching::start(&sandbox, "check --watch --timings");
    let stages = |said: Vec<String>, name: &str| said.iter().any(|it| it.starts_with(&format!("  {name} ")));
    assert!(!stages(watching.said(), "renew"));

    let naps = "pub async fn nap() { std::thread::sleep(std::time::Duration::from_secs(2)); }\n";
    sandbox.write("src/lib.rs", naps);
    assert!(stages(watching.said(), "renew"));

    // A signature that is another one.
    sandbox.write("src/lib.rs", naps.replace("nap()", "nap(_long: bool)"));
    assert!(stages(watching.said(), "renew"));
    drop(watching);

    // The first answer is one that was kept; types are there all the same when the next one takes them.
    let watching = Watching::start(&sandbox, "check --watch --timings");
    assert!(!stages(watching.said(), "load"));
    sandbox.write("src/lib.rs", naps.replace("(2)", "(3)"));
    assert!(stages(watching.said(), "renew"));
}

#[test]
fn it_ends_where_it_cannot_begin() {
    let sandbox = Sandbox::new(&[("Cargo.toml", "[package\n")]);
    assert_eq!(sandbox.output("check --watch").status.code(), Some(3));
    let both = sandbox.output("check --watch --in-diff a.diff");
    assert_eq!(both.status.code(), Some(2));
}
