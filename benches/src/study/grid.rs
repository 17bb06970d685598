//! A grid: cases (a variant at a setting) × learning rates on one seed, then cases × seeds.
//!
//! Every case is tried with the same learning rates on a seed that judges nothing; the rate that did best there is
//! used with the seeds that judge. So no variant is searched harder than another, and no number that is judged
//! has chosen a setting.

use std::{cmp::Ordering, fmt};

use super::parallel::{Reporter, side_by_side};
use report::statistics::{Summary, by_size};

use crate::session::Session;

/// What an experiment trains. What is common to all grids is in [`measure`].
pub trait Study: Sync {
    /// A variant at a setting.
    type Case: Clone + Send + Sync;
    /// What is known after a training.
    type Outcome: Send;
    /// Tried with every case.
    const LEARNING_RATES: &'static [f64];

    /// The most steps of a training that judges.
    fn steps(&self, case: &Self::Case) -> u64;

    /// The most steps of a training that only compares learning rates.
    fn search_steps(&self, case: &Self::Case) -> u64 {
        self.steps(case)
    }

    /// A training with one of the learning rates. One that fails has lost.
    ///
    /// # Errors
    /// If the training fails.
    fn search(&self, trial: &Trial<Self::Case>, reporter: &Reporter) -> anyhow::Result<Score>;

    /// A training that judges. The trial decides every bit of it.
    ///
    /// # Errors
    /// If the training fails.
    fn train(&self, trial: &Trial<Self::Case>, reporter: &Reporter) -> anyhow::Result<Self::Outcome>;
}

/// One training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial<C> {
    /// What is trained.
    pub case: C,
    /// The highest.
    pub learning_rate: f64,
    /// Of the first parameters and of all examples.
    pub seed: u64,
    /// At most.
    pub steps: u64,
}

/// What a search makes as small as it can: the first number and, where that is the same, the second. What is not a
/// number is larger than all numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score(pub f64, pub f64);

impl Score {
    /// The better one comes first.
    pub fn order(&self, other: &Self) -> Ordering {
        by_size(&self.0, &other.0).then(by_size(&self.1, &other.1))
    }
}

/// A case with the learning rate that its search has chosen.
#[derive(Clone, Debug)]
pub struct Chosen<C> {
    /// What was searched.
    pub case: C,
    /// What did best.
    pub learning_rate: f64,
    /// How well it did.
    pub score: Score,
}

/// A case, judged.
#[derive(Clone, Debug)]
pub struct Cell<C, O> {
    /// What was trained.
    pub case: C,
    /// What its search has chosen.
    pub learning_rate: f64,
    /// How well that did in the search.
    pub score: Score,
    /// One for each seed of the session, in their order.
    pub outcomes: Vec<O>,
}

impl<C, O> Cell<C, O> {
    /// A number of every seed.
    pub fn each(&self, value: impl Fn(&O) -> f64) -> Vec<f64> {
        self.outcomes.iter().map(value).collect()
    }

    /// Its mean.
    pub fn mean(&self, value: impl Fn(&O) -> f64) -> Summary {
        Summary::of(&self.each(value))
    }

    /// Its mean, where it is a share.
    pub fn share(&self, value: impl Fn(&O) -> f64) -> Summary {
        Summary::of_shares(&self.each(value))
    }

    /// Its geometric mean.
    pub fn magnitude(&self, value: impl Fn(&O) -> f64) -> Summary {
        Summary::of_magnitudes(&self.each(value))
    }
}

/// The cell of a case.
///
/// # Panics
/// If it was not measured.
#[track_caller]
pub fn find<'c, C: PartialEq + fmt::Debug, O>(cells: &'c [Cell<C, O>], case: &C) -> &'c Cell<C, O> {
    match cells.iter().find(|cell| cell.case == *case) {
        Some(cell) => cell,
        None => panic!("{case:?} was not measured"),
    }
}

/// Searches the learning rate of each case, then trains it with every seed of the session.
///
/// # Errors
/// If all learning rates of a case fail, or a training that judges does.
pub fn measure<S: Study>(
    session: &Session,
    name: &str,
    study: &S,
    cases: &[S::Case],
) -> anyhow::Result<Vec<Cell<S::Case, S::Outcome>>> {
    repeat(session, name, study, search(session, name, study, cases)?)
}

/// The learning rate of each case that does best on the seed of the search, the first of them if several do.
///
/// # Errors
/// If all learning rates of a case fail.
pub fn search<S: Study>(
    session: &Session,
    name: &str,
    study: &S,
    cases: &[S::Case],
) -> anyhow::Result<Vec<Chosen<S::Case>>> {
    let seed = session.search_seed();
    let with_rates = |case: &S::Case| {
        let (case, steps) = (case.clone(), study.search_steps(case));
        S::LEARNING_RATES.iter().map(move |&learning_rate| Trial { case: case.clone(), learning_rate, seed, steps })
    };
    let trials: Vec<Trial<S::Case>> = cases.iter().flat_map(with_rates).collect();
    let name = format!("{name}: learning rates");
    let mut scores =
        side_by_side(session, &name, &trials, |trial| trial.steps, |trial, reporter| study.search(trial, reporter))
            .into_iter();
    let choose = |trials: &[Trial<S::Case>]| {
        let mut best: anyhow::Result<Chosen<S::Case>> = Err(anyhow::anyhow!("there is no learning rate to try"));
        for (trial, score) in trials.iter().zip(scores.by_ref()) {
            let ahead = |score: &Score| best.as_ref().map_or(true, |best| score.order(&best.score).is_lt());
            match score {
                Ok(score) if ahead(&score) => {
                    best = Ok(Chosen { case: trial.case.clone(), learning_rate: trial.learning_rate, score });
                }
                Err(error) if best.is_err() => best = Err(error),
                _ => {}
            }
        }
        best
    };
    trials.chunks(S::LEARNING_RATES.len()).map(choose).collect()
}

/// Trains what was chosen with every seed of the session.
///
/// # Errors
/// The first training that failed.
pub fn repeat<S: Study>(
    session: &Session,
    name: &str,
    study: &S,
    chosen: Vec<Chosen<S::Case>>,
) -> anyhow::Result<Vec<Cell<S::Case, S::Outcome>>> {
    let with_seeds = |Chosen { case, learning_rate, .. }: &Chosen<S::Case>| {
        let (case, learning_rate, steps) = (case.clone(), *learning_rate, study.steps(case));
        session.seeds.iter().map(move |&seed| Trial { case: case.clone(), learning_rate, seed, steps })
    };
    let trials: Vec<Trial<S::Case>> = chosen.iter().flat_map(with_seeds).collect();
    let mut outcomes =
        side_by_side(session, name, &trials, |trial| trial.steps, |trial, reporter| study.train(trial, reporter))
            .into_iter();
    let cell = |Chosen { case, learning_rate, score }| {
        let outcomes = outcomes.by_ref().take(session.seeds.len()).collect::<anyhow::Result<_>>()?;
        Ok(Cell { case, learning_rate, score, outcomes })
    };
    chosen.into_iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;
    use report::progress::Progress;

    /// Scores are made up; an outcome tells its trial.
    struct Made<F>(F);

    impl<F: Fn(&Trial<char>) -> anyhow::Result<Score> + Sync> Study for Made<F> {
        type Case = char;
        type Outcome = Trial<char>;
        const LEARNING_RATES: &'static [f64] = &[0.1, 0.2, 0.3];
        fn steps(&self, _: &char) -> u64 {
            8
        }
        fn search_steps(&self, _: &char) -> u64 {
            2
        }
        fn search(&self, trial: &Trial<char>, _: &Reporter) -> anyhow::Result<Score> {
            self.0(trial)
        }
        fn train(&self, trial: &Trial<char>, _: &Reporter) -> anyhow::Result<Trial<char>> {
            Ok(*trial)
        }
    }

    fn session() -> Session {
        Session::new(Budget::Quick, vec![5, 7], data::corpus::book(), Progress::Quiet)
    }

    fn rates(score: impl Fn(&Trial<char>) -> anyhow::Result<Score> + Sync) -> anyhow::Result<Vec<f64>> {
        Ok(search(&session(), "made", &Made(score), &['a', 'b'])?.iter().map(|chosen| chosen.learning_rate).collect())
    }

    #[test]
    fn step_01_each_case_is_judged_with_its_own_best_rate_on_seeds_that_searched_nothing() {
        let score = |trial: &Trial<char>| {
            assert_eq!((trial.seed, trial.steps), (8, 2));
            let wanted = if trial.case == 'a' { 0.3 } else { 0.1 };
            Ok(Score((trial.learning_rate - wanted).abs(), 0.0))
        };
        let cells = measure(&session(), "made", &Made(score), &['a', 'b']).unwrap();
        let judged = |case, learning_rate| [5, 7].map(|seed| Trial { case, learning_rate, seed, steps: 8 });
        assert_eq!(cells[0].outcomes, judged('a', 0.3));
        assert_eq!(cells[1].outcomes, judged('b', 0.1));
    }

    #[test]
    fn step_02_the_second_number_decides_between_equals_and_the_first_rate_between_the_same() {
        assert_eq!(rates(|trial| Ok(Score(1.0, -trial.learning_rate))).unwrap(), [0.3, 0.3]);
        assert_eq!(rates(|_| Ok(Score(1.0, 2.0))).unwrap(), [0.1, 0.1]);
    }

    #[test]
    fn step_03_what_is_not_a_number_and_what_fails_has_lost() {
        let nan = rates(|trial| Ok(Score(if trial.learning_rate < 0.25 { f64::NAN } else { 9.0 }, 0.0)));
        assert_eq!(nan.unwrap(), [0.3, 0.3]);
        assert!(Score(-f64::NAN, 0.0).order(&Score(f64::INFINITY, 0.0)).is_gt());
        let failing = |trial: &Trial<char>| {
            anyhow::ensure!(trial.learning_rate > 0.15, "diverged");
            Ok(Score(trial.learning_rate, 0.0))
        };
        assert_eq!(rates(failing).unwrap(), [0.2, 0.2]);
        assert_eq!(rates(|_| anyhow::bail!("diverged")).unwrap_err().to_string(), "diverged");
    }
}
