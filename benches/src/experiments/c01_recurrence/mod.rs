//! C1: what depends on what, and what has to wait for what.

mod findings;
mod measured;
mod sweeps;

use stages::{About, Stage};

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{counted::Counted, operations::GROWTH},
    verdict::Basis,
};
use findings::conclude;
use measured::{StageMeasurements, changes, operations};
use sweeps::CELLS;

const TEXT: &str = include_str!("text.md");

/// See the criterion; the heat maps show where the information goes.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C1",
    text: TEXT,
    thresholds: &[("growth", GROWTH)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [Some(0), Some(0), Some(30)],
    memory: Memory { alone: [3, 3, 3], thread: [1, 1, 1] },
    run,
};

const STAGES: [Stage; 3] = [Stage::Rnn, Stage::Lstm, Stage::Gpt];

fn run(session: &Session) -> anyhow::Result<Finding> {
    let lengths: &[usize] =
        session.budget.pick(&[8, 16, 32, 64, 128], &[8, 16, 32, 64, 128, 256], &[8, 32, 128, 512, 2048]);
    let seeds = &session.seeds;
    let task = session.progress.task("perturbing tokens", ((STAGES.len() + CELLS.len()) * seeds.len()) as u64);
    let mut measured = Vec::new();
    for stage in STAGES {
        let changes = session.each_seed(|seed| {
            task.advance(1, 0, "");
            changes(stage, seed)
        })?;
        measured.push(StageMeasurements { stage, changes, operations: operations(stage, lengths, seeds[0])? });
    }
    let swept = CELLS.map(|(cell, evaluate)| {
        let of_seed = |&seed: &u64| {
            task.advance(1, 0, "");
            evaluate(seed)
        };
        (cell, seeds.iter().map(of_seed).collect())
    });
    Ok(conclude(&measured, &swept, &judge(&measured)))
}

fn judge(measured: &[StageMeasurements]) -> Counted {
    let stage = |m: &StageMeasurements| {
        let About { title, recurrent, .. } = m.stage.about();
        let dependent = m.keeps_the_past() && m.moves_the_rest();
        (title.to_owned(), m.operations.spans().grows_if(recurrent) && (dependent || !recurrent))
    };
    measured.iter().map(stage).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use report::progress::Progress;

    use super::*;
    use crate::{budget::Budget, study::operations::Operations, verdict::Verdict};

    fn measured(stage: Stage, changes: Array2<f64>, slope: usize) -> StageMeasurements {
        let operations = [8, 16].map(|length| (length, Operations { span: (10 + slope * length) as u64, work: 1 }));
        StageMeasurements { stage, changes: vec![changes], operations: operations.into_iter().collect() }
    }

    #[test]
    fn step_01_the_criterion_can_fail_in_every_part() {
        let triangle = Array2::from_shape_fn((4, 4), |(t, at)| if at >= t { 0.5 } else { 0.0 });
        let good = |stage| measured(stage, triangle.clone(), usize::from(stage != Stage::Gpt));
        let judged = |m: StageMeasurements| judge(&[m, good(Stage::Gpt)]).verdict();
        assert_eq!(judged(good(Stage::Rnn)), Verdict::Shown);

        let mut leak = triangle.clone();
        leak[[2, 1]] = 1e-9;
        assert_eq!(judged(measured(Stage::Rnn, leak, 1)), Verdict::NotShown);
        let mut unknown = triangle.clone();
        unknown[[2, 1]] = f64::NAN;
        assert_eq!(judged(measured(Stage::Rnn, unknown, 1)), Verdict::NotShown);
        let mut deaf = triangle.clone();
        deaf[[0, 3]] = 0.0;
        assert_eq!(judged(measured(Stage::Rnn, deaf, 1)), Verdict::NotShown);
        assert_eq!(judged(measured(Stage::Rnn, triangle.clone(), 0)), Verdict::NotShown);
        assert_eq!(judge(&[good(Stage::Rnn), measured(Stage::Gpt, triangle, 1)]).verdict(), Verdict::NotShown);
    }

    #[test]
    fn step_02_the_stages_do_as_claimed() {
        let session = Session::new(Budget::Quick, vec![1, 2], data::corpus::book(), Progress::Quiet);
        assert_eq!(run(&session).unwrap().verdict, Verdict::Shown);
    }
}
