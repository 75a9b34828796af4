//! The sync types whose values are carried over whole with a chain, as data.

use super::stores;

/// A sync type and its async counterpart.
pub(super) struct Kin {
    /// The module that defines the sync type, as code outside can name it.
    pub module: &'static str,
    pub name: &'static str,
    /// The path of the async type inside its crate.
    pub to: &'static str,
    /// The registry name of the crate of the async type, and the feature it needs.
    pub needs: (&'static str, &'static str),
    /// Associated functions that make a value; `true` where the async one is awaited.
    pub makers: &'static [(&'static str, bool)],
    /// Methods that are awaited.
    pub awaited: &'static [&'static str],
    /// Methods that are awaited, each with the trait of `tokio::io` that has it.
    pub of_traits: &'static [&'static [OfTrait]],
    /// Methods that are the same on both sides.
    pub same: &'static [&'static str],
    /// Methods of types that stay which make a value: each with its type, and the async one, which is awaited.
    pub made_by: &'static [Renamed],
    /// Methods of types that stay which are given a value: each with its type, and the async one, which is awaited.
    pub taken_by: &'static [Renamed],
    /// Traits of the type's own crate that have the methods of a value.
    pub traits: &'static [TraitPair],
    /// What is not the same, in words; empty where nothing is.
    pub note: &'static str,
    /// What else is not the same from a major version of the crate on.
    pub note_since: (u32, &'static str),
    /// The oldest version of the crate that has all of the above, as major and minor.
    pub least: (u32, u32),
    /// Whether it belongs to a database driver, which a configuration has to ask for.
    pub is_database: bool,
}

/// A method and its async one, which has another name.
pub(super) type Renamed = (&'static str, &'static str);

/// A trait, and the one that has the same methods on the async side, where they are awaited.
pub(super) struct TraitPair {
    pub sync: &'static str,
    pub to: &'static str,
    /// Methods that mean something else there, each with the reason in words.
    pub other: &'static [(&'static str, &'static str)],
}

/// Methods of one trait of `tokio::io`, each with its name.
type OfTrait = (&'static str, &'static str);

const READ: &[OfTrait] = &[
    ("read", "AsyncReadExt"),
    ("read_exact", "AsyncReadExt"),
    ("read_to_end", "AsyncReadExt"),
    ("read_to_string", "AsyncReadExt"),
];

const WRITE: &[OfTrait] = &[("write_all", "AsyncWriteExt"), ("flush", "AsyncWriteExt")];

const LINES: &[OfTrait] = &[("read_line", "AsyncBufReadExt"), ("read_until", "AsyncBufReadExt")];

pub(super) const PLAIN: Kin = Kin {
    module: "",
    name: "",
    to: "",
    needs: ("tokio", ""),
    makers: &[],
    awaited: &[],
    of_traits: &[],
    same: &[],
    made_by: &[],
    taken_by: &[],
    traits: &[],
    note: "",
    note_since: (0, ""),
    least: (0, 0),
    is_database: false,
};

/// The families: a value of one can be made from a value of another of the same family.
pub(super) const KIN: &[Kin] = &[
    Kin {
        module: "std::fs",
        name: "File",
        to: "fs::File",
        needs: ("tokio", "fs"),
        makers: &[("open", true), ("create", true), ("create_new", true), ("options", false)],
        awaited: &["sync_all", "sync_data", "set_len", "metadata", "try_clone", "set_permissions"],
        of_traits: &[READ, WRITE, &[("seek", "AsyncSeekExt"), ("rewind", "AsyncSeekExt")]],
        ..PLAIN
    },
    Kin {
        module: "std::fs",
        name: "OpenOptions",
        to: "fs::OpenOptions",
        needs: ("tokio", "fs"),
        makers: &[("new", false)],
        awaited: &["open"],
        same: &[
            "read",
            "write",
            "append",
            "truncate",
            "create",
            "create_new",
            "mode",
            "custom_flags",
            "clone",
        ],
        ..PLAIN
    },
    Kin {
        module: "std::io",
        name: "BufReader",
        to: "io::BufReader",
        needs: ("tokio", "io-util"),
        makers: &[("new", false), ("with_capacity", false)],
        of_traits: &[READ, LINES, &[("seek", "AsyncSeekExt")]],
        same: &["get_ref", "get_mut", "into_inner"],
        ..PLAIN
    },
    Kin {
        module: "std::process",
        name: "Command",
        to: "process::Command",
        needs: ("tokio", "process"),
        makers: &[("new", false)],
        awaited: &["output", "status"],
        same: &[
            "arg",
            "args",
            "env",
            "envs",
            "env_remove",
            "env_clear",
            "current_dir",
            "stdin",
            "stdout",
            "stderr",
            "spawn",
            "arg0",
            "uid",
            "gid",
            "process_group",
            "creation_flags",
            "raw_arg",
        ],
        ..PLAIN
    },
    Kin {
        module: "std::process",
        name: "Child",
        to: "process::Child",
        needs: ("tokio", "process"),
        awaited: &["wait", "wait_with_output", "kill"],
        same: &["try_wait"],
        ..PLAIN
    },
    Kin {
        module: "reqwest::blocking",
        name: "Client",
        to: "Client",
        needs: ("reqwest", ""),
        makers: &[("new", false), ("builder", false), ("default", false)],
        awaited: &["execute"],
        same: &["get", "post", "put", "patch", "delete", "head", "request", "clone"],
        note: "the blocking client gives up after 30 seconds by default, the async one never",
        ..PLAIN
    },
    Kin {
        module: "reqwest::blocking",
        name: "ClientBuilder",
        to: "ClientBuilder",
        needs: ("reqwest", ""),
        makers: &[("new", false), ("default", false)],
        same: &[
            "build",
            "user_agent",
            "default_headers",
            "timeout",
            "connect_timeout",
            "redirect",
            "proxy",
            "no_proxy",
            "gzip",
            "brotli",
            "deflate",
            "danger_accept_invalid_certs",
            "add_root_certificate",
            "identity",
            "http1_only",
            "cookie_store",
            "referer",
            "tcp_nodelay",
            "pool_idle_timeout",
            "pool_max_idle_per_host",
            "use_rustls_tls",
        ],
        ..PLAIN
    },
    Kin {
        module: "reqwest::blocking",
        name: "RequestBuilder",
        to: "RequestBuilder",
        needs: ("reqwest", ""),
        awaited: &["send"],
        same: &[
            "header",
            "headers",
            "basic_auth",
            "bearer_auth",
            "query",
            "form",
            "body",
            "json",
            "timeout",
            "version",
            "build",
            "try_clone",
        ],
        ..PLAIN
    },
    Kin {
        module: "reqwest::blocking",
        name: "Response",
        to: "Response",
        needs: ("reqwest", ""),
        awaited: &["text", "text_with_charset", "json", "bytes"],
        same: &[
            "error_for_status",
            "error_for_status_ref",
            "status",
            "url",
            "headers",
            "headers_mut",
            "version",
            "content_length",
            "remote_addr",
            "extensions",
        ],
        ..PLAIN
    },
    stores::REDIS,
];

/// Functions of modules that make a value or use one, each with the async one: `true` where it is awaited.
pub(super) const FUNCTIONS: &[(&str, &str, (&str, &str), bool)] =
    &[("reqwest::blocking::get", "get", ("reqwest", ""), true)];

/// More methods of `Result`, `Option` and owners that hand a value on than those of [`crate::rewrite::carry::HANDED_ON`].
pub(super) const HANDED_ON_TOO: &[&str] = &["wrap_err_with", "as_ref", "as_mut", "take", "clone"];

/// Methods of `Result` and `Option` that lend or give the value to a closure.
pub(super) const GIVEN_ON: &[&str] = &["map", "and_then", "is_ok_and", "is_some_and", "inspect"];

/// Functions that wrap a value they are given.
pub(super) const WRAPPERS: &[&str] = &["Ok", "Some", "Box::new", "Arc::new", "Arc::clone"];
