//! The trainings of C19: a GPT names the token that stood a fixed number of places before. It is trained on short and on long
//! rows, and judged on long ones.

use data::{IGNORE, TextBatch, Token};
use ndarray::Array2;
use ndarray_rand::rand::Rng;
use nn::token_losses;
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters, stream};

use super::{
    maps::{self, Fitted},
    model::{Kind, LONG, PositionedGpt, SHORT, SYMBOLS},
};
use crate::{
    budget::Budget,
    session::Session,
    study::{
        grid::{Score, Study, Trial},
        parallel::Reporter,
        training::Recipe,
    },
};

/// The token that is asked for stands so many places before.
pub const BACK: usize = 4;
/// Tokens that are read at a step.
const TOKENS: usize = 1024;
/// Positions in a row whose losses are put together.
pub const BUCKET: usize = SHORT / 4;

/// Rows of tokens that are drawn independently, so that nothing but the offset tells which one is asked for; the targets
/// are the tokens [`BACK`] places before.
///
/// # Shapes
/// - inputs and targets: (B, T)
fn batch(rows: usize, length: usize, seed: u64, step: u64) -> TextBatch {
    let mut rng = stream(seed, step, "rows of C19");
    let inputs = Array2::from_shape_simple_fn((rows, length), || rng.random_range(0..SYMBOLS as Token));
    let back = |(row, t): (usize, usize)| if t < BACK { IGNORE } else { inputs[[row, t - BACK]] };
    let targets = Array2::from_shape_fn((rows, length), back);
    TextBatch { inputs, targets }
}

/// What a GPT reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    pub kind: Kind,
    /// T in training.
    pub trained: usize,
}

impl Case {
    pub fn all() -> Vec<Self> {
        Kind::ALL.into_iter().flat_map(|kind| [SHORT, LONG].map(|trained| Case { kind, trained })).collect()
    }

    pub fn name(self) -> String {
        format!("{}, trained on {} tokens", self.kind.name(), self.trained)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trained {
    /// The loss in nats per token on new rows of [`LONG`] tokens, by buckets of positions.
    pub losses: Vec<f64>,
    /// How well maps fit the trained vectors, if the table is learned and all of it was trained.
    pub maps: Vec<Fitted>,
}

impl Trained {
    /// At the positions that a short training has seen.
    pub fn within(&self) -> f64 {
        mean(&self.losses[..SHORT / BUCKET])
    }

    /// At the next so many positions.
    pub fn beyond(&self) -> f64 {
        mean(&self.losses[SHORT / BUCKET..2 * SHORT / BUCKET])
    }
}

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / losses.len() as f64
}

/// How much is trained and judged.
pub struct Reading {
    pub steps: u64,
    /// New rows of [`LONG`] tokens.
    pub judged: usize,
}

impl Reading {
    pub fn new(session: &Session) -> Self {
        let judged = if session.budget == Budget::Rehearsal { 1 } else { 64 };
        Self { steps: session.budget.steps(300, 1_000, 3_000), judged }
    }
}

impl Study for Reading {
    type Case = Case;
    type Outcome = Trained;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    /// The loss on rows as long as those that are trained on.
    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        let (model, parameters) = read(trial, reporter)?;
        let rows = self.judged * LONG / trial.case.trained;
        Ok(Score(mean(&losses(&model, &parameters, &batch(rows, trial.case.trained, !trial.seed, 0))), 0.0))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Trained> {
        let (model, parameters) = read(trial, reporter)?;
        let known = trial.case == Case { kind: Kind::Learned, trained: LONG };
        Ok(Trained {
            losses: losses(&model, &parameters, &batch(self.judged, LONG, !trial.seed, 0)),
            maps: if known { maps::fit(model.table(&parameters).view()) } else { Vec::new() },
        })
    }
}

fn read(trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<(PositionedGpt, Parameters)> {
    let Trial { case: Case { kind, trained }, learning_rate, seed, steps } = *trial;
    let mut parameters = Parameters::new();
    let model = PositionedGpt::new(&mut Init::new(&mut parameters, seed), kind);
    let batches = |step| batch(TOKENS / trained, trained, seed, step);
    let recipe = Recipe::cosine(seed, steps, learning_rate);
    let parameters = recipe.train(&model, parameters, &batches, TOKENS, reporter, |_, _| ())?;
    Ok((model, parameters))
}

/// The mean loss by buckets of positions.
fn losses(model: &PositionedGpt, parameters: &Parameters, rows: &TextBatch) -> Vec<f64> {
    let length = rows.inputs.ncols();
    let logits = model.logits(&Context::eval(parameters), rows.inputs.view());
    let losses = token_losses(logits.value(), rows.targets.view().into_dyn());
    let mut sums = vec![(0.0, 0.0); length / BUCKET];
    for (asked, loss) in losses.into_iter().enumerate() {
        let (sum, count) = &mut sums[(BACK + asked % (length - BACK)) / BUCKET];
        *sum += f64::from(loss);
        *count += 1.0;
    }
    sums.into_iter().map(|(sum, count)| sum / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_stands_before() {
        let TextBatch { inputs, targets } = batch(2, 20, 1, 0);
        for row in 0..2 {
            assert_eq!(targets[[row, BACK - 1]], IGNORE);
            assert!((BACK..20).all(|t| targets[[row, t]] == inputs[[row, t - BACK]]));
        }
    }
}
