//! A stack of blocks that sees a whole sentence.

use tensor::{Context, Init, Tensor};

use crate::{
    AttentionSource, Block, BlockConfig, Buckets, FirstValues, Form, Mask, RelativePositions, ScoreBias, Stack,
};

/// The encoder (Vaswani et al. 2017, section 3.1): a [`Stack`] of bidirectional self-attention.
///
/// | parameter | |
/// |---|---|
/// | `layers.0` .. | the [blocks](Block::pytorch) |
/// | `norm.weight`, `norm.bias` | (D) each |
/// | `relative.weight` | [relative positions](RelativePositions), if it has them: (buckets, N) |
///
/// ```
/// use tensor::{Context, Init, Parameters, Tensor, check::random_tensor};
/// use transformer::{BlockConfig, Encoder, Form};
///
/// let mut parameters = Parameters::new();
/// let encoder = Encoder::new(&mut Init::new(&mut parameters, 1), &BlockConfig::paper(12, 3), 2, true);
/// let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x")); // (B, S, D)
/// let cx = Context::eval(&parameters);
/// let memory = encoder.forward(&cx, &x, Some(&[5, 3]), Form::Fused);
/// assert_eq!(memory.shape(), [2, 5, 12]);
/// // A normalised vector has the mean 0 and the variance 1; there are 5 + 3 that are not padding.
/// let norm = memory.value().iter().map(|x| x * x).sum::<tensor::Real>();
/// assert!((norm - 96.0).abs() < 1e-2);
/// ```
#[derive(Clone, Debug)]
pub struct Encoder {
    stack: Stack,
    /// One table for all blocks.
    relative: Option<RelativePositions>,
}

impl Encoder {
    /// L = `layers` blocks of this configuration, whose mask is not read.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, layers: usize, final_norm: bool) -> Self {
        let config = BlockConfig { mask: Mask::Bidirectional, ..config.clone() };
        Encoder { stack: Stack::pytorch(init, &config, layers, final_norm, "encoder"), relative: None }
    }

    /// T5's encoder (Raffel et al. 2020, section 2.1): the same blocks, [begun as T5's](FirstValues::T5), a normalisation at
    /// the end, and [relative positions](RelativePositions) in one table for all blocks.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn t5(init: &mut Init<'_>, config: &BlockConfig, layers: usize, buckets: Buckets) -> Self {
        let config = BlockConfig { mask: Mask::Bidirectional, ..config.clone() };
        let relative = RelativePositions::t5(&mut init.child("relative"), &config, buckets);
        let stack = Stack::beginning(init, &config, layers, true, "encoder", FirstValues::T5);
        Encoder { stack, relative: Some(relative) }
    }

    /// What every block adds to the scores of this many positions.
    fn bias(&self, cx: &Context<'_>, positions: usize) -> Option<ScoreBias> {
        self.relative.as_ref().map(|relative| relative.forward(cx, 0..positions, positions))
    }

    /// Reads sentences.
    ///
    /// # Shapes
    /// - `x`: (B, S, D), of which `lengths[b]` positions are real, or all; returns (B, S, D), 0 in the padding.
    ///
    /// # Panics
    /// If the last axis of `x` is not D, or a length is not one of 1..=S for each row.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>, form: Form) -> Tensor {
        let bias = self.bias(cx, x.shape()[1]);
        let own = AttentionSource { bias: bias.as_ref(), ..AttentionSource::itself(lengths) };
        let x = self.stack.forward_biased(cx, &x.finite_within(lengths), own, form); // (B, S, D)
        self.normalised(cx, &x, lengths)
    }

    /// [`forward`](Self::forward), and where each position looked, in every layer and head.
    ///
    /// # Shapes
    /// - `x`: (B, S, D), of which `lengths[b]` positions are real, or all; returns (B, S, D), and for each layer
    ///   (B, N, S, S), each row summing to one.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[track_caller]
    pub fn forward_with_weights(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        lengths: Option<&[usize]>,
        form: Form,
    ) -> (Tensor, Vec<Tensor>) {
        let bias = self.bias(cx, x.shape()[1]);
        let own = AttentionSource { bias: bias.as_ref(), ..AttentionSource::itself(lengths) };
        let depths = self.stack.depths_biased(cx, &x.finite_within(lengths), own, form);
        let x = self.normalised(cx, &depths[depths.len() - 1], lengths);
        (x, self.stack.weights_biased(cx, &depths, own))
    }

    /// What [`forward`](Self::forward) makes of the last of the [depths](Self::depths).
    ///
    /// # Shapes
    /// - `x`: (B, S, D), of which `lengths[b]` positions are real, or all; returns (B, S, D), 0 in the padding.
    #[track_caller]
    pub fn normalised(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>) -> Tensor {
        let x = self.stack.normalised(cx, x);
        lengths.map_or(x.clone(), |lengths| x.within(lengths)) // what stands in the padding has no part in anything
    }

    /// The stream before the first block and behind each, not normalised ([`Stack::depths`]).
    ///
    /// # Shapes
    /// - `x`: (B, S, D), of which `lengths[b]` positions are real, or all; returns L + 1 tensors (B, S, D), where what
    ///   stands in the padding is for nobody to read.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[track_caller]
    pub fn depths(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>, form: Form) -> Vec<Tensor> {
        let bias = self.bias(cx, x.shape()[1]);
        let own = AttentionSource { bias: bias.as_ref(), ..AttentionSource::itself(lengths) };
        self.stack.depths_biased(cx, &x.finite_within(lengths), own, form)
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[Block] {
        self.stack.blocks()
    }
}
