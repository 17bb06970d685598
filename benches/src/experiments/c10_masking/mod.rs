//! C10: a mask hides the future although all positions are computed in parallel.
//!
//! Three measurements. Derivatives: every element of d y_t / d x_s with s > t, of every layer, head and form of a trained gpt,
//! and of the other stages; encoders, which may see the future, show that the measurement would find it. Steps: the chain of dependent operations at several lengths. Consequences: models trained with the right mask and with
//! wrong ones, asked for the same text all at once and one token after another.

mod findings;
mod jacobian;
mod masked_gpt;
mod stages;
mod study;

use report::statistics::Summary;

use self::stages::Sight;
use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    session::Session,
    verdict::{Verdict, exceeds},
};
use jacobian::Jacobian;
use masked_gpt::Masking;
use study::{CONTEXT, Chain, LENGTHS, Run, Seed, Study};

const TEXT: &str = include_str!("text.md");

/// Looks for the future in derivatives, and lets it leak on purpose.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C10",
    text: TEXT,
    thresholds: &[("fewest", LENGTHS[0] as f64), ("context", CONTEXT as f64), ("same", SAME), ("leak", LEAK)],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    memory: Memory { alone: [112, 112, 118], thread: [0, 0, 7] },
    run,
};

/// Two losses of a model that hides the future differ by rounding only, in nats.
const SAME: f64 = 1e-3;
/// What a leak has to spoil to count, in nats.
const LEAK: f64 = 0.1;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let study = Study::new(session)?;
    let found = Found {
        windows: study.windows(),
        seeds: session.each_seed(|seed| study.seed(seed))?,
        stages: Sight::all(&session.seeds)?,
        chains: study.chains()?,
    };
    Ok(findings::conclude(&found, session))
}

/// What was measured.
pub struct Found {
    /// How many are held out.
    pub windows: usize,
    /// One for each seed.
    pub seeds: Vec<Seed>,
    /// Of the other stages.
    pub stages: Vec<Sight>,
    /// By length.
    pub chains: Vec<Chain>,
}

/// What the criterion looks at.
pub struct Evidence {
    /// Whether every derivative is one.
    numbers: bool,
    /// Derivatives by the future that are not zero where it has to be hidden, and the fewest by the past in one place.
    pub future_not_zero: usize,
    past_not_zero: usize,
    /// The fewest by the future that are not zero under a wrong mask, or in an encoder.
    leaks_found: usize,
    /// The dependent operations of one pass, by length.
    chains: Vec<u64>,
    /// Loss one after another minus loss at once, by seed: the right mask, and one position leaking.
    right: Vec<f64>,
    leaking: Vec<f64>,
}

impl Evidence {
    fn verdict(&self, budget: Budget) -> Verdict {
        Verdict::all(&[
            Verdict::exact(self.numbers && self.future_not_zero == 0 && self.past_not_zero > 0 && self.leaks_found > 0),
            Verdict::exact(self.chains.windows(2).all(|pair| pair[0] == pair[1])),
            Verdict::exact(self.right.iter().all(|difference| difference.abs() <= SAME)),
            exceeds(&Summary::of(&self.leaking), LEAK, budget),
        ])
    }
}

impl Found {
    /// What the verdict rests on.
    pub fn evidence(&self) -> Evidence {
        let runs = || self.seeds.iter().flat_map(|seed| &seed.runs);
        let wrong = || runs().filter(|run| run.masking != Masking::MinusInfinity);
        let difference = |run: &Run| run.in_turn - run.at_once;
        let leaks = || wrong().map(|run| &run.mask.jacobian).chain(self.of_stages(false));
        Evidence {
            numbers: self.hiding().chain(leaks()).all(Jacobian::is_of_numbers),
            future_not_zero: self.hiding().map(|j| j.future_not_zero).sum(),
            past_not_zero: self.hiding().map(|j| j.past_not_zero).min().unwrap_or(0),
            leaks_found: leaks().map(|j| j.future_not_zero).min().unwrap_or(0),
            chains: self.chains.iter().map(|chain| chain.at_once).collect(),
            right: self.of(Masking::MinusInfinity, difference),
            leaking: self.of(Masking::LeakNext, difference),
        }
    }

    /// Wherever the future has to be hidden.
    pub fn hiding(&self) -> impl Iterator<Item = &Jacobian> {
        let of_gpt = self.seeds.iter().flat_map(|seed| &seed.derivatives).flat_map(|d| [&d.literal, &d.fused]);
        of_gpt.chain(self.of_stages(true))
    }

    /// Of the other stages' outputs, those that hide the future or those that need not.
    fn of_stages(&self, hide: bool) -> impl Iterator<Item = &Jacobian> {
        let stages = self.stages.iter().filter(move |sight| sight.outputs.hide_the_future() == hide);
        stages.flat_map(Sight::jacobians)
    }

    /// A number of every seed's run under a mask.
    pub fn of(&self, masking: Masking, value: impl Fn(&Run) -> f64) -> Vec<f64> {
        self.seeds.iter().flat_map(|seed| &seed.runs).filter(|run| run.masking == masking).map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> Evidence {
        Evidence {
            numbers: true,
            future_not_zero: 0,
            past_not_zero: 9,
            leaks_found: 4,
            chains: vec![40, 40],
            right: vec![1e-6, -2e-6, 0.0],
            leaking: vec![2.0, 2.1, 1.9],
        }
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let verdict = |evidence: Evidence| evidence.verdict(Budget::Quick);
        assert_eq!(verdict(evidence()), Verdict::Shown);
        assert_eq!(verdict(Evidence { numbers: false, ..evidence() }), Verdict::NotShown);
        assert_eq!(verdict(Evidence { right: vec![f64::NAN, 0.0, 0.0], ..evidence() }), Verdict::NotShown);
        assert_eq!(verdict(Evidence { future_not_zero: 1, ..evidence() }), Verdict::NotShown);
        assert_eq!(verdict(Evidence { past_not_zero: 0, ..evidence() }), Verdict::NotShown);
        assert_eq!(verdict(Evidence { leaks_found: 0, ..evidence() }), Verdict::NotShown);
        assert_eq!(verdict(Evidence { chains: vec![40, 80], ..evidence() }), Verdict::NotShown);
        assert_eq!(verdict(Evidence { right: vec![0.0, 0.1, 0.0], ..evidence() }), Verdict::NotShown);
        assert_eq!(verdict(Evidence { leaking: vec![0.01, 0.02, 0.0], ..evidence() }), Verdict::NotShown);
        let unsure = Evidence { leaking: vec![0.1, 2.0, 0.2], ..evidence() };
        assert_eq!(verdict(unsure), Verdict::open(Budget::Quick));
    }
}
