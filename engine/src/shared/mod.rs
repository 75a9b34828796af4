//! State that tasks share behind a lock: where it is declared, what holds it, and what its critical sections wait for.

mod back;
mod flow;
mod holders;
mod lock;
mod named;
mod scope;
mod section;
mod typed;
mod waits;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use ra_ap_syntax::{AstNode, SyntaxNode, TextRange, ast, ast::HasName};

pub use flow::{Found, Holder, Other};
pub use lock::{Library, LockType};
pub use scope::{Mentioned, Parameters, Reach};
pub use section::{Access, Section, Waiting};
pub use typed::says_static;

use crate::analysis::Analysis;
use crate::context::{Context, Contexts};
use crate::index::Site;
use crate::resolve::{CallNode, Function, Sema};
use crate::target::Target;

/// State behind a lock that async code takes.
pub struct State {
    pub file: u32,
    /// The name of its declaration.
    pub name: TextRange,
    /// The name and the type, for messages.
    pub label: String,
    pub declared: Declared,
    pub library: Library,
    /// `Mutex` or `RwLock`.
    pub lock: String,
    /// The type of the value behind it, as text.
    pub value: String,
    pub kind: Kind,
    /// Whether an `Arc` shares the lock itself, and not a value around it.
    pub in_arc: bool,
    /// Where the lock is taken, by file and offset.
    pub sections: Vec<Section>,
    pub found: Found,
}

/// What the value behind a lock is, as far as that says how it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Flag,
    Number,
    /// `VecDeque` and its kin.
    Queue,
    /// `()`: the lock keeps code apart, and guards no value.
    Unit,
    Other,
}

/// What the declaration of state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Declared {
    Field,
    Alias,
    Static,
    Local,
}

/// The states that async code takes, by file and offset of their declarations; `sites` are those of [`taking`].
pub fn states(sema: &Sema<'_>, analysis: &Analysis<'_>, sites: Vec<Site>) -> Vec<State> {
    let contexts = Contexts::new(sema, analysis.workspace.include.tests);
    let gather = Gather { sema, analysis, contexts, reached: RefCell::default() };
    let mut known: HashSet<Site> = HashSet::new();
    let mut ways: Vec<Way<'_>> = Vec::new();
    for site in gather.of_async(sites) {
        if known.contains(&site) {
            continue;
        }
        let Some(way) = analysis.workspace.at(site, || gather.way(site)) else { continue };
        known.extend(way.found.taken.iter().filter_map(|it| site_of(sema, it)));
        match ways.iter_mut().find(|it| it.is_of_one(&way, sema)) {
            Some(other) => other.found.join(way.found),
            None => ways.push(way),
        }
    }
    for made in gather.made(&ways) {
        let Some(way) = gather.way_of(made.into()) else { continue };
        if let Some(other) = ways.iter_mut().find(|it| it.is_of_one(&way, sema)) {
            other.found.join(way.found);
        }
    }
    let mut states: BTreeMap<(u32, u32), State> = BTreeMap::new();
    for state in ways.into_iter().filter_map(|it| gather.state_at_its_place(it)) {
        let key = (state.file, u32::from(state.name.start()));
        match states.get_mut(&key) {
            // A map of locks behind a lock: one declaration, one finding.
            Some(other) => other.join(state),
            None => {
                states.insert(key, state);
            }
        }
    }
    states.into_values().collect()
}

/// How many sync functions lie between async code and one that takes a lock.
const REACH: usize = 6;

/// The way of one lock.
struct Way<'a> {
    lock: LockType<'a>,
    text: String,
    receiver: ast::Expr,
    found: Found,
}

impl<'a> Way<'a> {
    /// Whether two ways are of one state: where a library hands the lock on, its type tells what comes back; an alias is one declaration.
    fn is_of_one(&self, other: &Way<'a>, sema: &Sema<'a>) -> bool {
        let same_alias = || self.alias(sema).is_some_and(|it| other.alias(sema) == Some(it));
        self.text == other.text && (self.hands_on() && other.hands_on() || same_alias())
    }

    fn hands_on(&self) -> bool {
        self.found.others.iter().any(|it| it.takes_any)
    }

    fn alias(&self, sema: &Sema<'a>) -> Option<ast::TypeAlias> {
        self.found.holders.iter().find_map(|holder| sema.alias_in(holder.ty()?))
    }
}

fn site_of(sema: &Sema<'_>, call: &ast::MethodCallExpr) -> Option<Site> {
    let (file, range) = sema.source_range(call.name_ref()?.syntax())?;
    Some(Site { file, offset: range.start().into() })
}

/// The calls that take a lock, by file and offset. Asks in parallel, and so not from within [`Analysis::with_sema`].
pub fn taking(analysis: &Analysis<'_>) -> Vec<Site> {
    const NAMES: &[&str] = &[
        "lock",
        "read",
        "write",
        "lock_owned",
        "read_owned",
        "write_owned",
        "try_lock",
        "try_read",
        "try_write",
        "blocking_lock",
        "blocking_read",
        "blocking_write",
        "lock_arc",
        "read_arc",
        "write_arc",
        "upgradable_read",
    ];
    let calls = NAMES.iter().flat_map(|it| analysis.index.calls(it));
    let calls = calls.filter(|(_, shape)| {
        shape.args.is_none_or(|it| it == 0) && (shape.is_method || !shape.is_known || shape.args.is_none())
    });
    let mut sites: Vec<Site> = calls.map(|(site, _)| *site).collect();
    sites.sort();
    sites.dedup();
    let workspace = analysis.workspace;
    let found = analysis.par_map(sites, |sema, site| {
        workspace.at(site, || {
            let call = method_at(sema, site)?;
            sema.shared_lock(&sema.ty(&call.receiver()?)?)?;
            Some(site)
        })
    });
    found.into_iter().flatten().collect()
}

fn method_at(sema: &Sema<'_>, site: Site) -> Option<ast::MethodCallExpr> {
    if sema.is_left_out(&sema.token(site)?.parent()?) {
        return None;
    }
    match sema.call_at(site)? {
        CallNode::Method(it) => Some(it),
        _ => None,
    }
}

struct Gather<'g, 'a> {
    sema: &'g Sema<'a>,
    analysis: &'g Analysis<'g>,
    contexts: Contexts<'g, 'a>,
    /// Whether async code calls a sync function.
    reached: RefCell<HashMap<Function, bool>>,
}

impl<'a> Gather<'_, 'a> {
    /// The calls that take a lock of a type which async code takes somewhere. Others are not worth following.
    fn of_async(&self, sites: Vec<Site>) -> Vec<Site> {
        let text = |site: &Site| {
            let call = method_at(self.sema, *site)?;
            let (lock, _) = self.sema.shared_lock(&self.sema.ty(&call.receiver()?)?)?;
            let is_of_async = self.is_of_async(&self.contexts.of(call.syntax()));
            Some((self.sema.lock_text(&lock), is_of_async))
        };
        let texts: Vec<Option<(String, bool)>> = sites.iter().map(text).collect();
        let wanted: HashSet<&String> =
            texts.iter().flatten().filter(|it| it.1).map(|(text, _)| text).collect();
        let is_wanted = |it: &Option<(String, bool)>| it.as_ref().is_some_and(|it| wanted.contains(&it.0));
        sites.into_iter().zip(&texts).filter(|(_, it)| is_wanted(it)).map(|(site, _)| site).collect()
    }

    /// Whether code with a context runs in async code, be it through sync functions.
    fn is_of_async(&self, context: &Context) -> bool {
        match context {
            Context::Async(_) => true,
            Context::Sync(function) => self.is_reached(*function, REACH),
            _ => false,
        }
    }

    /// The way of the lock that a call takes.
    fn way(&self, site: Site) -> Option<Way<'a>> {
        let call = method_at(self.sema, site)?;
        let mut way = self.way_of(call.receiver()?)?;
        if !way.found.taken.iter().any(|it| site_of(self.sema, it) == Some(site)) {
            way.found.taken.push(call);
        }
        Some(way)
    }

    /// Where a lock is taken first.
    fn site(&self, way: &Way<'a>) -> Option<Site> {
        way.found.taken.iter().find_map(|it| site_of(self.sema, it))
    }

    /// The way of the lock that an expression gives.
    fn way_of(&self, receiver: ast::Expr) -> Option<Way<'a>> {
        let (lock, _) = self.sema.shared_lock(&self.sema.ty(&receiver)?)?;
        let text = self.sema.lock_text(&lock);
        let found = flow::of(self.sema, self.analysis.index, &text, &receiver);
        Some(Way { lock, text, receiver, found })
    }

    /// Calls that may make a lock which is handed on by a library, and are not on the way of any: by their names.
    fn made(&self, ways: &[Way<'a>]) -> Vec<ast::CallExpr> {
        let hands_on: Vec<&Way<'a>> =
            ways.iter().filter(|it| it.hands_on() || it.alias(self.sema).is_some()).collect();
        if hands_on.is_empty() {
            return Vec::new();
        }
        let aliases =
            hands_on.iter().filter_map(|it| it.alias(self.sema)?.name()).map(|it| it.text().to_string());
        let mut owners: HashSet<String> = aliases.collect();
        owners.extend(["Arc", "Mutex", "RwLock", "FairMutex"].map(str::to_owned));
        let known: HashSet<_> = ways
            .iter()
            .flat_map(|it| &it.found.made)
            .filter_map(|it| self.sema.source_range(it.syntax()))
            .collect();
        let named = |owner: &String| ["new", "default"].map(|it| self.analysis.index.calls_by(owner, it));
        let mut sites: Vec<Site> = owners.iter().flat_map(named).flatten().collect();
        sites.sort();
        let calls = sites.into_iter().filter_map(|site| match self.sema.call_at(site)? {
            CallNode::Path(it) => Some(it),
            _ => None,
        });
        let new = calls.filter(|it| {
            let is_read = !self.sema.is_left_out(it.syntax());
            is_read && self.sema.source_range(it.syntax()).is_some_and(|it| !known.contains(&it))
        });
        let texts: HashSet<&str> = hands_on.iter().map(|it| it.text.as_str()).collect();
        let is_it = |it: &ast::CallExpr| {
            let ty = self.sema.ty(&it.clone().into());
            ty.and_then(|it| self.sema.shared_lock(&it))
                .is_some_and(|it| texts.contains(self.sema.lock_text(&it.0).as_str()))
        };
        new.filter(is_it).collect()
    }

    fn state_at_its_place(&self, way: Way<'a>) -> Option<State> {
        match self.site(&way) {
            Some(site) => self.analysis.workspace.at(site, || self.state(way)),
            None => self.state(way),
        }
    }

    /// The state of a way; `None` where no async code takes it.
    fn state(&self, way: Way<'a>) -> Option<State> {
        let Way { lock, text, receiver, mut found } = way;
        let mut sections: Vec<Section> = found.taken.iter().filter_map(|it| self.section(it)).collect();
        if sections.len() < found.taken.len() {
            found.others.push(Other::of(receiver.syntax(), "a macro takes the lock"));
        }
        sections.sort_by_key(|it| (it.site.file, it.site.offset));
        sections.dedup_by_key(|it| it.site);
        if !sections.iter().any(|it| self.is_of_async(&it.context)) {
            return None;
        }
        let declared = self.declaration(&found, &text)?;
        let holds_arc = |it: &Holder| it.ty().is_some_and(|it| self.holds_arc(it));
        let in_arc = found.holders.iter().any(holds_arc)
            || found.made.iter().any(|it| self.is_made_in_arc(it))
            || found
                .clones
                .iter()
                .any(|it| self.sema.ty(it).is_some_and(|it| self.sema.holds_arc_of_lock(&it)));
        let value = self.sema.source_code(&lock.value, receiver.syntax());
        Some(State {
            file: declared.1,
            name: declared.2,
            label: declared.3,
            declared: declared.0,
            library: lock.library,
            lock: lock.name.clone(),
            value: value
                .or_else(|| Some(self.sema.show(&lock.value, self.sema.krate_at(receiver.syntax())?)))?,
            kind: self.sema.kind_of(&lock.value),
            in_arc,
            sections,
            found,
        })
    }

    fn holds_arc(&self, ty: &ast::Type) -> bool {
        self.sema.written(ty).is_some_and(|it| self.sema.holds_arc_of_lock(&it))
    }

    fn is_made_in_arc(&self, made: &ast::Expr) -> bool {
        let around = made.syntax().ancestors().skip(1).find_map(ast::CallExpr::cast);
        around.and_then(|it| self.sema.ty(&it.into())).is_some_and(|it| self.sema.holds_arc_of_lock(&it))
    }

    /// Whether async code calls a sync function, be it through others.
    fn is_reached(&self, function: Function, depth: usize) -> bool {
        if let Some(known) = self.reached.borrow().get(&function) {
            return *known;
        }
        self.reached.borrow_mut().insert(function, false);
        let calls = |call: &CallNode| self.sema.function(call) == Some(function);
        let reached =
            self.may_call(function).into_iter().filter(calls).any(|it| match self.contexts.of_call(&it) {
                Context::Async(_) => true,
                Context::Sync(outer) => depth > 0 && self.is_reached(outer, depth - 1),
                _ => false,
            });
        self.reached.borrow_mut().insert(function, reached);
        reached
    }

    /// What may be a call of a function, that in the smallest body first: one such call is enough, and large bodies take long to infer.
    fn may_call(&self, function: Function) -> Vec<CallNode> {
        let target = Target::of(self.sema.db, function);
        let calls = target
            .sites(self.analysis.index)
            .filter_map(|it| self.sema.call_of_one(self.analysis.index, it, &[&target]));
        let mut calls: Vec<CallNode> = calls.filter(|it| !self.sema.is_left_out(it.syntax())).collect();
        let size = |it: &CallNode| {
            let body = it.syntax().ancestors().find(|it| ast::Fn::can_cast(it.kind()));
            body.map_or(0, |it| u32::from(it.text_range().len()))
        };
        calls.sort_by_key(size);
        calls
    }

    /// The declaration that a finding stands on: the field, the alias, else the variable.
    fn declaration(&self, found: &Found, text: &str) -> Option<(Declared, u32, TextRange, String)> {
        let place = |node: &SyntaxNode| self.sema.source_range(node);
        let mut fields = Vec::new();
        // Fields of collections of it.
        let mut parts = Vec::new();
        let mut aliases = Vec::new();
        let mut statics = Vec::new();
        let mut locals = Vec::new();
        for holder in &found.holders {
            if let Some(alias) = holder.ty().and_then(|it| self.sema.alias_of_lock(it, text)) {
                aliases.extend(alias.name().map(|it| it.syntax().clone()));
            }
            match holder {
                Holder::Field { name, ty } => {
                    let ty = self.sema.written(ty);
                    let is_direct = ty.is_some_and(|it| self.sema.shared_lock(&it).is_some());
                    if is_direct { fields.push(name.clone()) } else { parts.push(name.clone()) }
                }
                Holder::Static { name, .. } => statics.push(name.clone()),
                Holder::Local { pat, .. } => {
                    locals.extend(pat.name().map(|it| (self.rank(pat), it.syntax().clone())))
                }
                Holder::Result { .. } => {}
            }
        }
        let least = locals.iter().map(|it| it.0).min();
        let locals = locals.into_iter().filter(|it| Some(it.0) == least).map(|it| it.1).collect();
        let kinds = [
            (Declared::Field, fields),
            (Declared::Field, parts),
            (Declared::Alias, aliases),
            (Declared::Static, statics),
            (Declared::Local, locals),
        ];
        kinds.into_iter().find_map(|(kind, nodes)| {
            let first = |it: SyntaxNode| Some((place(&it)?, it));
            let (at, node) = nodes.into_iter().filter_map(first).min_by_key(|it| (it.0.0, it.0.1.start()))?;
            let name = match ast::Type::can_cast(node.kind()) {
                // A field without a name goes by its struct.
                true => node.ancestors().find_map(ast::Struct::cast).and_then(|it| it.name()),
                false => None,
            };
            let label = name.map_or_else(|| node.text().to_string(), |it| it.text().to_string());
            Some((kind, at.0, at.1, label))
        })
    }

    /// A variable that makes the lock before one that is given it.
    fn rank(&self, pat: &ast::IdentPat) -> u8 {
        let statement = pat.syntax().parent().and_then(ast::LetStmt::cast);
        match statement.and_then(|it| it.initializer()) {
            Some(ast::Expr::CallExpr(_)) => 0,
            Some(_) => 1,
            None => 2,
        }
    }
}

impl State {
    /// Takes in another state of the same declaration.
    fn join(&mut self, mut other: State) {
        if self.kind == Kind::Unit {
            std::mem::swap(self, &mut other);
        }
        // A lock over no value, as one for each key of a map, is there to be held.
        if other.kind != Kind::Unit || self.kind == Kind::Unit {
            self.sections.extend(other.sections);
        }
        self.sections.sort_by_key(|it| (it.site.file, it.site.offset));
        self.sections.dedup_by_key(|it| it.site);
        self.in_arc |= other.in_arc;
        if (self.library, &self.lock, &self.value) != (other.library, &other.lock, &other.value) {
            let taken = other.found.taken.iter();
            let nested = taken.map(|it| Other::of(it.syntax(), "one declaration holds two locks"));
            self.found.others.extend(nested);
            return;
        }
        self.found.join(other.found);
    }

    /// Where its declaration stands.
    pub fn site(&self) -> Site {
        Site { file: self.file, offset: self.name.start().into() }
    }

    /// Whether a section waits while it holds the lock.
    pub fn waits(&self) -> bool {
        self.sections.iter().any(|it| !it.waits.is_empty())
    }
}
