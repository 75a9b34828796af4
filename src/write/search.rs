//! Which rewrites the compiler does not take: found with few runs of it.
//!
//! Errors that point into a rewrite name it at once. For others the rewrites are halved: those that compile together are good, and one bad
//! one is found in as many runs as the logarithm of their number.

use std::collections::BTreeSet;

use crate::patch::Choice;

pub type Groups = BTreeSet<String>;

/// What came of one try.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The rewrites that were compiled.
    pub groups: Groups,
    pub blamed: Option<Blamed>,
}

/// Something got worse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blamed {
    /// Errors point into these.
    pub certain: Groups,
    /// Errors are near these.
    pub near: Groups,
}

/// Writes some rewrites and compiles them.
pub trait Try {
    type Stop;
    fn run(&mut self, choice: &Choice<'_>) -> Result<Answer, Self::Stop>;
}

/// More runs than a search needs by any chance; what is not shown to be good by then is taken back.
const MOST_RUNS: usize = 40;

/// Finds the bad ones. All others are written and compiled when it returns.
pub fn search<T: Try>(tries: &mut T) -> Result<Groups, T::Stop> {
    let mut search = Search { tries, runs: 0, good: Groups::new(), bad: Groups::new() };
    loop {
        let answer = search.run(&Choice::Without(&search.bad.clone()))?;
        let Some(blamed) = answer.blamed else { return Ok(search.bad) };
        if answer.groups.is_empty() {
            // Nothing is written: the errors are not ours.
            return Ok(search.bad);
        }
        if search.runs >= MOST_RUNS {
            search.bad.extend(answer.groups.difference(&search.good).cloned());
            if answer.groups.is_subset(&search.good) {
                search.bad.extend(answer.groups);
            }
        } else if blamed.certain.is_empty() {
            search.one(&answer.groups, &blamed.near)?;
        } else {
            search.bad.extend(blamed.certain);
        }
    }
}

struct Search<'t, T> {
    tries: &'t mut T,
    runs: usize,
    /// They compile together.
    good: Groups,
    bad: Groups,
}

impl<T: Try> Search<'_, T> {
    fn run(&mut self, choice: &Choice<'_>) -> Result<Answer, T::Stop> {
        self.runs += 1;
        self.tries.run(choice)
    }

    /// Finds one bad rewrite among some that fail together; those near the errors are suspected first.
    fn one(&mut self, all: &Groups, near: &Groups) -> Result<(), T::Stop> {
        if all.is_subset(&self.good) {
            // What was good before is not with others.
            self.good.clear();
        }
        let open = |it: &&String| !self.good.contains(*it);
        let (near, far): (Vec<&String>, Vec<&String>) =
            all.iter().filter(open).partition(|it| near.contains(*it));
        let mut cut = far.len();
        let mut suspects: Vec<String> = far.into_iter().chain(near).cloned().collect();
        while suspects.len() > 1 {
            if cut == 0 || cut == suspects.len() {
                cut = suspects.len() / 2;
            }
            let tried: Groups = self.good.iter().chain(&suspects[..cut]).cloned().collect();
            match self.run(&Choice::Only(&tried))?.blamed {
                None => {
                    self.good = tried;
                    suspects.drain(..cut);
                }
                Some(blamed) if blamed.certain.is_empty() => suspects.truncate(cut),
                Some(blamed) => {
                    self.bad.extend(blamed.certain);
                    return Ok(());
                }
            }
            cut = 0;
        }
        self.bad.extend(suspects);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Blamed, Groups, Try, search};
    use crate::patch::Choice;

    /// A compiler that does not take some rewrites.
    struct Fake {
        all: Groups,
        bad: Groups,
        points: bool,
        near: Groups,
        runs: usize,
        written: Groups,
    }

    impl Try for Fake {
        type Stop = ();

        fn run(&mut self, choice: &Choice<'_>) -> Result<Answer, ()> {
            self.runs += 1;
            self.written = self.all.iter().filter(|it| choice.takes(it)).cloned().collect();
            let found: Groups = self.written.intersection(&self.bad).cloned().collect();
            let blamed = (!found.is_empty()).then(|| Blamed {
                certain: if self.points { found } else { Groups::new() },
                near: self.near.clone(),
            });
            Ok(Answer { groups: self.written.clone(), blamed })
        }
    }

    fn numbers(numbers: impl IntoIterator<Item = usize>) -> Groups {
        numbers.into_iter().map(|it| format!("{it:03}")).collect()
    }

    #[track_caller]
    fn check(bad: impl IntoIterator<Item = usize>, points: bool, near: Groups, most: usize) {
        let bad = numbers(bad);
        let mut fake =
            Fake { all: numbers(0..200), bad: bad.clone(), points, near, runs: 0, written: Groups::new() };
        assert_eq!(search(&mut fake), Ok(bad.clone()));
        assert_eq!(fake.written, &fake.all - &bad, "the good ones are written in the end");
        assert!(fake.runs <= most, "{} runs", fake.runs);
    }

    #[test]
    fn nothing_bad_is_one_run() {
        check([], true, Groups::new(), 1);
    }

    #[test]
    fn errors_that_point_into_rewrites_cost_one_run_more() {
        check([77], true, Groups::new(), 2);
        check((0..10).map(|it| it * 17), true, Groups::new(), 2);
    }

    #[test]
    fn an_error_that_points_nowhere_costs_the_logarithm() {
        for bad in [0, 1, 99, 100, 199] {
            check([bad], false, Groups::new(), 10);
        }
        check([3, 150], false, Groups::new(), 20);
    }

    #[test]
    fn what_is_near_is_suspected_first() {
        check([77], false, numbers([76, 77, 78]), 5);
        check([77], false, numbers([1, 2]), 12);
    }

    #[test]
    fn rewrites_that_are_bad_only_together_end_too() {
        check(0..200, false, Groups::new(), 50);
    }
}
