//! Waits: for another thread, for a message, for room in a channel.
//!
//! `try_*` never waits. Taking a lock is no wait of its own either: what is done under it decides.

use super::entry::{Entry, Family::Wait};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    // Threads.
    blocks (Wait) "std::thread" [park park_timeout park_timeout_ms] {
        .has_async_api().stays().source("tokio::sync::Notify")
    }
    blocks (Wait) "std::thread::JoinHandle" [join] { .has_async_api().source("tokio::task::JoinHandle") }
    blocks (Wait) "std::thread::ScopedJoinHandle" [join] { .source("std::thread::ScopedJoinHandle::join") }
    blocks (Wait) "std::thread" [scope] { .source("std::thread::scope") }
    blocks (Wait) "crossbeam_utils::thread" [scope] { .source("docs.rs/crossbeam-utils thread::scope") }
    blocks (Wait) "crossbeam_utils::thread::ScopedJoinHandle" [join] { .source("docs.rs/crossbeam-utils thread") }
    blocks (Wait) "crossbeam::thread" [scope] { .source("docs.rs/crossbeam-utils thread::scope") }
    blocks (Wait) "jod_thread::JoinHandle" [join] { .has_async_api().source("docs.rs/jod-thread") }

    // Conditions and barriers.
    blocks (Wait) "std::sync::Condvar" [wait wait_while wait_timeout wait_timeout_ms wait_timeout_while] {
        .has_async_api().source("tokio::sync::Notify")
    }
    blocks (Wait) "std::sync::Barrier" [wait] { .has_async_api().source("tokio::sync::Barrier::wait") }
    blocks (Wait) "std::sync::Once" [wait wait_force] { .source("std::sync::Once::wait") }
    blocks (Wait) "parking_lot::Condvar" [
        wait wait_while wait_for wait_until wait_while_for wait_while_until
    ] { .has_async_api().source("docs.rs/parking_lot Condvar") }
    blocks (Wait) "crossbeam_utils::sync::WaitGroup" [wait] { .has_async_api().source("tokio_util::task::TaskTracker") }
    blocks (Wait) "crossbeam::sync::WaitGroup" [wait] { .has_async_api().source("tokio_util::task::TaskTracker") }
    blocks (Wait) "crossbeam_utils::sync::Parker" [park park_timeout park_deadline] {
        .has_async_api().source("tokio::sync::Notify")
    }
    blocks (Wait) "crossbeam::sync::Parker" [park park_timeout park_deadline] {
        .has_async_api().source("tokio::sync::Notify")
    }

    // Channels. The async forms of std and crossbeam need another channel, made elsewhere.
    blocks (Wait) "std::sync::mpsc::Receiver" [recv recv_timeout iter into_iter] {
        .has_async_api().source("tokio::sync::mpsc::Receiver")
    }
    blocks (Wait) "std::sync::mpsc::SyncSender" [send] { .has_async_api().source("tokio::sync::mpsc::Sender::send") }
    blocks (Wait) "crossbeam_channel::Receiver" [recv recv_timeout recv_deadline iter into_iter] {
        .has_async_api().source("docs.rs/crossbeam-channel Receiver")
    }
    blocks (Wait) "crossbeam::channel::Receiver" [recv recv_timeout recv_deadline iter into_iter] {
        .has_async_api().source("docs.rs/crossbeam-channel Receiver")
    }
    blocks (Wait) "crossbeam_channel::Select" [
        select select_timeout select_deadline ready ready_timeout ready_deadline
    ] { .has_async_api().source("docs.rs/crossbeam-channel Select") }
    blocks (Wait) "crossbeam_channel" [select select_biased] { .has_async_api().source("docs.rs/crossbeam-channel select!") }
    // A sender does not show whether its channel is bounded: cheap, since most sends find room.
    blocks (Wait) "crossbeam_channel::Sender" [send send_timeout send_deadline] {
        .cheap().has_async_api().note("waits only where the channel is bounded and full").source("docs.rs/crossbeam-channel Sender")
    }
    blocks (Wait) "crossbeam::channel::Sender" [send send_timeout send_deadline] {
        .cheap().has_async_api().note("waits only where the channel is bounded and full").source("docs.rs/crossbeam-channel Sender")
    }
    blocks (Wait) "flume::Receiver" [recv] {
        .twin("{recv}.recv_async().await", "flume", "async").source("docs.rs/flume Receiver::recv_async")
    }
    blocks (Wait) "flume::Receiver" [recv_timeout recv_deadline iter into_iter] {
        .has_async_api().source("docs.rs/flume Receiver::recv_async")
    }
    blocks (Wait) "flume::Sender" [send] {
        .cheap()
        .twin("{recv}.send_async({args}).await", "flume", "async")
        .note("waits only where the channel is bounded and full")
        .source("docs.rs/flume Sender::send_async")
    }
    blocks (Wait) "flume::Sender" [send_timeout send_deadline] {
        .cheap().has_async_api().source("docs.rs/flume Sender::send_async")
    }
    blocks (Wait) "kanal::Receiver" [recv] {
        .twin("{recv}.as_async().recv().await", "kanal", "async").source("docs.rs/kanal Receiver::as_async")
    }
    blocks (Wait) "kanal::Receiver" [recv_timeout] { .has_async_api().source("docs.rs/kanal Receiver::as_async") }
    blocks (Wait) "kanal::Sender" [send] {
        .cheap()
        .twin("{recv}.as_async().send({args}).await", "kanal", "async")
        .note("waits only where the channel is bounded and full")
        .source("docs.rs/kanal Sender::as_async")
    }
    blocks (Wait) "kanal::Sender" [send_timeout] { .cheap().has_async_api().source("docs.rs/kanal Sender::as_async") }
    blocks (Wait) "async_channel::Receiver" [recv_blocking] {
        .twin("{recv}.recv().await", "async-channel", "").source("docs.rs/async-channel Receiver::recv")
    }
    blocks (Wait) "async_channel::Sender" [send_blocking] {
        .twin("{recv}.send({args}).await", "async-channel", "").source("docs.rs/async-channel Sender::send")
    }
    blocks (Wait) "smol::channel::Receiver" [recv_blocking] {
        .twin("{recv}.recv().await", "smol", "").source("docs.rs/async-channel Receiver::recv")
    }
    blocks (Wait) "smol::channel::Sender" [send_blocking] {
        .twin("{recv}.send({args}).await", "smol", "").source("docs.rs/async-channel Sender::send")
    }

    // Event listeners: a trait's method since version 5, one of the type before.
    blocks (Wait) "event_listener::Listener" [wait] {
        .twin("{recv}.await", "event-listener", "").source("docs.rs/event-listener Listener::wait")
    }
    blocks (Wait) "event_listener::EventListener" [wait] {
        .twin("{recv}.await", "event-listener", "").source("docs.rs/event-listener EventListener")
    }
    blocks (Wait) "event_listener::Listener" [wait_timeout wait_deadline] {
        .has_async_api().source("docs.rs/event-listener Listener")
    }
};
