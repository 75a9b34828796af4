//! What is kept between runs: the same answers, without asking rust-analyzer again.

use std::fs;
use std::path::{Path, PathBuf};

use super::sandbox::{SLEEPS, Sandbox, WITH_TOKIO, stderr, stdout};

const CHAIN: &str =
    "pub async fn save() {\n    store();\n}\n\nfn store() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n";

/// The answers that are kept, each in a file.
fn kept(sandbox: &Sandbox) -> Vec<PathBuf> {
    kept_as(sandbox, "answer")
}

fn kept_as(sandbox: &Sandbox, kind: &str) -> Vec<PathBuf> {
    let entries =
        walkdir::WalkDir::new(sandbox.root().join("target")).sort_by_file_name().into_iter().flatten();
    let is_it = |it: &Path| it.extension().is_some_and(|it| it == kind);
    entries.map(|it| it.into_path()).filter(|it| is_it(it)).collect()
}

/// The texts of a workspace of three files, in which calls of one depend on bodies of another.
const LIBRARY: &str = "pub mod store;\npub mod work;\nuse work::offload;\n\npub async fn nap() {\n    store::save();\n    \
    offload(|| std::thread::sleep(std::time::Duration::from_secs(1)));\n}\n";
const STORE: &str = "pub fn save() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n\npub fn count() -> usize {\n    \
    fn two() -> usize { 2 }\n    two()\n}\n";
const WORK: &str = "pub fn offload<F: FnOnce() + Send + 'static>(work: F) {\n    std::thread::spawn(work);\n}\n\n\
    pub async fn read(path: &std::path::Path) -> usize {\n    std::fs::read(path).unwrap().len()\n}\n";

fn three_files() -> Sandbox {
    Sandbox::new(&[
        ("Cargo.toml", WITH_TOKIO),
        ("src/lib.rs", LIBRARY),
        ("src/store.rs", STORE),
        ("src/work.rs", WORK),
    ])
}

/// How many bodies types were inferred of.
fn inferred(sandbox: &Sandbox, args: &str) -> usize {
    let said = stderr(&sandbox.output(&format!("{args} --timings")));
    let line = said.lines().find_map(|it| it.strip_prefix("retask: types inferred of ")).expect(&said);
    line.split(' ').next().and_then(|it| it.parse().ok()).expect(&said)
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
    sandbox.write("src/lib.rs", format!("{SLEEPS}pub struct Mine;\n"));
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
    let [basis] = kept_as(&sandbox, "basis").try_into().expect("so is what it rests on");
    let bytes = fs::read(&answer).expect("it can be read");
    fs::remove_file(&answer).expect("it can be removed");
    assert!(!asks(&sandbox, "check"), "the answer stands beside what it rests on as well");
    for broken in [&bytes[..bytes.len() - 1], b"", b"what is this"] {
        fs::write(&answer, broken).expect("it can be written");
        fs::write(&basis, broken).expect("it can be written");
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

#[test]
fn a_changed_file_costs_its_own_calls() {
    let sandbox = three_files();
    // Whose method it is, only a type tells.
    let asks = "pub struct Job;\nimpl Job { pub fn metadata(&self) {} }\npub fn jobs() -> Vec<Job> { vec![Job] }\n\
        pub async fn run() { jobs()[0].metadata() }\npub fn size(path: &std::path::Path) { path.metadata().unwrap(); }\n";
    sandbox.write("src/store.rs", format!("{STORE}{asks}"));
    let cold = inferred(&sandbox, "check");
    sandbox.write("src/work.rs", WORK.replace("len()", "len() + 1"));
    let warm = inferred(&sandbox, "check");
    assert!(warm < cold, "{warm} of {cold}");
    assert_eq!(inferred(&sandbox, "check --no-cache"), cold);
}

/// Each change comes on top of those before it.
#[test]
fn after_each_change_an_answer_is_what_it_is_without_a_cache() {
    let sandbox = three_files();
    let changes: [(&str, &str, &str); 8] = [
        ("src/work.rs", "std::thread::spawn(work);", "work();"),
        ("src/store.rs", "std::fs::write(\"a\", \"b\").unwrap();", "drop(count());"),
        ("src/work.rs", "work();", "std::thread::spawn(work);"),
        ("src/store.rs", "drop(count());", "std::fs::remove_file(\"a\").unwrap();"),
        (
            "src/store.rs",
            "fn two() -> usize { 2 }",
            "fn one() -> usize { 1 }\n    fn two() -> usize { 1 + one() }",
        ),
        ("src/store.rs", "pub fn save()", "/// Saves.\npub async fn save()"),
        ("src/lib.rs", "store::save();", "store::save().await;"),
        ("src/lib.rs", "use work::offload;", "fn offload(_: impl Fn()) {}"),
    ];
    let say = |args: &str| stdout(&sandbox.output(&format!("{args} --format json")));
    for (path, old, new) in changes {
        say("check");
        let text = sandbox.read(path);
        assert!(text.contains(old), "{old}");
        sandbox.write(path, text.replace(old, new));
        assert_eq!(say("check"), say("check --no-cache"), "after {new}");
    }
    sandbox.write("src/work.rs", WORK);
    for args in ["map", "diff --fixes all"] {
        assert_eq!(say(args), say(&format!("{args} --no-cache")), "{args}");
    }
}

#[test]
fn calls_that_are_kept_may_break() {
    let sandbox = three_files();
    let first = stdout(&sandbox.output("check"));
    let [calls] = kept_as(&sandbox, "calls").try_into().expect("the calls are kept once");
    let [basis] = kept_as(&sandbox, "basis").try_into().expect("so is what the answer rests on");
    let bytes = fs::read(&calls).expect("it can be read");
    for broken in [&bytes[..bytes.len() / 2], b"what is this"] {
        fs::write(&calls, broken).expect("it can be written");
        fs::remove_file(&kept(&sandbox)[0]).expect("the answer goes");
        fs::remove_file(&basis).expect("so does what it rests on");
        assert_eq!(stdout(&sandbox.output("check")), first);
    }
}
