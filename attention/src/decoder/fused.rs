//! The attending decoder as one operation over the whole translation.
//!
//! Forward, steps first (T, B, ·), gates side by side in the order i, f, g, o:
//! 1. a_t = x_t·W_xᵀ + (b_ih + b_hh) for all t: one product (T·B, E)·(E, 4H);
//!    where x are rows of a table, (V, E)·(E, 4H), looked up afterwards
//! 2. for each t: q_t = h_{t-1}·W_qᵀ if the score is additive; scores, alignment and context z_t, row by row;
//!    a_t += z_t·W_zᵀ + h_{t-1}·W_hhᵀ (+ h̃_{t-1}·W_fᵀ); then the LSTM's gates in the place of a_t, c_t and h_t;
//!    with input feeding h̃_t = tanh(W_c [z_t ; h_t])
//!
//! where W_ih = [W_x W_z W_f] by columns. Saved are x, the gates, every z_t, c_t, h_t, h̃_t, q_t and alignment; what an
//! additive score has inside, S·A numbers for each row and step, is computed again.
//! At B = 64, S = T = 20 and A = C = H = 256 these would be 26 MB a training step, and computing them again takes 2 %
//! of the time of the operation and its way back (profile on one core of an EPYC with AVX-512).
//!
//! The rows of the batch go through all steps in blocks, each on one thread. The way back stands in `backward.rs`.

use lstm::lstm::fused::LstmCell;
use ndarray::{Array3, ArrayView2, Axis, Ix1, Ix2, s};
use rnn::scan;
use rnn::sequence::{self, ROWS, Read, StepWeights, blocks_mut, for_blocks, input, matrix_mut, numbers, together};
use rnn::{Direction, Input};
use tensor::kernels::elementwise::tanh;
use tensor::{Array, Real, Tensor, record, shared};

use super::{Decoded, DecoderState, DecoderWeights, Sizes};
use crate::look::kernel::{Compared, row, row_mut};
use crate::{Memory, Scoring};

/// Reads the translation so far; the equations stand in the [module above](super).
///
/// # Shapes
/// - `x`: (B, T, E), or rows of a table (V, E) by their numbers (B, T); `memory`: (B, S, C)
///
/// # Panics
/// If the shapes do not fit, T is 0, or a sentence is empty or longer than S.
#[track_caller]
pub fn forward(x: Input<'_>, memory: &Memory, state: &DecoderState, weights: &DecoderWeights) -> Decoded {
    let sizes = Sizes::check(x, memory, state, weights);
    let rnn::Weights { w_ih, w_hh, b_ih, b_hh } = &weights.cell;
    let mut inputs = vec![x.tensor(), w_ih, w_hh, b_ih, b_hh, &state.h, &state.c, &memory.states, &memory.keys];
    inputs.extend(weights.w_c.iter().chain(&state.attentional));
    if let Scoring::Additive { w_q, v } = &weights.scoring {
        inputs.extend([w_q, v]);
    }
    let [ys, alignment, h, c] = record(&inputs, || {
        let run = AttendingDecoder::run(sizes, x, memory, state, weights);
        let said = if sizes.fed > 0 { &run.attentional } else { &run.hs };
        let batch_first = |x| shared(sequence::batch_first(x, Direction::Forward));
        let ys = batch_first(said.slice(s![1.., .., ..])); // (B, T, H)
        let alignment = batch_first(run.alignment.view()); // (B, T, S)
        let [h, c] = [&run.hs, &run.cs].map(|x| shared(x.index_axis(Axis(0), sizes.look.queries).to_owned())); // (B, H)
        ([ys, alignment, h, c], run)
    });
    let attentional = weights.w_c.as_ref().map(|_| ys.index(1, sizes.look.queries - 1));
    Decoded { ys, alignment, state: DecoderState { h, c, attentional } }
}

/// The places of the inputs that [`rnn::sequence::input`] does not name.
pub(super) mod place {
    use super::input;

    pub const C0: usize = input::NEXT;
    pub const STATES: usize = C0 + 1;
    pub const KEYS: usize = C0 + 2;
    /// W_c and h̃_0, if there is input feeding; then W_q and v, if the score is additive.
    pub const OPTIONAL: usize = C0 + 3;
}

/// All arrays are steps first, but for the memory.
pub(super) struct AttendingDecoder {
    pub sizes: Sizes,
    pub read: Read,
    /// i, f, g and o side by side, (T, B, 4H).
    pub gates: Array3<Real>,
    /// c_0 and then every c_t, (T + 1, B, H).
    pub cs: Array3<Real>,
    /// h_0 and then every h_t, (T + 1, B, H).
    pub hs: Array3<Real>,
    /// h̃_0 and then every h̃_t, (T + 1, B, H), or (T + 1, B, 0) without input feeding.
    pub attentional: Array3<Real>,
    /// (T, B, C).
    pub contexts: Array3<Real>,
    /// (T, B, S).
    pub alignment: Array3<Real>,
    /// q_t, (T, B, A), or (T, B, 0) where h_{t-1} itself is the query.
    pub queries: Array3<Real>,
    pub w_ih: Array,
    pub w_hh: Array,
    /// Of an additive score.
    pub w_q: Option<Array>,
    /// With input feeding.
    pub w_c: Option<Array>,
    pub compared: Compared,
}

/// The columns of W_ih that meet the context, and those that meet the attentional vector.
pub(super) fn columns(sizes: Sizes, w_ih: ArrayView2<'_, Real>) -> [ArrayView2<'_, Real>; 2] {
    let behind = sizes.input + sizes.look.states;
    [w_ih.slice_move(s![.., sizes.input..behind]), w_ih.slice_move(s![.., behind..])]
}

impl AttendingDecoder {
    /// The forward pass; the shapes have been checked.
    fn run(sizes: Sizes, x: Input<'_>, memory: &Memory, state: &DecoderState, weights: &DecoderWeights) -> Self {
        let rnn::Weights { w_ih, w_hh, b_ih, b_hh } = &weights.cell;
        let Sizes { look, input, hidden, fed } = sizes;
        let (steps, batch) = (look.queries, look.batch);
        let read = Read::new(x, Direction::Forward, None);
        let (w_q, compared) = match &weights.scoring {
            Scoring::Additive { w_q, v } => (Some(w_q.value().clone()), Compared::new(memory, Some(v), 1.0)),
            Scoring::Multiplicative { factor } => (None, Compared::new(memory, None, *factor)),
        };

        let bias = &b_ih.view::<Ix1>("attending decoder") + &b_hh.view::<Ix1>("attending decoder"); // (4H)
        let all_w_ih = w_ih.view::<Ix2>("attending decoder");
        let mut gates = Array3::zeros((steps, batch, 4 * hidden));
        read.project_into(matrix_mut(gates.view_mut()), all_w_ih.slice(s![.., ..input]), bias.view()); // (T·B, 4H)

        let begin = |x: &Tensor| sequence::beginning_with(x.view("attending decoder"), steps); // (T + 1, B, H)
        let (mut hs, mut cs) = (begin(&state.h), begin(&state.c));
        let mut attentional = state.attentional.as_ref().map_or_else(|| Array3::zeros((steps + 1, batch, 0)), begin);
        let mut contexts = Array3::zeros((steps, batch, look.states));
        let mut alignment = Array3::zeros((steps, batch, look.positions));
        let mut queries = Array3::zeros((steps, batch, compared.scratch().len()));

        let [w_z, w_f] = columns(sizes, all_w_ih).map(|w| transposed(w, batch));
        let w_h = transposed(w_hh.view("attending decoder"), batch);
        let to_query = w_q.as_ref().map(|w_q| transposed(sequence::weight(w_q), batch));
        let w_c = weights.w_c.as_ref().map(|w_c| {
            let (from_z, from_h) = w_c.view("attending decoder").split_at(Axis(1), look.states);
            [from_z, from_h].map(|w| transposed(w, batch))
        });
        let arrays = [&mut gates, &mut hs, &mut cs, &mut attentional, &mut contexts, &mut alignment, &mut queries];
        for_blocks(together(arrays.map(blocks_mut)).enumerate(), |(block, mut arrays)| {
            let mut scratch = compared.scratch();
            for t in 0..steps {
                let [gates, hs, cs, attentional, contexts, alignment, queries] = &mut arrays;
                let [(mut h_before, mut h), (mut c_before, mut c), (fed_before, mut said)] =
                    [hs, cs, attentional].map(|states| sequence::around(states, t));
                let [mut a, mut z, mut alignment, mut q] =
                    [gates, contexts, alignment, queries].map(|x| x.index_axis_mut(Axis(0), t));
                // ANCHOR: step
                if let Some(to_query) = &to_query {
                    to_query.multiply_into(q.view_mut(), 0.0, h_before.view());
                }
                let query = if to_query.is_some() { q.view() } else { h_before.view() };
                for i in 0..query.nrows() {
                    let sentence = compared.sentence(block * ROWS + i);
                    let (alignment, z) = (row_mut(&mut alignment, i), row_mut(&mut z, i));
                    compared.comparison().look(row(&query, i), sentence, alignment, z, &mut scratch);
                }
                w_z.multiply_into(a.view_mut(), 1.0, z.view());
                w_h.multiply_into(a.view_mut(), 1.0, h_before.view());
                if fed > 0 {
                    w_f.multiply_into(a.view_mut(), 1.0, fed_before.view());
                }
                let state = [(&mut h_before, &mut h), (&mut c_before, &mut c)];
                let state = state.map(|(before, after)| (&*numbers(before), numbers(after)));
                scan::step(LstmCell, hidden, numbers(&mut a), state);
                if let Some([from_z, from_h]) = &w_c {
                    from_z.multiply_into(said.view_mut(), 0.0, z.view());
                    from_h.multiply_into(said.view_mut(), 1.0, h.view());
                    numbers(&mut said).iter_mut().for_each(|x| *x = tanh(*x));
                }
                // ANCHOR_END: step
            }
        });

        let [w_ih, w_hh] = [w_ih, w_hh].map(|w| w.value().clone());
        let w_c = weights.w_c.as_ref().map(|w_c| w_c.value().clone());
        AttendingDecoder {
            sizes,
            read,
            gates,
            cs,
            hs,
            attentional,
            contexts,
            alignment,
            queries,
            w_ih,
            w_hh,
            w_q,
            w_c,
            compared,
        }
    }
}

/// Weights stored as (out, in), for products at every step.
fn transposed(w: ArrayView2<'_, Real>, batch: usize) -> StepWeights<'_> {
    StepWeights::new(w.reversed_axes(), batch)
}
