//! Child processes and terminals.

use super::entry::{Entry, Family::Io};

const PROCESS: &str = "docs.rs/tokio process::Command";

/// Has an async form whose type differs.
const fn other_type(path: &'static str) -> Entry {
    Entry::blocks(Io, path).has_async_api().source(PROCESS)
}

const fn alone(path: &'static str, source: &'static str) -> Entry {
    Entry::blocks(Io, path).source(source)
}

pub(super) const ENTRIES: &[Entry] = &[
    other_type("std::process::Command::output"),
    other_type("std::process::Command::status"),
    // Starting a process costs milliseconds, and Tokio's `spawn` does the same work at the same place.
    other_type("std::process::Command::spawn").cheap(),
    other_type("std::process::Child::wait"),
    other_type("std::process::Child::wait_with_output"),
    Entry::handle("std::process::ChildStdin"),
    Entry::handle("std::process::ChildStdout"),
    Entry::handle("std::process::ChildStderr"),
    alone("duct::Expression::run", "reference 70"),
    alone("duct::Expression::read", "reference 70"),
    alone("xshell::Cmd::run", "reference 70"),
    alone("xshell::Cmd::read", "reference 70"),
    alone("xshell::Cmd::output", "reference 70"),
    alone("subprocess::Exec::join", "reference 70"),
    alone("subprocess::Exec::capture", "reference 70"),
    alone("open::that", "docs.rs/open: waits for the launcher"),
    alone("crossterm::event::read", "reference 135").has_async_api(),
    alone("crossterm::event::poll", "reference 135").has_async_api(),
    alone("rpassword::prompt_password", "docs.rs/rpassword"),
    alone("rpassword::read_password", "docs.rs/rpassword"),
    alone("dialoguer::Confirm::interact", "docs.rs/dialoguer"),
    alone("dialoguer::Input::interact_text", "docs.rs/dialoguer"),
    alone("dialoguer::Select::interact", "docs.rs/dialoguer"),
    alone("dialoguer::Password::interact", "docs.rs/dialoguer"),
    alone("inquire::Confirm::prompt", "docs.rs/inquire"),
    alone("inquire::Text::prompt", "docs.rs/inquire"),
    alone("inquire::Select::prompt", "docs.rs/inquire"),
    alone("rfd::FileDialog::pick_file", "reference 137").has_async_api(),
    alone("rfd::FileDialog::pick_folder", "reference 137").has_async_api(),
    alone("rfd::FileDialog::save_file", "reference 137").has_async_api(),
    alone("keyring::Entry::get_password", "reference 224"),
    alone("keyring::Entry::set_password", "reference 224"),
    alone("git2::Repository::open", "reference 191").cheap(),
    alone("git2::Repository::clone", "reference 191"),
    alone("git2::Remote::fetch", "reference 191"),
    alone("git2::Remote::push", "reference 191"),
    alone("git2::build::RepoBuilder::clone", "reference 191"),
    alone("git2::Repository::statuses", "reference 191"),
    alone("gix::open", "reference 192").cheap(),
    alone("gix::discover", "reference 192").cheap(),
    alone("ssh2::Session::handshake", "reference 123"),
    alone("ssh2::Session::userauth_password", "reference 123"),
    alone("ssh2::Channel::exec", "reference 123"),
    alone("ssh2::Sftp::readdir", "reference 123"),
    alone("lettre::Transport::send", "reference 121").has_async_api(),
    alone("imap::Client::login", "reference 122").has_async_api(),
    alone("imap::Session::select", "reference 122").has_async_api(),
    alone("imap::Session::fetch", "reference 122").has_async_api(),
    alone("suppaftp::FtpStream::connect", "reference 124").has_async_api(),
    alone("ldap3::LdapConn::new", "reference 125").has_async_api(),
    alone("tungstenite::connect", "reference 126").has_async_api(),
    alone("tungstenite::WebSocket::read", "reference 126").has_async_api(),
    alone("tungstenite::WebSocket::send", "reference 126").has_async_api(),
    alone("serialport::SerialPortBuilder::open", "reference 134"),
    alone("inotify::Inotify::read_events_blocking", "reference 136").has_async_api(),
    alone("headless_chrome::Browser::new", "reference 138"),
    alone("config::ConfigBuilder::build", "docs.rs/config: reads its file sources"),
    alone("dotenvy::dotenv", "docs.rs/dotenvy").cheap(),
];
