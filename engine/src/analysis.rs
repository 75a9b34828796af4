//! All calls that matter, resolved: what async code enters, what is handed over to pools and tasks.
//!
//! The work starts from the calls whose name stands in the catalogue. Only a function that is confirmed to block makes
//! its callers candidates, so that types are asked for along chains that exist, and nowhere else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ra_ap_hir::{AsAssocItem, Function, HasCrate, Impl, attach_db};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::{AstNode, TextRange, ast, ast::HasName};
use rayon::prelude::*;

use crate::catalogue::{self, Cost, Effect, Entry, Family, Pool};
use crate::context::{Body, Context, Contexts, Role};
use crate::finding::Confidence;
use crate::index::{Index, Site};
use crate::resolve::{CallNode, Callee, Sema};
use crate::workspace::{Database, Workspace};
use crate::world::{World, trait_method};

/// One step of a chain: a place and what happens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub file: u32,
    /// The name of the called function.
    pub range: TextRange,
    pub note: String,
}

/// Blocking work that a call reaches, and by which way.
#[derive(Clone, Debug)]
pub struct Reached {
    pub family: Family,
    /// What blocks in the end.
    pub entry: &'static Entry,
    /// The steps below the call, the last one at the call that blocks; empty where the call itself blocks.
    pub chain: Vec<Link>,
    pub cost: Cost,
    pub confidence: Confidence,
}

/// Blocking work entered from async code: the raw material of most findings.
#[derive(Clone, Debug)]
pub struct Entered {
    pub site: Site,
    /// The name of the called function in the file.
    pub name: TextRange,
    /// What is called, for messages.
    pub label: String,
    /// The function of the workspace that leads to the work; `None` where the call itself blocks.
    pub through: Option<Function>,
    pub body: Body,
    pub reached: Reached,
    /// Before anything is served, in `main` itself.
    pub at_startup: bool,
}

/// Work handed over to a pool, a thread or a task.
#[derive(Clone, Debug)]
pub struct Handover {
    pub site: Site,
    pub name: TextRange,
    pub label: String,
    pub to: HandedTo,
    pub context: Context,
    /// The catalogue's entry; `None` where a wrapper of the workspace hands over.
    pub entry: Option<&'static Entry>,
    /// The argument that is handed over.
    pub argument: usize,
}

/// What work is handed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedTo {
    Pool(Pool),
    Task,
}

/// Everything that the rules ask about.
pub struct Analysis<'w> {
    pub workspace: &'w Workspace,
    pub index: &'w Index,
    database: Database,
    world: World,
    entered: Vec<Entered>,
    handovers: Vec<Handover>,
    unknown: usize,
}

impl<'w> Analysis<'w> {
    /// Resolves what matters. Heavy: this is where types are asked for.
    pub fn new(workspace: &'w Workspace, index: &'w Index, database: Database) -> Analysis<'w> {
        let world = attach_db(&database.db, || World::new(workspace, index, &database));
        let mut analysis = Analysis {
            workspace,
            index,
            database,
            world,
            entered: Vec::new(),
            handovers: Vec::new(),
            unknown: 0,
        };
        let facts = Facts::gather(&analysis);
        analysis.entered = facts.entered;
        analysis.handovers = facts.handovers;
        analysis.unknown = facts.unknown;
        analysis
    }

    /// Blocking work entered from async code, by file and offset.
    pub fn entered(&self) -> &[Entered] {
        &self.entered
    }

    /// Work handed over to pools, threads and tasks, by file and offset.
    pub fn handovers(&self) -> &[Handover] {
        &self.handovers
    }

    /// How many calls in question stayed unknown.
    pub fn unknown(&self) -> usize {
        self.unknown
    }

    /// The database, for [`Sema::new`].
    pub fn db(&self) -> &RootDatabase {
        &self.database.db
    }

    /// The catalogue met with the loaded crates, for [`Sema::new`].
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Dependencies that were asked for and could not be loaded.
    pub fn missing(&self) -> &[String] {
        &self.database.missing
    }

    /// Runs a question on the semantics of this thread.
    pub fn with_sema<T>(&self, ask: impl FnOnce(&Sema<'_>) -> T) -> T {
        attach_db(&self.database.db, || ask(&Sema::new(&self.database.db, &self.world)))
    }

    /// Maps items in parallel, each thread with semantics of its own; the order stays.
    pub fn par_map<I, T, F>(&self, items: Vec<I>, map: F) -> Vec<T>
    where
        I: Send,
        T: Send,
        F: Fn(&Sema<'_>, I) -> T + Sync + Send,
    {
        let world = &self.world;
        items
            .into_par_iter()
            .map_with(self.database.db.clone(), |db, item| {
                let db = &*db;
                attach_db(db, || map(&Sema::new(db, world), item))
            })
            .collect()
    }
}

/// A call, resolved.
#[derive(Clone, Debug)]
struct Resolved {
    site: Site,
    name: TextRange,
    label: String,
    callee: Callee,
    context: Context,
    at_startup: bool,
    /// For an offload: the functions around it whose closure parameter it passes on, with the parameter's index.
    wrapper: Option<(Function, usize, Pool)>,
    argument: usize,
}

#[derive(Default)]
struct Facts {
    resolved: BTreeMap<Site, Option<Resolved>>,
    summaries: HashMap<Function, BTreeMap<Family, Reached>>,
    wrappers: HashMap<Function, (usize, Pool)>,
    entered: Vec<Entered>,
    handovers: Vec<Handover>,
    unknown: usize,
}

impl Facts {
    fn gather(analysis: &Analysis<'_>) -> Facts {
        let mut facts = Facts::default();
        let mut names: BTreeSet<String> = catalogue::entries()
            .filter(|it| {
                !matches!(
                    it.effect,
                    Effect::Leave | Effect::BlockingHandle | Effect::CallsInPlace | Effect::CallsInPoll
                )
            })
            .map(|it| it.name().to_owned())
            .collect();
        while !names.is_empty() {
            facts.resolve(analysis, &names);
            let fresh = facts.propagate(analysis);
            names = attach_db(analysis.db(), || {
                fresh.into_iter().map(|it| it.name(analysis.db()).as_str().to_owned()).collect()
            });
        }
        facts.collect();
        facts
    }

    fn resolve(&mut self, analysis: &Analysis<'_>, names: &BTreeSet<String>) {
        let mut by_file: BTreeMap<u32, BTreeSet<Site>> = BTreeMap::new();
        for site in names.iter().flat_map(|name| analysis.index.calls(name)) {
            if !self.resolved.contains_key(site) {
                by_file.entry(site.file).or_default().insert(*site);
            }
        }
        let groups: Vec<BTreeSet<Site>> = by_file.into_values().collect();
        let include_tests = analysis.workspace.include.tests;
        let resolved = analysis.par_map(groups, |sema, sites| {
            let contexts = Contexts::new(sema, include_tests);
            let resolve = |site| (site, resolve_site(sema, &contexts, site));
            sites.into_iter().map(resolve).collect::<Vec<_>>()
        });
        self.resolved.extend(resolved.into_iter().flatten());
    }

    /// Carries effects one step up, until nothing new appears among the calls that are resolved. Gives the functions that are new,
    /// whose callers are to be resolved next.
    fn propagate(&mut self, analysis: &Analysis<'_>) -> BTreeSet<ByName> {
        let mut fresh = BTreeSet::new();
        loop {
            let mut found: Vec<(Function, Reached)> = Vec::new();
            let mut wrappers = Vec::new();
            for call in self.resolved.values().flatten() {
                if let Some(wrapper) = call.wrapper.filter(|it| !self.wrappers.contains_key(&it.0)) {
                    wrappers.push(wrapper);
                }
                let Context::Sync(function) = call.context else { continue };
                for reached in self.reached(call) {
                    if !self.has(function, reached.family) {
                        found.push((function, below(call, reached)));
                    }
                }
            }
            let mut news = Vec::new();
            for (function, index, pool) in wrappers {
                self.wrappers.insert(function, (index, pool));
                news.push(function);
            }
            for (function, reached) in found {
                if !self.has(function, reached.family) {
                    self.summaries.entry(function).or_default().insert(reached.family, reached);
                    news.push(function);
                }
            }
            news.extend(self.agree(analysis, &news));
            if news.is_empty() {
                return fresh;
            }
            fresh.extend(news.into_iter().map(|it| ByName(attach_db(analysis.db(), || it.name(analysis.db()).as_str().to_owned()), it)));
        }
    }

    fn has(&self, function: Function, family: Family) -> bool {
        self.summaries.get(&function).is_some_and(|it| it.contains_key(&family))
    }

    /// A trait's method blocks where all its implementations in the workspace do.
    fn agree(&mut self, analysis: &Analysis<'_>, news: &[Function]) -> Vec<Function> {
        attach_db(analysis.db(), || {
            let db = analysis.db();
            let mut agreed = Vec::new();
            for function in news {
                let Some(method) = trait_method(db, *function) else { continue };
                if method == *function || !analysis.world.is_member(method.krate(db)) {
                    continue;
                }
                let implementations = implementations(db, method);
                let Some(effects) = self.summaries.get(function).cloned() else { continue };
                for (family, reached) in effects {
                    let all = implementations.iter().all(|it| self.has(*it, family));
                    if all && implementations.len() <= 4 && !self.has(method, family) {
                        let reached = Reached { confidence: Confidence::Medium, ..reached };
                        self.summaries.entry(method).or_default().insert(family, reached);
                        agreed.push(method);
                    }
                }
            }
            agreed
        })
    }

    /// The blocking work that a call reaches, by family.
    fn reached(&self, call: &Resolved) -> Vec<Reached> {
        match call.callee {
            Callee::Entry(entry) => entry
                .family()
                .map(|family| Reached {
                    family,
                    entry,
                    chain: Vec::new(),
                    cost: entry.cost,
                    confidence: Confidence::High,
                })
                .into_iter()
                .collect(),
            Callee::Workspace(function) => {
                self.summaries.get(&function).map(|it| it.values().cloned().collect()).unwrap_or_default()
            }
            Callee::Library(_) => Vec::new(),
        }
    }

    fn collect(&mut self) {
        let mut entered = Vec::new();
        for call in self.resolved.values().flatten() {
            self.handovers.extend(self.handover(call));
            let Context::Async(body) = &call.context else { continue };
            // The dearest effect speaks for the call: a panic before a stall, a stall of seconds before one of milliseconds.
            let Some(reached) = self.reached(call).into_iter().min_by_key(|it| it.family) else { continue };
            entered.push(Entered {
                site: call.site,
                name: call.name,
                label: call.label.clone(),
                through: match call.callee {
                    Callee::Workspace(function) => Some(function),
                    _ => None,
                },
                body: body.clone(),
                reached,
                at_startup: call.at_startup,
            });
        }
        self.entered = entered;
        self.unknown = self.resolved.values().filter(|it| it.is_none()).count();
    }

    fn handover(&self, call: &Resolved) -> Option<Handover> {
        let (to, entry, argument) = match call.callee {
            Callee::Entry(entry) => match entry.effect {
                Effect::Offloads(pool) => (HandedTo::Pool(pool), Some(entry), call.argument),
                Effect::Spawns => (HandedTo::Task, Some(entry), call.argument),
                _ => return None,
            },
            Callee::Workspace(function) => {
                let (argument, pool) = *self.wrappers.get(&function)?;
                (HandedTo::Pool(pool), None, argument)
            }
            Callee::Library(_) => return None,
        };
        Some(Handover {
            site: call.site,
            name: call.name,
            label: call.label.clone(),
            to,
            context: call.context.clone(),
            entry,
            argument,
        })
    }
}

/// A function ordered by its name, so that the order of rounds does not hang on ids.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ByName(String, Function);

impl ByName {
    fn name(&self, db: &RootDatabase) -> ra_ap_hir::Name {
        self.1.name(db)
    }
}

impl PartialOrd for ByName {
    fn partial_cmp(&self, other: &ByName) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByName {
    fn cmp(&self, other: &ByName) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

fn below(call: &Resolved, reached: Reached) -> Reached {
    let note = match call.callee {
        Callee::Entry(entry) => format!("`{}` blocks here", entry.path),
        _ => format!("`{}` is called here", call.label),
    };
    let mut chain = vec![Link { file: call.site.file, range: call.name, note }];
    chain.extend(reached.chain);
    Reached { chain, ..reached }
}

/// The functions that implement a trait's method in the workspace, its own body included.
fn implementations(db: &RootDatabase, method: Function) -> Vec<Function> {
    let Some(owner) = method.as_assoc_item(db).and_then(|it| it.container_trait(db)) else { return Vec::new() };
    let name = method.name(db);
    let of_impl = |it: Impl| {
        let own = it.items(db).into_iter().filter_map(|item| item.as_function()).find(|it| it.name(db) == name);
        own.unwrap_or(method)
    };
    let mut found: Vec<Function> = Impl::all_for_trait(db, owner).into_iter().map(of_impl).collect();
    found.dedup();
    found
}

fn resolve_site(sema: &Sema<'_>, contexts: &Contexts<'_, '_>, site: Site) -> Option<Resolved> {
    let name = sema.token(site)?.text_range();
    let call = sema.call_at(site)?;
    let callee = sema.callee(&call)?;
    if matches!(callee, Callee::Library(_)) {
        return None;
    }
    let context = contexts.of_call(&call);
    let label = match callee {
        Callee::Entry(entry) => entry.path.to_owned(),
        Callee::Workspace(function) | Callee::Library(function) => sema.label(function),
    };
    let at_startup = matches!(&context, Context::Async(body) if is_before_serving(sema, site, body));
    let (wrapper, argument) = match callee {
        Callee::Entry(Entry { effect: Effect::Offloads(pool), .. }) => {
            (wrapper_around(sema, contexts, &call, *pool), handed_over(&call))
        }
        _ => (None, handed_over(&call)),
    };
    Some(Resolved { site, name, label, callee, context, at_startup, wrapper, argument })
}

/// The argument that is work: the last closure, async block or path among the arguments.
fn handed_over(call: &CallNode) -> usize {
    let args = call.args();
    let is_work = |it: &ast::Expr| matches!(it, ast::Expr::ClosureExpr(_) | ast::Expr::BlockExpr(_));
    args.iter().rposition(is_work).unwrap_or(args.len().saturating_sub(1))
}

/// The function around an offload that hands over a closure which it was given.
fn wrapper_around(
    sema: &Sema<'_>,
    contexts: &Contexts<'_, '_>,
    call: &CallNode,
    pool: Pool,
) -> Option<(Function, usize, Pool)> {
    let holder = sema.sema.ancestors_with_macros(call.syntax().clone()).find_map(ast::Fn::cast)?;
    let function = sema.sema.to_def(&holder)?;
    let params = holder.param_list()?.params().count();
    let index = (0..params).find(|index| contexts.role_of_param(function, *index, 4) == Role::Pool(pool))?;
    Some((function, index, pool))
}

/// Whether a call stands in `main` before its first spawn, loop or server.
fn is_before_serving(sema: &Sema<'_>, site: Site, body: &Body) -> bool {
    if !body.is_main {
        return false;
    }
    let tree = sema.tree(body.file);
    let inside = tree.syntax().descendants().filter(|it| body.range.contains_range(it.text_range()));
    let first = inside.filter(starts_service).map(|it| u32::from(it.text_range().start())).min();
    first.is_none_or(|first| site.offset < first)
}

fn starts_service(node: &ra_ap_syntax::SyntaxNode) -> bool {
    if ast::LoopExpr::can_cast(node.kind()) || ast::WhileExpr::can_cast(node.kind()) || ast::ForExpr::can_cast(node.kind()) {
        return true;
    }
    let name = ast::NameRef::cast(node.clone());
    let is_call = node.parent().is_some_and(|it| {
        ast::MethodCallExpr::can_cast(it.kind()) || ast::PathSegment::can_cast(it.kind())
    });
    name.filter(|_| is_call).is_some_and(|name| {
        let name = name.text();
        ["spawn", "serve", "run", "listen", "accept", "launch"].iter().any(|it| name.starts_with(it))
    })
}

/// The name of the function item around a node.
pub fn enclosing_fn_name(node: &ra_ap_syntax::SyntaxNode) -> Option<String> {
    let function = node.ancestors().find_map(ast::Fn::cast)?;
    Some(function.name()?.text().to_string())
}
