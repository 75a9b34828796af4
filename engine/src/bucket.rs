//! The five buckets of work, the four answers that decide a bucket, and the primitives that work runs on.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

/// Where a unit of work belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Bucket {
    /// Async I/O: a plain async task.
    AsyncIo,
    /// Short, cheap CPU work: inline in async code.
    ShortCpu,
    /// Bounded blocking or CPU-heavy work that will finish: `tokio::task::spawn_blocking`.
    BoundedBlocking,
    /// A long-lived blocking loop: `std::thread`.
    EndlessLoop,
    /// Heavy CPU work that scales with its input: rayon, or bounded by a semaphore.
    HeavyCpu,
}

impl Bucket {
    /// All buckets, in the order of their numbers.
    pub const ALL: [Bucket; 5] =
        [Bucket::AsyncIo, Bucket::ShortCpu, Bucket::BoundedBlocking, Bucket::EndlessLoop, Bucket::HeavyCpu];

    /// The number in reports and JSON, 1 to 5.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The name in messages, as in "bucket 4: endless blocking loop".
    pub fn name(self) -> &'static str {
        match self {
            Bucket::AsyncIo => "async I/O",
            Bucket::ShortCpu => "short CPU",
            Bucket::BoundedBlocking => "bounded blocking",
            Bucket::EndlessLoop => "endless blocking loop",
            Bucket::HeavyCpu => "heavy CPU",
        }
    }

    /// Where work of this bucket belongs, in words that follow `it belongs`.
    pub fn belongs(self) -> &'static str {
        match self {
            Bucket::AsyncIo => "on a plain async task",
            Bucket::ShortCpu => "inline in async code",
            Bucket::BoundedBlocking => "on `tokio::task::spawn_blocking`",
            Bucket::EndlessLoop => "on a named `std::thread`",
            Bucket::HeavyCpu => "on rayon, or bounded by a semaphore",
        }
    }
}

impl Serialize for Bucket {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

/// What work spends its time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// It waits: for a disk, a socket, a lock, a clock.
    Io,
    /// It computes.
    Cpu,
    /// Both, as in hashing a file.
    Both,
}

/// Whether the amount of work is fixed or grows with its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// Does not grow with the input.
    Bounded,
    /// Grows with the input.
    Input,
}

/// The four answers that decide a bucket; `None` is "not known".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, BorshSerialize, BorshDeserialize)]
pub struct Answers {
    /// I/O-bound, CPU-bound or both.
    pub bound: Option<Bound>,
    /// Whether it finishes.
    pub ends: Option<bool>,
    /// Whether there is an async API for it.
    pub async_api: Option<bool>,
    /// Whether its size is bounded.
    pub size: Option<Size>,
}

impl Answers {
    /// The bucket that these answers decide, where they decide one.
    pub fn bucket(&self) -> Option<Bucket> {
        match self {
            Answers { ends: Some(false), async_api: Some(true), .. } => Some(Bucket::AsyncIo),
            Answers { ends: Some(false), .. } => Some(Bucket::EndlessLoop),
            Answers { bound: Some(Bound::Io), async_api: Some(true), .. } => Some(Bucket::AsyncIo),
            Answers { bound: Some(Bound::Io | Bound::Both), .. } => Some(Bucket::BoundedBlocking),
            Answers { bound: Some(Bound::Cpu), size: Some(Size::Input), .. } => Some(Bucket::HeavyCpu),
            Answers { bound: Some(Bound::Cpu), .. } => Some(Bucket::ShortCpu),
            Answers { bound: None, .. } => None,
        }
    }
}

/// What a unit of work runs on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Primitive {
    /// An async fn, block or closure, run by whoever awaits it.
    Async,
    /// An async task of its own: `tokio::spawn` and its kin.
    Spawn,
    /// The blocking pool: `spawn_blocking` and wrappers of it.
    SpawnBlocking,
    /// The current worker, declared as blocking.
    BlockInPlace,
    /// A thread made for the work.
    Thread,
    /// The rayon pool.
    Rayon,
}

impl Primitive {
    /// The name in reports, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Primitive::Async => "async",
            Primitive::Spawn => "spawn",
            Primitive::SpawnBlocking => "spawn_blocking",
            Primitive::BlockInPlace => "block_in_place",
            Primitive::Thread => "thread",
            Primitive::Rayon => "rayon",
        }
    }
}
