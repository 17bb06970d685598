//! A stack of blocks that sees a whole sentence.

use nn::LayerNorm;
use tensor::{Context, Init, Tensor};

use crate::{Block, BlockConfig, Engine, Mask};

/// The encoder (Vaswani et al. 2017, section 3.1): blocks of bidirectional self-attention, and at the end a
/// normalisation if it has one. A pre-norm stack needs it, for nothing has normalised the sum of all that the blocks
/// added; the paper's post-norm stack does not, but `torch.nn.Transformer` has it.
///
/// | parameter | |
/// |---|---|
/// | `layers.0` .. | the [blocks](Block::pytorch) |
/// | `norm.weight`, `norm.bias` | (D) each |
///
/// ```
/// use tensor::{Context, Init, Parameters, Tensor, check::random_tensor};
/// use transformer::{BlockConfig, Encoder, Engine};
///
/// let mut parameters = Parameters::new();
/// let encoder = Encoder::new(&mut Init::new(&mut parameters, 1), &BlockConfig::paper(12, 3), 2, true);
/// let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x")); // (B, S, D)
/// let cx = Context::eval(&parameters);
/// let memory = encoder.forward(&cx, &x, Some(&[5, 3]), Engine::Fused);
/// assert_eq!(memory.shape(), [2, 5, 12]);
/// // A normalised vector has the mean 0 and the variance 1; there are 5 + 3 that are not padding.
/// let norm = memory.value().iter().map(|x| x * x).sum::<tensor::Real>();
/// assert!((norm - 96.0).abs() < 1e-2);
/// ```
#[derive(Clone, Debug)]
pub struct Encoder {
    blocks: Vec<Block>,
    norm: Option<LayerNorm>,
}

impl Encoder {
    /// L = `layers` blocks of this configuration, whose mask is not read.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, layers: usize, final_norm: bool) -> Self {
        let config = BlockConfig { mask: Mask::Bidirectional, ..config.clone() };
        let mut list = init.child("layers");
        let block = |index| Block::pytorch(&mut list.child(index), &config, &format!("encoder.{index}"));
        let blocks = (0..layers).map(block).collect();
        let norm = final_norm.then(|| config.layer_norm(&mut init.child("norm")));
        Encoder { blocks, norm }
    }

    /// Reads sentences.
    ///
    /// # Shapes
    /// - `x`: (B, S, D), of which `lengths[b]` positions are real, or all; returns (B, S, D), 0 in the padding.
    ///
    /// # Panics
    /// If the last axis of `x` is not D, or a length is not one of 1..=S for each row.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>, engine: Engine) -> Tensor {
        let x = self.blocks.iter().fold(x.finite_within(lengths), |x, block| block.forward(cx, &x, lengths, engine)); // (B, S, D)
        within(&self.normal(cx, x), lengths)
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
        engine: Engine,
    ) -> (Tensor, Vec<Tensor>) {
        let mut x = x.finite_within(lengths);
        let mut weights = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            weights.push(block.weights(cx, &x, lengths)); // (B, N, S, S)
            x = block.forward(cx, &x, lengths, engine);
        }
        (within(&self.normal(cx, x), lengths), weights)
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    #[track_caller]
    fn normal(&self, cx: &Context<'_>, x: Tensor) -> Tensor {
        match &self.norm {
            Some(norm) => norm.forward(cx, &x),
            None => x,
        }
    }
}

/// x with zeros in the padding: what stands there has no part in anything.
fn within(x: &Tensor, lengths: Option<&[usize]>) -> Tensor {
    lengths.map_or(x.clone(), |lengths| x.within(lengths))
}
