//! One query and the one sentence that it looks at, over plain slices.
//!
//! - `query`: (A), `keys`: (L, A), `states`: (L, C), where L is the length of the sentence: padding is never touched
//! - `alignment`: (S), zero from L on; `context`: (C)
//!
//! Saved is the alignment; what an additive score has inside is computed again.

use ndarray::{Array1, Array3, ArrayView2, ArrayView3, ArrayViewMut2, Axis, s};
use rayon::prelude::*;
use tensor::kernels::{Threads, dot, matmul_into, softmax_backward_row, softmax_row};
use tensor::{Array, Real, Tensor};

use super::long_sum::{BLOCK, LongSum};
use super::{additive, multiplicative};
use crate::Memory;
use crate::memory::contiguous;

/// How a query and a key are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Comparison<'a> {
    /// v · tanh(q + k).
    Additive { v: &'a [Real] },
    /// factor · q · k.
    Multiplicative { factor: Real },
}

/// The memory of a batch and what compares it with queries, as an operation keeps them.
pub(crate) struct Compared {
    /// (B, S, A), in standard layout.
    pub keys: Array,
    /// (B, S, C), in standard layout.
    pub states: Array,
    /// Of every sentence.
    pub lengths: Vec<usize>,
    /// v, (A), of an additive score.
    pub v: Option<Array>,
    /// Of a multiplicative one.
    pub factor: Real,
}

impl Compared {
    pub(crate) fn new(memory: &Memory, v: Option<&Tensor>, factor: Real) -> Self {
        let [keys, states] = [&memory.keys, &memory.states].map(contiguous);
        Compared { keys, states, lengths: memory.lengths.clone(), v: v.map(contiguous), factor }
    }

    pub(crate) fn comparison(&self) -> Comparison<'_> {
        match &self.v {
            Some(v) => Comparison::Additive { v: v.as_slice().expect("made contiguous") },
            None => Comparison::Multiplicative { factor: self.factor },
        }
    }

    /// Room for what a score has inside: A numbers if it is additive.
    pub(crate) fn scratch(&self) -> Vec<Real> {
        vec![0.0; self.v.as_ref().map_or(0, |v| v.len())]
    }

    /// Where `blocks` blocks of rows sum up the gradient of v, each for itself.
    pub(crate) fn gradients_of_v(&self, blocks: usize) -> Vec<GradientOfV> {
        let one = GradientOfV { of_one_block: self.scratch(), total: Array1::zeros(self.scratch().len()) };
        vec![one; blocks]
    }

    pub(crate) fn sentence(&self, b: usize) -> Sentence<'_> {
        let [keys, states] =
            [&self.keys, &self.states].map(|x| x.view().into_dimensionality().expect("the shapes were checked"));
        Sentence::new(keys, states, b, self.lengths[b])
    }

    /// Whether some positions are padding.
    pub(crate) fn is_padded(&self) -> bool {
        self.lengths.iter().any(|&length| length < self.keys.shape()[1])
    }

    pub(crate) fn saved_bytes(&self) -> usize {
        let numbers = self.keys.len() + self.states.len() + self.v.as_ref().map_or(0, |v| v.len());
        numbers * size_of::<Real>()
    }
}

/// The gradient of v, (A). It is a sum over all queries and keys, too long for single precision: that of one query and
/// a block of keys is summed in it, and those of all blocks in double precision.
#[derive(Clone)]
pub(crate) struct GradientOfV {
    of_one_block: Vec<Real>,
    total: Array1<f64>,
}

impl GradientOfV {
    /// The sum over all blocks, (A); there are none in a batch without rows.
    pub(crate) fn sum(blocks: &[Self], width: usize) -> Array1<Real> {
        blocks.iter().fold(Array1::zeros(width), |sum, block| sum + &block.total).mapv(|x: f64| x as Real)
    }
}

/// The keys and states of one row, without its padding.
#[derive(Clone, Copy)]
pub(crate) struct Sentence<'a> {
    keys: &'a [Real],
    states: &'a [Real],
    length: usize,
}

impl<'a> Sentence<'a> {
    /// The first `length` positions of row `b`.
    ///
    /// # Shapes
    /// - `keys`: (B, S, A), `states`: (B, S, C), both in standard layout
    fn new(keys: ArrayView3<'a, Real>, states: ArrayView3<'a, Real>, b: usize, length: usize) -> Self {
        let positions = |x: ArrayView3<'a, Real>| {
            let width = x.dim().2;
            let row = x.index_axis_move(Axis(0), b).to_slice().expect("the memory is contiguous");
            &row[..length * width]
        };
        Sentence { keys: positions(keys), states: positions(states), length }
    }
}

/// What [`Comparison::look`] was given, and where it looked.
#[derive(Clone, Copy)]
pub(crate) struct Looked<'a> {
    pub query: &'a [Real],
    pub sentence: Sentence<'a>,
    pub alignment: &'a [Real],
}

impl Comparison<'_> {
    /// Fills in where the query looks and what it finds there. `scratch` has A numbers, or none if the comparison is a
    /// product.
    pub(crate) fn look(
        self,
        query: &[Real],
        sentence: Sentence<'_>,
        alignment: &mut [Real],
        context: &mut [Real],
        scratch: &mut [Real],
    ) {
        let (alignment, padding) = alignment.split_at_mut(sentence.length);
        match self {
            Comparison::Additive { v } => additive::scores(query, sentence.keys, v, alignment, scratch),
            Comparison::Multiplicative { factor } => {
                multiplicative::scores(query, sentence.keys, factor, alignment);
            }
        }
        softmax_row(alignment);
        padding.fill(0.0);
        context.fill(0.0);
        let mut sum = LongSum::default();
        let blocks = alignment.chunks(BLOCK).zip(sentence.states.chunks(BLOCK * context.len()));
        for (block, (weights, states)) in blocks.enumerate() {
            if block > 0 {
                sum.take(context);
            }
            for (weight, state) in weights.iter().zip(states.chunks_exact(context.len())) {
                context.iter_mut().zip(state).for_each(|(context, s)| *context += weight * s);
            }
        }
        sum.finish(context);
    }

    /// The same backwards, but for the states (see [`states_gradient`]): `dalignment` (S) comes with the gradient of
    /// the alignment itself and is written over; the gradients of query (A), keys (L, A) and v are added to.
    pub(crate) fn attend_backward(
        self,
        Looked { query, sentence, alignment }: Looked<'_>,
        dcontext: &[Real],
        dalignment: &mut [Real],
        [dquery, dkeys]: [&mut [Real]; 2],
        dv: &mut GradientOfV,
        scratch: &mut [Real],
    ) {
        let dscores = &mut dalignment[..sentence.length];
        // context = Σ_j α_j s_j, so dα_j = dcontext · s_j
        for (dweight, state) in dscores.iter_mut().zip(sentence.states.chunks_exact(dcontext.len())) {
            *dweight += dot(dcontext, state);
        }
        softmax_backward_row(dscores, &alignment[..sentence.length]);
        let mut sum = LongSum::default();
        let keys = sentence.keys.chunks(BLOCK * query.len());
        let blocks = dscores.chunks(BLOCK).zip(keys).zip(dkeys.chunks_mut(BLOCK * query.len()));
        for (block, ((dscores, keys), dkeys)) in blocks.enumerate() {
            if block > 0 {
                sum.take(dquery);
            }
            match self {
                Comparison::Additive { v } => {
                    dv.of_one_block.fill(0.0);
                    let gradients = [&mut *dquery, dkeys, &mut dv.of_one_block];
                    additive::scores_backward([query, keys, v], dscores, gradients, scratch);
                    dv.total.iter_mut().zip(&dv.of_one_block).for_each(|(total, &dv)| *total += f64::from(dv));
                }
                Comparison::Multiplicative { factor } => {
                    multiplicative::scores_backward([query, keys], factor, dscores, [&mut *dquery, dkeys]);
                }
            }
        }
        sum.finish(dquery);
    }
}

/// context_t = Σ_j α_tj s_j, so ds_j = Σ_t α_tj dcontext_t: one product for each row of the batch; 0 in the padding,
/// whatever the gradient of the context is.
///
/// # Shapes
/// - `alignment`: (B, T, S), `dcontexts`: (B, T, C), both with any strides, `lengths`: B; returns (B, S, C)
pub(crate) fn states_gradient(
    alignment: ArrayView3<'_, Real>,
    dcontexts: ArrayView3<'_, Real>,
    lengths: &[usize],
) -> Array3<Real> {
    let ((batch, _, positions), width) = (alignment.dim(), dcontexts.dim().2);
    let mut dstates = Array3::zeros((batch, positions, width));
    let rows = dstates.outer_iter_mut().zip(alignment.outer_iter()).zip(dcontexts.outer_iter()).zip(lengths);
    rows.collect::<Vec<_>>().into_par_iter().for_each(|(((mut dstates, alignment), dcontext), &length)| {
        matmul_into(dstates.view_mut(), 0.0, 1.0, alignment.t(), dcontext, Threads::One);
        dstates.slice_mut(s![length.., ..]).fill(0.0);
    });
    dstates
}

/// A row of a matrix whose rows are contiguous.
pub(crate) fn row<'a>(x: &ArrayView2<'a, Real>, i: usize) -> &'a [Real] {
    x.index_axis_move(Axis(0), i).to_slice().expect("rows are contiguous")
}

/// Likewise, to be written.
pub(crate) fn row_mut<'a>(x: &'a mut ArrayViewMut2<'_, Real>, i: usize) -> &'a mut [Real] {
    x.row_mut(i).into_slice().expect("rows are contiguous")
}
