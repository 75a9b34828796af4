//! Library functions outside std that call their closures: in place, or from inside a `poll`. Those of std are known as a whole.

use super::entry::Entry;

/// Methods of the stream and future extension traits.
macro_rules! in_poll {
    ($($container:literal: $($name:literal)*;)*) => {
        &[$($(Entry::in_poll(concat!($container, "::", $name)),)*)*]
    };
}

macro_rules! in_place {
    ($($container:literal: $($name:literal)*;)*) => {
        &[$($(Entry::in_place(concat!($container, "::", $name)),)*)*]
    };
}

pub(super) const IN_POLL: &[Entry] = in_poll! {
    "futures_util::StreamExt": "map" "filter" "filter_map" "then" "for_each" "for_each_concurrent" "fold" "any" "all" "scan"
        "skip_while" "take_while" "inspect" "flat_map" "flat_map_unordered";
    "futures::StreamExt": "map" "filter" "filter_map" "then" "for_each" "for_each_concurrent" "fold" "any" "all" "scan"
        "skip_while" "take_while" "inspect" "flat_map" "flat_map_unordered";
    "futures_util::TryStreamExt": "map_ok" "map_err" "and_then" "or_else" "try_for_each" "try_for_each_concurrent"
        "try_filter" "try_filter_map" "try_fold" "inspect_ok" "inspect_err";
    "futures::TryStreamExt": "map_ok" "map_err" "and_then" "or_else" "try_for_each" "try_for_each_concurrent"
        "try_filter" "try_filter_map" "try_fold" "inspect_ok" "inspect_err";
    "futures_util::FutureExt": "map" "then" "inspect" "map_into";
    "futures::FutureExt": "map" "then" "inspect" "map_into";
    "futures_util::TryFutureExt": "map_ok" "map_err" "and_then" "or_else" "unwrap_or_else" "map_ok_or_else";
    "futures::TryFutureExt": "map_ok" "map_err" "and_then" "or_else" "unwrap_or_else" "map_ok_or_else";
    "tokio_stream::StreamExt": "map" "filter" "filter_map" "then" "fold" "any" "all" "skip_while" "take_while" "map_while";
    "futures_lite::StreamExt": "map" "filter" "filter_map" "then" "for_each" "fold" "inspect";
    "futures::future": "poll_fn" "lazy";
    "futures_util::future": "poll_fn" "lazy";
    "futures::stream": "poll_fn" "unfold" "repeat_with";
    "futures_util::stream": "poll_fn" "unfold" "repeat_with";
};

pub(super) const IN_PLACE: &[Entry] = in_place! {
    "itertools::Itertools": "sorted_by" "sorted_by_key" "sorted_by_cached_key" "map_ok" "filter_ok" "filter_map_ok" "chunk_by"
        "coalesce" "dedup_by" "unique_by" "fold_ok" "fold_while" "for_each" "partition_map" "max_set_by" "into_group_map_by"
        "find_map" "map_into" "update" "take_while_ref";
    "tracing::Span": "in_scope";
    "tracing::dispatcher": "with_default" "get_default";
    "tracing::subscriber": "with_default";
    "log": "logger";
    "anyhow::Context": "with_context";
    "eyre::WrapErr": "wrap_err_with";
    "color_eyre::eyre::WrapErr": "wrap_err_with";
    "snafu::ResultExt": "with_context" "with_whatever_context";
    "tap::Tap": "tap" "tap_mut" "tap_dbg";
    "tap::Pipe": "pipe" "pipe_ref";
    "once_cell::sync::OnceCell": "get_or_init" "get_or_try_init";
    "once_cell::unsync::OnceCell": "get_or_init" "get_or_try_init";
    "parking_lot::Once": "call_once";
    "parking_lot::MappedMutexGuard": "map";
    "parking_lot::MutexGuard": "map";
    "dashmap::DashMap": "retain" "alter" "alter_all" "view";
    "dashmap::mapref::entry::Entry": "or_insert_with" "and_modify";
    "indexmap::IndexMap": "retain" "sort_by";
    "hashbrown::HashMap": "retain";
    "either::Either": "map_left" "map_right" "either";
    "serde_json::Value": "as_array";
    "regex::Regex": "replace_all" "replace";
    "smallvec::SmallVec": "retain";
    "bytes::BytesMut": "with_capacity";
    "tokio::task::LocalKey": "sync_scope" "with" "try_with";
    "tokio::sync::watch::Sender": "send_modify" "send_if_modified";
    "scopeguard": "defer";
};
