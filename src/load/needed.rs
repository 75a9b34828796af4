//! Which functions of libraries a workspace can call, by their names.
//!
//! Most of what a library declares is functions that this workspace does not name: they are parsed, and their signatures looked at
//! again and again, for nothing. One is needed where its name stands in the workspace, in what a macro writes, or in a body that is
//! kept of a function that is needed itself. Types, traits and what is implemented stay as they are.

use rayon::prelude::*;
use retask_engine::Workspace;
use retask_engine::workspace::SourceFile;
use rustc_hash::{FxHashMap, FxHashSet};

use super::outline::Outline;

/// What the language itself calls: operators, iteration, futures, `?`, closures, and what formatting is written out to.
const OF_LANGUAGE: &[&str] = &[
    "add",
    "add_assign",
    "async_call",
    "async_call_mut",
    "async_call_once",
    "bitand",
    "bitand_assign",
    "bitor",
    "bitor_assign",
    "bitxor",
    "bitxor_assign",
    "branch",
    "call",
    "call_mut",
    "call_once",
    "clone",
    "cmp",
    "deref",
    "deref_mut",
    "div",
    "div_assign",
    "drop",
    "eq",
    "fmt",
    "from",
    "from_output",
    "from_residual",
    "from_str",
    "from_usize",
    "ge",
    "gt",
    "index",
    "index_mut",
    "into_future",
    "into_iter",
    "le",
    "lt",
    "mul",
    "mul_assign",
    "ne",
    "neg",
    "new",
    "new_unchecked",
    "next",
    "not",
    "partial_cmp",
    "poll",
    "rem",
    "rem_assign",
    "shl",
    "shl_assign",
    "shr",
    "shr_assign",
    "sub",
    "sub_assign",
];

/// What rewrites often write: where it is there from the start, nothing has to be loaded again for them.
const OF_REWRITES: &[&str] = &["expect", "spawn_blocking", "to_owned"];

/// The names of functions that a workspace needs of some libraries.
pub struct Needed<'t> {
    names: FxHashSet<&'t str>,
}

impl<'t> Needed<'t> {
    pub fn of(workspace: &'t Workspace, libraries: &'t [&'t Outline]) -> Needed<'t> {
        let mut names = all(workspace.files.par_iter().map(SourceFile::names));
        names.extend(OF_LANGUAGE.iter().chain(OF_REWRITES));
        let twins = workspace.entries().filter(|it| names.contains(it.name())).filter_map(|it| it.twin);
        names.extend(twins.flat_map(words).collect::<Vec<_>>());
        names.extend(all(libraries.par_iter().map(|it| called(it))));
        let mut by_name: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for it in libraries {
            for function in it.functions.iter().filter(|it| !it.body.is_empty()) {
                by_name
                    .entry(&it.text[function.name.clone()])
                    .or_default()
                    .push(&it.text[function.body.clone()]);
            }
        }
        let mut open: Vec<&str> = names.iter().copied().collect();
        while let Some(name) = open.pop() {
            let bodies = by_name.remove(name).unwrap_or_default();
            open.extend(bodies.into_iter().flat_map(words).filter(|it| names.insert(it)));
        }
        Needed { names }
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name.trim_start_matches("r#"))
    }

    /// The names of functions that are left out.
    pub fn left_out(&self, libraries: &[&Outline]) -> FxHashSet<String> {
        let names = libraries.iter().flat_map(|it| it.functions.iter().map(|of| &it.text[of.name.clone()]));
        let left_out: FxHashSet<&str> = names.filter(|it| !self.has(it)).collect();
        left_out.into_iter().map(str::to_owned).collect()
    }
}

/// What is called by what always stays, by name; functions that stand in it may go.
fn called(outline: &Outline) -> FxHashSet<&str> {
    let mut called = FxHashSet::default();
    for range in &outline.callers {
        let inside = outline.functions.partition_point(|it| it.range.start < range.start);
        let inside = outline.functions[inside..].iter().take_while(|it| it.range.start < range.end);
        let mut at = range.start;
        for function in inside {
            called.extend(words(&outline.text[at..function.range.start]));
            at = function.range.end;
        }
        called.extend(words(&outline.text[at.min(range.end)..range.end]));
    }
    called
}

/// The names in a text, but for those of functions that it declares.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_between = |it: char| !(it.is_ascii_alphanumeric() || it == '_' || !it.is_ascii());
    let words = text.split(is_between).filter(|it| !it.is_empty());
    let mut before = "";
    words.filter(move |it| std::mem::replace(&mut before, it) != "fn")
}

fn all<'t>(sets: impl ParallelIterator<Item = FxHashSet<&'t str>>) -> FxHashSet<&'t str> {
    sets.reduce(FxHashSet::default, |mut all, mut it| {
        if all.len() < it.len() {
            std::mem::swap(&mut all, &mut it);
        }
        all.extend(it);
        all
    })
}

#[cfg(test)]
mod tests {
    use ra_ap_syntax::Edition;
    use retask_engine::Workspace;
    use retask_engine::workspace::SourceFile;

    use super::Needed;
    use crate::load::Outline;

    /// Which functions of a library a workspace of one file needs.
    #[track_caller]
    fn check(text: &str, library: &str, expected: &[&str]) {
        let file = SourceFile {
            path: "src/main.rs".to_owned(),
            text: text.to_owned(),
            bom: false,
            edition: Edition::CURRENT,
            package: 0,
            selected: true,
        };
        let workspace = Workspace { files: vec![file], ..Workspace::default() };
        let outline = Outline::of(library);
        let libraries = [&outline];
        let needed = Needed::of(&workspace, &libraries);
        let names = outline.functions.iter().map(|it| &outline.text[it.name.clone()]);
        let found: Vec<&str> = names.filter(|it| needed.has(it)).collect();
        assert_eq!(found, expected, "{text}");
        let left_out = needed.left_out(&libraries);
        assert!(outline.functions.len() >= expected.len() + left_out.len(), "{left_out:?}");
    }

    #[test]
    fn what_is_named_is_needed() {
        check(
            "fn main() { a(); x.b() } // d",
            "fn a() {} impl X { fn b(&self) {} fn c(&self) {} } fn d() {}",
            &["a", "b"],
        );
        check("fn main() { r#if() }", "fn r#if() {} fn r#else() {}", &["r#if"]);
    }

    #[test]
    fn so_is_what_a_needed_body_calls_and_a_macro_writes() {
        let library = "fn a(f: impl Fn()) { b(f) } fn b(f: impl Fn()) { c() } fn c() {} fn d(f: impl Fn()) { e() } fn e() {}";
        check("fn main() { a(|| ()) }", library, &["a", "b", "c"]);
        let library = "#[macro_export] macro_rules! m { () => { a() } } macro_rules! n { () => { fn b() {} } } fn a() {}";
        check("fn main() { m!() }", library, &["a"]);
    }

    #[test]
    fn so_is_what_the_language_and_a_twin_call() {
        let library = "impl Add for A { fn add(self) {} fn other(self) {} }";
        check("fn main() { A + A }", library, &["add"]);
        check("fn main() { std::fs::read(p) }", "mod fs { fn read() {} fn write() {} }", &["read"]);
        check("fn main() { p.is_file() }", "fn metadata() {} fn interval() {}", &["metadata"]);
    }
}
