//! C8: queries, keys and values; here, what the division of the scores by √d is for.
//!
//! At initialisation: how the weights of random queries fill, by the width d of the head. In training: a model that is
//! little more than one head, with and without the division.

mod criterion;
mod findings;
mod retrieval;
mod saturation;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::grid::{self, Cell},
    verdict::Basis,
};
use criterion::{FROM, SATURATED, SLOWER, STEADY, TO, TRAINED};
use retrieval::{LossCurve, Retrieval};
use saturation::{Head, Saturation, Scores, WIDTHS, measure};

const TEXT: &str = include_str!("text.md");

/// Leaves out the division, and looks at what breaks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C8",
    text: TEXT,
    thresholds: &[
        ("saturated", SATURATED.number()),
        ("steady", STEADY.number()),
        ("slower", SLOWER.number()),
        ("narrow", FROM as f64),
        ("wide", TO as f64),
        ("trained", TRAINED as f64),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds { planned: [10, 10, 10], least: 2 },
    seconds: [Some(4), Some(28), Some(247)],
    memory: Memory { alone: [45, 45, 110], thread: [1, 1, 5] },
    run,
};

fn run(session: &Session) -> anyhow::Result<Finding> {
    let heads = |widths: &[usize]| -> Vec<Head> {
        widths.iter().flat_map(|&width| Scores::ALL.map(|scores| Head { width, scores })).collect()
    };
    let of_seeds = |head| (head, session.seeds.iter().map(|&seed| measure(head, seed)).collect());
    let widths: &[usize] = session.budget.pick(&[8, TRAINED], &[8, 32, TRAINED], &[8, 32, TRAINED, 512]);
    let retrieval = Retrieval { steps: session.budget.steps(500, 2_000, 3_000) };
    let trained = grid::measure(session, "C8, with and without √d", &retrieval, &heads(widths))?;
    let untrained = heads(&WIDTHS).into_iter().map(of_seeds).collect();
    Ok(findings::conclude(&Heads { untrained, trained }))
}

struct Heads {
    /// Every seed of each, by width.
    untrained: Vec<(Head, Vec<Saturation>)>,
    trained: Vec<Cell<Head, LossCurve>>,
}

impl Heads {
    /// A number of every seed of an untrained head.
    fn untrained(&self, width: usize, scores: Scores, value: impl Fn(&Saturation) -> f64) -> Vec<f64> {
        let found = self.untrained.iter().filter(|(head, _)| *head == Head { width, scores });
        found.flat_map(|(_, seeds)| seeds.iter().map(&value)).collect()
    }

    fn trained(&self, width: usize, scores: Scores) -> &Cell<Head, LossCurve> {
        grid::find(&self.trained, &Head { width, scores })
    }

    /// How many times as many steps the undivided scores take, for every seed.
    fn slower(&self, width: usize) -> Vec<f64> {
        let [with, without] = Scores::ALL.map(|scores| self.trained(width, scores).each(LossCurve::steps));
        without.iter().zip(with).map(|(without, with)| without / with).collect()
    }

    /// What [`SLOWER`] judges: the mean of the logarithms at the width that is trained to judge by.
    fn slow_down(&self) -> Summary {
        Summary::of(&self.slower(TRAINED).iter().map(|times| times.ln()).collect::<Vec<_>>())
    }
}
