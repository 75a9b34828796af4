// Instead of the file in which Tokio declares `select!`: the same arms, each of which awaits its future where it stands and has what that
// gives. The original gets the names of its variants from a procedural macro, so that no binding of an arm would have a type, and polls in
// a loop that takes long to infer.

#[macro_export]
macro_rules! select {
    // All arms are known: `(pattern = future, if condition => handler)`.
    (@ { $( ($bind:pat = $future:expr, if $condition:expr => $handler:expr) )* } else => $otherwise:expr $(,)?) => {
        match () {
            $( () if $condition => match $future.await { $bind => $handler, _ => ::core::panic!() }, )*
            () => $otherwise,
        }
    };
    (@ $arms:tt) => { $crate::select!(@ $arms else => ::core::panic!()) };
    // One arm more: its handler is a block, with a comma or without, or an expression.
    (@ { $($arms:tt)* } $bind:pat = $future:expr, if $condition:expr => $handler:block, $($rest:tt)*) => {
        $crate::select!(@ { $($arms)* ($bind = $future, if $condition => $handler) } $($rest)*)
    };
    (@ { $($arms:tt)* } $bind:pat = $future:expr, if $condition:expr => $handler:block $($rest:tt)*) => {
        $crate::select!(@ { $($arms)* ($bind = $future, if $condition => $handler) } $($rest)*)
    };
    (@ { $($arms:tt)* } $bind:pat = $future:expr, if $condition:expr => $handler:expr $(, $($rest:tt)*)?) => {
        $crate::select!(@ { $($arms)* ($bind = $future, if $condition => $handler) } $($($rest)*)?)
    };
    (@ { $($arms:tt)* } $bind:pat = $future:expr => $handler:block, $($rest:tt)*) => {
        $crate::select!(@ { $($arms)* ($bind = $future, if true => $handler) } $($rest)*)
    };
    (@ { $($arms:tt)* } $bind:pat = $future:expr => $handler:block $($rest:tt)*) => {
        $crate::select!(@ { $($arms)* ($bind = $future, if true => $handler) } $($rest)*)
    };
    (@ { $($arms:tt)* } $bind:pat = $future:expr => $handler:expr $(, $($rest:tt)*)?) => {
        $crate::select!(@ { $($arms)* ($bind = $future, if true => $handler) } $($($rest)*)?)
    };
    (biased; $($arms:tt)*) => { $crate::select!(@ {} $($arms)*) };
    ($($arms:tt)*) => { $crate::select!(@ {} $($arms)*) };
}
