//! Which calls lead to blocking work: calls resolved in rounds, effects carried up the call graph.

use std::collections::{BTreeMap, HashMap, HashSet};

use ra_ap_hir::{AsAssocItem, Function, HasCrate, HasSource, Impl, attach_db};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::AstNode;

use crate::analysis::{Analysis, Entered, HandedTo, Handover, Link, Marked, Reached};
use crate::calls::Calls;
use crate::catalogue::{Cost, Effect, Entry, Family, Pool};
use crate::compute::computing_at;
use crate::context::{Context, Contexts};
use crate::finding::Confidence;
use crate::holders::Named;
use crate::index::Site;
use crate::memo::{Found, Kept, Memo, Places, Print, Recalled, print};
use crate::reach::Reach;
use crate::resolve::{Callee, Sema};
use crate::sends::{Channels, is_send};
use crate::site::{Resolved, resolve_site};
use crate::target::Target;
use crate::workspace::Workspace;
use crate::world::trait_method;

/// How many cheap calls in one function make it a dear one.
const TOO_MANY: u32 = 3;

/// What is known of the calls so far.
#[derive(Default)]
pub(crate) struct Facts {
    pub resolved: BTreeMap<Site, Option<Resolved>>,
    summaries: HashMap<Function, BTreeMap<Family, Reached>>,
    /// Functions whose own code computes for long.
    computing: Vec<(Function, Reached)>,
    wrappers: HashMap<Function, (usize, Pool)>,
    pub entered: Vec<Entered>,
    pub handovers: Vec<Handover>,
    pub marked: Vec<Marked>,
    /// Blocking calls on pools and threads.
    pub pooled: Vec<(Site, &'static Entry)>,
    /// The calls that lead to blocking work.
    pub calls: Calls,
    pub unknown: usize,
    /// The sends that were judged, and the channels that the workspace makes, where a send asked for them.
    sends: HashSet<Site>,
    channels: Option<Channels>,
    /// What an earlier run knew, and what this one found out.
    pub memo: Memo,
}

impl Facts {
    pub fn gather(analysis: &Analysis<'_>, memo: Memo) -> Facts {
        let mut facts = Facts { memo, ..Facts::default() };
        let mut targets = attach_db(analysis.db(), || analysis.world().targets(analysis.db()));
        targets.extend(facts.compute(analysis));
        let reach = Reach::of(analysis);
        let mut named = None;
        while !targets.is_empty() {
            facts.resolve(analysis, &targets, &reach, &mut named);
            facts.leave_sends(analysis);
            targets = facts.propagate(analysis);
        }
        facts.choose_shortest(analysis);
        let written = |it: &Resolved| Some((it.site, it.written.clone()?));
        analysis.world().note_written(facts.resolved.values().flatten().filter_map(written).collect());
        facts.collect();
        facts.leave_wrapped_sends(analysis);
        facts
    }

    /// Functions whose own code shows that they compute for long; gives what calls of them look like.
    fn compute(&mut self, analysis: &Analysis<'_>) -> Vec<Target> {
        let workspace = analysis.workspace;
        let sites = analysis.index.computing().to_vec();
        let found = analysis.par_map(sites, |sema, site| workspace.at(site, || computing_at(sema, site)));
        self.computing = found.into_iter().flatten().collect();
        self.begin();
        attach_db(analysis.db(), || {
            self.computing.iter().map(|(function, _)| Target::of(analysis.db(), *function)).collect()
        })
    }

    /// Knows of each function what its own code shows, and nothing else.
    fn begin(&mut self) {
        self.summaries.clear();
        for (function, reached) in self.computing.clone() {
            self.summaries.entry(function).or_default().entry(reached.family).or_insert(reached);
        }
    }

    fn resolve<'w>(
        &mut self,
        analysis: &Analysis<'w>,
        targets: &HashSet<Target>,
        reach: &Reach,
        named: &mut Option<Named<'w>>,
    ) {
        let mut by_file: BTreeMap<u32, Asked<'_>> = BTreeMap::new();
        for target in targets {
            let giver =
                target.giver.as_ref().filter(|_| target.look.sites_in(analysis.index, None).next().is_some());
            let of = || Named::new(analysis.workspace, analysis.index);
            let holders = giver.and_then(|it| named.get_or_insert_with(of).holders(it));
            let package = |it: &Site| analysis.workspace.files[it.file as usize].package;
            let is_beyond = |it: &Site| target.krate.is_some_and(|of| reach.is_beyond(package(it), of));
            let sites = target.sites_in(analysis.index, holders).filter(|it| !is_beyond(it));
            for site in sites.filter(|it| !self.resolved.contains_key(it)) {
                by_file.entry(site.file).or_default().entry(site).or_default().push(target);
            }
        }
        let groups: Vec<Asked<'_>> = by_file.into_values().flat_map(in_parts).collect();
        let (workspace, index, memo) = (analysis.workspace, analysis.index, &self.memo);
        let answered = analysis.par_map(groups, |sema, asked| {
            let places = Places { sema, index };
            answer(workspace, &places, memo, asked)
        });
        for Answers { resolved, found } in answered {
            self.resolved.extend(resolved);
            self.memo.add(found);
        }
    }

    /// Sends to channels without a bound do nothing of note.
    fn leave_sends(&mut self, analysis: &Analysis<'_>) {
        let waits = |it: &&Resolved| matches!(it.callee, Callee::Entry(entry) if is_send(entry));
        let sends = self.resolved.values().flatten().filter(waits).map(|it| it.site);
        let sends: Vec<Site> = sends.filter(|it| self.sends.insert(*it)).collect();
        if sends.is_empty() {
            return;
        }
        let channels = self.channels.get_or_insert_with(|| Channels::of(analysis));
        let judge = |sema: &Sema<'_>, site| {
            analysis.workspace.at(site, || channels.sends_at_once(sema, site)).map(|it| (site, it))
        };
        for (site, function) in analysis.par_map(sends, judge).into_iter().flatten() {
            if let Some(Some(call)) = self.resolved.get_mut(&site) {
                call.callee = Callee::Library(function);
            }
        }
    }

    /// So do those behind wrappers of any message, where the message tells.
    fn leave_wrapped_sends(&mut self, analysis: &Analysis<'_>) {
        let Some(channels) = &self.channels else { return };
        let judged = analysis.par_map(std::mem::take(&mut self.entered), |sema, entered| {
            let at = || channels.leads_to_one_at_once(sema, &entered);
            let leaves = is_send(entered.reached.entry) && analysis.workspace.at(entered.site, at);
            (!leaves).then_some(entered)
        });
        self.entered = judged.into_iter().flatten().collect();
    }

    /// Carries effects one step up, until nothing new appears among the calls that are resolved. Gives what calls of the functions
    /// that are new look like: their callers are to be resolved next.
    fn propagate(&mut self, analysis: &Analysis<'_>) -> HashSet<Target> {
        let mut fresh = HashSet::new();
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
            attach_db(analysis.db(), || {
                fresh.extend(news.into_iter().map(|it| Target::of(analysis.db(), it)));
            });
        }
    }

    /// Carries all effects up once more, now that every call is known: of several ways the shortest counts, and of these the first. Which
    /// way was found first follows from what was asked along with what.
    fn choose_shortest(&mut self, analysis: &Analysis<'_>) {
        self.begin();
        self.propagate(analysis);
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
                if method == *function || !analysis.world().is_member(method.krate(db)) {
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
        let dear = self.dear();
        for call in self.resolved.values().flatten() {
            self.handovers.extend(self.handover(call));
            self.marked.extend(marked(call));
            if let (Context::Pool(_), Some(reached)) = (&call.context, self.reached(call).first()) {
                self.pooled.push((call.site, reached.entry));
            }
            let Context::Async(body) = &call.context else { continue };
            // The dearest effect speaks for the call: a panic before a stall, a stall of seconds before one of milliseconds.
            let Some(mut reached) = self.reached(call).into_iter().min_by_key(|it| it.family) else {
                continue;
            };
            if matches!(call.callee, Callee::Workspace(function) if dear.contains(&function)) {
                reached.cost = Cost::Dear;
            }
            entered.push(Entered {
                site: call.site,
                name: call.name,
                label: call.label.clone(),
                through: match call.callee {
                    Callee::Workspace(function) => Some(function),
                    _ => None,
                },
                body: body.clone(),
                alone_on: None,
                reached,
                at_startup: call.at_startup,
                in_loop: call.in_loop,
                endless: None,
            });
        }
        self.entered = entered;
        self.unknown = self.resolved.values().filter(|it| it.is_none()).count();
        let blocks: Vec<bool> =
            self.resolved.values().flatten().map(|it| !self.reached(it).is_empty()).collect();
        let computing = self.summaries.iter().filter(|(_, it)| it.contains_key(&Family::Cpu));
        let computing = computing.map(|(function, _)| *function).collect();
        let known = std::mem::take(&mut self.resolved).into_values().flatten();
        self.calls = Calls::of(known.zip(blocks), computing);
    }

    /// Functions that do more than a few cheap calls: each is cheap, their sum is not.
    fn dear(&self) -> HashSet<Function> {
        let mut weights: HashMap<Function, u32> = HashMap::new();
        for _ in 0..4 {
            let mut next: HashMap<Function, u32> = HashMap::new();
            for call in self.resolved.values().flatten() {
                let Context::Sync(function) = call.context else { continue };
                let weight = match call.callee {
                    Callee::Entry(Entry { effect: Effect::Blocks(_), cost: Cost::Cheap, .. }) => 1,
                    Callee::Entry(entry) if entry.family().is_some() => TOO_MANY,
                    Callee::Workspace(called) => weights.get(&called).copied().unwrap_or_default(),
                    _ => 0,
                };
                let times = if call.in_loop { TOO_MANY } else { 1 };
                *next.entry(function).or_default() += weight.min(TOO_MANY) * times;
            }
            weights = next;
        }
        weights.into_iter().filter(|(_, weight)| *weight >= TOO_MANY).map(|(function, _)| function).collect()
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
            in_loop: call.in_loop,
            argument,
            range: call.range,
        })
    }
}

fn marked(call: &Resolved) -> Option<Marked> {
    let Callee::Entry(entry) = call.callee else { return None };
    let Effect::Marks(mark) = entry.effect else { return None };
    Some(Marked {
        site: call.site,
        name: call.name,
        range: call.range,
        mark,
        entry,
        context: call.context.clone(),
        in_loop: call.in_loop,
    })
}

/// What became of some calls.
#[derive(Default)]
struct Answers {
    resolved: Vec<(Site, Option<Resolved>)>,
    /// Those that no earlier run knew.
    found: Vec<Found>,
}

/// Resolves calls of a file, or recalls them.
fn answer(workspace: &Workspace, places: &Places<'_, '_>, memo: &Memo, asked: Asked<'_>) -> Answers {
    let sema = places.sema;
    let contexts = Contexts::new(sema, workspace.include.tests);
    let mut answers = Answers::default();
    for (site, targets) in asked {
        let mut prints: Vec<Print> = targets.iter().map(|it| it.print).collect();
        prints.sort();
        let asked = print(&prints);
        match memo.recall(places, site, asked) {
            Some(Recalled::Dismissed) => continue,
            Some(Recalled::Resolved(known)) => {
                answers.resolved.push((site, known));
                continue;
            }
            None => {}
        }
        let call = sema.call_of_one(places.index, site, &targets);
        let resolved = call.map(|call| workspace.at(site, || resolve_site(sema, &contexts, site, &call)));
        let kept = match &resolved {
            None => Some(Kept::Dismissed),
            Some(it) => places.kept(it.as_ref()),
        };
        // What a call runs on was perhaps learnt for one before it.
        let looked_into = sema.looked_into.borrow().clone();
        answers.found.extend(kept.map(|kept| Found { site, asked, kept, looked_into }));
        answers.resolved.extend(resolved.map(|it| (site, it)));
    }
    answers
}

/// Calls to resolve, each with the functions that it can be a call of by its syntax.
type Asked<'t> = BTreeMap<Site, Vec<&'t Target>>;

/// Calls in groups that are small enough to keep all threads at work to the end.
fn in_parts(asked: Asked<'_>) -> Vec<Asked<'_>> {
    const PART: usize = 8;
    let asked: Vec<(Site, Vec<&Target>)> = asked.into_iter().collect();
    asked.chunks(PART).map(|it| it.iter().cloned().collect()).collect()
}

fn below(call: &Resolved, reached: Reached) -> Reached {
    let note = match call.callee {
        Callee::Entry(entry) if reached.family == Family::Cpu => format!("`{}` computes here", entry.path),
        Callee::Entry(entry) => format!("`{}` blocks here", entry.path),
        _ => format!("`{}` is called here", call.label),
    };
    let mut chain = vec![Link { file: call.site.file, range: call.name, note }];
    chain.extend(reached.chain);
    Reached { chain, ..reached }
}

/// The functions that implement a trait's method in the workspace, its own body included, by file and place: rust-analyzer gives them in
/// the order in which threads came upon them.
pub(crate) fn implementations(db: &RootDatabase, method: Function) -> Vec<Function> {
    let Some(owner) = method.as_assoc_item(db).and_then(|it| it.container_trait(db)) else {
        return Vec::new();
    };
    let name = method.name(db);
    let of_impl = |it: Impl| {
        let own =
            it.items(db).into_iter().filter_map(|item| item.as_function()).find(|it| it.name(db) == name);
        own.unwrap_or(method)
    };
    let mut found: Vec<Function> = Impl::all_for_trait(db, owner).into_iter().map(of_impl).collect();
    let place = |it: &Function| {
        let source = it.source(db)?;
        Some((source.file_id.original_file(db).file_id(db), source.value.syntax().text_range().start()))
    };
    found.sort_by_cached_key(place);
    found.dedup();
    found
}
