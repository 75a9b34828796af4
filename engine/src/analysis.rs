//! All calls that matter, resolved: what async code enters, what is handed over to pools and tasks.
//!
//! The work starts from the calls whose name stands in the catalogue. Only a function that is confirmed to block makes
//! its callers candidates, so that types are asked for along chains that exist, and nowhere else.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ra_ap_hir::{Function, attach_db};
use ra_ap_ide_db::RootDatabase;
use ra_ap_syntax::TextRange;
use rayon::prelude::*;

use crate::alone::Alone;
use crate::calls::Calls;
use crate::catalogue::{Cost, Effect, Entry, Family, Mark, Pool};
use crate::context::{Body, Context};
use crate::facts::Facts;
use crate::finding::Confidence;
use crate::index::{Index, Site};
use crate::lasting::{self, LongWork, Start};
use crate::loops::Lasts;
use crate::memo::Memo;
use crate::prime::prime;
use crate::resolve::Sema;
use crate::watch::stage;
use crate::workspace::{Database, Workspace};
use crate::world::World;

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
    /// The pool or thread that alone drives the body, where one does: no worker is blocked.
    pub alone_on: Option<Pool>,
    pub reached: Reached,
    /// Before anything is served, in `main` itself.
    pub at_startup: bool,
    /// A loop of the same body stands around the call.
    pub in_loop: bool,
    /// The call is part of work that never ends: the loop owns it.
    pub endless: Option<Lasts>,
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
    /// A loop of the same function or body stands around the call.
    pub in_loop: bool,
    /// The argument that is handed over.
    pub argument: usize,
    /// The whole call, as it is written.
    pub range: TextRange,
}

/// A call of an item that the catalogue marks, wherever it stands.
#[derive(Clone, Debug)]
pub struct Marked {
    pub site: Site,
    pub name: TextRange,
    /// The whole call, as it is written.
    pub range: TextRange,
    pub mark: Mark,
    pub entry: &'static Entry,
    pub context: Context,
    /// A loop of the same function or body stands around the call.
    pub in_loop: bool,
}

/// What work is handed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedTo {
    Pool(Pool),
    Task,
}

/// Everything that the rules ask about. Each thread has one of its own, since a database belongs to one thread; what was found out is
/// shared.
#[derive(Clone)]
pub struct Analysis<'w> {
    pub workspace: &'w Workspace,
    pub index: &'w Index,
    database: Database,
    world: Arc<World>,
    known: Arc<Known>,
}

/// What was found out. Rules that run side by side share it.
#[derive(Clone, Default)]
struct Known {
    entered: Vec<Entered>,
    handovers: Vec<Handover>,
    marked: Vec<Marked>,
    long: Vec<LongWork>,
    pooled: Vec<(Site, &'static Entry)>,
    calls: Calls,
    unknown: usize,
    memo: Memo,
}

impl<'w> Analysis<'w> {
    /// Resolves what matters, but for what an earlier run knew. Heavy: this is where types are asked for.
    pub fn new(workspace: &'w Workspace, index: &'w Index, database: Database, memo: Memo) -> Analysis<'w> {
        stage("names");
        prime(&database.db, &AtomicBool::new(false));
        stage("catalogue");
        let world = World::new(workspace, index, &database);
        let (world, known) = (Arc::new(world), Arc::default());
        let mut analysis = Analysis { workspace, index, database, world, known };
        stage("calls");
        let facts = Facts::gather(&analysis, memo.fitting(workspace, index));
        stage("loops");
        analysis.known = Arc::new(Known {
            entered: facts.entered,
            handovers: facts.handovers,
            marked: facts.marked,
            long: Vec::new(),
            pooled: facts.pooled,
            calls: facts.calls,
            unknown: facts.unknown,
            memo: facts.memo,
        });
        let alone = Alone::of(&analysis);
        let entered = alone.noted(&analysis);
        Arc::make_mut(&mut analysis.known).entered = entered;
        let lasting = lasting::find(&analysis, &alone);
        let known = Arc::make_mut(&mut analysis.known);
        for (entered, lasts) in known.entered.iter_mut().zip(lasting.entered) {
            entered.endless = lasts;
        }
        known.long = lasting.work;
        analysis
    }

    /// Blocking work entered from async code, by file and offset.
    pub fn entered(&self) -> &[Entered] {
        &self.known.entered
    }

    /// Work handed over to pools, threads and tasks, by file and offset.
    pub fn handovers(&self) -> &[Handover] {
        &self.known.handovers
    }

    /// Calls of items that the catalogue marks, by file and offset.
    pub fn marked(&self, mark: Mark) -> impl Iterator<Item = &Marked> {
        self.known.marked.iter().filter(move |it| it.mark == mark)
    }

    /// Work that goes on for as long as the program or its senders live, by file and offset of what starts it.
    pub fn long_work(&self) -> &[LongWork] {
        &self.known.long
    }

    /// The work of a hand-over, by its index, where that goes on for as long.
    pub fn long_work_of(&self, handover: usize) -> Option<&LongWork> {
        let starts = |it: &&LongWork| matches!(it.start, Start::Pool(at) | Start::Task(at) if at == handover);
        self.known.long.iter().find(starts)
    }

    /// Blocking calls on pools and threads, where they are right.
    pub(crate) fn pooled(&self) -> &[(Site, &'static Entry)] {
        &self.known.pooled
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.known.calls
    }

    /// How many bodies types were inferred of so far.
    pub fn inferred(&self) -> usize {
        let db: &dyn salsa::Database = &self.database.db;
        let queries = db.memory_usage().queries;
        queries.iter().filter(|(name, _)| name.contains("InferenceResult")).map(|(_, it)| it.count()).sum()
    }

    /// The database and what calls were resolved to, for another analysis.
    pub fn into_parts(self) -> (Database, Memo) {
        (self.database, Arc::unwrap_or_clone(self.known).memo)
    }

    /// How many calls in question stayed unknown.
    pub fn unknown(&self) -> usize {
        self.known.unknown
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

impl Entered {
    /// Whether the call itself takes a message from a channel.
    pub(crate) fn receives(&self) -> bool {
        let waits = self.through.is_none() && self.reached.family == Family::Wait;
        waits && self.reached.entry.name().starts_with("recv")
    }
}

impl Reached {
    /// Whether the work itself is a call that lasts, such as the event loop of a library.
    pub fn lasts(&self) -> bool {
        matches!(self.entry.effect, Effect::Lasts(_))
    }

    /// What a call that lasts says of itself.
    pub(crate) fn entry_lasts(&self) -> Option<Lasts> {
        match self.entry.effect {
            Effect::Lasts(lasting) => Some(Lasts { lasting, chain: self.chain.clone() }),
            _ => None,
        }
    }
}
