//! The only way to standard output and standard error.
//!
//! What a terminal would obey, in a name, a string or a message of another program, is shown and not obeyed. A reader that goes away, as
//! `head` does, is no error.

use std::io::Write;

/// Prints bytes as they are: diffs and JSON.
pub fn raw(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints text with styles of our own, which are left out where no terminal shows them.
pub fn styled(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a line on standard error.
pub fn error(line: &str) {
    let mut out = anstream::stderr().lock();
    let _ = writeln!(out, "{}", visible(line));
}

/// Prints a line of a conversation on standard output.
pub fn line(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = writeln!(out, "{}", visible(text));
}

/// Prints a question and stays in its line.
pub fn prompt(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = write!(out, "{}", visible(text)).and_then(|()| out.flush());
}

/// Prints a diff in colours, where a terminal shows them.
pub fn diff(text: &str) {
    let mut out = anstream::stdout().lock();
    for line in visible(text).lines() {
        let color = match line.as_bytes().first() {
            Some(b'+') => "\u{1b}[32m",
            Some(b'-') => "\u{1b}[31m",
            Some(b'@') => "\u{1b}[36m",
            _ => "",
        };
        let end = if color.is_empty() { "" } else { "\u{1b}[0m" };
        let _ = writeln!(out, "{color}{line}{end}");
    }
}

/// A text with escapes for what a terminal obeys: control characters, and those that turn the direction of text.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for it in text.chars() {
        let turns = matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match it {
            '\n' | '\t' => shown.push(it),
            it if it.is_control() || turns => shown.extend(it.escape_default()),
            it => shown.push(it),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(visible("a\u{1b}[2Jb\r\u{202e}c\n\t\u{e4}"), "a\\u{1b}[2Jb\\r\\u{202e}c\n\t\u{e4}");
    }
}
