//! Waiting for other threads: channels, threads, conditions.

use super::entry::{Entry, Family::Wait};

/// Waits, and has an async counterpart of another type.
const fn other_type(path: &'static str) -> Entry {
    Entry::blocks(Wait, path).has_async_api().source("docs.rs/tokio sync")
}

/// Waits, and has no async counterpart.
const fn alone(path: &'static str) -> Entry {
    Entry::blocks(Wait, path).source("reference 71 to 89")
}

const fn same_channel(
    path: &'static str,
    twin: &'static str,
    krate: &'static str,
    feature: &'static str,
) -> Entry {
    Entry::blocks(Wait, path)
        .twin(twin, krate, feature)
        .source("reference 85 to 89: the same channel, another call")
}

pub(super) const ENTRIES: &[Entry] = &[
    other_type("std::sync::mpsc::Receiver::recv"),
    other_type("std::sync::mpsc::Receiver::recv_timeout"),
    other_type("std::sync::mpsc::Receiver::iter"),
    other_type("std::sync::mpsc::SyncSender::send"),
    other_type("std::thread::JoinHandle::join"),
    other_type("std::thread::scope"),
    alone("std::thread::park"),
    alone("std::thread::park_timeout"),
    other_type("std::sync::Barrier::wait"),
    other_type("std::sync::Condvar::wait"),
    other_type("std::sync::Condvar::wait_while"),
    other_type("std::sync::Condvar::wait_timeout"),
    other_type("std::sync::Condvar::wait_timeout_while"),
    other_type("parking_lot::Condvar::wait"),
    other_type("parking_lot::Condvar::wait_while"),
    other_type("parking_lot::Condvar::wait_for"),
    other_type("parking_lot::Condvar::wait_until"),
    other_type("crossbeam_channel::Receiver::recv"),
    other_type("crossbeam_channel::Receiver::recv_timeout"),
    other_type("crossbeam_channel::Receiver::recv_deadline"),
    other_type("crossbeam_channel::Receiver::iter"),
    other_type("crossbeam_channel::Sender::send_timeout"),
    other_type("crossbeam_channel::Select::select"),
    other_type("crossbeam_channel::Select::ready"),
    other_type("crossbeam::channel::Receiver::recv"),
    other_type("crossbeam::channel::Receiver::recv_timeout"),
    other_type("crossbeam::channel::Receiver::iter"),
    other_type("crossbeam_utils::sync::WaitGroup::wait"),
    other_type("crossbeam_utils::sync::Parker::park"),
    other_type("crossbeam::sync::WaitGroup::wait"),
    other_type("crossbeam::sync::Parker::park"),
    same_channel("flume::Receiver::recv", "{recv}.recv_async({args}).await", "flume", "async"),
    other_type("flume::Receiver::recv_timeout"),
    other_type("flume::Receiver::recv_deadline"),
    other_type("flume::Receiver::iter"),
    other_type("flume::Sender::send_timeout"),
    other_type("kanal::Receiver::recv"),
    other_type("kanal::Sender::send"),
    same_channel("async_channel::Receiver::recv_blocking", "{recv}.recv({args}).await", "async-channel", ""),
    same_channel("async_channel::Sender::send_blocking", "{recv}.send({args}).await", "async-channel", ""),
    same_channel(
        "async_broadcast::Receiver::recv_blocking",
        "{recv}.recv({args}).await",
        "async-broadcast",
        "",
    ),
    same_channel("event_listener::EventListener::wait", "{recv}.await", "event-listener", ""),
    alone("rodio::Sink::sleep_until_end"),
    alone("mio::Poll::poll"),
    alone("polling::Poller::wait"),
    alone("zmq::Socket::recv"),
    alone("zmq::Socket::recv_bytes"),
    alone("zmq::Socket::recv_msg"),
    alone("zmq::Socket::recv_string"),
    alone("hidapi::HidDevice::read"),
    alone("rusb::DeviceHandle::read_bulk"),
    alone("pcap::Capture::next_packet"),
    alone("evdev::Device::fetch_events"),
    alone("tiny_http::Server::recv"),
    alone("rdkafka::consumer::BaseConsumer::poll"),
    alone("nix::sys::wait::waitpid"),
    alone("nix::poll::poll"),
    alone("libc::waitpid"),
    alone("libc::poll"),
    alone("libc::select"),
    alone("libc::flock"),
    alone("oneshot::Receiver::recv").has_async_api(),
    alone("rustyline::Editor::readline"),
];
