//! `fixtures/workspaces/chain`: chains of sync helpers that become async, compiled with real crates, and chains that cannot.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect_file;
use serde_json::Value;

use super::workspaces::{copy_of, fresh_folder, programs, repository, retask, succeeds, target};

fn chain() -> PathBuf {
    repository().join("fixtures/workspaces/chain")
}

/// The findings of one member.
fn findings(member: &str) -> Vec<Value> {
    let output = retask(&["check", "--format", "json", "--include", "tests"], &chain().join(member));
    let json: Value = serde_json::from_slice(&output.stdout).expect("the answer is JSON");
    json["findings"].as_array().expect("it holds findings").clone()
}

#[test]
fn each_chain_that_cannot_become_async_says_why() {
    let mut said = String::new();
    for finding in findings("refused").iter().filter(|it| it["rule"] != "spawn-then-await") {
        let path = finding["path"].as_str().expect("a finding has a path");
        let fix = &finding["fix"];
        let why = fix["why"].as_str().or(finding["refused"].as_str()).expect("it says why");
        assert_ne!(fix["way"], "async", "{path}: {fix:#}");
        let line = format!("{path}: {why}\n");
        if !said.ends_with(&line) {
            said.push_str(&line);
        }
    }
    let programs =
        std::fs::read_dir(chain().join("refused/src/bin")).expect("the programs are there").count();
    assert!(programs >= 20 && said.lines().count() >= programs, "{programs} programs:\n{said}");
    expect_file![repository().join("tests/golden/chain_refused.txt")].assert_eq(&said);
}

#[test]
fn both_ways_are_offered_the_better_one_first() {
    let mut said = String::new();
    for finding in findings("rewritten") {
        let path = finding["path"].as_str().expect("a finding has a path");
        let others = finding["alternatives"].as_array().cloned().unwrap_or_default();
        let shown = |fix: &Value| {
            format!("{} ({})", fix["title"].as_str().unwrap(), fix["why"].as_str().unwrap_or("-"))
        };
        let _ = writeln!(said, "{path}:{}: {}", finding["start"]["line"], shown(&finding["fix"]));
        for other in &others {
            let _ = writeln!(said, "    or {}", shown(other));
        }
    }
    expect_file![repository().join("tests/golden/chain_ways.txt")].assert_eq(&said);
}

#[test]
fn rewritten_chains_compile_and_say_the_same() {
    let folder = fresh_folder("chain");
    let [before, fixed, offloaded] =
        ["before", "fixed", "offloaded"].map(|name| copy_of(&chain(), &folder.join(name)));
    let all = ["--fixes", "all", "--include", "tests"];
    let member = fixed.join("rewritten");

    let diff = retask(&[&["diff", "--prefer", "async"], &all[..]].concat(), &member);
    let diff = String::from_utf8(diff.stdout).expect("the diff is UTF-8");
    expect_file![repository().join("tests/golden/chain.diff")].assert_eq(&diff);

    let fix = retask(&[&["fix", "--prefer", "async"], &all[..]].concat(), &member);
    assert_eq!(fix.status.code(), Some(0), "{}", String::from_utf8_lossy(&fix.stderr));
    let again = retask(&[&["diff", "--prefer", "async"], &all[..]].concat(), &member);
    assert_eq!((again.status.code(), again.stdout.as_slice()), (Some(0), b"".as_slice()));
    let check = retask(&["check", "--include", "tests"], &member);
    assert_eq!(
        check.status.code(),
        Some(0),
        "nothing is left, and nothing came: {}",
        String::from_utf8_lossy(&check.stdout)
    );
    let fix = retask(&[&["fix", "--prefer", "offload"], &all[..]].concat(), &offloaded.join("rewritten"));
    // What a program changes in place stays where it is: such a finding is left.
    assert!(matches!(fix.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&fix.stderr));

    let said = programs(&before, "chain-rewritten", &folder);
    assert_eq!(said, programs(&fixed, "chain-rewritten", &folder));
    assert_eq!(said, programs(&offloaded, "chain-rewritten", &folder));
    let [stall, by_async, by_offload] = [&before, &fixed, &offloaded].map(|it| stall(it, &folder));
    // The pause is 300 ms; neither way leaves a tenth of it.
    assert!(stall >= 300, "before: {stall} ms");
    assert!(
        by_async * 10 <= stall && by_offload * 10 <= stall,
        "{stall} ms, then {by_async} and {by_offload} ms"
    );
    for threads in ["1", "4"] {
        let args = ["test", "--quiet", "--locked", "-p", "chain-rewritten", "--", "--test-threads", threads];
        succeeds(Command::new("cargo").args(args).current_dir(&fixed).env("CARGO_TARGET_DIR", target()));
    }

    let undo = retask(&["undo"], &fixed);
    assert_eq!(undo.status.code(), Some(0), "{}", String::from_utf8_lossy(&undo.stderr));
    succeeds(Command::new("diff").args(["-r", "-x", ".git", "-x", "target"]).args([&before, &fixed]));
}

/// The longest stall of the heartbeat in a copy, in milliseconds: the best of three, where another load on the machine spoils one.
fn stall(copy: &Path, folder: &Path) -> u64 {
    let file = folder.join("stall");
    let args = ["run", "--quiet", "--locked", "-p", "chain-rewritten", "--bin", "heartbeat"];
    let once = |_| {
        let mut command = Command::new("cargo");
        command.args(args).current_dir(copy).env("CARGO_TARGET_DIR", target()).env("CHAIN_STALL_FILE", &file);
        succeeds(&mut command);
        let told = std::fs::read_to_string(&file).expect("the stall is told");
        told.trim().parse().expect("the stall is a number")
    };
    (0..3).map(once).min().unwrap_or_default()
}
