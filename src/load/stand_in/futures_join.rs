// Instead of the file in which `futures` declares `join!` and `try_join!`, which are procedural macros: a tuple of what the futures give.

#[macro_export]
macro_rules! join {
    ($($future:expr),* $(,)?) => { ( $( $future.await, )* ) };
}

#[macro_export]
macro_rules! try_join {
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
