//! What runs many pieces of work at once, and what limits that. None of it blocks; rules ask where it is called.

use super::entry::{
    Entry,
    Mark::{Acquire, Channel, Join, Semaphore},
};
use super::table::table;

/// Calls that poll all futures of a collection or stream at once, and the sets that do so.
pub(super) const JOINS: &[Entry] = table! {
    marks (Join) "futures::future" [join_all try_join_all] { .source("docs.rs/futures future::join_all") }
    marks (Join) "futures_util::future" [join_all try_join_all] { .source("docs.rs/futures future::join_all") }
    marks (Join) "futures::stream::StreamExt" [for_each_concurrent buffer_unordered buffered] { .source("docs.rs/futures StreamExt") }
    marks (Join) "futures_util::stream::StreamExt" [for_each_concurrent buffer_unordered buffered] { .source("docs.rs/futures StreamExt") }
    marks (Join) "futures::stream::TryStreamExt" [try_for_each_concurrent try_buffer_unordered try_buffered] {
        .source("docs.rs/futures TryStreamExt")
    }
    marks (Join) "futures_util::stream::TryStreamExt" [try_for_each_concurrent try_buffer_unordered try_buffered] {
        .source("docs.rs/futures TryStreamExt")
    }
    marks (Join) "futures::stream::FuturesUnordered" [new] { .source("docs.rs/futures stream::FuturesUnordered") }
    marks (Join) "futures::stream::FuturesOrdered" [new] { .source("docs.rs/futures stream::FuturesOrdered") }
    marks (Join) "futures_util::stream::FuturesUnordered" [new] { .source("docs.rs/futures stream::FuturesUnordered") }
    marks (Join) "futures_util::stream::FuturesOrdered" [new] { .source("docs.rs/futures stream::FuturesOrdered") }
};

/// Channels that take any number of messages.
pub(super) const CHANNELS: &[Entry] = table! {
    marks (Channel) "tokio::sync::mpsc" [unbounded_channel] { .source("tokio::sync::mpsc::unbounded_channel") }
    marks (Channel) "futures::channel::mpsc" [unbounded] { .source("docs.rs/futures channel::mpsc::unbounded") }
    marks (Channel) "futures_channel::mpsc" [unbounded] { .source("docs.rs/futures channel::mpsc::unbounded") }
    marks (Channel) "async_channel" [unbounded] { .source("docs.rs/async-channel unbounded") }
    marks (Channel) "async_std::channel" [unbounded] { .source("docs.rs/async-channel unbounded") }
    marks (Channel) "smol::channel" [unbounded] { .source("docs.rs/async-channel unbounded") }
    marks (Channel) "kanal" [unbounded unbounded_async] { .source("docs.rs/kanal unbounded") }
    marks (Channel) "flume" [unbounded] { .source("docs.rs/flume unbounded") }
    marks (Channel) "crossbeam_channel" [unbounded] { .source("docs.rs/crossbeam-channel unbounded") }
    marks (Channel) "crossbeam::channel" [unbounded] { .source("docs.rs/crossbeam-channel unbounded") }
    marks (Channel) "std::sync::mpsc" [channel] { .source("std::sync::mpsc::channel") }
};

/// Semaphores and their permits.
pub(super) const SEMAPHORES: &[Entry] = table! {
    marks (Semaphore) "tokio::sync::Semaphore" [new] { .source("tokio::sync::Semaphore") }
    marks (Semaphore) "async_lock::Semaphore" [new] { .source("docs.rs/async-lock Semaphore") }
    marks (Acquire) "tokio::sync::Semaphore" [acquire acquire_many acquire_owned acquire_many_owned] { .source("tokio::sync::Semaphore") }
    marks (Acquire) "async_lock::Semaphore" [acquire acquire_arc] { .source("docs.rs/async-lock Semaphore") }
};
