//! Stands in for `tracing` and `log`: what the analysis needs of them. Their macros expand to so much code that it would take most of
//! the time to infer its types. Here each argument is an expression in place, and nothing else.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Clone, Debug)]
pub struct Span;
pub struct Entered<'a>(&'a Span);
pub struct EnteredSpan(Span);

impl Span {
    pub fn current() -> Span {
        Span
    }
    pub fn none() -> Span {
        Span
    }
    pub fn enter(&self) -> Entered<'_> {
        Entered(self)
    }
    pub fn entered(self) -> EnteredSpan {
        EnteredSpan(self)
    }
    pub fn or_current(self) -> Span {
        self
    }
    pub fn in_scope<F: FnOnce() -> T, T>(&self, f: F) -> T {
        f()
    }
    pub fn record<V>(&self, _field: &str, _value: V) -> &Span {
        self
    }
}

pub struct Instrumented<T> {
    inner: T,
}

pub trait Instrument: Sized {
    fn instrument(self, _span: Span) -> Instrumented<Self> {
        Instrumented { inner: self }
    }
    fn in_current_span(self) -> Instrumented<Self> {
        Instrumented { inner: self }
    }
}

impl<T: Sized> Instrument for T {}

impl<T: Future> Future for Instrumented<T> {
    type Output = T::Output;
    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<T::Output> {
        loop {}
    }
}

pub mod instrument {
    pub use super::{Instrument, Instrumented};
}

pub mod span {
    pub use super::{Entered, EnteredSpan, Span};
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level;

impl Level {
    pub const ERROR: Level = Level;
    pub const WARN: Level = Level;
    pub const INFO: Level = Level;
    pub const DEBUG: Level = Level;
    pub const TRACE: Level = Level;
}

#[macro_export]
macro_rules! event {
    () => { () };
    ($format:literal $(,)?) => { ::core::format_args!($format) };
    ($format:literal, $($arg:tt)+) => { ::core::format_args!($format, $($arg)+) };
    (name: $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    (target: $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    (parent: $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    ({ $($field:tt)* } $(, $($rest:tt)*)?) => {{ $crate::event!($($field)*); $crate::event!($($($rest)*)?); }};
    (% $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    (? $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    ($($key:ident).+ = % $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    ($($key:ident).+ = ? $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    ($($key:ident).+ = $value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
    ($($key:ident).+ ; $($rest:tt)*) => { $crate::event!($($rest)*) };
    ($value:expr $(, $($rest:tt)*)?) => {{ let _ = &$value; $crate::event!($($($rest)*)?); }};
}

#[macro_export]
macro_rules! span {
    ($($arg:tt)*) => {{ $crate::event!($($arg)*); $crate::Span::none() }};
}

#[macro_export]
macro_rules! enabled {
    ($($arg:tt)*) => { true };
}

#[macro_export]
macro_rules! log_enabled {
    ($($arg:tt)*) => { true };
}

#[macro_export]
macro_rules! log {
    ($($arg:tt)*) => { $crate::event!($($arg)*) };
}

#[macro_export]
macro_rules! trace {
    ($($arg:tt)*) => { $crate::event!($($arg)*) };
}

#[macro_export]
macro_rules! debug {
    ($($arg:tt)*) => { $crate::event!($($arg)*) };
}

#[macro_export]
macro_rules! info {
    ($($arg:tt)*) => { $crate::event!($($arg)*) };
}

#[macro_export]
macro_rules! warn {
    ($($arg:tt)*) => { $crate::event!($($arg)*) };
}

#[macro_export]
macro_rules! error {
    ($($arg:tt)*) => { $crate::event!($($arg)*) };
}

#[macro_export]
macro_rules! trace_span {
    ($($arg:tt)*) => { $crate::span!($($arg)*) };
}

#[macro_export]
macro_rules! debug_span {
    ($($arg:tt)*) => { $crate::span!($($arg)*) };
}

#[macro_export]
macro_rules! info_span {
    ($($arg:tt)*) => { $crate::span!($($arg)*) };
}

#[macro_export]
macro_rules! warn_span {
    ($($arg:tt)*) => { $crate::span!($($arg)*) };
}

#[macro_export]
macro_rules! error_span {
    ($($arg:tt)*) => { $crate::span!($($arg)*) };
}
