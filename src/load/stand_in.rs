//! Crates and files of crates whose own sources are not read: a short text with the same names stands in for them.

use std::path::Path;

/// The types that the maps and sets of std are made of, which are no part of its own sources.
pub(crate) const HASHBROWN: &str = include_str!("stand_in/hashbrown.rs");

/// The text that stands in for a package of some name and, where it comes from a registry, version.
pub fn of(package: &str, on_registry: Option<&str>) -> Option<&'static str> {
    match (package, on_registry) {
        ("tracing" | "log", _) => Some(include_str!("stand_in/tracing.rs")),
        ("async-stream", Some(_)) => Some(include_str!("stand_in/async_stream.rs")),
        ("pin-project-lite", _) => Some(include_str!("stand_in/pin_project_lite.rs")),
        // What goes by these names elsewhere, or is older, has other items.
        ("diesel", Some(version)) if version.starts_with("2.") => Some(include_str!("stand_in/diesel.rs")),
        ("diesel-async", Some(_)) => Some(include_str!("stand_in/diesel_async.rs")),
        _ => None,
    }
}

/// The text that stands in for a file of a package. These declare macros that take procedural macros for a part of their work, which are
/// not run here, or write much for each use.
pub fn of_file(package: &str, path: &Path) -> Option<&'static str> {
    let is = |file: &str| path.ends_with(file);
    match package {
        "tokio" if is("src/macros/select.rs") => Some(include_str!("stand_in/select.rs")),
        "tokio" if is("src/macros/join.rs") => Some(include_str!("stand_in/join.rs")),
        "tokio" if is("src/macros/try_join.rs") => Some(include_str!("stand_in/try_join.rs")),
        // The same two, in one file and without `biased`.
        "futures-util" if is("src/async_await/join_mod.rs") => {
            Some(concat!(include_str!("stand_in/join.rs"), include_str!("stand_in/try_join.rs")))
        }
        "futures-util" if is("src/async_await/select_mod.rs") => {
            Some(include_str!("stand_in/futures_select.rs"))
        }
        _ => None,
    }
}
