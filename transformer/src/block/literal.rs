//! The equations, line by line, out of the layers and small recorded operations.

use tensor::{Context, Tensor};

use super::Block;
use crate::Engine;

/// x ← x + MultiHead(LayerNorm₁(x)), x ← x + FeedForward(LayerNorm₂(x)).
///
/// # Shapes
/// - `x`: (B, T, D); returns (B, T, D).
///
/// # Panics
/// If the last axis of `x` is not D.
#[track_caller]
pub fn forward(cx: &Context<'_>, block: &Block, x: &Tensor) -> Tensor {
    let gathered = block.attention.forward(cx, &block.ln_1.forward(cx, x), Engine::Literal); // (B, T, D)
    let x = x + &block.attention_dropout.forward(cx, &gathered);

    let hidden = block.c_fc.forward(cx, &block.ln_2.forward(cx, &x)); // (B, T, F)
    let computed = block.c_proj.forward(cx, &block.activation.apply(&hidden)); // (B, T, D)
    &x + &block.feed_forward_dropout.forward(cx, &computed)
}
