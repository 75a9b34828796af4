//! `--format gitlab`: the Code Quality report of GitLab, which shows it in merge requests. `schema/gitlab.json` describes it.

use retask_engine::finding::{Finding, Severity};
use serde_json::{Value, json};

use super::shown::Shown;
use super::words::how;

/// All findings, notes included.
pub fn issues(shown: &Shown<'_>) -> String {
    let issues: Vec<Value> = shown.findings().iter().map(|it| issue(shown, it)).collect();
    serde_json::to_string_pretty(&issues).unwrap_or_default() + "\n"
}

fn issue(shown: &Shown<'_>, finding: &Finding) -> Value {
    let severity = match finding.severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    };
    let (start, end) = (&finding.place.start, &finding.place.end);
    json!({
        "description": format!("{}; {}", finding.message, how(finding)),
        "check_name": finding.rule,
        "fingerprint": finding.id,
        "severity": severity,
        "location": {
            "path": shown.in_repository(&finding.place.path),
            "lines": {"begin": start.line, "end": end.line},
        },
    })
}
