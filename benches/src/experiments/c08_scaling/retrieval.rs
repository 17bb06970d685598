//! A head of attention that learns to look keys up, with and without the division by √d.

use data::tasks::{Lookup, LookupBatch};
use nn::{Embedding, Linear, Trainable, cross_entropy};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, Parameters, Tensor};
use transformer::scaled_dot_product::{Mask, fused};

use super::saturation::Head;
use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training::Recipe,
};

pub const TASK: Lookup = Lookup { pairs: 8, symbols: 16 };

/// B in training and in evaluation.
const BATCH: usize = 16;
const HELD_OUT: usize = 256;

/// Steps from one look at the held-out loss to the next.
pub const EVERY: u64 = 10;

/// One head of attention between embeddings, and a map from what it gathers to the scores of the values.
struct Memory {
    keys: Embedding,
    values: Embedding,
    queries_of: Linear,
    keys_of: Linear,
    values_of: Linear,
    output: Linear,
    head: Head,
}

impl Memory {
    /// Embeddings begin standard normal and maps so that they keep the variance: queries and keys are at first what the
    /// argument for √d takes them to be.
    fn new(init: &mut Init<'_>, head: Head) -> Self {
        let (symbols, width) = (TASK.symbols, head.width);
        let table = |init: &mut Init<'_>, name| {
            Embedding::with(&mut init.child(name), symbols, width, Initializer::Normal { std: 1.0 })
        };
        let map =
            |init: &mut Init<'_>, name| Linear::with(&mut init.child(name), width, width, Initializer::Xavier, None);
        Memory {
            keys: table(init, "keys"),
            values: table(init, "values"),
            queries_of: map(init, "queries_of"),
            keys_of: map(init, "keys_of"),
            values_of: map(init, "values_of"),
            output: Linear::new(&mut init.child("output"), width, symbols),
            head,
        }
    }
}

impl Trainable for Memory {
    type Batch = LookupBatch;

    fn loss(&self, cx: &Context<'_>, batch: &LookupBatch) -> Tensor {
        let keys = self.keys.forward(cx, batch.keys.view().into_dyn()); // (B, S, d)
        let pairs = &keys + &self.values.forward(cx, batch.values.view().into_dyn()); // (B, S, d)
        let asked = self.keys.forward(cx, batch.asked.view().into_dyn()); // (B, 1, d)
        let q = self.queries_of.forward(cx, &asked).scale(self.head.factor()); // (B, 1, d)
        let [k, v] = [&self.keys_of, &self.values_of].map(|map| map.forward(cx, &pairs)); // (B, S, d)
        let gathered = fused::attention(&q, &k, &v, 1, Mask::Bidirectional).index(1, 0); // (B, d)
        cross_entropy(&self.output.forward(cx, &gathered), batch.answers.view().into_dyn())
    }

    fn targets(&self, batch: &LookupBatch) -> usize {
        batch.answers.len()
    }
}

/// Number of steps, and the held-out loss after them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossCurve(pub Vec<(u64, f64)>);

impl LossCurve {
    pub fn last(&self) -> (u64, f64) {
        self.0.last().copied().unwrap_or((0, f64::NAN))
    }

    /// After how many steps half of what there is to know was known: the held-out loss was first below half of what
    /// guessing has. None if it never was.
    pub fn half(&self) -> Option<u64> {
        let half = 0.5 * (TASK.symbols as f64).ln();
        self.0.iter().find(|(_, loss)| *loss < half).map(|(step, _)| *step)
    }

    /// The steps until half was known, or all steps where they were too few.
    pub fn steps(&self) -> f64 {
        self.half().unwrap_or(self.last().0) as f64
    }
}

/// How soon a head finds values, within so many steps.
pub struct Retrieval {
    pub steps: u64,
}

impl Study for Retrieval {
    type Case = Head;
    type Outcome = LossCurve;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2, 3e-2];

    fn steps(&self, _: &Head) -> u64 {
        self.steps
    }

    /// The sooner half is known the better, or else the smaller the loss.
    fn search(&self, trial: &Trial<Head>, reporter: &Reporter) -> anyhow::Result<Score> {
        let curve = self.train(trial, reporter)?;
        Ok(Score(curve.half().map_or(f64::INFINITY, |steps| steps as f64), curve.last().1))
    }

    fn train(&self, trial: &Trial<Head>, reporter: &Reporter) -> anyhow::Result<LossCurve> {
        let Trial { case, learning_rate, seed, steps } = *trial;
        let mut parameters = Parameters::new();
        let model = Memory::new(&mut Init::new(&mut parameters, seed), case);
        let held_out = TASK.batch(HELD_OUT, seed, u64::MAX);
        let mut curve = Vec::new();
        let batches = |step: u64| TASK.batch(BATCH, seed, step);
        let recipe = Recipe::constant(seed, steps, learning_rate, EVERY);
        recipe.train(&model, parameters, &batches, BATCH * TASK.pairs, reporter, |step, parameters| {
            curve.push((step, f64::from(model.loss(&Context::eval(parameters), &held_out).item())));
        })?;
        Ok(LossCurve(curve))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_known_once_the_loss_is_half_of_guessing() {
        let curve = |losses: [f64; 3]| LossCurve([25, 50, 75].into_iter().zip(losses).collect());
        assert_eq!(curve([2.0, 1.3, 1.5]).half(), Some(50)); // ln 16 / 2 = 1.386
        let never = curve([2.0, 1.5, 1.4]);
        assert_eq!((never.half(), never.steps()), (None, 75.0));
    }
}
