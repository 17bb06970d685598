//! The equations, line by line, out of the layers and small recorded operations.

use tensor::{Context, Tensor};

use super::residual::Residual;
use super::{Block, DecoderBlock};
use crate::{AttentionSource, Form, Norm};

/// Pre-norm: x ← x + MultiHead(LayerNorm₁(x)), x ← x + FeedForward(LayerNorm₂(x)).
/// Post-norm: x ← LayerNorm₁(x + MultiHead(x)), x ← LayerNorm₂(x + FeedForward(x)).
///
/// # Shapes
/// - `x`: (B, T, D), of which `lengths[b]` positions are real; returns (B, T, D).
///
/// # Panics
/// If the last axis of `x` is not D, or a length is not one of 1..=T for each row.
// ANCHOR: block
#[track_caller]
pub fn forward(cx: &Context<'_>, block: &Block, x: &Tensor, own: AttentionSource<'_>) -> Tensor {
    sublayers(cx, block, x, |x| block.attention.forward(cx, x, own, Form::Literal))
}

/// The two sublayers, whatever attention does. Side by side, both read the stream as it was before either added to it.
#[track_caller]
fn sublayers(cx: &Context<'_>, block: &Block, before: &Tensor, attend: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
    let x = around(cx, &block.around_attention, before, before, attend);
    let read = block.read_by_feed_forward(before, &x);
    around(cx, &block.around_feed_forward, &x, read, |x| block.feed_forward.forward(cx, x)) // (B, T, D)
}
// ANCHOR_END: block

/// The same with a mask of one's own: `weigh` makes the attention weights of the scores
/// ([`attention_with`](crate::scaled_dot_product::literal::attention_with)).
///
/// # Shapes
/// - `x`: (B, T, D), all of it real; `weigh`: (B, N, T, T) to (B, N, T, T); returns (B, T, D).
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn forward_with(cx: &Context<'_>, block: &Block, x: &Tensor, weigh: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
    sublayers(cx, block, x, |x| block.attention.forward_with(cx, x, weigh))
}

/// The same with cross-attention between the two: x ← x + MultiHead(LayerNorm₂(x), memory), or post-norm.
///
/// # Shapes
/// - `x`: (B, T, D), the memory: (B, S, D); returns (B, T, D).
///
/// # Panics
/// If the shapes do not fit, or a length is not one of 1..=S for each row.
// ANCHOR: decoder_block
#[track_caller]
pub(super) fn decoder_forward(
    cx: &Context<'_>,
    block: &DecoderBlock,
    x: &Tensor,
    own: AttentionSource<'_>,
    memory: AttentionSource<'_>,
) -> Tensor {
    let x = around(cx, &block.around_attention, x, x, |x| block.attention.forward(cx, x, own, Form::Literal));
    let x = around(cx, &block.around_cross, &x, &x, |x| block.cross.forward(cx, x, memory, Form::Literal));
    around(cx, &block.around_feed_forward, &x, &x, |x| block.feed_forward.forward(cx, x)) // (B, T, D)
}
// ANCHOR_END: decoder_block

/// x + Dropout(f(LayerNorm(r))) or LayerNorm(x + Dropout(f(r))), f the sublayer and r what it reads, usually x.
// ANCHOR: around
#[track_caller]
fn around(
    cx: &Context<'_>,
    residual: &Residual,
    x: &Tensor,
    read: &Tensor,
    f: impl FnOnce(&Tensor) -> Tensor,
) -> Tensor {
    let Residual { norm, place, dropout, .. } = residual;
    match place {
        Norm::Pre => x + &dropout.forward(cx, &f(&norm.forward(cx, read))),
        Norm::Post => norm.forward(cx, &(x + &dropout.forward(cx, &f(read)))),
    }
}
// ANCHOR_END: around
