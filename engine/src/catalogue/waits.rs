//! What async library calls wait for, by the modules that define them. Only what a lock must not be held over is listed.

/// What an async call waits for, what takes longest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Waits {
    Network,
    Database,
    File,
    Process,
    Timer,
    /// Room in a bounded channel.
    Channel,
    /// Work on the blocking pool or in another task.
    Task,
}

impl Waits {
    /// In words, after "waits for".
    pub fn words(self) -> &'static str {
        match self {
            Waits::Network => "the network",
            Waits::Database => "a database",
            Waits::File => "a file",
            Waits::Process => "a process",
            Waits::Timer => "a timer",
            Waits::Channel => "room in a channel",
            Waits::Task => "another task",
        }
    }
}

/// Modules whose async functions wait, the longer ones first.
const MODULES: &[(&str, Waits)] = &[
    ("tokio::net", Waits::Network),
    ("tokio::io", Waits::Network),
    ("tokio::fs", Waits::File),
    ("tokio::process", Waits::Process),
    ("tokio::time::sleep", Waits::Timer),
    ("tokio::time::interval", Waits::Timer),
    ("tokio_util::codec", Waits::Network),
    ("tokio_util::io", Waits::Network),
    ("async_std::net", Waits::Network),
    ("async_std::io", Waits::Network),
    ("async_std::fs", Waits::File),
    ("async_std::process", Waits::Process),
    ("futures_util::io", Waits::Network),
    ("futures_util::sink", Waits::Network),
    ("futures::sink", Waits::Network),
];

/// Async functions of other modules.
const FUNCTIONS: &[(&str, Waits)] = &[
    ("tokio::time::sleep", Waits::Timer),
    ("tokio::time::sleep_until", Waits::Timer),
    ("tokio::task::spawn_blocking", Waits::Task),
    ("tokio::sync::mpsc::send", Waits::Channel),
    ("tokio::sync::mpsc::reserve", Waits::Channel),
    ("tokio::sync::mpsc::bounded::send", Waits::Channel),
    ("tokio::sync::mpsc::bounded::reserve", Waits::Channel),
    ("async_channel::send", Waits::Channel),
];

/// Crates whose async functions go over the network.
const CLIENTS: &[&str] = &[
    "async_imap",
    "async_nats",
    "async_tungstenite",
    "aws_sdk_dynamodb",
    "aws_sdk_s3",
    "aws_sdk_sqs",
    "bb8",
    "bollard",
    "deadpool",
    "deadpool_postgres",
    "deadpool_redis",
    "diesel_async",
    "elasticsearch",
    "fantoccini",
    "fastwebsockets",
    "fred",
    "h2",
    "hyper",
    "hyper_util",
    "imap",
    "kube",
    "lapin",
    "lettre",
    "matrix_sdk",
    "mongodb",
    "mysql_async",
    "object_store",
    "octocrab",
    "opendal",
    "quinn",
    "rdkafka",
    "redis",
    "reqwest",
    "rumqttc",
    "russh",
    "scylla",
    "sea_orm",
    "serenity",
    "sqlx",
    "sqlx_core",
    "suppaftp",
    "surf",
    "teloxide",
    "tiberius",
    "tokio_modbus",
    "tokio_postgres",
    "tokio_rustls",
    "tokio_serial",
    "tokio_tungstenite",
    "tonic",
    "tungstenite",
    "twilight_http",
    "web3",
    "zbus",
];

/// What an async function waits for, by the module that defines it and its name.
pub fn of(module: &str, name: &str) -> Option<Waits> {
    let path = format!("{module}::{name}");
    if let Some((_, waits)) = FUNCTIONS.iter().find(|it| it.0 == path) {
        return Some(*waits);
    }
    let inside = |it: &&(&str, Waits)| {
        module.strip_prefix(it.0).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let of_module = MODULES.iter().find(inside).map(|it| it.1);
    of_module.or_else(|| of_crate(module.split("::").next().unwrap_or_default()))
}

/// What the async functions of a crate wait for.
pub fn of_crate(name: &str) -> Option<Waits> {
    CLIENTS.contains(&name).then_some(Waits::Network)
}
