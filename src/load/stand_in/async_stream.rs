//! Stands in for `async-stream`, whose macros are procedural: an async block with the statements as they are written, which runs where the
//! stream is polled.

use core::future::Future;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll};

use futures_core::stream::{FusedStream, Stream};

pub struct AsyncStream<T, U> {
    given: PhantomData<T>,
    generator: U,
}

impl<T, U> Stream for AsyncStream<T, U> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        loop {}
    }
}

impl<T, U> FusedStream for AsyncStream<T, U> {
    fn is_terminated(&self) -> bool {
        loop {}
    }
}

#[doc(hidden)]
pub mod __private {
    use super::{AsyncStream, Future};

    pub fn stream<T, U: Future>(work: U) -> AsyncStream<T, U> {
        loop {}
    }

    pub fn try_stream<T, E, U: Future<Output = Result<(), E>>>(work: U) -> AsyncStream<Result<T, E>, U> {
        loop {}
    }
}

#[macro_export]
macro_rules! stream {
    ($($statement:tt)*) => { $crate::__private::stream(async move { $($statement)* }) };
}

#[macro_export]
macro_rules! try_stream {
    ($($statement:tt)*) => {
        $crate::__private::try_stream(async move {
            { $($statement)* };
            ::core::result::Result::Ok(())
        })
    };
}
