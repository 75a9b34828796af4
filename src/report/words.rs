//! Names and messages in Markdown, and the words for what a finding says.

use retask_engine::finding::{Finding, Severity};

use super::outcome::waits_for;

/// The word for a severity, in all formats that have none of their own.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// How a finding is rewritten, or why it is not.
pub fn how(finding: &Finding) -> String {
    match (&finding.fix, &finding.refused) {
        (Some(fix), _) => format!("{}: {}", fix.title, waits_for(fix.applicability)),
        (None, Some(reason)) => format!("not rewritten: {reason}"),
        (None, None) => String::new(),
    }
}

/// What a comment that silences nothing is told as.
pub const UNUSED_ALLOW: &str = "unused-allow";

/// What is wrong with a comment that silences nothing.
pub fn idle(problem: &str) -> String {
    format!("a comment silences nothing: {problem}")
}

/// A name as code, whatever stands in it.
pub fn code(name: &str) -> String {
    let name: String = name.chars().map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect();
    let longest = name.split(|it| it != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{name}{pad}{fence}")
}

/// A message: what stands between backticks is code, the rest is text and nothing else.
pub fn prose(message: &str) -> String {
    let mut text = String::new();
    let parts: Vec<&str> = message.split('`').collect();
    let is_paired = parts.len() % 2 == 1;
    for (at, part) in parts.into_iter().enumerate() {
        if at % 2 == 1 && is_paired {
            text.push_str(&code(part));
            continue;
        }
        for it in part.chars() {
            match it {
                '\\' | '*' | '_' | '<' | '>' | '|' | '[' | ']' | '#' | '&' => text.extend(['\\', it]),
                it if it.is_control() => text.push(' '),
                it => text.push(it),
            }
        }
    }
    text
}

/// A message in the cell of a table, where a bar ends the cell even in code.
pub fn cell(message: &str) -> String {
    let mut text = String::new();
    for it in prose(message).chars() {
        if it == '|' && !text.ends_with('\\') {
            text.push('\\');
        }
        text.push(it);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{cell, code, prose};

    #[test]
    fn names_and_messages_cannot_break_out() {
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("a\nb"), "`a\u{fffd}b`");
        assert_eq!(prose("`Vec<u8>` is <b>not</b> | here"), "`Vec<u8>` is \\<b\\>not\\</b\\> \\| here");
        assert_eq!(prose("one ` alone *"), "one  alone \\*");
        assert_eq!(cell("`a|b` or a|b"), "`a\\|b` or a\\|b");
    }
}
