//! A stack of blocks that says one token after another, looking at a memory.

use crate::Normalize;
use tensor::{Context, Init, Tensor};

use crate::{BlockConfig, CrossKeyValues, DecoderBlock, Form, KeyValueCache};

/// Positions that a cache has room for at first; most sentences are shorter.
const ROOM: usize = 32;

/// The decoder (Vaswani et al. 2017, section 3.1): blocks of causal self-attention and cross-attention, and at the end
/// a normalisation if it has one ([`Stack`](crate::Stack) says when).
///
/// | parameter | |
/// |---|---|
/// | `layers.0` .. | the [blocks](DecoderBlock) |
/// | `norm.weight`, `norm.bias` | (D) each |
///
/// ```
/// use tensor::{Context, Init, Parameters, Tensor, check::random_tensor};
/// use transformer::{BlockConfig, Decoder, Form};
///
/// let mut parameters = Parameters::new();
/// let decoder = Decoder::new(&mut Init::new(&mut parameters, 1), &BlockConfig::paper(12, 3), 2, false);
/// let [x, memory] = [(5, "x"), (7, "memory")].map(|(n, name)| Tensor::constant(random_tensor(&[2, n, 12], 1, name)));
/// let y = decoder.forward(&Context::eval(&parameters), &x, &memory, Some(&[7, 3]), Form::Fused);
/// assert_eq!(y.shape(), [2, 5, 12]);
/// ```
#[derive(Clone, Debug)]
pub struct Decoder {
    blocks: Vec<DecoderBlock>,
    norm: Option<Normalize>,
}

impl Decoder {
    /// L = `layers` blocks of this configuration, whose mask is not read.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, layers: usize, final_norm: bool) -> Self {
        let mut list = init.child("layers");
        let block = |index| DecoderBlock::new(&mut list.child(index), config, &format!("decoder.{index}"));
        let blocks = (0..layers).map(block).collect();
        let norm = final_norm.then(|| config.normalize(&mut init.child("norm")));
        Decoder { blocks, norm }
    }

    /// Reads what is said, all positions at once: each sees those before it, and the memory.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), `memory`: (B, S, D), of which `lengths[b]` positions are real, or all; returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit, or a length is not one of 1..=S for each row.
    #[track_caller]
    pub fn forward(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        memory: &Tensor,
        lengths: Option<&[usize]>,
        form: Form,
    ) -> Tensor {
        let blocks = self.blocks.iter();
        let x = blocks.fold(x.clone(), |x, block| block.forward(cx, &x, memory, lengths, form)); // (B, T, D)
        self.normal(cx, x)
    }

    /// Where each position looks, in every layer and head: among the positions up to it, and in the memory.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), `memory`: (B, S, D), of which `lengths[b]` positions are real, or all; returns for each layer
    ///   (B, N, T, T) and (B, N, T, S), each row summing to one.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[track_caller]
    pub fn weights(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        memory: &Tensor,
        lengths: Option<&[usize]>,
        form: Form,
    ) -> Vec<[Tensor; 2]> {
        let mut x = x.clone();
        let mut weights = Vec::with_capacity(self.blocks.len());
        for (index, block) in self.blocks.iter().enumerate() {
            weights.push(block.weights(cx, &x, memory, lengths));
            if index + 1 < self.blocks.len() {
                x = block.forward(cx, &x, memory, lengths, form); // (B, T, D)
            }
        }
        weights
    }

    /// Every layer's keys and values of a memory, and an empty cache for each: what
    /// [`forward_cached`](Self::forward_cached) begins with.
    ///
    /// # Shapes
    /// - `memory`: (B, S, D), of which `lengths[b]` positions are real
    #[track_caller]
    pub fn start(
        &self,
        cx: &Context<'_>,
        memory: &Tensor,
        lengths: Option<&[usize]>,
    ) -> (Vec<CrossKeyValues>, Vec<KeyValueCache>) {
        let memories = self.blocks.iter().map(|block| block.remember(cx, memory, lengths)).collect();
        let empty = |block: &DecoderBlock| KeyValueCache::new(memory.shape()[0], ROOM, block.key_width());
        (memories, self.blocks.iter().map(empty).collect())
    }

    /// Reads positions that continue those in the caches, which receive their keys and values. For reading on, not for
    /// training. Beside the result stands where they looked in the memory in the last layer.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D) and (B, N, T, S).
    ///
    /// # Panics
    /// If the shapes do not fit, or the decoder has no block.
    #[track_caller]
    pub fn forward_cached(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        memories: &[CrossKeyValues],
        caches: &mut [KeyValueCache],
    ) -> (Tensor, Tensor) {
        let layers = self.blocks.iter().zip(memories).zip(caches);
        let (mut x, mut weights) = (x.clone(), None);
        for (index, ((block, memory), cache)) in layers.enumerate() {
            if index + 1 < self.blocks.len() {
                x = block.forward_cached(cx, &x, memory, cache); // (B, T, D)
            } else {
                let (y, looked) = block.forward_cached_with_weights(cx, &x, memory, cache);
                (x, weights) = (y, Some(looked));
            }
        }
        (self.normal(cx, x), weights.expect("a decoder has at least one block"))
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[DecoderBlock] {
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
