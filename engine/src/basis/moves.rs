//! Where places of a file went, parts of which changed.

use super::parts::OfPiece;
use crate::finding::Place;
use crate::place::position;
use crate::workspace::Workspace;

/// Where the places of a file went.
#[derive(Clone, Debug)]
pub struct Moves {
    /// Index into [`Workspace::files`].
    pub file: u32,
    /// One behind another; together they are the file.
    pieces: Vec<Piece>,
}

/// A part of a file: its offsets and lines in the old text, where it begins in the new one, and whether it is the same.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    start: u32,
    end: u32,
    lines: (u32, u32),
    new: u32,
    new_line: u32,
    is_same: bool,
}

impl Piece {
    /// What became of a part; of one that is gone, with the offset and line where it would be.
    pub(super) fn new(old: &OfPiece, new: Option<&OfPiece>, (at, line): (u32, u32)) -> Piece {
        Piece {
            start: old.start,
            end: old.end,
            lines: old.lines,
            new: new.map_or(at, |it| it.start),
            new_line: new.map_or(line, |it| it.lines.0),
            is_same: new.is_some_and(|it| it.text == old.text),
        }
    }
}

impl Moves {
    pub(super) fn new(file: u32, pieces: Vec<Piece>) -> Moves {
        Moves { file, pieces }
    }

    /// The place in the new text; `None` where it is a part of what changed, or next to that.
    pub fn place(&self, workspace: &Workspace, place: &Place) -> Option<Place> {
        let (start, end) = (place.start.offset, place.end.offset);
        let touches = |it: &Piece| !it.is_same && it.start <= end && start <= it.end;
        if self.pieces.iter().any(touches) {
            return None;
        }
        let text = &workspace.files[self.file as usize].text;
        let at = |offset: u32| Some(position(text, self.offset(offset)? as usize));
        Some(Place { path: place.path.clone(), start: at(start)?, end: at(end)? })
    }

    /// The offset in the new text; `None` inside of what changed.
    pub fn offset(&self, offset: u32) -> Option<u32> {
        let around = self.pieces.iter().rfind(|it| it.start <= offset)?;
        (around.is_same || around.start == offset).then(|| around.new + (offset - around.start))
    }

    /// The line in the new text; `None` where a part of it changed.
    pub fn line(&self, line: u32) -> Option<u32> {
        let mut parts = self.pieces.iter().filter(|it| (it.lines.0..=it.lines.1).contains(&line));
        let first = parts.next()?;
        (first.is_same && parts.all(|it| it.is_same)).then(|| first.new_line + (line - first.lines.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Moves, Piece};

    /// Three parts, of which the second is longer by four bytes and two lines.
    fn moves() -> Moves {
        let piece = |(start, end), lines, (new, new_line), is_same| Piece {
            start,
            end,
            lines,
            new,
            new_line,
            is_same,
        };
        let pieces = vec![
            piece((0, 10), (1, 3), (0, 1), true),
            piece((10, 20), (3, 5), (10, 3), false),
            piece((20, 30), (5, 9), (24, 7), true),
        ];
        Moves { file: 0, pieces }
    }

    #[test]
    fn offsets_go_along_with_what_changed_before_them() {
        let at = |offset| moves().offset(offset);
        assert_eq!([at(0), at(9), at(10), at(11), at(19)], [Some(0), Some(9), Some(10), None, None]);
        assert_eq!([at(20), at(29), at(30)], [Some(24), Some(33), Some(34)]);
    }

    #[test]
    fn lines_go_along_where_no_part_of_them_changed() {
        let at = |line| moves().line(line);
        assert_eq!([at(1), at(2), at(3), at(4), at(5)], [Some(1), Some(2), None, None, None]);
        assert_eq!([at(6), at(9), at(10)], [Some(8), Some(11), None]);
    }
}
