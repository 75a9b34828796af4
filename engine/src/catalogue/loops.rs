//! Calls that go on for as long as the program, a connection or a device lives: bucket 4.

use super::entry::{Entry, Lasting::Endless, Lasting::UntilClosed};

const fn endless(path: &'static str) -> Entry {
    Entry::lasts(Endless, path).source("reference, bucket 4")
}

const fn until_closed(path: &'static str) -> Entry {
    Entry::lasts(UntilClosed, path).source("reference, bucket 4")
}

pub(super) const ENTRIES: &[Entry] = &[
    endless("signal_hook::iterator::SignalsInfo::forever"),
    endless("signal_hook::iterator::Signals::forever"),
    endless("tiny_http::Server::incoming_requests"),
    endless("rouille::start_server"),
    endless("rouille::start_server_with_pool"),
    endless("rouille::Server::run"),
    endless("hyprland::event_listener::EventListener::start_listener"),
    endless("calloop::EventLoop::run"),
    endless("winit::event_loop::EventLoop::run"),
    endless("winit::event_loop::EventLoop::run_app"),
    endless("tao::event_loop::EventLoop::run"),
    endless("gtk::main"),
    endless("gtk::prelude::ApplicationExtManual::run"),
    endless("gio::prelude::ApplicationExtManual::run"),
    endless("glib::MainLoop::run"),
    endless("libpulse_binding::mainloop::standard::Mainloop::run"),
    endless("pipewire::main_loop::MainLoop::run"),
    endless("rdev::listen"),
    endless("rdev::grab"),
    endless("rumqttc::Connection::iter"),
    until_closed("rdkafka::consumer::BaseConsumer::iter"),
    until_closed("nats::Subscription::messages"),
    until_closed("gstreamer::Bus::iter_timed"),
    until_closed("postgres::Notifications::blocking_iter"),
    until_closed("ws::listen"),
];
