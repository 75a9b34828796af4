//! What is kept between runs: the same answers, without asking rust-analyzer again.

use std::fs;
use std::path::{Path, PathBuf};

use super::sandbox::{SLEEPS, Sandbox, stderr, stdout};

const CHAIN: &str =
    "pub async fn save() {\n    store();\n}\n\nfn store() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n";

/// The answers that are kept, each in a file.
fn kept(sandbox: &Sandbox) -> Vec<PathBuf> {
    let entries =
        walkdir::WalkDir::new(sandbox.root().join("target")).sort_by_file_name().into_iter().flatten();
    let is_answer = |it: &Path| it.is_file() && it.parent().is_some_and(|it| it.ends_with("cache"));
    entries.map(|it| it.into_path()).filter(|it| is_answer(it)).collect()
}

/// Whether a run asked rust-analyzer.
fn asks(sandbox: &Sandbox, args: &str) -> bool {
    let said = stderr(&sandbox.output(&format!("{args} --timings")));
    assert!(said.contains("  read ") && said.contains("  cache "), "{said}");
    said.contains("  names ")
}

/// What a command says with what is kept, without it, and where it is told not to look.
#[track_caller]
fn says_the_same(sandbox: &Sandbox, args: &str) {
    let say = |args: &str| {
        let output = sandbox.output(args);
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let first = say(args);
    assert!(!asks(sandbox, args), "the second run knows");
    assert_eq!(say(args), first);
    assert_eq!(say(&format!("{args} --no-cache")), first);
}

#[test]
fn an_unchanged_workspace_is_answered_from_what_was_kept_byte_for_byte() {
    let sandbox = Sandbox::app(&format!("{SLEEPS}{CHAIN}"));
    for args in ["check", "check -v --format json", "map", "map --format json", "check --rule blocking-io"] {
        says_the_same(&sandbox, args);
    }
    let first = sandbox.output("diff --fixes all");
    let second = sandbox.output("diff --fixes all");
    assert_eq!((stdout(&first), stderr(&first)), (stdout(&second), stderr(&second)));
    assert!(stdout(&first).contains("tokio::time::sleep"));
}

#[test]
fn whatever_an_answer_depends_on_makes_it_old() {
    let sandbox = Sandbox::app(SLEEPS);
    assert!(asks(&sandbox, "check"));
    assert!(!asks(&sandbox, "check"));
    assert!(asks(&sandbox, "check --rule blocking-sleep"), "other rules");
    assert!(asks(&sandbox, "check --include tests"), "other targets");
    assert!(asks(&sandbox, "check src/lib.rs --public"), "other rewrites");
    sandbox.write("src/lib.rs", format!("{SLEEPS}// Mine.\n"));
    assert!(asks(&sandbox, "check"), "another text");
    sandbox.write("../tokio/src/lib.rs", format!("{}\n", include_str!("../../fixtures/stubs/tokio.rs")));
    assert!(asks(&sandbox, "check"), "another dependency");
    let manifest = sandbox.read("Cargo.toml").replace("\"full\"", "\"rt\"");
    sandbox.write("Cargo.toml", manifest);
    assert!(asks(&sandbox, "check"), "other features");
    assert!(!asks(&sandbox, "check"));
}

#[test]
fn what_is_kept_may_go_or_break_at_any_time() {
    let sandbox = Sandbox::app(SLEEPS);
    let first = stdout(&sandbox.output("check"));
    let [answer] = kept(&sandbox).try_into().expect("one answer is kept");
    let bytes = fs::read(&answer).expect("it can be read");
    for broken in [&bytes[..bytes.len() - 1], b"", b"what is this"] {
        fs::write(&answer, broken).expect("it can be written");
        assert!(asks(&sandbox, "check"), "what is not whole counts for nothing");
    }
    let mut flipped = bytes.clone();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    fs::write(&answer, flipped).expect("it can be written");
    assert_eq!(stdout(&sandbox.output("check")), first);
    fs::remove_dir_all(sandbox.root().join("target/retask")).expect("it can be removed");
    assert_eq!(stdout(&sandbox.output("check")), first);
}

#[test]
fn nothing_is_kept_where_that_is_not_wanted_or_not_possible() {
    let sandbox = Sandbox::app(SLEEPS);
    sandbox.output("check --no-cache");
    assert!(!sandbox.root().join("target").exists());
    sandbox.write("target", "a file where the folder should be\n");
    let first = sandbox.output("check");
    assert_eq!(first.status.code(), Some(1), "{}", stderr(&first));
    assert_eq!(stdout(&first), stdout(&sandbox.output("check --no-cache")));
}

#[test]
fn few_answers_are_kept() {
    let sandbox = Sandbox::app(SLEEPS);
    for rule in ["blocking-sleep", "blocking-io", "blocking-db"] {
        for args in ["check", "check --include tests", "check --public", "map", "map --public"] {
            sandbox.output(&format!("{args} --rule {rule}"));
        }
    }
    assert_eq!(kept(&sandbox).len(), 12);
}
