//! The catalogue: what the library items do that decide where work belongs, as data.
//!
//! A twin is a template for the async form of a call. `{args}` stands for all arguments, `{0}` for the first, `{recv}` for the
//! receiver, `{&recv}` for the receiver borrowed; everything else is copied. So `tokio::fs::read({args}).await`
//! replaces a function, and `{recv}.recv_async({args}).await` a method.

mod block_on;
mod entry;
mod fs;
mod http;
mod in_place;
mod leave;
mod loops;
mod net;
mod offload;
mod process;
mod stores;
mod sync;
mod time;

pub use entry::{Cost, Effect, Entry, Family, Lasting, Pool};

/// The entries that some rule asks about. Database calls have no rule yet, and their names (`get`, `load`, `first`) are so common that
/// resolving them would cost more than all the rest.
pub fn asked() -> impl Iterator<Item = &'static Entry> {
    entries().filter(|it| it.family() != Some(Family::Db))
}

/// All entries, grouped by what they are about.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        time::ENTRIES,
        fs::ENTRIES,
        net::ENTRIES,
        process::ENTRIES,
        sync::ENTRIES,
        block_on::ENTRIES,
        http::ENTRIES,
        stores::ENTRIES,
        loops::ENTRIES,
        offload::ENTRIES,
        in_place::IN_PLACE,
        in_place::IN_POLL,
        leave::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Effect, entries};

    #[test]
    fn paths_are_unique() {
        let mut seen = BTreeSet::new();
        let twice: Vec<&str> = entries().map(|it| it.path).filter(|it| !seen.insert(*it)).collect();
        assert_eq!(twice, Vec::<&str>::new());
    }

    #[test]
    fn templates_use_known_placeholders_and_say_what_they_need() {
        for entry in entries() {
            let Some(twin) = entry.twin else { continue };
            assert!(entry.needs.is_some(), "{} needs a crate", entry.path);
            let rest = ["{args}", "{0}", "{recv}", "{&recv}"]
                .iter()
                .fold(twin.to_owned(), |it, known| it.replace(known, ""));
            assert!(!rest.contains(['{', '}']), "{}: {twin}", entry.path);
            assert!(twin.contains(".await"), "{}: {twin}", entry.path);
        }
    }

    #[test]
    fn what_blocks_names_its_source() {
        for entry in entries().filter(|it| it.family().is_some()) {
            assert!(!entry.source.is_empty(), "{} has no source", entry.path);
        }
    }

    #[test]
    fn what_is_left_alone_says_why() {
        for entry in entries().filter(|it| it.effect == Effect::Leave) {
            assert!(!entry.note.is_empty(), "{} has no reason", entry.path);
        }
    }
}
