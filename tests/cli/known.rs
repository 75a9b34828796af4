//! What Cargo said of the packages is kept between runs, until something that it depends on changes.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use super::sandbox::{SLEEPS, Sandbox, WITH_TOKIO, stderr, stdout};

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"tokio\",\n]\n\n\
    [[package]]\nname = \"first\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"tokio\"\nversion = \"1.0.0\"\n";

fn member(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
}

const WORKSPACE: &str = "\n[workspace]\nmembers = [\"crates/*\", \"empty/*\"]\n\n[features]\nextra = []\n";

/// A workspace with a lockfile, and a folder in which a member can appear.
fn locked() -> Sandbox {
    let manifest = format!("{WITH_TOKIO}{WORKSPACE}");
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", &manifest),
        ("Cargo.lock", LOCK),
        ("src/lib.rs", "pub fn nothing() {}\n"),
    ]);
    sandbox.write("empty/README.md", "nothing yet\n");
    sandbox.write("crates/first/Cargo.toml", member("first"));
    sandbox.write("crates/first/src/lib.rs", "");
    sandbox
}

/// When Cargo's answers were written, each with the file that it is in.
fn written(sandbox: &Sandbox) -> Vec<(PathBuf, SystemTime)> {
    let entries =
        walkdir::WalkDir::new(sandbox.root().join("target")).sort_by_file_name().into_iter().flatten();
    let kept =
        entries.map(|it| it.into_path()).filter(|it| it.extension().is_some_and(|it| it == "packages"));
    kept.map(|it| (it.clone(), fs::metadata(&it).and_then(|it| it.modified()).expect("it is there")))
        .collect()
}

/// Whether a run asks Cargo, and says the same as one that always does.
#[track_caller]
fn asks(sandbox: &Sandbox, args: &str) -> bool {
    let before = written(sandbox);
    let said = sandbox.output(args);
    let asked = written(sandbox) != before;
    let anew = sandbox.output(&format!("{args} --no-cache"));
    assert_eq!((stdout(&said), stderr(&said)), (stdout(&anew), stderr(&anew)));
    asked
}

#[test]
fn cargo_is_asked_once_for_the_same_packages() {
    let sandbox = locked();
    assert!(asks(&sandbox, "check"));
    assert!(!asks(&sandbox, "check"));
    sandbox.write("src/lib.rs", SLEEPS);
    assert!(!asks(&sandbox, "check"), "a body says nothing of packages");
    assert_eq!(sandbox.output("check").status.code(), Some(1));
    assert!(asks(&sandbox, "check --features extra"), "another question");
    assert!(!asks(&sandbox, "check"), "and the first is not forgotten");
}

#[test]
fn what_cargo_would_say_otherwise_is_asked_again() {
    let sandbox = locked();
    let is_old_after = |path: &str, text: &str| {
        asks(&sandbox, "check");
        assert!(!asks(&sandbox, "check"), "{path}");
        sandbox.write(path, text);
        assert!(asks(&sandbox, "check"), "{path}");
    };
    is_old_after("src/bin/other.rs", &format!("{SLEEPS}fn main() {{}}\n"));
    assert!(stdout(&sandbox.output("check")).contains("src/bin/other.rs"));
    is_old_after("src/bin/folder/main.rs", "fn main() {}\n");
    is_old_after("examples/shown.rs", "fn main() {}\n");
    is_old_after("tests/tested.rs", "");
    is_old_after("benches/measured.rs", "");
    is_old_after("build.rs", "fn main() {}\n");
    is_old_after(".cargo/config.toml", "[term]\nverbose = false\n");
    is_old_after(
        "../tokio/Cargo.toml",
        &sandbox.read("../tokio/Cargo.toml").replace("fs = []", "fs = [\"net\"]"),
    );
    is_old_after("Cargo.toml", &sandbox.read("Cargo.toml").replace("extra = []", "extra = []\nmore = []"));
    is_old_after("Cargo.lock", &format!("# Written by hand.\n{LOCK}"));
    is_old_after("../Cargo.toml", "[workspace]\nexclude = [\"ws\", \"tokio\"]\n");
}

#[test]
fn a_member_that_appears_is_found() {
    let package = |name: &str| format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    for folder in ["crates", "empty"] {
        let sandbox = locked();
        // A lockfile that knows the member already: only the folder tells of it.
        sandbox.write(
            "Cargo.lock",
            LOCK.replace(
                "\n[[package]]\nname = \"tokio\"",
                &format!("{}\n[[package]]\nname = \"tokio\"", package("late")),
            ),
        );
        sandbox.write(&format!("{folder}/late/src/lib.rs"), SLEEPS);
        asks(&sandbox, "check");
        sandbox.write(&format!("{folder}/late/Cargo.toml"), member("late"));
        asks(&sandbox, "check");
        let said = stdout(&sandbox.output("check"));
        assert!(said.contains(&format!("{folder}/late/src/lib.rs")), "{said}");
    }
}

#[test]
fn what_cannot_be_watched_is_not_kept() {
    let sandbox = locked();
    sandbox.write(".cargo/config.toml", "include = [\"more.toml\"]\n");
    sandbox.write(".cargo/more.toml", "[term]\nverbose = false\n");
    assert!(
        !asks(&sandbox, "check") && written(&sandbox).is_empty(),
        "a configuration that takes in another"
    );
    let sandbox = locked();
    sandbox.write("Cargo.toml", sandbox.read("Cargo.toml").replace("empty/*", "empty/*/*"));
    assert!(!asks(&sandbox, "check") && written(&sandbox).is_empty(), "a pattern that looks deeper");
}

#[test]
fn a_damaged_answer_is_asked_for_again() {
    let sandbox = locked();
    asks(&sandbox, "check");
    let [(kept, _)] = written(&sandbox).try_into().expect("one answer is kept");
    let bytes = fs::read(&kept).expect("it can be read");
    for broken in [&bytes[..bytes.len() - 1], b"", b"what is this"] {
        fs::write(&kept, broken).expect("it can be written");
        assert!(asks(&sandbox, "check"));
    }
}
