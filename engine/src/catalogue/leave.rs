//! Calls that look as if they blocked and are left alone: bucket 2.

use super::entry::Entry;

const fn leave(path: &'static str, why: &'static str) -> Entry {
    Entry::leave(path).note(why)
}

const SHORT_LOCK: &str = "a lock held for memory operations alone is shorter than a switch of tasks";
const NEVER_WAITS: &str = "it never waits";
const SMALL: &str = "small inputs take microseconds";

pub(super) const ENTRIES: &[Entry] = &[
    leave("std::sync::Mutex::lock", SHORT_LOCK),
    leave("std::sync::RwLock::read", SHORT_LOCK),
    leave("std::sync::RwLock::write", SHORT_LOCK),
    leave("parking_lot::Mutex::lock", SHORT_LOCK),
    leave("parking_lot::RwLock::read", SHORT_LOCK),
    leave("parking_lot::RwLock::write", SHORT_LOCK),
    leave("dashmap::DashMap::get", SHORT_LOCK),
    leave("dashmap::DashMap::insert", SHORT_LOCK),
    leave("dashmap::DashMap::entry", SHORT_LOCK),
    leave("std::sync::Mutex::try_lock", NEVER_WAITS),
    leave("std::sync::mpsc::Receiver::try_recv", NEVER_WAITS),
    leave("std::sync::mpsc::Receiver::try_iter", NEVER_WAITS),
    leave("std::sync::mpsc::SyncSender::try_send", NEVER_WAITS),
    leave("std::sync::mpsc::Sender::send", NEVER_WAITS),
    leave("crossbeam_channel::Receiver::try_recv", NEVER_WAITS),
    leave("crossbeam_channel::Sender::try_send", NEVER_WAITS),
    leave("flume::Receiver::try_recv", NEVER_WAITS),
    leave("tokio::sync::mpsc::UnboundedSender::send", NEVER_WAITS),
    leave("tokio::sync::mpsc::Sender::try_send", NEVER_WAITS),
    leave("std::process::Child::try_wait", NEVER_WAITS),
    leave("std::process::Child::kill", "it sends a signal"),
    leave("std::process::Command::new", "it only describes a process"),
    leave("std::env::var", "it reads memory"),
    leave("std::env::args", "it reads memory"),
    leave("std::env::current_dir", "one system call without a disk"),
    leave("std::env::current_exe", "one system call without a disk"),
    leave("std::time::Instant::now", "it takes nanoseconds"),
    leave("std::time::SystemTime::now", "it takes nanoseconds"),
    leave("chrono::Local::now", "it takes microseconds after the first call"),
    leave("serde_json::from_str", SMALL),
    leave("serde_json::from_slice", SMALL),
    leave("serde_json::to_string", SMALL),
    leave("serde_json::to_vec", SMALL),
    leave("toml::from_str", SMALL),
    leave("serde_yaml::from_str", SMALL),
    leave("ron::from_str", SMALL),
    leave("url::Url::parse", SMALL),
    leave("regex::Regex::new", "it costs milliseconds for large patterns, and is better made once"),
    leave("regex::Regex::is_match", SMALL),
    leave("hex::encode", SMALL),
    leave("base64::Engine::encode", SMALL),
    leave("sha2::Sha256::digest", SMALL),
    leave("blake3::hash", SMALL),
    leave("jsonwebtoken::encode", SMALL),
    leave("jsonwebtoken::decode", SMALL),
    leave("rand::random", "it takes nanoseconds"),
    leave("std::hint::spin_loop", "one instruction"),
    leave("std::net::SocketAddr::from_str", "it asks no name server"),
    leave("std::io::stdout", "a pipe that is full is rare, and a finding at each print would drown the rest"),
    leave("std::io::stderr", "a pipe that is full is rare, and a finding at each print would drown the rest"),
];
