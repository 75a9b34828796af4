//! What panics or deadlocks in async code: `block_on`, and the blocking halves of async channels and locks.

use super::entry::{Entry, Family::BlockOn};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    // Drivers of futures.
    drives () "tokio::runtime::Handle" [block_on] { .twin("{0}.await", "tokio", "").source("tokio::runtime::Handle::block_on") }
    drives () "tokio::runtime::Runtime" [block_on] {
        .twin("{0}.await", "tokio", "")
        .note("the future then runs on the runtime around it; one that is made in async code has to go, since dropping it there panics as well")
        .source("tokio::runtime::Runtime::block_on")
    }
    // The runtime comes first, the future second.
    drives () "tokio::task::LocalSet" [block_on] { .has_async_api().source("tokio::task::LocalSet::run_until") }
    drives () "futures::executor" [block_on] { .twin("{0}.await", "futures", "").source("docs.rs/futures executor::block_on") }
    drives () "futures_executor" [block_on] {
        .twin("{0}.await", "futures-executor", "").source("docs.rs/futures executor::block_on")
    }
    drives () "futures::executor::LocalPool" [run_until] {
        .twin("{0}.await", "futures", "")
        .note("the tasks that were spawned on the pool no longer run meanwhile")
        .source("docs.rs/futures executor::LocalPool")
    }
    drives () "futures_lite::future" [block_on] { .twin("{0}.await", "futures-lite", "").source("docs.rs/futures-lite future::block_on") }
    drives () "async_std::task" [block_on] { .twin("{0}.await", "async-std", "").source("docs.rs/async-std task::block_on") }
    drives () "async_std::task::Builder" [blocking] { .has_async_api().source("docs.rs/async-std task::Builder") }
    drives () "smol" [block_on] { .twin("{0}.await", "smol", "").source("docs.rs/smol block_on") }
    drives () "async_io" [block_on] { .twin("{0}.await", "async-io", "").source("docs.rs/async-io block_on") }
    drives () "async_global_executor" [block_on] {
        .twin("{0}.await", "async-global-executor", "").source("docs.rs/async-global-executor block_on")
    }
    drives () "pollster" [block_on] { .twin("{0}.await", "pollster", "").source("docs.rs/pollster block_on") }
    drives () "tokio_test" [block_on] { .twin("{0}.await", "tokio-test", "").source("docs.rs/tokio-test block_on") }
    drives () "extreme" [run] { .twin("{0}.await", "extreme", "").source("docs.rs/extreme run") }
    drives () "actix_rt::SystemRunner" [block_on] { .twin("{0}.await", "actix-rt", "").source("docs.rs/actix-rt SystemRunner::block_on") }
    drives () "actix_rt::Runtime" [block_on] { .twin("{0}.await", "actix-rt", "").source("docs.rs/actix-rt Runtime::block_on") }
    drives () "actix_web::rt::SystemRunner" [block_on] {
        .twin("{0}.await", "actix-web", "").source("docs.rs/actix-rt SystemRunner::block_on")
    }
    drives () "tauri::async_runtime" [block_on] {
        .twin("{0}.await", "tauri", "").source("docs.rs/tauri async_runtime::block_on")
    }
    drives () "tauri::async_runtime::RuntimeHandle" [block_on] {
        .twin("{0}.await", "tauri", "").source("docs.rs/tauri async_runtime::RuntimeHandle")
    }
    drives () "tauri::async_runtime::Runtime" [block_on] {
        .twin("{0}.await", "tauri", "").source("docs.rs/tauri async_runtime::Runtime")
    }
    drives () "glib::MainContext" [block_on] { .twin("{0}.await", "glib", "").source("docs.rs/glib MainContext::block_on") }
    drives () "gtk4::glib::MainContext" [block_on] { .twin("{0}.await", "gtk4", "").source("docs.rs/glib MainContext::block_on") }
    // The future is the receiver.
    drives () "pollster::FutureExt" [block_on] { .twin("{recv}.await", "pollster", "").source("docs.rs/pollster FutureExt::block_on") }

    blocks (BlockOn) "futures::executor" [block_on_stream] { .has_async_api().source("docs.rs/futures StreamExt::next") }
    blocks (BlockOn) "futures_executor" [block_on_stream] { .has_async_api().source("docs.rs/futures StreamExt::next") }
    blocks (BlockOn) "futures::executor::LocalPool" [run] { .has_async_api().source("docs.rs/futures executor::LocalPool") }
    blocks (BlockOn) "futures_lite::stream" [block_on] { .has_async_api().source("docs.rs/futures-lite stream::block_on") }
    blocks (BlockOn) "actix_rt::SystemRunner" [run run_with_code] { .source("docs.rs/actix-rt SystemRunner::run") }

    // Tokio's locks and channels, from sync code.
    blocks (BlockOn) "tokio::sync::Mutex" [blocking_lock] {
        .twin("{recv}.lock().await", "tokio", "sync").source("tokio::sync::Mutex::blocking_lock")
    }
    blocks (BlockOn) "tokio::sync::Mutex" [blocking_lock_owned] {
        .twin("{recv}.lock_owned().await", "tokio", "sync").source("tokio::sync::Mutex::blocking_lock_owned")
    }
    blocks (BlockOn) "tokio::sync::RwLock" [blocking_read] {
        .twin("{recv}.read().await", "tokio", "sync").source("tokio::sync::RwLock::blocking_read")
    }
    blocks (BlockOn) "tokio::sync::RwLock" [blocking_write] {
        .twin("{recv}.write().await", "tokio", "sync").source("tokio::sync::RwLock::blocking_write")
    }
    blocks (BlockOn) "tokio::sync::mpsc::Receiver" [blocking_recv] {
        .twin("{recv}.recv().await", "tokio", "sync").source("tokio::sync::mpsc::Receiver::blocking_recv")
    }
    blocks (BlockOn) "tokio::sync::mpsc::Receiver" [blocking_recv_many] {
        .twin("{recv}.recv_many({args}).await", "tokio", "sync").source("tokio::sync::mpsc::Receiver::blocking_recv_many")
    }
    blocks (BlockOn) "tokio::sync::mpsc::UnboundedReceiver" [blocking_recv] {
        .twin("{recv}.recv().await", "tokio", "sync").source("tokio::sync::mpsc::UnboundedReceiver::blocking_recv")
    }
    blocks (BlockOn) "tokio::sync::mpsc::UnboundedReceiver" [blocking_recv_many] {
        .twin("{recv}.recv_many({args}).await", "tokio", "sync")
        .source("tokio::sync::mpsc::UnboundedReceiver::blocking_recv_many")
    }
    blocks (BlockOn) "tokio::sync::mpsc::Sender" [blocking_send] {
        .twin("{recv}.send({args}).await", "tokio", "sync").source("tokio::sync::mpsc::Sender::blocking_send")
    }
    blocks (BlockOn) "tokio::sync::oneshot::Receiver" [blocking_recv] {
        .twin("{recv}.await", "tokio", "sync").source("tokio::sync::oneshot::Receiver::blocking_recv")
    }
    blocks (BlockOn) "tokio::sync::broadcast::Receiver" [blocking_recv] {
        .twin("{recv}.recv().await", "tokio", "sync").source("tokio::sync::broadcast::Receiver::blocking_recv")
    }
    blocks (BlockOn) "tokio::sync::Semaphore" [blocking_acquire] {
        .twin("{recv}.acquire().await", "tokio", "sync").source("tokio::sync::Semaphore::blocking_acquire")
    }
    blocks (BlockOn) "tokio::sync::Semaphore" [blocking_acquire_many] {
        .twin("{recv}.acquire_many({args}).await", "tokio", "sync").source("tokio::sync::Semaphore::blocking_acquire_many")
    }
    blocks (BlockOn) "tokio::sync::Semaphore" [blocking_acquire_owned] {
        .twin("{recv}.acquire_owned().await", "tokio", "sync").source("tokio::sync::Semaphore::blocking_acquire_owned")
    }
    blocks (BlockOn) "tokio::sync::Semaphore" [blocking_acquire_many_owned] {
        .twin("{recv}.acquire_many_owned({args}).await", "tokio", "sync")
        .source("tokio::sync::Semaphore::blocking_acquire_many_owned")
    }

    // async-lock: parks the worker without a panic.
    blocks (BlockOn) "async_lock::Mutex" [lock_blocking] {
        .twin("{recv}.lock().await", "async-lock", "").source("docs.rs/async-lock Mutex::lock")
    }
    blocks (BlockOn) "async_lock::Mutex" [lock_arc_blocking] {
        .twin("{recv}.lock_arc().await", "async-lock", "").source("docs.rs/async-lock Mutex::lock_arc")
    }
    blocks (BlockOn) "async_lock::RwLock" [read_blocking] {
        .twin("{recv}.read().await", "async-lock", "").source("docs.rs/async-lock RwLock::read")
    }
    blocks (BlockOn) "async_lock::RwLock" [write_blocking] {
        .twin("{recv}.write().await", "async-lock", "").source("docs.rs/async-lock RwLock::write")
    }
    blocks (BlockOn) "async_lock::Semaphore" [acquire_blocking] {
        .twin("{recv}.acquire().await", "async-lock", "").source("docs.rs/async-lock Semaphore::acquire")
    }
    blocks (BlockOn) "async_lock::Semaphore" [acquire_arc_blocking] {
        .twin("{recv}.acquire_arc().await", "async-lock", "").source("docs.rs/async-lock Semaphore::acquire_arc")
    }
    blocks (BlockOn) "async_lock::Barrier" [wait_blocking] {
        .twin("{recv}.wait().await", "async-lock", "").source("docs.rs/async-lock Barrier::wait")
    }
};
