//! Helpers that lead to blocking work: the two ways out, and who else relies on the helpers.

use super::sandbox::{Sandbox, WITH_TOKIO, stdout};

const LIBRARY: &str = "pub fn load() -> String {
    std::fs::read_to_string(\"a\").unwrap_or_default()
}

pub async fn serve() -> usize {
    load().len()
}
";

const ASYNC: &str = "make `load` async and await it";
const OFFLOAD: &str = "move the call to the blocking pool and await it";

/// The fix of the only finding: its title, its way and why it is first.
fn fix(sandbox: &Sandbox, args: &str) -> (String, String, String) {
    let json = sandbox.json(&format!("check {args}"), 1);
    let fix = &json["findings"][0]["fix"];
    let text = |key: &str| fix[key].as_str().unwrap_or_default().to_owned();
    (text("title"), text("way"), text("why"))
}

fn published(library: &str) -> Sandbox {
    Sandbox::app(library)
}

fn private(library: &str) -> Sandbox {
    let manifest = WITH_TOKIO.replace("edition", "publish = false\nedition");
    Sandbox::new(&[("Cargo.toml", &manifest), ("src/lib.rs", library)])
}

#[test]
fn prefer_chooses_the_way() {
    let sandbox = private(LIBRARY);
    let ways = ["", "--prefer async", "--prefer offload"].map(|args| fix(&sandbox, args));
    let shown = ways.each_ref().map(|it| (it.0.as_str(), it.1.as_str()));
    assert_eq!(shown, [(ASYNC, "async"), (ASYNC, "async"), (OFFLOAD, "offload")]);
    let json = sandbox.json("check", 1);
    assert_eq!(json["findings"][0]["alternatives"][0]["title"], OFFLOAD);
    let diff = |args: &str| stdout(&sandbox.output(&format!("diff {args}")));
    assert!(diff("").contains("+pub async fn load()"));
    assert!(
        diff("--prefer offload").contains("spawn_blocking")
            && !diff("--prefer offload").contains("async fn load")
    );
}

#[test]
fn public_api_changes_only_where_that_is_allowed() {
    let sandbox = published(LIBRARY);
    let (title, way, why) = fix(&sandbox, "");
    assert_eq!((title.as_str(), way.as_str()), (OFFLOAD, "offload"));
    let reason = "the helpers stay sync: `load` is public API of the library `app` (src/lib.rs:1), which others may call: `--public` allows the change";
    assert_eq!(why, reason);
    assert_eq!(fix(&sandbox, "--public").0, ASYNC);
    // What no other crate can name is no API.
    let hidden = published(&LIBRARY.replace("pub fn", "pub(crate) fn"));
    assert_eq!(fix(&hidden, "").0, ASYNC);
    let inside = format!("mod inner {{\n{LIBRARY}\n}}\n\npub use inner::serve;\n");
    assert_eq!(fix(&published(&inside), "").0, ASYNC);
    let exported = format!("mod inner {{\n{LIBRARY}\n}}\n\npub use inner::{{load, serve}};\n");
    assert_eq!(fix(&published(&exported), "").0, OFFLOAD);
}

#[test]
fn tests_that_call_a_helper_are_rewritten_where_they_are_read() {
    let test = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn loads() {\n        assert_eq!(super::load(), \"\");\n    }\n}\n";
    let sandbox = private(&format!("{LIBRARY}\n{test}"));
    let why = fix(&sandbox, "").2;
    assert_eq!(
        why,
        "the helpers stay sync: `load` may be called in a test (src/lib.rs:13): `--include tests` reads it"
    );
    let diff = stdout(&sandbox.output("diff --include tests"));
    for line in
        ["+    #[tokio::test]", "+    async fn loads() {", "+        assert_eq!(super::load().await, \"\");"]
    {
        assert!(diff.contains(line), "{line}\n{diff}");
    }
}

#[test]
fn files_that_are_left_out_may_call_a_helper_too() {
    let sandbox = private(LIBRARY);
    sandbox.write("examples/show.rs", "fn main() {\n    println!(\"{}\", app::load());\n}\n");
    let why = fix(&sandbox, "").2;
    assert_eq!(
        why,
        "the helpers stay sync: `load` may be called in `examples/show.rs`, which is left out: `--include` reads it"
    );
    let why = fix(&sandbox, "--include examples").2;
    assert_eq!(why, "the helpers stay sync: `main` leads to it as well (examples/show.rs:1), and stays sync");
}

#[test]
fn code_that_features_leave_out_keeps_a_helper_sync() {
    let extra = "#[cfg(feature = \"extra\")]\npub fn other() -> usize {\n    load().len()\n}\n";
    let sandbox = private(&format!("{LIBRARY}\n{extra}"));
    let why = fix(&sandbox, "").2;
    assert_eq!(
        why,
        "the helpers stay sync: `load` may be called in code that features leave out (src/lib.rs:11)"
    );
}

#[test]
fn a_rewrite_that_a_reader_must_agree_to_leaves_the_safe_one_to_fix() {
    let sandbox = private(&LIBRARY.replace(
        "std::fs::read_to_string(\"a\").unwrap_or_default()",
        "let _ = std::fs::write(\"a\", \"\");\n    String::new()",
    ));
    assert_eq!(fix(&sandbox, "").0, ASYNC);
    let diff = |args: &str| stdout(&sandbox.output(&format!("diff {args}")));
    assert!(diff("").contains("spawn_blocking"), "{}", diff(""));
    assert!(diff("--fixes all").contains("+pub async fn load()"));
    let check = stdout(&sandbox.output("check"));
    assert!(
        check.contains(
            "or move the call to the blocking pool and await it: `retask fix`, or `--prefer offload`: "
        ),
        "{check}"
    );
}

#[test]
fn a_public_field_of_a_library_keeps_its_type() {
    let library = "use std::process::Command;

pub struct Job {
    pub command: Command,
}

impl Job {
    pub async fn run(&mut self) -> bool {
        self.command.status().is_ok()
    }
}
";
    let title = |sandbox: &Sandbox, args: &str| fix(sandbox, args).0;
    let whole = "use the async types from where the value is made";
    assert_ne!(title(&published(library), ""), whole);
    assert_eq!(title(&published(library), "--public"), whole);
    assert_eq!(title(&private(library), ""), whole);
}

#[test]
fn what_an_older_rust_cannot_build_is_refused() {
    let recursive = "fn wait(n: u32) {
    std::thread::sleep(std::time::Duration::from_secs(1));
    if n > 0 {
        wait(n - 1);
    }
}

pub async fn serve() {
    wait(3);
}
";
    let of_trait = "trait Source {
    fn load(&self) -> String;
}

pub struct Disk;

impl Source for Disk {
    fn load(&self) -> String {
        std::fs::read_to_string(\"a\").unwrap_or_default()
    }
}

pub async fn serve(disk: Disk) -> String {
    disk.load()
}
";
    let with = |version: &str, library: &str| {
        let manifest = WITH_TOKIO
            .replace("edition = \"2024\"", &format!("edition = \"2021\"\nrust-version = \"{version}\""));
        let sandbox = Sandbox::new(&[("Cargo.toml", &manifest), ("src/lib.rs", library)]);
        fix(&sandbox, "")
    };
    assert_eq!(with("1.77", recursive).1, "async");
    let reason = "the helpers stay sync: an async function that calls itself needs Rust 1.77, and `app` promises to build with 1.70";
    assert_eq!(with("1.70", recursive).2, reason);
    assert_eq!(with("1.75", of_trait).1, "async");
    let reason = "the helpers stay sync: async methods of traits need Rust 1.75, and `app` promises to build with 1.70";
    assert_eq!(with("1.70", of_trait).2, reason);
}
