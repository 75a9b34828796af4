//! Combinators of futures and streams: their closures run inside `poll`, on the worker that polls.

use super::entry::Entry;
use super::table::table;

/// Entries that hold for several crates that re-export each other.
macro_rules! in_crates {
    ($krates:tt $( $owner:literal $names:tt )*) => { in_crates!(@ [] $krates $( $owner $names )*) };
    (@ [$($done:tt)*] [$krate:literal $($more:literal)*] $( $owner:literal [$($name:ident)+] )*) => {
        in_crates!(@ [
            $($done)*
            $($( Entry::in_poll(concat!($krate, "::", $owner, "::", stringify!($name))).source(concat!("docs.rs/", $krate)), )+)*
        ] [$($more)*] $( $owner [$($name)+] )*)
    };
    (@ [$($done:tt)*] [] $($rest:tt)*) => { &[$($done)*] };
}

pub(super) const FUTURES: &[Entry] = in_crates! { ["futures" "futures_util"]
    "FutureExt" [map then inspect]
    "TryFutureExt" [map_ok map_err map_ok_or_else and_then or_else unwrap_or_else inspect_ok inspect_err]
    "StreamExt" [
        map then filter filter_map flat_map flat_map_unordered for_each for_each_concurrent fold any all scan
        take_while skip_while inspect
    ]
    "TryStreamExt" [
        map_ok map_err and_then or_else inspect_ok inspect_err try_for_each try_for_each_concurrent try_filter
        try_filter_map try_fold try_take_while try_skip_while try_any try_all
    ]
    "SinkExt" [with with_flat_map sink_map_err]
    "future" [poll_fn lazy]
    "stream" [poll_fn unfold try_unfold repeat_with]
};

pub(super) const OTHERS: &[Entry] = table! {
    in_poll () "std::future" [poll_fn] { .source("std::future::poll_fn") }
    in_poll () "tokio_stream::StreamExt" [map map_while then filter filter_map take_while skip_while all any fold] {
        .source("docs.rs/tokio-stream StreamExt")
    }
    in_poll () "futures_lite::StreamExt" [
        map flat_map then filter filter_map take_while map_while skip_while scan inspect for_each try_for_each fold
        try_fold all any find find_map position
    ] { .source("docs.rs/futures-lite StreamExt") }
    in_poll () "futures_lite::future" [poll_fn] { .source("docs.rs/futures-lite future") }
    in_poll () "futures_lite::stream" [poll_fn unfold try_unfold repeat_with] { .source("docs.rs/futures-lite stream") }
    in_poll () "async_std::stream::StreamExt" [
        map filter filter_map flat_map take_while skip_while scan inspect for_each try_for_each fold
        try_fold all any find find_map position
    ] { .source("docs.rs/async-std stream::StreamExt") }
    in_poll () "tokio::sync::OnceCell" [get_or_init get_or_try_init] { .source("tokio::sync::OnceCell") }
    in_poll () "tokio::sync::watch::Receiver" [wait_for] { .source("tokio::sync::watch::Receiver::wait_for") }
    in_poll () "tower" [service_fn] { .source("docs.rs/tower service_fn") }
    in_poll () "hyper::service" [service_fn] { .source("docs.rs/hyper service::service_fn") }
};
