//! `--format json`: the fields of the contract, and the same bytes on any number of threads.

use super::sandbox::{Sandbox, text};

const LIBRARY: &str = "pub mod a;\npub mod b;\npub mod c;\n";
const MODULE: &str = r#"use std::time::Duration;

pub async fn é() {
    let _ = "漢"; std::thread::sleep(Duration::from_secs(1));
    helper();
    std::path::Path::new("a").exists();
}

fn helper() {
    std::fs::write("a", "b").expect("the disk is there");
}
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::app(LIBRARY);
    for module in ["a", "b"] {
        sandbox.write(&format!("src/{module}.rs"), MODULE);
    }
    sandbox.write("src/c.rs", format!("\u{feff}{MODULE}"));
    sandbox
}

#[test]
fn the_same_bytes_come_from_any_number_of_threads() {
    let sandbox = sandbox();
    for args in ["check --format json", "map --format json", "diff --fixes all"] {
        let run = |threads: &str| {
            let command = sandbox.retask(args).env("RAYON_NUM_THREADS", threads);
            command.output().expect("the program runs").stdout
        };
        let bytes = run("1");
        assert!(!bytes.is_empty(), "{args} prints nothing");
        assert!(bytes == run("8"), "{args}");
    }
}

#[test]
fn findings_are_sorted_and_count_lines_characters_and_bytes() {
    let json = sandbox().json("check", 1);
    let findings = json["findings"].as_array().expect("a list");
    let shown = |it: &serde_json::Value| {
        let start = &it["start"];
        let (path, rule, severity) = (text(&it["path"]), text(&it["rule"]), text(&it["severity"]));
        format!("{path}:{}:{}:{} {severity} {rule}", start["line"], start["column"], start["offset"])
    };
    let of = |path: &str, bom: usize| {
        [
            format!("{path}:4:31:{} warning blocking-sleep", 78 + bom),
            format!("{path}:5:5:{} warning blocking-io", 113 + bom),
            format!("{path}:6:31:{} note blocking-io", 153 + bom),
        ]
    };
    let expected = [of("src/a.rs", 0), of("src/b.rs", 0), of("src/c.rs", 3)].concat();
    assert_eq!(findings.iter().map(shown).collect::<Vec<_>>(), expected);
    let ids: std::collections::BTreeSet<&str> = findings.iter().map(|it| text(&it["id"])).collect();
    assert_eq!(ids.len(), findings.len(), "each finding has an id of its own");
    assert_eq!(json["summary"], serde_json::json!({"files": 4, "findings": 9, "fixable": 9, "unknown": 0}));
}

#[test]
fn a_finding_keeps_its_id_while_unrelated_lines_move() {
    let ids = |library: &str| {
        let json = Sandbox::bare(library).json("check", 1);
        text(&json["findings"][0]["id"]).to_owned()
    };
    let sleeps = super::sandbox::SLEEPS;
    assert_eq!(ids(sleeps), ids(&format!("//! Moved.\n\nfn other() {{}}\n\n{sleeps}")));
}
