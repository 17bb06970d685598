//! The smallest task that is all query, key and value: which value stands beside this key?

use data::Token;
use ndarray::{Array1, Array2};
use ndarray_rand::rand::{Rng, seq::SliceRandom};
use nn::{Embedding, Linear, Trainable, cross_entropy};
use tensor::{Context, Init, Initializer, Parameters, Tensor, stream};
use transformer::scaled_dot_product::{Mask, fused};

use super::saturation::Scores;
use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training::Recipe,
};

/// Pairs in a row, S.
pub const PAIRS: usize = 8;
/// Different keys, and different values.
pub const SYMBOLS: usize = 16;

/// B in training and in evaluation.
const BATCH: usize = 16;
const HELD_OUT: usize = 256;

/// Steps from one look at the held-out loss to the next.
pub const EVERY: u64 = 25;

/// Rows of pairs, and a key of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// (B, S), all different in a row.
    keys: Array2<Token>,
    /// (B, S).
    values: Array2<Token>,
    /// (B, 1), each a key of its row.
    asked: Array2<Token>,
    /// (B), the values beside those.
    answers: Array1<Token>,
}

impl Asked {
    fn batch(rows: usize, seed: u64, step: u64) -> Self {
        let mut rng = stream(seed, step, "pairs of C8");
        let (mut keys, mut places) = (Array2::zeros((rows, PAIRS)), Vec::with_capacity(rows));
        let values = Array2::from_shape_simple_fn((rows, PAIRS), || rng.random_range(0..SYMBOLS as Token));
        let mut all: Vec<Token> = (0..SYMBOLS as Token).collect();
        for mut row in keys.rows_mut() {
            all.shuffle(&mut rng);
            row.iter_mut().zip(&all).for_each(|(key, symbol)| *key = *symbol);
            places.push(rng.random_range(0..PAIRS));
        }
        let asked = Array2::from_shape_fn((rows, 1), |(b, _)| keys[[b, places[b]]]);
        let answers = Array1::from_shape_fn(rows, |b| values[[b, places[b]]]);
        Asked { keys, values, asked, answers }
    }
}

/// One head of attention between embeddings, and a map from what it gathers to the scores of the values.
struct Memory {
    keys: Embedding,
    values: Embedding,
    queries_of: Linear,
    keys_of: Linear,
    values_of: Linear,
    output: Linear,
    /// What queries are multiplied by.
    factor: tensor::Real,
}

impl Memory {
    /// Embeddings begin standard normal and maps so that they keep the variance: queries and keys are at first what the
    /// argument for √d takes them to be.
    fn new(init: &mut Init<'_>, width: usize, scores: Scores) -> Self {
        let table = |init: &mut Init<'_>, name| {
            Embedding::with(&mut init.child(name), SYMBOLS, width, Initializer::Normal { std: 1.0 })
        };
        let map =
            |init: &mut Init<'_>, name| Linear::with(&mut init.child(name), width, width, Initializer::Xavier, None);
        Memory {
            keys: table(init, "keys"),
            values: table(init, "values"),
            queries_of: map(init, "queries_of"),
            keys_of: map(init, "keys_of"),
            values_of: map(init, "values_of"),
            output: Linear::new(&mut init.child("output"), width, SYMBOLS),
            factor: scores.factor(width),
        }
    }
}

impl Trainable for Memory {
    type Batch = Asked;

    fn loss(&self, cx: &Context<'_>, batch: &Asked) -> Tensor {
        let keys = self.keys.forward(cx, batch.keys.view().into_dyn()); // (B, S, d)
        let pairs = &keys + &self.values.forward(cx, batch.values.view().into_dyn()); // (B, S, d)
        let asked = self.keys.forward(cx, batch.asked.view().into_dyn()); // (B, 1, d)
        let q = self.queries_of.forward(cx, &asked).scale(self.factor); // (B, 1, d)
        let [k, v] = [&self.keys_of, &self.values_of].map(|map| map.forward(cx, &pairs)); // (B, S, d)
        let gathered = fused::attention(&q, &k, &v, 1, Mask::Bidirectional).index(1, 0); // (B, d)
        cross_entropy(&self.output.forward(cx, &gathered), batch.answers.view().into_dyn())
    }

    fn targets(&self, batch: &Asked) -> usize {
        batch.answers.len()
    }
}

/// A head to train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    pub width: usize,
    pub scores: Scores,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Number of steps, and the held-out loss in nats then.
    pub curve: Vec<(u64, f64)>,
}

impl Trained {
    /// The held-out loss at the end, in nats.
    pub fn loss(&self) -> f64 {
        self.curve.last().map_or(f64::NAN, |(_, loss)| *loss)
    }

    /// After how many steps half of what there is to know was known: the held-out loss was first below half of what
    /// guessing has. None if it never was.
    pub fn learned(&self) -> Option<u64> {
        let half = 0.5 * (SYMBOLS as f64).ln();
        self.curve.iter().find(|(_, loss)| *loss < half).map(|(step, _)| *step)
    }

    pub fn learned_half(&self) -> bool {
        self.learned().is_some()
    }

    /// The steps until half was learned, or all steps where they were too few.
    pub fn steps(&self) -> u64 {
        self.learned().or(self.curve.last().map(|(step, _)| *step)).unwrap_or(0)
    }
}

/// How soon a head finds values, within so many steps.
pub struct Retrieval {
    pub steps: u64,
}

impl Study for Retrieval {
    type Case = Case;
    type Outcome = Trained;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2, 3e-2];

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    /// The sooner half is learned the better, or else the smaller the loss.
    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        let trained = self.train(trial, reporter)?;
        Ok(Score(trained.learned().map_or(f64::INFINITY, |steps| steps as f64), trained.loss()))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Trained> {
        let Trial { case: Case { width, scores }, learning_rate, seed, steps } = *trial;
        let mut parameters = Parameters::new();
        let model = Memory::new(&mut Init::new(&mut parameters, seed), width, scores);
        let held_out = Asked::batch(HELD_OUT, seed, u64::MAX);
        let mut curve = Vec::new();
        let batches = |step: u64| Asked::batch(BATCH, seed, step);
        let recipe = Recipe::constant(seed, steps, learning_rate, EVERY);
        recipe.train(&model, parameters, &batches, BATCH * PAIRS, reporter, |step, parameters| {
            curve.push((step, f64::from(model.loss(&Context::eval(parameters), &held_out).item())));
        })?;
        Ok(Trained { curve })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_the_answer_stands_beside_the_key() {
        let batch = Asked::batch(20, 1, 0);
        for (b, keys) in batch.keys.rows().into_iter().enumerate() {
            let places: Vec<usize> = (0..PAIRS).filter(|&s| keys[s] == batch.asked[[b, 0]]).collect();
            assert_eq!(places.len(), 1);
            assert_eq!(batch.answers[b], batch.values[[b, places[0]]]);
        }
    }

    #[test]
    fn step_02_half_is_learned_once_the_loss_is_half_of_guessing() {
        let trained = |losses: [f64; 3]| Trained { curve: [25, 50, 75].into_iter().zip(losses).collect() };
        assert_eq!(trained([2.0, 1.3, 1.5]).learned(), Some(50)); // ln 16 / 2 = 1.386
        let never = trained([2.0, 1.5, 1.4]);
        assert_eq!((never.learned(), never.steps()), (None, 75));
    }
}
