//! Driving a future on the current thread: a panic or a deadlock in async code.

use super::entry::{Entry, Family::BlockOn};

/// Drives the future that it is given.
const fn drives(path: &'static str) -> Entry {
    Entry::drives(path).twin("{0}.await", "tokio", "").source("measured: reference, section 6")
}

/// A method of a Tokio primitive whose async form has the same arguments.
const fn of_tokio(path: &'static str, twin: &'static str) -> Entry {
    Entry::blocks(BlockOn, path)
        .twin(twin, "tokio", "sync")
        .source("docs.rs/tokio sync: panics in async code")
}

pub(super) const ENTRIES: &[Entry] = &[
    drives("tokio::runtime::Runtime::block_on"),
    drives("tokio::runtime::Handle::block_on"),
    drives("tokio::task::LocalSet::block_on").note("the local tasks are no longer driven by this call"),
    drives("tokio_util::task::LocalPoolHandle::block_on"),
    drives("futures::executor::block_on"),
    drives("futures_executor::block_on"),
    drives("futures_lite::future::block_on"),
    drives("async_std::task::block_on"),
    drives("smol::block_on"),
    drives("async_io::block_on"),
    drives("async_global_executor::block_on"),
    drives("pollster::block_on"),
    drives("extreme::run"),
    drives("actix_rt::System::block_on").source("docs.rs/actix-rt"),
    drives("actix_rt::SystemRunner::block_on").source("docs.rs/actix-rt"),
    drives("tauri::async_runtime::block_on").source("docs.rs/tauri async_runtime"),
    drives("glib::MainContext::block_on").source("docs.rs/glib MainContext"),
    Entry::drives("pollster::FutureExt::block_on").twin("{recv}.await", "tokio", "").source("reference 95"),
    Entry::blocks(BlockOn, "futures::executor::block_on_stream").has_async_api().source("reference 94"),
    Entry::blocks(BlockOn, "futures::executor::LocalPool::run").has_async_api().source("reference 94"),
    Entry::blocks(BlockOn, "futures::executor::LocalPool::run_until").has_async_api().source("reference 94"),
    of_tokio("tokio::sync::Mutex::blocking_lock", "{recv}.lock({args}).await"),
    of_tokio("tokio::sync::Mutex::blocking_lock_owned", "{recv}.lock_owned({args}).await"),
    of_tokio("tokio::sync::RwLock::blocking_read", "{recv}.read({args}).await"),
    of_tokio("tokio::sync::RwLock::blocking_write", "{recv}.write({args}).await"),
    of_tokio("tokio::sync::mpsc::Receiver::blocking_recv", "{recv}.recv({args}).await"),
    of_tokio("tokio::sync::mpsc::Receiver::blocking_recv_many", "{recv}.recv_many({args}).await"),
    of_tokio("tokio::sync::mpsc::UnboundedReceiver::blocking_recv", "{recv}.recv({args}).await"),
    of_tokio("tokio::sync::mpsc::UnboundedReceiver::blocking_recv_many", "{recv}.recv_many({args}).await"),
    of_tokio("tokio::sync::mpsc::Sender::blocking_send", "{recv}.send({args}).await"),
    of_tokio("tokio::sync::oneshot::Receiver::blocking_recv", "{recv}.await"),
    of_tokio("tokio::sync::broadcast::Receiver::blocking_recv", "{recv}.recv({args}).await"),
    of_tokio("async_lock::Mutex::lock_blocking", "{recv}.lock({args}).await"),
    of_tokio("async_lock::RwLock::read_blocking", "{recv}.read({args}).await"),
    of_tokio("async_lock::RwLock::write_blocking", "{recv}.write({args}).await"),
    of_tokio("async_lock::Semaphore::acquire_blocking", "{recv}.acquire({args}).await"),
];
