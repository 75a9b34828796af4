//! The formats for other programs: what each prints of one workspace, and that a reader of the format understands it.

use std::collections::BTreeSet;

use expect_test::expect_file;
use quick_junit::{TestCase, TestCaseStatus};
use serde_json::Value;

use super::sandbox::{Sandbox, stderr, stdout, text};
use crate::workspaces::repository;

/// Its package depends on Tokio without the features that rewrites need.
const MANIFEST: &str = r#"[package]
name = "app"
version = "0.1.0"
edition = "2024"

[dependencies]
tokio = { path = "../tokio", features = ["rt"] }
"#;

const LIBRARY: &str = r#"//! A finding of each kind.

mod config;
#[path = "odd, 100% é.rs"]
pub mod odd;

use std::sync::Mutex;
use std::time::Duration;

pub async fn serve() -> usize {
    config::load("<a> & \"b\" | ]]>").len()
}

pub async fn refused(lock: &Mutex<u8>) {
    let jobs = lock.lock();
    std::thread::sleep(Duration::from_secs(1));
    drop(jobs);
}
"#;

const CONFIG: &str = r#"pub fn load(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
"#;

const ODD: &str = r#"pub async fn note(path: &str) -> bool {
    let _ = "漢"; std::path::Path::new(path).exists()
}

pub fn übrig(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

pub async fn blocks(runtime: &tokio::runtime::Runtime) -> String {
    runtime.block_on(async {});
    übrig("a")
}
"#;

/// A rewrite over several files, a finding without one, a note, an error, and names that formats have to escape.
pub fn workspace() -> Sandbox {
    Sandbox::new(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", LIBRARY),
        ("src/config.rs", CONFIG),
        ("src/odd, 100% é.rs", ODD),
    ])
}

/// What a format prints, with the folder of the workspace taken out.
pub fn printed(args: &str) -> String {
    let sandbox = workspace();
    let output = sandbox.output(&format!("check {args}"));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    stdout(&output).replace(&sandbox.root().display().to_string(), "[ROOT]")
}

/// Compares a text with its golden file.
pub fn golden(name: &str, text: &str) {
    expect_file![repository().join("tests/golden/formats").join(name)].assert_eq(text);
}

/// The findings of the workspace, as `--format json` tells them.
pub fn findings() -> Vec<Value> {
    workspace().json("check", 1)["findings"].as_array().expect("a list").clone()
}

pub fn valid(schema: &str, json: &Value) {
    let schema = std::fs::read_to_string(repository().join("schema").join(schema)).expect("it is there");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let errors: Vec<String> =
        validator.iter_errors(json).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_workspace_has_a_finding_of_each_kind() {
    let findings = findings();
    let of = |test: &dyn Fn(&Value) -> bool| findings.iter().filter(|it| test(it)).count();
    for severity in ["error", "warning", "note"] {
        assert!(of(&|it| it["severity"] == severity) > 0, "{severity}");
    }
    let files = |it: &Value| {
        let edits = it["fix"]["edits"].as_array().into_iter().flatten();
        edits.map(|it| text(&it["path"])).collect::<BTreeSet<_>>().len()
    };
    assert!(of(&|it| files(it) == 3) > 0, "a rewrite changes two files and the manifest");
    assert!(of(&|it| it["refused"].is_string()) > 0);
    assert!(of(&|it| it["alternatives"].is_array()) > 0);
}

#[test]
fn sarif_is_read_by_its_types_and_by_the_schema() {
    let text = printed("--format sarif");
    let mut json: Value = serde_json::from_str(&text).expect("it is JSON");
    valid("sarif.json", &json);
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&text).expect("it is SARIF 2.1.0");
    let results = log.runs[0].results.as_ref().expect("there are results");
    let findings = findings();
    assert_eq!(results.len(), findings.len());
    let rules = log.runs[0].tool.driver.rules.as_ref().expect("there are rules");
    for (result, finding) in results.iter().zip(&findings) {
        let index = result.rule_index.expect("it has an index") as usize;
        assert_eq!(Some(&rules[index].id), result.rule_id.as_ref());
        let prints = result.partial_fingerprints.as_ref().expect("it has a fingerprint");
        assert_eq!(prints["retask/v1"], finding["id"].as_str().expect("it has an id"));
        let fixes = result.fixes.iter().flatten().count();
        let others = finding["alternatives"].as_array().map_or(0, Vec::len);
        assert_eq!(fixes, usize::from(finding["fix"].is_object()) + others);
    }
    // The pages of the rules have tests of their own.
    for rule in json["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("a list") {
        let page =
            stdout(&Sandbox::bare("").output(&format!("explain {}", rule["id"].as_str().expect("a name"))));
        assert_eq!(rule["help"], serde_json::json!({"text": page, "markdown": page}));
        rule["help"] = serde_json::json!("[PAGE]");
    }
    golden("retask.sarif", &format!("{json:#}\n"));
}

#[test]
fn cargo_messages_are_lines_of_json() {
    let text = printed("--format cargo");
    assert_eq!(text.lines().count(), findings().len() + 1);
    golden("cargo.jsonl", &text);
}

/// What a runner of GitHub makes of a command: its level, its properties, its message.
fn annotation(line: &str) -> (String, Vec<(String, String)>, String) {
    let decode = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",");
        text.replace("%25", "%")
    };
    let (head, message) =
        line.strip_prefix("::").expect("it is a command").split_once("::").expect("it ends");
    let (level, properties) = head.split_once(' ').expect("it has properties");
    let pairs = properties.split(',').map(|it| it.split_once('=').expect("a pair"));
    (level.to_owned(), pairs.map(|(key, value)| (key.to_owned(), decode(value))).collect(), decode(message))
}

#[test]
fn github_reads_a_command_for_each_finding() {
    for (args, file, is_shown) in [
        ("--format github -v", "github-verbose.txt", (|_| true) as fn(&Value) -> bool),
        ("--format github", "github.txt", |it| it["severity"] != "note"),
    ] {
        let text = printed(args);
        golden(file, &text);
        let findings: Vec<Value> = findings().into_iter().filter(is_shown).collect();
        assert_eq!(text.lines().count(), findings.len());
        for (line, finding) in text.lines().zip(&findings) {
            let (level, properties, message) = annotation(line);
            let value = |name: &str| properties.iter().find(|(it, _)| it == name).map(|(_, it)| it.as_str());
            assert_eq!(level.replace("notice", "note"), finding["severity"].as_str().expect("a word"));
            assert_eq!(value("file"), finding["path"].as_str());
            assert_eq!(value("title"), finding["rule"].as_str());
            assert_eq!(value("line"), Some(finding["start"]["line"].to_string().as_str()));
            assert_eq!(value("endColumn"), Some(finding["end"]["column"].to_string().as_str()));
            assert_eq!(message.lines().next(), finding["message"].as_str());
        }
    }
}

#[test]
fn gitlab_reads_an_issue_for_each_finding() {
    let report = printed("--format gitlab");
    golden("gitlab.json", &report);
    let json: Value = serde_json::from_str(&report).expect("the report is JSON");
    valid("gitlab.json", &json);
    let issues = json.as_array().expect("a list");
    let prints: BTreeSet<&str> = issues.iter().map(|it| text(&it["fingerprint"])).collect();
    assert_eq!(prints, findings().iter().map(|it| text(&it["id"])).collect());
    assert_eq!(issues.len(), prints.len());
}

#[test]
fn junit_is_read_back() {
    let xml = printed("--format junit");
    golden("junit.xml", &xml);
    let report = quick_junit::Report::deserialize_from_str(&xml).expect("it is JUnit");
    let findings = findings();
    let of = |severity: &str| findings.iter().filter(|it| it["severity"] == severity).count();
    assert_eq!((report.tests, report.skipped), (findings.len(), of("note")));
    assert_eq!(report.failures, of("error") + of("warning"));
    let cases = &report.test_suites[0].test_cases;
    let names: Vec<&str> = cases.iter().filter_map(|it| it.classname.as_deref()).collect();
    assert_eq!(names, findings.iter().map(|it| text(&it["rule"])).collect::<Vec<_>>());
    let messages: Vec<&str> = cases.iter().filter_map(message).collect();
    assert_eq!(messages, findings.iter().map(|it| text(&it["message"])).collect::<Vec<_>>());
}

fn message(case: &TestCase) -> Option<&str> {
    match &case.status {
        TestCaseStatus::NonSuccess { message, .. } | TestCaseStatus::Skipped { message, .. } => {
            message.as_deref()
        }
        TestCaseStatus::Success { .. } => None,
    }
}

#[test]
fn junit_has_a_test_where_nothing_was_found_and_an_error_where_nothing_was_read() {
    let sandbox = Sandbox::bare("mod odd;\n");
    sandbox.write("src/odd.rs", b"\xff");
    let xml = stdout(&sandbox.output("check --format junit"));
    let report = quick_junit::Report::deserialize_from_str(&xml).expect("it is JUnit");
    assert_eq!((report.tests, report.errors, report.failures), (2, 1, 0));
    assert_eq!(report.test_suites[1].test_cases[0].name.as_str(), "src/odd.rs");
}

#[test]
fn what_was_skipped_is_told_in_sarif_and_to_github() {
    let sandbox = Sandbox::bare("mod odd;\n");
    sandbox.write("src/odd.rs", b"\xff");
    let json: Value =
        serde_json::from_str(&stdout(&sandbox.output("check --format sarif"))).expect("it is JSON");
    valid("sarif.json", &json);
    let invocation = &json["runs"][0]["invocations"][0];
    let said = text(&invocation["toolExecutionNotifications"][0]["message"]["text"]);
    assert!(said.starts_with("skipped `src/odd.rs`: "), "{said}");
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(stdout(&sandbox.output("check --format github")), format!("::warning title=retask::{said}\n"));
}
