//! Sleeping and yielding.

use super::entry::{Entry, Family::Sleep};

pub(super) const ENTRIES: &[Entry] = &[
    Entry::blocks(Sleep, "std::thread::sleep")
        .twin("tokio::time::sleep({args}).await", "tokio", "time")
        .source("docs.rs/tokio time::sleep: needs a runtime with its time driver enabled"),
    Entry::blocks(Sleep, "std::thread::sleep_ms")
        .twin("tokio::time::sleep(std::time::Duration::from_millis(u64::from({0}))).await", "tokio", "time")
        .source("docs.rs/tokio time::sleep"),
    Entry::blocks(Sleep, "std::thread::yield_now")
        .cheap()
        .twin("tokio::task::yield_now().await", "tokio", "rt")
        .note("it lets another task run, not another thread")
        .source("reference 4"),
    Entry::blocks(Sleep, "std::thread::sleep_until").has_async_api().source("doc.rust-lang.org std::thread"),
    Entry::blocks(Sleep, "libc::sleep").has_async_api().source("reference 235"),
    Entry::blocks(Sleep, "libc::usleep").has_async_api().source("reference 235"),
    Entry::blocks(Sleep, "libc::nanosleep").has_async_api().source("reference 235"),
    Entry::blocks(Sleep, "nix::unistd::sleep").has_async_api().source("reference 235"),
    Entry::blocks(Sleep, "spin_sleep::sleep").has_async_api().source("docs.rs/spin_sleep"),
    Entry::blocks(Sleep, "spin_sleep::SpinSleeper::sleep").has_async_api().source("docs.rs/spin_sleep"),
];
