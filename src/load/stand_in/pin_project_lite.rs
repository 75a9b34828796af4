//! Stands in for `pin-project-lite`: the item as it is written. Most adaptors of `futures` and `tokio-util` are declared in this macro, and
//! how they project their fields is of no matter to who uses them.

#[macro_export]
macro_rules! pin_project {
    ($($item:tt)*) => { $($item)* };
}
