//! `--format sarif`: SARIF 2.1.0, which code scanning of GitHub and others read. `schema/sarif.json` describes what of it is written.
//!
//! Paths are relative to the top of the repository, and no place of the machine is named.

use std::collections::BTreeMap;

use retask_engine::finding::{Applicability, Edit, Evidence, Finding, Fix, Place};
use retask_engine::workspace::Skipped;
use retask_transforms::Rule;
use serde_json::{Value, json};

use super::links::encoded;
use super::shown::Shown;
use super::words::{UNUSED_ALLOW, idle, severity};

/// What the paths are relative to; the reader knows where that lies.
const ROOT: &str = "%SRCROOT%";

/// All findings, notes included, as one log with one run.
pub fn log(shown: &Shown<'_>) -> String {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "retask",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": shown.rules.iter().map(|it| rule(it)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
            "invocations": [invocation(shown)],
            "results": shown.findings().iter().map(|it| result(shown, it)).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn rule(rule: &Rule) -> Value {
    let page = rule.page();
    json!({
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["async", "performance", "tokio"]},
    })
}

/// What could not be read: a run that missed something did not succeed as a whole.
fn invocation(shown: &Shown<'_>) -> Value {
    let notification = |it: &Skipped| {
        let text = format!("skipped `{}`: {}", it.path, it.reason);
        json!({"level": "warning", "message": {"text": text}})
    };
    let skipped = &shown.analysed.skipped;
    let idle = shown.problems().map(|(_, place, problem)| {
        json!({
            "level": "note",
            "descriptor": {"id": UNUSED_ALLOW},
            "message": {"text": idle(problem)},
            "locations": [location(shown, &place)],
        })
    });
    json!({
        "executionSuccessful": skipped.is_empty(),
        "toolExecutionNotifications": skipped.iter().map(notification).chain(idle).collect::<Vec<_>>(),
    })
}

fn result(shown: &Shown<'_>, finding: &Finding) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": shown.rules.iter().position(|it| it.name == finding.rule),
        "level": severity(finding.severity),
        "message": {"text": finding.message},
        "locations": [location(shown, &finding.place)],
        "partialFingerprints": {"retask/v1": finding.id},
        "properties": {
            "bucket": finding.bucket,
            "confidence": finding.confidence,
            "answers": finding.answers,
            "refused": finding.refused,
        },
    });
    if finding.evidence.len() > 1 {
        let step = |it: &Evidence| {
            let mut location = location(shown, &it.place);
            location["message"] = json!({"text": it.note});
            json!({"location": location})
        };
        let steps: Vec<Value> = finding.evidence.iter().map(step).collect();
        result["codeFlows"] = json!([{"threadFlows": [{"locations": steps}]}]);
    }
    let fixes: Vec<Value> = finding.fixes().filter_map(|it| fix(shown, it)).collect();
    if !fixes.is_empty() {
        result["fixes"] = json!(fixes);
    }
    result
}

fn location(shown: &Shown<'_>, place: &Place) -> Value {
    json!({"physicalLocation": {"artifactLocation": artifact(shown, &place.path), "region": region(place)}})
}

fn artifact(shown: &Shown<'_>, path: &str) -> Value {
    json!({"uri": encoded(&shown.in_repository(path)), "uriBaseId": ROOT})
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        "byteOffset": place.start.offset,
        "byteLength": place.end.offset.saturating_sub(place.start.offset),
    })
}

/// A rewrite with the changes of each file. One without any would make readers reject the whole log.
fn fix(shown: &Shown<'_>, fix: &Fix) -> Option<Value> {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(&edit.place.path).or_default().push(replacement(shown, edit));
    }
    let change = |(path, replacements): (&str, Vec<Value>)| {
        let file = artifact(shown, path);
        json!({"artifactLocation": file, "replacements": replacements})
    };
    let changes: Vec<Value> = files.into_iter().map(change).collect();
    let applicability = match fix.applicability {
        Applicability::MachineApplicable => "machine-applicable",
        Applicability::MaybeIncorrect => "maybe-incorrect",
    };
    (!changes.is_empty()).then(|| {
        json!({
            "description": {"text": fix.title},
            "artifactChanges": changes,
            "properties": {"applicability": applicability, "group": fix.group, "caveats": fix.caveats},
        })
    })
}

fn replacement(shown: &Shown<'_>, edit: &Edit) -> Value {
    let text = shown.new_text(edit);
    let mut replacement = json!({"deletedRegion": region(&edit.place)});
    if !text.is_empty() {
        replacement["insertedContent"] = json!({"text": text});
    }
    replacement
}
