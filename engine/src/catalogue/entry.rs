//! What one entry of the catalogue says.

use crate::bucket::{Answers, Bound, Bucket, Size};

/// Which rule owns a call that blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Panics or deadlocks in async code: `nested-block-on`.
    BlockOn,
    /// `blocking-http`.
    Http,
    /// `blocking-db`.
    Db,
    /// `blocking-wait`.
    Wait,
    /// `blocking-sleep`.
    Sleep,
    /// `blocking-io`.
    Io,
    /// Computes for long: `heavy-cpu`.
    Cpu,
}

/// How much a call costs the worker that runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// One cheap system call on a warm cache.
    Cheap,
    /// Anything more.
    Dear,
}

/// Which pool or thread runs a closure that is handed over.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub enum Pool {
    /// The blocking pool of an async runtime.
    Blocking,
    /// The current worker, after the runtime was told.
    InPlace,
    /// A thread made for the closure.
    Thread,
    /// A pool for CPU work.
    Cpu,
}

/// How a blocking loop or call that goes on for long ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lasting {
    /// Never, while the program lives.
    Endless,
    /// With its senders, its connection or a flag.
    UntilClosed,
}

/// What a call does to the code that makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Blocks the thread.
    Blocks(Family),
    /// Blocks where the receiver (of a function: the first argument) is a file, a socket, a pipe or another
    /// [`Effect::BlockingHandle`], through buffers and boxes; memory never does.
    BlocksOnHandle(Family),
    /// A type whose reads and writes block.
    BlockingHandle,
    /// A type whose reads and writes compute, such as an encoder: over a blocking handle they block, over memory they do not.
    ComputingHandle,
    /// A loop of a library that blocks for as long as the program or a connection lives.
    Lasts(Lasting),
    /// Runs a closure somewhere else. The handle it gives back decides what a rewrite must carry over.
    Offloads(Pool),
    /// Starts an async task of its own from a future.
    Spawns,
    /// Drives a future to its end on this thread; also entered as [`Family::BlockOn`] where async code does it.
    Drives,
    /// Calls its closures at once, or while the value it returns is used in place.
    CallsInPlace,
    /// Calls its closures from inside `poll`: on the async worker that runs the stream or future.
    CallsInPoll,
    /// Looks as if it blocked, and is left alone.
    Leave,
    /// Does not block; a rule asks where it is called.
    Marks(Mark),
}

/// What a call does that a rule asks about although it blocks nothing by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Polls all futures of a collection or stream at once.
    Join,
    /// Makes a channel without a bound.
    Channel,
    /// Makes a semaphore.
    Semaphore,
    /// Takes a permit of a semaphore.
    Acquire,
    /// Takes a lock of std, parking_lot or their kin, and gives its guard.
    Lock,
    /// Takes a lock that is awaited.
    AsyncLock,
    /// Changes nothing that other code could see.
    Read,
}

/// One entry. The path is the import path that users write, as `std::fs::read` for a function,
/// `std::sync::mpsc::Receiver::recv` for a method or associated function of a type or trait, and `std::fs::File` for a type.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub path: &'static str,
    pub effect: Effect,
    pub cost: Cost,
    /// The async form as a template, see [`crate::catalogue`]. Only where it is equivalent but for the points in `note`.
    pub twin: Option<&'static str>,
    /// The registry name of the crate that the twin lives in, and the feature that it needs (empty for none).
    pub needs: Option<(&'static str, &'static str)>,
    /// Whether an async API exists, be it a twin or one that needs other code around it.
    pub async_api: bool,
    /// Means the very thread that it runs on, and cannot move to another.
    pub stays: bool,
    /// Whether the amount of work grows with what the call is given.
    pub size: Size,
    /// Hands its closures over and waits until they are done.
    pub waits: bool,
    /// What is not equivalent in the twin, as words for the user; empty where nothing is.
    pub note: &'static str,
    /// Where the facts come from: a documentation page's name, a row of the reference, a measurement.
    pub source: &'static str,
}

impl Entry {
    /// The source of what a team says of functions in its configuration.
    pub const CONFIGURED: &'static str = "configuration";

    const fn new(path: &'static str, effect: Effect) -> Entry {
        Entry {
            path,
            effect,
            cost: Cost::Dear,
            twin: None,
            needs: None,
            async_api: false,
            stays: false,
            size: Size::Bounded,
            waits: false,
            note: "",
            source: "",
        }
    }

    /// A call that blocks.
    pub const fn blocks(family: Family, path: &'static str) -> Entry {
        Entry::new(path, Effect::Blocks(family))
    }

    /// A call that blocks where its receiver or first argument is a blocking handle.
    pub const fn blocks_on_handle(family: Family, path: &'static str) -> Entry {
        Entry::new(path, Effect::BlocksOnHandle(family))
    }

    /// A call that computes for long.
    pub const fn computes(size: Size, path: &'static str) -> Entry {
        Entry { size, ..Entry::new(path, Effect::Blocks(Family::Cpu)) }
    }

    /// A type whose reads and writes compute.
    pub const fn encoder(path: &'static str) -> Entry {
        Entry { size: Size::Input, ..Entry::new(path, Effect::ComputingHandle) }
    }

    /// A type whose reads and writes block.
    pub const fn handle(path: &'static str) -> Entry {
        Entry::new(path, Effect::BlockingHandle)
    }

    /// A call that blocks for as long as the program or a connection lives.
    pub const fn lasts(lasting: Lasting, path: &'static str) -> Entry {
        Entry::new(path, Effect::Lasts(lasting))
    }

    /// A call that hands its closure to a pool or thread.
    pub const fn offloads(pool: Pool, path: &'static str) -> Entry {
        Entry::new(path, Effect::Offloads(pool))
    }

    /// A call that starts a task from a future.
    pub const fn spawns(path: &'static str) -> Entry {
        Entry::new(path, Effect::Spawns)
    }

    /// A call that drives a future to its end on this thread.
    pub const fn drives(path: &'static str) -> Entry {
        Entry::new(path, Effect::Drives)
    }

    /// A call that runs its closures in place.
    pub const fn in_place(path: &'static str) -> Entry {
        Entry::new(path, Effect::CallsInPlace)
    }

    /// A call that runs its closures from inside `poll`.
    pub const fn in_poll(path: &'static str) -> Entry {
        Entry::new(path, Effect::CallsInPoll)
    }

    /// A call that looks as if it blocked and is left alone.
    pub const fn leave(path: &'static str) -> Entry {
        Entry::new(path, Effect::Leave)
    }

    /// A call that a rule asks about although it blocks nothing by itself.
    pub const fn marks(mark: Mark, path: &'static str) -> Entry {
        Entry::new(path, Effect::Marks(mark))
    }

    /// One cheap system call.
    pub const fn cheap(self) -> Entry {
        Entry { cost: Cost::Cheap, ..self }
    }

    /// The async form, and the crate and feature that it needs.
    pub const fn twin(self, twin: &'static str, krate: &'static str, feature: &'static str) -> Entry {
        Entry { twin: Some(twin), needs: Some((krate, feature)), async_api: true, ..self }
    }

    /// An async API exists, but no rewrite of the call alone reaches it.
    pub const fn has_async_api(self) -> Entry {
        Entry { async_api: true, ..self }
    }

    /// The call means the very thread that it runs on.
    pub const fn stays(self) -> Entry {
        Entry { stays: true, ..self }
    }

    /// The caller waits until the closures are done.
    pub const fn waits(self) -> Entry {
        Entry { waits: true, size: Size::Input, ..self }
    }

    /// What is not equivalent.
    pub const fn note(self, note: &'static str) -> Entry {
        Entry { note, ..self }
    }

    /// Where the facts come from.
    pub const fn source(self, source: &'static str) -> Entry {
        Entry { source, ..self }
    }

    /// Whether a team says it, and not the catalogue.
    pub fn is_configured(&self) -> bool {
        self.source == Entry::CONFIGURED
    }

    /// The last segment of the path: what a call of it is named.
    pub fn name(&self) -> &'static str {
        self.path.rsplit("::").next().unwrap_or(self.path)
    }

    /// The crate of the path, as code names it.
    pub fn krate(&self) -> &'static str {
        self.path.split("::").next().unwrap_or(self.path)
    }

    /// Whether it stands for what the code itself shows, and for no item of a library.
    pub fn is_of_code(&self) -> bool {
        !self.path.contains("::")
    }

    /// The rule family, where the entry blocks.
    pub fn family(&self) -> Option<Family> {
        match self.effect {
            Effect::Blocks(family) | Effect::BlocksOnHandle(family) => Some(family),
            Effect::Drives => Some(Family::BlockOn),
            Effect::Lasts(_) => Some(Family::Wait),
            Effect::ComputingHandle => Some(Family::Cpu),
            Effect::Offloads(Pool::Cpu) if self.waits => Some(Family::Cpu),
            _ => None,
        }
    }

    /// Whether the call panics on a thread that drives async code, or can deadlock it.
    pub fn panics_in_runtime(&self) -> bool {
        self.family() == Some(Family::BlockOn) || self.path.starts_with("reqwest::blocking::")
    }

    /// Whether the call drives an async runtime of its own, which panics where one runs already.
    pub fn drives_own_runtime(&self) -> bool {
        ["postgres::", "mongodb::sync::"].iter().any(|it| self.path.starts_with(it))
    }

    /// Whether the call drives the future that it is given and nothing else on its thread. Runtimes and local sets may have all their
    /// tasks there.
    pub fn drives_alone(&self) -> bool {
        let with_tasks =
            ["Runtime::", "SystemRunner::", "LocalSet::", "LocalPool::", "MainContext::", "tokio_test::"];
        matches!(self.effect, Effect::Drives) && !with_tasks.iter().any(|it| self.path.contains(it))
    }

    /// The four answers for a call of this entry.
    pub fn answers(&self) -> Answers {
        Answers {
            bound: Some(if self.family() == Some(Family::Cpu) { Bound::Cpu } else { Bound::Io }),
            ends: Some(!matches!(self.effect, Effect::Lasts(Lasting::Endless))),
            async_api: Some(self.async_api),
            size: Some(self.size),
        }
    }

    /// Where a call of this entry belongs, be it entered by a helper or directly. CPU work stands in the catalogue because it is not short.
    pub fn bucket(&self, answers: Answers) -> Bucket {
        match answers.bucket() {
            Some(Bucket::ShortCpu) | None => Bucket::BoundedBlocking,
            Some(bucket) => bucket,
        }
    }
}
