//! Methods of libraries that call their closure at once, or while the value they return is used in place.
//!
//! The standard library has no rows: its methods call their closures in place but for a few, which the contexts know.

use super::entry::Entry;
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    in_place () "tokio::task::LocalKey" [with try_with sync_scope] { .source("tokio::task::LocalKey") }
    in_place () "tokio::sync::watch::Sender" [send_modify send_if_modified] { .source("tokio::sync::watch::Sender") }
    in_place () "tokio::net::TcpStream" [try_io] { .source("tokio::net::TcpStream::try_io") }
    in_place () "tokio::net::UdpSocket" [try_io] { .source("tokio::net::UdpSocket::try_io") }
    in_place () "tokio::net::UnixStream" [try_io] { .source("tokio::net::UnixStream::try_io") }
    in_place () "tokio::io::unix::AsyncFdReadyGuard" [try_io] { .source("tokio::io::unix::AsyncFdReadyGuard") }
    in_place () "tokio::sync::MutexGuard" [map try_map] { .source("tokio::sync::MutexGuard") }
    in_place () "tokio::sync::RwLockReadGuard" [map try_map] { .source("tokio::sync::RwLockReadGuard") }
    in_place () "tokio::sync::RwLockWriteGuard" [map try_map downgrade_map] { .source("tokio::sync::RwLockWriteGuard") }
    in_place () "tracing::Span" [in_scope] { .source("docs.rs/tracing Span::in_scope") }
    in_place () "tracing::subscriber" [with_default] { .source("docs.rs/tracing subscriber::with_default") }
    in_place () "tracing::dispatcher" [with_default get_default] { .source("docs.rs/tracing dispatcher") }
    in_place () "once_cell::sync::OnceCell" [get_or_init get_or_try_init] { .source("docs.rs/once_cell") }
    in_place () "once_cell::unsync::OnceCell" [get_or_init get_or_try_init] { .source("docs.rs/once_cell") }
    in_place () "parking_lot::Once" [call_once call_once_force] { .source("docs.rs/parking_lot Once") }
    in_place () "parking_lot::MutexGuard" [map try_map unlocked unlocked_fair] { .source("docs.rs/lock_api MutexGuard") }
    in_place () "parking_lot::RwLockReadGuard" [map try_map unlocked] { .source("docs.rs/lock_api RwLockReadGuard") }
    in_place () "parking_lot::RwLockWriteGuard" [map try_map unlocked] { .source("docs.rs/lock_api RwLockWriteGuard") }
    in_place () "arc_swap::ArcSwapAny" [rcu] { .source("docs.rs/arc-swap ArcSwapAny::rcu") }
    in_place () "anyhow::Context" [with_context] { .source("docs.rs/anyhow Context") }
    in_place () "eyre::WrapErr" [wrap_err_with with_context] { .source("docs.rs/eyre WrapErr") }
    in_place () "color_eyre::Section" [with_note with_warning with_suggestion with_section] { .source("docs.rs/color-eyre Section") }
    in_place () "snafu::ResultExt" [with_context with_whatever_context] { .source("docs.rs/snafu ResultExt") }
    in_place () "snafu::OptionExt" [with_context with_whatever_context] { .source("docs.rs/snafu OptionExt") }
    in_place () "itertools::Itertools" [
        map_into map_ok filter_ok filter_map_ok process_results fold_ok fold_while fold_options tree_reduce fold1 sorted_by
        sorted_by_key sorted_by_cached_key sorted_unstable_by sorted_unstable_by_key k_smallest_by k_largest_by dedup_by
        dedup_by_with_count unique_by duplicates_by chunk_by group_by coalesce batching update positions
        take_while_ref take_while_inclusive peeking_take_while find_or_first find_or_last find_position
        all_equal_value counts_by into_group_map_by into_grouping_map_by partition_map minmax_by
        minmax_by_key position_max_by position_max_by_key position_min_by position_min_by_key max_set_by max_set_by_key
        min_set_by min_set_by_key format_with merge_by merge_join_by kmerge_by pad_using
    ] { .source("docs.rs/itertools Itertools") }
    in_place () "either::Either" [map_left map_right map_either either either_with left_and_then right_and_then left_or_else right_or_else] {
        .source("docs.rs/either Either")
    }
    in_place () "dashmap::DashMap" [retain alter alter_all view remove_if remove_if_mut] { .source("docs.rs/dashmap DashMap") }
    in_place () "dashmap::Entry" [and_modify or_insert_with or_try_insert_with] { .source("docs.rs/dashmap Entry") }
    in_place () "dashmap::mapref::one::Ref" [map try_map] { .source("docs.rs/dashmap Ref") }
    in_place () "dashmap::mapref::one::RefMut" [map try_map] { .source("docs.rs/dashmap RefMut") }
    in_place () "indexmap::IndexMap" [retain sort_by sort_by_key sort_by_cached_key sort_unstable_by sorted_by binary_search_by] {
        .source("docs.rs/indexmap IndexMap")
    }
    in_place () "indexmap::IndexSet" [retain sort_by sort_by_key sort_unstable_by sorted_by] { .source("docs.rs/indexmap IndexSet") }
    in_place () "indexmap::map::Entry" [and_modify or_insert_with or_insert_with_key] { .source("docs.rs/indexmap map::Entry") }
    in_place () "hashbrown::HashMap" [retain extract_if] { .source("docs.rs/hashbrown HashMap") }
    in_place () "hashbrown::hash_map::Entry" [and_modify or_insert_with or_insert_with_key] { .source("docs.rs/hashbrown") }
    in_place () "smallvec::SmallVec" [retain retain_mut dedup_by dedup_by_key resize_with] { .source("docs.rs/smallvec") }
    in_place () "regex::Regex" [replace replace_all replacen] { .source("docs.rs/regex Regex::replace_all") }
    in_place () "tap::Tap" [tap tap_mut tap_ref] { .source("docs.rs/tap") }
    in_place () "tap::Pipe" [pipe pipe_ref pipe_as_ref] { .source("docs.rs/tap") }
    in_place () "rayon" [in_place_scope in_place_scope_fifo] { .source("docs.rs/rayon in_place_scope") }
};
