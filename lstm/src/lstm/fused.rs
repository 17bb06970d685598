//! The LSTM as one operation.
//!
//! Forward, steps first (T, B, ·), gates side by side in the order i, f, g, o:
//! 1. a_t = x_t·W_ihᵀ + (b_ih + b_hh) for all t: one product (T·B, I)·(I, 4H);
//!    where x are rows of a table, (V, I)·(I, 4H), looked up afterwards
//! 2. for each t: a_t += h_{t-1}·W_hhᵀ, products (B, H)·(H, 4H); the gates take the place of a_t; then c_t and h_t
//!
//! Saved are x, the gates, every c_t and every h_t; tanh(c_t) is recomputed.
//!
//! Backward:
//! 1. for each t, from the last: da_t from dh_t and dc_t, in the place of the gates; dh_{t-1} = da_t·W_hh
//! 2. dx = da·W_ih, dW_ih = daᵀ·x, dW_hh = daᵀ·h_{t-1}, db = Σ da: one product each for all t
//!
//! Rows that have ended, [`Ends`], keep their state and its gradient; their da is zero, so they have no part in 2.

use ndarray::{Array3, Axis, Ix1, Ix2, Ix3, s};
use rnn::sequence::{
    self, Ends, Read, StepWeights, block_of, blocks_mut, for_blocks, input, matrix, matrix_mut, numbers, rows_mut,
    step_of_block,
};
use rnn::{Direction, Input, Run, Sizes, Weights};
use tensor::kernels::elementwise::{sigmoid, tanh};
use tensor::kernels::sum_rows;
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

/// Reads a sequence; the equations stand in the [module above](super).
///
/// # Shapes
/// - `x`: (B, T, I) or rows of a table (V, I), `h0` and `c0`: (B, H), `run.probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last h and c, (B, H) each
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(x: Input<'_>, h0: &Tensor, c0: &Tensor, weights: &Weights, run: Run<'_>) -> [Tensor; 3] {
    let Sizes { steps, .. } = Sizes::check("lstm", 4, x, &[h0, c0], weights, run);
    let Weights { w_ih, w_hh, b_ih, b_hh } = weights;
    let mut inputs = vec![x.tensor(), w_ih, w_hh, b_ih, b_hh, h0, c0];
    inputs.extend(run.probe);
    record(&inputs, || {
        let operation = Lstm::run(x, h0, c0, weights, run);
        let mut ys = sequence::batch_first(operation.hs.slice(s![1.., .., ..]), run.direction); // (B, T, H)
        operation.ends.clear(&mut ys);
        let [h_n, c_n] = [&operation.hs, &operation.cs].map(|s| s.index_axis(Axis(0), steps).to_owned()); // (B, H)
        ([shared(ys), shared(h_n), shared(c_n)], operation)
    })
}

/// All arrays are steps first.
pub(super) struct Lstm {
    read: Read,
    ends: Ends,
    /// i, f, g and o side by side, (T, B, 4H).
    pub(super) gates: Array3<Real>,
    /// c_0 and then every c_t, (T + 1, B, H).
    pub(super) cs: Array3<Real>,
    /// h_0 and then every h_t, (T + 1, B, H).
    pub(super) hs: Array3<Real>,
    w_ih: Array,
    w_hh: Array,
    probed: bool,
    direction: Direction,
}

impl Lstm {
    /// The forward pass; the shapes have been checked.
    pub(super) fn run(
        x: Input<'_>,
        h0: &Tensor,
        c0: &Tensor,
        weights: &Weights,
        Run { direction, probe, lengths, .. }: Run<'_>,
    ) -> Self {
        let read = Read::new(x, direction, lengths);
        let ((steps, batch), hidden) = (read.dim(), h0.shape()[1]);
        let ends = Ends::new(lengths);
        let bias = &weights.b_ih.view::<Ix1>("lstm") + &weights.b_hh.view::<Ix1>("lstm"); // (4H)
        let mut gates = Array3::zeros((steps, batch, 4 * hidden));
        read.project_into(matrix_mut(gates.view_mut()), weights.w_ih.view("lstm"), bias.view()); // (T·B, 4H)

        let [mut hs, mut cs] = [h0, c0].map(|state| sequence::beginning_with(state.view("lstm"), steps)); // (T + 1, B, H)
        let step = StepWeights::new(weights.w_hh.view::<Ix2>("lstm").reversed_axes(), batch); // (H, 4H)
        let probe_view = probe.map(|probe| probe.view::<Ix3>("lstm"));
        let blocks = blocks_mut(&mut gates).zip(blocks_mut(&mut hs)).zip(blocks_mut(&mut cs)).enumerate();
        for_blocks(blocks, |(block, ((mut gates, mut hs), mut cs))| {
            for (s, t) in direction.order(steps).enumerate() {
                let mut a = gates.index_axis_mut(Axis(0), s);
                let [(h_before, mut h), (mut c_before, mut c)] = [&mut hs, &mut cs].map(|x| sequence::around(x, s));
                step.multiply_into(a.view_mut(), 1.0, h_before.view());
                cells(hidden, numbers(&mut a), numbers(&mut c_before), numbers(&mut c), numbers(&mut h));
                if let Some(probe) = probe_view {
                    h += &step_of_block(probe, t, block);
                }
                let ended = ends.ended(block, t);
                sequence::keep(&ended, &h_before, &mut h);
                sequence::keep(&ended, &c_before, &mut c);
            }
        });
        let [w_ih, w_hh] = [&weights.w_ih, &weights.w_hh].map(|w| w.value().clone());
        Lstm { read, ends, gates, cs, hs, w_ih, w_hh, probed: probe.is_some(), direction }
    }
}

/// One step of a block: the sums `a` (rows, 4H) become the gates; from `before`, c_{t-1}, follow `c` and `h`
/// (rows, H). One loop for each result: the compiler makes vector instructions of those.
///
/// # Panics
/// If H is 0, or a slice is too short.
// ANCHOR: cells
pub fn cells(hidden: usize, a: &mut [Real], before: &[Real], c: &mut [Real], h: &mut [Real]) {
    let states = before.chunks_exact(hidden).zip(c.chunks_exact_mut(hidden)).zip(h.chunks_exact_mut(hidden));
    for (a, ((before, c), h)) in a.chunks_exact_mut(4 * hidden).zip(states) {
        let [i, f, g, o] = gates(a, hidden);
        i.iter_mut().for_each(|i| *i = sigmoid(*i));
        f.iter_mut().for_each(|f| *f = sigmoid(*f));
        g.iter_mut().for_each(|g| *g = tanh(*g));
        o.iter_mut().for_each(|o| *o = sigmoid(*o));
        for j in 0..hidden {
            c[j] = f[j] * before[j] + i[j] * g[j];
        }
        for j in 0..hidden {
            h[j] = o[j] * tanh(c[j]);
        }
    }
}
// ANCHOR_END: cells

/// The same step backwards: the gates become the gradients of their sums. `dh` and `dc` (rows, H) are the gradients
/// of h_t and c_t; `dc` becomes that of c_{t-1}.
///
/// # Panics
/// If H is 0, or a slice is too short.
// ANCHOR: cells_backward
pub fn cells_backward(hidden: usize, sums: &mut [Real], before: &[Real], c: &[Real], dh: &[Real], dc: &mut [Real]) {
    let states = before.chunks_exact(hidden).zip(c.chunks_exact(hidden));
    let gradients = dh.chunks_exact(hidden).zip(dc.chunks_exact_mut(hidden));
    for ((a, (before, c)), (dh, dc)) in sums.chunks_exact_mut(4 * hidden).zip(states).zip(gradients) {
        let [i, f, g, o] = gates(a, hidden);
        // h = o·tanh(c)
        for j in 0..hidden {
            let y = tanh(c[j]);
            dc[j] += dh[j] * o[j] * (1.0 - y * y);
            o[j] = dh[j] * y * o[j] * (1.0 - o[j]);
        }
        // c = f·before + i·g
        for j in 0..hidden {
            let (i_j, g_j) = (i[j], g[j]);
            i[j] = dc[j] * g_j * i_j * (1.0 - i_j);
            g[j] = dc[j] * i_j * (1.0 - g_j * g_j);
        }
        for j in 0..hidden {
            let f_j = f[j];
            f[j] = dc[j] * before[j] * f_j * (1.0 - f_j);
            dc[j] *= f_j;
        }
    }
}
// ANCHOR_END: cells_backward

/// The gates of one row, (4H), one by one.
fn gates(row: &mut [Real], hidden: usize) -> [&mut [Real]; 4] {
    let mut gates = row.chunks_exact_mut(hidden);
    std::array::from_fn(|_| gates.next().expect("a row holds four gates"))
}

impl Backward for Lstm {
    fn name(&self) -> &'static str {
        "lstm"
    }

    fn cost(&self) -> Cost {
        // The sum with the input's product, the gates, i·g and f·c, their sum, tanh, o·tanh(c), the probe, and what
        // holds the states of ended rows.
        let chain = [4, 4, 2, 1, 1, 1, usize::from(self.probed), self.ends.chain(2)];
        sequence::cost(&self.read, [4, self.hs.dim().2], &chain, self.saved_bytes())
    }

    fn saved_bytes(&self) -> usize {
        let arrays = [&self.gates, &self.cs, &self.hs].map(|x| x.len());
        self.read.saved_bytes() + sequence::bytes(&[arrays.iter().sum(), self.w_ih.len(), self.w_hh.len()])
    }

    fn backward(mut self: Box<Self>, mut dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let ((steps, batch), hidden) = (self.read.dim(), self.hs.dim().2);
        let [w_ih, w_hh] = [&self.w_ih, &self.w_hh].map(sequence::weight);
        let (hs, cs, ends, direction) = (self.hs.view(), self.cs.view(), &self.ends, self.direction);

        let step = StepWeights::new(w_hh, batch); // (4H, H)
        let [mut dh, mut dc] = [1, 2].map(|i| sequence::state_gradient(&mut dy, i, (batch, hidden))); // (B, H)
        let dys = sequence::ys_gradient(&dy);
        let probed = self.probed && dx.wants(input::NEXT + 1);
        let mut dprobe = Array3::zeros((if probed { steps } else { 0 }, batch, hidden));

        let states = rows_mut(&mut dh).zip(rows_mut(&mut dc));
        let blocks = states.zip(blocks_mut(&mut self.gates)).zip(blocks_mut(&mut dprobe)).enumerate();
        for_blocks(blocks, |(block, (((mut dh, mut dc), mut gates), mut dprobe))| {
            let cs = block_of(cs, block);
            for (s, t) in direction.order(steps).enumerate().rev() {
                // h_t = h_{t-1} and c_t = c_{t-1} in rows that have ended, so dh_{t-1} = dh_t and dc_{t-1} = dc_t
                let ended = ends.ended(block, t);
                let held = [&dh, &dc].map(|gradient| gradient.select(Axis(0), &ended));
                // y_t = h_t, so dh_t = dy_t + what comes from h_{t+1}
                if let Some(dys) = dys {
                    dh += &step_of_block(dys, t, block);
                }
                if probed {
                    let mut dprobe = dprobe.index_axis_mut(Axis(0), s);
                    dprobe.assign(&dh);
                    sequence::clear(&ended, &mut dprobe);
                }
                let mut gates = gates.index_axis_mut(Axis(0), s);
                let (c_before, c) = (cs.index_axis(Axis(0), s), cs.index_axis(Axis(0), s + 1));
                let [before, c] = [c_before, c].map(|c| c.to_slice().expect("a step of a block is contiguous"));
                cells_backward(hidden, numbers(&mut gates), before, c, numbers(&mut dh), numbers(&mut dc));
                sequence::clear(&ended, &mut gates);
                // a_t = h_{t-1}·W_hhᵀ + .., so dh_{t-1} = da_t·W_hh
                step.multiply_into(dh.view_mut(), 0.0, gates.view());
                sequence::put_back(&ended, &held[0], &mut dh);
                sequence::put_back(&ended, &held[1], &mut dc);
            }
        });

        let da = matrix(self.gates.view()); // (T·B, 4H)
        let da_by_row = self.read.by_row(da);
        self.read.add_gradient(&mut dx, da_by_row.view(), w_ih);
        dx.accumulate(input::W_IH, |dst, beta| {
            let dst = dst.into_dimensionality().expect("weights are matrices");
            self.read.weight_gradient_into(dst, beta, da_by_row.view());
        });
        let db = sum_rows(da_by_row.view());
        sequence::state_gradients(&mut dx, da, matrix(hs.slice(s![..steps, .., ..])), [db.clone(), db]);
        dx.add(input::H0, dh.into_dyn());
        dx.add(input::NEXT, dc.into_dyn());
        if probed {
            dx.add(input::NEXT + 1, sequence::batch_first(dprobe.view(), direction).into_dyn());
        }
    }
}
