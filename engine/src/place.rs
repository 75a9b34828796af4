//! Places for people and for JSON: lines, columns and offsets of ranges.

use ra_ap_syntax::TextRange;

use crate::finding::{Edit, Place, Position};
use crate::workspace::Workspace;

impl Workspace {
    /// The place of a range of a file.
    pub fn place(&self, file: u32, range: TextRange) -> Place {
        let source = &self.files[file as usize];
        Place {
            path: source.path.clone(),
            start: position(&source.text, range.start().into()),
            end: position(&source.text, range.end().into()),
        }
    }

    /// An edit of a range of a file.
    pub fn edit(&self, file: u32, range: TextRange, text: impl Into<String>) -> Edit {
        Edit { place: self.place(file, range), text: text.into() }
    }

    /// The text of a range of a file.
    pub fn text(&self, file: u32, range: TextRange) -> &str {
        self.files[file as usize].text.get(std::ops::Range::<usize>::from(range)).unwrap_or_default()
    }
}

/// The position of an offset in a text; one inside a character counts as its start.
pub fn position(text: &str, offset: usize) -> Position {
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |it| it + 1);
    Position {
        line: 1 + before.bytes().filter(|it| *it == b'\n').count() as u32,
        column: 1 + before[line_start..].chars().count() as u32,
        offset: offset as u32,
    }
}

/// The white space that a line begins with.
pub fn indent_at(text: &str, offset: usize) -> &str {
    let line_start = text[..offset.min(text.len())].rfind('\n').map_or(0, |it| it + 1);
    let line = &text[line_start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}
