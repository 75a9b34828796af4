//! What looks as if it blocked and is left alone.
//!
//! A macro such as `println!` or `tracing::info!` is no function and has no row: it can wait on a full pipe, but is too common and too short to name.

use super::entry::Entry;
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    // Locks over plain data: short, and cheaper than an async lock.
    leave () "dashmap::DashMap" [get get_mut insert remove entry contains_key] { .source("docs.rs/dashmap DashMap") }
    // Set once at start-up: a wait for it has nothing to wait for afterwards.
    leave () "std::sync::OnceLock" [get set get_or_init wait] { .source("std::sync::OnceLock") }
    leave () "std::sync::LazyLock" [force] { .source("std::sync::LazyLock") }
    leave () "arc_swap::ArcSwapAny" [load load_full store swap] { .source("docs.rs/arc-swap") }

    // Channel ends that do not wait.
    leave () "std::sync::mpsc::Receiver" [try_recv try_iter] { .source("std::sync::mpsc::Receiver") }
    leave () "std::sync::mpsc::Sender" [send] { .source("std::sync::mpsc::Sender::send") }
    leave () "std::sync::mpsc::SyncSender" [try_send] { .source("std::sync::mpsc::SyncSender") }
    leave () "crossbeam_channel::Receiver" [try_recv try_iter] { .source("docs.rs/crossbeam-channel Receiver") }
    leave () "crossbeam_channel::Sender" [try_send] { .source("docs.rs/crossbeam-channel Sender") }
    leave () "flume::Receiver" [try_recv try_iter drain] { .source("docs.rs/flume Receiver") }
    leave () "flume::Sender" [try_send] { .source("docs.rs/flume Sender") }
    leave () "tokio::sync::mpsc::UnboundedSender" [send] { .source("tokio::sync::mpsc::UnboundedSender::send") }
    leave () "tokio::sync::mpsc::Sender" [try_send] { .source("tokio::sync::mpsc::Sender::try_send") }
    leave () "tokio::sync::oneshot::Sender" [send] { .source("tokio::sync::oneshot::Sender::send") }
    leave () "std::fs::File" [try_lock try_lock_shared unlock] { .source("std::fs::File::try_lock") }
    leave () "std::process::Child" [try_wait] { .source("std::process::Child::try_wait") }

    // Microseconds, or one system call that never leaves the kernel's memory.
    leave () "std::env" [var var_os vars args current_dir current_exe set_var] { .source("std::env") }
    leave () "std::time::Instant" [now elapsed] { .source("std::time::Instant") }
    leave () "std::time::SystemTime" [now] { .source("std::time::SystemTime") }
    leave () "chrono::Local" [now] { .source("docs.rs/chrono Local::now") }
    leave () "std::process::Command" [new arg args env envs current_dir stdin stdout stderr] { .source("std::process::Command") }
    leave () "std::process" [id exit abort] { .source("std::process") }
    // Never comes back: there is nothing to await.
    leave () "std::os::unix::process::CommandExt" [exec pre_exec] { .source("std::os::unix::process::CommandExt::exec") }
    leave () "std::net::TcpStream" [set_read_timeout set_write_timeout set_nodelay set_nonblocking shutdown] {
        .source("std::net::TcpStream")
    }
    leave () "std::hint" [spin_loop] { .source("std::hint::spin_loop") }
    leave () "rand" [random random_range rng thread_rng] { .source("docs.rs/rand") }
    leave () "getrandom" [fill getrandom] { .source("docs.rs/getrandom") }
    leave () "uuid::Uuid" [new_v4 now_v7 parse_str] { .source("docs.rs/uuid") }

    // Parsers and encoders of values in memory; large input is for a rule that has evidence of its size.
    leave () "serde_json" [from_str from_slice from_value to_string to_string_pretty to_vec to_value] { .source("docs.rs/serde_json") }
    leave () "toml" [from_str to_string to_string_pretty] { .source("docs.rs/toml") }
    leave () "serde_yaml" [from_str to_string] { .source("docs.rs/serde_yaml") }
    leave () "ron" [from_str to_string] { .source("docs.rs/ron") }
    leave () "url::Url" [parse join] { .source("docs.rs/url") }
    leave () "semver::Version" [parse] { .source("docs.rs/semver") }
    leave () "regex::Regex" [new is_match find captures] { .source("docs.rs/regex") }
    leave () "hex" [encode decode] { .source("docs.rs/hex") }
    leave () "base64::Engine" [encode decode] { .source("docs.rs/base64 Engine") }
    leave () "crc32fast" [hash] { .source("docs.rs/crc32fast") }
    leave () "blake3" [hash] { .source("docs.rs/blake3") }
    leave () "sha2::Digest" [digest update finalize] { .source("docs.rs/sha2") }
    leave () "jsonwebtoken" [encode decode] { .source("docs.rs/jsonwebtoken") }
    leave () "pulldown_cmark::html" [push_html] { .source("docs.rs/pulldown-cmark") }
};
