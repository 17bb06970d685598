//! What makes scores of vectors: the masked-word head.

use nn::{Embedding, Form, Linear};
use tensor::{Context, Init, Initializer, Tensor};
use transformer::block::fused::linear_activation;
use transformer::{Activation, BlockConfig, Normalize};

/// logits = LayerNorm(f(x·W_hᵀ + b_h))·Wᵀ + b, W the embedding of the tokens. The paper does not mention the map before the
/// output; its program has it.
#[derive(Clone, Debug)]
pub(crate) struct MaskedWordHead {
    dense: Linear,
    activation: Activation,
    norm: Normalize,
    output: Linear,
}

impl MaskedWordHead {
    pub fn new(init: &mut Init<'_>, block: &BlockConfig, vocabulary: usize, words: &Embedding) -> Self {
        let mut transform = init.child("transform");
        let dense = dense(&mut transform.child("dense"), block.width);
        let norm = block.normalize(&mut transform.child("LayerNorm"));
        let bias = init.param("bias", &[vocabulary], Initializer::Constant(0.0));
        let output = Linear::of(words.weight(), Some(bias));
        MaskedWordHead { dense, activation: block.activation, norm, output }
    }

    /// # Shapes
    /// - `x`: (B, S, D); returns (B, S, V).
    // ANCHOR: head
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, form: Form) -> Tensor {
        let hidden = match form {
            Form::Literal => self.activation.apply(&self.dense.forward(cx, x)),
            Form::Fused => {
                let (weight, bias) = (cx.get(self.dense.weight()), self.dense.bias().map(|bias| cx.get(bias)));
                linear_activation(x, &weight, bias.as_ref(), self.activation)
            }
        }; // (B, S, D)
        self.output.forward(cx, &self.norm.forward(cx, &hidden)) // (B, S, V)
    }
    // ANCHOR_END: head
}

/// A map of the stream onto itself.
pub(crate) fn dense(init: &mut Init<'_>, width: usize) -> Linear {
    Linear::with(init, width, width, Initializer::Normal { std: 0.02 }, Some(Initializer::Constant(0.0)))
}
