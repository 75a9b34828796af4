//! Code that another runtime than Tokio may run: what needs Tokio would panic there.

use super::sandbox::{Sandbox, WITH_TOKIO, stdout};

const LIBRARY: &str = r#"use std::path::Path;

fn settings(path: &Path) -> usize {
    std::fs::read_to_string(path).map_or(0, |it| it.len())
}

pub async fn start(path: &Path) -> usize {
    let known = std::fs::read(path).map_or(0, |it| it.len());
    known + settings(path)
}
"#;

const COMPIO: &str = "[package]\nname = \"compio\"\nversion = \"0.19.0\"\nedition = \"2024\"\n";

fn sandbox(manifest: &str) -> Sandbox {
    let sandbox = Sandbox::new(&[("Cargo.toml", manifest), ("src/lib.rs", LIBRARY)]);
    sandbox.write("../compio/Cargo.toml", COMPIO);
    sandbox.write("../compio/src/lib.rs", "");
    sandbox
}

#[test]
fn nothing_of_tokio_is_brought_into_a_package_of_another_runtime() {
    let sandbox = sandbox(&format!("{WITH_TOKIO}compio = {{ path = \"../compio\" }}\n"));
    assert_eq!(stdout(&sandbox.output("diff --fixes all")), "");
    let said = stdout(&sandbox.output("check"));
    let reason =
        "the package `app` depends on the runtime `compio`, on whose threads all that needs Tokio panics";
    assert_eq!(said.matches(reason).count(), 2, "{said}");
}

#[test]
fn what_tokio_spawns_runs_on_tokio_all_the_same() {
    let sandbox = sandbox(&format!("{WITH_TOKIO}compio = {{ path = \"../compio\" }}\n"));
    let spawned =
        "pub fn start() {\n    tokio::spawn(async { std::fs::read(\"a\").map_or(0, |it| it.len()) });\n}\n";
    sandbox.write("src/lib.rs", spawned);
    assert!(stdout(&sandbox.output("diff")).contains("tokio::fs::read(\"a\").await"));
}

#[test]
fn without_the_other_runtime_it_is() {
    let diff = stdout(&sandbox(WITH_TOKIO).output("diff --fixes all"));
    assert!(
        diff.contains("+    let known = tokio::fs::read(path).await.map_or(0, |it| it.len());"),
        "{diff}"
    );
    assert!(diff.contains("+    known + settings(path).await"), "{diff}");
}
