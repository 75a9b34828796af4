//! What holds for any edits of any text.

use std::collections::BTreeMap;
use std::ops::Range;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use retask_engine::Workspace;
use retask_engine::finding::{Edit, Place, Position};

use super::edits::{apply, overlaps};
use super::{Change, Patch, diff};

/// Texts with every line end, without one at the end, and with what is no ASCII.
fn texts() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-c\u{e4}\u{1f980}\t ]{0,6}(\n|\r\n|\r|)", 0..12).prop_map(|it| it.concat())
}

/// A text with ranges of it in order and apart from each other, and new texts for them.
fn edited() -> impl Strategy<Value = (String, Vec<(Range<usize>, String)>)> {
    let cuts = proptest::collection::vec(any::<prop::sample::Index>(), 0..12);
    let news = proptest::collection::vec("[x-z\n\u{e9}]{0,5}", 6);
    (texts(), cuts, news).prop_map(|(text, cuts, news)| {
        let boundaries: Vec<usize> = (0..=text.len()).filter(|it| text.is_char_boundary(*it)).collect();
        let mut at: Vec<usize> = cuts.iter().map(|it| boundaries[it.index(boundaries.len())]).collect();
        at.sort_unstable();
        at.dedup();
        let ranges = at.chunks_exact(2).map(|it| it[0]..it[1]);
        (text.clone(), ranges.zip(news).collect())
    })
}

fn edit(range: &Range<usize>, text: &str) -> Edit {
    let position = |offset: usize| Position { line: 1, column: 1, offset: offset as u32 };
    let place = Place { path: "a.rs".to_owned(), start: position(range.start), end: position(range.end) };
    Edit { place, text: text.to_owned() }
}

/// What `git apply` makes of a text.
fn applied_by_git(before: &str, patch: &Patch) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.rs"), before).expect("the file is written");
    let workspace = Workspace { root: folder.path().to_string_lossy().into_owned(), ..Workspace::default() };
    let mut git = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "-"])
        .current_dir(folder.path())
        .env("GIT_CEILING_DIRECTORIES", folder.path().parent().expect("it lies in a folder"))
        .stdin(Stdio::piped())
        .spawn()
        .expect("git runs");
    let diff = diff::unified(&patch.files, &workspace);
    std::io::Write::write_all(&mut git.stdin.take().expect("it has one"), diff.as_bytes())
        .expect("git reads");
    assert!(git.wait().expect("git ends").success(), "{diff:?}");
    std::fs::read(folder.path().join("a.rs")).expect("the file is there")
}

proptest! {
    #[test]
    fn bytes_outside_of_edits_stay_and_new_texts_stand_where_they_are_said_to((text, edits) in edited()) {
        let all: Vec<Edit> = edits.iter().map(|(range, new)| edit(range, new)).collect();
        let edited = apply(&text, &all.iter().collect::<Vec<_>>()).expect("they lie apart");
        let (mut old, mut new) = (0, 0);
        for ((range, _), at) in edits.iter().zip(&edited.ranges) {
            prop_assert_eq!(&text[old..range.start], &edited.text[new..at.start]);
            (old, new) = (range.end, at.end);
        }
        prop_assert_eq!(&text[old..], &edited.text[new..]);
    }

    #[test]
    fn the_order_of_edits_does_not_matter((text, edits) in edited()) {
        let all: Vec<Edit> = edits.iter().map(|(range, new)| edit(range, new)).collect();
        let forth = apply(&text, &all.iter().collect::<Vec<_>>()).map(|it| it.text);
        let back = apply(&text, &all.iter().rev().collect::<Vec<_>>()).map(|it| it.text);
        prop_assert_eq!(forth, back);
    }

    #[test]
    fn edits_that_overlap_are_an_error(text in texts(), cuts in proptest::array::uniform4(any::<prop::sample::Index>())) {
        let [a, b, c, d] = cuts.map(|it| it.index(text.len() + 1));
        let (one, two) = (edit(&(a.min(b)..a.max(b)), "x"), edit(&(c.min(d)..c.max(d)), "y"));
        let meet = a.min(b) < c.max(d) && c.min(d) < a.max(b);
        if meet {
            prop_assert!(apply(&text, &[&one, &two]).is_err());
            prop_assert!(overlaps(&[one], &[two]));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn git_makes_of_a_diff_what_was_meant(before in texts(), after in texts(), has_bom in any::<bool>()) {
        prop_assume!(before != after);
        let change = Change { before: before.clone(), after: after.clone(), bom: has_bom };
        let whole = |text: &str| String::from_utf8(change.bytes(text)).expect("it is text");
        let patch = Patch { files: BTreeMap::from([("a.rs".to_owned(), change.clone())]), ..Patch::default() };
        prop_assert_eq!(applied_by_git(&whole(&before), &patch), whole(&after).into_bytes());
    }
}
