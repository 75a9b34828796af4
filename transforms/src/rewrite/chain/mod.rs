//! The chain made async: each helper between the blocking call and the async code becomes an `async fn`, its blocking calls
//! their async twins, and every call of it is awaited, over files and members. Whole or not at all.

mod call;
mod carried;
mod closure;
mod declared;
mod function;
mod kin;
mod lines;
mod needs;
mod renamed;
mod sent;
mod stores;
mod ways;
mod work;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use ra_ap_syntax::{AstNode, SyntaxKind, TextRange};
use retask_engine::Analysis;
use retask_engine::calls::Mention;
use retask_engine::context::{Body, Context};
use retask_engine::functions::Home;
use retask_engine::index::Site;
use retask_engine::resolve::{Callee, Function, Sema};
use retask_engine::site::Resolved;
use retask_engine::workspace::Package;

use super::draft::Draft;
use super::imports::{self, Imports};
use crate::case::Case;
use carried::Wait;
use closure::Match;
use kin::{KIN, Kin};

pub(crate) use ways::{Chains, Ways, ways};

/// More functions than a reader would follow.
const MOST: usize = 40;

/// Calls of the file system in one function from which one trip to the blocking pool costs less than one for each.
const MANY_FILE_CALLS: usize = 3;

/// A chain that can be made async.
#[derive(Clone)]
pub(crate) struct Chain {
    pub draft: Draft,
    /// Why one trip to the blocking pool is better all the same.
    pub costs_more: Option<String>,
}

/// A call that is awaited anew.
struct Awaited {
    call: Resolved,
    /// The body that awaits it.
    body: Body,
    /// The function that it stands in, where that is a part of the chain.
    holder: Option<Function>,
    callee: Function,
}

struct Walk<'c, 'a> {
    sema: &'c Sema<'a>,
    analysis: &'c Analysis<'c>,
    draft: Draft,
    /// The functions that become async, in the order in which they were met.
    order: Vec<Function>,
    seen: HashSet<Function>,
    /// The functions whose blocking calls were looked at.
    reached: Vec<Function>,
    open: VecDeque<Function>,
    awaited: BTreeMap<Site, Awaited>,
    /// Whether a step changes something, and how many steps each body has; one in a loop counts as two.
    changes: bool,
    steps: HashMap<(u32, TextRange), usize>,
    costs_more: Option<String>,
    /// Whether files are used, and whether an iterator became a loop.
    files: bool,
    per_item: bool,
    /// Values of sync types: the expressions and declarations that were met, and what they ask for.
    visited: HashSet<(u32, TextRange, SyntaxKind)>,
    declared: HashSet<(u32, TextRange)>,
    waits: Vec<Wait>,
    /// Whether a call of a carried value is awaited.
    waits_anew: bool,
    /// Closures that became a `match` or a loop.
    opened: HashSet<(u32, TextRange)>,
    /// What stands before them.
    heads: Vec<(u32, TextRange, String)>,
    matches: Vec<Match>,
    /// Calls of methods of a trait of `std::io` that another trait has now.
    converted: HashSet<(u32, TextRange)>,
    /// The paths of the traits of libraries whose methods another trait has now, by file.
    replaced: BTreeSet<(u32, String)>,
    imports: Imports,
}

impl<'c, 'a> Walk<'c, 'a> {
    fn new(sema: &'c Sema<'a>, analysis: &'c Analysis<'c>) -> Self {
        Walk {
            sema,
            analysis,
            draft: Draft::new(""),
            order: Vec::new(),
            seen: HashSet::new(),
            reached: Vec::new(),
            open: VecDeque::new(),
            awaited: BTreeMap::new(),
            changes: false,
            steps: HashMap::new(),
            costs_more: None,
            files: false,
            per_item: false,
            visited: HashSet::new(),
            declared: HashSet::new(),
            waits: Vec::new(),
            waits_anew: false,
            opened: HashSet::new(),
            heads: Vec::new(),
            matches: Vec::new(),
            converted: HashSet::new(),
            replaced: BTreeSet::new(),
            imports: Imports::default(),
        }
    }

    /// The sync types that are carried; those of databases where the configuration asks for it.
    fn kin(&self) -> impl Iterator<Item = &'static Kin> + use<> {
        let with_databases = self.analysis.workspace.settings.async_database;
        KIN.iter().filter(move |it| with_databases || !it.is_database)
    }

    fn run(&mut self, start: Function) -> Result<Chain, String> {
        self.reach(start)?;
        self.write()
    }

    /// The chain of a value that a call works on; `None` where that is of no type that is carried.
    fn run_value(&mut self, case: &Case<'_, '_>) -> Option<Result<Chain, String>> {
        let carried = carried::from_call(self, &case.call)?;
        Some(carried.and_then(|()| self.write()))
    }

    fn write(&mut self) -> Result<Chain, String> {
        self.work_off()?;
        for function in self.order.clone() {
            function::head(self, function)?;
        }
        let awaited = std::mem::take(&mut self.awaited);
        let recursive = recursive(&awaited);
        for (site, it) in &awaited {
            if recursive.contains(site) {
                function::least_rust(self, it.callee, 77, "an async function that calls itself needs")?;
            }
            call::edit(self, it, recursive.contains(site))?;
        }
        for it in std::mem::take(&mut self.waits) {
            call::wait(self, &it)?;
        }
        closure::write(self)?;
        // Before its imports, which other chains of the file write at the same place.
        self.draft.group_by_first_edit("chain");
        let (sema, analysis) = (self.sema, self.analysis);
        self.imports.write(analysis, &mut self.draft);
        imports::remove_traits((sema, analysis), &mut self.draft, &self.converted, &self.replaced);
        self.finish()
    }

    /// Calls the async function that is there already.
    fn call_twin(&mut self, case: &Case<'_, '_>, sync: Function, twin: Function) -> Result<Chain, String> {
        let entered = case.entered;
        call::twin(self, (entered.site, entered.name), sync, twin, entered.body.clone())?;
        for it in std::mem::take(&mut self.waits) {
            call::wait(self, &it)?;
        }
        self.draft.title(&format!("await `{}`, which does the same", self.sema.label(twin)));
        Ok(Chain { draft: self.draft.clone(), costs_more: None })
    }

    /// Takes what blocks in a function into the chain. The function itself becomes async only where it has to wait.
    fn reach(&mut self, function: Function) -> Result<(), String> {
        if self.reached.contains(&function) {
            return Ok(());
        }
        self.reached.push(function);
        if self.reached.len() > MOST {
            return Err(format!("the chain goes through more than {MOST} functions"));
        }
        let analysis = self.analysis;
        if analysis.computes(function) {
            let label = self.sema.label(function);
            return Err(format!("`{label}` computes for long, which no await makes shorter"));
        }
        for call in analysis.blocking_in(function) {
            work::of(self, function, call)?;
        }
        // A call through a trait can be a call of any implementation.
        if let Home::Trait(method) = self.sema.home(function) {
            self.reach(method.declared)?;
            method.implementations.iter().try_for_each(|it| self.reach(*it))?;
        }
        Ok(())
    }

    /// Notes that a function waits: it becomes async.
    fn waits(&mut self, function: Function) {
        if self.seen.insert(function) {
            self.order.push(function);
            self.open.push_back(function);
        }
    }

    fn work_off(&mut self) -> Result<(), String> {
        while let Some(function) = self.open.pop_front() {
            function::accept(self, function)?;
            self.reach(function)?;
            if let Home::Trait(method) = self.sema.home(function) {
                self.waits(method.declared);
                method.implementations.iter().for_each(|it| self.waits(*it));
            }
            let analysis = self.analysis;
            let mut is_called = false;
            for call in analysis.callers(function) {
                is_called = true;
                self.caller(function, call)?;
            }
            self.mentioned(function)?;
            function::is_used(self, function, is_called)?;
        }
        Ok(())
    }

    /// Counts a step of a body.
    fn step(&mut self, body: &Body, in_loop: bool) {
        *self.steps.entry((body.file, body.range)).or_default() += if in_loop { 2 } else { 1 };
    }

    fn caller(&mut self, callee: Function, call: &Resolved) -> Result<(), String> {
        let label = self.sema.label(callee);
        let place = self.place(call.site.file, call.name);
        let (body, holder) = match &call.context {
            Context::Async(body) => (body.clone(), None),
            Context::Sync(holder) => {
                self.waits(*holder);
                (self.body_of(*holder)?, Some(*holder))
            }
            Context::Pool(_) => {
                return Err(format!(
                    "`{label}` is called on a blocking thread as well ({place}), where sync code is right"
                ));
            }
            Context::Test => {
                return Err(format!(
                    "`{label}` is called in a test ({place}): `--include tests` makes that async too"
                ));
            }
            _ if call.is_value => {
                return Err(format!(
                    "`{label}` is passed on as a value ({place}), where an async function cannot stand"
                ));
            }
            Context::Unknown => {
                return Err(format!("on what the call of `{label}` runs is not known ({place})"));
            }
        };
        let awaited = Awaited { call: call.clone(), body, holder, callee };
        self.awaited.insert(call.site, awaited);
        Ok(())
    }

    /// Code that names the function where no call is resolved would no longer compile.
    fn mentioned(&self, function: Function) -> Result<(), String> {
        let label = self.sema.label(function);
        let Some(mention) = self.analysis.other_mention(self.sema, function) else { return Ok(()) };
        let at = |site: Site| self.place(site.file, TextRange::empty(site.offset.into()));
        Err(match mention {
            Mention::LeftOut { site, is_test: true } => {
                format!("`{label}` may be called in a test ({}): `--include tests` reads it", at(site))
            }
            Mention::LeftOut { site, .. } => {
                format!("`{label}` may be called in code that features leave out ({})", at(site))
            }
            Mention::Unknown { site } => {
                format!("`{label}` may be called on a value whose type is not known ({})", at(site))
            }
            Mention::Outside { path } => {
                format!("`{label}` may be called in `{path}`, which is left out: `--include` reads it")
            }
        })
    }

    /// The package that a file belongs to.
    fn package(&self, file: u32) -> &'c Package {
        let workspace = self.analysis.workspace;
        &workspace.packages[workspace.files[file as usize].package]
    }

    /// A place for messages, as `src/main.rs:12`.
    fn place(&self, file: u32, range: TextRange) -> String {
        let place = self.analysis.workspace.place(file, range);
        format!("{}:{}", place.path, place.start.line)
    }

    /// A function as the body that its new awaits stand in.
    fn body_of(&self, function: Function) -> Result<Body, String> {
        let declared =
            self.sema.declaration(function).and_then(|(_, it)| self.sema.source_range(it.syntax()));
        let (file, range) =
            declared.ok_or_else(|| format!("a macro writes `{}`", self.sema.label(function)))?;
        Ok(Body { file, range, in_closure: false, is_main: false })
    }

    fn finish(&mut self) -> Result<Chain, String> {
        if self.order.is_empty() && !self.waits_anew {
            return Err("nothing in it would be awaited".to_owned());
        }
        if !self.draft.has_edits() {
            return Err("nothing in the chain has an async form".to_owned());
        }
        // From the async code downwards, as a reader meets them.
        let mut touched: Vec<Function> = self.reached.clone();
        touched.retain(|it| self.order.is_empty() || self.seen.contains(it));
        let names: Vec<String> = touched.iter().map(|it| self.sema.label(*it)).collect();
        self.draft.title(&title(self.order.is_empty(), &names));
        if self.changes && self.steps.values().any(|it| *it > 1) {
            self.draft.caveat("where the future is dropped between two of its steps, as by a timeout, the later ones do not happen");
        }
        if self.files && self.per_item && self.costs_more.is_none() {
            let reason = "files are used once for each item of an iterator, and one trip to the blocking pool costs less than one for each";
            self.costs_more = Some(reason.to_owned());
        }
        if self.draft.overlaps() {
            return Err("calls of the chain stand inside one another".to_owned());
        }
        Ok(Chain { draft: self.draft.clone(), costs_more: self.costs_more.clone() })
    }
}

fn title(are_sync: bool, names: &[String]) -> String {
    let mut shown: Vec<&str> = Vec::new();
    for name in names {
        if !shown.contains(&name.as_str()) {
            shown.push(name);
        }
    }
    match shown.as_slice() {
        [] => "use the async types from where the value is made".to_owned(),
        [one] if are_sync => format!("use the async types in `{one}`"),
        [one, rest @ ..] if are_sync => format!("use the async types in `{one}` and {} more", rest.len()),
        [one] => format!("make `{one}` async and await it"),
        [one, two] => format!("make `{one}` and `{two}` async and await them"),
        [one, two, rest @ ..] => {
            format!("make `{one}`, `{two}` and {} more async and await them", rest.len())
        }
    }
}

/// The calls that lead back to the function that they stand in: their futures would hold themselves, and are boxed.
fn recursive(awaited: &BTreeMap<Site, Awaited>) -> HashSet<Site> {
    let mut below: HashMap<Function, HashSet<Function>> = HashMap::new();
    for it in awaited.values() {
        if let Some(holder) = it.holder {
            below.entry(holder).or_default().insert(it.callee);
        }
    }
    let leads = |from: Function, to: Function| {
        let (mut seen, mut open) = (HashSet::new(), vec![from]);
        while let Some(function) = open.pop() {
            if function == to {
                return true;
            }
            if seen.insert(function) {
                open.extend(below.get(&function).into_iter().flatten());
            }
        }
        false
    };
    let is_recursive = |it: &Awaited| it.holder.is_some_and(|holder| leads(it.callee, holder));
    awaited.iter().filter(|(_, it)| is_recursive(it)).map(|(site, _)| *site).collect()
}

/// The function of the workspace that a call calls.
fn called(call: &Resolved) -> Option<Function> {
    match call.callee {
        Callee::Workspace(function) => Some(function),
        _ => None,
    }
}
