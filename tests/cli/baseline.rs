//! `--baseline FILE`: old findings stay quiet, new ones fail, and the counts only fall.

use serde_json::Value;

use super::sandbox::{Sandbox, stderr, stdout};

/// A library that sleeps as often as asked, and reads a file once.
fn library(sleeps: usize) -> String {
    let sleep = "    std::thread::sleep(std::time::Duration::from_secs(1));\n";
    format!(
        "pub async fn nap() {{\n{}}}\n\npub async fn read() {{\n    drop(std::fs::read(\"a\"));\n    drop(std::fs::read(\"b\"));\n}}\n",
        sleep.repeat(sleeps)
    )
}

/// The counts of a baseline, as `path rule count`.
fn counts(sandbox: &Sandbox) -> Vec<String> {
    let baseline: Value = serde_json::from_str(&sandbox.read("old.json")).expect("it is JSON");
    let files = baseline["counts"].as_object().expect("an object");
    let of_file = |(path, of_file): (&String, &Value)| {
        let rules = of_file.as_object().expect("an object").clone();
        rules.into_iter().map(|(rule, count)| format!("{path} {rule} {count}")).collect::<Vec<_>>()
    };
    files.iter().flat_map(of_file).collect()
}

#[track_caller]
fn ends_with(sandbox: &Sandbox, args: &str, code: i32) {
    let output = sandbox.output(args);
    assert_eq!(output.status.code(), Some(code), "{}{}", stdout(&output), stderr(&output));
}

const UPDATE: &str = "check --baseline old.json --update-baseline";

#[test]
fn old_findings_stay_quiet_and_new_ones_fail() {
    let sandbox = Sandbox::app(&library(2));
    ends_with(&sandbox, "check", 1);
    ends_with(&sandbox, UPDATE, 0);
    assert_eq!(counts(&sandbox), ["src/lib.rs blocking-io 2", "src/lib.rs blocking-sleep 2"]);
    let as_any_file =
        |path: &str| std::fs::metadata(sandbox.root().join(path)).expect("it is there").permissions();
    assert_eq!(as_any_file("old.json"), as_any_file("src/lib.rs"), "a team shares it");
    let output = sandbox.output("check --baseline old.json");
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
    assert!(stderr(&output).contains("4 findings in the baseline, not shown"), "{}", stderr(&output));
    sandbox.write("src/lib.rs", format!("// Lines move.\n\n{}", library(2)));
    ends_with(&sandbox, "check --baseline old.json", 0);
    sandbox.write("src/lib.rs", library(3));
    let json = sandbox.json("check --baseline old.json", 1);
    let rules = json["findings"].as_array().expect("an array").iter().map(|it| it["rule"].clone());
    assert_eq!(
        rules.collect::<Vec<_>>(),
        ["blocking-sleep"; 3],
        "which of them is new, a count does not tell"
    );
    assert_eq!(json["baseline"]["quiet"], 2);
}

#[test]
fn the_counts_only_fall() {
    let sandbox = Sandbox::app(&library(2));
    ends_with(&sandbox, UPDATE, 0);
    sandbox.write("src/lib.rs", library(3));
    ends_with(&sandbox, UPDATE, 1);
    assert_eq!(counts(&sandbox)[1], "src/lib.rs blocking-sleep 2", "it does not rise");
    sandbox.write("src/lib.rs", library(1));
    let output = sandbox.output("check --baseline old.json");
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("fewer than in the baseline: `blocking-sleep` in `src/lib.rs`, 1 of 2"));
    assert!(stderr(&output).contains("--update-baseline"));
    ends_with(&sandbox, UPDATE, 0);
    assert_eq!(counts(&sandbox)[1], "src/lib.rs blocking-sleep 1");
    sandbox.write("src/lib.rs", library(2));
    ends_with(&sandbox, "check --baseline old.json", 1);
}

#[test]
fn what_a_run_did_not_look_at_keeps_its_count() {
    let sandbox = Sandbox::app(&library(1));
    sandbox.write("src/more.rs", library(1));
    sandbox.write("src/lib.rs", format!("pub mod more;\n{}", library(1)));
    ends_with(&sandbox, UPDATE, 0);
    let all = counts(&sandbox);
    assert_eq!(all.len(), 4);
    ends_with(&sandbox, &format!("{UPDATE} --rule blocking-io"), 0);
    ends_with(&sandbox, &UPDATE.replace("check", "check src/more.rs"), 0);
    assert_eq!(counts(&sandbox), all);
    let quiet = sandbox.json("check --baseline old.json --rule blocking-io", 0);
    assert_eq!(quiet["baseline"]["fallen"], Value::Array(Vec::new()));
    // A file that is gone has nothing left to count, whatever else is left out.
    sandbox.write("src/old.rs", library(1));
    sandbox.write("retask.toml", "exclude = [\"src/old.rs\"]\n");
    std::fs::remove_file(sandbox.root().join("src/more.rs")).expect("it can be removed");
    sandbox.write("src/lib.rs", format!("pub mod old;\n{}", library(1)));
    ends_with(&sandbox, UPDATE, 0);
    assert_eq!(counts(&sandbox), ["src/lib.rs blocking-io 2", "src/lib.rs blocking-sleep 1"]);
}

#[test]
fn a_baseline_that_is_not_there_or_not_whole_is_told() {
    let sandbox = Sandbox::app(&library(1));
    let says = |text: Option<&str>, said: &str| {
        if let Some(text) = text {
            sandbox.write("old.json", text);
        }
        let output = sandbox.output("check --baseline old.json");
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    };
    says(None, "there is no baseline `old.json`: `--update-baseline` writes it");
    says(
        Some("{\"schema\": 1, \"counts\": {\n  3\n}}"),
        "`old.json` is no baseline: key must be a string at line 2",
    );
    says(Some("{\"schema\": 1, \"count\": {}}"), "unknown field `count`");
    says(Some("{\"schema\": 2, \"counts\": {}}"), "`old.json` has format 2");
    ends_with(&sandbox, UPDATE, 2);
    assert!(sandbox.read("old.json").contains("\"schema\": 2"), "what is not understood is not written over");
    ends_with(&sandbox, "check --baseline no/such/folder.json --update-baseline", 2);
    ends_with(&sandbox, "check --update-baseline", 2);
}

#[test]
fn what_comments_silence_is_not_counted() {
    let sandbox = Sandbox::app(&format!("// retask: allow(blocking-io)\n\n{}", library(1)));
    ends_with(&sandbox, UPDATE, 0);
    assert_eq!(counts(&sandbox), ["src/lib.rs blocking-sleep 1"]);
}
