//! HTTP clients that wait for the answer.

use super::entry::{Entry, Family::Http};

/// `reqwest::blocking` starts a runtime of its own, and panics in debug builds where that is dropped in async code.
const fn reqwest(path: &'static str) -> Entry {
    Entry::blocks(Http, path).has_async_api().source("measured: reference, section 6")
}

/// Another client: its counterpart is the async reqwest, whose errors and defaults differ.
const fn client(path: &'static str) -> Entry {
    Entry::blocks(Http, path).source("reference 106 to 113")
}

pub(super) const ENTRIES: &[Entry] = &[
    reqwest("reqwest::blocking::get"),
    reqwest("reqwest::blocking::Client::new"),
    reqwest("reqwest::blocking::Client::execute"),
    reqwest("reqwest::blocking::ClientBuilder::build"),
    reqwest("reqwest::blocking::RequestBuilder::send"),
    reqwest("reqwest::blocking::Response::text"),
    reqwest("reqwest::blocking::Response::text_with_charset"),
    reqwest("reqwest::blocking::Response::json"),
    reqwest("reqwest::blocking::Response::bytes"),
    reqwest("reqwest::blocking::Response::copy_to"),
    Entry::handle("reqwest::blocking::Response"),
    // ureq 2 and 3.
    client("ureq::Request::call"),
    client("ureq::Request::send"),
    client("ureq::Request::send_json"),
    client("ureq::Request::send_string"),
    client("ureq::Request::send_bytes"),
    client("ureq::Request::send_form"),
    client("ureq::Response::into_string"),
    client("ureq::Response::into_json"),
    client("ureq::RequestBuilder::call"),
    client("ureq::RequestBuilder::send"),
    client("ureq::RequestBuilder::send_json"),
    client("ureq::RequestBuilder::send_form"),
    client("ureq::RequestBuilder::send_empty"),
    client("ureq::Agent::run"),
    client("ureq::Body::read_to_string"),
    client("ureq::Body::read_to_vec"),
    client("ureq::Body::read_json"),
    client("minreq::Request::send"),
    client("minreq::Request::send_lazy"),
    client("attohttpc::RequestBuilder::send"),
    client("attohttpc::PreparedRequest::send"),
    client("attohttpc::Response::text"),
    client("attohttpc::Response::bytes"),
    client("attohttpc::Response::json"),
    client("curl::easy::Easy::perform"),
    client("curl::easy::Easy2::perform"),
    client("curl::easy::Transfer::perform"),
    client("curl::multi::Multi::perform"),
    client("curl::multi::Multi::wait"),
    Entry::blocks(Http, "isahc::get").has_async_api().source("reference 110"),
    Entry::blocks(Http, "isahc::post").has_async_api().source("reference 110"),
    Entry::blocks(Http, "isahc::put").has_async_api().source("reference 110"),
    Entry::blocks(Http, "isahc::delete").has_async_api().source("reference 110"),
    Entry::blocks(Http, "isahc::send").has_async_api().source("reference 110"),
    Entry::blocks(Http, "isahc::HttpClient::get").has_async_api().source("reference 110"),
    Entry::blocks(Http, "isahc::HttpClient::post").has_async_api().source("reference 110"),
    Entry::blocks(Http, "isahc::HttpClient::send").has_async_api().source("reference 110"),
    client("graphql_client::reqwest::post_graphql_blocking").has_async_api(),
    client("self_update::update::ReleaseUpdate::update"),
    client("self_update::update::ReleaseUpdate::get_latest_release"),
    client("hf_hub::api::sync::Api::new").has_async_api(),
    client("hf_hub::api::sync::ApiRepo::get").has_async_api(),
    client("hf_hub::api::sync::ApiRepo::download").has_async_api(),
    client("rustify::blocking::clients::reqwest::Client::execute"),
];
