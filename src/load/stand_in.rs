//! Crates whose own sources are not read: a short text with the same names stands in for them.

/// The text that stands in for a package, by its name on the registry.
pub fn of(package: &str) -> Option<&'static str> {
    matches!(package, "tracing" | "log").then_some(include_str!("stand_in/tracing.rs"))
}
