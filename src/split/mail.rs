//! A patch as `git format-patch` writes one: reviewers read its head, `git am` makes a commit of it, and `git apply` skips the head.

use std::collections::BTreeSet;

use retask_engine::Workspace;

use super::{Piece, UNOWNED};
use crate::exit::count;
use crate::patch::Rewrite;
use crate::patch::diff::{resolve, unified};
use crate::report::terminal::visible;

/// How many names a subject and the name of a file hold; the head holds all of them.
const NAMES: usize = 3;
/// How long a name of a file may be, in characters, without its number.
const LENGTH: usize = 80;

/// A piece, with what its head says.
pub struct Mail<'m> {
    pub number: usize,
    pub count: usize,
    pub piece: &'m Piece<'m>,
    /// The way from the top of the work tree to the workspace.
    pub prefix: &'m str,
    pub owners: BTreeSet<String>,
    /// Whether it applies on top of those with lower numbers.
    pub is_ordered: bool,
    /// Whether comments stand in the place of rewrites.
    pub are_comments: bool,
}

impl Mail<'_> {
    /// `0001-` and the names.
    pub fn file_name(&self) -> String {
        let escaped: Vec<String> = self.piece.names.iter().map(|it| escaped(it)).collect();
        let mut name = escaped.iter().take(NAMES).cloned().collect::<Vec<_>>().join("+");
        if escaped.len() > NAMES {
            name.push_str(&format!("+{}-more", escaped.len() - NAMES));
        }
        let name: String = name.chars().take(LENGTH).collect();
        format!("{:04}-{name}.patch", self.number)
    }

    /// The whole patch. It holds no date, so that it is the same each time.
    pub fn text(&self, workspace: &Workspace) -> String {
        let Piece { files, rewrites, .. } = self.piece;
        let mut rewrites: Vec<&Rewrite> = rewrites.clone();
        rewrites.sort_by_key(|it| (&it.path, it.line, it.rule));
        let list: String = rewrites.iter().map(|it| self.item(it)).collect();
        // The first line is what git expects where a mail begins, with the date that it always gives.
        format!(
            "From {zeros} Mon Sep 17 00:00:00 2001\nFrom: retask <retask@localhost>\nSubject: [PATCH {}/{}] {}\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n{}\n\n{list}{}---\n{}",
            self.number,
            self.count,
            self.subject(),
            self.summary(),
            self.owned(),
            unified(files, workspace),
            zeros = "0".repeat(40),
        )
    }

    fn subject(&self) -> String {
        let names = &self.piece.names;
        let shown = names.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ");
        let more = match names.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let does = if self.are_comments { "Say why findings stay" } else { "Move work to where it belongs" };
        one_line(&format!("{does}: {shown}{more}"))
    }

    fn summary(&self) -> String {
        let Piece { files, rewrites, .. } = self.piece;
        let what = if self.are_comments { "comment" } else { "rewrite" };
        let (what, files) = (count(rewrites.len(), what), count(files.len(), "file"));
        let rests = match self.is_ordered && self.number > 1 {
            true => "It applies on top of the patches with lower numbers.",
            false => "It applies by itself.",
        };
        format!("{what} in {files}. {rests}")
    }

    /// A rewrite with its place from the top of the work tree, as in the diff.
    fn item(&self, rewrite: &Rewrite) -> String {
        let path = resolve(self.prefix, &rewrite.path);
        // A line that begins with a star is for `git am` no beginning of a diff or of a mail.
        one_line(&format!("* {}", Rewrite { path, ..rewrite.clone() })) + "\n"
    }

    fn owned(&self) -> String {
        let owners: Vec<&str> = self.owners.iter().map(String::as_str).filter(|it| *it != UNOWNED).collect();
        if owners.is_empty() {
            return String::new();
        }
        format!("\n{}\n", one_line(&format!("Owners: {}", owners.join(", "))))
    }
}

/// A text that stays in its line, with nothing that a terminal obeys.
fn one_line(text: &str) -> String {
    visible(&text.replace(['\n', '\t'], " "))
}

/// A name with nothing that a shell or a file system reads in its own way: `@org/team` is `org-team`.
fn escaped(name: &str) -> String {
    let plain = |it: char| if it.is_alphanumeric() || matches!(it, '_' | '.') { it } else { '-' };
    let parts: String = name.chars().map(plain).collect();
    let parts: Vec<&str> = parts.split('-').filter(|it| !it.is_empty()).collect();
    match parts.join("-").trim_matches(['.', '-']) {
        "" => "other".to_owned(),
        it => it.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_name(names: &[&str]) -> String {
        let names = names.iter().map(|it| (*it).to_owned()).collect();
        let piece = Piece { names, ..Piece::default() };
        let owners = BTreeSet::new();
        let mail = Mail {
            number: 7,
            count: 9,
            piece: &piece,
            prefix: "",
            owners,
            is_ordered: false,
            are_comments: false,
        };
        mail.file_name()
    }

    #[test]
    fn files_are_named_after_what_they_hold() {
        assert_eq!(file_name(&["@org/team"]), "0007-org-team.patch");
        assert_eq!(file_name(&["my-app", "my_lib"]), "0007-my-app+my_lib.patch");
        assert_eq!(file_name(&["@a", "b@c.example", "@d", "@e", "@f"]), "0007-a+d+e+2-more.patch");
        assert_eq!(file_name(&["../x $(y)"]), "0007-x-y.patch");
        assert_eq!(file_name(&["@"]), "0007-other.patch");
        assert_eq!(file_name(&[&"ä".repeat(300)]), format!("0007-{}.patch", "ä".repeat(LENGTH)));
    }
}
