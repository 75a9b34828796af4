//! Where new text goes on lines, as rustfmt would put it.

use ra_ap_syntax::TextRange;

/// What stands before a further link of a call's method chain: a line break with its indent where the links around it stand on
/// lines of their own, else nothing. `name` is the range of the called name, `call` that of the whole call.
pub(crate) fn before_link(text: &str, name: TextRange, call: TextRange) -> &str {
    let after = text[usize::from(call.end())..].trim_start_matches('?');
    let next = after.trim_start();
    let gap = &after[..after.len() - next.len()];
    if gap.contains('\n') && next.starts_with('.') && !next.starts_with("..") {
        return gap;
    }
    let Some(before) = text[..usize::from(name.start())].strip_suffix('.') else { return "" };
    let gap = &before[before.trim_end().len()..];
    if gap.contains('\n') { gap } else { "" }
}

/// The links of a suffix such as `.await.unwrap_or(false)`, each behind the same line break.
pub(crate) fn links(suffix: &str, gap: &str) -> String {
    match suffix.strip_prefix(".await") {
        Some(rest) if rest.starts_with('.') => format!("{gap}.await{gap}{rest}"),
        _ => format!("{gap}{suffix}"),
    }
}

/// The width that rustfmt keeps to, without the semicolon.
const WIDTH: usize = 99;

/// The column of an offset, from 0.
pub(crate) fn column(text: &str, offset: usize) -> usize {
    text[..offset].rsplit('\n').next().map_or(0, |it| it.chars().count())
}

/// Whether the first line of a new text fits behind a column.
pub(crate) fn fits(column: usize, text: &str) -> bool {
    column + text.lines().next().map_or(0, |it| it.chars().count()) <= WIDTH
}

/// A text whose further lines move from one indent to another; left alone where a string spans lines.
pub(crate) fn shifted(text: &str, from: &str, to: &str) -> String {
    let spans_lines = text.contains('"') && text.lines().any(|line| line.matches('"').count() % 2 == 1);
    if spans_lines { text.to_owned() } else { text.replace(&format!("\n{from}"), &format!("\n{to}")) }
}

/// What follows a new text that takes several lines, where a block follows it, as in `if x {` or `let y = x else {`: the block
/// begins on a line of its own. Gives the end of what is replaced, and the text for it.
pub(crate) fn after_head(text: &str, end: usize, new: &str, indent: &str) -> (usize, String) {
    let rest = &text[end..];
    let ends_in_link = new.lines().next_back().is_some_and(|it| it.trim_start().starts_with('.'));
    if !(ends_in_link && new.contains('\n')) {
        return (end, String::new());
    }
    if rest.starts_with(" {") {
        return (end + 1, format!("\n{indent}"));
    }
    let Some(block) = rest.strip_prefix(" else {") else { return (end, String::new()) };
    let head = end + " else {".len();
    match block.split_once('}') {
        // `else { break };` takes three lines.
        Some((inside, _)) if !inside.contains(['\n', '{']) => {
            let stops = ["break", "continue", "return"].iter().any(|it| inside.trim().starts_with(it));
            let semicolon = if stops && !inside.trim_end().ends_with(';') { ";" } else { "" };
            let inside_end = head + inside.len();
            (inside_end, format!("\n{indent}else {{\n{indent}    {}{semicolon}\n{indent}", inside.trim()))
        }
        _ => (head, format!("\n{indent}else {{")),
    }
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::{TextRange, TextSize};

    use super::{after_head, before_link, links};

    #[track_caller]
    fn check(text: &str, name: &str, call: &str, expected: &str) {
        let range = |part: &str| {
            let start = text.find(part).expect("it is a part of the text");
            TextRange::at(TextSize::new(start as u32), TextSize::of(part))
        };
        let gap = before_link(text, range(name), range(call));
        assert_eq!(links(".await", gap), expected);
    }

    #[test]
    fn a_link_follows_the_lines_of_its_chain() {
        check("read(x)?;", "read", "read(x)", ".await");
        check("read(x)?\n    .len()", "read", "read(x)", "\n    .await");
        check("c\n    .arg()\n    .output()?;", "output", "c\n    .arg()\n    .output()", "\n    .await");
        check("0..read(x)\n..y", "read", "read(x)", ".await");
    }

    #[test]
    fn a_block_begins_on_its_own_line_behind_several() {
        let check = |text: &str, expected: &str| {
            let (end, rest) = after_head(text, 1, "y\n    .await", "");
            assert_eq!(format!("{rest}{}", &text[end..]), expected);
        };
        check("x {\n}", "\n{\n}");
        check("x else { break };", "\nelse {\n    break;\n};");
        check("x else {\n    panic!()\n};", "\nelse {\n    panic!()\n};");
        check("x;", ";");
    }
}
