// Instead of the file in which `futures` declares `select!` and `select_biased!`, which are procedural macros: each arm awaits its future
// where it stands and has what that gives.

#[macro_export]
macro_rules! select {
    // All arms are known: `(pattern = future => handler)`. Those without a future have none to wait for.
    (@ { $( ($bind:pat = $future:expr => $handler:expr) )* }) => {
        match () {
            $( () if true => match $future.await { $bind => $handler, _ => ::core::panic!() }, )*
            () => ::core::panic!(),
        }
    };
    (@ $arms:tt default => $($rest:tt)*) => { $crate::select!(@ $arms _ = async {} => $($rest)*) };
    (@ $arms:tt complete => $($rest:tt)*) => { $crate::select!(@ $arms _ = async {} => $($rest)*) };
    // One arm more: its handler is a block, with a comma or without, or an expression.
    (@ { $($arms:tt)* } $bind:pat = $future:expr => $handler:block, $($rest:tt)*) => {
        $crate::select!(@ { $($arms)* ($bind = $future => $handler) } $($rest)*)
    };
    (@ { $($arms:tt)* } $bind:pat = $future:expr => $handler:block $($rest:tt)*) => {
        $crate::select!(@ { $($arms)* ($bind = $future => $handler) } $($rest)*)
    };
    (@ { $($arms:tt)* } $bind:pat = $future:expr => $handler:expr $(, $($rest:tt)*)?) => {
        $crate::select!(@ { $($arms)* ($bind = $future => $handler) } $($($rest)*)?)
    };
    ($($arms:tt)*) => { $crate::select!(@ {} $($arms)*) };
}

#[macro_export]
macro_rules! select_biased {
    ($($arms:tt)*) => { $crate::select!($($arms)*) };
}
