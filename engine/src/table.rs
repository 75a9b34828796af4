//! The decision table: which bucket on which primitive is wrong, and which rules own each mismatch.

use crate::bucket::Bucket::{self, AsyncIo, BoundedBlocking, EndlessLoop, HeavyCpu, ShortCpu};
use crate::bucket::Primitive::{self, Async, BlockInPlace, Rayon, Spawn, SpawnBlocking, Thread};

/// What a bucket on a primitive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The work is where it belongs, or does no harm there.
    Fits,
    /// The work is there by sync calls, which belong to these rules; written with `.await` it fits.
    IfAwaited(&'static [&'static str]),
    /// The work belongs elsewhere.
    Breaks(&'static [&'static str]),
}

impl Verdict {
    /// The verdict in words, with its rules.
    pub fn words(self) -> String {
        let list = |rules: &[&str]| rules.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
        match self {
            Verdict::Fits => "fits".to_owned(),
            Verdict::IfAwaited(rules) => format!("fits where it is awaited; sync calls are {}", list(rules)),
            Verdict::Breaks(rules) => format!("breaks {}", list(rules)),
        }
    }

    /// The rules that own the mismatch.
    pub fn rules(self) -> &'static [&'static str] {
        match self {
            Verdict::Fits => &[],
            Verdict::IfAwaited(rules) | Verdict::Breaks(rules) => rules,
        }
    }
}

use Verdict::{Breaks, Fits, IfAwaited};

const SYNC_CALLS: &[&str] =
    &["blocking-sleep", "blocking-http", "blocking-io", "blocking-wait", "blocking-db", "nested-block-on"];
const BLOCKING: &[&str] =
    &["blocking-http", "blocking-io", "blocking-wait", "blocking-db", "nested-block-on", "heavy-cpu"];
const LOOP: &[&str] = &["endless-loop"];
const OFFLOAD: &[&str] = &["needless-offload"];
const CPU: &[&str] = &["heavy-cpu"];
const FANOUT: &[&str] = &["cpu-fanout"];

/// The primitives, in the order of the columns.
pub const PRIMITIVES: [Primitive; 6] = [Async, Spawn, SpawnBlocking, BlockInPlace, Thread, Rayon];

/// The table: a row for each bucket, a column for each primitive.
#[rustfmt::skip]
pub const TABLE: [(Bucket, [Verdict; 6]); 5] = [
    //                 async                  spawn                  spawn_blocking   block_in_place   thread  rayon
    (AsyncIo,         [IfAwaited(SYNC_CALLS), IfAwaited(SYNC_CALLS), Breaks(OFFLOAD), Breaks(OFFLOAD), Fits,   Fits]),
    (ShortCpu,        [Fits,                  Fits,                  Breaks(OFFLOAD), Breaks(OFFLOAD), Fits,   Fits]),
    (BoundedBlocking, [Breaks(BLOCKING),      Breaks(BLOCKING),      Fits,            Fits,            Fits,   Fits]),
    (EndlessLoop,     [Breaks(LOOP),          Breaks(LOOP),          Breaks(LOOP),    Breaks(LOOP),    Fits,   Breaks(LOOP)]),
    (HeavyCpu,        [Breaks(CPU),           Breaks(CPU),           Breaks(FANOUT),  Breaks(CPU),     Fits,   Fits]),
];

/// The row of a bucket.
pub fn row(bucket: Bucket) -> impl Iterator<Item = (Primitive, Verdict)> {
    let verdicts = TABLE.iter().find(|(it, _)| *it == bucket).map_or([Fits; 6], |(_, row)| *row);
    PRIMITIVES.into_iter().zip(verdicts)
}

/// The cell of a bucket and a primitive.
pub fn verdict(bucket: Bucket, primitive: Primitive) -> Verdict {
    row(bucket).find(|(it, _)| *it == primitive).map_or(Fits, |(_, verdict)| verdict)
}

/// The answers that decide a bucket, in words.
pub fn decided_by(bucket: Bucket) -> &'static str {
    match bucket {
        AsyncIo => "It waits for something outside the processor, and an async API for that exists.",
        ShortCpu => "It computes, and its size is bounded and small.",
        BoundedBlocking => "It waits or computes without an async API, and it ends.",
        EndlessLoop => "It never ends, and it blocks while it waits.",
        HeavyCpu => "It computes, and its size grows with the input.",
    }
}

#[cfg(test)]
mod tests {
    use super::{PRIMITIVES, TABLE, Verdict, verdict};
    use crate::bucket::{Bucket, Primitive};

    #[test]
    fn the_rows_are_the_buckets_in_order() {
        assert!(TABLE.iter().map(|(it, _)| *it).eq(Bucket::ALL));
    }

    #[test]
    fn every_bucket_fits_where_it_belongs() {
        let home = [
            (Bucket::ShortCpu, Primitive::Async),
            (Bucket::BoundedBlocking, Primitive::SpawnBlocking),
            (Bucket::EndlessLoop, Primitive::Thread),
            (Bucket::HeavyCpu, Primitive::Rayon),
        ];
        for (bucket, primitive) in home {
            assert_eq!(verdict(bucket, primitive), Verdict::Fits);
        }
        assert!(
            PRIMITIVES
                .iter()
                .all(|it| *it == Primitive::Thread || verdict(Bucket::EndlessLoop, *it) != Verdict::Fits)
        );
    }
}
