//! `--since` and `--in-diff`: only what a change touches is reported and rewritten.

use snapbox::cmd::Command;

use super::sandbox::{SLEEPS, Sandbox, WITH_TOKIO, stderr, stdout, text};

const LIBRARY: &str = "pub mod other;\npub mod helper;\n";
const CALLER: &str = "pub async fn f() {\n    crate::helper::help();\n}\n\npub async fn g() {\n    std::thread::sleep(\n        std::time::Duration::from_secs(1),\n    );\n}\n";
const HELPER: &str = "pub fn help() {\n    let _ = 1;\n}\n";
const BLOCKS: &str = "    std::thread::sleep(std::time::Duration::from_secs(1));\n";

/// A workspace whose `g` blocks, committed.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::app(LIBRARY);
    sandbox.write("src/other.rs", CALLER);
    sandbox.write("src/helper.rs", HELPER);
    sandbox.commit();
    sandbox
}

fn replace(sandbox: &Sandbox, path: &str, from: &str, to: &str) {
    let text = sandbox.read(path);
    assert!(text.contains(from), "{from}");
    sandbox.write(path, text.replace(from, to));
}

#[track_caller]
fn check(sandbox: &Sandbox, args: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|it| (*it).to_owned()).collect();
    let code = i32::from(!expected.is_empty());
    assert_eq!(sandbox.findings(args), (expected, code), "{args}");
}

#[test]
fn a_finding_counts_where_its_place_or_its_call_or_a_step_below_it_changed() {
    let sandbox = sandbox();
    check(&sandbox, "", &["src/other.rs:6 blocking-sleep"]);
    check(&sandbox, "--since HEAD", &[]);
    replace(&sandbox, "src/other.rs", "from_secs(1)", "from_secs(2)");
    check(&sandbox, "--since HEAD", &["src/other.rs:6 blocking-sleep"]);
    sandbox.git(&["commit", "--quiet", "--all", "--message", "An argument"]);
    check(&sandbox, "--since HEAD", &[]);
    // The helper begins to block: the finding stands at the call of it, in a file that is as it was.
    replace(&sandbox, "src/helper.rs", "    let _ = 1;\n", BLOCKS);
    check(&sandbox, "--since HEAD", &["src/other.rs:2 blocking-sleep"]);
    check(&sandbox, "", &["src/other.rs:2 blocking-sleep", "src/other.rs:6 blocking-sleep"]);
}

#[test]
fn lines_that_go_count_where_what_is_around_them_is_one_call() {
    let sandbox = sandbox();
    replace(&sandbox, "src/other.rs", "        std::time", "        // One second.\n        std::time");
    replace(&sandbox, "src/other.rs", "\npub async fn g", "\n// Sleeps.\npub async fn g");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "Comments"]);
    replace(&sandbox, "src/other.rs", "// Sleeps.\n", "");
    check(&sandbox, "--since HEAD", &[]);
    replace(&sandbox, "src/other.rs", "        // One second.\n", "");
    check(&sandbox, "--since HEAD", &["src/other.rs:6 blocking-sleep"]);
}

#[test]
fn what_others_did_since_the_histories_parted_does_not_count_and_new_files_do() {
    let sandbox = sandbox();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox.git(&["checkout", "--quiet", "-b", "base"]);
    replace(&sandbox, "src/other.rs", "from_secs(1)", "from_secs(2)");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "Of others"]);
    sandbox.git(&["checkout", "--quiet", "topic"]);
    check(&sandbox, "--since base", &[]);
    sandbox.write("src/new \u{e9}.rs", SLEEPS);
    replace(
        &sandbox,
        "src/lib.rs",
        "pub mod other;",
        "#[path = \"new \u{e9}.rs\"]\npub mod new;\npub mod other;",
    );
    check(&sandbox, "--since base", &["src/new \u{e9}.rs:1 blocking-sleep"]);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message", "New"]);
    check(&sandbox, "--since base", &["src/new \u{e9}.rs:1 blocking-sleep"]);
}

#[test]
fn the_repository_may_begin_above_the_workspace() {
    let sandbox = Sandbox::new(&[("elsewhere/src/lib.rs", "")]);
    sandbox.write("sub d\u{e9}p/Cargo.toml", WITH_TOKIO.replace("../tokio", "../../tokio"));
    sandbox.write("sub d\u{e9}p/src/lib.rs", LIBRARY);
    sandbox.write("sub d\u{e9}p/src/other.rs", CALLER);
    sandbox.write("sub d\u{e9}p/src/helper.rs", HELPER);
    sandbox.commit();
    sandbox.write("elsewhere/src/lib.rs", "// Not of the workspace.\n");
    sandbox.write("sub d\u{e9}p/src/helper.rs", HELPER.replace("    let _ = 1;\n", BLOCKS));
    let check = |args: &[&str]| {
        let mut retask = sandbox.retask("check --format json").arg("sub d\u{e9}p");
        retask = args.iter().fold(retask, |it, arg| it.arg(arg));
        // As git sets it for the hooks that it runs at the top.
        retask = retask.env("GIT_DIR", ".git");
        let output = retask.output().expect("the program runs");
        let json: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        let findings = json["findings"].as_array().expect("a list");
        findings.iter().map(|it| format!("{}:{}", text(&it["path"]), it["start"]["line"])).collect::<Vec<_>>()
    };
    assert_eq!(check(&["--since", "HEAD"]), ["src/other.rs:2"]);
    // As git writes it, with paths from the workspace, without prefixes, and with other prefixes.
    for args in [
        &["diff"][..],
        &["diff", "--relative=sub d\u{e9}p"],
        &["diff", "--no-prefix"],
        &["-c", "diff.mnemonicPrefix=true", "diff", "-U0"],
    ] {
        sandbox.write("../change.diff", sandbox.git(args));
        assert_eq!(check(&["--in-diff", "../change.diff"]), ["src/other.rs:2"], "{args:?}");
    }
}

#[test]
fn a_diff_comes_from_a_file_or_from_standard_input() {
    let sandbox = sandbox();
    sandbox.git(&["mv", "src/helper.rs", "src/moved.rs"]);
    replace(&sandbox, "src/lib.rs", "pub mod helper;", "#[path = \"moved.rs\"]\npub mod helper;");
    replace(&sandbox, "src/moved.rs", "    let _ = 1;\n", BLOCKS);
    let diff = sandbox.git(&["diff", "HEAD", "--find-renames=10%"]);
    assert!(diff.contains("rename to src/moved.rs\n"), "{diff}");
    sandbox.write("../change.diff", &diff);
    check(&sandbox, "--in-diff ../change.diff", &["src/other.rs:2 blocking-sleep"]);
    sandbox.write("../change.diff", diff.replace('\n', "\r\n"));
    check(&sandbox, "--in-diff ../change.diff", &["src/other.rs:2 blocking-sleep"]);
    let given = |diff: &str| {
        let output = sandbox.retask("check --in-diff -").stdin(diff).output().expect("the program runs");
        (stdout(&output).contains("--> src/other.rs:2:20"), output.status.code())
    };
    assert_eq!(given(&diff), (true, Some(1)));
    assert_eq!(given(""), (false, Some(0)), "nothing changed");
}

#[test]
fn one_line_says_what_lies_outside_and_the_json_counts_what_is_reported() {
    let sandbox = sandbox();
    replace(&sandbox, "src/helper.rs", "    let _ = 1;\n", BLOCKS);
    let said = |args: &str| stderr(&sandbox.output(args));
    let line = "retask: 1 finding lies outside of the change since `HEAD`\n";
    for command in ["check", "diff", "fix --allow-dirty --verify none"] {
        assert!(said(&format!("{command} --since HEAD")).contains(line), "{command}");
    }
    assert_eq!(said("check --quiet --since HEAD"), "");
    assert!(!said("check").contains("outside"), "no change was named");
    let summary = |args: &str| sandbox.json(args, 1)["summary"]["findings"].clone();
    sandbox.git(&["checkout", "--quiet", "."]);
    replace(&sandbox, "src/helper.rs", "    let _ = 1;\n", BLOCKS);
    // What one run keeps for the next knows of no change.
    assert_eq!([summary("check"), summary("check --since HEAD"), summary("check")], [2, 1, 2]);
}

#[test]
fn git_runs_nothing_that_a_repository_names_and_its_configuration_changes_nothing() {
    let sandbox = sandbox();
    let log = sandbox.root().join("../ran");
    sandbox.write("../spy", format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", log.display()));
    sandbox.shell("chmod +x ../spy");
    let spy = sandbox.root().join("../spy").display().to_string();
    sandbox.write(".gitattributes", "*.rs filter=spy diff=spy\nsrc/helper.rs -diff\n");
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message", "Attributes"]);
    for (key, value) in [
        ("filter.spy.clean", spy.as_str()),
        ("filter.spy.required", "true"),
        ("diff.spy.textconv", &spy),
        ("diff.spy.command", &spy),
        ("diff.external", &spy),
        ("core.fsmonitor", &spy),
        ("core.hooksPath", ".."),
        ("diff.noprefix", "true"),
        ("diff.context", "9"),
        ("color.ui", "always"),
        ("color.diff", "always"),
    ] {
        sandbox.git(&["config", key, value]);
    }
    sandbox.shell("cp ../spy ../post-index-change");
    replace(&sandbox, "src/helper.rs", "    let _ = 1;\n", BLOCKS);
    let index = || std::fs::read(sandbox.root().join(".git/index")).expect("there is an index");
    let before = index();
    let since = |it: Command| it.env("GIT_EXTERNAL_DIFF", &spy).output().expect("the program runs");
    let output = since(sandbox.retask("check --since HEAD --format json"));
    let ran = std::fs::read_to_string(&log).unwrap_or_default();
    assert_eq!(ran, "", "{}", stderr(&output));
    assert!(stdout(&output).contains("\"path\": \"src/other.rs\""), "{}", stdout(&output));
    assert!(stderr(&output).contains("1 finding lies outside"), "{}", stderr(&output));
    assert!(index() == before, "the index stays as it is");
    // The trap works: git by itself runs it.
    sandbox.shell("git diff HEAD");
    assert_ne!(std::fs::read_to_string(&log).unwrap_or_default(), "");
}
