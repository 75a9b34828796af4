//! Which files may have a value of a type in hand, where all that gives one stands in the type's own module.
//!
//! Such a file names the module, or something that is declared with a type of it: a function that gives one, a type that holds one, a
//! constant, an alias, a macro. What names nothing of the kind calls no method of the type, and its bodies need no types for that: every
//! `for` would else be asked whether it iterates a channel, as soon as one file uses channels. Names are taken without their modules, so
//! that others of the same name count as well: what this says too often costs time alone.

use ra_ap_syntax::SmolStr;
use rustc_hash::FxHashSet;

use crate::declared::Declaration;
use crate::index::Index;
use crate::workspace::Workspace;

/// Modules of std whose types no other module gives.
const CLOSED: &[&[&str]] = &[&["std", "io"], &["std", "sync", "mpsc"]];

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

/// The files that may hold a value of a type of a closed module.
pub(crate) fn holders(workspace: &Workspace, index: &Index, module: &[&str], ty: &str) -> Holders {
    let files = 0..workspace.files.len() as u32;
    let naming: Vec<u32> = files.clone().filter(|it| index.names_of(*it).may_reach(module)).collect();
    let is_last = |it: &SmolStr| module.last() == Some(&it.as_str());
    let gives = |it: &&Declaration| it.words.iter().any(|it| it == ty) || it.names.iter().any(is_last);
    let first = naming.iter().flat_map(|it| index.declarations_of(*it)).filter(gives);
    let mut found: FxHashSet<&SmolStr> = FxHashSet::default();
    let mut open: Vec<&SmolStr> = first.flat_map(|it| &it.names).filter(|it| found.insert(it)).collect();
    while let Some(word) = open.pop() {
        let names = index.declarations_with(word).flat_map(|it| &it.names);
        open.extend(names.filter(|it| found.insert(it)).collect::<Vec<_>>());
    }
    // The modules below one see what that imports for itself.
    let folders: Vec<&str> = naming.iter().map(|it| folder(&workspace.files[*it as usize].path)).collect();
    let is_below = |file: u32| {
        let path = &workspace.files[file as usize].path;
        let words = index.words_of(file);
        folders.iter().any(|it| path.starts_with(it))
            && (words.contains(ty) || module.last().is_some_and(|it| words.contains(*it)))
    };
    let holds = |it: &u32| is_below(*it) || found.iter().any(|name| index.words_of(*it).contains(*name));
    let others: Vec<u32> = files.filter(holds).collect();
    naming.into_iter().chain(others).collect()
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

    use super::{closed_module, folder, holders};
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
        let mut found: Vec<u32> =
            holders(&workspace, &index, &["std", "sync", "mpsc"], "Receiver").into_iter().collect();
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
