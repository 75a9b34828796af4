//! Every rule on every fixture, in memory.
//!
//! A fixture that fires marks each finding on its line with `//~ severity rule`; what a marker cannot say (message, evidence, refusal)
//! stands in `expected.txt` of its rule, and the rewritten text in `NAME.fixed.rs` beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use expect_test::expect_file;
use retask::load::{Options, Toolchain};
use retask::patch::{Level, Patch, Rustfmt, Written, rounds, tidy};
use retask_engine::finding::{Finding, Severity};
use retask_engine::{Workspace, catalogue};

use super::fixtures::{Case, analysed, cases, root, workspace};

#[test]
fn fixtures_fire_where_they_are_marked_and_nowhere_else() {
    let cases = cases();
    let workspace = workspace(&cases);
    let patch = rewritten(&workspace);
    let mut wrong = String::new();
    for case in &cases {
        let found: Vec<&Finding> = patch
            .first
            .findings
            .iter()
            .filter(|it| it.place.path == case.path() && counts(case, it))
            .collect();
        let shown = |it: &&Finding| format!("{}: {} {}", it.place.start.line, severity(it), it.rule);
        let mut found: Vec<String> = found.iter().map(shown).collect();
        found.sort();
        if found != case.marked {
            let _ = writeln!(wrong, "{}\n  marked {:?}\n  found  {found:?}", case.path(), case.marked);
        }
    }
    write_golden_files(&cases, &workspace, &patch);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(patch.dropped.is_empty(), "rewrites that did not pass their checks: {:#?}", patch.dropped);
    let skipped: Vec<_> = patch.first.skipped.iter().collect();
    assert!(skipped.is_empty(), "{skipped:#?}");
}

#[test]
fn every_rule_has_enough_fixtures_and_every_firing_one_a_twin() {
    let cases = cases();
    for rule in retask_transforms::rules() {
        let of = |fires| cases.iter().filter(move |it| it.rule == rule.name && it.fires == fires);
        assert!(of(true).count() >= 8, "{}: {} fixtures fire", rule.name, of(true).count());
        assert!(of(false).count() >= 10, "{}: {} stay silent", rule.name, of(false).count());
        for case in of(true) {
            let twin = format!("{}_local", case.name);
            assert!(of(false).any(|it| it.name == twin), "{} has no twin silent/{twin}.rs", case.path());
            let own = case.marked.iter().any(|it| it.ends_with(&format!(" {}", rule.name)));
            assert!(own, "{} does not fire {}", case.path(), rule.name);
        }
    }
}

/// The findings name what they stand on: each such path is a row of the catalogue that a call led to by its types.
#[test]
fn the_fixtures_call_a_good_part_of_the_catalogue() {
    let mut called = BTreeSet::new();
    for rule in retask_transforms::rules() {
        let expected = std::fs::read_to_string(root().join(rule.name).join("expected.txt"));
        let expected = expected.expect("each rule has its expectations");
        called.extend(
            expected
                .split('`')
                .filter(|it| catalogue::entries().any(|entry| entry.path == *it))
                .map(str::to_owned),
        );
    }
    assert!(called.len() >= 150, "{} rows are called", called.len());
}

/// A lock that tasks share is a note wherever it stands; only the fixtures of that rule mark it.
#[test]
fn a_rewrite_that_awaits_what_is_no_future_is_given_up() {
    let text = "pub async fn read() -> std::io::Result<String> {\n    let text = std::fs::read_to_string(\"a\")?;\n    Ok(text)\n}\n";
    let (rule, name) = ("blocking-io".to_owned(), "awaits_a_result".to_owned());
    let case = Case { rule, name, fires: true, text: text.to_owned(), marked: Vec::new() };
    let workspace = workspace(std::slice::from_ref(&case));
    let only_awaits = |workspace: &Workspace, written: &Written| {
        let mut analysed = analysed(workspace, written);
        for finding in &mut analysed.findings {
            let edits = finding.fix.iter_mut().flat_map(|it| &mut it.edits);
            let edit = edits.last().expect("it is rewritten");
            edit.text = ".await".to_owned();
            edit.place.start.offset = text.find("?;").expect("it is tried") as u32;
            edit.place.end = edit.place.start;
            let edits = vec![edit.clone()];
            finding.fix.iter_mut().for_each(|it| it.edits = edits.clone());
        }
        analysed
    };
    let patch = rounds(&workspace, Level::All, only_awaits);
    let reasons: Vec<&str> = patch.dropped.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!(reasons, ["`std::fs::read_to_string(\"a\")` is awaited in the new text, and is no future"]);
    assert!(patch.files.is_empty());
}

fn counts(case: &Case, finding: &Finding) -> bool {
    let is_lock = finding.rule == "shared-state" && finding.severity == Severity::Note;
    !is_lock || case.rule == finding.rule
}

fn write_golden_files(cases: &[Case], workspace: &Workspace, patch: &Patch) {
    let mut expected: BTreeMap<&str, String> = BTreeMap::new();
    for (case, file) in cases.iter().zip(&workspace.files) {
        assert_eq!(case.path(), file.path);
        let text = expected.entry(&case.rule).or_default();
        let own = |it: &&Finding| it.place.path == file.path && counts(case, it);
        for finding in patch.first.findings.iter().filter(own) {
            describe(text, finding);
        }
        let fixed = root().join(format!("{}/fires/{}.fixed.rs", case.rule, case.name));
        match patch.files.get(&file.path) {
            Some(change) => expect_file![fixed].assert_eq(&change.after),
            None => assert!(!fixed.exists(), "{} is no longer rewritten", file.path),
        }
    }
    for (rule, text) in expected {
        expect_file![root().join(rule).join("expected.txt")].assert_eq(&text);
    }
}

fn describe(text: &mut String, finding: &Finding) {
    let line = finding.place.start.line;
    let _ = writeln!(text, "{}:{line}: {}", finding.place.path, finding.message);
    for evidence in &finding.evidence {
        let _ = writeln!(text, "    {}: {}", evidence.place.start.line, evidence.note);
    }
    match (&finding.fix, &finding.refused) {
        (Some(fix), None) => {
            let _ = writeln!(text, "  {:?}: {}", fix.applicability, fix.title);
            for caveat in &fix.caveats {
                let _ = writeln!(text, "    to agree to: {caveat}");
            }
        }
        (None, Some(reason)) => {
            let _ = writeln!(text, "  refused: {reason}");
        }
        _ => panic!("{}:{line}: a finding has a fix or a reason why not", finding.place.path),
    }
}

fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn rewritten(workspace: &Workspace) -> Patch {
    let mut patch = rounds(workspace, Level::All, analysed);
    let toolchain = Toolchain::find(&Options::default()).expect("there is a compiler");
    let rustfmt = Rustfmt::beside(&toolchain.rustc).expect("there is a rustfmt");
    tidy(&mut patch, workspace, &rustfmt, |_| std::env::temp_dir());
    patch
}
