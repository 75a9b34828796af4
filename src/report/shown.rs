//! What the formats for other programs show: the findings as the files on disk have them, and the texts that they stand in.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::Path;

use retask_engine::Workspace;
use retask_engine::finding::{Edit, Finding, Place, Severity};
use retask_transforms::Rule;

use super::json::{as_on_disk, on_disk};
use crate::allow::Allowed;
use crate::analysed::Analysed;
use crate::patch::diff::{prefix, resolve};
use crate::patch::line_ends;

/// What a run found, and what is needed to show it.
pub struct Shown<'s> {
    pub workspace: &'s Workspace,
    pub analysed: &'s Analysed,
    /// What Cargo says of the packages of the workspace, in their order; empty where the files belong to none.
    pub members: &'s [cargo_metadata::Package],
    /// The rules that were asked.
    pub rules: &'s [&'static Rule],
    /// `-v`: notes are shown where a reader is in a hurry, too.
    pub with_notes: bool,
    findings: OnceCell<Vec<Finding>>,
    files: HashMap<&'s str, usize>,
    prefix: String,
}

/// A line of a file with the part of it that a place takes, in characters from 1, end exclusive.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub start: usize,
    pub end: usize,
}

impl<'s> Shown<'s> {
    pub fn new(
        workspace: &'s Workspace,
        analysed: &'s Analysed,
        members: &'s [cargo_metadata::Package],
        rules: &'s [&'static Rule],
        with_notes: bool,
    ) -> Shown<'s> {
        let files = workspace.files.iter().enumerate().map(|(index, it)| (it.path.as_str(), index)).collect();
        let prefix = prefix(Path::new(&workspace.root));
        let findings = OnceCell::new();
        Shown { workspace, analysed, members, rules, with_notes, findings, files, prefix }
    }

    /// [`Analysed::findings`] in the same order, with the offsets of the files on disk and the edits of manifests.
    pub fn findings(&self) -> &[Finding] {
        self.findings.get_or_init(|| as_on_disk(self.workspace, &self.analysed.findings))
    }

    /// The findings that a reader in a hurry wants to see.
    pub fn important(&self) -> impl Iterator<Item = &Finding> {
        self.findings().iter().filter(|it| self.with_notes || it.severity != Severity::Note)
    }

    /// The comments that silence nothing, each with its place on disk and what is wrong with it.
    pub fn problems(&self) -> impl Iterator<Item = (&Allowed, Place, &str)> {
        self.analysed.allows.iter().filter_map(|it| {
            let mut place = it.place.clone();
            on_disk(self.workspace, &mut place);
            Some((it, place, it.problem.as_deref()?))
        })
    }

    /// A path relative to the top of the git work tree, as the pages of a repository name it; else to the workspace root.
    pub fn in_repository(&self, path: &str) -> String {
        resolve(&self.prefix, path)
    }

    /// The package that a file belongs to, as an index.
    pub fn package(&self, path: &str) -> usize {
        self.files.get(path).map_or(0, |it| self.workspace.files[*it].package)
    }

    /// The edition that a file is read in.
    pub fn edition(&self, path: &str) -> String {
        self.files.get(path).map_or(String::new(), |it| self.workspace.files[*it].edition.to_string())
    }

    /// The text of a Rust file or manifest on disk, without a byte order mark, and the length of that.
    fn source(&self, path: &str) -> (Cow<'_, str>, usize) {
        if let Some(index) = self.files.get(path) {
            let file = &self.workspace.files[*index];
            return (Cow::Borrowed(&file.text), if file.bom { 3 } else { 0 });
        }
        let text = std::fs::read_to_string(Path::new(&self.workspace.root).join(path)).unwrap_or_default();
        match text.strip_prefix('\u{feff}') {
            Some(rest) => (Cow::Owned(rest.to_owned()), 3),
            None => (Cow::Owned(text), 0),
        }
    }

    /// The lines that a place touches, without their ends.
    pub fn lines(&self, place: &Place) -> Vec<Line> {
        let (text, _) = self.source(&place.path);
        let (first, last) = (place.start.line as usize, place.end.line as usize);
        let lines = text.split('\n').enumerate().skip(first - 1).take(last + 1 - first);
        let line = |(index, text): (usize, &str)| {
            let text = text.strip_suffix('\r').unwrap_or(text);
            let start = if index + 1 == first { place.start.column as usize } else { 1 };
            let end = if index + 1 == last { place.end.column as usize } else { text.chars().count() + 1 };
            Line { text: text.to_owned(), start, end }
        };
        lines.map(line).collect()
    }

    /// The new text of an edit, with line ends as `fix` writes them.
    pub fn new_text(&self, edit: &Edit) -> String {
        let (text, bom) = self.source(&edit.place.path);
        let offset = |offset: u32| (offset as usize).saturating_sub(bom);
        let old = text.get(offset(edit.place.start.offset)..offset(edit.place.end.offset));
        line_ends(&text, old.unwrap_or_default(), &edit.text)
    }
}
