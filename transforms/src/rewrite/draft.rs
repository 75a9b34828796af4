//! A rewrite in the making: edits, what they need, and what a reader must agree to.

use std::collections::BTreeSet;

use ra_ap_syntax::TextRange;
use retask_engine::Analysis;
use retask_engine::finding::{Edit, FeatureNeed, Fix, Gone, Way};

use crate::case::applicability;

/// A rewrite before it becomes a [`Fix`].
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    title: String,
    edits: Vec<Edit>,
    needs: Vec<FeatureNeed>,
    caveats: Vec<String>,
    /// Findings that share the rewrite name the same group.
    group: Option<String>,
    gone: Vec<Gone>,
    way: Option<Way>,
    why: String,
    is_design: bool,
}

impl Draft {
    pub fn new(title: impl Into<String>) -> Draft {
        Draft {
            title: title.into(),
            edits: Vec::new(),
            needs: Vec::new(),
            caveats: Vec::new(),
            group: None,
            gone: Vec::new(),
            way: None,
            why: String::new(),
            is_design: false,
        }
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
        let caveat = caveat.into();
        if !self.caveats.contains(&caveat) {
            self.caveats.push(caveat);
        }
    }

    /// An import of a file that the rewrite leaves without a use, although its names are still written, once no call is left that it
    /// does not take: the offsets of those that it takes, and of the others.
    pub fn gone(
        &mut self,
        analysis: &Analysis<'_>,
        file: u32,
        import: String,
        (taken, left): (BTreeSet<u32>, BTreeSet<u32>),
    ) {
        let path = analysis.workspace.files[file as usize].path.clone();
        self.gone.push(Gone { path, import, taken, left });
    }

    pub fn has_edits(&self) -> bool {
        !self.edits.is_empty()
    }

    /// Whether an edit lies inside another one.
    pub fn overlaps(&self) -> bool {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        edits.sort();
        edits.dedup();
        edits.windows(2).any(|it| {
            it[0].place.path == it[1].place.path && it[1].place.start.offset < it[0].place.end.offset
        })
    }

    /// Shares the rewrite with all findings that name the same group.
    pub fn group(&mut self, group: String) {
        self.group = Some(group);
    }

    /// One of two ways, and why it is this one.
    pub fn way(&mut self, way: Way, why: impl Into<String>) {
        self.way = Some(way);
        self.why = why.into();
    }

    /// Changes a design.
    pub fn design(&mut self) {
        self.is_design = true;
    }

    /// Shares the rewrite with all findings whose rewrite of this kind begins at the same place.
    pub fn group_by_first_edit(&mut self, kind: &str) {
        let first = self.edits.iter().map(|it| (&it.place.path, it.place.start.offset)).min();
        self.group = first.map(|(path, offset)| format!("{kind}\0{path}\0{offset}"));
    }

    /// Whether it moves work to a pool.
    pub fn is_offload(&self) -> bool {
        self.group.as_ref().is_some_and(|it| it.starts_with("offload\0") || it.starts_with("batch\0"))
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
            gone: self.gone,
            is_design: self.is_design,
            why: self.why,
            way: self.way,
            edits: self.edits,
            needs: self.needs,
            caveats: self.caveats,
        }
    }
}
