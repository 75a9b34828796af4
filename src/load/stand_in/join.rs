// Instead of the files in which Tokio and `futures` declare `join!`: a tuple of what the futures give. Tokio's polls them in a loop that
// takes long to infer, that of `futures` is a procedural macro.

#[macro_export]
macro_rules! join {
    (biased; $($future:expr),* $(,)?) => { ( $( $future.await, )* ) };
    ($($future:expr),* $(,)?) => { ( $( $future.await, )* ) };
}
