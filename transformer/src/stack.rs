//! Blocks one above the other: what encoders and GPT have in common.

use ndarray::Array2;
use tensor::{Context, Init, Parameters, Real, Tensor};

use crate::normalization::Normalize;
use crate::{AttentionPositions, AttentionSource, Block, BlockConfig, FirstValues, Form, KeyValueCache};

/// A stack of blocks, and at the end a normalisation if it has one. A pre-norm stack needs it, for nothing has normalised
/// the sum of all that the blocks added; the paper's post-norm stack does not, but `torch.nn.Transformer` has it.
///
/// Nothing but the mask of its blocks makes it an encoder or a decoder.
///
/// ```
/// use tensor::{Context, Init, Parameters, Tensor, check::random_tensor};
/// use transformer::{BlockConfig, Form, Stack};
///
/// let mut parameters = Parameters::new();
/// let stack = Stack::gpt2(&mut Init::new(&mut parameters, 1), &BlockConfig::new(12, 3), 2);
/// let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x")); // (B, T, D)
/// let cx = Context::eval(&parameters);
/// let depths = stack.depths(&cx, &x, None, Form::Fused);
/// assert_eq!((depths.len(), depths[0].value()), (3, x.value()));
/// assert_eq!(depths[2].value(), stack.forward(&cx, &x, None, Form::Fused).value());
/// ```
#[derive(Clone, Debug)]
pub struct Stack {
    blocks: Vec<Block>,
    norm: Option<Normalize>,
}

impl Stack {
    /// L = `layers` blocks `layers.0` .. with [PyTorch's names](Block::pytorch), and the normalisation `norm`. `site` tells
    /// their dropout masks from those of other stacks.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn pytorch(init: &mut Init<'_>, config: &BlockConfig, layers: usize, final_norm: bool, site: &str) -> Self {
        Self::beginning(init, config, layers, final_norm, site, FirstValues::Glorot)
    }

    /// The same names, and matrices that begin as told.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn beginning(
        init: &mut Init<'_>,
        config: &BlockConfig,
        layers: usize,
        final_norm: bool,
        site: &str,
        first: FirstValues,
    ) -> Self {
        let mut list = init.child("layers");
        let block = |index| Block::beginning(&mut list.child(index), config, &format!("{site}.{index}"), first);
        let blocks = (0..layers).map(block).collect();
        let norm = final_norm.then(|| config.normalize(&mut init.child("norm")));
        Stack { blocks, norm }
    }

    /// L = `layers` blocks `h.0` .. with [GPT-2's names](Block::new), and the normalisation `ln_f`.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn gpt2(init: &mut Init<'_>, config: &BlockConfig, layers: usize) -> Self {
        let mut h = init.child("h");
        let blocks = (0..layers).map(|index| Block::new(&mut h.child(index), config, index, layers)).collect();
        let norm = Some(config.normalize(&mut init.child("ln_f")));
        Stack { blocks, norm }
    }

    /// What the last block returns, before the normalisation.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `lengths[b]` positions are real, or all; returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D, or a length is not one of 1..=T for each row.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>, form: Form) -> Tensor {
        self.forward_biased(cx, x, AttentionSource::itself(lengths), form)
    }

    /// [`forward`](Self::forward) with numbers that every block adds to its scores, `own.bias`.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `own.lengths[b]` positions are real, or all; returns (B, T, D).
    ///
    /// # Panics
    /// As [`forward`](Self::forward), and if the bias does not fit.
    #[track_caller]
    pub fn forward_biased(&self, cx: &Context<'_>, x: &Tensor, own: AttentionSource<'_>, form: Form) -> Tensor {
        let angles = self.positions().angles(0..x.shape()[1]);
        let own = AttentionSource { angles: angles.as_ref(), ..own };
        self.blocks.iter().fold(x.clone(), |x, block| block.forward_biased(cx, &x, own, form))
    }

    /// [`forward`](Self::forward), literal, with a mask of one's own: `weigh` makes the attention weights of the scores
    /// ([`attention_with`](crate::scaled_dot_product::literal::attention_with)).
    ///
    /// # Shapes
    /// - `x`: (B, T, D), all of it real; `weigh`: (B, N, T, T) to (B, N, T, T); returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn forward_with(&self, cx: &Context<'_>, x: &Tensor, weigh: impl Fn(&Tensor) -> Tensor) -> Tensor {
        self.blocks.iter().fold(x.clone(), |x, block| block.forward_with(cx, &x, &weigh))
    }

    /// The stream before the first block and behind each.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `lengths[b]` positions are real, or all; returns L + 1 tensors (B, T, D).
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[track_caller]
    pub fn depths(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>, form: Form) -> Vec<Tensor> {
        self.depths_biased(cx, x, AttentionSource::itself(lengths), form)
    }

    /// [`depths`](Self::depths) with numbers that every block adds to its scores, `own.bias`.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `own.lengths[b]` positions are real, or all; returns L + 1 tensors (B, T, D).
    ///
    /// # Panics
    /// As [`forward_biased`](Self::forward_biased).
    #[track_caller]
    pub fn depths_biased(&self, cx: &Context<'_>, x: &Tensor, own: AttentionSource<'_>, form: Form) -> Vec<Tensor> {
        let angles = self.positions().angles(0..x.shape()[1]);
        let own = AttentionSource { angles: angles.as_ref(), ..own };
        let mut depths = vec![x.clone()];
        for block in &self.blocks {
            depths.push(block.forward_biased(cx, &depths[depths.len() - 1], own, form));
        }
        depths
    }

    /// Where each position looks, in every layer and head, by the [depths](Self::depths) of the stream.
    ///
    /// # Shapes
    /// - `depths`: at least L tensors (B, T, D); returns for each layer (B, N, T, T), each row summing to one.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[track_caller]
    pub fn weights(&self, cx: &Context<'_>, depths: &[Tensor], lengths: Option<&[usize]>) -> Vec<Tensor> {
        self.weights_biased(cx, depths, AttentionSource::itself(lengths))
    }

    /// [`weights`](Self::weights) with numbers that every block adds to its scores, `own.bias`.
    ///
    /// # Shapes
    /// - `depths`: at least L tensors (B, T, D); returns for each layer (B, N, T, T), each row summing to one.
    ///
    /// # Panics
    /// As [`forward_biased`](Self::forward_biased).
    #[track_caller]
    pub fn weights_biased(&self, cx: &Context<'_>, depths: &[Tensor], own: AttentionSource<'_>) -> Vec<Tensor> {
        self.blocks.iter().zip(depths).map(|(block, x)| block.weights_biased(cx, x, own)).collect()
    }

    /// [`forward`](Self::forward) over positions that continue those in the caches, which receive their keys and values.
    /// For reading on, not for training.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn forward_cached(&self, cx: &Context<'_>, x: &Tensor, caches: &mut [KeyValueCache]) -> Tensor {
        let first = caches.first().map_or(0, KeyValueCache::len);
        let angles = self.positions().angles(first..first + x.shape()[1]);
        let own = AttentionSource { angles: angles.as_ref(), ..AttentionSource::default() };
        let layers = self.blocks.iter().zip(caches);
        layers.fold(x.clone(), |x, (block, cache)| block.forward_cached_from(cx, &x, own, cache))
    }

    /// [`forward_cached`](Self::forward_cached) and [`normalised`](Self::normalised) at one position of each text, of plain
    /// vectors: `step` of every block.
    ///
    /// # Shapes
    /// - `x`: (B, D); `caches`: of each text those of every layer, each of one row; returns (B, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn step(
        &self,
        parameters: &Parameters,
        mut x: Array2<Real>,
        caches: &mut [&mut [KeyValueCache]],
    ) -> Array2<Real> {
        let lengths = caches.iter().map(|caches| caches.first().map_or(0, KeyValueCache::len));
        let angles = self.positions().angles_of_last(lengths);
        for (layer, block) in self.blocks.iter().enumerate() {
            let mut caches: Vec<_> = caches.iter_mut().map(|caches| &mut caches[layer]).collect();
            block.step(parameters, &mut x, angles.as_ref(), &mut caches);
        }
        match &self.norm {
            Some(norm) => norm.apply(parameters, &x),
            None => x,
        }
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

    /// How attention tells positions apart, in all blocks alike.
    fn positions(&self) -> AttentionPositions {
        self.blocks.first().map_or(AttentionPositions::None, Block::positions)
    }

    /// The blocks, from the first to the last.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }
}
