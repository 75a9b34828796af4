//! `--since` and `--in-diff` where there is no such commit, no git, or no diff: code 2, and what to do.

use super::sandbox::{SLEEPS, Sandbox, stderr};

#[track_caller]
fn refused(sandbox: &Sandbox, args: &str, said: &[&str]) {
    let output = sandbox.output(args);
    let error = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{args}: {error}");
    assert!(output.stdout.is_empty(), "{args} prints something");
    assert!(error.starts_with("error: "), "{args}: {error}");
    said.iter().for_each(|it| assert!(error.contains(it), "{args}: {it}: {error}"));
}

#[test]
fn a_commit_that_git_does_not_know_is_named() {
    let sandbox = Sandbox::bare(SLEEPS);
    sandbox.commit();
    for args in ["check --since nowhere", "diff --since nowhere", "fix --since nowhere"] {
        refused(&sandbox, args, &["git knows no commit `nowhere`", "`git log` shows them"]);
    }
    refused(&sandbox, "check --since=--output=x", &["git knows no commit `--output=x`"]);
    refused(&sandbox, "check --since HEAD:src/lib.rs", &["git knows no commit `HEAD:src/lib.rs`"]);
    assert!(!sandbox.root().join("x").exists());
}

#[test]
fn histories_that_share_nothing_are_named() {
    let sandbox = Sandbox::bare(SLEEPS);
    sandbox.commit();
    sandbox.git(&["branch", "before"]);
    sandbox.git(&["checkout", "--quiet", "--orphan", "alone"]);
    sandbox.git(&["commit", "--quiet", "--message", "Anew"]);
    refused(&sandbox, "check --since before", &["`before`", "share no history", "--in-diff FILE"]);
}

#[test]
fn without_a_repository_or_without_git_the_other_way_is_named() {
    let sandbox = Sandbox::bare(SLEEPS);
    refused(&sandbox, "check --since HEAD", &["lies in no git work tree", "`--in-diff FILE`"]);
    sandbox.commit();
    // A path without git, but with what retask itself needs.
    sandbox.shell("mkdir ../bin; for it in cargo rustc rustup rustfmt sh; do p=$(command -v $it) && ln -s \"$p\" ../bin/$it; done");
    let bin = sandbox.root().join("../bin");
    let output = sandbox.retask("check --since HEAD").env("PATH", &bin).output().expect("the program runs");
    assert!(stderr(&output).contains("there is no program `git`: install it"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_diff_that_cannot_be_read_or_breaks_is_named_with_the_line() {
    let sandbox = Sandbox::bare(SLEEPS);
    let head = "--- a/src/lib.rs\n+++ b/src/lib.rs\n";
    refused(
        &sandbox,
        "check --in-diff no.diff",
        &["the diff in `no.diff` cannot be read: No such file", "`-` for"],
    );
    sandbox.write("a.diff", "This is no diff.\n");
    refused(&sandbox, "check --in-diff a.diff", &["`a.diff` does not parse: line 1: it holds no diff"]);
    sandbox.write("a.diff", format!("{head}@@ -1,3 +1,3 @@\n a\nb\n"));
    refused(&sandbox, "diff --in-diff a.diff", &["`a.diff` does not parse: line 5: ", "make it anew"]);
    sandbox.write("a.diff", b"\xff\xfe-\0-\0");
    refused(&sandbox, "check --in-diff a.diff", &["`a.diff` is UTF-16", "git diff --output=FILE"]);
    let output = sandbox.retask("check --in-diff -").stdin(format!("{head}@@ -1 1 @@\n")).output();
    let said = stderr(&output.expect("the program runs"));
    assert!(said.starts_with("error: the diff in standard input does not parse: line 3: "), "{said}");
}

#[test]
fn a_diff_of_other_files_or_of_other_texts_is_refused() {
    let sandbox = Sandbox::bare(SLEEPS);
    let diff = |path: &str, line: &str| format!("--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-x\n+{line}\n");
    sandbox.write("a.diff", diff("src/gone.rs", "y"));
    refused(&sandbox, "check --in-diff a.diff", &["names `b/src/gone.rs`", "no file that it names is there"]);
    sandbox.write("a.diff", diff("src/lib.rs", "y"));
    refused(
        &sandbox,
        "check --in-diff a.diff",
        &["does not fit `src/lib.rs`: line 1 ", "make the diff anew"],
    );
    sandbox.write("a.diff", diff("src/lib.rs", SLEEPS.trim_end()));
    assert_eq!(sandbox.findings("--in-diff a.diff").1, 1);
}

#[test]
#[cfg(unix)]
fn a_diff_that_names_pipes_devices_and_files_elsewhere_opens_none_of_them() {
    let sandbox = Sandbox::bare(SLEEPS);
    sandbox.shell("mkfifo pipe; ln -s /dev/zero zero");
    for path in ["b/pipe", "b/zero", "/dev/zero", "b/../../../../../../../../dev/zero", "b/../ws/src/lib.rs"]
    {
        sandbox.write("a.diff", format!("--- a/x\n+++ {path}\n@@ -0,0 +1 @@\n+x\n"));
        refused(&sandbox, "check --in-diff a.diff", &["no file that it names is there"]);
    }
}

#[test]
fn one_change_is_named_and_only_where_findings_are_reported() {
    let sandbox = Sandbox::bare(SLEEPS);
    let both = sandbox.output("check --since HEAD --in-diff a.diff");
    assert!(stderr(&both).contains("cannot be used with"), "{}", stderr(&both));
    assert_eq!(both.status.code(), Some(2));
    assert_eq!(sandbox.output("map --since HEAD").status.code(), Some(2));
}
