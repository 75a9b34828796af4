//! `fixtures/workspaces/owner`: state that tasks share and that gets an owner, compiled with real crates, and state that keeps its lock.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect_file;
use ra_ap_syntax::{AstNode, Edition, SourceFile, ast, ast::HasName};
use serde_json::Value;

use super::workspaces::{copy_of, fresh_folder, programs, repository, retask, succeeds, target};

const BY_NAME: [&str; 6] = ["--rule", "shared-state", "--fixes", "all", "--include", "tests"];

fn owner() -> PathBuf {
    repository().join("fixtures/workspaces/owner")
}

#[test]
fn each_state_that_keeps_its_lock_says_why() {
    let args = ["check", "--format", "json", "--rule", "shared-state", "--include", "tests"];
    let output = retask(&args, &owner().join("refused"));
    let json: Value = serde_json::from_slice(&output.stdout).expect("the answer is JSON");
    let mut said = String::new();
    for finding in json["findings"].as_array().expect("it holds findings") {
        let path = finding["path"].as_str().expect("a finding has a path");
        let why = finding["refused"].as_str().unwrap_or_else(|| panic!("{path} is rewritten: {finding:#}"));
        let _ = writeln!(said, "{path}:{}: {why}", finding["start"]["line"]);
    }
    let programs =
        std::fs::read_dir(owner().join("refused/src/bin")).expect("the programs are there").count();
    assert!(programs >= 18 && said.lines().count() >= programs, "{programs} programs:\n{said}");
    expect_file![repository().join("tests/golden/owner_refused.txt")].assert_eq(&said);
}

#[test]
fn states_with_an_owner_compile_and_say_the_same() {
    let folder = fresh_folder("owner");
    let [before, fixed] = ["before", "fixed"].map(|name| copy_of(&owner(), &folder.join(name)));
    let member = fixed.join("rewritten");

    let diff = retask(&[&["diff"], &BY_NAME[..]].concat(), &member);
    let diff = String::from_utf8(diff.stdout).expect("the diff is UTF-8");
    expect_file![repository().join("tests/golden/owner.diff")].assert_eq(&diff);

    let fix = retask(&[&["fix"], &BY_NAME[..]].concat(), &member);
    assert_eq!(fix.status.code(), Some(0), "{}", String::from_utf8_lossy(&fix.stderr));
    let again = retask(&[&["diff"], &BY_NAME[..]].concat(), &member);
    assert_eq!((again.status.code(), String::from_utf8_lossy(&again.stdout).as_ref()), (Some(0), ""));

    let cargo = |args: &[&str]| {
        succeeds(Command::new("cargo").args(args).current_dir(&fixed).env("CARGO_TARGET_DIR", target()));
    };
    cargo(&["fmt", "--check"]);
    cargo(&[
        "clippy",
        "--quiet",
        "--locked",
        "-p",
        "owner-rewritten",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    assert!(owners(&fixed, &short_functions) >= 20);
    let said = programs(&before, "owner-rewritten", &folder);
    assert_eq!(said, programs(&fixed, "owner-rewritten", &folder));
    assert!(said.lines().count() >= 60 && said.contains("stress: "));
    for threads in ["1", "4"] {
        cargo(&["test", "--quiet", "--locked", "-p", "owner-rewritten", "--", "--test-threads", threads]);
    }

    let undo = retask(&["undo"], &fixed);
    assert_eq!(undo.status.code(), Some(0), "{}", String::from_utf8_lossy(&undo.stderr));
    succeeds(Command::new("diff").args(["-r", "-x", ".git", "-x", "target"]).args([&before, &fixed]));
}

/// Looks at each module of an owner in a copy; gives their number.
fn owners(copy: &Path, look: &dyn Fn(&ast::Module)) -> usize {
    let files = walkdir::WalkDir::new(copy).into_iter().filter_map(Result::ok);
    let sources = files.filter(|it| it.path().extension().is_some_and(|it| it == "rs"));
    let mut count = 0;
    for source in sources {
        let text = std::fs::read_to_string(source.path()).expect("the source is text");
        let tree = SourceFile::parse(&text, Edition::CURRENT).tree();
        for module in tree.syntax().descendants().filter_map(ast::Module::cast) {
            if module.name().is_some_and(|it| it.text().ends_with("_owner")) {
                look(&module);
                count += 1;
            }
        }
    }
    count
}

fn short_functions(module: &ast::Module) {
    for function in module.syntax().descendants().filter_map(ast::Fn::cast) {
        let lines = function.syntax().text().to_string().lines().count();
        assert!(lines <= 30, "{lines} lines:\n{function}");
    }
}
