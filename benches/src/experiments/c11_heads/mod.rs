//! C11: several heads learn different relations.
//!
//! Every token is asked about two others, the one before it and its partner in colour. A head's weights sum to one, so one
//! head cannot look at both places with more than half of its weight in the mean; two heads can share the work. Whether they
//! do is measured by where they look and by what is lost without them.

pub mod encoder;
mod findings;
pub mod task;

use report::statistics::{Summary, by_size, range};

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    session::Session,
    study::parts::Part,
    verdict::{Verdict, exceeds},
};
use encoder::{Head, LEARNED, Opened, Quality, Trained, train};

const TEXT: &str = include_str!("text.md");

/// Looks at what each head is for, and takes heads away.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C11",
    text: TEXT,
    thresholds: &[("learned", LEARNED), ("one head", ONE_HEAD), ("lost", LOST), ("slower", SLOWER)],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [6, 6, 6], thread: [3, 3, 3] },
    run,
};

/// What one head can reach at most: its weights sum to one, and the mean is over two places.
const ONE_HEAD: f64 = 0.5;
/// How much more a head's own relation has to lose, as a part of the answers.
const LOST: f64 = 0.1;
/// How many times as many steps one head has to take.
const SLOWER: f64 = 1.5;

/// The number shown head by head.
pub const SHOWN: usize = 4;

fn run(session: &Session) -> anyhow::Result<Finding> {
    // The criterion is about the first two.
    let heads: &[usize] = session.budget.pick(&[1, 2, SHOWN], &[1, 2, SHOWN, 8], &[1, 2, SHOWN, 8]);
    let found = Found { trained: train(session, heads, session.budget.steps(1_200, 8_000, 30_000))? };
    Ok(findings::conclude(&found, session.budget))
}

/// What was measured.
pub struct Found {
    /// By the number of heads, then by seed.
    pub trained: Vec<Trained>,
}

/// The heads of the two relations in one encoder: two different ones, so chosen that together they look most at the places
/// asked for.
pub struct Shared<'t> {
    /// Of the whole encoder.
    pub quality: Quality,
    /// Of each relation.
    pub heads: [&'t Head; 2],
}

impl<'t> Shared<'t> {
    /// None if there are not two heads.
    fn of(opened: &'t Opened) -> Option<Self> {
        let all = opened.heads.iter().enumerate();
        let pairs = all.flat_map(|(i, first)| {
            let others = opened.heads.iter().enumerate().filter(move |(j, _)| *j != i);
            others.map(move |(_, second)| [first, second])
        });
        let heads = pairs.max_by(|a, b| by_size(&looked(*a), &looked(*b)))?;
        Some(Shared { quality: opened.quality, heads })
    }

    /// The mean weight of both on the places of their relations.
    pub fn looked(&self) -> f64 {
        looked(self.heads)
    }

    /// What each relation (column) loses without the head of each relation (row), as a part of its answers.
    pub fn losses(&self) -> [[f64; 2]; 2] {
        self.heads.map(|head| [0, 1].map(|r| self.quality.right[r] - head.without.right[r]))
    }

    /// How much more a relation loses than the other without its own head: the smaller of the two.
    pub fn own(&self) -> f64 {
        let [before, partner] = self.losses();
        range([before[0] - before[1], partner[1] - partner[0]])[0]
    }
}

/// The mean weight of two heads, each on the places of its relation.
fn looked([before, partner]: [&Head; 2]) -> f64 {
    0.5 * (before.weights[0] + partner.weights[1])
}

impl Found {
    fn parts(&self, budget: Budget) -> [Part; 3] {
        let shared = self.shared(|trained| &trained.then);
        let looked = Summary::of(&shared.iter().map(Shared::looked).collect::<Vec<_>>());
        let more = Summary::of(&shared.iter().map(|shared| shared.looked() - ONE_HEAD).collect::<Vec<_>>());
        let own = Summary::of(&shared.iter().map(Shared::own).collect::<Vec<_>>());
        let slower = self.slower();
        let logarithms: Vec<f64> = slower.iter().map(|times| times.ln()).collect();
        let learned = |heads| self.learned(heads);
        // A training that ends too early counts with all its steps, and is looked at where it ended.
        let judge = |verdict: Verdict, learned: bool| if learned { verdict } else { verdict.after_training(budget) };
        [
            Part {
                claim: "two heads look at different places",
                found: format!("{looked} of their weight in the mean"),
                needed: format!("more than {ONE_HEAD}"),
                verdict: judge(exceeds(&more, 0.0, budget), learned(2)),
            },
            Part {
                claim: "each relation depends on its own head",
                found: format!("{own} more of the answers lost than of the other"),
                needed: format!("more than {LOST}"),
                verdict: judge(exceeds(&own, LOST, budget), learned(2)),
            },
            Part {
                claim: "one head learns the two relations more slowly",
                found: format!("{}{} times the steps", least(learned(1)), Summary::of_magnitudes(&slower)),
                needed: format!("more than {SLOWER} times"),
                verdict: judge(exceeds(&Summary::of(&logarithms), SLOWER.ln(), budget), learned(1) && learned(2)),
            },
        ]
    }

    /// Whether all encoders with so many heads learned both relations.
    pub fn learned(&self, heads: usize) -> bool {
        self.with(heads).all(|trained| trained.learned.is_some())
    }

    /// How many times as many steps one head takes as two, by seed.
    fn slower(&self) -> Vec<f64> {
        let [one, two] = [1, 2].map(|heads| self.with(heads).map(|trained| trained.steps() as f64));
        one.zip(two).map(|(one, two)| one / two).collect()
    }

    /// The encoders with so many heads.
    pub fn with(&self, heads: usize) -> impl Iterator<Item = &Trained> {
        self.trained.iter().filter(move |trained| trained.trial.case == heads)
    }

    /// Of the encoders with two heads.
    pub fn shared(&self, at: fn(&Trained) -> &Opened) -> Vec<Shared<'_>> {
        self.with(2).filter_map(|trained| Shared::of(at(trained))).collect()
    }
}

/// What stands before a number of steps that counts trainings which ended too early with all their steps.
pub fn least(learned: bool) -> &'static str {
    if learned { "" } else { "at least " }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::grid::Trial;
    use crate::study::parts;

    /// The weights of two heads on the places of the relations, what each relation keeps without each head, and after how
    /// many steps one head and two have learned both, or that they never have.
    fn parts(weights: [[f64; 2]; 2], without: [[f64; 2]; 2], steps: [Option<u64>; 2]) -> [Part; 3] {
        let trained = |heads: usize, seed: u64| {
            let noise = 1e-3 * seed as f64;
            let head = |i: usize| Head {
                weights: weights[i].map(|weight| weight + noise),
                without: Quality { right: without[i].map(|right| right + noise), loss: 1.0 },
            };
            let opened =
                Opened { quality: Quality { right: [0.95; 2], loss: 1.0 }, heads: (0..heads).map(head).collect() };
            Trained {
                trial: Trial { case: heads, learning_rate: 1.0, seed, steps: 1_000 },
                parameters: 1,
                curve: Vec::new(),
                learned: steps[heads - 1].map(|steps| steps + seed),
                then: opened.clone(),
                end: opened,
            }
        };
        let trained = [1, 2].into_iter().flat_map(|heads| [1, 2, 3].map(|seed| trained(heads, seed)));
        Found { trained: trained.collect() }.parts(Budget::Quick)
    }

    const APART: [[f64; 2]; 2] = [[0.9, 0.05], [0.1, 0.8]];
    const OWN: [[f64; 2]; 2] = [[0.2, 0.9], [0.9, 0.3]];
    const SOONER: [Option<u64>; 2] = [Some(300), Some(100)];

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let judged = |weights, without, steps| parts::verdict(&parts(weights, without, steps));
        assert_eq!(judged(APART, OWN, SOONER), Verdict::Shown);
        // Which head takes which relation does not matter.
        assert_eq!(judged([APART[1], APART[0]], [OWN[1], OWN[0]], SOONER), Verdict::Shown);
        assert_eq!(judged([[0.5, 0.4], [0.5, 0.4]], OWN, SOONER), Verdict::NotShown);
        assert_eq!(judged(APART, [[0.2, 0.9], [0.3, 0.3]], SOONER), Verdict::NotShown);
        assert_eq!(judged(APART, [[0.5, 0.5], [0.9, 0.3]], SOONER), Verdict::NotShown);
        assert_eq!(judged(APART, OWN, [Some(100), Some(100)]), Verdict::NotShown);
        assert_eq!(judged(APART, OWN, [Some(100), Some(300)]), Verdict::NotShown);
    }

    #[test]
    fn what_is_not_a_number_shows_nothing() {
        let nan = [[f64::NAN, 0.05], [0.1, 0.8]];
        let [looked, own, _] = parts(nan, OWN, SOONER).map(|part| part.verdict);
        assert_eq!((looked, own), (Verdict::open(Budget::Quick), Verdict::Shown));
        let own = parts(APART, [[f64::NAN, 0.9], [0.9, 0.3]], SOONER).map(|part| part.verdict)[1];
        assert_eq!(own, Verdict::open(Budget::Quick));
    }

    #[test]
    fn a_training_that_ends_too_early_shows_or_leaves_open() {
        let judged = |steps| parts(APART, OWN, steps).map(|part| part.verdict);
        let open = Verdict::open(Budget::Quick);
        assert_eq!(judged([None, Some(100)]), [Verdict::Shown; 3]);
        assert_eq!(judged([None, Some(900)]), [Verdict::Shown, Verdict::Shown, open]);
        assert_eq!(parts([[0.5, 0.4]; 2], OWN, [None, None])[0].verdict, open);
    }
}
