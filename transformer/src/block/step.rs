//! The same mathematics for one token of each text: the form in which a trained model speaks.
//!
//! Pre-norm: x ← x + MultiHead(LayerNorm₁(x)), x ← x + FeedForward(LayerNorm₂(x)).
//! Post-norm: x ← LayerNorm₁(x + MultiHead(x)), x ← LayerNorm₂(x + FeedForward(x)).
//!
//! Of each text x is one position, the newest; what attention needs of those before it are their keys and values, and these
//! were kept. So every product is that of a matrix and a vector. There is no gradient, so nothing is recorded: what stands
//! around the products (arrays with shapes of any rank, notes for a way back, packed weights) would take longer than they
//! do in a small model. `cargo run --release -p benches --bin generation` measures it.

use ndarray::Array2;
use nn::Linear;
use tensor::kernels::elementwise::{gelu, gelu_tanh, map_inplace};
use tensor::{Cost, Parameters, Real, metered};

use super::{Block, Residual};
use crate::{Activation, KeyValueCache, Norm};

/// The block at one position of each text, whose cache receives its keys and values.
///
/// # Shapes
/// - `x`: (B, D); `caches`: B, each of one row
///
/// # Panics
/// If the shapes do not fit.
// ANCHOR: step
#[track_caller]
pub fn step(parameters: &Parameters, block: &Block, x: &mut Array2<Real>, caches: &mut [&mut KeyValueCache]) {
    let Block { attention, around_attention, feed_forward, around_feed_forward } = block;
    around(parameters, around_attention, x, attention.output(), |x| attention.heads_of_one(parameters, x, caches));
    around(parameters, around_feed_forward, x, feed_forward.second(), |x| {
        let mut hidden = feed_forward.first().apply(parameters, x); // (B, F)
        activate(feed_forward.activation(), &mut hidden);
        hidden
    });
}

/// x + f(LayerNorm(x)) or LayerNorm(x + f(x)), where f, the sublayer, ends with the map `last`.
fn around(
    parameters: &Parameters,
    Residual { norm, place, .. }: &Residual,
    x: &mut Array2<Real>,
    last: &Linear,
    before_last: impl FnOnce(&Array2<Real>) -> Array2<Real>,
) {
    match place {
        Norm::Pre => {
            let before = before_last(&norm.apply(parameters, x));
            last.add_to(parameters, x, &before);
        }
        Norm::Post => {
            let before = before_last(x);
            last.add_to(parameters, x, &before);
            *x = norm.apply(parameters, x);
        }
    }
}
// ANCHOR_END: step

fn activate(activation: Activation, x: &mut Array2<Real>) {
    let (name, cost) = ("activation", Cost::elementwise(x.len(), 2 * x.len()));
    let x = x.as_slice_mut().expect("new");
    metered(name, cost, || match activation {
        Activation::Gelu => map_inplace(x, gelu),
        Activation::GeluTanh => map_inplace(x, gelu_tanh),
        Activation::Relu => map_inplace(x, |x| if x < 0.0 { 0.0 } else { x }),
    });
}
