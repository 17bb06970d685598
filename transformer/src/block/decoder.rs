//! The decoder's block: it looks at what was said so far, at the source, and thinks.

use tensor::{Context, Init, Tensor};

use super::feed_forward::FeedForward;
use super::residual::Residual;
use super::{feed_forward, fused, literal};
use crate::checkpoint_names::Convention;
use crate::{
    AttentionSource, BlockConfig, CrossKeyValues, FirstValues, Form, KeyValueCache, Mask, MultiHeadAttention, ScoreBias,
};

/// A block of causal self-attention, cross-attention and feed-forward layer (Vaswani et al. 2017, section 3.1), with
/// the names of `torch.nn.TransformerDecoderLayer`.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | LayerNorm₁, LayerNorm₂, LayerNorm₃ | `norm1.weight`, `norm2.weight`, `norm3.weight` | (D) |
/// | attention to itself | `self_attn.in_proj_weight`, `self_attn.out_proj.weight` | (3·D, D), (D, D) |
/// | attention to the memory | `multihead_attn.in_proj_weight`, `multihead_attn.out_proj.weight` | (3·D, D), (D, D) |
/// | W₁ | `linear1.weight` | (F, D) |
/// | W₂ | `linear2.weight` | (D, F) |
///
/// and, if the configuration has biases, a bias beside each weight. The configuration's mask is not read: a decoder
/// never looks ahead, and sees the whole memory.
///
/// ```
/// use tensor::{Context, Init, Parameters, Tensor, check::random_tensor};
/// use transformer::{BlockConfig, DecoderBlock, Form};
///
/// let mut parameters = Parameters::new();
/// let block = DecoderBlock::new(&mut Init::new(&mut parameters, 1), &BlockConfig::paper(12, 3), "decoder.0");
/// assert_eq!(parameters.count(), 2 * (4 * 12 * 12 + 4 * 12) + (8 * 12 * 12 + 5 * 12) + 3 * 2 * 12);
///
/// let [x, memory] = [(5, "x"), (7, "memory")].map(|(n, name)| Tensor::constant(random_tensor(&[2, n, 12], 1, name)));
/// let cx = Context::eval(&parameters);
/// let lengths = Some(&[7, 3][..]);
/// assert_eq!(block.forward(&cx, &x, &memory, lengths, Form::Fused).shape(), [2, 5, 12]);
/// let [own, cross] = block.weights(&cx, &x, &memory, lengths);
/// assert_eq!((own.shape(), cross.shape()), (&[2, 3, 5, 5][..], &[2, 3, 5, 7][..])); // (B, N, T, T), (B, N, T, S)
/// ```
#[derive(Clone, Debug)]
pub struct DecoderBlock {
    pub(super) attention: MultiHeadAttention,
    pub(super) around_attention: Residual,
    pub(super) cross: MultiHeadAttention,
    pub(super) around_cross: Residual,
    pub(super) feed_forward: FeedForward,
    pub(super) around_feed_forward: Residual,
}

impl DecoderBlock {
    /// A block that begins as `torch.nn.TransformerDecoderLayer` does. `site` tells its dropout masks from those of others.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, site: &str) -> Self {
        Self::beginning(init, config, site, FirstValues::Glorot)
    }

    /// The same, with matrices that begin as told.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn beginning(init: &mut Init<'_>, config: &BlockConfig, site: &str, first: FirstValues) -> Self {
        if let Err(error) = config.validate_with_memory() {
            panic!("{error}");
        }
        let convention = Convention::PyTorch(first);
        let attention =
            |init: &mut Init<'_>, name, mask| MultiHeadAttention::with(&mut init.child(name), config, mask, convention);
        let around = |init: &mut Init<'_>, n, layer| {
            Residual::new(&mut init.child(convention.norm(n)), config, format!("{site}.{layer}"))
        };
        DecoderBlock {
            attention: attention(init, convention.self_attention(), Mask::Causal),
            around_attention: around(init, 1, "attention"),
            cross: attention(init, "multihead_attn", Mask::Bidirectional),
            around_cross: around(init, 2, "cross"),
            feed_forward: FeedForward::new(init, config, convention),
            around_feed_forward: around(init, 3, "feed_forward"),
        }
    }

    /// The block, in one of its two forms. Padding behind the sentences that the decoder reads needs no mask: what
    /// comes later is hidden as it is.
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
        self.forward_biased(cx, x, AttentionSource::default(), AttentionSource::memory(memory, lengths), form)
    }

    /// [`forward`](Self::forward) with numbers that are added to the scores of the self-attention, `own.bias`.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the memory: (B, S, D); returns (B, T, D).
    ///
    /// # Panics
    /// As [`forward`](Self::forward), and if the bias does not fit.
    #[track_caller]
    pub fn forward_biased(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        own: AttentionSource<'_>,
        memory: AttentionSource<'_>,
        form: Form,
    ) -> Tensor {
        match form {
            Form::Literal => literal::decoder_forward(cx, self, x, own, memory),
            Form::Fused => fused::decoder_forward(cx, self, x, own, memory),
        }
    }

    /// What the block has to remember of a memory for [`forward_cached`](Self::forward_cached).
    ///
    /// # Shapes
    /// - `memory`: (B, S, D)
    #[track_caller]
    pub fn remember(&self, cx: &Context<'_>, memory: &Tensor, lengths: Option<&[usize]>) -> CrossKeyValues {
        self.cross.remember(cx, memory, lengths)
    }

    /// The block over positions that continue those in the cache, which receives their keys and values. For reading on,
    /// not for training.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn forward_cached(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        memory: &CrossKeyValues,
        cache: &mut KeyValueCache,
    ) -> Tensor {
        self.forward_cached_biased(cx, x, None, memory, cache)
    }

    /// [`forward_cached`](Self::forward_cached) with numbers that are added to the scores of the self-attention.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; `bias`: of these, and of all keys; returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn forward_cached_biased(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        bias: Option<&ScoreBias>,
        memory: &CrossKeyValues,
        cache: &mut KeyValueCache,
    ) -> Tensor {
        let own = AttentionSource { bias, ..AttentionSource::default() };
        let attend = |x: &Tensor| self.attention.heads_cached(cx, x, own, cache);
        self.around(cx, x, attend, |x| self.cross.heads_remembered(cx, x, memory))
    }

    /// [`forward_cached_biased`](Self::forward_cached_biased), and where the new positions looked in the memory, in every head.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D) and (B, N, T, S).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub(crate) fn forward_cached_with_weights(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        bias: Option<&ScoreBias>,
        memory: &CrossKeyValues,
        cache: &mut KeyValueCache,
    ) -> (Tensor, Tensor) {
        let mut asking = None;
        let own = AttentionSource { bias, ..AttentionSource::default() };
        let attend = |x: &Tensor| self.attention.heads_cached(cx, x, own, cache);
        let y = self.around(cx, x, attend, |x| {
            let gathered = self.cross.heads_remembered(cx, x, memory);
            asking = Some(x.clone());
            gathered
        });
        let asking = asking.expect("cross-attention was computed");
        (y, self.cross.weights_remembered(cx, &asking, memory))
    }

    /// KV·d_k, the width of the block's [caches](KeyValueCache).
    pub(crate) fn key_width(&self) -> usize {
        self.attention.key_width()
    }

    /// What each head of the self-attention gathers, side by side.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, N·d_k).
    #[track_caller]
    pub fn heads(&self, cx: &Context<'_>, x: &Tensor, form: Form) -> Tensor {
        self.attention.heads(cx, &self.around_attention.received(cx, x), AttentionSource::default(), form)
    }

    /// Where each position looks, in every head: among the positions up to it, and in the memory.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), `memory`: (B, S, D); returns (B, N, T, T) and (B, N, T, S), each row summing to one.
    #[track_caller]
    pub fn weights(&self, cx: &Context<'_>, x: &Tensor, memory: &Tensor, lengths: Option<&[usize]>) -> [Tensor; 2] {
        self.weights_biased(cx, x, AttentionSource::default(), AttentionSource::memory(memory, lengths))
    }

    /// [`weights`](Self::weights) with numbers that are added to the scores of the self-attention, `own.bias`.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the memory: (B, S, D); returns (B, N, T, T) and (B, N, T, S), each row summing to one.
    #[track_caller]
    pub fn weights_biased(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        own: AttentionSource<'_>,
        memory: AttentionSource<'_>,
    ) -> [Tensor; 2] {
        let received = self.around_attention.received(cx, x);
        let gathered = self.attention.heads(cx, &received, own, Form::Fused);
        let x = self.around_attention.joined(cx, x, &gathered, self.attention.output());
        let own = self.attention.weights(cx, &received, own);
        [own, self.cross.weights(cx, &self.around_cross.received(cx, &x), memory)]
    }

    /// The fused block around any ways to attend.
    #[track_caller]
    pub(super) fn around(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        attend: impl FnOnce(&Tensor) -> Tensor,
        attend_to_memory: impl FnOnce(&Tensor) -> Tensor,
    ) -> Tensor {
        let gathered = attend(&self.around_attention.received(cx, x)); // (B, T, D)
        let x = self.around_attention.joined(cx, x, &gathered, self.attention.output());
        let gathered = attend_to_memory(&self.around_cross.received(cx, &x)); // (B, T, D)
        let x = self.around_cross.joined(cx, &x, &gathered, self.cross.output());
        feed_forward(cx, &self.around_feed_forward, &self.feed_forward, &x, &x)
    }
}
