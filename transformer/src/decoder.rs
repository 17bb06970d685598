//! A stack of blocks that says one token after another, looking at a memory.

use std::ops::Range;

use tensor::{Context, Init, Tensor};

use crate::{
    AttentionSource, BlockConfig, Buckets, CrossKeyValues, DecoderBlock, FirstValues, Form, KeyValueCache, Mask,
    Normalize, RelativePositions, ScoreBias,
};

/// Positions that a cache has room for at first; most sentences are shorter.
const ROOM: usize = 32;

/// The decoder (Vaswani et al. 2017, section 3.1): blocks of causal self-attention and cross-attention, and at the end
/// a normalisation if it has one ([`Stack`](crate::Stack) says when).
///
/// | parameter | |
/// |---|---|
/// | `layers.0` .. | the [blocks](DecoderBlock) |
/// | `norm.weight`, `norm.bias` | (D) each |
/// | `relative.weight` | [relative positions](RelativePositions), if it has them: (buckets, N) |
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
    /// One table for the self-attention of all blocks.
    relative: Option<RelativePositions>,
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
        Decoder { blocks, norm, relative: None }
    }

    /// T5's decoder (Raffel et al. 2020, section 2.1): the same blocks, [begun as T5's](FirstValues::T5), a
    /// normalisation at the end, and [relative positions](RelativePositions) in one table for the self-attention of all
    /// blocks. The memory's positions it knows from what the encoder has made of them.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn t5(init: &mut Init<'_>, config: &BlockConfig, layers: usize, buckets: Buckets) -> Self {
        let config = BlockConfig { mask: Mask::Causal, ..config.clone() };
        let relative = RelativePositions::t5(&mut init.child("relative"), &config, buckets);
        let mut list = init.child("layers");
        let block = |index| {
            DecoderBlock::beginning(&mut list.child(index), &config, &format!("decoder.{index}"), FirstValues::T5)
        };
        let blocks = (0..layers).map(block).collect();
        Decoder { blocks, norm: Some(config.normalize(&mut init.child("norm"))), relative: Some(relative) }
    }

    /// What every block adds to the scores of these positions for themselves and all before them.
    fn bias(&self, cx: &Context<'_>, positions: Range<usize>) -> Option<ScoreBias> {
        let end = positions.end;
        self.relative.as_ref().map(|relative| relative.forward(cx, positions, end))
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
        let bias = self.bias(cx, 0..x.shape()[1]);
        let (own, memory) = sources(bias.as_ref(), memory, lengths);
        let blocks = self.blocks.iter();
        let x = blocks.fold(x.clone(), |x, block| block.forward_biased(cx, &x, own, memory, form)); // (B, T, D)
        self.normalised(cx, &x)
    }

    /// The stream before the first block and behind each, not [normalised](Self::normalised).
    ///
    /// # Shapes
    /// - `x`: (B, T, D), `memory`: (B, S, D), of which `lengths[b]` positions are real, or all; returns L + 1 tensors
    ///   (B, T, D).
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[track_caller]
    pub fn depths(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        memory: &Tensor,
        lengths: Option<&[usize]>,
        form: Form,
    ) -> Vec<Tensor> {
        let bias = self.bias(cx, 0..x.shape()[1]);
        let (own, memory) = sources(bias.as_ref(), memory, lengths);
        let mut depths = vec![x.clone()];
        for block in &self.blocks {
            depths.push(block.forward_biased(cx, &depths[depths.len() - 1], own, memory, form));
        }
        depths
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
        let bias = self.bias(cx, 0..x.shape()[1]);
        let (own, memory) = sources(bias.as_ref(), memory, lengths);
        let mut x = x.clone();
        let mut weights = Vec::with_capacity(self.blocks.len());
        for (index, block) in self.blocks.iter().enumerate() {
            weights.push(block.weights_biased(cx, &x, own, memory));
            if index + 1 < self.blocks.len() {
                x = block.forward_biased(cx, &x, own, memory, form); // (B, T, D)
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
        let first = caches.first().map_or(0, KeyValueCache::len);
        let bias = self.bias(cx, first..first + x.shape()[1]);
        let bias = bias.as_ref();
        let layers = self.blocks.iter().zip(memories).zip(caches);
        let (mut x, mut weights) = (x.clone(), None);
        for (index, ((block, memory), cache)) in layers.enumerate() {
            if index + 1 < self.blocks.len() {
                x = block.forward_cached_biased(cx, &x, bias, memory, cache); // (B, T, D)
            } else {
                let (y, looked) = block.forward_cached_with_weights(cx, &x, bias, memory, cache);
                (x, weights) = (y, Some(looked));
            }
        }
        (self.normalised(cx, &x), weights.expect("a decoder has at least one block"))
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[DecoderBlock] {
        &self.blocks
    }

    /// The normalisation at the end, or `x` as it is.
    ///
    /// # Shapes
    /// - `x`: (.., D); returns (.., D).
    #[track_caller]
    pub fn normalised(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        match &self.norm {
            Some(norm) => norm.forward(cx, x),
            None => x.clone(),
        }
    }
}

/// What a block looks at: what was said, with this bias, and the memory.
fn sources<'a>(
    bias: Option<&'a ScoreBias>,
    memory: &'a Tensor,
    lengths: Option<&'a [usize]>,
) -> (AttentionSource<'a>, AttentionSource<'a>) {
    (AttentionSource { bias, ..AttentionSource::default() }, AttentionSource::memory(memory, lengths))
}
