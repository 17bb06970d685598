//! C9: the same word gets a different vector in a different context.
//!
//! Encoders learn to fill gaps in generated English, in which it is known in which sense an ambiguous word stands. Nobody
//! tells them. Then the vectors of such words are compared before the first layer and after each.

mod corpus;
mod encoder;
mod findings;
mod probe;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parallel::{Reporter, Work, side_by_side},
    verdict::{Basis, Verdict, exceeds},
};
use corpus::Corpus;
use encoder::{Depth, Job, LAYERS, Measured};
use findings::Found;

const TEXT: &str = include_str!("text.md");

/// Compares the vectors of ambiguous words.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C9",
    text: TEXT,
    thresholds: &[("apart", APART), ("better", BETTER)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [10, 45, 270],
    memory: Memory { alone: [70, 185, 600], thread: [6, 10, 20] },
    run,
};

/// How much farther apart the senses have to be.
const APART: f64 = 0.05;
/// How much more often the probe has to be right.
const BETTER: f64 = 0.1;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let each = session.budget.pick(40, 60, 100);
    let corpus =
        Corpus::new(session.budget.pick(5_000, 20_000, 60_000), session.budget.pick(20_000, 60_000, 200_000), each);
    anyhow::ensure!(!corpus.homographs.is_empty(), "the generated sentences have no word in two senses {each} times");
    let steps = session.budget.steps(1_500, 15_000, 60_000);
    let jobs = [steps, 0].into_iter().flat_map(|steps| session.seeds.iter().map(move |&seed| Job { seed, steps }));
    let measure = |job: &Job, reporter: &Reporter| job.measure(&corpus, reporter);
    let measured = side_by_side(
        session,
        "C9, filling gaps",
        &jobs.collect::<Vec<_>>(),
        |job| Work { steps: job.steps, cost: 1.0 },
        measure,
    );
    let measured = measured.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let (trained, untrained): (Vec<_>, Vec<_>) = measured.into_iter().partition(|measured| measured.job.steps > 0);
    let verdict = verdict(&trained);
    Ok(Found { corpus, each, trained, untrained }.conclude(verdict))
}

fn verdict(trained: &[Measured]) -> Verdict {
    let at = |depth: usize, value: fn(&Depth) -> f64| -> Vec<f64> {
        trained.iter().map(|measured| value(&measured.depths[depth])).collect()
    };
    let [before, after] = [0, LAYERS].map(|depth| at(depth, Depth::told_right));
    Verdict::all(&[
        exceeds(&Summary::of(&at(LAYERS, Depth::gap)), APART),
        exceeds(&Summary::of_differences(&after, &before), BETTER),
    ])
}

impl Depth {
    /// The part of held-out senses that the probe tells right, the mean over the words.
    fn told_right(&self) -> f64 {
        self.probes.iter().sum::<f64>() / self.probes.len() as f64
    }

    /// How much farther apart different senses are than equal ones.
    fn gap(&self) -> f64 {
        self.different - self.same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probes before and after, and distances in the same and in different senses after.
    fn judged([before, after]: [f64; 2], [same, different]: [f64; 2]) -> Verdict {
        let measured = |seed: u64| {
            let noise = 1e-3 * seed as f64;
            let depth = |probe: f64| Depth { same, different: different + noise, probes: vec![probe + noise, probe] };
            let mut depths = vec![depth(before); LAYERS];
            depths.push(Depth { probes: vec![after - noise, after], ..depth(after) });
            Measured { job: Job { seed, steps: 1 }, loss: 1.0, depths, looks: Vec::new() }
        };
        verdict(&[1, 2, 3].map(measured))
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        assert_eq!(judged([0.7, 0.95], [0.2, 0.4]), Verdict::Shown);
        assert_eq!(judged([0.9, 0.95], [0.2, 0.4]), Verdict::NotShown);
        assert_eq!(judged([0.95, 0.7], [0.2, 0.4]), Verdict::NotShown);
        assert_eq!(judged([0.7, 0.95], [0.2, 0.22]), Verdict::NotShown);
        assert_eq!(judged([0.7, 0.95], [0.4, 0.2]), Verdict::NotShown);
    }
}
