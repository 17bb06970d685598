//! Multi-head attention (Vaswani et al. 2017, section 3.2.2).

mod cache;

use std::ops::Range;

use ndarray::{Array2, Axis, Ix3, s};
use nn::Linear;
use tensor::{Context, Init, Parameters, Real, Tensor, aligned_zeros, metered};

use crate::checkpoint_names::Convention;
use crate::scaled_dot_product::kernel::{self, Added};
use crate::scaled_dot_product::one::attend;
use crate::scaled_dot_product::{Heads, Mask, ScoreBias, Sizes, fused, literal};
use crate::{AttentionPositions, BlockConfig, FirstValues, Form, RotaryAngles};
pub use cache::{CrossKeyValues, KeyValueCache};

/// What queries look at.
#[derive(Clone, Copy, Debug, Default)]
pub struct AttentionSource<'a> {
    /// The sequence from which keys and values are made, (B, S, D); `None`: the one that asks, as in self-attention.
    pub memory: Option<&'a Tensor>,
    /// How many positions of each row of it are real, each at least one; `None`: all. What stands behind them is never
    /// seen.
    pub lengths: Option<&'a [usize]>,
    /// What is added to the scores, the same in every row; `None`: nothing but what the block's own configuration says.
    pub bias: Option<&'a ScoreBias>,
    /// What the fused form turns queries and keys by, if it turns them; `None`: angles that it computes for itself, as the
    /// literal form does.
    pub angles: Option<&'a RotaryAngles>,
}

impl<'a> AttentionSource<'a> {
    /// The sequence that asks, of whose rows `lengths[b]` positions are real, or all.
    pub fn itself(lengths: Option<&'a [usize]>) -> Self {
        AttentionSource { lengths, ..AttentionSource::default() }
    }

    /// What an encoder has made of a sequence, of whose rows `lengths[b]` positions are real, or all.
    pub fn memory(memory: &'a Tensor, lengths: Option<&'a [usize]>) -> Self {
        AttentionSource { memory: Some(memory), lengths, ..AttentionSource::default() }
    }
}

/// Attention in several heads: MultiHead(x, m) = Concat(head_1, .., head_N)·W_Oᵀ + b_O, where each head attends with
/// its own slices of Q = x·W_Qᵀ + b_Q, K = m·W_Kᵀ + b_K and V = m·W_Vᵀ + b_V. In self-attention m = x; in
/// cross-attention m is what the encoder has made of the source.
///
/// | symbol | shape | in GPT-2 | in PyTorch |
/// |---|---|---|---|
/// | W_Q, W_K, W_V, one below the other | (3·D, D) | `c_attn.weight` | `in_proj_weight` |
/// | b_Q, b_K, b_V | (3·D), if the configuration has biases | `c_attn.bias` | `in_proj_bias` |
/// | W_O | (D, D) | `c_proj.weight` | `out_proj.weight` |
/// | b_O | (D), likewise | `c_proj.bias` | `out_proj.bias` |
///
/// Heads are slices of the *width*: head n has the columns n·d_k..(n+1)·d_k of Q, K and V, d_k = D/N. In self-attention
/// one product makes Q, K and V together.
///
/// A configuration may have a d_k that is not D/N, and fewer heads of keys and values, KV: then W_Q has N·d_k rows, W_K and
/// W_V have KV·d_k each, and W_O is (D, N·d_k). If it has rotary positions, Q and K are turned after the product.
///
/// ```
/// use ndarray::array;
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close, shared};
/// use transformer::{BlockConfig, Form, AttentionSource, MultiHeadAttention};
///
/// let mut parameters = Parameters::new();
/// let config = BlockConfig::new(2, 1);
/// let attention = MultiHeadAttention::new(&mut Init::new(&mut parameters, 1), &config, 1);
/// // rows of Q, of K, of V; 1.5536723 is √2·ln 3
/// let w = array![[1.0, 0.0], [0.0, 5.0], [0.0, 1.5536723], [0.0, 0.0], [10.0, 0.0], [0.0, 1.0]];
/// parameters.set(parameters.find("c_attn.weight").unwrap(), shared(w));
/// parameters.set(parameters.find("c_proj.weight").unwrap(), shared(array![[2.0, 0.0], [1.0, 4.0]]));
///
/// let x = Tensor::constant(array![[[3.0, 0.0], [1.0, 1.0]]]); // values (30, 0) and (10, 1)
/// let y = attention.forward(&Context::eval(&parameters), &x, AttentionSource::default(), Form::Fused);
/// // The first token sees itself alone. The second weighs the scores 0 and ln 3 as 1 : 3 and gathers (15, 3/4).
/// assert_close("y", y.value(), &array![[[60.0, 30.0], [30.0, 18.0]]].into_dyn(), 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct MultiHeadAttention {
    input: Linear,
    output: Linear,
    heads: Heads,
    /// d_k.
    head_width: usize,
    mask: Mask,
    positions: AttentionPositions,
}

impl MultiHeadAttention {
    /// Attention under GPT-2's names and with its first values; `depth` is the number of blocks in the model, by which
    /// the output projection's first values are scaled ([`Block::new`](crate::Block::new)).
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, depth: usize) -> Self {
        Self::with(init, config, config.mask, Convention::Gpt2 { depth })
    }

    /// Attention under the names of `torch.nn.MultiheadAttention`; matrices begin as [`Initializer::Xavier`] says,
    /// biases at 0.
    ///
    /// [`Initializer::Xavier`]: tensor::Initializer::Xavier
    pub fn pytorch(init: &mut Init<'_>, config: &BlockConfig) -> Self {
        Self::with(init, config, config.mask, Convention::PyTorch(FirstValues::Glorot))
    }

    pub(crate) fn with(init: &mut Init<'_>, config: &BlockConfig, mask: Mask, convention: Convention) -> Self {
        let &BlockConfig { width, bias, attention_positions: positions, .. } = config;
        let (heads, head_width) = (config.heads(), config.head_width());
        MultiHeadAttention {
            input: convention.queries_keys_values(init, config),
            output: convention.mix(init, heads.queries * head_width, width, bias.attention_output),
            heads,
            head_width,
            mask,
            positions,
        }
    }

    /// N·d_k, how many columns the heads of queries have.
    fn width(&self) -> usize {
        self.heads.queries * self.head_width
    }

    /// KV·d_k, how many columns the heads of keys have, and those of values.
    pub(crate) fn key_width(&self) -> usize {
        self.heads.keys * self.head_width
    }

    /// Q, K and V side by side, of a sequence that continues `first` positions, turned by these angles or by its own.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, (N + 2·KV)·d_k).
    #[track_caller]
    fn packed(&self, cx: &Context<'_>, x: &Tensor, first: usize, angles: Option<&RotaryAngles>, form: Form) -> Tensor {
        let qkv = self.input.forward(cx, x);
        let turned = self.heads.queries + self.heads.keys;
        match (self.positions, angles) {
            (AttentionPositions::Rotary(rotary), Some(angles)) if form == Form::Fused => {
                rotary.forward_with(&qkv, turned, self.head_width, angles)
            }
            (AttentionPositions::Rotary(rotary), _) => rotary.forward(&qkv, turned, self.head_width, first, form),
            (AttentionPositions::None | AttentionPositions::Alibi(_), _) => qkv,
        }
    }

    /// How positions are told apart.
    pub(crate) fn positions(&self) -> AttentionPositions {
        self.positions
    }

    /// What the configuration adds to the scores of S = `keys` keys.
    fn own_bias(&self, keys: usize) -> Option<ScoreBias> {
        match self.positions {
            AttentionPositions::Alibi(alibi) => {
                Some(alibi.bias(self.heads.queries, keys, self.heads.scale(self.head_width)))
            }
            AttentionPositions::None | AttentionPositions::Rotary(_) => None,
        }
    }

    /// Attends and projects.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the memory: (B, S, D); returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit, or a length is not one of 1..=S for each row.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, look: AttentionSource<'_>, form: Form) -> Tensor {
        self.output.forward(cx, &self.heads(cx, x, look, form)) // (B, T, D)
    }

    /// What each head has gathered, side by side, before the output projection mixes them.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the memory: (B, S, D); returns (B, T, N·d_k), head n in the columns n·d_k..(n+1)·d_k.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    // ANCHOR: heads
    #[track_caller]
    pub fn heads(&self, cx: &Context<'_>, x: &Tensor, look: AttentionSource<'_>, form: Form) -> Tensor {
        let visible = self.mask.within(look.lengths);
        let Some(memory) = look.memory else {
            let qkv = self.packed(cx, &x.finite_within(look.lengths), 0, look.angles, form); // (B, T, 3·D)
            let own = self.own_bias(x.shape()[1]);
            let visible = visible.with_bias(look.bias.or(own.as_ref()));
            return match form {
                Form::Literal => literal::self_attention(&qkv, self.heads, visible),
                Form::Fused => fused::self_attention(&qkv, self.heads, visible),
            };
        };
        let (q, kv) = (self.queries(cx, x), self.keys_values(cx, &memory.finite_within(look.lengths)));
        match form {
            Form::Literal => literal::cross_attention(&q, &kv, self.heads, visible),
            Form::Fused => fused::cross_attention(&q, &kv, self.heads, visible),
        }
    }
    // ANCHOR_END: heads

    /// Literal self-attention with a mask of one's own: `weigh` makes the weights of the [scores](Self::scores).
    ///
    /// # Shapes
    /// - `x`: (B, T, D); `weigh`: (B, N, T, T) to (B, N, T, T); returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn forward_with(&self, cx: &Context<'_>, x: &Tensor, weigh: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
        let [q, k, v] = self.queries_keys_values(cx, x);
        self.output.forward(cx, &literal::attention_with(&q, &k, &v, self.heads, weigh)) // (B, T, D)
    }

    /// The scores of self-attention, [`literal::scores`].
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, N, T, T).
    #[track_caller]
    pub fn scores(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        let [q, k, _] = self.queries_keys_values(cx, x);
        literal::scores(&q, &k, self.heads)
    }

    /// Where each query looks, in every head.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the memory: (B, S, D); returns (B, N, T, S), each row summing to one.
    ///
    /// # Panics
    /// As [`forward`](Self::forward).
    #[track_caller]
    pub fn weights(&self, cx: &Context<'_>, x: &Tensor, look: AttentionSource<'_>) -> Tensor {
        let own = self.own_bias(x.shape()[1]);
        let (q, k, bias) = match look.memory {
            None => {
                let [q, k, _] = self.queries_keys_values(cx, x);
                (q, k, look.bias.or(own.as_ref()))
            }
            Some(memory) => (self.queries(cx, x), self.keys_values(cx, memory).slice(2, 0..self.key_width()), None),
        };
        literal::weights(&q, &k, self.heads, self.mask.within(look.lengths).with_bias(bias))
    }

    /// [`heads`](Self::heads) of positions that continue those whose keys and values are in the cache, which receives
    /// theirs; of `look`, bias and angles are read. For reading on, not for training: the result is a constant.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub(crate) fn heads_cached(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        look: AttentionSource<'_>,
        cache: &mut KeyValueCache,
    ) -> Tensor {
        let qkv = self.packed(cx, x, cache.len(), look.angles, Form::Fused); // (B, T, 3·D)
        let qkv = qkv.view::<Ix3>("attention");
        let (q, kv) = qkv.split_at(Axis(2), self.width());
        let (k, v) = kv.split_at(Axis(2), self.key_width());
        cache.append(k, v);
        let own = self.own_bias(cache.len());
        let visible = self.mask.within(None).with_bias(look.bias.or(own.as_ref()));
        let sizes = Sizes::new(q.shape(), cache.keys().shape(), cache.values().shape(), self.heads, visible);
        let bias = visible.bias.map(ScoreBias::values);
        let added = Added { bias: bias.as_ref(), ..Added::NONE };
        let attend = || kernel::forward(sizes, added, q, cache.keys(), cache.values()).0;
        Tensor::constant(metered("attention_cached", sizes.cost(), attend))
    }

    /// [`heads_cached`](Self::heads_cached) of one position of each text, of plain vectors, turned by these angles if queries and
    /// keys are turned.
    ///
    /// # Shapes
    /// - `x`: (B, D); `angles`: of B positions; `caches`: B, each of one row; returns (B, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub(crate) fn heads_of_one(
        &self,
        parameters: &Parameters,
        x: &Array2<Real>,
        angles: Option<&RotaryAngles>,
        caches: &mut [&mut KeyValueCache],
    ) -> Array2<Real> {
        assert_eq!(x.nrows(), caches.len(), "attention: a cache for each row");
        let mut qkv = self.input.apply(parameters, x); // (B, 3·D)
        if let AttentionPositions::Rotary(rotary) = self.positions {
            let rows = qkv.view_mut().insert_axis(Axis(0)); // a position of each text, as if they were those of one
            let turn = |angles| rotary.turn(rows, self.heads.queries + self.heads.keys, self.head_width, angles);
            match angles {
                Some(angles) => turn(angles),
                None => turn(&rotary.angles_of_last(caches.iter().map(|cache| cache.len()))),
            }
        }
        let mut y = aligned_zeros((x.nrows(), self.width()));
        for (row, (mut y, cache)) in y.outer_iter_mut().zip(caches).enumerate() {
            let qkv = qkv.row(row).to_slice().expect("a new array");
            let (q, kv) = qkv.split_at(self.width());
            let (k, v) = kv.split_at(self.key_width());
            cache.push(k, v);
            let keys = cache.len();
            let all = [1, keys, self.key_width()];
            let sizes = Sizes::new(&[1, 1, self.width()], &all, &all, self.heads, self.mask.into());
            let bias = self.own_bias(keys).as_ref().map(ScoreBias::values);
            let (y, [k, v]) = (y.as_slice_mut().expect("a new array"), cache.of_one());
            metered("attention_cached", sizes.cost(), || attend(y, q, k, v, sizes, bias.as_ref()));
        }
        y
    }

    /// The keys and values of a memory, for [`heads_remembered`](Self::heads_remembered).
    ///
    /// # Shapes
    /// - `memory`: (B, S, D)
    #[track_caller]
    pub(crate) fn remember(&self, cx: &Context<'_>, memory: &Tensor, lengths: Option<&[usize]>) -> CrossKeyValues {
        CrossKeyValues::new(&self.keys_values(cx, memory), lengths)
    }

    /// [`heads`](Self::heads) that look at a memory whose keys and values were computed before. For reading on, not for
    /// training: the result is a constant.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, D).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub(crate) fn heads_remembered(&self, cx: &Context<'_>, x: &Tensor, memory: &CrossKeyValues) -> Tensor {
        let q = self.queries(cx, x); // (B, T, D)
        let (k, v) = (memory.keys(), memory.values());
        let visible = self.mask.within(Some(memory.lengths()));
        let sizes = Sizes::new(q.shape(), k.shape(), v.shape(), self.heads, visible);
        let added = Added { lengths: visible.lengths, ..Added::NONE };
        Tensor::constant(kernel::forward(sizes, added, q.view("attention"), k, v).0)
    }

    /// [`weights`](Self::weights) over a memory whose keys were computed before.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, N, T, S), each row summing to one.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub(crate) fn weights_remembered(&self, cx: &Context<'_>, x: &Tensor, memory: &CrossKeyValues) -> Tensor {
        let keys = Tensor::constant(memory.keys().to_owned()); // (B, S, D)
        literal::weights(&self.queries(cx, x), &keys, self.heads, self.mask.within(Some(memory.lengths())))
    }

    /// The same parameters, but nothing that head n = `head` gathers gets through: its columns of W_O are 0. What a model can
    /// do without it says what the head is for (Michel, Levy and Neubig, *Are Sixteen Heads Really Better than One?*, 2019).
    ///
    /// ```
    /// use tensor::{Context, Init, Parameters, Tensor, check::{assert_close, random_tensor}};
    /// use transformer::{AttentionSource, BlockConfig, Form, MultiHeadAttention};
    ///
    /// let mut parameters = Parameters::new();
    /// let attention = MultiHeadAttention::new(&mut Init::new(&mut parameters, 1), &BlockConfig::new(12, 2), 1);
    /// let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x"));
    /// let y = |parameters: &Parameters| {
    ///     attention.forward(&Context::eval(parameters), &x, AttentionSource::default(), Form::Fused)
    /// };
    /// // Two heads together gather what each gathers without the other.
    /// let [second, first] = [0, 1].map(|head| y(&attention.without_head(&parameters, head)));
    /// assert_close("y", (&first + &second).value(), &y(&parameters).value().to_owned(), 1e-6);
    /// ```
    ///
    /// # Panics
    /// If there is no such head.
    #[must_use]
    #[track_caller]
    pub fn without_head(&self, parameters: &Parameters, head: usize) -> Parameters {
        assert!(
            head < self.heads.queries,
            "there is no head {head}: they are counted from 0, and there are {}",
            self.heads.queries
        );
        let (mut parameters, width) = (parameters.clone(), self.head_width);
        let columns = head * width..(head + 1) * width;
        parameters.value_mut(self.output.weight()).slice_mut(s![.., columns]).fill(0.0);
        parameters
    }

    /// The projection W_O, b_O that mixes the heads.
    pub fn output(&self) -> &Linear {
        &self.output
    }

    /// Q, K and V of self-attention, (B, T, D) each, K and V narrower if heads share them.
    #[track_caller]
    fn queries_keys_values(&self, cx: &Context<'_>, x: &Tensor) -> [Tensor; 3] {
        let qkv = self.packed(cx, x, 0, None, Form::Literal); // (B, T, 3·D)
        let (d, shared) = (self.width(), self.key_width());
        [0..d, d..d + shared, d + shared..d + 2 * shared].map(|columns| qkv.slice(2, columns))
    }

    /// Q of attention to a memory, (B, T, D).
    #[track_caller]
    fn queries(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        self.part(cx, x, 0..self.width())
    }

    /// K and V of a memory side by side, (B, S, 2·D).
    #[track_caller]
    fn keys_values(&self, cx: &Context<'_>, memory: &Tensor) -> Tensor {
        self.part(cx, memory, self.width()..self.width() + 2 * self.key_width())
    }

    /// What some rows of the packed weights make of `x`.
    #[track_caller]
    fn part(&self, cx: &Context<'_>, x: &Tensor, rows: Range<usize>) -> Tensor {
        let bias = self.input.bias().map(|bias| cx.get(bias).slice(0, rows.clone()));
        x.linear(&cx.get(self.input.weight()).slice(0, rows), bias.as_ref())
    }
}
