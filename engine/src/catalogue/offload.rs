//! What hands work to a pool, a thread or a task.

use super::entry::{
    Entry,
    Pool::{Blocking, Cpu, InPlace, Thread},
};
use super::table::table;

/// Closures that leave the async worker for a thread that may block.
pub(super) const POOLS: &[Entry] = table! {
    offloads (Blocking) "tokio::task" [spawn_blocking] { .source("tokio::task::spawn_blocking") }
    offloads (Blocking) "tokio::runtime::Handle" [spawn_blocking] { .source("tokio::runtime::Handle::spawn_blocking") }
    offloads (Blocking) "tokio::runtime::Runtime" [spawn_blocking] { .source("tokio::runtime::Runtime::spawn_blocking") }
    offloads (Blocking) "tokio::runtime::LocalRuntime" [spawn_blocking] { .source("tokio::runtime::LocalRuntime") }
    offloads (Blocking) "tokio::task::JoinSet" [spawn_blocking spawn_blocking_on] { .source("tokio::task::JoinSet") }
    offloads (Blocking) "tokio::task::join_set::Builder" [spawn_blocking spawn_blocking_on] { .source("tokio::task::JoinSet") }
    offloads (Blocking) "tokio::task::Builder" [spawn_blocking spawn_blocking_on] { .source("tokio::task::Builder") }
    offloads (InPlace) "tokio::task" [block_in_place] { .source("tokio::task::block_in_place") }
    offloads (Blocking) "tokio_util::task::TaskTracker" [spawn_blocking spawn_blocking_on] { .source("tokio_util::task::TaskTracker") }
    offloads (Blocking) "tokio_util::task::JoinMap" [spawn_blocking spawn_blocking_on] { .source("tokio_util::task::JoinMap") }
    offloads (Blocking) "async_std::task" [spawn_blocking] { .source("docs.rs/async-std task::spawn_blocking") }
    offloads (Blocking) "async_global_executor" [spawn_blocking] { .source("docs.rs/async-global-executor") }
    offloads (Blocking) "smol" [unblock] { .source("docs.rs/smol unblock") }
    offloads (Blocking) "blocking" [unblock] { .source("docs.rs/blocking unblock") }
    offloads (Blocking) "actix_web::web" [block] { .source("docs.rs/actix-web web::block") }
    offloads (Blocking) "actix_web::rt::task" [spawn_blocking] { .source("tokio::task::spawn_blocking") }
    offloads (Blocking) "actix_rt::task" [spawn_blocking] { .source("tokio::task::spawn_blocking") }
    offloads (Blocking) "tauri::async_runtime" [spawn_blocking] { .source("docs.rs/tauri async_runtime") }
    offloads (Blocking) "tauri::async_runtime::RuntimeHandle" [spawn_blocking] { .source("docs.rs/tauri async_runtime") }
    offloads (Blocking) "tauri::async_runtime::Runtime" [spawn_blocking] { .source("docs.rs/tauri async_runtime") }
    offloads (Blocking) "gio" [spawn_blocking] { .source("docs.rs/gio spawn_blocking") }
    offloads (Blocking) "gtk4::gio" [spawn_blocking] { .source("docs.rs/gio spawn_blocking") }
    offloads (Blocking) "relm4" [spawn_blocking] { .source("docs.rs/relm4 spawn_blocking") }
    offloads (Blocking) "rocket::tokio::task" [spawn_blocking] { .source("tokio::task::spawn_blocking") }
    offloads (Blocking) "tokio_rayon" [spawn spawn_fifo] { .source("docs.rs/tokio-rayon") }
    // Connections that run closures on a thread of theirs or on the blocking pool.
    offloads (Blocking) "deadpool_sync::SyncWrapper" [new interact] { .source("docs.rs/deadpool-sync SyncWrapper::interact") }
    offloads (Blocking) "deadpool_sqlite::SyncWrapper" [interact] { .source("docs.rs/deadpool-sync SyncWrapper::interact") }
    offloads (Blocking) "deadpool_diesel::Connection" [interact] { .source("docs.rs/deadpool-sync SyncWrapper::interact") }
    offloads (Blocking) "tokio_rusqlite::Connection" [call call_unwrap call_raw] { .source("docs.rs/tokio-rusqlite Connection::call") }
    offloads (Blocking) "async_rusqlite::Connection" [call] { .source("docs.rs/async-rusqlite Connection::call") }

    offloads (Thread) "std::thread" [spawn] { .source("std::thread::spawn") }
    offloads (Thread) "std::thread::Builder" [spawn spawn_scoped spawn_unchecked] { .source("std::thread::Builder") }
    offloads (Thread) "std::thread::Scope" [spawn] { .source("std::thread::Scope::spawn") }
    offloads (Thread) "crossbeam_utils::thread::Scope" [spawn] { .source("docs.rs/crossbeam-utils thread::Scope") }
    offloads (Thread) "crossbeam_utils::thread::ScopedThreadBuilder" [spawn] { .source("docs.rs/crossbeam-utils thread") }
    offloads (Thread) "crossbeam::thread::Scope" [spawn] { .source("docs.rs/crossbeam-utils thread::Scope") }
    offloads (Thread) "jod_thread" [spawn] { .source("docs.rs/jod-thread") }
    offloads (Thread) "jod_thread::Builder" [spawn] { .source("docs.rs/jod-thread") }
    offloads (Thread) "threadpool::ThreadPool" [execute] { .source("docs.rs/threadpool") }
    offloads (Thread) "actix_rt::Arbiter" [spawn_fn] { .source("docs.rs/actix-rt Arbiter::spawn_fn") }
    // The handler runs on a thread that waits for the signal.
    offloads (Thread) "ctrlc" [set_handler try_set_handler] { .source("docs.rs/ctrlc set_handler") }

    offloads (Cpu) "rayon" [spawn spawn_fifo spawn_broadcast] { .source("docs.rs/rayon") }
    offloads (Cpu) "rayon" [join join_context scope scope_fifo broadcast] { .waits().source("docs.rs/rayon") }
    offloads (Cpu) "rayon::Scope" [spawn spawn_broadcast] { .source("docs.rs/rayon Scope") }
    offloads (Cpu) "rayon::ScopeFifo" [spawn_fifo spawn_broadcast] { .source("docs.rs/rayon ScopeFifo") }
    offloads (Cpu) "rayon::ThreadPool" [spawn spawn_fifo spawn_broadcast] { .source("docs.rs/rayon ThreadPool") }
    offloads (Cpu) "rayon::ThreadPool" [install join scope scope_fifo broadcast] { .waits().source("docs.rs/rayon ThreadPool") }
    offloads (Cpu) "rayon::iter::ParallelIterator" [
        map map_with map_init filter filter_map flat_map flat_map_iter inspect update fold fold_with try_fold
    ] { .source("docs.rs/rayon iter::ParallelIterator") }
    offloads (Cpu) "rayon::iter::ParallelIterator" [
        for_each for_each_with for_each_init try_for_each reduce reduce_with try_reduce any all find_any find_first find_map_any
        partition min_by_key max_by_key
    ] { .waits().source("docs.rs/rayon iter::ParallelIterator") }
    offloads (Cpu) "rayon::slice::ParallelSliceMut" [
        par_sort_by par_sort_by_key par_sort_by_cached_key par_sort_unstable_by par_sort_unstable_by_key
    ] { .waits().source("docs.rs/rayon slice::ParallelSliceMut") }
};

/// Futures that become tasks of their own.
pub(super) const TASKS: &[Entry] = table! {
    spawns () "tokio" [spawn] { .source("tokio::spawn") }
    spawns () "tokio::task" [spawn_local] { .source("tokio::task::spawn_local") }
    spawns () "tokio::runtime::Handle" [spawn] { .source("tokio::runtime::Handle::spawn") }
    spawns () "tokio::runtime::Runtime" [spawn] { .source("tokio::runtime::Runtime::spawn") }
    spawns () "tokio::runtime::LocalRuntime" [spawn_local] { .source("tokio::runtime::LocalRuntime") }
    spawns () "tokio::task::LocalSet" [spawn_local] { .source("tokio::task::LocalSet::spawn_local") }
    spawns () "tokio::task::JoinSet" [spawn spawn_on spawn_local spawn_local_on] { .source("tokio::task::JoinSet") }
    spawns () "tokio::task::join_set::Builder" [spawn spawn_on spawn_local spawn_local_on] { .source("tokio::task::JoinSet") }
    spawns () "tokio::task::Builder" [spawn spawn_on spawn_local spawn_local_on] { .source("tokio::task::Builder") }
    spawns () "tokio_util::task::TaskTracker" [spawn spawn_on spawn_local spawn_local_on] { .source("tokio_util::task::TaskTracker") }
    spawns () "tokio_util::task::JoinMap" [spawn spawn_on spawn_local spawn_local_on] { .source("tokio_util::task::JoinMap") }
    spawns () "tokio_util::task::LocalPoolHandle" [spawn_pinned spawn_pinned_by_idx] { .source("tokio_util::task::LocalPoolHandle") }
    spawns () "async_std::task" [spawn spawn_local] { .source("docs.rs/async-std task::spawn") }
    spawns () "async_std::task::Builder" [spawn] { .source("docs.rs/async-std task::Builder") }
    spawns () "async_global_executor" [spawn spawn_local] { .source("docs.rs/async-global-executor") }
    spawns () "smol" [spawn] { .source("docs.rs/smol spawn") }
    spawns () "smol::Executor" [spawn spawn_many] { .source("docs.rs/async-executor Executor") }
    spawns () "smol::LocalExecutor" [spawn spawn_many] { .source("docs.rs/async-executor LocalExecutor") }
    spawns () "async_executor::Executor" [spawn spawn_many] { .source("docs.rs/async-executor Executor") }
    spawns () "async_executor::LocalExecutor" [spawn spawn_many] { .source("docs.rs/async-executor LocalExecutor") }
    spawns () "actix_rt" [spawn] { .source("docs.rs/actix-rt spawn") }
    spawns () "actix_web::rt" [spawn] { .source("docs.rs/actix-rt spawn") }
    spawns () "actix_rt::Arbiter" [spawn] { .source("docs.rs/actix-rt Arbiter::spawn") }
    spawns () "actix_rt::ArbiterHandle" [spawn] { .source("docs.rs/actix-rt ArbiterHandle::spawn") }
    spawns () "actix_rt::Runtime" [spawn] { .source("docs.rs/actix-rt Runtime::spawn") }
    spawns () "futures::task::SpawnExt" [spawn spawn_with_handle] { .source("docs.rs/futures task::SpawnExt") }
    spawns () "futures::task::LocalSpawnExt" [spawn_local spawn_local_with_handle] { .source("docs.rs/futures task::LocalSpawnExt") }
    spawns () "futures_util::task::SpawnExt" [spawn spawn_with_handle] { .source("docs.rs/futures task::SpawnExt") }
    spawns () "futures_util::task::LocalSpawnExt" [spawn_local spawn_local_with_handle] {
        .source("docs.rs/futures task::LocalSpawnExt")
    }
    spawns () "tauri::async_runtime" [spawn] { .source("docs.rs/tauri async_runtime::spawn") }
    spawns () "tauri::async_runtime::RuntimeHandle" [spawn] { .source("docs.rs/tauri async_runtime") }
    spawns () "tauri::async_runtime::Runtime" [spawn] { .source("docs.rs/tauri async_runtime") }
    spawns () "glib" [spawn_future spawn_future_local] { .source("docs.rs/glib spawn_future") }
    spawns () "gtk4::glib" [spawn_future spawn_future_local] { .source("docs.rs/glib spawn_future") }
    spawns () "glib::MainContext" [spawn spawn_local spawn_with_priority spawn_local_with_priority spawn_from_within] {
        .source("docs.rs/glib MainContext::spawn")
    }
    spawns () "relm4" [spawn spawn_local] { .source("docs.rs/relm4 spawn") }
    spawns () "wasm_bindgen_futures" [spawn_local] { .source("docs.rs/wasm-bindgen-futures spawn_local") }
    spawns () "hyper::rt::Executor" [execute] { .source("docs.rs/hyper rt::Executor") }
};
