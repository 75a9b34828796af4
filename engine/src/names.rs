//! The names that a workspace writes: its paths and imports, as far as syntax tells. They say what is worth resolving, and decide nothing.

use ra_ap_syntax::{SmolStr, SyntaxKind::*, T};
use rustc_hash::FxHashSet;

use crate::flat::{Node, Token};

/// The names of a file, or of all files together.
#[derive(Debug, Default)]
pub struct Names {
    /// Runs of two and more segments that follow one another in a path, as `sync::mpsc`.
    runs: FxHashSet<SmolStr>,
    /// Single segments.
    words: FxHashSet<SmolStr>,
    /// What paths of several segments begin with, and what imports do: a crate, a module, a type.
    heads: FxHashSet<SmolStr>,
    /// Imported modules and items by their whole paths; of `a::*` that of `a`.
    imports: FxHashSet<SmolStr>,
    /// Modules whose items are imported all at once.
    globs: FxHashSet<SmolStr>,
    /// Names that stand for others: of `use … as name` and `type name = …`.
    pub aliases: FxHashSet<SmolStr>,
    /// What is imported under another name, with that name.
    pub renamed: Vec<(SmolStr, SmolStr)>,
    pub has_glob: bool,
}

impl Names {
    pub(crate) fn add_node(&mut self, node: Node<'_>) {
        match node.kind() {
            PATH => self.add_path(node),
            USE => {
                let tree = node.child(USE_TREE);
                tree.into_iter().for_each(|it| self.add_tree(it, &[]));
            }
            EXTERN_CRATE => self.heads.extend(node.child(NAME_REF).map(|it| SmolStr::new(it.name()))),
            TYPE_ALIAS => self.aliases.extend(node.child(NAME).map(|it| SmolStr::new(it.name()))),
            _ => {}
        }
    }

    /// Adds what goes by other names in code that is not read, and nothing else of it: that leads to no type, but calls what is read.
    pub(crate) fn add_aliases(&mut self, unread: Names) {
        self.aliases.extend(unread.aliases);
        self.renamed.extend(unread.renamed);
    }

    /// A name in macro arguments, which have no nodes.
    pub(crate) fn add_token(&mut self, name: Token<'_>) {
        let mut segments = vec![SmolStr::new(name.text())];
        let mut token = name.prev();
        while let Some(colon) = token.filter(|it| matches!(it.kind(), T![:] | T![::])) {
            let before = match colon.kind() {
                T![::] => colon.prev(),
                _ => colon.prev().and_then(Token::prev),
            };
            let Some(segment) = before.filter(|it| it.kind() == IDENT) else { break };
            segments.insert(0, SmolStr::new(segment.text()));
            token = segment.prev();
        }
        self.add_written(&segments);
    }

    /// Whether a name stands in a path.
    pub fn mentions(&self, name: &str) -> bool {
        self.words.contains(name)
    }

    /// Whether a path leads from a module to another, as `ratatui::crossterm` does.
    pub fn leads(&self, from: &str, to: &str) -> bool {
        self.runs.contains(format!("{from}::{to}").as_str())
    }

    /// Whether a path begins with a name, or an import does.
    pub(crate) fn begins_with(&self, name: &str) -> bool {
        self.heads.contains(name)
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

    /// What imports from some crates are called here, with the names of the crates; `None` where all of a module of theirs is imported.
    pub(crate) fn of_crates<'n>(&'n self, crates: &'n [String]) -> Option<FxHashSet<&'n str>> {
        let mut found: FxHashSet<&str> = crates.iter().map(String::as_str).collect();
        // An import can stand on another: `use tar; use tar::Archive;`.
        for _ in 0..2 {
            let is_of_one = |it: &&SmolStr| it.split("::").next().is_some_and(|it| found.contains(it));
            if self.globs.iter().any(|it| is_of_one(&it)) {
                return None;
            }
            let imported = self.imports.iter().filter(is_of_one).filter_map(|it| it.rsplit("::").next());
            let imported: Vec<&str> = imported.collect();
            found.extend(imported);
            let renamed = self.renamed.iter().filter(|(name, _)| found.contains(name.as_str()));
            let renamed: Vec<&str> = renamed.map(|(_, alias)| alias.as_str()).collect();
            found.extend(renamed);
        }
        Some(found)
    }

    /// The names of the modules whose items are imported all at once; empty for the root of a crate.
    pub(crate) fn globbed(&self) -> impl Iterator<Item = &str> {
        self.globs.iter().map(|it| it.rsplit("::").next().unwrap_or_default())
    }

    /// The names of some files together.
    pub(crate) fn of_all(files: &[Names]) -> Names {
        let mut all = Names::default();
        for names in files {
            all.runs.extend(names.runs.iter().cloned());
            all.words.extend(names.words.iter().cloned());
            all.heads.extend(names.heads.iter().cloned());
            all.imports.extend(names.imports.iter().cloned());
            all.globs.extend(names.globs.iter().cloned());
            all.aliases.extend(names.aliases.iter().cloned());
            all.renamed.extend(names.renamed.iter().cloned());
            all.has_glob |= names.has_glob;
        }
        all
    }

    fn add_path(&mut self, path: Node<'_>) {
        if !path.parent().is_some_and(|it| matches!(it.kind(), PATH | USE_TREE)) {
            self.add_written(&segments(path));
        }
    }

    /// A path of code. A single name can be a variable.
    fn add_written(&mut self, segments: &[SmolStr]) {
        self.heads.extend(segments.first().filter(|_| segments.len() > 1).cloned());
        self.add_segments(segments);
    }

    fn add_tree(&mut self, tree: Node<'_>, around: &[SmolStr]) {
        let mut path = around.to_vec();
        path.extend(tree.child(PATH).into_iter().flat_map(segments));
        if let Some(list) = tree.child(USE_TREE_LIST) {
            let trees = list.children().filter(|it| it.kind() == USE_TREE);
            return trees.for_each(|it| self.add_tree(it, &path));
        }
        let is_glob = tree.has_token(T![*]);
        self.has_glob |= is_glob;
        let alias = tree.child(RENAME).and_then(|it| it.child(NAME));
        if let (Some(name), Some(alias)) = (path.last(), alias) {
            let alias = SmolStr::new(alias.name());
            self.aliases.insert(alias.clone());
            self.renamed.push((name.clone(), alias));
        }
        let whole = SmolStr::new(path.join("::"));
        if is_glob {
            self.globs.insert(whole.clone());
        }
        self.heads.extend(path.first().cloned());
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

/// The names of a path's segments; `self`, `super`, `crate` and `Self` are none.
fn segments(path: Node<'_>) -> Vec<SmolStr> {
    let mut found = path.child(PATH).map_or(Vec::new(), segments);
    let name = path.last_name().filter(|it| it.has_token(IDENT));
    found.extend(name.map(|it| SmolStr::new(it.name())));
    found
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::Edition;

    use super::Names;
    use crate::file_facts::FileFacts;
    use crate::flat::Tree;

    #[track_caller]
    fn check(text: &str, module: &[&str], expected: bool) {
        let mut names = Names::default();
        Tree::parse(text, Edition::CURRENT).nodes().for_each(|it| names.add_node(it));
        assert_eq!(names.may_reach(module), expected, "{text}");
    }

    #[test]
    fn a_crate_is_named_by_the_head_of_a_path() {
        let begins = |text: &str| {
            let mut names = Names::default();
            Tree::parse(text, Edition::CURRENT).nodes().for_each(|it| names.add_node(it));
            names.begins_with("time")
        };
        for text in [
            "use time::Date;",
            "use {time as t};",
            "use ::time::*;",
            "extern crate time;",
            "fn f() -> time::Result<()> {}",
            "fn f() { time::now() }",
        ] {
            assert!(begins(text), "{text}");
        }
        for text in [
            "use std::time::Duration;",
            "use tokio::{io, time::sleep};",
            "fn f(time: u8) -> my_time::Date { std::time::Instant::now() + time } // time::Date",
        ] {
            assert!(!begins(text), "{text}");
        }
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

    #[test]
    fn what_is_built_for_tests_leads_to_nothing_and_may_call_what_is_read() {
        let text = "use a::B;\n#[cfg(test)]\nmod tests { use super::*; use c::D as E; m! { use f::*; g::h() } }\n\
            #[cfg(test)]\nuse i::j;\nfn k() { l::m() }";
        let names = |with_tests| FileFacts::of(text, Edition::CURRENT, with_tests).names;
        let (all, read) = (names(true), names(false));
        assert!(["B", "D", "h", "j", "m"].iter().all(|it| all.mentions(it)) && all.has_glob);
        assert!(["B", "m"].iter().all(|it| read.mentions(it)) && read.begins_with("l"));
        assert!(!["D", "h", "j"].iter().any(|it| read.mentions(it)) && !read.has_glob);
        assert!(read.aliases.contains("E") && read.renamed.len() == 1);
    }
}
