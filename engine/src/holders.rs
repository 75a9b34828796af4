//! Which files may have a value of a type in hand, where all that gives one stands in the type's own module.
//!
//! Such a file names the module, or something that is declared with a type of it: a function that gives one, a type that holds one, a
//! constant, an alias, a macro. What names nothing of the kind calls no method of the type, and its bodies need no types for that: every
//! `for` would else be asked whether it iterates a channel, as soon as one file uses channels. Names are taken without their modules, so
//! that others of the same name count as well: what this says too often costs time alone.

use std::collections::HashMap;

use ra_ap_parser::LexedStr;
use ra_ap_syntax::{SmolStr, SyntaxKind};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::declared::{Declaration, declarations};
use crate::flat::Tree;
use crate::index::Index;
use crate::workspace::Workspace;

/// Modules of std whose types no other module gives.
const CLOSED: &[&[&str]] = &[&["std", "io"], &["std", "sync", "mpsc"]];

/// A closed module, and the name of a type in it.
pub(crate) type Closed<'t> = (&'static [&'static str], &'t str);
/// The files that may hold values of a type.
pub(crate) type Holders = FxHashSet<u32>;

/// The closed module that a function stands in by its import path, as `std::sync::mpsc::Receiver::recv`.
pub(crate) fn closed_module(path: &str) -> Option<&'static [&'static str]> {
    let stands_in = |module: &&&[&str]| {
        let mut segments = path.split("::");
        module.iter().all(|it| segments.next() == Some(it))
    };
    CLOSED.iter().find(stands_in).copied()
}

/// What the files of a workspace name. It is read only where a type of a closed module is asked about: few workspaces use one.
pub(crate) struct Named<'w> {
    workspace: &'w Workspace,
    index: &'w Index,
    /// All names that stand in each file.
    words: Vec<FxHashSet<&'w str>>,
    known: HashMap<Closed<'w>, Holders>,
}

impl<'w> Named<'w> {
    pub fn new(workspace: &'w Workspace, index: &'w Index) -> Named<'w> {
        let words = workspace.files.par_iter().map(|file| {
            let lexed = LexedStr::new(file.edition, &file.text);
            let names = (0..lexed.len()).filter(|it| lexed.kind(*it) == SyntaxKind::IDENT);
            names.map(|it| &file.text[lexed.text_range(it)]).collect()
        });
        Named { workspace, index, words: words.collect(), known: HashMap::new() }
    }

    /// The files that may hold a value of a type.
    pub fn holders(&mut self, closed: Closed<'w>) -> &Holders {
        if !self.known.contains_key(&closed) {
            let found = self.find(closed);
            self.known.insert(closed, found);
        }
        &self.known[&closed]
    }

    fn find(&self, (module, ty): Closed<'_>) -> Holders {
        let files = 0..self.words.len() as u32;
        let naming: Vec<u32> =
            files.clone().filter(|it| self.index.names_of(*it).may_reach(module)).collect();
        let found = self.leading(&naming, (module, ty));
        // The modules below one see what that imports for itself.
        let folders: Vec<&str> =
            naming.iter().map(|it| folder(&self.workspace.files[*it as usize].path)).collect();
        let is_below = |file: u32| {
            let path = &self.workspace.files[file as usize].path;
            folders.iter().any(|it| path.starts_with(it))
                && (self.names(file, ty) || module.last().is_some_and(|it| self.names(file, it)))
        };
        let holds = |it: &u32| is_below(*it) || found.iter().any(|name| self.names(*it, name));
        let others: Vec<u32> = files.filter(holds).collect();
        naming.into_iter().chain(others).collect()
    }

    /// The names that lead to a type, from one declaration to another. Only files that name one of them are read.
    fn leading(&self, naming: &[u32], (module, ty): Closed<'_>) -> FxHashSet<SmolStr> {
        let declared = self.declared_in(naming.to_vec());
        let is_last = |it: &SmolStr| module.last() == Some(&it.as_str());
        let gives = |it: &&Declaration| it.words.iter().any(|it| it == ty) || it.names.iter().any(is_last);
        let mut open: Vec<SmolStr> = declared.iter().filter(gives).flat_map(|it| it.names.clone()).collect();
        let mut by_word: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        add(&mut by_word, declared);
        let mut read: FxHashSet<u32> = naming.iter().copied().collect();
        let mut found: FxHashSet<SmolStr> = FxHashSet::default();
        loop {
            open.retain(|it| found.insert(it.clone()));
            if open.is_empty() {
                return found;
            }
            let names_one = |it: &u32| open.iter().any(|word| self.names(*it, word));
            let more = (0..self.words.len() as u32).filter(names_one).filter(|it| read.insert(*it));
            add(&mut by_word, self.declared_in(more.collect()));
            open = open.iter().filter_map(|it| by_word.get(it)).flatten().cloned().collect();
        }
    }

    fn declared_in(&self, files: Vec<u32>) -> Vec<Declaration> {
        let of = |it: u32| {
            let file = &self.workspace.files[it as usize];
            declarations(&Tree::parse(&file.text, file.edition))
        };
        files.into_par_iter().flat_map_iter(of).collect()
    }

    fn names(&self, file: u32, word: &str) -> bool {
        self.words[file as usize].contains(word)
    }
}

/// Adds declarations under the words that stand in them.
fn add(by_word: &mut FxHashMap<SmolStr, Vec<SmolStr>>, declared: Vec<Declaration>) {
    for declaration in declared {
        for word in declaration.words {
            by_word.entry(word).or_default().extend(declaration.names.iter().cloned());
        }
    }
}

/// Where the modules below a file stand.
fn folder(path: &str) -> &str {
    let whole = path.strip_suffix(".rs").unwrap_or(path);
    let roots = ["lib", "main", "mod"];
    let is_root = whole.rsplit('/').next().is_some_and(|it| roots.contains(&it));
    if is_root { &whole[..whole.rfind('/').map_or(0, |it| it + 1)] } else { whole }
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::Edition;

    use super::{Named, closed_module, folder};
    use crate::index::Index;
    use crate::workspace::{Package, SourceFile, Workspace};

    /// Which of some files may hold a receiver of std.
    #[track_caller]
    fn check(texts: &[&str], expected: &[u32]) {
        let files = texts.iter().enumerate().map(|(at, text)| SourceFile {
            // The second one stands below the first.
            path: if at == 1 { "0/1.rs".to_owned() } else { format!("{at}.rs") },
            text: (*text).to_owned(),
            bom: false,
            edition: Edition::CURRENT,
            package: 0,
            selected: true,
        });
        let workspace =
            Workspace { files: files.collect(), packages: vec![Package::default()], ..Workspace::default() };
        let index = Index::build(&workspace);
        let mut named = Named::new(&workspace, &index);
        let mut found: Vec<u32> =
            named.holders((&["std", "sync", "mpsc"], "Receiver")).iter().copied().collect();
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_declared_with_a_receiver_leads_to_one() {
        let jobs = "use std::sync::mpsc::Receiver; pub struct Jobs { pub all: Receiver<u8> } fn helper() {}";
        check(&[jobs, "fn f(jobs: Jobs) { for _ in jobs.all {} }"], &[0, 1]);
        check(
            &[jobs, "fn g() { for _ in made() {} }", "fn made() -> Pool { helper() }", "struct Pool(Jobs);"],
            &[0, 1, 2, 3],
        );
        check(&[jobs, "fn f(list: Vec<u8>) { helper(); for _ in list {} }"], &[0]);
        check(&["pub use std::sync::mpsc;", "fn f(it: mpsc::Receiver<u8>) { for _ in it {} }"], &[0, 1]);
        check(&["use tokio::sync::mpsc; fn f(it: mpsc::Receiver<u8>) {}", "fn g() { f() }"], &[]);
    }

    #[test]
    fn modules_below_see_what_is_imported() {
        let (above, below) = ("use std::sync::mpsc::Receiver;", "use super::*; fn f(it: Receiver<u8>) {}");
        check(&[above, below, "fn g(it: Receiver<u8>) {}"], &[0, 1]);
        assert_eq!(
            ["src/a.rs", "src/a/mod.rs", "src/lib.rs", "lib.rs"].map(folder),
            ["src/a", "src/a/", "src/", ""]
        );
    }

    #[test]
    fn a_closed_module_is_told_by_the_path_of_what_stands_in_it() {
        assert!(closed_module("std::sync::mpsc::Receiver::recv").is_some());
        assert!(closed_module("std::sync::Mutex::lock").is_none());
        assert!(closed_module("std::sync").is_none());
        assert!(closed_module("std::io::Stdin::lines").is_some());
    }
}
