//! The lines of a file that a change touches.

use std::ops::Range;

use similar::{Algorithm, TextDiff};

/// Lines, counted from 1. An empty range is the seam between two lines where others were taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(Vec<Range<u32>>);

impl Lines {
    /// All lines of a file, however many it has.
    pub fn all() -> Lines {
        Lines(std::iter::once(1..u32::MAX).collect())
    }

    /// Lines from some numbers up to others.
    #[cfg(test)]
    pub fn of(ranges: &[(u32, u32)]) -> Lines {
        let mut lines = Lines::default();
        ranges.iter().for_each(|(start, end)| lines.add(*start..*end));
        lines
    }

    /// Adds lines, or a seam.
    pub fn add(&mut self, lines: Range<u32>) {
        let goes_on =
            |it: &&mut Range<u32>| it.start < it.end && it.end == lines.start && lines.start < lines.end;
        match self.0.last_mut().filter(goes_on) {
            Some(last) => last.end = lines.end,
            None => self.0.push(lines),
        }
    }

    /// Adds all of some others.
    pub fn extend(&mut self, others: &Lines) {
        others.0.iter().for_each(|it| self.add(it.clone()));
    }

    /// Whether one of the lines is among others, or a seam has one of them on either side.
    pub fn touch(&self, others: &Range<u32>) -> bool {
        self.0.iter().any(|it| overlap(it, others))
    }

    /// Where the lines stand after the text was rewritten. What a rewrite puts in the place of a line stands for that line.
    pub fn moved(&self, before: &str, after: &str) -> Lines {
        let old: Vec<&str> = before.split_inclusive('\n').collect();
        let new: Vec<&str> = after.split_inclusive('\n').collect();
        let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_slices(&old, &new);
        let mut moved = Lines::default();
        for op in diff.ops() {
            let (old, new) = (counted(op.old_range()), counted(op.new_range()));
            for lines in self.0.iter().filter(|it| overlap(it, &old)) {
                if op.tag() == similar::DiffTag::Equal {
                    let (start, end) = (lines.start.max(old.start), lines.end.min(old.end));
                    moved.add(start - old.start + new.start..end - old.start + new.start);
                } else {
                    moved.add(new.clone());
                }
            }
        }
        moved
    }
}

/// Whether two ranges share a line. A seam shares lines with a range that goes on over it.
fn overlap(a: &Range<u32>, b: &Range<u32>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Lines that are counted from 0, counted from 1.
fn counted(lines: Range<usize>) -> Range<u32> {
    let one_based = |it: usize| u32::try_from(it).map_or(u32::MAX, |it| it.saturating_add(1));
    one_based(lines.start)..one_based(lines.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Lines;

    #[test]
    fn a_seam_touches_only_what_goes_on_over_it() {
        let seam = Lines::of(&[(5, 5), (9, 11)]);
        assert!(seam.touch(&(4..6)) && seam.touch(&(1..20)), "lines 4 and 5 are on either side");
        assert!(!seam.touch(&(3..5)) && !seam.touch(&(5..7)), "one side alone is as it was");
        assert!(seam.touch(&(10..11)) && !seam.touch(&(11..12)));
    }

    #[test]
    fn lines_move_with_the_text_and_replaced_ones_stand_for_what_they_were() {
        let before = "a\nb\nc\nd\ne\n";
        assert_eq!(Lines::of(&[(2, 3)]).moved(before, "use x;\na\nb\nc\nd\ne\n"), Lines::of(&[(3, 4)]));
        assert_eq!(Lines::of(&[(3, 4)]).moved(before, "a\nb\nC\nC\nd\ne\n"), Lines::of(&[(3, 5)]));
        assert_eq!(Lines::of(&[(1, 2)]).moved(before, "a\nb\nC\nd\ne\n"), Lines::of(&[(1, 2)]));
        assert_eq!(Lines::all().moved(before, "a\nx\nb\nc\nd\ne\n"), Lines::of(&[(1, 7)]));
    }

    proptest! {
        #[test]
        fn lines_of_one_text_stay(text in "([ab]{0,2}\n){1,12}", start in 1u32..8, length in 1u32..4) {
            let end = text.lines().count() as u32 + 1;
            prop_assume!(start + length <= end);
            let wanted = Lines::of(&[(start, start + length)]);
            prop_assert_eq!(wanted.moved(&text, &text), wanted);
        }

        #[test]
        fn a_marked_line_is_found_again(
            above in prop::collection::vec("[ab]", 0..6),
            below in prop::collection::vec("[ab]", 0..6),
            new in prop::collection::vec("[cd]", 0..6),
        ) {
            let text = |parts: &[&[String]]| parts.concat().iter().map(|it| format!("{it}\n")).collect::<String>();
            let mark = ["marked".to_owned()];
            let before = text(&[&above, &mark, &below]);
            let after = text(&[&new, &above, &mark, &below, &new]);
            let at = |text: &str| text.lines().position(|it| it == "marked").expect("it is there") as u32 + 1;
            let moved = Lines::of(&[(at(&before), at(&before) + 1)]).moved(&before, &after);
            prop_assert_eq!(moved, Lines::of(&[(at(&after), at(&after) + 1)]));
        }
    }
}
