//! Scheduled sampling: how often the decoder is told the truth.

use data::Token;
use data::pairs::PairBatch;
use ndarray::Array2;
use ndarray_rand::rand::Rng;
use serde::{Deserialize, Serialize};
use tensor::Context;

use crate::translate::forbid_unsayable;
use crate::{Temperature, Translator};

/// A decoder that is always told the right tokens (*teacher forcing*) never meets a mistake of its own until it is used.
/// Here it reads the right token of the step before with a probability that falls in a straight line, and otherwise one
/// that it draws from its own distribution (Bengio et al. 2015, section 2.4, linear decay).
///
/// Each token is decided by itself, by a random stream of the seed and the batch. No gradient flows through the choice,
/// as in the paper. Batches are counted, not updates: with gradient accumulation an update makes several.
///
/// ```
/// let sampling = nn::ScheduledSampling { least: 0.5, steps: 1000 };
/// assert_eq!([0, 500, 1000, 9000].map(|step| sampling.truth(step)), [1.0, 0.75, 0.5, 0.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduledSampling {
    /// The lowest probability of the right token, 0 to 1.
    pub least: f64,
    /// The batch, counted from 0, from which on it stays there: the first after a training on so many.
    pub steps: u64,
}

impl ScheduledSampling {
    /// The probability of the right token in a batch, counted from 0 ([`Context::step`]).
    pub fn truth(&self, step: u64) -> f64 {
        let passed = if step < self.steps { step as f64 / self.steps as f64 } else { 1.0 };
        1.0 - (1.0 - self.least) * passed
    }

    /// What the decoder reads of this batch, (B, T): the right tokens, and others in their places that it says
    /// itself.
    ///
    /// They are drawn beforehand, by a pass of the same parameters that records nothing and drops nothing. Since no
    /// gradient flows through the choice, reading them afterwards all at once gives, without dropout, what choosing as
    /// one goes gives. With dropout the whole network draws what a thinned one reads.
    pub fn inputs<M: Translator>(&self, cx: &Context<'_>, model: &M, batch: &PairBatch) -> Array2<Token> {
        let truth = self.truth(cx.step());
        let mut inputs = batch.inputs.clone();
        if truth >= 1.0 {
            return inputs;
        }
        let own = Temperature::new(1.0).expect("1 is a temperature");
        let unrecorded = Context::eval(cx.parameters());
        let (memory, mut state) = model.encode(&unrecorded, &batch.sources);
        let mut rng = cx.rng("sampling");
        for t in 1..inputs.ncols() {
            let mut step = model.next(&unrecorded, &memory, &mut state, &inputs.column(t - 1).to_vec());
            forbid_unsayable(model.ends(), &mut step.logits);
            for (row, logits) in step.logits.outer_iter().enumerate() {
                // Both are drawn whatever the first decides, so that no place depends on another's.
                let (choice, uniform): (f64, f64) = (rng.random(), rng.random());
                // Without scores there is no choice; they make the loss NaN, which the trainer reports.
                if choice >= truth
                    && let Ok(token) = own.choose(logits, uniform)
                {
                    inputs[[row, t]] = token;
                }
            }
        }
        inputs
    }
}
