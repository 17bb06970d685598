//! Which outputs of a stage notice a changed token, and what reading a row of tokens takes.

use data::Token;
use ndarray::{Array2, ArrayView2, Axis};
use ndarray_rand::rand::Rng;
use nn::{Form, LanguageModel};
use report::statistics::largest;
use stages::{Model, Sizes, Stage};
use tensor::{Context, Parameters, stream};

use crate::study::operations::{Curve, Operations};

/// V.
const VOCABULARY: usize = 32;

/// T where a token is changed. An untrained rnn halves what it carries at every step, so after some thirty steps
/// a 32-bit number would not show it any more.
pub const CHANGED: usize = 16;

/// What was measured of one stage.
pub struct StageMeasurements {
    pub stage: Stage,
    /// Of each seed: how much the output at each position (column) moved when the token of the row was changed.
    pub changes: Vec<Array2<f64>>,
    /// By T: what reading so many tokens takes.
    pub operations: Curve<Operations>,
}

/// The largest change of the scores at every position (column) after a change of every token (row), (T, T).
///
/// # Errors
/// If no model can have these sizes.
pub fn changes(stage: Stage, seed: u64) -> anyhow::Result<Array2<f64>> {
    let (model, parameters) = build(stage, CHANGED, seed)?;
    let cx = Context::eval(&parameters);
    let scores = |tokens: ArrayView2<'_, Token>| model.logits(&cx, tokens).value().index_axis(Axis(0), 0).to_owned();
    let tokens = tokens(CHANGED, seed);
    let before = scores(tokens.view());
    let mut changes = Array2::zeros((CHANGED, CHANGED));
    for (t, mut row) in changes.rows_mut().into_iter().enumerate() {
        let mut changed = tokens.clone();
        changed[[0, t]] = (changed[[0, t]] + 1) % VOCABULARY as Token;
        let difference = scores(changed.view()) - &before; // (T, V)
        for (change, scores) in row.iter_mut().zip(difference.outer_iter()) {
            *change = largest(scores.iter().map(|&d| f64::from(d).abs()));
        }
    }
    Ok(changes)
}

/// What reading so many tokens takes, for each length; the last is the longest.
///
/// # Errors
/// If no model can have these sizes.
pub fn operations(stage: Stage, lengths: &[usize], seed: u64) -> anyhow::Result<Curve<Operations>> {
    let (model, parameters) = build(stage, lengths[lengths.len() - 1], seed)?;
    let count = |length| Operations::count(|| model.logits(&Context::eval(&parameters), tokens(length, 1).view())).1;
    Ok(lengths.iter().map(|&length| (length, count(length))).collect())
}

/// The model whose operations are those of the equations. gpt's fused form counts itself as these.
fn build(stage: Stage, context: usize, seed: u64) -> anyhow::Result<(Model, Parameters)> {
    let form = if stage == Stage::Gpt { Form::Fused } else { Form::Literal };
    let sizes = Sizes { embedding: 32, ..Sizes::new(VOCABULARY, context, 32) };
    Ok(stage.configure(sizes).build_with(form, seed)?)
}

/// One row of random tokens, (1, T).
fn tokens(length: usize, seed: u64) -> Array2<Token> {
    let mut rng = stream(seed, 0, "tokens of C1");
    Array2::from_shape_simple_fn((1, length), || rng.random_range(0..VOCABULARY as Token))
}

impl StageMeasurements {
    /// Whether nothing before the changed token moved, not even its last bit.
    pub fn keeps_the_past(&self) -> bool {
        self.moves().all(|(t, at, change)| at >= t || change == 0.0)
    }

    /// Whether every output from the changed token on moved.
    pub fn moves_the_rest(&self) -> bool {
        self.moves().all(|(t, at, change)| at < t || change > 0.0)
    }

    /// The changed position, the position of the output, and how far that moved, with every seed.
    fn moves(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        self.changes.iter().flat_map(|changes| changes.indexed_iter()).map(|((t, at), &change)| (t, at, change))
    }
}
