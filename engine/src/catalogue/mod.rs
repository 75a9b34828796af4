//! The catalogue: what the library items do that decide where work belongs, as data.
//!
//! A twin is a template for the async form of a call. `{args}` stands for all arguments, `{0}` for the first, `{recv}` for the
//! receiver, `{&recv}` for the receiver borrowed; everything else is copied. So `tokio::fs::read({args}).await`
//! replaces a function, and `{recv}.recv_async({args}).await` a method.

mod block_on;
mod cpu;
mod engines;
mod entry;
mod fanout;
mod fs;
mod handles;
mod http;
mod in_place;
mod in_poll;
mod leave;
mod locks;
mod loops;
mod net;
mod offload;
mod process;
mod reads;
mod stores;
mod sync;
mod table;
mod time;
pub mod waits;

pub use entry::{Cost, Effect, Entry, Family, Lasting, Mark, Pool};

/// All entries, grouped by what they are about. Of two entries for one item the first counts.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        time::ENTRIES,
        fs::FUNCTIONS,
        fs::PATHS,
        fs::OPENING,
        fs::LIBRARIES,
        handles::TYPES,
        handles::TRANSFERS,
        net::ENTRIES,
        process::ENTRIES,
        sync::ENTRIES,
        block_on::ENTRIES,
        http::ENTRIES,
        stores::SERVERS,
        stores::EMBEDDED,
        stores::REPOSITORIES,
        fanout::JOINS,
        fanout::CHANNELS,
        fanout::SEMAPHORES,
        cpu::PASSWORDS,
        cpu::KEYS,
        cpu::COMPRESSION,
        cpu::ENCODERS,
        cpu::IMAGES,
        cpu::DOCUMENTS,
        cpu::PARALLEL,
        loops::ENTRIES,
        offload::POOLS,
        offload::TASKS,
        in_poll::FUTURES,
        in_poll::OTHERS,
        in_place::ENTRIES,
        locks::ENTRIES,
        reads::ENTRIES,
        engines::ENTRIES,
        leave::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn paths_are_unique_import_paths() {
        let mut seen = HashSet::new();
        for entry in entries() {
            assert!(seen.insert(entry.path), "{} stands twice", entry.path);
            assert!(entry.path.contains("::"), "{} names no crate", entry.path);
            let is_name = |it: &str| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_');
            assert!(entry.path.split("::").all(is_name), "{} is no path", entry.path);
        }
        assert!(seen.len() > 300);
    }

    #[test]
    fn every_fact_has_a_source() {
        for entry in entries() {
            assert!(!entry.source.is_empty(), "{} says nothing of where it comes from", entry.path);
        }
    }

    #[test]
    fn templates_hold_known_placeholders_only() {
        for (entry, twin) in entries().filter_map(|it| Some((it, it.twin?))) {
            let rest = ["{args}", "{0}", "{recv}", "{&recv}"]
                .iter()
                .fold(twin.to_owned(), |text, it| text.replace(it, ""));
            assert!(!rest.contains(['{', '}']), "{}: unknown placeholder in {twin}", entry.path);
            assert!(twin.contains(".await"), "{}: {twin} awaits nothing", entry.path);
            assert_eq!(twin.matches('(').count(), twin.matches(')').count(), "{}: {twin}", entry.path);
        }
    }

    #[test]
    fn a_twin_says_what_it_needs() {
        for entry in entries().filter(|it| it.twin.is_some()) {
            assert!(entry.needs.is_some_and(|(krate, _)| !krate.is_empty()), "{}", entry.path);
            assert!(entry.async_api && entry.family().is_some(), "{} has a twin, so it blocks", entry.path);
        }
    }

    #[test]
    fn only_what_blocks_has_a_cost() {
        for entry in entries().filter(|it| it.cost == Cost::Cheap) {
            assert!(entry.family().is_some(), "{} is cheap, but does not block", entry.path);
        }
    }
}
