//! Which files may have a value of a type in hand, as far as names tell.
//!
//! Such a file names the module or library that gives the type, or something that is declared with it: a function that gives one, a
//! type that holds one, a constant, an alias, a macro. What names nothing of the kind calls no method of the type, and its bodies need
//! no types for that: every `for` would else be asked whether it iterates a channel, as soon as one file uses channels. Names are taken
//! without their modules, so that others of the same name count as well: what this says too often costs time alone.

use std::collections::HashMap;

use borsh::{BorshDeserialize, BorshSerialize};
use ra_ap_hir::{Adt, HasCrate};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::SmolStr;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::basis::Holding;
use crate::declared::{Declaration, declarations};
use crate::flat::Tree;
use crate::index::Index;
use crate::workspace::{SourceFile, Workspace};

/// Types of std that nothing gives beside their module and methods of these names: the module, some of its types or all of them.
const OF_STD: &[(&[&str], &[&str], &[&str])] = &[
    (&["std", "fs"], &["ReadDir"], &["read_dir"]),
    (&["std", "io"], &[], &[]),
    (&["std", "net"], &["Incoming"], &["incoming"]),
    // Tokio's commands and those that build scripts compile with hold one of std.
    (&["std", "process"], &["Command", "Child"], &["as_std", "as_std_mut", "into_std", "to_command"]),
    (&["std", "sync", "mpsc"], &[], &[]),
];

/// From how many names that lead to a type on it is taken to be everywhere.
const MOST: usize = 400;

/// What alone gives values of a type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub(crate) enum Giver {
    /// A module of std and methods of some names, by its place in [`OF_STD`]; with the type.
    Std { row: usize, ty: String },
    /// A library, and those that stand on it, by the names that members call them by.
    Libraries(Vec<String>),
    /// The workspace declares the type of this name.
    Own(String),
}

/// The files that may hold values of a type.
pub(crate) type Holders = FxHashSet<u32>;

impl Giver {
    /// That of a type of std whose method has this import path, as `std::sync::mpsc::Receiver::recv`.
    pub fn of_std(path: &str) -> Option<Giver> {
        let segments: Vec<&str> = path.split("::").collect();
        OF_STD.iter().enumerate().find_map(|(row, (module, types, _))| {
            let [ty, _] = segments.strip_prefix(*module)? else { return None };
            let counts = types.is_empty() || types.contains(ty);
            counts.then(|| Giver::Std { row, ty: (*ty).to_owned() })
        })
    }

    /// The module of std, and the methods that give the type; empty where it is of no such module.
    fn of_module(&self) -> (&'static [&'static str], &'static [&'static str]) {
        let row = match self {
            Giver::Std { row, .. } => OF_STD.get(*row),
            Giver::Libraries(_) | Giver::Own(_) => None,
        };
        row.map_or((&[], &[]), |(module, _, methods)| (module, methods))
    }

    /// That of a type of a library or of the workspace.
    pub fn of_type(db: &RootDatabase, ty: Adt) -> Option<Giver> {
        let krate = ty.krate(db);
        if krate.is_builtin(db) {
            return None;
        }
        if krate.origin(db).is_local() {
            return Some(Giver::Own(ty.name(db).as_str().to_owned()));
        }
        let above: Vec<_> = krate.transitive_reverse_dependencies(db).collect();
        let (members, mut libraries): (Vec<_>, Vec<_>) =
            above.into_iter().partition(|it| it.origin(db).is_local());
        libraries.push(krate);
        let named = members.iter().flat_map(|it| it.dependencies(db));
        let named = named.filter(|it| libraries.contains(&it.krate)).map(|it| it.name.as_str().to_owned());
        let mut names: Vec<String> = named.collect();
        names.sort();
        names.dedup();
        Some(Giver::Libraries(names))
    }
}

/// What the files of a workspace name and declare. It is read only where it is asked for, and declarations only of the files that a
/// question leads to.
pub(crate) struct Named<'w> {
    workspace: &'w Workspace,
    index: &'w Index,
    /// All names that stand in each file, and the files of each name.
    words: Vec<FxHashSet<&'w str>>,
    files: FxHashMap<&'w str, Vec<u32>>,
    declared: FxHashMap<u32, Vec<Declaration>>,
    /// What is declared with a name.
    by_word: FxHashMap<SmolStr, Vec<SmolStr>>,
    known: HashMap<Giver, Option<Holders>>,
}

impl<'w> Named<'w> {
    pub fn new(workspace: &'w Workspace, index: &'w Index) -> Named<'w> {
        let words: Vec<FxHashSet<&str>> = workspace.files.par_iter().map(SourceFile::names).collect();
        let mut files: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (file, words) in words.iter().enumerate() {
            words.iter().for_each(|it| files.entry(it).or_default().push(file as u32));
        }
        let (declared, by_word, known) = Default::default();
        Named { workspace, index, words, files, declared, by_word, known }
    }

    /// The files that may hold a value of a type; `None` where any may.
    pub fn holders(&mut self, giver: &Giver) -> Option<&Holders> {
        if !self.known.contains_key(giver) {
            let found = self.find(giver);
            self.known.insert(giver.clone(), found);
        }
        self.known[giver].as_ref()
    }

    fn find(&mut self, giver: &Giver) -> Option<Holders> {
        let leading = self.leading_to(giver);
        let found = leading.as_ref().map(|(naming, names)| {
            let beside = self.beside(naming, giver);
            let named = names.iter().filter_map(|it| self.files.get(it.as_str())).flatten().copied();
            naming.iter().copied().chain(named).chain(beside).collect::<Holders>()
        });
        let names = leading.iter().flat_map(|(_, names)| names).map(|it| it.as_str().to_owned()).collect();
        let files = found.as_ref().map(|it| it.iter().copied().collect());
        self.note(giver, Holding { names, files });
        found
    }

    /// The files that name what gives the type, and the names that lead on to it; `None` where these are too many to tell anything.
    fn leading_to(&mut self, giver: &Giver) -> Option<(Vec<u32>, FxHashSet<SmolStr>)> {
        let naming: Vec<u32> = (0..self.words.len() as u32).filter(|it| self.is_named(giver, *it)).collect();
        if 2 * naming.len() > self.words.len() && matches!(giver, Giver::Libraries(_)) {
            return None;
        }
        self.read(&naming);
        let first = match giver {
            Giver::Own(ty) => vec![SmolStr::new(ty)],
            _ => naming.iter().flat_map(|it| self.given_in(*it, giver)).collect(),
        };
        let names = self.leading(first)?;
        Some((naming, names))
    }

    /// Notes what was found, and the names that files are asked for; a path names a module by its last segment.
    fn note(&self, giver: &Giver, holding: Holding) {
        let asked = self.index.asked();
        match giver {
            Giver::Std { ty, .. } => {
                let (module, methods) = giver.of_module();
                [ty.as_str()].iter().chain(module.last()).chain(methods).for_each(|it| asked.name(it));
            }
            Giver::Libraries(libraries) => libraries.iter().for_each(|it| asked.name(it)),
            Giver::Own(_) => {}
        }
        asked.holders(giver, holding);
    }

    /// Whether a file names what gives the type.
    fn is_named(&self, giver: &Giver, file: u32) -> bool {
        let names = self.index.names_of(file);
        match giver {
            Giver::Std { .. } => {
                let (module, methods) = giver.of_module();
                names.may_reach(module) || methods.iter().any(|it| self.words[file as usize].contains(it))
            }
            Giver::Libraries(libraries) => libraries.iter().any(|it| names.mentions(it)),
            Giver::Own(_) => false,
        }
    }

    /// The names of what a file declares with the type, or with another of the same library.
    fn given_in(&self, file: u32, giver: &Giver) -> Vec<SmolStr> {
        let declared = self.declared.get(&file).map_or(&[] as &[Declaration], Vec::as_slice);
        let locals = match giver {
            Giver::Libraries(libraries) => self.index.names_of(file).of_crates(libraries),
            _ => None,
        };
        let gives = |it: &&Declaration| match giver {
            Giver::Std { ty, .. } => {
                let (module, _) = giver.of_module();
                let is_last = |it: &SmolStr| module.last() == Some(&it.as_str());
                it.words.iter().any(|it| it == ty) || it.names.iter().any(is_last)
            }
            Giver::Libraries(_) => {
                locals.as_ref().is_none_or(|locals| it.words.iter().any(|it| locals.contains(it.as_str())))
            }
            Giver::Own(_) => false,
        };
        declared.iter().filter(gives).flat_map(|it| it.names.iter().cloned()).collect()
    }

    /// Files that see what others import: modules below them, and what imports all of one.
    fn beside(&self, naming: &[u32], giver: &Giver) -> Vec<u32> {
        let paths: Vec<&str> =
            naming.iter().map(|it| self.workspace.files[*it as usize].path.as_str()).collect();
        let folders: Vec<&str> = paths.iter().map(|it| folder(it)).collect();
        let modules: FxHashSet<&str> = paths.iter().map(|it| module_of(it)).collect();
        let sees = |file: &u32| {
            let path = &self.workspace.files[*file as usize].path;
            let is_below = || folders.iter().any(|it| path.starts_with(it));
            match giver {
                Giver::Std { ty, .. } => {
                    let (module, _) = giver.of_module();
                    let words = &self.words[*file as usize];
                    let is_meant =
                        words.contains(ty.as_str()) || module.last().is_some_and(|it| words.contains(it));
                    is_meant && is_below()
                }
                Giver::Libraries(_) => {
                    let names = self.index.names_of(*file);
                    names.has_glob && (is_below() || names.globbed().any(|it| modules.contains(it)))
                }
                Giver::Own(_) => false,
            }
        };
        (0..self.words.len() as u32).filter(sees).collect()
    }

    /// The names that lead to a type from some that do, from one declaration to another; `None` where they are too many to tell
    /// anything.
    fn leading(&mut self, mut open: Vec<SmolStr>) -> Option<FxHashSet<SmolStr>> {
        let mut found: FxHashSet<SmolStr> = FxHashSet::default();
        loop {
            open.retain(|it| found.insert(it.clone()));
            if open.is_empty() || found.len() > MOST {
                return (found.len() <= MOST).then_some(found);
            }
            let files = open.iter().filter_map(|it| self.files.get(it.as_str())).flatten();
            let files: Vec<u32> = files.copied().collect();
            self.read(&files);
            open = open.iter().filter_map(|it| self.by_word.get(it)).flatten().cloned().collect();
        }
    }

    /// Reads the declarations of files that were not read yet.
    fn read(&mut self, files: &[u32]) {
        let mut new: Vec<u32> = files.iter().copied().filter(|it| !self.declared.contains_key(it)).collect();
        new.sort();
        new.dedup();
        let of = |it: u32| {
            let file = &self.workspace.files[it as usize];
            (it, declarations(&Tree::parse(&file.text, file.edition)))
        };
        let read: Vec<(u32, Vec<Declaration>)> = new.into_par_iter().map(of).collect();
        for (file, declared) in read {
            for declaration in &declared {
                for word in &declaration.words {
                    self.by_word.entry(word.clone()).or_default().extend(declaration.names.iter().cloned());
                }
            }
            self.declared.insert(file, declared);
        }
    }
}

/// The name of the module that a file is; none of the root of a crate.
fn module_of(path: &str) -> &str {
    let folder = folder(path).trim_end_matches('/');
    match path.rsplit('/').next() {
        Some("lib.rs" | "main.rs") => "",
        _ => folder.rsplit('/').next().unwrap_or(folder),
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
    use std::collections::BTreeSet;

    use ra_ap_syntax::Edition;

    use super::{Giver, Named, folder, module_of};
    use crate::index::Index;
    use crate::workspace::{Package, SourceFile, Workspace};

    /// Which of some files may hold a receiver of std.
    #[track_caller]
    fn check(texts: &[&str], expected: &[u32]) {
        let giver = Giver::of_std("std::sync::mpsc::Receiver::recv").expect("it has a giver");
        check_giver(&giver, texts, expected);
    }

    /// Which of some files may hold a value that is given so.
    #[track_caller]
    fn check_giver(giver: &Giver, texts: &[&str], expected: &[u32]) {
        assert_eq!(holders_of(giver, texts).expect("few names lead there"), expected, "{texts:?}");
    }

    fn holders_of(giver: &Giver, texts: &[&str]) -> Option<Vec<u32>> {
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
        let found: BTreeSet<u32> = named.holders(giver)?.iter().copied().collect();
        Some(found.into_iter().collect())
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
    fn what_is_declared_with_anything_of_a_library_leads_to_its_types() {
        let tar = Giver::Libraries(vec!["tar".to_owned()]);
        let by_name = "use tar::Archive as A; fn open() -> A<u8> {} fn other() {}";
        check_giver(&tar, &[by_name, "", "fn f() { open().entries() }", "fn g() { other() }"], &[0, 2]);
        check_giver(
            &tar,
            &["fn f(it: tar::Archive<u8>) {}", "", "fn g() { f(x) }", "fn h() { x.entries() }"],
            &[0, 2],
        );
        check_giver(&tar, &["use tar::*; struct B(Archive<u8>);", "", "fn g(b: B) {}", "fn h() {}"], &[0, 2]);
        check_giver(
            &tar,
            &[
                "use tar; use tar::Header; trait C { fn c(&self) -> Header; }",
                "",
                "fn g() { x.c() }",
                "fn h() {}",
            ],
            &[0, 2],
        );
    }

    #[test]
    fn globs_see_what_others_import_of_a_library() {
        let tar = Giver::Libraries(vec!["tar".to_owned()]);
        check_giver(
            &tar,
            &["use tar::Archive;", "use super::*;", "use crate::x::*;", "use super::x;"],
            &[0, 1],
        );
        check_giver(&tar, &["use tar::Archive;", "", "use crate::0::*;", ""], &[0]);
        assert_eq!(["src/a.rs", "src/a/mod.rs", "src/lib.rs"].map(module_of), ["a", "a", ""]);
    }

    #[test]
    fn a_library_that_most_files_name_tells_nothing() {
        let file = |text: &str| text.to_owned();
        let texts = [file("use bytes::Bytes;"), file("use bytes::Bytes;"), file("")];
        assert!(
            holders_of(&Giver::Libraries(vec!["bytes".to_owned()]), &texts.each_ref().map(|it| it.as_str()))
                .is_none()
        );
    }

    #[test]
    fn a_type_of_the_workspace_is_held_where_its_name_leads() {
        let own = Giver::Own("Job".to_owned());
        check_giver(
            &own,
            &[
                "struct Job; impl Job { fn run(&self) {} }",
                "",
                "fn next() -> Job {}",
                "fn f() { next().run() }",
                "fn g() { other.run() }",
            ],
            &[0, 2, 3],
        );
        let many: Vec<String> = (0..500).map(|it| format!("fn f{it}(job: Job) {{}}")).collect();
        assert!(holders_of(&own, &[&many.join(" ")]).is_none());
    }

    #[test]
    fn a_type_of_std_is_told_by_the_path_of_what_it_has() {
        assert!(Giver::of_std("std::sync::mpsc::Receiver::recv").is_some());
        assert!(Giver::of_std("std::fs::ReadDir::next").is_some());
        assert!(Giver::of_std("std::fs::File::open").is_none());
        assert!(Giver::of_std("std::sync::Mutex::lock").is_none());
        assert!(Giver::of_std("std::fs::read_dir").is_none());
        assert!(Giver::of_std("std::io::Stdin::lines").is_some());
        assert!(Giver::of_std("std::process::Stdio::null").is_none());
        let command = Giver::of_std("std::process::Command::status").expect("it has a giver");
        check_giver(
            &command,
            &[
                "use std::process::Command; fn git() -> Command {}",
                "use super::*; fn f() { response.status() }",
                "fn g() { git().status() }",
                "fn h(it: &mut tokio::process::Command) { it.as_std_mut().status() }",
                "fn i() { response.status() }",
            ],
            &[0, 2, 3],
        );
        let dir = Giver::of_std("std::fs::ReadDir::next").expect("it has a giver");
        check_giver(&dir, &["fn f() { path.read_dir() }", "", "fn g() { all.next() }"], &[0]);
    }
}
