//! Async calls that change nothing which other code could see: two of them can run in any order, and at once.
//!
//! A pooling HTTP client is not one connection. Whether a request is sent by a method that only reads is for the caller to see.

use super::entry::{Entry, Mark::Read};
use super::table::table;

pub(super) const ENTRIES: &[Entry] = table! {
    marks (Read) "tokio::fs" [read read_to_string metadata symlink_metadata canonicalize try_exists read_link] { .source("tokio::fs") }
    marks (Read) "tokio::net" [lookup_host] { .source("tokio::net::lookup_host") }
    marks (Read) "tokio::time" [sleep sleep_until] { .source("tokio::time::sleep") }
    marks (Read) "reqwest" [get] { .source("docs.rs/reqwest get") }
    marks (Read) "reqwest::Client" [get head] { .source("docs.rs/reqwest Client::get") }
    marks (Read) "reqwest::RequestBuilder" [header headers query bearer_auth basic_auth timeout version send] {
        .source("docs.rs/reqwest RequestBuilder")
    }
    marks (Read) "reqwest::Response" [status headers url error_for_status error_for_status_ref text json bytes] {
        .source("docs.rs/reqwest Response")
    }
};
