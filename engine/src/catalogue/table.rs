//! Entries as rows of a table.

/// Entries that differ in the last segment of their path only: `kind (family or pool) "owner" [names] { .details() }`.
///
/// `blocks (Io) "std::fs" [read write] { .has_async_api() }` stands for
/// `Entry::blocks(Io, "std::fs::read").has_async_api()` and the same for `std::fs::write`.
macro_rules! table {
    ($( $kind:ident $args:tt $owner:literal [$($name:ident)+] $details:tt )*) => {
        &[$($( table!(@ $kind $args $owner $name $details) ),+),*]
    };
    (@ $kind:ident ($($arg:expr)?) $owner:literal $name:ident { $($details:tt)* }) => {
        Entry::$kind($($arg,)? concat!($owner, "::", stringify!($name))) $($details)*
    };
}

pub(super) use table;
