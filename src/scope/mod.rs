//! What a change touches: `--since` and `--in-diff` report and rewrite nothing else.
//!
//! The whole workspace is analysed all the same, since a helper that begins to block makes a finding in files that did not change.

mod call;
mod given;
mod lines;
mod names;
#[cfg(test)]
mod parsing;
mod since;
mod unified;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use ra_ap_syntax::{AstNode, SourceFile as Syntax, SyntaxNode};
use retask_engine::Workspace;
use retask_engine::finding::{Finding, Place};
use retask_engine::workspace::SourceFile;

use crate::analysed::Analysed;
use crate::args::Change;
use crate::patch::diff::resolve;
use lines::Lines;

/// The lines of a workspace that a change touches.
pub struct Scope {
    /// By the path of their file in the workspace.
    changed: BTreeMap<String, Lines>,
    /// The change as it is called in messages.
    pub name: String,
}

impl Scope {
    /// The change that the command line names, where it names one; `input` holds what came on standard input.
    pub fn of<'w>(
        change: &Change,
        input: Option<&Path>,
        workspace: &'w Workspace,
    ) -> Result<Option<Scope>, String> {
        if let Some(rev) = &change.since {
            let ending = |it: &'w SourceFile| Path::new(&it.path).extension()?.to_str();
            let endings = workspace.files.iter().filter_map(ending).chain(["rs"]).collect();
            let since = since::Since::of(rev, Path::new(&workspace.root), &endings)?;
            let lines = |it: &SourceFile| since.files.get(&resolve(&since.prefix, &it.path)).cloned();
            let files = workspace.files.iter();
            let changed = files.filter_map(|it| Some((it.path.clone(), lines(it)?))).collect();
            return Ok(Some(Scope { changed, name: format!("the change since `{rev}`") }));
        }
        let Some(path) = &change.in_diff else { return Ok(None) };
        let changed = given::changed(path, input, workspace)?;
        Ok(Some(Scope { changed, name: "the diff".to_owned() }))
    }

    /// The change in a workspace that may have been rewritten since it was loaded.
    pub fn within<'w>(&self, before: &Workspace, now: &'w Workspace) -> Within<'w> {
        let texts: BTreeMap<&str, &str> =
            before.files.iter().map(|it| (it.path.as_str(), it.text.as_str())).collect();
        let mut files = BTreeMap::new();
        for file in &now.files {
            let Some(lines) = self.changed.get(&file.path) else { continue };
            let moved = match texts.get(file.path.as_str()) {
                Some(before) if *before != file.text => lines.moved(before, &file.text),
                _ => lines.clone(),
            };
            files.insert(file.path.as_str(), Changed { file, lines: moved });
        }
        Within { files, trees: RefCell::default() }
    }

    /// What an analysis gave, without findings that the change does not touch.
    pub fn keep(&self, before: &Workspace, now: &Workspace, mut analysed: Analysed) -> Analysed {
        let within = self.within(before, now);
        analysed.findings.retain(|it| within.touches(it));
        analysed
    }
}

/// A change in the texts of a workspace.
pub struct Within<'w> {
    files: BTreeMap<&'w str, Changed<'w>>,
    trees: RefCell<BTreeMap<&'w str, SyntaxNode>>,
}

struct Changed<'w> {
    file: &'w SourceFile,
    lines: Lines,
}

impl Within<'_> {
    /// Whether a changed line lies in the place of a finding, in its call, or in a step of its evidence.
    pub fn touches(&self, finding: &Finding) -> bool {
        let steps = finding.evidence.iter().map(|it| &it.place);
        steps.chain([&finding.place]).any(|it| self.has(it)) || self.has_call(&finding.place)
    }

    fn has(&self, place: &Place) -> bool {
        let changed = self.files.get(place.path.as_str());
        changed.is_some_and(|it| it.lines.touch(&(place.start.line..place.end.line.saturating_add(1))))
    }

    /// Whether a changed line lies in the call that a place names.
    fn has_call(&self, place: &Place) -> bool {
        let Some((path, Changed { file, lines })) = self.files.get_key_value(place.path.as_str()) else {
            return false;
        };
        let mut trees = self.trees.borrow_mut();
        let tree = trees
            .entry(path)
            .or_insert_with(|| Syntax::parse(&file.text, file.edition).tree().syntax().clone());
        call::around(tree, place.start.offset).is_some_and(|call| lines.touch(&lines_of(&file.text, &call)))
    }
}

/// The lines of a range of bytes, counted from 1.
fn lines_of(text: &str, bytes: &Range<usize>) -> Range<u32> {
    let line = |offset: usize| text.bytes().take(offset).filter(|it| *it == b'\n').count() as u32 + 1;
    line(bytes.start)..line(bytes.end).saturating_add(1)
}
