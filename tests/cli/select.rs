//! What is reported on: PATH, `-p`, `--rule` and `--skip`.

use super::sandbox::{BARE, SLEEPS, Sandbox, stderr};

/// Two packages with findings and one without, in a workspace without a package of its own.
fn virtual_workspace() -> Sandbox {
    let package = |name: &str| BARE.replace("\"app\"", &format!("\"{name}\""));
    Sandbox::new(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"3\"\n"),
        ("crates/a/Cargo.toml", &package("a")),
        ("crates/a/src/lib.rs", SLEEPS),
        ("crates/b/Cargo.toml", &package("b")),
        ("crates/b/src/lib.rs", &format!("pub mod deep;\n{SLEEPS}")),
        ("crates/b/src/deep/mod.rs", SLEEPS),
        ("crates/clean/Cargo.toml", &package("clean")),
        ("crates/clean/src/lib.rs", ""),
    ])
}

#[test]
fn a_virtual_workspace_is_reported_whole() {
    let expected = [
        "crates/a/src/lib.rs:1 blocking-sleep",
        "crates/b/src/deep/mod.rs:1 blocking-sleep",
        "crates/b/src/lib.rs:2 blocking-sleep",
    ];
    assert_eq!(virtual_workspace().findings(""), (expected.map(str::to_owned).to_vec(), 1));
}

#[test]
fn a_package_by_name_leaves_out_the_others() {
    let sandbox = virtual_workspace();
    assert_eq!(sandbox.findings("-p clean"), (Vec::new(), 0));
    let (found, code) = sandbox.findings("--package clean -p a");
    assert_eq!((found, code), (vec!["crates/a/src/lib.rs:1 blocking-sleep".to_owned()], 1));
}

#[test]
fn a_package_folder_a_folder_inside_one_and_a_file_are_reported_alone() {
    let sandbox = virtual_workspace();
    let check = |path: &str, expected: &[&str]| assert_eq!(sandbox.findings(path).0, expected, "{path}");
    check("crates/a", &["crates/a/src/lib.rs:1 blocking-sleep"]);
    check("crates/b/src/deep", &["crates/b/src/deep/mod.rs:1 blocking-sleep"]);
    check("crates/b/src/lib.rs", &["crates/b/src/lib.rs:2 blocking-sleep"]);
}

#[test]
fn a_folder_outside_any_package_is_reported_without_what_cargo_takes_for_tests() {
    let sandbox = Sandbox::new(&[
        ("src/lib.rs", SLEEPS),
        ("tests/it/main.rs", SLEEPS),
        ("benches/load.rs", SLEEPS),
        ("examples/small.rs", SLEEPS),
        ("build.rs", SLEEPS),
    ]);
    let own = "src/lib.rs:1 blocking-sleep".to_owned();
    assert_eq!(sandbox.findings("").0, std::slice::from_ref(&own));
    let (found, _) = sandbox.findings("--include tests");
    assert_eq!(found, [own, "tests/it/main.rs:1 blocking-sleep".to_owned()]);
}

#[test]
fn a_package_that_is_not_there_is_code_2_with_the_nearest_name() {
    let sandbox = virtual_workspace();
    let output = sandbox.output("check -p cleam");
    assert!(stderr(&output).starts_with("error: no package `cleam` in the workspace"), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("did you mean `clean`?; its packages are a, b, clean"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_path_that_leads_nowhere_is_code_2_with_the_next_step() {
    let sandbox = Sandbox::bare("");
    sandbox.write("notes.txt", "");
    sandbox.write("../empty/notes.txt", "");
    sandbox.write("src/orphan.rs", SLEEPS);
    let check = |path: &str, expected: &[&str]| {
        let output = sandbox.output(&format!("check {path}"));
        for part in expected {
            assert!(stderr(&output).contains(part), "{}", stderr(&output));
        }
        assert_eq!(output.status.code(), Some(2));
    };
    check("nowhere", &["cannot open `nowhere`", "name a Cargo workspace, a package, or a Rust file"]);
    check("../empty", &["no `Cargo.toml` in `", "name a Cargo workspace, a package, or a `.rs` file"]);
    check(
        "notes.txt",
        &["notes.txt` belongs to no target", "name a file that a library or program includes"],
    );
    check("src/orphan.rs", &["src/orphan.rs` belongs to no target"]);
}

#[test]
fn rules_are_picked_and_left_out_by_name() {
    let sandbox = Sandbox::bare(
        "pub async fn f() {\n    std::thread::sleep(std::time::Duration::from_secs(1));\n    std::fs::write(\"a\", \"b\").unwrap();\n    std::thread::park();\n}\n",
    );
    let check = |args: &str, expected: &[&str]| assert_eq!(sandbox.findings(args).0, expected, "{args}");
    let (sleep, write, park) =
        ("src/lib.rs:2 blocking-sleep", "src/lib.rs:3 blocking-io", "src/lib.rs:4 blocking-wait");
    check("--rule blocking-sleep --rule blocking-wait", &[sleep, park]);
    check("--skip blocking-sleep --skip blocking-wait", &[write]);
}

#[test]
fn a_rule_that_is_not_there_is_code_2_with_the_nearest_name() {
    let sandbox = Sandbox::bare("");
    for flag in ["--rule", "--skip"] {
        let output = sandbox.output(&format!("check {flag} blocking-slep"));
        let expected = "error: no rule is named `blocking-slep`; did you mean `blocking-sleep`?";
        assert!(stderr(&output).starts_with(expected), "{}", stderr(&output));
        assert_eq!(output.status.code(), Some(2));
    }
}
