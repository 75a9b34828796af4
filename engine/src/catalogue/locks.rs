//! Locks whose guards must not live over an await. Taking one is short and blocks nothing to speak of; where its guard goes decides.

use super::entry::{
    Entry,
    Mark::{AsyncLock, Lock},
};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    marks (Lock) "std::sync::Mutex" [lock try_lock] { .source("std::sync::Mutex, tokio::sync::Mutex") }
    marks (Lock) "std::sync::RwLock" [read write try_read try_write] { .source("std::sync::RwLock, tokio::sync::RwLock") }
    marks (Lock) "std::sync::ReentrantLock" [lock] { .source("std::sync::ReentrantLock") }
    marks (Lock) "std::io::Stdout" [lock] { .source("std::io::Stdout::lock") }
    marks (Lock) "std::io::Stderr" [lock] { .source("std::io::Stderr::lock") }
    marks (Lock) "std::io::Stdin" [lock] { .source("std::io::Stdin::lock") }
    marks (Lock) "parking_lot::Mutex" [lock try_lock try_lock_for try_lock_until lock_arc try_lock_arc] {
        .source("docs.rs/parking_lot Mutex")
    }
    marks (Lock) "parking_lot::FairMutex" [lock try_lock try_lock_for try_lock_until lock_arc] { .source("docs.rs/parking_lot FairMutex") }
    marks (Lock) "parking_lot::ReentrantMutex" [lock try_lock try_lock_for try_lock_until lock_arc] {
        .source("docs.rs/parking_lot ReentrantMutex")
    }
    marks (Lock) "parking_lot::RwLock" [
        read write upgradable_read read_recursive try_read try_write try_upgradable_read try_read_for try_write_for
        read_arc write_arc upgradable_read_arc
    ] { .source("docs.rs/parking_lot RwLock") }
    marks (Lock) "spin::Mutex" [lock try_lock] { .source("docs.rs/spin Mutex") }
    marks (Lock) "spin::RwLock" [read write try_read try_write upgradeable_read] { .source("docs.rs/spin RwLock") }
    marks (AsyncLock) "tokio::sync::Mutex" [lock lock_owned try_lock] { .source("docs.rs/tokio Mutex") }
    marks (AsyncLock) "futures::lock::Mutex" [lock lock_owned try_lock] { .source("docs.rs/futures Mutex") }
    marks (AsyncLock) "futures_util::lock::Mutex" [lock lock_owned try_lock] { .source("docs.rs/futures-util Mutex") }
    marks (AsyncLock) "tokio::sync::RwLock" [read write read_owned write_owned] {
        .source("docs.rs/tokio RwLock")
    }
};
