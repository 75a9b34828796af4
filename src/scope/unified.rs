//! Unified diffs, as far as they say which lines of the new files changed.
//!
//! The parser is one of our own: those of libraries pass over a hunk that is out of place, and do not say in which line a diff breaks.

use super::lines::Lines;
use super::names::{header_name, is_nothing};

/// What a diff says of one new file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDiff {
    /// As the diff writes it, with a prefix such as `b/`, and without quotes.
    pub path: String,
    pub changed: Lines,
    /// The lines of the new file that the diff shows, each with its number.
    pub shown: Vec<(u32, String)>,
}

/// Why a diff does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Counted from 1.
    pub line: usize,
    pub reason: String,
}

/// Reads the diffs of some files. What stands between them, such as the message of a commit, is passed over.
pub fn parse(text: &str) -> Result<Vec<FileDiff>, Malformed> {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        reader.line(line).map_err(|reason| Malformed { line: index + 1, reason })?;
    }
    let end = text.lines().count();
    if let Some(hunk) = &reader.hunk {
        return Err(Malformed { line: end, reason: format!("it ends where {} would follow", hunk.left()) });
    }
    if !reader.is_diff && !text.trim().is_empty() {
        return Err(Malformed { line: 1, reason: "it holds no diff".to_owned() });
    }
    Ok(reader.files)
}

/// Whose hunks follow.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum At {
    #[default]
    Nowhere,
    /// A file that is deleted, of which no line is left.
    Gone,
    /// The last of the files.
    File,
}

#[derive(Default)]
struct Reader {
    files: Vec<FileDiff>,
    at: At,
    hunk: Option<Hunk>,
    /// Whether the line before was `--- NAME`.
    is_named: bool,
    /// Whether the line before was the last one of a hunk.
    is_after_hunk: bool,
    is_diff: bool,
}

/// What is left of a hunk.
struct Hunk {
    old: u32,
    new: u32,
    /// The number of the next line in the new file.
    next: u32,
    /// Lines were taken out at this place, and none put in.
    is_seam: bool,
    /// The line before was put in.
    is_added: bool,
}

impl Hunk {
    fn left(&self) -> String {
        format!("{} old and {} new lines of a hunk", self.old, self.new)
    }
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(hunk) = self.hunk.take() {
            return self.body(hunk, line);
        }
        let is_after_hunk = std::mem::take(&mut self.is_after_hunk);
        let is_named = std::mem::take(&mut self.is_named);
        if line.starts_with("--- ") {
            self.is_named = true;
        } else if let Some(name) = line.strip_prefix("+++ ") {
            if !is_named {
                return Err("there is no `--- NAME` before `+++ NAME`".to_owned());
            }
            self.file(header_name(name)?);
        } else if line.starts_with("@@@ ") || line.starts_with("diff --c") {
            return Err("it is the combined diff of a merge, which is against two files".to_owned());
        } else if line.starts_with("@@ -") {
            self.head(line)?;
        } else if line.starts_with("diff --git ") {
            (self.at, self.is_diff) = (At::Nowhere, true);
        } else if is_after_hunk && line.starts_with('\\') {
            self.is_after_hunk = true;
        } else if is_after_hunk && line.starts_with([' ', '+', '-']) && !is_signature(line) {
            return Err("the hunk has more lines than its head says".to_owned());
        }
        Ok(())
    }

    fn file(&mut self, new: String) {
        self.is_diff = true;
        self.at = match is_nothing(&new) {
            true => At::Gone,
            false => {
                self.files.push(FileDiff { path: new, ..FileDiff::default() });
                At::File
            }
        };
    }

    fn head(&mut self, line: &str) -> Result<(), String> {
        if self.at == At::Nowhere {
            return Err("the hunk is of no file: `--- NAME` and `+++ NAME` are missing before it".to_owned());
        }
        let (old, new) = ranges(line).ok_or("the head of a hunk is `@@ -LINE,COUNT +LINE,COUNT @@`")?;
        // Where a hunk leaves no line, its number is that of the line before.
        let next = if new.1 == 0 { new.0.saturating_add(1) } else { new.0 };
        let hunk = Hunk { old: old.1, new: new.1, next, is_seam: false, is_added: false };
        self.hunk = (hunk.old > 0 || hunk.new > 0).then_some(hunk);
        Ok(())
    }

    fn body(&mut self, mut hunk: Hunk, line: &str) -> Result<(), String> {
        let more = |left: &mut u32| left.checked_sub(1).map(|it| *left = it).ok_or(());
        // Some programs drop the blank of an empty line.
        let line = if line.is_empty() { " " } else { line };
        let (kind, text) = line.split_at_checked(1).unwrap_or_default();
        let is_counted = match kind {
            " " => more(&mut hunk.old).and_then(|()| more(&mut hunk.new)),
            "-" => more(&mut hunk.old),
            "+" => more(&mut hunk.new),
            "\\" => Ok(()),
            _ => return Err(format!("it goes on with other text where {} would follow", hunk.left())),
        };
        is_counted.map_err(|()| "the hunk has more lines than its head says")?;
        let mut changed = Lines::default();
        match kind {
            "+" => changed.add(hunk.next..hunk.next.saturating_add(1)),
            " " if hunk.is_seam => changed.add(hunk.next..hunk.next),
            _ => {}
        }
        match kind {
            "+" => (hunk.is_seam, hunk.is_added) = (false, true),
            "-" => hunk.is_seam = !hunk.is_added,
            " " => (hunk.is_seam, hunk.is_added) = (false, false),
            _ => {}
        }
        let is_over = hunk.old == 0 && hunk.new == 0;
        if is_over && hunk.is_seam {
            changed.add(hunk.next..hunk.next);
        }
        if let (At::File, Some(file)) = (self.at, self.files.last_mut()) {
            file.changed.extend(&changed);
            if matches!(kind, "+" | " ") {
                file.shown.push((hunk.next, text.to_owned()));
            }
        }
        if matches!(kind, "+" | " ") {
            hunk.next = hunk.next.saturating_add(1);
        }
        self.is_after_hunk = is_over;
        self.hunk = (!is_over).then_some(hunk);
        Ok(())
    }
}

/// The end of a patch in a mail: two dashes and a blank, which editors may have cut off.
fn is_signature(line: &str) -> bool {
    matches!(line, "-- " | "--")
}

/// Start and count of the old and the new lines.
fn ranges(head: &str) -> Option<((u32, u32), (u32, u32))> {
    let (ranges, _) = head.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    Some((range(old)?, range(new)?))
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    let number = |it: &str| it.bytes().all(|it| it.is_ascii_digit()).then(|| it.parse().ok())?;
    Some((number(start)?, number(count)?))
}
