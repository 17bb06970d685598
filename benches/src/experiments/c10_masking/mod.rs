//! C10: a mask hides the future although all positions are computed in parallel.
//!
//! Three measurements. Derivatives: every element of d y_t / d x_s with s > t, of every layer, head and form of a trained gpt,
//! and of the other stages; encoders, which may see the future, show that the measurement would find it. Steps: the chain
//! of dependent operations at several lengths. Consequences: models trained with the right mask and with wrong ones, asked
//! for the same text all at once and one token after another.

mod criterion;
mod findings;
mod jacobian;
mod masked_gpt;
mod outputs;
mod training;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parts::Part,
    verdict::Basis,
};
use criterion::{LEAK, SAME};
use jacobian::Jacobian;
use masked_gpt::Masking;
use outputs::{Outputs, Sight};
use training::{CONTEXT, Chain, LENGTHS, Masked, TrainedUnder, Trainings};

const TEXT: &str = include_str!("text.md");

/// Looks for the future in derivatives, and lets it leak on purpose.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C10",
    text: TEXT,
    thresholds: &[
        ("fewest", LENGTHS[0] as f64),
        ("context", CONTEXT as f64),
        ("same", SAME.number()),
        ("leak", LEAK.number()),
    ],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [Some(4), Some(12), Some(90)],
    memory: Memory { alone: [112, 112, 118], thread: [105, 105, 112] },
    run,
};

fn run(session: &Session) -> anyhow::Result<Finding> {
    let trainings = Trainings::new(session)?;
    let trained = trainings.run(session)?;
    let of_gpt = Outputs::of_gpt().into_iter().enumerate().map(|(place, outputs)| Sight {
        outputs,
        seeds: inspected(&trained).map(|inspected| inspected.derivatives[place].clone()).collect(),
    });
    let sights = of_gpt.chain(Sight::of_others(&session.seeds)?).collect();
    let measurements =
        Measurements { windows: trainings.held_out.inputs.nrows(), sights, chains: trainings.chains()?, trained };
    Ok(findings::conclude(&measurements, session))
}

struct Measurements {
    /// How many are held out.
    windows: usize,
    /// Those of gpt first.
    sights: Vec<Sight>,
    chains: Vec<Chain>,
    /// Every mask and seed.
    trained: Vec<TrainedUnder>,
}

impl Measurements {
    /// Wherever the future has to be hidden.
    fn hiding(&self) -> impl Iterator<Item = &Jacobian> {
        self.sights.iter().filter(|sight| sight.outputs.hide_the_future()).flat_map(Sight::jacobians)
    }

    /// Wherever it can be seen: under a wrong mask, in an encoder.
    fn seeing(&self) -> impl Iterator<Item = &Jacobian> {
        let encoders = self.sights.iter().filter(|sight| !sight.outputs.hide_the_future()).flat_map(Sight::jacobians);
        let wrong = Masking::ALL.into_iter().filter(|masking| *masking != Masking::MinusInfinity);
        encoders.chain(wrong.flat_map(|masking| self.masked(masking).map(|masked| &masked.jacobian)))
    }

    /// What a mask makes of each seed's parameters that were trained with the right one.
    fn masked(&self, masking: Masking) -> impl Iterator<Item = &Masked> {
        inspected(&self.trained)
            .flat_map(move |inspected| inspected.masks.iter().filter(move |masked| masked.masking == masking))
    }

    /// A number of every seed's training under a mask.
    fn of(&self, masking: Masking, value: impl Fn(&TrainedUnder) -> f64) -> Vec<f64> {
        self.trained.iter().filter(|trained| trained.masking == masking).map(value).collect()
    }

    fn parts(&self) -> [Part; 4] {
        let [right, leaking] = [Masking::MinusInfinity, Masking::LeakNext]
            .map(|masking| self.of(masking, |trained| trained.in_turn - trained.at_once));
        let [hiding, seeing] = [self.hiding().collect::<Vec<_>>(), self.seeing().collect()];
        criterion::parts(&hiding, &seeing, &self.chains(), &right, &leaking)
    }

    /// By the number of positions.
    fn chains(&self) -> Vec<u64> {
        self.chains.iter().map(|chain| chain.at_once).collect()
    }
}

fn inspected(trained: &[TrainedUnder]) -> impl Iterator<Item = &training::Inspected> {
    trained.iter().filter_map(|trained| trained.inspected.as_ref())
}
