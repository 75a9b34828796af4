//! Calls of libraries that last as long as the program or a connection does: they belong on a thread of their own.
//!
//! Some libraries have an async form too, named as the source. It is another type or another design, so that the work as
//! it stands counts as having none.

use super::entry::{
    Entry,
    Lasting::{Endless, UntilClosed},
};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    lasts (Endless) "hyprland::event_listener::EventListener" [start_listener] {
        .source("docs.rs/hyprland EventListener::start_listener_async")
    }
    lasts (Endless) "hyprland::event_listener::EventListenerMutable" [start_listener] {
        .source("docs.rs/hyprland EventListener::start_listener_async")
    }
    lasts (Endless) "rouille" [start_server start_server_with_pool] { .source("docs.rs/rouille start_server") }
    lasts (Endless) "rouille::Server" [run] { .source("docs.rs/rouille Server::run") }
    lasts (Endless) "tiny_http::Server" [incoming_requests] { .source("docs.rs/tiny_http Server::incoming_requests") }
    lasts (UntilClosed) "tiny_http::Server" [recv] { .source("docs.rs/tiny_http Server::recv") }
    lasts (Endless) "signal_hook::iterator::SignalsInfo" [forever] { .source("tokio::signal::unix::signal") }
    lasts (UntilClosed) "signal_hook::iterator::SignalsInfo" [wait] { .source("tokio::signal::unix::signal") }

    // Main loops of desktops and their libraries.
    lasts (UntilClosed) "calloop::EventLoop" [run] { .source("docs.rs/calloop EventLoop::run") }
    lasts (UntilClosed) "winit::event_loop::EventLoop" [run run_app] { .source("docs.rs/winit EventLoop") }
    lasts (UntilClosed) "winit::platform::run_on_demand::EventLoopExtRunOnDemand" [run_on_demand run_app_on_demand] {
        .source("docs.rs/winit EventLoopExtRunOnDemand")
    }
    lasts (Endless) "tao::event_loop::EventLoop" [run] { .source("docs.rs/tao EventLoop::run") }
    lasts (UntilClosed) "tao::platform::run_return::EventLoopExtRunReturn" [run_return] { .source("docs.rs/tao EventLoop") }
    lasts (UntilClosed) "glib::MainLoop" [run] { .source("docs.rs/glib MainLoop::run") }
    lasts (UntilClosed) "gtk4::glib::MainLoop" [run] { .source("docs.rs/glib MainLoop::run") }
    lasts (UntilClosed) "gio::prelude::ApplicationExtManual" [run run_with_args] { .source("docs.rs/gio ApplicationExtManual") }
    lasts (UntilClosed) "gtk4::prelude::ApplicationExtManual" [run run_with_args] { .source("docs.rs/gio ApplicationExtManual") }
    lasts (UntilClosed) "gtk" [main] { .source("docs.rs/gtk main") }
    lasts (UntilClosed) "tauri::Builder" [run] { .source("docs.rs/tauri Builder::run") }
    lasts (Endless) "tauri::App" [run] { .source("docs.rs/tauri App::run") }
    lasts (UntilClosed) "tauri::App" [run_return] { .source("docs.rs/tauri App::run_return") }
    lasts (UntilClosed) "relm4::RelmApp" [run run_async] { .source("docs.rs/relm4 RelmApp::run") }
    lasts (UntilClosed) "eframe" [run_native run_simple_native] { .source("docs.rs/eframe run_native") }

    // Connections and subscriptions that are read until they close.
    lasts (UntilClosed) "imap::extensions::idle::Handle" [wait wait_keepalive wait_timeout] {
        .source("docs.rs/async-imap")
    }
    lasts (UntilClosed) "rdkafka::consumer::BaseConsumer" [iter] { .source("docs.rs/rdkafka StreamConsumer") }
    lasts (UntilClosed) "rumqttc::Connection" [iter] { .source("docs.rs/rumqttc EventLoop::poll") }
    lasts (UntilClosed) "redis::PubSub" [get_message] { .source("docs.rs/redis aio::PubSub") }
    lasts (UntilClosed) "postgres::notifications::Notifications" [blocking_iter] {
        .source("docs.rs/tokio-postgres Connection::poll_message")
    }
    lasts (UntilClosed) "amiquip::Consumer" [receiver] { .source("docs.rs/lapin") }
    lasts (UntilClosed) "paho_mqtt::Client" [start_consuming] { .source("docs.rs/paho-mqtt AsyncClient") }
    lasts (UntilClosed) "gstreamer::Bus" [iter_timed] { .source("docs.rs/gstreamer Bus::stream") }
    lasts (UntilClosed) "termion::input::TermRead" [keys events] { .source("docs.rs/termion input::TermRead") }

    // One turn of an event loop: it waits until something happens.
    lasts (UntilClosed) "mio::Poll" [poll] { .source("docs.rs/mio Poll::poll") }
    lasts (UntilClosed) "polling::Poller" [wait] { .source("docs.rs/polling Poller::wait") }
    lasts (UntilClosed) "libc" [epoll_wait epoll_pwait kevent sigwait pause] { .source("man 2 epoll_wait") }
};
