//! Crates whose own sources are not read: a short text with the same names stands in for them.

/// The types that the maps and sets of std are made of, which are no part of its own sources.
pub(crate) const HASHBROWN: &str = include_str!("stand_in/hashbrown.rs");

/// The text that stands in for a package of some name and, where it comes from a registry, version.
pub fn of(package: &str, on_registry: Option<&str>) -> Option<&'static str> {
    match (package, on_registry) {
        ("tracing" | "log", _) => Some(include_str!("stand_in/tracing.rs")),
        ("pin-project-lite", _) => Some(include_str!("stand_in/pin_project_lite.rs")),
        // What goes by these names elsewhere, or is older, has other items.
        ("diesel", Some(version)) if version.starts_with("2.") => Some(include_str!("stand_in/diesel.rs")),
        ("diesel-async", Some(_)) => Some(include_str!("stand_in/diesel_async.rs")),
        _ => None,
    }
}
