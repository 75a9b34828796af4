//! Sleeps: the thread rests while the task could.

use super::entry::{Entry, Family::Sleep};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    blocks (Sleep) "std::thread" [sleep] {
        .twin("tokio::time::sleep({args}).await", "tokio", "time").source("tokio::time::sleep")
    }
    blocks (Sleep) "std::thread" [sleep_ms] {
        .twin("tokio::time::sleep(std::time::Duration::from_millis(1).saturating_mul({0})).await", "tokio", "time")
        .source("tokio::time::sleep")
    }
    blocks (Sleep) "std::thread" [yield_now] {
        .cheap()
        .twin("tokio::task::yield_now().await", "tokio", "rt")
        .note("yields the task to the other tasks of its worker, not the thread to other threads")
        .source("tokio::task::yield_now")
    }
    // Sleeps of other libraries and of the C library: the units differ, so that no template fits.
    blocks (Sleep) "libc" [sleep usleep nanosleep] { .has_async_api().source("man 3 sleep") }
    blocks (Sleep) "nix::unistd" [sleep] { .has_async_api().source("docs.rs/nix unistd::sleep") }
    blocks (Sleep) "spin_sleep" [sleep] {
        .has_async_api().note("spins for the last part, finer than any timer of a runtime").source("docs.rs/spin_sleep")
    }
};
