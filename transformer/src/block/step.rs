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
use tensor::{Parameters, Real};

use super::{Block, Residual};
use crate::{KeyValueCache, Norm, Residuals, RotaryAngles};

/// The block at one position of each text, whose cache receives its keys and values.
///
/// # Shapes
/// - `x`: (B, D); `angles`, which the block shares with the others of its stack: of B positions; `caches`: B, each of one row
///
/// # Panics
/// If the shapes do not fit.
// ANCHOR: step
#[track_caller]
pub fn step(
    parameters: &Parameters,
    block: &Block,
    x: &mut Array2<Real>,
    angles: Option<&RotaryAngles>,
    caches: &mut [&mut KeyValueCache],
) {
    let Block { attention, around_attention, feed_forward, around_feed_forward, residual } = block;
    let before = (*residual != Residuals::Sequential).then(|| x.clone());
    around(parameters, around_attention, x, None, attention.output(), |x| {
        attention.heads_of_one(parameters, x, angles, caches)
    });
    around(parameters, around_feed_forward, x, before, feed_forward.second(), |x| {
        feed_forward.hidden_of_one(parameters, x)
    });
}

/// x + f(LayerNorm(r)) or LayerNorm(x + f(r)), where f, the sublayer, ends with the map `last`, and r is what it reads, x
/// unless told otherwise.
fn around(
    parameters: &Parameters,
    Residual { norm, place, .. }: &Residual,
    x: &mut Array2<Real>,
    read: Option<Array2<Real>>,
    last: &Linear,
    before_last: impl FnOnce(&Array2<Real>) -> Array2<Real>,
) {
    match place {
        Norm::Pre => {
            let before = before_last(&norm.apply(parameters, read.as_ref().unwrap_or(x)));
            last.add_to(parameters, x, &before);
        }
        Norm::Post => {
            let before = before_last(read.as_ref().unwrap_or(x));
            last.add_to(parameters, x, &before);
            *x = norm.apply(parameters, x);
        }
    }
}
// ANCHOR_END: step
