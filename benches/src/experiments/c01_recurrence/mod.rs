//! C1: what depends on what, and what has to wait for what.

mod findings;
mod measured;

use stages::Stage;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict},
};
use findings::conclude;
use measured::{Measured, changes, costs};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the heat maps show where the information goes.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C1",
    text: TEXT,
    thresholds: &[("growth", GROWTH)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [2, 5, 30],
    memory: Memory { alone: [3, 3, 3], thread: [1, 1, 1] },
    run,
};

const STAGES: [Stage; 3] = [Stage::Rnn, Stage::Lstm, Stage::Gpt];

/// Operations that a recurrent stage's chain has to grow by with a token.
const GROWTH: f64 = 1.0;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let lengths: &[usize] =
        session.budget.pick(&[8, 16, 32, 64, 128], &[8, 16, 32, 64, 128, 256], &[8, 32, 128, 512, 2048]);
    let task = session.progress.task("perturbing tokens", (STAGES.len() * session.seeds.len()) as u64);
    let mut measured = Vec::new();
    for stage in STAGES {
        let changes = session.each_seed(|seed| {
            task.advance(1, 0, "");
            changes(stage, seed)
        })?;
        measured.push(Measured { stage, changes, costs: costs(stage, lengths, session.seeds[0])? });
    }
    Ok(conclude(&measured, judge(&measured)))
}

fn judge(measured: &[Measured]) -> Verdict {
    let part = |m: &Measured| {
        Verdict::exact(if m.is_recurrent() {
            m.growth() >= GROWTH && m.keeps_the_past() && m.moves_the_rest()
        } else {
            m.growth() == 0.0
        })
    };
    Verdict::all(&measured.iter().map(part).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use report::progress::Progress;

    use super::{measured::Cost, *};
    use crate::budget::Budget;

    fn measured(stage: Stage, changes: Array2<f64>, slope: u64) -> Measured {
        let costs = [8, 16].map(|length| (length, Cost { span: 10 + slope * length as u64, work: 1 }));
        Measured { stage, changes: vec![changes], costs: costs.into() }
    }

    #[test]
    fn step_01_the_criterion_can_fail_in_every_part() {
        let triangle = Array2::from_shape_fn((4, 4), |(t, at)| if at >= t { 0.5 } else { 0.0 });
        let good = |stage| measured(stage, triangle.clone(), u64::from(stage != Stage::Gpt));
        let judged = |m: Measured| judge(&[m, good(Stage::Gpt)]);
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
        assert_eq!(judge(&[good(Stage::Rnn), measured(Stage::Gpt, triangle, 1)]), Verdict::NotShown);
    }

    #[test]
    fn step_02_the_stages_do_as_claimed() {
        let session = Session::new(Budget::Quick, vec![1, 2], data::corpus::book(), Progress::Quiet);
        assert_eq!(run(&session).unwrap().verdict, Verdict::Shown);
    }
}
