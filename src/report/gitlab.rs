//! `--format gitlab`: the Code Quality report of GitLab, which shows it in merge requests. `schema/gitlab.json` describes it.

use std::collections::BTreeMap;

use retask_engine::finding::{Finding, Place, Severity};
use serde_json::{Value, json};

use super::shown::Shown;
use super::words::{UNUSED_ALLOW, how, idle};
use crate::write::hash;

/// All findings, notes included, and the comments that silence nothing.
pub fn issues(shown: &Shown<'_>) -> String {
    let mut issues: Vec<Value> = shown.findings().iter().map(|it| issue(shown, it)).collect();
    // Lines move: comments of a file that say the same are told apart by their order.
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    issues.extend(shown.problems().map(|(_, place, problem)| {
        let key = format!("{UNUSED_ALLOW} {} {problem}", place.path);
        let before = alike.entry(key.clone()).or_default();
        let key = format!("{key} {before}");
        *before += 1;
        json!({
            "description": idle(problem),
            "check_name": UNUSED_ALLOW,
            "fingerprint": &hash(key.as_bytes())[..12],
            "severity": "info",
            "location": location(shown, &place),
        })
    }));
    serde_json::to_string_pretty(&issues).unwrap_or_default() + "\n"
}

fn issue(shown: &Shown<'_>, finding: &Finding) -> Value {
    let severity = match finding.severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    };
    json!({
        "description": format!("{}; {}", finding.message, how(finding)),
        "check_name": finding.rule,
        "fingerprint": finding.id,
        "severity": severity,
        "location": location(shown, &finding.place),
    })
}

fn location(shown: &Shown<'_>, place: &Place) -> Value {
    let lines = json!({"begin": place.start.line, "end": place.end.line});
    json!({"path": shown.in_repository(&place.path), "lines": lines})
}
