//! Sync HTTP clients.
//!
//! None of these calls has a twin: the async client is another type, and the response flows on. Where the whole value
//! cannot be carried over to the async client, the unit of work goes to the blocking pool.

use super::entry::{Entry, Family::Http};
use super::table::table;

/// In async code these panic in builds with debug assertions, and stall the worker in others.
const INNER_RUNTIME: &str = "starts a runtime of its own: panics in async code of debug builds";

pub(super) const ENTRIES: &[Entry] = table! {
    blocks (Http) "reqwest::blocking" [get] { .has_async_api().note(INNER_RUNTIME).source("docs.rs/reqwest blocking") }
    blocks (Http) "reqwest::blocking::Client" [new] { .has_async_api().note(INNER_RUNTIME).source("docs.rs/reqwest blocking") }
    blocks (Http) "reqwest::blocking::ClientBuilder" [build] { .has_async_api().note(INNER_RUNTIME).source("docs.rs/reqwest blocking") }
    blocks (Http) "reqwest::blocking::Client" [execute] { .has_async_api().source("docs.rs/reqwest blocking::Client") }
    blocks (Http) "reqwest::blocking::RequestBuilder" [send] {
        .has_async_api()
        .note("the blocking client gives up after 30 seconds by default, the async one never")
        .source("docs.rs/reqwest blocking::RequestBuilder")
    }
    blocks (Http) "reqwest::blocking::Response" [text text_with_charset json bytes copy_to] {
        .has_async_api().source("docs.rs/reqwest blocking::Response")
    }

    // ureq 2 and 3.
    blocks (Http) "ureq::Request" [call send send_bytes send_form send_json send_string] {
        .has_async_api().note("reports 4xx and 5xx as errors, reqwest does not").source("docs.rs/ureq/2 Request")
    }
    blocks (Http) "ureq::Response" [into_string into_json] { .has_async_api().source("docs.rs/ureq/2 Response") }
    blocks (Http) "ureq::RequestBuilder" [call send send_empty send_form send_json] {
        .has_async_api().note("reports 4xx and 5xx as errors, reqwest does not").source("docs.rs/ureq RequestBuilder")
    }
    blocks (Http) "ureq" [run] { .has_async_api().source("docs.rs/ureq run") }
    blocks (Http) "ureq::Agent" [run] { .has_async_api().source("docs.rs/ureq Agent::run") }
    blocks (Http) "ureq::Body" [read_to_string read_to_vec read_json] { .has_async_api().source("docs.rs/ureq Body") }
    blocks (Http) "ureq::BodyWithConfig" [read_to_string read_to_vec read_json] { .has_async_api().source("docs.rs/ureq Body") }

    blocks (Http) "minreq::Request" [send send_lazy] { .has_async_api().source("docs.rs/minreq Request::send") }
    blocks (Http) "attohttpc::RequestBuilder" [send] { .has_async_api().source("docs.rs/attohttpc RequestBuilder") }
    blocks (Http) "attohttpc::PreparedRequest" [send] { .has_async_api().source("docs.rs/attohttpc PreparedRequest") }
    blocks (Http) "attohttpc::Response" [write_to bytes text text_with text_utf8 json json_utf8] {
        .has_async_api().source("docs.rs/attohttpc Response")
    }
    blocks (Http) "curl::easy::Easy" [perform] { .has_async_api().source("docs.rs/curl easy::Easy::perform") }
    blocks (Http) "curl::easy::Easy2" [perform] { .has_async_api().source("docs.rs/curl easy::Easy2::perform") }
    blocks (Http) "curl::easy::Transfer" [perform] { .has_async_api().source("docs.rs/curl easy::Transfer::perform") }
    blocks (Http) "curl::multi::Multi" [wait poll] { .has_async_api().source("docs.rs/curl multi::Multi") }

    // The same crate has both sides.
    blocks (Http) "isahc" [get head post put delete send] { .has_async_api().source("docs.rs/isahc get_async") }
    blocks (Http) "isahc::HttpClient" [get head post put delete send] { .has_async_api().source("docs.rs/isahc HttpClient") }
    blocks (Http) "isahc::RequestExt" [send] { .has_async_api().source("docs.rs/isahc RequestExt::send_async") }
    blocks (Http) "isahc::ReadResponseExt" [copy_to copy_to_file bytes text json consume] {
        .has_async_api().source("docs.rs/isahc AsyncReadResponseExt")
    }
    blocks (Http) "graphql_client::reqwest" [post_graphql_blocking] {
        .has_async_api().source("docs.rs/graphql_client reqwest::post_graphql")
    }
    blocks (Http) "oauth2::CodeTokenRequest" [request] { .has_async_api().source("docs.rs/oauth2 CodeTokenRequest::request_async") }
    blocks (Http) "oauth2::RefreshTokenRequest" [request] { .has_async_api().source("docs.rs/oauth2 RefreshTokenRequest") }
    blocks (Http) "oauth2::PasswordTokenRequest" [request] { .has_async_api().source("docs.rs/oauth2 PasswordTokenRequest") }
    blocks (Http) "oauth2::ClientCredentialsTokenRequest" [request] {
        .has_async_api().source("docs.rs/oauth2 ClientCredentialsTokenRequest")
    }
    blocks (Http) "oauth2::DeviceAuthorizationRequest" [request] {
        .has_async_api().source("docs.rs/oauth2 DeviceAuthorizationRequest")
    }
};
