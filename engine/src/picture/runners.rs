//! Who runs a place of code: the hand-over that it stands in, or those whose work comes to its function by calls.

use std::collections::{BTreeSet, HashMap, HashSet};

use ra_ap_hir::{Function, HasCrate};
use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast};

use super::{Node, Start};
use crate::analysis::{Analysis, Handover};
use crate::context::{Context, is_main, is_test};
use crate::index::{Index, Site};
use crate::resolve::{CallNode, Sema, name_of};
use crate::target::Target;
use crate::workspace::Workspace;
use crate::world::trait_method;

/// What a place stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    /// Code that is handed over: the index into [`Analysis::handovers`].
    Handover(usize),
    Function(Function),
}

impl Holder {
    fn function(self) -> Option<Function> {
        match self {
            Holder::Function(it) => Some(it),
            Holder::Handover(_) => None,
        }
    }
}

/// What all threads ask.
#[derive(Clone, Copy)]
struct Code<'c> {
    workspace: &'c Workspace,
    index: &'c Index,
    handovers: &'c [Handover],
}

/// Who runs what, for all places that were asked for.
pub(super) struct Runners {
    holders: HashMap<Site, (Option<Holder>, String)>,
    callers: HashMap<Function, Vec<Holder>>,
    /// The unit of each hand-over that has one.
    units: HashMap<usize, usize>,
    starts: HashMap<Function, usize>,
    found: Vec<Start>,
}

impl Runners {
    /// Asks for some places; `units` are the places of the units in their order.
    pub fn of(
        analysis: &Analysis<'_>,
        sites: impl Iterator<Item = Site>,
        units: impl Iterator<Item = Site>,
    ) -> Runners {
        let by_site: HashMap<Site, usize> = units.enumerate().map(|(index, it)| (it, index)).collect();
        let handovers = analysis.handovers().iter().enumerate();
        let of_handover = |(index, it): (usize, &Handover)| {
            let site = Site { file: it.site.file, offset: it.name.start().into() };
            Some((index, *by_site.get(&site)?))
        };
        let units = handovers.filter_map(of_handover).collect();
        let code =
            Code { workspace: analysis.workspace, index: analysis.index, handovers: analysis.handovers() };
        let asked: BTreeSet<Site> = sites.collect();
        let held = analysis.par_map(asked.into_iter().collect(), |sema, site| {
            code.workspace.at(site, || {
                let Some(node) = node_at(sema, site) else { return (site, (None, String::new())) };
                let function = function_around(sema, &node).and_then(|it| sema.sema.to_def(&it));
                let name = function.map(|it| sema.label(it)).unwrap_or_default();
                (site, (holder(sema, code, site, &node), name))
            })
        });
        let holders: HashMap<Site, (Option<Holder>, String)> = held.into_iter().collect();
        let open = holders.values().filter_map(|(holder, _)| holder.and_then(Holder::function)).collect();
        let mut runners =
            Runners { holders, callers: HashMap::new(), units, starts: HashMap::new(), found: Vec::new() };
        runners.climb(analysis, code, open);
        runners.name_starts(analysis);
        runners
    }

    /// Finds the callers of functions, and theirs.
    fn climb(&mut self, analysis: &Analysis<'_>, code: Code<'_>, mut open: Vec<Function>) {
        while !open.is_empty() {
            let new: HashSet<Function> = open.drain(..).filter(|it| !self.callers.contains_key(it)).collect();
            let asked = new.into_iter().collect();
            let found = analysis.par_map(asked, |sema, function| (function, callers(sema, code, function)));
            for (function, callers) in found {
                open.extend(callers.iter().filter_map(|it| it.function()));
                self.callers.insert(function, callers);
            }
        }
    }

    /// The functions where work begins become nodes, by their places.
    fn name_starts(&mut self, analysis: &Analysis<'_>) {
        let functions: Vec<Function> = self.callers.keys().copied().collect();
        let begins: Vec<Function> = functions.into_iter().filter(|it| self.begins(*it)).collect();
        let mut named: Vec<(Start, Function)> = analysis.with_sema(|sema| {
            begins.into_iter().filter_map(|it| Some((start(sema, analysis, it)?, it))).collect()
        });
        named.sort_by(|a, b| a.0.place.cmp(&b.0.place));
        for (start, function) in named {
            self.starts.insert(function, self.found.len());
            self.found.push(start);
        }
    }

    /// Whether nothing but itself leads to a function.
    fn begins(&self, function: Function) -> bool {
        let above = self.above(function);
        let is_led_to = |it: &Function| {
            let callers = self.callers.get(it).map_or(&[][..], Vec::as_slice);
            callers.is_empty() && *it != function
                || callers.iter().any(|it| matches!(it, Holder::Handover(_)))
        };
        !above.iter().any(is_led_to)
    }

    /// A function and all that lead to it.
    fn above(&self, function: Function) -> HashSet<Function> {
        let mut found = HashSet::from([function]);
        let mut open = vec![function];
        while let Some(it) = open.pop() {
            let callers = self.callers.get(&it).into_iter().flatten();
            let functions = callers.filter_map(|it| it.function());
            open.extend(functions.filter(|it| found.insert(*it)));
        }
        found
    }

    /// The nodes that run a place.
    pub fn of_site(&self, site: Site) -> BTreeSet<Node> {
        match self.holders.get(&site).and_then(|it| it.0) {
            Some(Holder::Handover(it)) => self.units.get(&it).map(|it| Node::Unit(*it)).into_iter().collect(),
            Some(Holder::Function(it)) => {
                self.above(it).into_iter().flat_map(|it| self.just_above(it)).collect()
            }
            None => BTreeSet::new(),
        }
    }

    fn just_above(&self, function: Function) -> Vec<Node> {
        let handed = self.callers.get(&function).into_iter().flatten().filter_map(|it| match it {
            Holder::Handover(it) => self.units.get(it).map(|it| Node::Unit(*it)),
            Holder::Function(_) => None,
        });
        handed.chain(self.starts.get(&function).map(|it| Node::Start(*it))).collect()
    }

    /// The function that a place stands in.
    pub fn function_of(&self, site: Site) -> String {
        self.holders.get(&site).map(|it| it.1.clone()).unwrap_or_default()
    }

    pub fn into_starts(self) -> Vec<Start> {
        self.found
    }
}

fn node_at(sema: &Sema<'_>, site: Site) -> Option<SyntaxNode> {
    match sema.call_at(site) {
        Some(it) => Some(it.syntax().clone()),
        None => sema.token(site)?.parent(),
    }
}

/// The function around a node, out of macros too.
fn function_around(sema: &Sema<'_>, node: &SyntaxNode) -> Option<ast::Fn> {
    sema.ancestors(node).find_map(ast::Fn::cast)
}

/// What a place with its node stands in; nothing where that is a test, or no function.
fn holder(sema: &Sema<'_>, code: Code<'_>, site: Site, node: &SyntaxNode) -> Option<Holder> {
    let around = |it: &TextRange| it.contains(site.offset.into());
    let handovers = code.handovers.iter().enumerate();
    let inside =
        handovers.filter(|(_, it)| it.site.file == site.file && it.site != site && around(&it.range));
    // One that begins at the place itself is no hand-over of it.
    let inside = inside.filter(|(_, it)| u32::from(it.name.start()) != site.offset);
    if let Some((index, it)) = inside.min_by_key(|(_, it)| it.range.len()) {
        return (it.context != Context::Test).then_some(Holder::Handover(index));
    }
    if sema.is_left_out(node) {
        return None;
    }
    let function = function_around(sema, node)?;
    let is_read = code.workspace.include.tests || !is_test(&function);
    is_read.then(|| sema.sema.to_def(&function)).flatten().map(Holder::Function)
}

/// The places that call a function, or hand it over by name.
fn callers(sema: &Sema<'_>, code: Code<'_>, function: Function) -> Vec<Holder> {
    // Who calls a trait's method calls all that implement it.
    let method = trait_method(sema.db, function).filter(|it| sema.world.is_member(it.krate(sema.db)));
    let meant: Vec<Function> = std::iter::once(function).chain(method.filter(|it| *it != function)).collect();
    let targets: Vec<Target> = meant.iter().map(|it| Target::of(sema.db, *it)).collect();
    let asked: Vec<&Target> = targets.iter().collect();
    let sites: BTreeSet<Site> = targets.iter().flat_map(|it| it.sites(code.index)).collect();
    let mut found = Vec::new();
    for site in sites {
        let is_it = |call: &CallNode| {
            !sema.is_left_out(call.syntax()) && sema.function(call).is_some_and(|it| meant.contains(&it))
        };
        let Some(call) = sema.call_of_one(code.index, site, &asked).filter(is_it) else { continue };
        let Some(holder) = holder(sema, code, site, call.syntax()) else { continue };
        // A function that is given away as a value is called by whoever took it.
        let is_given = matches!(call, CallNode::Value(_)) && matches!(holder, Holder::Function(_));
        if !is_given && !found.contains(&holder) {
            found.push(holder);
        }
    }
    found
}

fn start(sema: &Sema<'_>, analysis: &Analysis<'_>, function: Function) -> Option<Start> {
    let (file, declared) = sema.declaration(function)?;
    let (at, range) =
        sema.place_of(name_of(&declared)?.syntax()).unwrap_or((file, declared.syntax().text_range()));
    Some(Start {
        name: sema.label(function),
        place: analysis.workspace.place(at, range),
        is_main: is_main(&declared),
        is_async: function.is_async(sema.db),
    })
}
