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
        in_place::ENTRIES,
        leave::ENTRIES,
    ]
    .into_iter()
    .flatten()
}
