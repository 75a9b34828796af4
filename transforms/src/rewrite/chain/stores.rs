//! The connections of database drivers that are carried over whole, as data.

use super::kin::{Kin, PLAIN, Renamed, TraitPair};

const WAITS: &str = "waits on the server, and what comes after it on an async connection waits with it";

const ITERATES: &str = "gives an iterator, which has other methods on the async side";

/// Methods of `redis::Commands` that mean something else on a connection that is multiplexed.
const OTHER: &[Renamed] = &[
    ("blpop", WAITS),
    ("brpop", WAITS),
    ("brpoplpush", WAITS),
    ("blmove", WAITS),
    ("blmpop", WAITS),
    ("bzpopmin", WAITS),
    ("bzpopmax", WAITS),
    ("bzmpop", WAITS),
    ("xread_options", WAITS),
    ("wait", WAITS),
    ("scan", ITERATES),
    ("scan_match", ITERATES),
    ("scan_options", ITERATES),
    ("hscan", ITERATES),
    ("hscan_match", ITERATES),
    ("sscan", ITERATES),
    ("sscan_match", ITERATES),
    ("zscan", ITERATES),
    ("zscan_match", ITERATES),
];

/// Commands that wait on the server or bind the connection to what follows, where they are written out: beside those that go by the
/// name of a method.
const COMMANDS: &[&str] = &[
    "xread",
    "xreadgroup",
    "waitaof",
    "monitor",
    "subscribe",
    "psubscribe",
    "ssubscribe",
    "multi",
    "exec",
    "watch",
    "client",
    "hello",
    "reset",
    "quit",
    "sync",
    "psync",
];

/// `redis::Connection`: the client stays, and gives a multiplexed connection.
pub(super) const REDIS: Kin = Kin {
    module: "redis::connection",
    name: "Connection",
    to: "aio::MultiplexedConnection",
    needs: ("redis", "tokio-comp"),
    made_by: &[("Client::get_connection", "get_multiplexed_async_connection")],
    taken_by: &[
        ("Cmd::query", "query_async"),
        ("Cmd::exec", "exec_async"),
        ("Pipeline::query", "query_async"),
        ("Pipeline::exec", "exec_async"),
        ("ScriptInvocation::invoke", "invoke_async"),
        ("ScriptInvocation::load", "load_async"),
    ],
    traits: &[
        TraitPair { sync: "Commands", to: "AsyncCommands", other: OTHER },
        TraitPair { sync: "TypedCommands", to: "AsyncTypedCommands", other: OTHER },
    ],
    note: "where the future is dropped while it waits, as by a timeout, the command may have been carried out and its answer is lost",
    note_since: (
        1,
        "the async connection gives up on connecting after 1 second and on an answer after half a second by default, the sync one never",
    ),
    least: (0, 26),
    is_database: true,
    ..PLAIN
};

/// Why a command, as `BLPOP`, has to stay on a connection of its own.
pub(super) fn binds(command: &str) -> Result<(), String> {
    let word = command.split_whitespace().next().unwrap_or_default();
    let name = word.to_ascii_lowercase();
    match COMMANDS.contains(&name.as_str()) || binds_method(&name).is_err() {
        true => Err(format!("`{word}` waits on the server or binds the connection to what comes after it")),
        false => Ok(()),
    }
}

/// Why a method that adds a command to a pipeline has to stay on a connection of its own.
pub(super) fn binds_method(name: &str) -> Result<(), String> {
    match OTHER.iter().find(|(it, why)| *it == name && *why == WAITS) {
        Some((_, why)) => Err(format!("`{name}` {why}")),
        None => Ok(()),
    }
}
