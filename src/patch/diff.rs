//! A patch as a unified diff that `git apply` takes.

use std::collections::BTreeMap;
use std::path::Path;

use retask_engine::Workspace;
use similar::{Algorithm, TextDiff};

use super::Change;
use crate::load::slashes;

/// The diff of some files. Paths are relative to the top of the git work tree, else to the workspace root.
pub fn unified(files: &BTreeMap<String, Change>, workspace: &Workspace) -> String {
    let prefix = prefix(Path::new(&workspace.root));
    files.iter().map(|(path, change)| of_file(&resolve(&prefix, path), change)).collect()
}

/// The way from the top of the work tree to the workspace root, with a `/` at its end.
pub(crate) fn prefix(root: &Path) -> String {
    let below = root.strip_prefix(top(root)).map(slashes).unwrap_or_default();
    if below.is_empty() { below } else { format!("{below}/") }
}

/// The top of the work tree around a folder, else the folder itself.
pub(crate) fn top(root: &Path) -> &Path {
    root.ancestors().find(|it| it.join(".git").exists()).unwrap_or(root)
}

/// A path below a prefix, with the steps up taken out.
pub(crate) fn resolve(prefix: &str, path: &str) -> String {
    let mut parts: Vec<&str> = prefix.split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        if part == ".." && parts.last().is_some_and(|it| *it != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn of_file(path: &str, change: &Change) -> String {
    let bom = if change.bom { "\u{feff}" } else { "" };
    let (before, after) = (format!("{bom}{}", change.before), format!("{bom}{}", change.after));
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_slices(&old, &new);
    let mut text = format!(
        "diff --git {a} {b}\n--- {a}\n+++ {b}\n",
        a = quoted(&format!("a/{path}")),
        b = quoted(&format!("b/{path}"))
    );
    for group in diff.grouped_ops(3) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let old_range = first.old_range().start..last.old_range().end;
        let new_range = first.new_range().start..last.new_range().end;
        text.push_str(&format!("@@ -{} +{} @@\n", span(old_range), span(new_range)));
        for op in group {
            for line in diff.iter_changes(&op) {
                text.push_str(&line.tag().to_string());
                text.push_str(line.value());
                if !line.value().ends_with('\n') {
                    text.push_str("\n\\ No newline at end of file\n");
                }
            }
        }
    }
    text
}

/// `start,length`, as `diff` counts: from 1, and from the line before where there is nothing.
fn span(range: std::ops::Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        length => format!("{},{length}", range.start + 1),
    }
}

/// A path as git writes it: in quotes with escapes where it holds a quote, a backslash, a control character or no ASCII.
fn quoted(path: &str) -> String {
    let plain = path.bytes().all(|it| (b' '..0x7f).contains(&it) && it != b'"' && it != b'\\');
    if plain {
        // A path that ends in a blank or holds one is ended by a tab in the `---` lines only where git writes them itself.
        return path.to_owned();
    }
    let mut text = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b' '..0x7f => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\{byte:03o}")),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::{of_file, quoted, resolve};
    use crate::patch::Change;

    fn diff(before: &str, after: &str) -> String {
        of_file("src/a.rs", &Change { before: before.to_owned(), after: after.to_owned(), bom: false })
    }

    #[test]
    fn a_change_has_three_lines_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        assert_eq!(
            diff(before, &before.replace("5\n", "five\n")),
            "diff --git a/src/a.rs b/src/a.rs\n--- a/src/a.rs\n+++ b/src/a.rs\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn a_missing_newline_and_carriage_returns_stay() {
        assert!(diff("a\r\nb", "a\r\nc").ends_with(
            "@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
        ));
    }

    #[test]
    fn odd_paths_are_quoted_as_git_does() {
        assert_eq!(quoted("a/x y.rs"), "a/x y.rs");
        assert_eq!(quoted("a/\"\t\u{e9}.rs"), "\"a/\\\"\\t\\303\\251.rs\"");
    }

    #[test]
    fn steps_up_are_taken_out() {
        assert_eq!(resolve("crates/a/", "../b/src/lib.rs"), "crates/b/src/lib.rs");
    }
}
