//! Syntax facts of every file, gathered in parallel and without types.
//!
//! The index answers two questions cheaply: does this workspace need types at all, and where is a function of
//! this name called. A name decides nothing; it only says which calls are worth resolving.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use ra_ap_syntax::SmolStr;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::basis::Asked;
use crate::catalogue::{self, Mark};
use crate::file_facts::FileFacts;
use crate::macros;
use crate::names::Names;
use crate::outside::{Body, Outlines};
use crate::watch;
use crate::workspace::{Package, Skipped, Wanted, Workspace};

/// Where a name is used in a way that can be a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// Index into [`Workspace::files`].
    pub file: u32,
    /// The offset of the name, in bytes.
    pub offset: u32,
}

/// What the syntax of a call says of the function that it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Whether anything was read; nothing is of what a macro writes.
    pub is_known: bool,
    /// `x.name(…)`
    pub is_method: bool,
    /// The number of arguments without the receiver; `None` where it is not a call, or stands in macro arguments.
    pub args: Option<usize>,
    /// The number of type arguments behind the name, constants among them.
    pub generics: usize,
    /// The path segment before the name; [`Shape::ANY`] where it is too long to read.
    pub qualifier: Option<SmolStr>,
    /// Whether it stands in an async body, and not in a closure there.
    pub in_async: bool,
    /// `name(…).await`
    pub is_awaited: bool,
}

impl Shape {
    /// A qualifier that is no name, or has type arguments in macro arguments.
    pub const ANY: &str = "_";
}

/// A function of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    pub name: SmolStr,
    /// The offset of its name.
    pub at: u32,
    pub end: u32,
}

/// The syntax facts of a workspace.
#[derive(Debug, Default)]
pub struct Index {
    calls: FxHashMap<SmolStr, Vec<(Site, Shape)>>,
    /// The names of all files together, and of each.
    names: Names,
    files: Vec<Names>,
    /// Loops in async bodies that neither await nor show an end, by their keyword.
    loops: Vec<Site>,
    /// Statements in async bodies that await, each followed by another.
    in_a_row: Vec<Site>,
    /// Functions whose own code may compute for long, by their names.
    computing: Vec<Site>,
    /// Functions whose return type names a guard of a lock.
    guarding: BTreeSet<SmolStr>,
    /// How many functions with a body there are.
    functions: usize,
    /// The functions of each file, by their offsets.
    declared: Vec<Vec<Declared>>,
    /// The names of functions that stand in macro arguments.
    in_macros: BTreeSet<SmolStr>,
    /// Functions that may wait, by their names.
    waiting: OnceLock<HashSet<SmolStr>>,
    /// All loops, what the catalogue knows to go on for long, and the functions that may, by their names.
    turns: Vec<Site>,
    known_to_last: Vec<SmolStr>,
    lasting: OnceLock<HashSet<SmolStr>>,
    /// What stands outside of bodies in each file, as prints.
    outlines: Vec<Outlines>,
    /// The bodies in each file that nothing outside of them depends on, by their offsets.
    bodies: Vec<Vec<Body>>,
    /// What was asked of the workspace so far.
    asked: Arc<Asked>,
    has_async: bool,
    wanted: Option<Wanted>,
    skipped: Vec<Skipped>,
}

impl Index {
    /// Parses every file and gathers its facts.
    pub fn build(workspace: &Workspace) -> Index {
        let tests = workspace.include.tests;
        let mut files: Vec<FileFacts> = workspace
            .files
            .par_iter()
            .map(|file| watch::at(&file.path, 0, || FileFacts::of(&file.text, file.edition, tests)))
            .collect();
        let names: Vec<Names> = files.iter_mut().map(|it| std::mem::take(&mut it.names)).collect();
        let (mut index, all) = rayon::join(|| Index::of(files, workspace), || Names::of_all(&names));
        (index.names, index.files) = (all, names);
        // A function that is imported under another name is called by that name.
        for (name, alias) in index.names.renamed.clone() {
            let sites = index.calls.get(&alias).cloned().unwrap_or_default();
            index.calls.entry(name).or_default().extend(sites);
        }
        let last = workspace.entries().filter(|it| matches!(it.effect, catalogue::Effect::Lasts(_)));
        index.known_to_last = last.map(|it| SmolStr::new(it.name())).collect();
        index.wanted = index.crates_to_load(workspace);
        index
    }

    /// The facts of all files, without their names.
    fn of(files: Vec<FileFacts>, workspace: &Workspace) -> Index {
        let mut index = Index::default();
        let mut invoked: Vec<(SmolStr, Site)> = Vec::new();
        let mut written: HashMap<SmolStr, BTreeMap<SmolStr, Shape>> = HashMap::new();
        let mut writes = |name: SmolStr, called: SmolStr, shape: Shape| {
            let known = written.entry(name).or_default().entry(called).or_insert_with(|| shape.clone());
            // Of two calls the shape of either.
            if *known != shape {
                *known = Shape::default();
            }
        };
        let catalogued = macros::CATALOGUED.into_iter().map(|it| (it, it));
        for (name, called) in macros::OF_STD.into_iter().chain(catalogued) {
            writes(SmolStr::new(name), SmolStr::new(called), Shape::default());
        }
        for (file, facts) in files.into_iter().enumerate() {
            let site = |offset| Site { file: file as u32, offset };
            if let Some(error) = facts.error {
                let path = workspace.files[file].path.clone();
                index.skipped.push(Skipped { path, reason: error });
            }
            index.has_async |= facts.has_async;
            index.functions += facts.functions;
            index.declared.push(facts.declared);
            index.in_macros.extend(facts.functions_in_macros);
            index.outlines.push(facts.outlines);
            index.bodies.push(facts.bodies);
            index.guarding.extend(facts.guarding);
            index.in_a_row.extend(facts.in_a_row.into_iter().map(site));
            index.loops.extend(facts.loops.into_iter().map(site));
            index.turns.extend(facts.turns.into_iter().map(site));
            index.computing.extend(facts.computing.into_iter().map(site));
            facts.written.into_iter().for_each(|(name, called, shape)| writes(name, called, shape));
            invoked.extend(facts.invoked.into_iter().map(|(name, offset)| (name, site(offset))));
            for (name, offset, shape) in facts.calls {
                index.calls.entry(name).or_default().push((site(offset), shape));
            }
        }
        // What a macro calls is called where the macro is invoked.
        for (name, site) in invoked {
            for (called, shape) in written.get(&name).into_iter().flatten() {
                index.calls.entry(called.clone()).or_default().push((site, shape.clone()));
            }
        }
        index
    }

    /// The dependencies to load; `None` where nothing can be found, so that no types are needed.
    pub fn wanted(&self) -> Option<&Wanted> {
        self.wanted.as_ref()
    }

    /// Files that do not parse. What parses of them is analysed all the same.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The calls of a name, by file and offset. That they were asked for is noted.
    pub fn calls(&self, name: &str) -> &[(Site, Shape)] {
        self.asked.call(name);
        self.calls_of(name)
    }

    /// The calls of `Owner::name`, by file and offset. That they were asked for is noted.
    pub(crate) fn calls_by(&self, owner: &str, name: &str) -> impl Iterator<Item = Site> + use<'_> {
        self.asked.path(owner, name);
        self.calls_of_owner(owner, name)
    }

    /// The same for questions whose answers are noted themselves.
    pub(crate) fn calls_of_owner(&self, owner: &str, name: &str) -> impl Iterator<Item = Site> + use<'_> {
        let owner = SmolStr::new(owner);
        let calls = self.calls_of(name).iter();
        calls.filter(move |(_, it)| it.qualifier.as_ref() == Some(&owner)).map(|(site, _)| *site)
    }

    /// The calls of a name, for questions whose answers are noted themselves.
    pub(crate) fn calls_of(&self, name: &str) -> &[(Site, Shape)] {
        self.calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// What was asked of the workspace so far.
    pub(crate) fn asked(&self) -> &Arc<Asked> {
        &self.asked
    }

    /// The bodies in a file that nothing outside of them depends on, by their offsets.
    pub(crate) fn bodies_of(&self, file: u32) -> &[Body] {
        &self.bodies[file as usize]
    }

    /// The functions that may wait, by name, where that was asked.
    pub(crate) fn waiting(&self) -> Option<&HashSet<SmolStr>> {
        self.waiting.get()
    }

    /// The functions that may go on for long, by name, where that was asked.
    pub(crate) fn lasting(&self) -> Option<&HashSet<SmolStr>> {
        self.lasting.get()
    }

    /// The names of all files together.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The names of one file.
    pub fn names_of(&self, file: u32) -> &Names {
        &self.files[file as usize]
    }

    /// How many functions with a body there are.
    pub fn functions(&self) -> usize {
        self.functions
    }

    /// The functions of all files.
    pub(crate) fn all_functions(&self) -> impl Iterator<Item = &Declared> {
        self.declared.iter().flatten()
    }

    /// The functions of a file, by their offsets.
    pub(crate) fn functions_of(&self, file: u32) -> &[Declared] {
        &self.declared[file as usize]
    }

    /// Whether a function with this name may wait for what it reads: one that the catalogue knows, or one of the workspace that calls one.
    pub(crate) fn may_wait(&self, name: &str) -> bool {
        self.waiting.get_or_init(|| self.find_waiting()).contains(name)
    }

    pub(crate) fn find_waiting(&self) -> HashSet<SmolStr> {
        let reads = catalogue::entries().filter(|it| it.effect == catalogue::Effect::Marks(Mark::Read));
        self.calling(reads.map(|it| SmolStr::new(it.name())).collect())
    }

    /// Whether a function with this name may go on for long: one that the catalogue knows, one with a loop, or one that calls one.
    pub(crate) fn may_last(&self, name: &str) -> bool {
        self.lasting.get_or_init(|| self.find_lasting()).contains(name)
    }

    pub(crate) fn find_lasting(&self) -> HashSet<SmolStr> {
        let turns = self.turns.iter().chain(self.calls_of("for_each").iter().map(|(site, _)| site));
        let turning = turns.flat_map(|it| self.functions_around(*it)).map(|it| it.name.clone());
        self.calling(self.known_to_last.iter().cloned().chain(turning).collect())
    }

    /// The names of functions that call one of some names, and these names. What stands in macro arguments is not read.
    fn calling(&self, mut open: Vec<SmolStr>) -> HashSet<SmolStr> {
        open.extend(self.in_macros.iter().cloned());
        let mut found: HashSet<SmolStr> = open.iter().cloned().collect();
        while let Some(name) = open.pop() {
            for holder in self.calls_of(&name).iter().flat_map(|(site, _)| self.functions_around(*site)) {
                if found.insert(holder.name.clone()) {
                    open.push(holder.name.clone());
                }
            }
        }
        found
    }

    /// The functions that a place stands in.
    fn functions_around(&self, site: Site) -> impl Iterator<Item = &Declared> {
        let functions = self.functions_of(site.file);
        let before = functions.partition_point(|it| it.at < site.offset);
        functions[..before].iter().filter(move |it| site.offset < it.end)
    }

    /// What stands outside of the bodies of a file.
    pub(crate) fn outlines_of(&self, file: u32) -> Outlines {
        self.outlines[file as usize]
    }

    /// Loops in async bodies that may never end and never await.
    pub fn loops(&self) -> &[Site] {
        &self.loops
    }

    /// Calls in async bodies that may give the guard of a lock, by file and offset.
    pub fn locks(&self) -> BTreeSet<Site> {
        let of_library = catalogue::entries().filter(|it| it.effect == catalogue::Effect::Marks(Mark::Lock));
        let of_library: BTreeSet<&str> = of_library.map(|it| it.name()).collect();
        let of_library = of_library.iter().flat_map(|name| {
            // These methods take nothing but a time, and what they give cannot be awaited.
            let takes_time = name.ends_with("_for") || name.ends_with("_until");
            let is_read =
                move |shape: &Shape| !takes_time && shape.is_method && shape.args.is_some_and(|it| it > 0);
            self.calls(name).iter().filter(move |(_, shape)| !is_read(shape) && !shape.is_awaited)
        });
        let of_workspace = self.guarding.iter().flat_map(|it| self.calls(it));
        let calls = of_library.chain(of_workspace);
        calls.filter(|(_, shape)| shape.in_async).map(|(site, _)| *site).collect()
    }

    /// Functions whose own code may compute for long, by file and offset of their names.
    pub(crate) fn computing(&self) -> &[Site] {
        &self.computing
    }

    /// The first statements of rows in async bodies that await one after another, by file and offset.
    pub fn in_a_row(&self) -> &[Site] {
        &self.in_a_row
    }

    /// A name decides whether its crate is loaded only in packages that depend on that crate.
    fn crates_to_load(&self, workspace: &Workspace) -> Option<Wanted> {
        if !self.has_async && self.calls_of("spawn_blocking").is_empty() {
            return None;
        }
        let mut named = BTreeSet::new();
        let mut files: BTreeSet<u32> = self.loops.iter().map(|it| it.file).collect();
        let has_row: BTreeSet<u32> = self.in_a_row.iter().map(|it| it.file).collect();
        let mut known: HashMap<(usize, &str), Vec<String>> = HashMap::new();
        for entry in workspace.entries().filter(|it| it.effect != catalogue::Effect::Leave) {
            let of_std = matches!(entry.krate(), "std" | "core" | "alloc");
            let counts = |site: &Site, shape: &Shape| match entry.effect {
                catalogue::Effect::Marks(Mark::Lock | Mark::AsyncLock) => shape.in_async,
                catalogue::Effect::Marks(Mark::Read) => has_row.contains(&site.file),
                _ => true,
            };
            for (site, _) in self.calls_of(entry.name()).iter().filter(|(site, shape)| counts(site, shape)) {
                let package = workspace.files[site.file as usize].package;
                let found = known
                    .entry((package, entry.krate()))
                    .or_insert_with(|| self.packages_of(&workspace.packages[package], entry.krate()));
                named.extend(found.iter().cloned());
                let of_member = entry.is_configured() && workspace.has_crate(entry.krate());
                if of_std || of_member || !found.is_empty() {
                    files.insert(site.file);
                }
            }
        }
        let named_in = |file: &u32| {
            let package = &workspace.packages[workspace.files[*file as usize].package];
            let names = self.names_of(*file);
            package.dependencies.iter().filter(|(name, _)| names.begins_with(name))
        };
        let if_small = files.iter().flat_map(named_in).map(|(_, it)| it.package.clone()).collect();
        files.extend(self.computing.iter().map(|it| it.file));
        (!files.is_empty()).then_some(Wanted { named, if_small })
    }

    /// The packages to load for the items of a crate: a direct dependency, or one that gives the crate on and the crate's own.
    fn packages_of(&self, package: &Package, krate: &str) -> Vec<String> {
        if let Some(direct) = package.depends_on(krate) {
            return vec![direct];
        }
        let mut givers = package.dependencies.iter().filter(|(name, _)| self.names.leads(name, krate));
        let giver = givers.next().map(|(_, it)| it.package.clone());
        giver.map_or(Vec::new(), |it| vec![it, krate.to_owned(), krate.replace('_', "-")])
    }
}
