//! Adam, with and without decoupled weight decay.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensor::Real;

use super::{CHUNK, Job, Rule};

/// Adam (Kingma & Ba 2015, algorithm 1). With gradient g, update t = 1, 2, .. and learning rate η:
///
/// m ← β₁m + (1 - β₁)g; v ← β₂v + (1 - β₂)g²; w ← w - η·m̂/(√v̂ + ε), where m̂ = m/(1 - β₁ᵗ) and v̂ = v/(1 - β₂ᵗ).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adam {
    /// β₁, how long the mean of the gradients remembers.
    pub beta1: f64,
    /// β₂, how long the mean of their squares remembers.
    pub beta2: f64,
    /// ε, which bounds the step where gradients vanish.
    pub epsilon: f64,
}

impl Default for Adam {
    /// β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, as in the paper.
    fn default() -> Self {
        Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl From<Adam> for Rule {
    fn from(rule: Adam) -> Self {
        Rule::Adam(rule)
    }
}

/// [`Adam`] with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2, in PyTorch's form, where the decay
/// follows the learning rate): w ← (1 - ηλ)w before the step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdamW {
    /// β₁, how long the mean of the gradients remembers.
    pub beta1: f64,
    /// β₂, how long the mean of their squares remembers.
    pub beta2: f64,
    /// ε, which bounds the step where gradients vanish.
    pub epsilon: f64,
    /// λ, for matrices and embeddings.
    pub weight_decay: f64,
}

impl Default for AdamW {
    /// β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, λ = 0.01, as in PyTorch.
    fn default() -> Self {
        let Adam { beta1, beta2, epsilon } = Adam::default();
        AdamW { beta1, beta2, epsilon, weight_decay: 0.01 }
    }
}

impl From<AdamW> for Rule {
    fn from(rule: AdamW) -> Self {
        Rule::AdamW(rule)
    }
}

impl AdamW {
    /// The rule without its decay, which the groups hold.
    pub(super) fn adam(self) -> Adam {
        Adam { beta1: self.beta1, beta2: self.beta2, epsilon: self.epsilon }
    }
}

impl Adam {
    pub(super) fn change(self, job: Job<'_>, step: u64, learning_rate: f64, scale: f64) {
        let [m, v] = job.moments else { unreachable!("Adam keeps two means") };
        let t = (step + 1) as f64;
        let keep = (1.0 - learning_rate * job.weight_decay) as Real;
        let rate = (learning_rate / (1.0 - self.beta1.powf(t))) as Real;
        let correction = (1.0 - self.beta2.powf(t)).sqrt() as Real;
        let (new_m, beta2, new_v) = ((1.0 - self.beta1) as Real, self.beta2 as Real, (1.0 - self.beta2) as Real);
        let (epsilon, scale) = (self.epsilon as Real, scale as Real);

        let chunks = job.value.par_chunks_mut(CHUNK).zip(job.gradient.par_chunks(CHUNK));
        let chunks = chunks.zip(m.par_chunks_mut(CHUNK)).zip(v.par_chunks_mut(CHUNK));
        chunks.for_each(|(((w, g), m), v)| {
            for (((w, g), m), v) in w.iter_mut().zip(g).zip(m).zip(v) {
                let g = scale * g;
                *m += new_m * (g - *m);
                *v = beta2 * *v + new_v * (g * g);
                *w = keep * *w - rate * *m / (v.sqrt() / correction + epsilon);
            }
        });
    }
}
