/// Puts subjects into groups of a size that is even by their checksum.
pub fn group_subject<'a>(names: &[&'a str], groups: usize) -> Vec<Vec<&'a str>> {
    let mut all = vec![Vec::new(); groups.max(1)];
    for name in names {
        let place = crate::checksum(name.as_bytes()) as usize % all.len();
        all[place].push(*name);
    }
    all
}

/// Whether no two neighbours are further apart than they may be.
pub fn is_subject_even(values: &[i64]) -> bool {
    let gaps = values.windows(2).map(|pair| match pair {
        [before, after] => (after - before).unsigned_abs(),
        _ => 0,
    });
    gaps.max().is_none_or(|widest| widest <= NUMBER)
}

/// The longest run of values that rise.
pub fn longest_rise_of_subject(values: &[i64]) -> usize {
    let (mut longest, mut current) = (0, 0);
    let mut last = None;
    for value in values {
        current = if last.is_some_and(|it| it < value) { current + 1 } else { 1 };
        longest = longest.max(current);
        last = Some(value);
    }
    longest
}

