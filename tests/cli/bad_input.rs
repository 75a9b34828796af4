//! Input that no program hopes for: each is named, the rest is done, nothing panics.

use snapbox::str;

use super::sandbox::{BARE, SLEEPS, Sandbox, stderr, stdout};

#[test]
fn a_manifest_that_is_broken_is_code_3_with_the_file() {
    let output = Sandbox::new(&[("Cargo.toml", "[package\n"), ("src/lib.rs", SLEEPS)]).output("check");
    let said = stderr(&output);
    assert!(said.starts_with("error: cargo cannot read `") && said.contains("ws/Cargo.toml`:"), "{said}");
    assert!(said.contains("unclosed table"), "{said}");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_others_are_checked() {
    let modules = "mod broken;\nmod deep;\nmod folder;\nmod huge;\nmod latin;\n";
    let sandbox = Sandbox::bare(&format!("{modules}{SLEEPS}"));
    sandbox.write("src/broken.rs", format!("{SLEEPS}fn f( {{\n"));
    sandbox.write("src/deep.rs", format!("fn f() {{ {}1{} }}\n", "(".repeat(10_000), ")".repeat(10_000)));
    sandbox.write("src/folder.rs/notes.txt", "");
    sandbox.write("src/huge.rs", "// A line of a file that is far too long.\n".repeat(120_000));
    sandbox.write("src/latin.rs", b"// caf\xe9\n");
    let expected = ["src/broken.rs:1 blocking-sleep", "src/lib.rs:6 blocking-sleep"];
    assert_eq!(sandbox.findings(""), (expected.map(str::to_owned).to_vec(), 3));
    let skipped = str![[r#"
retask: skipped `src/broken.rs`: syntax error in line 2: expected value parameter
retask: skipped `src/deep.rs`: nests brackets more than 500 deep
retask: skipped `src/folder.rs`: is a folder or a device, not a file of text
retask: skipped `src/huge.rs`: is larger than 4 MiB and taken for data; split it to have it read
retask: skipped `src/latin.rs`: is not UTF-8; save it as UTF-8

"#]];
    sandbox.retask("check --quiet --rule endless-loop").assert().code(3).stdout_eq("").stderr_eq(skipped);
}

#[test]
fn a_path_to_a_file_that_cannot_be_read_is_code_3() {
    let sandbox = Sandbox::bare("mod latin;\n");
    sandbox.write("src/latin.rs", b"// caf\xe9\n");
    let output = sandbox.output("check src/latin.rs");
    assert!(
        stderr(&output).contains("skipped `src/latin.rs`: is not UTF-8; save it as UTF-8"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn code_that_nests_without_brackets_overflows_no_stack() {
    let many = |text: &str| text.repeat(5_000);
    let modules = "mod a;\nmod b;\nmod c;\nmod d;\n";
    let sandbox = Sandbox::bare(&format!("{modules}{SLEEPS}"));
    sandbox.write("src/a.rs", format!("fn f(_: {}u8{}) {{}}\n", many("Vec<"), many(">")));
    sandbox.write("src/b.rs", format!("async fn f() {{ let _ = 1{}; }}\n", many(" + 1").repeat(4)));
    sandbox.write("src/c.rs", format!("async fn f() -> i32 {{ 1{} }}\n", many(".clone()").repeat(4)));
    sandbox.write("src/d.rs", format!("async fn f() -> bool {{ {}true }}\n", many("!").repeat(4)));
    assert_eq!(sandbox.findings(""), (vec!["src/lib.rs:5 blocking-sleep".to_owned()], 3));
    let said = stderr(&sandbox.output("check"));
    for module in ["b", "c", "d"] {
        assert!(said.contains(&format!("retask: skipped `src/{module}.rs`: ")), "{said}");
    }
}

#[test]
fn an_included_file_is_reported_and_a_file_of_two_crates_once() {
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", BARE),
        ("src/lib.rs", "include!(\"made.rs\");\npub mod shared;\n"),
        ("src/main.rs", "mod shared;\nfn main() {}\n"),
        ("src/made.rs", SLEEPS),
        ("src/shared.rs", SLEEPS),
    ]);
    let expected = ["src/made.rs:1 blocking-sleep", "src/shared.rs:1 blocking-sleep"];
    assert_eq!(sandbox.findings(""), (expected.map(str::to_owned).to_vec(), 1));
}

#[test]
fn modules_that_a_macro_of_the_workspace_declares_are_read() {
    let modules = "#[macro_export]\nmacro_rules! modules {\n    ($($name:ident $(,)?)+) => { $(pub mod $name;)+ };\n}\n";
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", &format!("{BARE}\n[dependencies]\nown = {{ path = \"own\" }}\n\n[workspace]\n")),
        ("src/lib.rs", "own::modules!(a b);\n"),
        ("src/a.rs", SLEEPS),
        ("src/b/mod.rs", "own::modules![c];\n"),
        ("src/b/c.rs", SLEEPS),
        ("src/not_named.rs", SLEEPS),
        ("own/Cargo.toml", &BARE.replace("\"app\"", "\"own\"")),
        ("own/src/lib.rs", modules),
    ]);
    let expected = ["src/a.rs:1 blocking-sleep", "src/b/c.rs:1 blocking-sleep"];
    assert_eq!(sandbox.findings(""), (expected.map(str::to_owned).to_vec(), 1));
}

#[test]
fn a_git_dependency_that_is_not_there_is_named_and_the_rest_is_checked() {
    let dependency = "\n[dependencies]\nfar = { git = \"https://git.invalid/far\" }\n";
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", &format!("{BARE}{dependency}")),
        ("src/lib.rs", SLEEPS),
        (
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"far\",\n]\n\n\
             [[package]]\nname = \"far\"\nversion = \"0.1.0\"\n\
             source = \"git+https://git.invalid/far#0123456789012345678901234567890123456789\"\n",
        ),
    ]);
    let output = sandbox.output("check");
    let (said, shown) = (stderr(&output), stdout(&output));
    assert!(shown.starts_with("warning[blocking-sleep]"), "{shown}");
    assert!(
        said.contains("skipped `far`: a git dependency that is not there (git+https://git.invalid/far#"),
        "{said}"
    );
    assert!(said.contains("run `cargo fetch`"), "{said}");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_file_outside_any_package_is_read_with_std_alone() {
    let sandbox = Sandbox::new(&[("single.rs", SLEEPS), ("folder/deep/other.rs", SLEEPS)]);
    let check = |path: &str, expected: &str| {
        assert_eq!(sandbox.findings(path), (vec![format!("{expected} blocking-sleep")], 1));
    };
    check("single.rs", "single.rs:1");
    check("folder", "deep/other.rs:1");
    let output = sandbox.output("check single.rs -p app");
    assert!(stderr(&output).contains("no package `app`: there is no `Cargo.toml`"), "{}", stderr(&output));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_workspace_without_members_is_code_0() {
    let sandbox = Sandbox::new(&[("Cargo.toml", "[workspace]\n")]);
    let summary = str![[r#"
retask: analysing 0 files
retask: 0 errors, 0 warnings, 0 notes in 0 files; 0 with a rewrite (`retask diff --fixes all` shows them)

"#]];
    sandbox.retask("check").assert().code(0).stdout_eq("").stderr_eq(summary);
}

#[test]
fn a_check_runs_no_program_that_the_workspace_names() {
    let sandbox = Sandbox::new(&[
        ("Cargo.toml", BARE),
        ("src/lib.rs", ""),
        ("build.rs", "fn main() { std::fs::write(\"ran\", \"\").unwrap(); }\n"),
        ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.0.0-none\"\n"),
        (".cargo/config.toml", "[build]\nrustc = \"./none\"\nrustc-wrapper = \"./none\"\n"),
    ]);
    let before = sandbox.files();
    let output = sandbox.output("check");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(sandbox.files(), before);
}

#[test]
fn a_machine_without_rust_is_code_3_with_the_next_step() {
    let sandbox = Sandbox::bare(SLEEPS);
    let output = sandbox.retask("check").env("PATH", sandbox.root()).output().expect("the program runs");
    let said = stderr(&output);
    assert!(said.starts_with("error: cannot run `rustc`: install Rust from https://rustup.rs"), "{said}");
    assert_eq!(output.status.code(), Some(3));
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_symlink_is_reported_and_never_written() {
    let sandbox = Sandbox::app("pub mod linked;\n");
    sandbox.write("real.rs", SLEEPS);
    std::os::unix::fs::symlink("../real.rs", sandbox.root().join("src/linked.rs")).expect("the link is made");
    let output = sandbox.output("fix --allow-no-vcs");
    assert!(
        stderr(&output).contains("is a symlink, which is never replaced: run retask where it points to"),
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(sandbox.read("real.rs"), SLEEPS);
    assert_eq!(sandbox.findings("").0, ["src/linked.rs:1 blocking-sleep"]);
}
