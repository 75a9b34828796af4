//! The sync types whose values can be carried over whole, as data. Functions and methods go by their types, as `Client::new`.

/// A family of sync types and their async counterparts.
pub(crate) struct Carrier {
    /// The module of the sync types.
    pub sync: &'static str,
    /// The module of the async types.
    pub to: &'static str,
    /// The registry name of the crate that holds the async types, and the feature it needs.
    pub needs: (&'static str, &'static str),
    /// Functions and associated functions that make such a value; `true` where the async one is awaited.
    pub makers: &'static [(&'static str, bool)],
    /// Methods that are awaited, with their types.
    pub awaited: &'static [&'static str],
    /// All other methods that are on both sides.
    pub same: &'static [&'static str],
    /// Methods that set what only the sync side has by default: for all that a value does, and for one call.
    pub sets: (&'static str, &'static str),
    /// What is lost where neither is called; empty where nothing is.
    pub lost: &'static str,
}

/// `std::process::Command` to `tokio::process::Command`.
pub(crate) const PROCESS: Carrier = Carrier {
    sync: "std::process",
    to: "process",
    needs: ("tokio", "process"),
    makers: &[("Command::new", false)],
    awaited: &["Command::output", "Command::status"],
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
        "arg0",
        "uid",
        "gid",
        "process_group",
        "creation_flags",
        "raw_arg",
    ],
    sets: ("", ""),
    lost: "",
};

/// `reqwest::blocking` to the async reqwest.
pub(crate) const REQWEST: Carrier = Carrier {
    sync: "reqwest::blocking",
    to: "",
    needs: ("reqwest", ""),
    makers: &[
        ("get", true),
        ("Client::new", false),
        ("Client::builder", false),
        ("ClientBuilder::new", false),
    ],
    awaited: &[
        "RequestBuilder::send",
        "Client::execute",
        "Response::text",
        "Response::text_with_charset",
        "Response::json",
        "Response::bytes",
    ],
    same: &[
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "request",
        "header",
        "headers",
        "basic_auth",
        "bearer_auth",
        "query",
        "form",
        "body",
        "json",
        "timeout",
        "user_agent",
        "default_headers",
        "build",
        "error_for_status",
        "error_for_status_ref",
        "status",
        "url",
        "clone",
        "redirect",
        "danger_accept_invalid_certs",
        "add_root_certificate",
        "identity",
        "gzip",
        "brotli",
        "deflate",
        "connect_timeout",
        "pool_max_idle_per_host",
        "pool_idle_timeout",
        "http1_only",
        "proxy",
        "no_proxy",
        "cookie_store",
        "referer",
        "tcp_nodelay",
        "version",
        "content_length",
        "remote_addr",
        "extensions",
    ],
    sets: ("ClientBuilder::timeout", "RequestBuilder::timeout"),
    lost: "the blocking client gives up after 30 seconds by default, the async one never",
};
