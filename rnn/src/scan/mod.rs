//! The driver of the fused recurrent layers: a [`Cell`] says what one step does to one row, and a [`Scan`] takes it through
//! the sequence and back.
//!
//! Forward, steps first (T, B, ·):
//! 1. a_t = x_t·W_ihᵀ + biases for all t: one product (T·B, I)·(I, G·H);
//!    where x are rows of a table, (V, I)·(I, G·H), looked up afterwards
//! 2. for each t: a_t += h_{t-1}·W_hhᵀ, one product (B, H)·(H, G·H); then the cell makes the state of its sums a_t
//!
//! Saved are x, what the cell leaves in the place of a_t, and the states.
//!
//! Backward:
//! 1. for each t, from the last: the cell puts da_t in the place of what it left; dh_{t-1} = da_t·W_hh
//! 2. dx = da·W_ih, dW_ih = daᵀ·x, dW_hh = daᵀ·h_{t-1}, db = Σ da: one product each for all t
//!
//! Rows that have ended, [`Ends`], keep their state and its gradient; their da is zero, so they have no part in 2.

mod backward;

use std::ops::Range;

use ndarray::{Array, Array1, Array3, ArrayView, Axis, CowArray, Ix1, Ix2, Ix3, RemoveAxis, concatenate, s};
use tensor::{Real, Tensor, record, shared};

use crate::sequence::{
    Ends, Read, StepWeights, around, batch_first, beginning_with, blocks_mut, for_blocks, keep, matrix_mut, numbers,
    step_of_block, together,
};
use crate::{Direction, Input, PassOptions, Sizes, Weights};

/// What a recurrent layer does at one step with one row, once the products with W_ih and W_hh have been added up.
///
/// The state is S vectors of H numbers, h first. The sums are K columns of H numbers, side by side. A cell of one column
/// has no array for it: forward, the sum stands in the place of h_t, and `sums` is empty.
pub trait Cell<const S: usize>: Copy + Sync + 'static {
    /// The operation's name, unique in the workspace.
    const NAME: &'static str;

    /// G: W_ih and W_hh have G·H rows.
    const GATES: usize;

    /// K, at least G.
    const COLUMNS: usize = Self::GATES;

    /// The gates of W_ih and b_ih in the order of the sums' first G columns, where they are added.
    #[expect(clippy::single_range_in_vec_init, reason = "one range is meant")]
    const ORDER: &'static [Range<usize>] = &[0..Self::GATES];

    /// The column from which the gates of W_hh and b_hh are added; they end with the last column.
    const FROM_STATE: usize = 0;

    /// Whether h_{t-1} has a part in the state beside the one it has through the sums.
    const DIRECT: bool = false;

    /// The elementwise operations that wait for each other, from h_{t-1}·W_hhᵀ to h_t, each with its work in multiples of
    /// B·H; the probe and what holds the states of ended rows come on top.
    const CHAIN: &'static [usize];

    /// Makes every vector of the state from the sums and the vectors before; what the way back needs takes the place of
    /// the sums.
    fn forward(self, sums: &mut [Real], state: [Before<'_>; S]);

    /// The same step backwards: what `forward` left becomes the gradients of the sums, and the gradients of the state
    /// become those of the state before, less what reaches h_{t-1} through the sums.
    ///
    /// Without a [direct](Self::DIRECT) part the gradient of h may be left as it is.
    fn backward(self, sums: &mut [Real], state: [Around<'_>; S]);
}

/// A vector of the state before the step, and the place of the one after it: (H) each, or rows of them.
pub type Before<'a> = (&'a [Real], &'a mut [Real]);

/// A vector of the state before and after the step, and the gradient of the latter: (H) each, or rows of them.
pub type Around<'a> = (&'a [Real], &'a [Real], &'a mut [Real]);

/// The columns of one row's sums, (K·H), one by one.
///
/// # Panics
/// If H is 0 or there are fewer than K.
#[inline]
pub fn columns<const K: usize>(sums: &mut [Real], hidden: usize) -> [&mut [Real]; K] {
    let mut columns = sums.chunks_exact_mut(hidden);
    std::array::from_fn(|_| columns.next().expect("a row holds all columns"))
}

/// [`Cell::forward`] for every row of a block.
///
/// # Panics
/// If H is 0, or a slice is too short.
#[inline]
pub fn step<C: Cell<S>, const S: usize>(cell: C, hidden: usize, sums: &mut [Real], mut state: [Before<'_>; S]) {
    let width = kept_columns::<C, S>() * hidden;
    for row in 0..state[0].1.len() / hidden {
        let state = state.each_mut().map(|(before, after)| {
            let start = row * hidden;
            (&before[start..][..hidden], &mut after[start..][..hidden])
        });
        cell.forward(&mut sums[row * width..][..width], state);
    }
}

/// [`Cell::backward`] for every row of a block.
///
/// # Panics
/// If H is 0, or a slice is too short.
#[inline]
pub fn step_backward<C: Cell<S>, const S: usize>(
    cell: C,
    hidden: usize,
    sums: &mut [Real],
    mut state: [Around<'_>; S],
) {
    for (row, sums) in sums.chunks_exact_mut(C::COLUMNS * hidden).enumerate() {
        let state = state.each_mut().map(|(before, after, gradient)| {
            let start = row * hidden;
            (&before[start..][..hidden], &after[start..][..hidden], &mut gradient[start..][..hidden])
        });
        cell.backward(sums, state);
    }
}

/// The columns that have an array of their own.
const fn kept_columns<C: Cell<S>, const S: usize>() -> usize {
    if C::COLUMNS == 1 { 0 } else { C::COLUMNS }
}

/// Reads a sequence as one recorded operation.
///
/// # Shapes
/// - `x`: (B, T, I) or rows of a table (V, I), each vector of `state`: (B, H), `run.probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last state, (B, H) each: M = S + 1 tensors
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward<C: Cell<S>, const S: usize, const M: usize>(
    cell: C,
    x: Input<'_>,
    state: [&Tensor; S],
    weights: &Weights,
    run: PassOptions<'_>,
) -> [Tensor; M] {
    const { assert!(M == S + 1, "the outputs are ys and the last of each vector of the state") };
    let Sizes { steps, .. } = Sizes::check(C::NAME, C::GATES, x, &state, weights, run);
    let Weights { w_ih, w_hh, b_ih, b_hh } = weights;
    let mut inputs = vec![x.tensor(), w_ih, w_hh, b_ih, b_hh];
    inputs.extend(state);
    inputs.extend(run.probe);
    record(&inputs, || {
        let scan = Scan::run(cell, x, state, weights, run);
        let mut ys = batch_first(scan.states[0].slice(s![1.., .., ..]), run.direction); // (B, T, H)
        scan.ends.clear(&mut ys);
        let last = scan.states.each_ref().map(|states| states.index_axis(Axis(0), steps).to_owned()); // (B, H)
        let mut outputs = std::iter::once(shared(ys)).chain(last.map(shared));
        (std::array::from_fn(|_| outputs.next().expect("there are S + 1")), scan)
    })
}

/// A cell's way through a sequence. All arrays are steps first, in the order of reading.
pub struct Scan<C, const S: usize> {
    cell: C,
    read: Read,
    ends: Ends,
    /// What the cell left in the place of its sums, (T, B, K·H); (T, B, 0) for a cell of one column.
    pub columns: Array3<Real>,
    /// Each vector of the state, before the first step and after every step: (T + 1, B, H).
    pub states: [Array3<Real>; S],
    w_ih: tensor::Array,
    w_hh: tensor::Array,
    probe: Option<tensor::Array>,
    direction: Direction,
}

impl<C: Cell<S>, const S: usize> Scan<C, S> {
    /// The forward pass; the shapes have been checked.
    pub fn run(cell: C, x: Input<'_>, state: [&Tensor; S], weights: &Weights, run: PassOptions<'_>) -> Self {
        let PassOptions { direction, probe, lengths, .. } = run;
        let Weights { w_ih, w_hh, b_ih, b_hh } = weights;
        let (read, ends) = (Read::new(x, direction, lengths), Ends::new(lengths));
        let ((steps, batch), hidden) = (read.dim(), state[0].shape()[1]);
        let (input, from_state) = (C::GATES * hidden, C::FROM_STATE * hidden);

        let mut bias = Array1::zeros(C::COLUMNS * hidden);
        bias.slice_mut(s![..input]).assign(&in_order::<C, S, _>(b_ih.view::<Ix1>(C::NAME)));
        let mut bias_of_state = bias.slice_mut(s![from_state..]);
        bias_of_state += &b_hh.view::<Ix1>(C::NAME);

        let mut columns = Array3::zeros((steps, batch, kept_columns::<C, S>() * hidden));
        let mut states = state.map(|state| beginning_with(state.view(C::NAME), steps)); // (T + 1, B, H)
        let in_place = kept_columns::<C, S>() == 0;
        let sums = if in_place { states[0].slice_mut(s![1.., .., ..]) } else { columns.view_mut() };
        let (from_input, mut rest) = matrix_mut(sums).split_at(Axis(1), input); // (T·B, G·H), (T·B, (K - G)·H)
        let w_ih_in_order = in_order::<C, S, _>(w_ih.view::<Ix2>(C::NAME));
        read.project_into(from_input, w_ih_in_order.view(), bias.slice(s![..input]));
        rest.assign(&bias.slice(s![input..]));

        let w = StepWeights::new(w_hh.view::<Ix2>(C::NAME).reversed_axes(), batch); // (H, G·H)
        let probe_view = probe.map(|probe| probe.view::<Ix3>(C::NAME));
        let blocks = blocks_mut(&mut columns).zip(together(states.each_mut().map(blocks_mut))).enumerate();
        for_blocks(blocks, |(block, (mut columns, mut states))| {
            for (s, t) in direction.order(steps).enumerate() {
                let mut sums = columns.index_axis_mut(Axis(0), s);
                let mut state = states.each_mut().map(|states| around(states, s));
                let (before, h) = &mut state[0];
                let from_state = if in_place { h.view_mut() } else { sums.slice_mut(s![.., from_state..]) };
                w.multiply_into(from_state, 1.0, before.view());
                let rows = state.each_mut().map(|(before, after)| (&*numbers(before), numbers(after)));
                step(cell, hidden, numbers(&mut sums), rows);
                if let Some(probe) = probe_view {
                    state[0].1 += &step_of_block(probe, t, block);
                }
                let ended = ends.ended(block, t);
                state.iter_mut().for_each(|(before, after)| keep(&ended, before, after));
            }
        });
        let [w_ih, w_hh] = [w_ih, w_hh].map(|w| w.value().clone());
        Scan { cell, read, ends, columns, states, w_ih, w_hh, probe: probe.map(|p| p.value().clone()), direction }
    }
}

/// Rows of W_ih or b_ih, and the columns of their sums.
fn parts<C: Cell<S>, const S: usize>(hidden: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    C::ORDER.iter().scan(0, move |columns, gates| {
        let start = *columns;
        *columns += gates.len() * hidden;
        Some((gates.start * hidden..gates.end * hidden, start..*columns))
    })
}

/// W_ih or b_ih with its rows in the order of the columns.
fn in_order<'a, C: Cell<S>, const S: usize, D: RemoveAxis>(rows: ArrayView<'a, Real, D>) -> CowArray<'a, Real, D> {
    if C::ORDER.len() == 1 {
        return rows.into();
    }
    let hidden = rows.len_of(Axis(0)) / C::GATES;
    let parts: Vec<_> = parts::<C, S>(hidden).map(|(part, _)| rows.slice_axis(Axis(0), part.into())).collect();
    let rows: Array<Real, D> = concatenate(Axis(0), &parts).expect("parts of one array differ in their rows only");
    rows.into()
}
