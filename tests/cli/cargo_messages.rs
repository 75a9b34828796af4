//! `--format cargo`: what readers of Cargo's messages make of it.

use std::collections::{BTreeMap, HashSet};

use cargo_metadata::diagnostic::DiagnosticLevel;
use cargo_metadata::{CompilerMessage, Message};
use rustfix::{CodeFix, Filter, Solution, get_suggestions_from_json};
use serde_json::Value;

use super::formats::workspace;
use super::sandbox::{Sandbox, stderr, stdout, text};

/// The messages of a run, and whether it says that it succeeded.
fn messages(sandbox: &Sandbox, args: &str) -> (Vec<CompilerMessage>, bool) {
    let output = sandbox.output(&format!("check --format cargo {args}"));
    let (mut found, mut success) = (Vec::new(), None);
    for message in Message::parse_stream(output.stdout.as_slice()) {
        match message.expect("it is a line of text") {
            Message::CompilerMessage(it) => found.push(it),
            Message::BuildFinished(it) => success = Some(it.success),
            other => panic!("no reader expects {other:?}: {}", stderr(&output)),
        }
    }
    (found, success.expect("the last message ends the run"))
}

/// The texts of the files that the first rewrite of each diagnostic changes, as Cargo's own reader applies it.
fn applied(sandbox: &Sandbox, args: &str) -> BTreeMap<String, String> {
    let output = sandbox.output(&format!("check --format cargo {args}"));
    let lines: Vec<Value> =
        stdout(&output).lines().map(|it| serde_json::from_str(it).expect("a line is JSON")).collect();
    let diagnostics = lines.iter().filter(|it| it["reason"] == "compiler-message");
    let mut fixes: BTreeMap<String, CodeFix> = BTreeMap::new();
    for diagnostic in diagnostics {
        let json = diagnostic["message"].to_string();
        let suggestions = get_suggestions_from_json(&json, &HashSet::new(), Filter::MachineApplicableOnly);
        for suggestion in suggestions.expect("the diagnostic is rustc's") {
            assert_eq!(suggestion.solutions.len(), 1, "only one rewrite may be taken without a reader");
            for (file, solution) in by_file(&suggestion.solutions[0]) {
                let fix = fixes.entry(file.clone()).or_insert_with(|| CodeFix::new(&sandbox.read(&file)));
                fix.apply_solution(&solution).expect("its replacements lie apart");
            }
        }
    }
    fixes.into_iter().map(|(file, fix)| (file, fix.finish().expect("the new text is text"))).collect()
}

fn by_file(solution: &Solution) -> BTreeMap<String, Solution> {
    let mut files: BTreeMap<String, Solution> = BTreeMap::new();
    for it in &solution.replacements {
        let none = || Solution { message: solution.message.clone(), replacements: Vec::new() };
        files.entry(it.snippet.file_name.clone()).or_insert_with(none).replacements.push(it.clone());
    }
    files
}

/// What `diff` changes: the texts of the files after git applied it.
fn patched(sandbox: &Sandbox, args: &str, files: &[&String]) -> BTreeMap<String, String> {
    sandbox.commit();
    let diff = sandbox.output(&format!("diff --fixes all {args}"));
    sandbox.write("target/retask.diff", &diff.stdout);
    sandbox.git(&["apply", "target/retask.diff"]);
    let changed = sandbox.git(&["diff", "--name-only"]);
    assert_eq!(changed.lines().collect::<Vec<_>>(), files.iter().map(|it| it.as_str()).collect::<Vec<_>>());
    files.iter().map(|it| ((*it).clone(), sandbox.read(it))).collect()
}

#[test]
fn cargo_metadata_reads_each_finding_with_its_place_and_its_text() {
    let sandbox = workspace();
    let (messages, success) = messages(&sandbox, "");
    assert!(!success, "there is an error");
    let json = sandbox.json("check", 1);
    let findings = json["findings"].as_array().expect("a list");
    assert_eq!(messages.len(), findings.len(), "notes are messages too");
    for (it, finding) in messages.iter().zip(findings) {
        let level = match text(&finding["severity"]) {
            "error" => DiagnosticLevel::Error,
            "warning" => DiagnosticLevel::Warning,
            _ => DiagnosticLevel::Note,
        };
        assert_eq!((it.message.level, it.message.message.as_str()), (level, text(&finding["message"])));
        let code = it.message.code.as_ref().expect("it has a code");
        assert_eq!(code.code, format!("retask::{}", text(&finding["rule"])));
        assert_eq!(
            (it.target.name.as_str(), it.target.src_path.as_std_path()),
            ("app", &*sandbox.root().join("src/lib.rs"))
        );
        let span = it.message.spans.iter().find(|it| it.is_primary).expect("it has a place");
        let source = sandbox.read(&span.file_name);
        let line = source.lines().nth(span.line_start - 1).expect("the line is there");
        assert_eq!(span.text[0].text, line);
        let marked: String =
            line.chars().skip(span.column_start - 1).take(span.column_end - span.column_start).collect();
        assert_eq!(marked, source[span.byte_start as usize..span.byte_end as usize]);
        let refused = finding["refused"].as_str().map(|it| format!("not rewritten: {it}"));
        let said: Vec<&str> = it.message.children.iter().map(|it| it.message.as_str()).collect();
        assert!(refused.is_none_or(|it| said.contains(&it.as_str())), "{said:?}");
    }
}

/// rust-analyzer offers a quick fix in the file of the first span of a child, where one of its spans is.
#[test]
fn each_rewrite_is_offered_where_the_finding_stands() {
    let sandbox = workspace();
    let (messages, _) = messages(&sandbox, "");
    let mut offered = 0;
    for it in &messages {
        let place = &it.message.spans[0];
        for help in it.message.children.iter().filter(|it| it.level == DiagnosticLevel::Help) {
            let first = &help.spans[0];
            assert_eq!(
                (&first.file_name, first.byte_start, first.byte_end),
                (&place.file_name, place.byte_start, place.byte_end)
            );
            assert!(help.spans.iter().all(|it| it.is_primary));
            assert!(first.suggested_replacement.is_none(), "it is no edit");
            assert!(help.spans[1..].iter().all(|it| it.suggested_replacement.is_some()));
            offered += 1;
        }
    }
    assert_eq!(offered, 5, "four findings have a rewrite, and one of them has two");
}

#[test]
fn rendered_is_what_people_see_without_colours() {
    let sandbox = workspace();
    let (messages, _) = messages(&sandbox, "");
    let rendered = messages.iter().map(|it| format!("{}\n\n", it.message.rendered.as_deref().unwrap_or("")));
    assert_eq!(rendered.collect::<String>(), stdout(&sandbox.output("check -v --color never")));
}

#[test]
fn a_rewrite_over_several_files_gives_the_texts_of_the_diff() {
    let rule = "--rule blocking-io -p app";
    for (library, config, prefer) in
        [("", "", ""), ("\u{feff}", "\r", ""), ("\u{feff}", "\r", "--prefer offload")]
    {
        let ends = |text: &str| if config.is_empty() { text.to_owned() } else { text.replace('\n', "\r\n") };
        let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\ntokio = { path = \"../tokio\", features = [\"rt\"] }\n";
        let lib = "mod config;\n\npub async fn serve() -> usize {\n    config::load(\"ä\").len()\n}\n";
        let helper =
            "pub fn load(path: &str) -> String {\n    std::fs::read_to_string(path).unwrap_or_default()\n}\n";
        let sandbox = Sandbox::new(&[
            ("Cargo.toml", &format!("{library}{manifest}")),
            ("src/lib.rs", &format!("{library}{}", ends(lib))),
            ("src/config.rs", &ends(helper)),
        ]);
        let args = format!("{rule} {prefer}");
        let texts = applied(&sandbox, &args);
        assert_eq!(texts.len(), if prefer.is_empty() { 3 } else { 1 }, "{:?}", texts.keys());
        assert_eq!(texts, patched(&sandbox, &args, &texts.keys().collect::<Vec<_>>()));
    }
}

#[test]
fn findings_that_share_a_rewrite_carry_the_same_one() {
    let library = "use std::time::Duration;\n\npub async fn a() {\n    nap();\n}\n\npub async fn b() {\n    nap();\n}\n\nfn nap() {\n    std::thread::sleep(Duration::from_secs(1));\n}\n";
    let sandbox = Sandbox::app(library);
    let json = sandbox.json("check", 1);
    let groups: HashSet<&str> =
        json["findings"].as_array().expect("a list").iter().map(|it| text(&it["fix"]["group"])).collect();
    let (messages, _) = messages(&sandbox, "");
    assert_eq!((messages.len(), groups.len()), (2, 1));
    let edits = |it: &CompilerMessage| {
        let help = it.message.children.iter().find(|it| it.level == DiagnosticLevel::Help);
        let spans = &help.expect("there is a rewrite").spans;
        spans.iter().skip(1).map(|it| (it.byte_start, it.suggested_replacement.clone())).collect::<Vec<_>>()
    };
    assert_eq!(edits(&messages[0]), edits(&messages[1]));
    assert!(edits(&messages[0]).len() > 2);
}

#[test]
fn a_run_without_errors_succeeds_and_one_that_missed_something_does_not() {
    let quiet = Sandbox::bare("pub fn f() {}\n");
    assert_eq!(
        stdout(&quiet.output("check --format cargo")),
        "{\"reason\":\"build-finished\",\"success\":true}\n"
    );
    quiet.write("src/odd.rs", b"\xff");
    quiet.write("src/lib.rs", "mod odd;\n");
    assert_eq!(
        stdout(&quiet.output("check --format cargo")),
        "{\"reason\":\"build-finished\",\"success\":false}\n"
    );
}

#[test]
fn a_file_outside_any_package_is_a_package_of_its_own() {
    let sandbox = Sandbox::new(&[("one.rs", super::sandbox::SLEEPS)]);
    let (messages, success) = messages(&sandbox, "one.rs");
    assert_eq!((messages.len(), success), (1, true));
    assert_eq!(messages[0].target.name, "one");
    assert_eq!(messages[0].message.spans[0].file_name, "one.rs");
}
