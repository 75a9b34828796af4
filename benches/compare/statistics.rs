//! What several runs of a program say together.

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Seconds from the start to the end.
    pub wall: f64,
    /// Seconds of the processor, in user and system mode; nothing for a part of a run.
    pub cpu: Option<f64>,
    /// Bytes of the largest process; nothing for a part of a run.
    pub memory: Option<f64>,
}

/// The middle of some values, and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Spread {
    /// Nothing where there is no value.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        // Of an even number of values, the middle is between two.
        let middle = [values[(values.len() - 1) / 2], values[values.len() / 2]];
        Some(Spread { median: (middle[0] + middle[1]) / 2.0, min, max })
    }

    /// The ratio of the medians. Its ends are the ratios of the ends: no pair of runs lies outside.
    pub fn over(&self, other: &Spread) -> Spread {
        Spread { median: self.median / other.median, min: self.min / other.max, max: self.max / other.min }
    }
}

/// A quantity of samples, with its name.
pub type Quantity = (&'static str, fn(&Sample) -> Option<f64>);

pub const QUANTITIES: [Quantity; 3] =
    [("wall time", |it| Some(it.wall)), ("CPU time", |it| it.cpu), ("peak memory", |it| it.memory)];
