//! Edits of texts, as values.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use retask_engine::finding::Edit;

/// A text after its edits.
#[derive(Debug, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
    /// Where the new text of each edit stands, in the order in which the edits were given.
    pub ranges: Vec<Range<usize>>,
}

/// Applies edits that lie apart from each other. Edits that overlap, or that cut a character in two, are an error.
pub fn apply(text: &str, edits: &[&Edit]) -> Result<Edited, String> {
    let mut order: Vec<usize> = (0..edits.len()).collect();
    order.sort_by_key(|it| (edits[*it].place.start.offset, edits[*it].place.end.offset));
    let in_order = order.iter().map(|it| {
        let place = &edits[*it].place;
        (place.start.offset as usize..place.end.offset as usize, edits[*it].text.as_str())
    });
    let (new, written) =
        splice(text, in_order, |old, new| line_ends(text, old, new)).ok_or("its edits overlap")?;
    let mut ranges = vec![0..0; edits.len()];
    order.into_iter().zip(written).for_each(|(index, range)| ranges[index] = range);
    Ok(Edited { text: new, ranges })
}

/// Puts new texts in the place of ranges, in their order, each made of the old text and of what is given; with where each stands. `None`
/// where ranges overlap, lie outside of the text, or cut a character in two.
pub fn splice<'t>(
    text: &str,
    edits: impl Iterator<Item = (Range<usize>, &'t str)>,
    make: impl Fn(&str, &str) -> String,
) -> Option<(String, Vec<Range<usize>>)> {
    let mut new = String::with_capacity(text.len());
    let mut written = Vec::new();
    let mut done = 0;
    for (range, given) in edits {
        new.push_str(text.get(done..range.start)?);
        let from = new.len();
        new.push_str(&make(text.get(range.clone())?, given));
        written.push(from..new.len());
        done = range.end;
    }
    new.push_str(&text[done..]);
    Some((new, written))
}

/// New lines end as most lines of the file do; lines that are taken over from the replaced text end as they did.
pub fn line_ends(file: &str, old: &str, new: &str) -> String {
    if !ends_in_crlf(file) {
        return new.to_owned();
    }
    let kept: BTreeSet<&str> = old.split_inclusive('\n').map(str::trim_start).collect();
    let mut text = String::with_capacity(new.len());
    for line in new.split_inclusive('\n') {
        match line.strip_suffix('\n').filter(|it| !it.ends_with('\r') && !kept.contains(line.trim_start())) {
            Some(line) => text.extend([line, "\r\n"]),
            None => text.push_str(line),
        }
    }
    text
}

/// Whether most lines of a text end as on Windows.
pub fn ends_in_crlf(text: &str) -> bool {
    text.matches("\r\n").count() * 2 > text.matches('\n').count()
}

/// The edits of each file.
pub fn by_file<'e>(edits: impl IntoIterator<Item = &'e Edit>) -> BTreeMap<&'e str, Vec<&'e Edit>> {
    let mut files: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        files.entry(&edit.place.path).or_default().push(edit);
    }
    files
}

/// Whether edits of two rewrites overlap or touch: then one of them waits.
pub fn overlaps(a: &[Edit], b: &[Edit]) -> bool {
    a.iter().any(|a| {
        b.iter().any(|b| {
            a.place.path == b.place.path
                && a.place.start.offset <= b.place.end.offset
                && b.place.start.offset <= a.place.end.offset
        })
    })
}

#[cfg(test)]
mod tests {
    use retask_engine::finding::{Edit, Place, Position};

    use super::{apply, overlaps};

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        let position = |offset| Position { line: 1, column: offset + 1, offset };
        Edit {
            place: Place { path: "src/lib.rs".to_owned(), start: position(start), end: position(end) },
            text: text.to_owned(),
        }
    }

    #[test]
    fn edits_apply_together_and_tell_where_they_went() {
        let (a, b) = (edit(0, 1, "xy"), edit(2, 2, "!"));
        let edited = apply("abc", &[&b, &a]).expect("they lie apart");
        assert_eq!(edited.text, "xyb!c");
        assert_eq!(edited.ranges, [3..4, 0..2]);
    }

    #[test]
    fn edits_that_touch_wait_for_the_next_round() {
        assert!(overlaps(&[edit(0, 2, "")], &[edit(2, 3, "")]));
        assert!(!overlaps(&[edit(0, 2, "")], &[edit(3, 4, "")]));
    }

    #[test]
    fn edits_that_overlap_or_cut_characters_are_errors() {
        assert!(apply("abc", &[&edit(0, 2, ""), &edit(1, 3, "")]).is_err());
        assert!(apply("\u{e9}", &[&edit(0, 1, "")]).is_err());
        assert!(apply("abc", &[&edit(2, 9, "")]).is_err());
        assert!(apply("abc", &[&edit(2, 1, "")]).is_err());
    }

    #[test]
    fn new_lines_end_as_the_file_does() {
        let edited = apply("a\r\nb", &[&edit(3, 4, "c\nd")]).expect("it fits");
        assert_eq!(edited.text, "a\r\nc\r\nd");
        let edited = apply("a\r\nb\r\nc\nd", &[&edit(3, 7, "x\nb\r\nc\n")]).expect("it fits");
        assert_eq!(edited.text, "a\r\nx\r\nb\r\nc\r\n\nd", "the line end of `c` is not in the replaced text");
        let edited = apply("a\r\nb\nc\nd", &[&edit(7, 8, "x\ny")]).expect("it fits");
        assert_eq!(edited.text, "a\r\nb\nc\nx\ny");
    }
}
