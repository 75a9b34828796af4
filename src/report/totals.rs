//! How many units of work there are of each bucket on each primitive.

use std::collections::BTreeMap;

use retask_engine::bucket::{Bucket, Primitive};
use retask_engine::finding::Unit;
use retask_engine::table::PRIMITIVES;
use serde::Serialize;

/// The units of one bucket on one primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Total {
    /// `None` where the answers do not decide it.
    pub bucket: Option<Bucket>,
    pub primitive: Primitive,
    pub units: usize,
    /// Those of them that break a rule.
    pub misplaced: usize,
}

/// The totals that are not zero, by bucket, those of unknown bucket last, and by primitive.
pub fn totals(units: &[Unit]) -> Vec<Total> {
    let mut counts: BTreeMap<(bool, Option<Bucket>, Primitive), (usize, usize)> = BTreeMap::new();
    for unit in units {
        let key = (unit.bucket.is_none(), unit.bucket, unit.primitive);
        let (all, misplaced) = counts.entry(key).or_default();
        *all += 1;
        *misplaced += usize::from(unit.rule.is_some());
    }
    let total = |((_, bucket, primitive), (units, misplaced))| Total { bucket, primitive, units, misplaced };
    counts.into_iter().map(total).collect()
}

/// The totals as rows: a head, a row for each bucket that occurs, and their sum.
pub fn rows(totals: &[Total]) -> Vec<Vec<String>> {
    let primitives: Vec<Primitive> =
        PRIMITIVES.into_iter().filter(|it| totals.iter().any(|total| total.primitive == *it)).collect();
    let mut buckets: Vec<Option<Bucket>> = totals.iter().map(|it| it.bucket).collect();
    buckets.dedup();
    let row = |name: String, of: &dyn Fn(&Total) -> bool| {
        let sum = |on: &dyn Fn(&Total) -> bool| -> String {
            totals.iter().filter(|it| of(it) && on(it)).map(|it| it.units).sum::<usize>().to_string()
        };
        let misplaced: usize = totals.iter().filter(|it| of(it)).map(|it| it.misplaced).sum();
        let each = primitives.iter().map(|primitive| sum(&|it| it.primitive == *primitive));
        std::iter::once(name).chain(each).chain([sum(&|_| true), misplaced.to_string()]).collect()
    };
    let names = primitives.iter().map(|it| it.name().to_owned());
    let ends = ["all", "misplaced"].map(str::to_owned);
    let head = std::iter::once("bucket".to_owned()).chain(names).chain(ends).collect();
    let mut rows = vec![head];
    rows.extend(buckets.into_iter().map(|bucket| row(name(bucket), &|it| it.bucket == bucket)));
    rows.push(row("all".to_owned(), &|_| true));
    rows
}

/// A bucket with its number.
pub fn name(bucket: Option<Bucket>) -> String {
    bucket.map_or("not known".to_owned(), |it| format!("{} {}", it.number(), it.name()))
}
