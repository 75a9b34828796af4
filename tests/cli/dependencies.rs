//! Which dependencies are loaded: those whose types decide.

use super::sandbox::Sandbox;

/// A library whose type is declared in a macro of another, which gives a value of a third.
const FILES: [(&str, &str); 8] = [
    (
        "Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nframed = { path = \"../framed\" }\n",
    ),
    (
        "src/lib.rs",
        r#"use std::process::ExitStatus;

use framed::Running;

pub async fn declared_in_a_macro(mut running: Running) -> Option<ExitStatus> {
    running.command().status().ok()
}

pub async fn of_another_library(running: &Running) -> Option<ExitStatus> {
    running.source().command().status().ok()
}
"#,
    ),
    (
        "../framed/Cargo.toml",
        "[package]\nname = \"framed\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[dependencies]\nfutures-core = { path = \"../futures-core\" }\npin-project-lite = { path = \"../pin-project-lite\" }\n",
    ),
    (
        "../framed/src/lib.rs",
        r#"use futures_core::Source;

pin_project_lite::pin_project! {
    /// Declared in a macro.
    pub struct Running {
        #[pin]
        command: std::process::Command,
        source: Source,
    }
}

impl Running {
    pub fn command(&mut self) -> &mut std::process::Command {
        &mut self.command
    }

    pub fn source(&self) -> &Source {
        &self.source
    }
}
"#,
    ),
    (
        "../futures-core/Cargo.toml",
        "[package]\nname = \"futures-core\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
    ),
    (
        "../futures-core/src/lib.rs",
        "pub struct Source;\nimpl Source {\n    pub fn command(&self) -> std::process::Command {\n        std::process::Command::new(\"true\")\n    }\n}\n",
    ),
    (
        "../pin-project-lite/Cargo.toml",
        "[package]\nname = \"pin-project-lite\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
    ),
    // What the real macro makes of its input is of no matter: it is not read.
    (
        "../pin-project-lite/src/lib.rs",
        "#[macro_export]\nmacro_rules! pin_project { ($($item:tt)*) => {}; }\n",
    ),
];

#[test]
fn types_that_a_library_declares_in_a_macro_or_takes_from_another_are_known() {
    let found = Sandbox::new(&FILES).json("check --rule blocking-io", 1);
    let found = found["findings"].as_array().expect("it holds findings");
    let lines: Vec<u64> = found.iter().filter_map(|it| it["start"]["line"].as_u64()).collect();
    assert_eq!(lines, [6, 10], "{found:#?}");
}
