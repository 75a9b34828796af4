// Instead of the files in which Tokio and `futures` declare `try_join!`: a tuple of what the futures give, or the first error, as it is.

#[macro_export]
macro_rules! try_join {
    (biased; $($future:expr),* $(,)?) => { $crate::try_join!($($future),*) };
    ($($future:expr),* $(,)?) => {
        'joined: {
            ::core::result::Result::Ok(( $(
                match $future.await {
                    ::core::result::Result::Ok(value) => value,
                    ::core::result::Result::Err(error) => break 'joined ::core::result::Result::Err(error),
                },
            )* ))
        }
    };
}
