//! `--format github`: workflow commands, which become annotations of a commit or pull request.

use retask_engine::finding::{Finding, Place, Severity};

use super::shown::Shown;
use super::terminal::visible;
use super::words::{UNUSED_ALLOW, how, idle};

/// A command for each finding, notes where they are asked for, for each comment that silences nothing, and for each file that was
/// skipped.
pub fn commands(shown: &Shown<'_>) -> String {
    let mut text: String = shown.important().map(|it| command(shown, it)).collect();
    for (_, place, problem) in shown.problems() {
        let properties = properties(shown, &place, UNUSED_ALLOW);
        text.push_str(&format!("::warning {properties}::{}\n", data(&idle(problem))));
    }
    for skipped in &shown.analysed.skipped {
        let message = format!("skipped `{}`: {}", skipped.path, skipped.reason);
        text.push_str(&format!("::warning title=retask::{}\n", data(&message)));
    }
    text
}

fn command(shown: &Shown<'_>, finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let properties = properties(shown, &finding.place, finding.rule);
    let message = format!("{}\n{}", finding.message, how(finding));
    format!("::{level} {properties}::{}\n", data(&message))
}

/// Where an annotation stands, and what it is called.
fn properties(shown: &Shown<'_>, place: &Place, title: &str) -> String {
    let (start, end) = (&place.start, &place.end);
    let mut properties = vec![
        format!("file={}", property(&shown.in_repository(&place.path))),
        format!("line={}", start.line),
        format!("endLine={}", end.line),
    ];
    // Columns have no meaning there where a place takes several lines.
    if start.line == end.line {
        properties.extend([format!("col={}", start.column), format!("endColumn={}", end.column)]);
    }
    properties.push(format!("title={}", property(title)));
    properties.join(",")
}

/// A message: it ends with its line.
fn data(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which also ends with a colon or a comma.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_a_runner_would_obey_is_escaped() {
        assert_eq!(data("100% a::b,\nc\u{1b}"), "100%25 a::b,%0Ac\\u{1b}");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
