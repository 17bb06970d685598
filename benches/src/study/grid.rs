//! A grid: cases (a variant at a setting) × learning rates on one seed, then cases × seeds.
//!
//! Every case is tried with the same learning rates on a seed that judges nothing, and where the best of them is the
//! smallest or the largest, with further ones beyond it; the rate that did best is used with the seeds that judge. So
//! all variants are searched by one rule, and no number that is judged has chosen a setting.

use std::{
    cmp::Ordering,
    fmt::{self, Debug},
};

use report::{
    format,
    statistics::{Summary, by_size},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::parallel::{Reporter, Work, side_by_side};

use crate::session::Session;

/// What an experiment trains. What is common to all grids is in [`measure`].
pub trait Study: Sync {
    /// A variant at a setting.
    type Case: Clone + Debug + Send + Sync;
    /// What is known after a training.
    type Outcome: Serialize + DeserializeOwned + Send;
    /// Tried with every case, the smallest first.
    const LEARNING_RATES: &'static [f64];

    /// The most steps of a training that judges.
    fn steps(&self, case: &Self::Case) -> u64;

    /// The most steps of a training that only compares learning rates.
    fn search_steps(&self, case: &Self::Case) -> u64 {
        self.steps(case)
    }

    /// How long a step takes, in any unit that all cases share.
    fn cost(&self, _: &Self::Case) -> f64 {
        1.0
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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

/// The learning rates of a case that were tried, the smallest first, and how well they did.
type Tried = Vec<(f64, anyhow::Result<Score>)>;

/// So many learning rates are tried at most beyond [`Study::LEARNING_RATES`].
const FURTHER: usize = 3;

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
    let name = format!("{name}: learning rates");
    let seed = session.search_seed();
    let work = |steps, case: &S::Case| Work { steps, cost: study.cost(case) };
    let ahead = |case| {
        let searched = S::LEARNING_RATES.len() as f64 * work(study.search_steps(case), case).whole();
        searched + session.seeds.len() as f64 * work(study.steps(case), case).whole()
    };
    session.clock.borrow_mut().expect(cases.iter().map(ahead).sum());

    let mut tried: Vec<Tried> = cases.iter().map(|_| Vec::new()).collect();
    let mut rates: Vec<(usize, f64)> =
        (0..cases.len()).flat_map(|case| S::LEARNING_RATES.iter().map(move |rate| (case, *rate))).collect();
    while !rates.is_empty() {
        let trial = |&(case, learning_rate): &(usize, f64)| {
            let (case, steps) = (cases[case].clone(), study.search_steps(&cases[case]));
            Trial { case, learning_rate, seed, steps }
        };
        let trials: Vec<Trial<S::Case>> = rates.iter().map(trial).collect();
        let work = |trial: &Trial<S::Case>| work(trial.steps, &trial.case);
        let scores = side_by_side(session, &name, &trials, work, |trial, reporter| study.search(trial, reporter));
        for ((case, rate), score) in rates.drain(..).zip(scores) {
            tried[case].push((rate, score));
            tried[case].sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let beyond = tried.iter().enumerate().filter_map(|(case, tried)| Some((case, beyond_edge(tried)?)));
        let most = S::LEARNING_RATES.len() + FURTHER;
        rates.extend(beyond.filter(|(case, _)| tried[*case].len() < most));
    }
    let at_edge = tried.iter().filter(|tried| beyond_edge(tried).is_some()).count();
    if at_edge > 0 {
        session.remark(format!(
            "Of {} for a learning rate {at_edge} ended at the smallest or largest that was tried: a better one may lie \
             beyond.",
            format::counted(cases.len(), "search")
        ));
    }
    let choose = |(case, tried): (&S::Case, Tried)| {
        let best = best(&tried);
        match tried.into_iter().nth(best).ok_or_else(|| anyhow::anyhow!("there is no learning rate to try"))? {
            (learning_rate, Ok(score)) => Ok(Chosen { case: case.clone(), learning_rate, score }),
            (_, Err(error)) => Err(error),
        }
    };
    cases.iter().zip(tried).map(choose).collect()
}

/// The place of the learning rate that did best, the first of them if several did; 0 if all failed.
fn best(tried: &Tried) -> usize {
    let scores = tried.iter().enumerate().filter_map(|(i, (_, score))| Some((i, score.as_ref().ok()?)));
    scores.min_by(|(_, a), (_, b)| a.order(b)).map_or(0, |(i, _)| i)
}

/// The next learning rate beyond the best, if that is the smallest or the largest and better than its neighbour: as many
/// times as large or as small as its neighbour is.
fn beyond_edge(tried: &Tried) -> Option<f64> {
    let best = best(tried);
    let neighbour = if best == 0 { 1 } else { best - 1 };
    if tried.len() < 2 || 0 < best && best + 1 < tried.len() {
        return None;
    }
    let [(edge, score), (inside, other)] = [&tried[best], &tried[neighbour]];
    let score = score.as_ref().ok()?;
    let better = other.as_ref().map_or(true, |other| score.order(other).is_lt());
    better.then_some(edge * edge / inside)
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
    let work = |trial: &Trial<S::Case>| Work { steps: trial.steps, cost: study.cost(&trial.case) };
    let mut outcomes =
        side_by_side(session, name, &trials, work, |trial, reporter| study.train(trial, reporter)).into_iter();
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
            let wanted = if trial.case == 'a' { 0.2 } else { 0.05 };
            Ok(Score((trial.learning_rate - wanted).abs(), 0.0))
        };
        let cells = measure(&session(), "made", &Made(score), &['a', 'b']).unwrap();
        let judged = |case, learning_rate| [5, 7].map(|seed| Trial { case, learning_rate, seed, steps: 8 });
        assert_eq!(cells[0].outcomes, judged('a', 0.2));
        assert_eq!(cells[1].outcomes, judged('b', 0.1 * 0.1 / 0.2));
    }

    #[test]
    fn step_02_the_second_number_decides_between_equals_and_the_first_rate_between_the_same() {
        let second = |trial: &Trial<char>| Ok(Score(1.0, (trial.learning_rate - 0.2).abs()));
        assert_eq!(rates(second).unwrap(), [0.2, 0.2]);
        assert_eq!(rates(|_| Ok(Score(1.0, 2.0))).unwrap(), [0.1, 0.1]);
    }

    #[test]
    fn step_03_what_is_not_a_number_and_what_fails_has_lost() {
        let nan = rates(|trial| Ok(Score(if trial.learning_rate == 0.2 { 9.0 } else { f64::NAN }, 0.0)));
        assert_eq!(nan.unwrap(), [0.2, 0.2]);
        assert!(Score(-f64::NAN, 0.0).order(&Score(f64::INFINITY, 0.0)).is_gt());
        let failing = |trial: &Trial<char>| {
            anyhow::ensure!(trial.learning_rate > 0.15, "diverged");
            Ok(Score(trial.learning_rate, 0.0))
        };
        assert_eq!(rates(failing).unwrap(), [0.2, 0.2]);
        assert_eq!(rates(|_| anyhow::bail!("diverged")).unwrap_err().to_string(), "diverged");
    }

    #[test]
    fn step_04_the_search_goes_on_beyond_an_edge_and_says_where_it_ends() {
        let distance = |wanted: f64| {
            move |trial: &Trial<char>| {
                let wanted = if trial.case == 'a' { 0.2 } else { wanted };
                Ok(Score((trial.learning_rate / wanted).ln().abs(), 0.0))
            }
        };
        // 0.1 / 2 and its half; 0.3 × 3 / 2 and so on.
        for (wanted, found, remarks) in [(0.05, 0.05, 0), (0.44, 0.45, 0), (1e9, 0.3 * 1.5f64.powi(3), 1)] {
            let session = session();
            let chosen = search(&session, "made", &Made(distance(wanted)), &['a', 'b']).unwrap();
            assert_eq!(chosen[0].learning_rate, 0.2);
            assert!((chosen[1].learning_rate / found - 1.0).abs() < 1e-9, "{wanted}: {}", chosen[1].learning_rate);
            assert_eq!(session.take_remarks().len(), remarks, "{wanted}");
        }
    }
}
