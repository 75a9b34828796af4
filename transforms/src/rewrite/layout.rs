//! Where new text goes on lines, as rustfmt would put it.

use ra_ap_syntax::{Edition, SourceFile, SyntaxKind, TextRange, TextSize};
use retask_engine::place::indent_at;

/// The width of lines, where rustfmt is not told another.
pub(crate) const WIDTH: usize = 100;

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

/// A text whose further lines move from one indent to another. Lines inside a string stay as they are.
pub(crate) fn shifted(text: &str, from: &str, to: &str) -> String {
    let strings = strings_over_lines(text);
    let mut lines = text.split('\n');
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        out.push('\n');
        let at = out_of(text, line);
        let in_string = strings.iter().any(|it| it.start() < at.into() && it.contains(at.into()));
        match line.strip_prefix(from).filter(|_| !in_string && !line.trim().is_empty()) {
            Some(rest) => out.extend([to, rest]),
            None => out.push_str(line),
        }
    }
    out
}

/// The words of code: names, keywords and numbers.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|it| !it.is_empty())
}

/// Where a part of a text begins in it.
fn out_of(text: &str, part: &str) -> u32 {
    (part.as_ptr() as usize - text.as_ptr() as usize) as u32
}

/// The strings of code that span lines.
fn strings_over_lines(text: &str) -> Vec<TextRange> {
    if !text.contains('"') || !text.contains('\n') {
        return Vec::new();
    }
    let tree = SourceFile::parse(text, Edition::CURRENT).syntax_node();
    let tokens = tree.descendants_with_tokens().filter_map(|it| it.into_token());
    let strings = tokens.filter(|it| {
        matches!(it.kind(), SyntaxKind::STRING | SyntaxKind::BYTE_STRING | SyntaxKind::C_STRING)
            && it.text().contains('\n')
    });
    strings.map(|it| it.text_range()).collect()
}

/// One link of a chain on a line of its own with an indent, and what it holds indented with it. A `?` stays where it is.
pub(crate) fn link(text: &str, range: TextRange, indent: &str) -> String {
    let written = &text[range];
    let link = written.trim_start();
    if !link.starts_with('.') {
        return written.to_owned();
    }
    let old = indent_at(text, range.end().into());
    let moved = if link.contains('\n') {
        link.replace(&format!("\n{old}"), &format!("\n{indent}"))
    } else {
        link.to_owned()
    };
    format!("\n{indent}{moved}")
}

/// A range with its lines, where it has them for itself, and with the blank line after it where none is needed before what follows.
pub(crate) fn whole_lines(source: &str, range: TextRange) -> TextRange {
    let before = source[..usize::from(range.start())].trim_end_matches([' ', '\t']);
    let after = source[usize::from(range.end())..].trim_start_matches([' ', '\t']);
    let Some(mut after) = without_line_end(after).filter(|_| before.ends_with('\n')) else {
        return TextRange::new(range.start(), TextSize::of(source) - TextSize::of(after));
    };
    let opens = before.trim_end().ends_with('{') || before.ends_with("\n\n") || before.ends_with("\n\r\n");
    if opens {
        after = without_line_end(after).unwrap_or(after);
    }
    TextRange::new(TextSize::of(before), TextSize::of(source) - TextSize::of(after))
}

fn without_line_end(text: &str) -> Option<&str> {
    text.strip_prefix("\r\n").or(text.strip_prefix('\n'))
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::{TextRange, TextSize};

    use super::{before_link, link, links, shifted, whole_lines};

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
    fn a_link_moves_with_what_it_holds() {
        let text = "    x.map(|it| {\n        it\n    }).len()?";
        let range = |part: &str| {
            let start = text.find(part).expect("it is a part of the text");
            TextRange::at(TextSize::new(start as u32), TextSize::of(part))
        };
        let map = link(text, range(".map(|it| {\n        it\n    })"), "        ");
        assert_eq!(map, "\n        .map(|it| {\n            it\n        })");
        assert_eq!(link(text, range(".len()"), "        "), "\n        .len()");
        assert_eq!(link(text, range("?"), "        "), "?");
    }

    #[test]
    fn lines_move_but_for_those_inside_a_string() {
        let text = "a(r#\"\n    x \"y\"\n\"#);\n\n    b('\"');\n    c();";
        assert_eq!(shifted(text, "", "    "), "a(r#\"\n    x \"y\"\n\"#);\n\n        b('\"');\n        c();");
    }

    #[test]
    fn a_link_follows_the_lines_of_its_chain() {
        check("read(x)?;", "read", "read(x)", ".await");
        check("read(x)?\n    .len()", "read", "read(x)", "\n    .await");
        check("c\n    .arg()\n    .output()?;", "output", "c\n    .arg()\n    .output()", "\n    .await");
        check("0..read(x)\n..y", "read", "read(x)", ".await");
    }

    #[track_caller]
    fn check_gone(source: &str, gone: &str, expected: &str) {
        let start = TextSize::of(&source[..source.find(gone).expect("it is there")]);
        let range = whole_lines(source, TextRange::at(start, TextSize::of(gone)));
        let mut text = source.to_owned();
        text.replace_range(std::ops::Range::<usize>::from(range), "");
        assert_eq!(text, expected);
    }

    #[test]
    fn a_statement_goes_with_its_line() {
        check_gone("{\n    a;\n    b;\n}\n", "a;", "{\n    b;\n}\n");
        check_gone("{ a; b; }\n", "a;", "{ b; }\n");
        check_gone("{\n    a; // why\n    b;\n}\n", "a;", "{\n    // why\n    b;\n}\n");
    }

    #[test]
    fn blank_lines_around_it_become_one_and_none_opens_a_block() {
        check_gone("{\n    x;\n\n    a;\n\n    b;\n}\n", "a;", "{\n    x;\n\n    b;\n}\n");
        check_gone("{\n    a;\n\n    b;\n}\n", "a;", "{\n    b;\n}\n");
    }
}
