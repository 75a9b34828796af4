//! A rewrite in the making: edits, what they need, and what a reader must agree to.

use ra_ap_syntax::TextRange;
use retask_engine::Analysis;
use retask_engine::finding::{Edit, FeatureNeed, Fix};

use crate::case::applicability;

/// A rewrite before it becomes a [`Fix`].
#[derive(Debug)]
pub(crate) struct Draft {
    title: String,
    edits: Vec<Edit>,
    needs: Vec<FeatureNeed>,
    caveats: Vec<String>,
    /// Findings that share the rewrite name the same group.
    group: Option<String>,
}

impl Draft {
    pub fn new(title: impl Into<String>) -> Draft {
        Draft { title: title.into(), edits: Vec::new(), needs: Vec::new(), caveats: Vec::new(), group: None }
    }

    /// Another title, where the way is another one.
    pub fn title(&mut self, title: &str) {
        title.clone_into(&mut self.title);
    }

    /// Replaces a range. A comment that gets lost is a caveat.
    pub fn replace(&mut self, analysis: &Analysis<'_>, file: u32, range: TextRange, text: impl Into<String>) {
        let text = text.into();
        let old = analysis.workspace.text(file, range);
        let comments = |it: &str| it.matches("//").count() + it.matches("/*").count();
        if comments(old) > comments(&text) {
            self.caveat("a comment inside the rewritten code is dropped");
        }
        self.edits.push(analysis.workspace.edit(file, range, text));
    }

    /// Inserts a text at an offset, after what is inserted there already.
    pub fn insert(&mut self, analysis: &Analysis<'_>, file: u32, offset: ra_ap_syntax::TextSize, text: &str) {
        let edit = analysis.workspace.edit(file, TextRange::empty(offset), text);
        match self.edits.iter_mut().find(|it| it.place == edit.place) {
            Some(known) if known.text != edit.text => known.text.push_str(text),
            Some(_) => {}
            None => self.edits.push(edit),
        }
    }

    /// A feature that the edits rely on.
    pub fn need(&mut self, package: usize, dependency: &'static str, feature: &'static str) {
        let need = FeatureNeed { package, dependency, feature };
        if !feature.is_empty() && !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    /// Something that a reader must agree to, in words; it makes the rewrite `maybe-incorrect`.
    pub fn caveat(&mut self, caveat: impl Into<String>) {
        self.caveats.push(caveat.into());
    }

    /// Shares the rewrite with all findings that name the same group.
    pub fn group(&mut self, group: String) {
        self.group = Some(group);
    }

    /// The finished rewrite of a rule. Without a group that is named, only findings that edit the very same places share it.
    pub fn into_fix(mut self, rule: &str) -> Fix {
        self.edits.sort();
        self.edits.dedup();
        let places = || {
            let place =
                |it: &Edit| format!("{}:{}-{}", it.place.path, it.place.start.offset, it.place.end.offset);
            self.edits.iter().map(place).collect::<Vec<_>>().join(" ")
        };
        Fix {
            title: self.title,
            applicability: applicability(&self.caveats),
            group: self.group.unwrap_or_else(|| format!("{rule}\0{}", places())),
            edits: self.edits,
            needs: self.needs,
            caveats: self.caveats,
        }
    }
}
