//! What holds for diffs, however they are written.

use proptest::prelude::*;
use similar::TextDiff;

use super::lines::Lines;
use super::unified::{FileDiff, Malformed, parse};

#[track_caller]
fn one(text: &str) -> FileDiff {
    let mut files = parse(text).expect("it parses");
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[track_caller]
fn wrong(text: &str, line: usize, reason: &str) {
    match parse(text) {
        Err(Malformed { line: at, reason: said }) => {
            assert_eq!(at, line, "{said}");
            assert!(said.contains(reason), "{said}");
        }
        Ok(files) => panic!("it parses: {files:?}"),
    }
}

const HEAD: &str = "diff --git a/a.rs b/a.rs\nindex 1..2 100644\n--- a/a.rs\n+++ b/a.rs\n";

#[test]
fn added_and_replaced_lines_count_and_where_lines_went_is_a_seam() {
    let text = format!("{HEAD}@@ -1,6 +1,6 @@ fn f()\n a\n-b\n+B\n c\n-d\n e\n+f\n g\n");
    let file = one(&text);
    assert_eq!(file.path, "b/a.rs");
    assert_eq!(file.changed, Lines::of(&[(2, 3), (4, 4), (5, 6)]));
    assert_eq!(file.shown.iter().map(|it| it.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(one(&text.replace('\n', "\r\n")), file, "carriage returns change nothing");
}

#[test]
fn hunks_without_context_count_from_the_line_before() {
    let text = format!("{HEAD}@@ -3,2 +2,0 @@\n-x\n-y\n@@ -9,0 +8,2 @@\n+p\n+q\n");
    assert_eq!(one(&text).changed, Lines::of(&[(3, 3), (8, 10)]));
    assert_eq!(one(&format!("{HEAD}@@ -1,2 +0,0 @@\n-x\n-y\n")).changed, Lines::of(&[(1, 1)]));
}

#[test]
fn renamed_deleted_and_binary_files_have_the_lines_that_are_shown() {
    let renamed =
        "diff --git a/old.rs b/new.rs\nsimilarity index 100%\nrename from old.rs\nrename to new.rs\n";
    assert_eq!(parse(renamed), Ok(Vec::new()));
    let changed = format!("{renamed}--- a/old.rs\n+++ b/new.rs\n@@ -4 +4 @@\n-x\n+y\n");
    assert_eq!((one(&changed).path.as_str(), one(&changed).changed), ("b/new.rs", Lines::of(&[(4, 5)])));
    let deleted =
        "diff --git a/a.rs b/a.rs\ndeleted file mode 100644\n--- a/a.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
    assert_eq!(parse(deleted), Ok(Vec::new()));
    let binary = "diff --git a/a.png b/a.png\nBinary files a/a.png and b/a.png differ\n";
    assert_eq!(parse(binary), Ok(Vec::new()));
    let made = "--- /dev/null\n+++ b/a.rs\n@@ -0,0 +1,2 @@\n+x\n+y\n\\ No newline at end of file\n";
    assert_eq!(one(made).changed, Lines::of(&[(1, 3)]));
}

#[test]
fn a_mail_around_a_diff_is_passed_over() {
    let text = format!(
        "From 1 Mon\nSubject: -x +y\n\n---\n a.rs | 2 +-\n\n{HEAD}@@ -1 +1 @@\n-x\n+y\n-- \n2.47.3\n\n"
    );
    assert_eq!(one(&text).changed, Lines::of(&[(1, 2)]));
    assert_eq!(parse(" \n"), Ok(Vec::new()));
}

#[test]
fn a_diff_that_breaks_says_where() {
    wrong("hello\n", 1, "it holds no diff");
    wrong("@@ -1 +1 @@\n-x\n+y\n", 1, "the hunk is of no file");
    wrong("diff --git a/a b/a\n@@ -1 +1 @@\n-x\n+y\n", 2, "the hunk is of no file");
    wrong("+++ b/a.rs\n", 1, "no `--- NAME`");
    wrong("--- a/a.rs\n+++ \"b/a.rs\n", 2, "in quotes");
    wrong("diff --cc a.rs\n", 1, "merge");
    wrong(&format!("{HEAD}@@ -x +1 @@\n"), 5, "the head of a hunk");
    wrong(&format!("{HEAD}@@ -1,+2 +1 @@\n"), 5, "the head of a hunk");
    wrong(
        &format!("{HEAD}@@ -1,2 +1,2 @@\n-x\n"),
        6,
        "it ends where 1 old and 2 new lines of a hunk would follow",
    );
    wrong(&format!("{HEAD}@@ -1,2 +1,2 @@\n-x\n\u{e9}\n"), 7, "other text where 1 old and 2 new");
    wrong(&format!("{HEAD}@@ -1 +1,2 @@\n-x\n-y\n"), 7, "more lines than");
    wrong(&format!("{HEAD}@@ -1 +1 @@\n-x\n+y\n+z\n"), 8, "more lines than");
}

proptest! {
    /// Put together from what the diff shows and the lines that it leaves out, the new file is whole again.
    #[test]
    fn what_a_diff_shows_is_where_it_says(
        before in "([a-e\\-+@ ]{0,3}\n){0,20}[a-e]?",
        after in "([a-e\\-+@ ]{0,3}\n){0,20}[a-e]?",
        context in 0usize..4,
    ) {
        let diff = TextDiff::from_lines(before.as_str(), after.as_str());
        let text = diff.unified_diff().context_radius(context).header("a/x", "b/x").to_string();
        let files = parse(&text);
        let Some(file) = files.as_ref().ok().and_then(|it| it.first()) else {
            prop_assert!(before == after && files.is_ok(), "{files:?}");
            return Ok(());
        };
        let new: Vec<&str> = after.lines().collect();
        for (number, shown) in &file.shown {
            prop_assert_eq!(new.get(*number as usize - 1), Some(&shown.as_str()));
        }
        for change in diff.iter_all_changes() {
            if let (similar::ChangeTag::Insert, Some(at)) = (change.tag(), change.new_index()) {
                let line = at as u32 + 1;
                prop_assert!(file.changed.touch(&(line..line + 1)), "line {line} is new");
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(--- a\n|\\+\\+\\+ b\n|@@ -[0-9]{1,12},[0-9]{1,3} \\+[0-9]{1,12} @@\n|[-+ \\\\é].?\n|\n){0,20}") {
        let _ = parse(&text);
    }
}
