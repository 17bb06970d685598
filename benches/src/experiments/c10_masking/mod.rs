//! C10: a mask hides the future although all positions are computed in parallel.
//!
//! Three measurements. Derivatives: every element of d y_t / d x_s with s > t, of every layer, head and form of a trained gpt,
//! and of the other stages; encoders, which may see the future, show that the measurement would find it. Steps: the chain of dependent operations at several lengths. Consequences: models trained with the right mask and with
//! wrong ones, asked for the same text all at once and one token after another.

mod evidence;
mod findings;
mod jacobian;
mod masked_gpt;
mod stages;
mod study;
#[cfg(test)]
mod tests;

use self::stages::Sight;
use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::Basis,
};
use evidence::{Evidence, LEAK, SAME};
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
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [20, 60, 360],
    memory: Memory { alone: [112, 112, 118], thread: [0, 0, 7] },
    run,
};

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

pub struct Found {
    /// How many are held out.
    pub windows: usize,
    pub seeds: Vec<Seed>,
    pub stages: Vec<Sight>,
    pub chains: Vec<Chain>,
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
