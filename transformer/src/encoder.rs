//! A stack of blocks that sees a whole sentence.

use tensor::{Context, Init, Tensor};

use crate::{Block, BlockConfig, Form, Mask, Stack};

/// The encoder (Vaswani et al. 2017, section 3.1): a [`Stack`] of bidirectional self-attention.
///
/// | parameter | |
/// |---|---|
/// | `layers.0` .. | the [blocks](Block::pytorch) |
/// | `norm.weight`, `norm.bias` | (D) each |
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
pub struct Encoder(Stack);

impl Encoder {
    /// L = `layers` blocks of this configuration, whose mask is not read.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, layers: usize, final_norm: bool) -> Self {
        let config = BlockConfig { mask: Mask::Bidirectional, ..config.clone() };
        Encoder(Stack::pytorch(init, &config, layers, final_norm, "encoder"))
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
        let x = self.0.forward(cx, &x.finite_within(lengths), lengths, form); // (B, S, D)
        within(&self.0.normalised(cx, &x), lengths)
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
        let depths = self.depths(cx, x, lengths, form);
        let x = self.0.normalised(cx, &depths[depths.len() - 1]);
        (within(&x, lengths), self.0.weights(cx, &depths, lengths))
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
        self.0.depths(cx, &x.finite_within(lengths), lengths, form)
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[Block] {
        self.0.blocks()
    }
}

/// x with zeros in the padding: what stands there has no part in anything.
fn within(x: &Tensor, lengths: Option<&[usize]>) -> Tensor {
    lengths.map_or(x.clone(), |lengths| x.within(lengths))
}
