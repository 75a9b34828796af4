//! Input that is meant to hurt: each is named and left out, and the rest is done.

use std::os::unix::fs::symlink;
use std::process::Command;

use super::fix::BLOCKS;
use super::sandbox::{Sandbox, stderr, stdout};

/// `check` reports on the library, and names what it left out.
#[track_caller]
fn check(sandbox: &Sandbox, skipped: &[(&str, &str)]) {
    let output = sandbox.output("check");
    let said = stderr(&output);
    for (path, reason) in skipped {
        let line = format!("retask: skipped `{path}`: {reason}");
        assert!(said.lines().any(|it| it.starts_with(&line)), "{line}\n{said}");
    }
    assert!(stdout(&output).contains("warning[blocking-sleep]"), "{said}");
    assert_eq!(output.status.code(), Some(if skipped.is_empty() { 1 } else { 3 }), "{said}");
}

#[test]
fn what_is_no_file_is_not_read() {
    let sandbox = Sandbox::app(&format!("mod pipe;\nmod endless;\nmod folder;\nmod round;\n{BLOCKS}"));
    let source = |name: &str| sandbox.root().join("src").join(name);
    let made = Command::new("mkfifo").arg(source("pipe.rs")).status();
    assert!(made.expect("there is a mkfifo").success());
    symlink("/dev/zero", source("endless.rs")).expect("the link is made");
    std::fs::create_dir(source("folder.rs")).expect("the folder is made");
    symlink("round.rs", source("round.rs")).expect("the link is made");
    let no_file = "is a folder or a device, not a file of text";
    check(
        &sandbox,
        &[
            ("src/endless.rs", no_file),
            ("src/folder.rs", no_file),
            ("src/pipe.rs", no_file),
            ("src/round.rs", "cannot be read: Too many levels of symbolic links"),
        ],
    );
}

#[test]
fn modules_that_include_themselves_end() {
    let sandbox = Sandbox::app(&format!("#[path = \"lib.rs\"]\nmod again;\ninclude!(\"lib.rs\");\n{BLOCKS}"));
    let output = sandbox.output("check");
    assert!(output.status.code().is_some_and(|it| it <= 3), "{}", stderr(&output));
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}

#[test]
fn deep_and_large_files_are_left_out() {
    let sandbox = Sandbox::app(&format!("mod deep;\nmod chain;\nmod large;\nmod empty;\nmod nul;\n{BLOCKS}"));
    sandbox.write("src/deep.rs", format!("const A: u8 = {}1{};", "(".repeat(100_000), ")".repeat(100_000)));
    sandbox.write("src/chain.rs", format!("fn f(x: X) {{ x{} }}", ".m()".repeat(100_000)));
    sandbox.write("src/large.rs", "// A line.\n".repeat(400_000));
    sandbox.write("src/empty.rs", "");
    sandbox.write("src/nul.rs", "fn f() {\0}");
    check(
        &sandbox,
        &[
            ("src/chain.rs", "chains more than 2000 operators"),
            ("src/deep.rs", "nests brackets more than 500 deep"),
            ("src/large.rs", "is larger than 4 MiB"),
            ("src/nul.rs", "syntax error in line 1"),
        ],
    );
}

#[test]
fn what_a_terminal_obeys_is_shown_and_not_obeyed() {
    let escape = "\u{1b}]0;title\u{7}";
    let name = format!("{escape}.rs");
    let shown = "\\u{1b}]0;title\\u{7}.rs";
    let sandbox = Sandbox::app(&format!("#[path = {name:?}]\nmod named;\n{BLOCKS}"));
    let text = format!(
        "pub async fn f() {{\n    std::thread::sleep(std::time::Duration::from_secs(1)); // {escape} \u{202e}\n}}\n"
    );
    sandbox.write(&format!("src/{name}"), &text);
    let clean = |text: &str| !text.chars().any(|it| matches!(it, '\u{1b}' | '\u{7}' | '\u{202e}'));
    for args in ["check", "map", "fix --allow-no-vcs --verify none", "undo"] {
        let output = sandbox.output(args);
        assert!(clean(&stdout(&output)), "{args}: {:?}", stdout(&output));
        assert!(clean(&stderr(&output)), "{args}: {:?}", stderr(&output));
        assert!((stdout(&output) + &stderr(&output)).contains(shown), "{args}");
    }
    let output = sandbox.output("check -p \u{1b}[2J");
    assert!(clean(&stderr(&output)), "{:?}", stderr(&output));
    let diff = stdout(&sandbox.output("diff"));
    assert!(diff.contains(&format!("// {escape} \u{202e}")), "a diff keeps every byte: {diff:?}");
    sandbox.write("../hostile.diff", &diff);
    sandbox.git(&["apply", "../hostile.diff"]);
    assert!(sandbox.read(&format!("src/{name}")).contains("tokio::time::sleep"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::app(&BLOCKS.repeat(200).replace("fn f", "fn f_"));
    let output = sandbox.shell(&format!("'{}' check | head -n 1", env!("CARGO_BIN_EXE_retask")));
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}

/// The analysis of one file goes wrong; the rest is done.
#[track_caller]
fn goes_wrong(fault: &str, reason: &str) {
    let sandbox = Sandbox::app(&format!("mod bad;\n{BLOCKS}"));
    sandbox.write("src/bad.rs", BLOCKS);
    let run = |args: &str| {
        let run = sandbox.retask(args).env("RETASK_TEST_FAULT", format!("{fault}:src/bad.rs"));
        run.env("RETASK_PATIENCE", "3").output().expect("the program runs")
    };
    let output = run("check");
    let said = stderr(&output);
    assert!(said.contains(&format!("retask: skipped `src/bad.rs`: {reason}")), "{said}");
    assert!(!said.contains("panicked at"), "{said}");
    assert_eq!(stdout(&output).matches("warning[blocking-sleep]").count(), 1, "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(3), "{said}");
    let output = run("fix --allow-no-vcs --verify none");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(sandbox.read("src/lib.rs").contains("tokio::time::sleep"));
    assert_eq!(sandbox.read("src/bad.rs"), BLOCKS);
}

#[test]
fn a_panic_in_the_analysis_of_one_file_leaves_that_one_out() {
    goes_wrong("panic", "the analysis of it ended in a panic: told to (");
}

#[test]
fn an_abort_in_the_analysis_of_one_file_leaves_that_one_out() {
    goes_wrong("abort", "the analysis of it ran out of stack");
}

#[test]
fn a_file_that_takes_for_ever_is_left_out() {
    goes_wrong("hang", "the analysis of it took longer than 3 seconds");
}
