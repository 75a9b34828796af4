//! Cargo's options: which code is read, and what is asked of the network.

use std::fs::File;
use std::process::Command as Process;
use std::time::Duration;

use super::sandbox::{BARE, SLEEPS, Sandbox, WITH_TOKIO, stderr, stdout};

fn sleeps(condition: &str, name: &str) -> String {
    format!("{condition}\n{}", SLEEPS.replace("nap", name))
}

#[test]
fn tests_benches_examples_and_build_scripts_are_read_where_they_are_named() {
    let program = |name: &str| format!("{}fn main() {{}}\n", sleeps("", name));
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", BARE),
        ("src/lib.rs", "pub fn f() {}\n"),
        ("tests/t.rs", &program("t")),
        ("benches/b.rs", &program("b")),
        ("examples/e.rs", &program("e")),
        ("build.rs", &program("s")),
    ]);
    assert_eq!(sandbox.findings(""), (Vec::new(), 0));
    let expected = ["benches/b.rs", "build.rs", "examples/e.rs", "tests/t.rs"];
    let expected = expected.map(|it| format!("{it}:2 blocking-sleep")).to_vec();
    assert_eq!(sandbox.findings("--include tests --include benches,examples,build"), (expected, 1));
}

#[test]
fn features_decide_what_is_read() {
    let library = [
        sleeps("#[cfg(feature = \"usual\")]", "usual"),
        sleeps("#[cfg(feature = \"extra\")]", "extra"),
        sleeps("#[cfg(feature = \"other\")]", "other"),
    ]
    .concat();
    let features = "\n[features]\ndefault = [\"usual\"]\nusual = []\nextra = []\nother = []\n";
    let sandbox = Sandbox::new(&[("Cargo.toml", &format!("{BARE}{features}")), ("src/lib.rs", &library)]);
    let check = |args: &str, lines: &[usize]| {
        let expected: Vec<String> =
            lines.iter().map(|it| format!("src/lib.rs:{it} blocking-sleep")).collect();
        assert_eq!(sandbox.findings(args).0, expected, "{args}");
    };
    check("-F extra", &[2, 4]);
    check("--no-default-features --features extra,other", &[4, 6]);
    check("--all-features", &[2, 4, 6]);
}

#[test]
fn a_feature_that_is_not_there_is_code_2_in_the_words_of_cargo() {
    let output = Sandbox::bare("").output("check --features ghost");
    assert!(
        stderr(&output).starts_with("error: cargo: the package 'app' does not contain"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_cargo_that_waits_for_another_one_says_the_same() {
    let sandbox = Sandbox::bare("");
    sandbox.write("../home/.package-cache", "");
    let home = sandbox.root().join("../home");
    let other = File::open(home.join(".package-cache")).expect("the file is there");
    other.lock().expect("the lock is free");
    let waits = sandbox.retask("check --features ghost").env("CARGO_HOME", &home);
    let waits = std::thread::spawn(move || waits.output().expect("the program runs"));
    // Whenever cargo gives it back, it is taken again: each call has to wait.
    while !waits.is_finished() {
        std::thread::sleep(Duration::from_millis(200));
        other.unlock().expect("the lock was taken");
        std::thread::sleep(Duration::from_millis(1));
        other.lock().expect("cargo gives the lock back");
    }
    let output = waits.join().expect("the program was run");
    assert!(
        stderr(&output).starts_with("error: cargo: the package 'app' does not contain"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn the_target_decides_what_is_read() {
    let library = [sleeps("#[cfg(windows)]", "there"), sleeps("#[cfg(not(windows))]", "here")].concat();
    let sandbox = Sandbox::bare(&library);
    let expected = vec!["src/lib.rs:2 blocking-sleep".to_owned()];
    assert_eq!(sandbox.findings("--target x86_64-pc-windows-msvc"), (expected, 1));
    let output = sandbox.output("check --target z80");
    assert!(
        stderr(&output).contains("rustc knows no target `z80`: `rustc --print target-list`"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn locked_asks_for_a_lockfile_that_is_up_to_date_and_nothing_writes_one() {
    let sandbox = Sandbox::new(&[("Cargo.toml", WITH_TOKIO), ("src/lib.rs", "")]);
    let check = |args: &str, code: i32| {
        let before = sandbox.files();
        let output = sandbox.output(args);
        assert_eq!(output.status.code(), Some(code), "{args}: {}", stderr(&output));
        assert_eq!(sandbox.files(), before, "{args}");
        stderr(&output)
    };
    check("check", 0);
    let refused = check("check --locked", 3);
    assert!(refused.contains("skipped `dependencies`: cargo cannot resolve them"), "{refused}");
    assert!(refused.contains("--locked"), "{refused}");
    sandbox.write("Cargo.lock", "version = 4\n");
    check("check", 0);
    check("check --locked", 3);
    let made =
        Process::new("cargo").args(["generate-lockfile", "--offline"]).current_dir(sandbox.root()).output();
    assert!(made.is_ok_and(|it| it.status.success()));
    check("check --locked", 0);
}

#[test]
fn offline_takes_nothing_from_the_network_and_says_what_is_lacking() {
    let sandbox = Sandbox::new(&[("src/lib.rs", "")]);
    let far = Sandbox::new(&[("Cargo.toml", &BARE.replace("app", "far")), ("src/lib.rs", "")]);
    far.commit();
    let url = format!("file://{}", far.root().display());
    sandbox.write("Cargo.toml", format!("{BARE}\n[dependencies]\nfar = {{ git = \"{url}\" }}\n"));
    let home = tempfile::tempdir().expect("a temporary folder");
    let run = |args: &str| {
        let command = sandbox.retask(args).env("CARGO_HOME", home.path()).env("CARGO_NET_OFFLINE", "false");
        command.output().expect("the program runs")
    };
    let offline = run("check --offline");
    assert!(stderr(&offline).contains("failed to get `far` as a dependency"), "{}", stderr(&offline));
    assert_eq!(offline.status.code(), Some(3));
    let online = run("check");
    assert_eq!(online.status.code(), Some(0), "{}", stderr(&online));
}

#[test]
fn timings_tell_the_stages_and_change_nothing_else() {
    let sandbox = Sandbox::app(
        "pub async fn f() {\n    g();\n}\n\nfn g() {\n    std::fs::write(\"a\", \"b\").unwrap();\n}\n",
    );
    let plain = sandbox.output("check --no-cache");
    let timed = sandbox.output("check --no-cache --timings");
    assert_eq!((timed.status.code(), stdout(&timed)), (plain.status.code(), stdout(&plain)));
    let said = stderr(&timed);
    for stage in ["read", "index", "load", "names", "catalogue", "calls", "loops", "rule blocking-io"] {
        assert!(said.contains(&format!("\n  {stage} ")), "{stage}: {said}");
    }
    assert!(said.contains(" s in all\n"), "{said}");
    assert!(said.contains("retask: types inferred of 2 bodies; the workspace has 2 functions\n"), "{said}");
}
