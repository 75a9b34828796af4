// Instead of the file in which Tokio declares `join!`: a tuple of what the futures give. The original polls them in a loop that takes long
// to infer.

#[macro_export]
macro_rules! join {
    (biased; $($future:expr),* $(,)?) => { ( $( $future.await, )* ) };
    ($($future:expr),* $(,)?) => { ( $( $future.await, )* ) };
}
