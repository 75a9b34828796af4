//! The names that a workspace writes: its paths and imports, as far as syntax tells. They say what is worth resolving, and decide nothing.

use std::collections::HashSet;

use ra_ap_syntax::{
    AstNode, SmolStr, SyntaxKind, SyntaxNode, SyntaxToken, T, ast,
    ast::{HasName, PathSegmentKind},
};

/// The names of a file, or of all files together.
#[derive(Debug, Default)]
pub struct Names {
    /// Runs of two and more segments that follow one another in a path, as `sync::mpsc`.
    runs: HashSet<SmolStr>,
    /// Single segments.
    words: HashSet<SmolStr>,
    /// Imported modules and items by their whole paths; of `a::*` that of `a`.
    imports: HashSet<SmolStr>,
    /// Modules whose items are imported all at once.
    globs: HashSet<SmolStr>,
    /// Names that stand for others: of `use … as name` and `type name = …`.
    pub aliases: HashSet<SmolStr>,
    /// What is imported under another name, with that name.
    pub renamed: Vec<(SmolStr, SmolStr)>,
    pub has_glob: bool,
}

impl Names {
    pub fn add_node(&mut self, node: &SyntaxNode) {
        match node.kind() {
            SyntaxKind::PATH => self.add_path(node),
            SyntaxKind::USE => {
                let tree = ast::Use::cast(node.clone()).and_then(|it| it.use_tree());
                tree.iter().for_each(|it| self.add_tree(it, &[]));
            }
            SyntaxKind::TYPE_ALIAS => {
                let name = ast::TypeAlias::cast(node.clone()).and_then(|it| it.name());
                self.aliases.extend(name.map(|it| SmolStr::new(it.text())));
            }
            _ => {}
        }
    }

    /// A name in macro arguments, which have no nodes.
    pub fn add_token(&mut self, name: &SyntaxToken) {
        let mut segments = vec![SmolStr::new(name.text())];
        let mut token = name.prev_token();
        while let Some(colon) = token.filter(|it| matches!(it.kind(), T![:] | T![::])) {
            let before = match colon.kind() {
                T![::] => colon.prev_token(),
                _ => colon.prev_token().and_then(|it| it.prev_token()),
            };
            let Some(segment) = before.filter(|it| it.kind() == SyntaxKind::IDENT) else { break };
            segments.insert(0, SmolStr::new(segment.text()));
            token = segment.prev_token();
        }
        self.add_segments(&segments);
    }

    /// Whether a name stands in a path.
    pub fn mentions(&self, name: &str) -> bool {
        self.words.contains(name)
    }

    /// Whether a path leads from a module to another, as `ratatui::crossterm` does.
    pub fn leads(&self, from: &str, to: &str) -> bool {
        self.runs.contains(format!("{from}::{to}").as_str())
    }

    /// Whether a trait's methods can be called here: it is named, or a glob may import it.
    pub fn may_import(&self, name: &str) -> bool {
        self.has_glob || self.mentions(name)
    }

    /// Whether an item can be meant here whose module has this path: the whole path is written, or its rest behind an import of its head.
    pub fn may_reach(&self, module: &[&str]) -> bool {
        let whole = module.join("::");
        if module.len() < 2 {
            return self.mentions(&whole);
        }
        let behind_import = |at: usize| {
            let rest = module[at - 1..].join("::");
            self.runs.contains(rest.as_str()) && self.imports.contains(module[..at].join("::").as_str())
        };
        let behind_glob = |at: usize| {
            let rest = module[at..].join("::");
            let is_named = self.runs.contains(rest.as_str()) || self.words.contains(rest.as_str());
            is_named && (0..at).any(|from| self.has_glob_of(&module[..at], from))
        };
        self.runs.contains(whole.as_str()) || (1..module.len()).any(|it| behind_import(it) || behind_glob(it))
    }

    /// Whether all items of a module are imported, be it by the rest of its path behind an import of its head.
    fn has_glob_of(&self, module: &[&str], from: usize) -> bool {
        let is_imported = from == 0 || self.imports.contains(module[..=from].join("::").as_str());
        is_imported && self.globs.contains(module[from..].join("::").as_str())
    }

    pub fn extend(&mut self, other: &Names) {
        self.runs.extend(other.runs.iter().cloned());
        self.words.extend(other.words.iter().cloned());
        self.imports.extend(other.imports.iter().cloned());
        self.globs.extend(other.globs.iter().cloned());
        self.aliases.extend(other.aliases.iter().cloned());
        self.renamed.extend(other.renamed.iter().cloned());
        self.has_glob |= other.has_glob;
    }

    fn add_path(&mut self, node: &SyntaxNode) {
        let is_part =
            node.parent().is_some_and(|it| matches!(it.kind(), SyntaxKind::PATH | SyntaxKind::USE_TREE));
        if let Some(path) = ast::Path::cast(node.clone()).filter(|_| !is_part) {
            self.add_segments(&segments(&path));
        }
    }

    fn add_tree(&mut self, tree: &ast::UseTree, around: &[SmolStr]) {
        let mut path = around.to_vec();
        path.extend(tree.path().iter().flat_map(segments));
        if let Some(list) = tree.use_tree_list() {
            return list.use_trees().for_each(|it| self.add_tree(&it, &path));
        }
        self.has_glob |= tree.star_token().is_some();
        if let (Some(name), Some(alias)) = (path.last(), tree.rename().and_then(|it| it.name())) {
            let alias = SmolStr::new(alias.text());
            self.aliases.insert(alias.clone());
            self.renamed.push((name.clone(), alias));
        }
        let whole = SmolStr::new(path.join("::"));
        if tree.star_token().is_some() {
            self.globs.insert(whole.clone());
        }
        self.imports.insert(whole);
        self.add_segments(&path);
    }

    fn add_segments(&mut self, segments: &[SmolStr]) {
        for (start, segment) in segments.iter().enumerate() {
            self.words.insert(segment.clone());
            for end in start + 2..=segments.len() {
                self.runs.insert(segments[start..end].join("::").into());
            }
        }
    }
}

/// The names of a path's segments; `self`, `super` and `crate` are none.
fn segments(path: &ast::Path) -> Vec<SmolStr> {
    let name = |it: ast::PathSegment| match it.kind()? {
        PathSegmentKind::Name(name) => Some(SmolStr::new(name.text())),
        _ => None,
    };
    path.segments().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::{AstNode, Edition, SourceFile};

    use super::Names;

    #[track_caller]
    fn check(text: &str, module: &[&str], expected: bool) {
        let mut names = Names::default();
        let tree = SourceFile::parse(text, Edition::CURRENT).tree();
        tree.syntax().descendants().for_each(|it| names.add_node(&it));
        assert_eq!(names.may_reach(module), expected, "{text}");
    }

    #[test]
    fn a_module_is_reached_by_its_path_or_through_imports() {
        let mpsc = &["std", "sync", "mpsc"];
        check("use std::sync::mpsc;", mpsc, true);
        check("use std::sync::{Arc, mpsc::{self, Receiver}};", mpsc, true);
        check("use std::sync; fn f() { sync::mpsc::channel() }", mpsc, true);
        check("use std::sync::*; fn f() { mpsc::channel() }", mpsc, true);
        check("use std::sync; use sync::*; fn f() { mpsc::channel() }", mpsc, true);
        check("use std::sync; use other::*; fn f() { mpsc::channel() }", mpsc, false);
        check("fn f(it: std::sync::mpsc::Receiver<()>) {}", mpsc, true);
        check("use std::sync::Arc; use tokio::sync::mpsc;", mpsc, false);
        check("use std::thread;", &["std", "thread"], true);
        check("use reqwest::Client;", &["reqwest", "blocking"], false);
    }
}
