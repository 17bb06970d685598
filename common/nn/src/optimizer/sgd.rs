//! Gradient descent with momentum.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensor::Real;

use super::{CHUNK, Job, Rule};

/// Stochastic gradient descent with momentum (Sutskever et al. 2013, equations 1 and 2, in PyTorch's form):
/// u ← μu + g; w ← w - ηu. The sum u begins at zero; η is the learning rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sgd {
    /// μ, the part of earlier steps that goes on; 0 is plain gradient descent.
    pub momentum: f64,
}

impl From<Sgd> for Rule {
    fn from(rule: Sgd) -> Self {
        Rule::Sgd(rule)
    }
}

impl Sgd {
    pub(super) fn change(self, job: Job<'_>, learning_rate: f64, scale: f64) {
        let [momentum] = job.moments else { unreachable!("descent keeps one sum") };
        let (mu, rate, scale) = (self.momentum as Real, learning_rate as Real, scale as Real);
        let chunks = job.value.par_chunks_mut(CHUNK).zip(job.gradient.par_chunks(CHUNK));
        chunks.zip(momentum.par_chunks_mut(CHUNK)).for_each(|((w, g), u)| {
            for ((w, g), u) in w.iter_mut().zip(g).zip(u) {
                *u = mu * *u + scale * g;
                *w -= rate * *u;
            }
        });
    }
}
