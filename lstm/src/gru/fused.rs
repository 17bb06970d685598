//! The GRU as one operation.
//!
//! Forward, steps first (T, B, ·), four columns of H side by side in the order n, r, z, m, where m = W_hn h + b_hn:
//! 1. (n, r, z) = x_t·W_ihᵀ + biases for all t: one product (T·B, I)·(I, 3H), the rows of n put first
//! 2. for each t: (r, z, m) += h_{t-1}·W_hhᵀ, one product (B, H)·(H, 3H) because the three lie side by side and in
//!    PyTorch's order; gates and proposal take the place of their sums; then h_t
//!
//! Saved are x, the four columns and every h_t; nothing is recomputed.
//!
//! Backward:
//! 1. for each t, from the last: the columns become the gradients of their sums; dh_{t-1} = z dh_t + (dr, dz, dm)·W_hh
//! 2. dx and dW_ih from (dn, dr, dz), dW_hh from (dr, dz, dm): products for all t
//!
//! Rows that have ended, [`Ends`], keep their state and its gradient; their da is zero, so they have no part in 2.

use ndarray::{Array1, Array2, Array3, ArrayView, ArrayView1, ArrayView2, Axis, Ix2, Ix3, RemoveAxis, concatenate, s};
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
/// - `x`: (B, T, I) or rows of a table (V, I), `h0`: (B, H), `run.probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last one, (B, H)
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(x: Input<'_>, h0: &Tensor, weights: &Weights, run: Run<'_>) -> (Tensor, Tensor) {
    let Sizes { batch, steps, hidden, .. } = Sizes::check("gru", 3, x, &[h0], weights, run);
    let Run { direction, probe, lengths, .. } = run;
    let Weights { w_ih, w_hh, b_ih, b_hh } = weights;
    let mut inputs = vec![x.tensor(), w_ih, w_hh, b_ih, b_hh, h0];
    inputs.extend(probe);
    let [ys, h_n] = record(&inputs, || {
        let (read, ends) = (Read::new(x, direction, lengths), Ends::new(lengths));
        let mut columns = Array3::zeros((steps, batch, 4 * hidden));
        let bias = bias(b_ih.view("gru"), b_hh.view("gru")); // (4H)
        let (mut nrz, mut m) = matrix_mut(columns.view_mut()).split_at(Axis(1), 3 * hidden);
        read.project_into(nrz.view_mut(), n_first(w_ih.view("gru")).view(), bias.slice(s![..3 * hidden])); // (T·B, 3H)
        m.assign(&bias.slice(s![3 * hidden..]));

        let mut hs = sequence::beginning_with(h0.view("gru"), steps); // (T + 1, B, H)
        let step = StepWeights::new(w_hh.view::<Ix2>("gru").reversed_axes(), batch); // (H, 3H)
        let probe_view = probe.map(|probe| probe.view::<Ix3>("gru"));
        let blocks = blocks_mut(&mut columns).zip(blocks_mut(&mut hs)).enumerate();
        for_blocks(blocks, |(block, (mut columns, mut hs))| {
            for (s, t) in direction.order(steps).enumerate() {
                let mut columns = columns.index_axis_mut(Axis(0), s);
                let (mut before, mut h) = sequence::around(&mut hs, s);
                let rzm = columns.slice_mut(s![.., hidden..]);
                step.multiply_into(rzm, 1.0, before.view());
                cells(hidden, numbers(&mut columns), numbers(&mut before), numbers(&mut h));
                if let Some(probe) = probe_view {
                    h += &step_of_block(probe, t, block);
                }
                sequence::keep(&ends.ended(block, t), &before, &mut h);
            }
        });

        let mut ys = sequence::batch_first(hs.slice(s![1.., .., ..]), direction); // (B, T, H)
        ends.clear(&mut ys);
        let h_n = hs.index_axis(Axis(0), steps).to_owned(); // (B, H)
        let [w_ih, w_hh] = [w_ih, w_hh].map(|w| w.value().clone());
        ([shared(ys), shared(h_n)], Gru { read, ends, columns, hs, w_ih, w_hh, probed: probe.is_some(), direction })
    });
    (ys, h_n)
}

/// The biases in the order of the columns: n and m have one each, r and z the sum of two.
fn bias(b_ih: ArrayView1<'_, Real>, b_hh: ArrayView1<'_, Real>) -> Array1<Real> {
    let ((ih_rz, ih_n), (hh_rz, hh_n)) = (rz_and_n(b_ih), rz_and_n(b_hh));
    concatenate![Axis(0), ih_n, &ih_rz + &hh_rz, hh_n]
}

/// W_ih in the order of the columns.
fn n_first(w_ih: ArrayView2<'_, Real>) -> Array2<Real> {
    let (rz, n) = rz_and_n(w_ih);
    concatenate![Axis(0), n, rz]
}

/// The rows of r and z, and those of n, in PyTorch's order.
fn rz_and_n<D: RemoveAxis>(rows: ArrayView<'_, Real, D>) -> (ArrayView<'_, Real, D>, ArrayView<'_, Real, D>) {
    let hidden = rows.len_of(Axis(0)) / 3;
    rows.split_at(Axis(0), 2 * hidden)
}

/// One step of a block: the sums (rows, 4H) become n, r, z and m; from `before`, h_{t-1}, follows `h` (rows, H).
fn cells(hidden: usize, columns: &mut [Real], before: &[Real], h: &mut [Real]) {
    let states = before.chunks_exact(hidden).zip(h.chunks_exact_mut(hidden));
    for (row, (before, h)) in columns.chunks_exact_mut(4 * hidden).zip(states) {
        let [n, r, z, m] = parts(row, hidden);
        r.iter_mut().for_each(|r| *r = sigmoid(*r));
        z.iter_mut().for_each(|z| *z = sigmoid(*z));
        for j in 0..hidden {
            n[j] = tanh(n[j] + r[j] * m[j]);
        }
        for j in 0..hidden {
            h[j] = (1.0 - z[j]) * n[j] + z[j] * before[j];
        }
    }
}

/// The same step backwards: the columns become the gradients of their sums, and `dh` (rows, H) the part of the
/// gradient of h_{t-1} that does not pass through them.
fn cells_backward(hidden: usize, columns: &mut [Real], before: &[Real], dh: &mut [Real]) {
    let states = before.chunks_exact(hidden).zip(dh.chunks_exact_mut(hidden));
    for (row, (before, dh)) in columns.chunks_exact_mut(4 * hidden).zip(states) {
        let [n, r, z, m] = parts(row, hidden);
        // h = (1 - z)·n + z·before
        for j in 0..hidden {
            let (n_j, z_j, dh_j) = (n[j], z[j], dh[j]);
            n[j] = dh_j * (1.0 - z_j) * (1.0 - n_j * n_j);
            z[j] = dh_j * (before[j] - n_j) * z_j * (1.0 - z_j);
            dh[j] = dh_j * z_j;
        }
        // n = tanh(.. + r·m)
        for j in 0..hidden {
            let r_j = r[j];
            r[j] = n[j] * m[j] * r_j * (1.0 - r_j);
            m[j] = n[j] * r_j;
        }
    }
}

/// The four columns of one row, (4H).
fn parts(row: &mut [Real], hidden: usize) -> [&mut [Real]; 4] {
    let mut parts = row.chunks_exact_mut(hidden);
    std::array::from_fn(|_| parts.next().expect("a row holds four columns"))
}

/// All arrays are steps first.
struct Gru {
    read: Read,
    ends: Ends,
    /// n, r, z and m = W_hn h + b_hn side by side, (T, B, 4H).
    columns: Array3<Real>,
    /// h_0 and then every h_t, (T + 1, B, H).
    hs: Array3<Real>,
    w_ih: Array,
    w_hh: Array,
    probed: bool,
    direction: Direction,
}

impl Backward for Gru {
    fn name(&self) -> &'static str {
        "gru"
    }

    fn cost(&self) -> Cost {
        // The sums with the input's product, r and z, r·m and 1 - z, n's sum, tanh, (1 - z)·n and z·h, their sum, the
        // probe, and what holds the states of ended rows.
        let chain = [2, 2, 3, 1, 1, 2, 1, usize::from(self.probed), self.ends.chain(1)];
        sequence::cost(&self.read, [3, self.hs.dim().2], &chain, self.saved_bytes())
    }

    fn saved_bytes(&self) -> usize {
        let arrays = [&self.columns, &self.hs].map(|x| x.len());
        self.read.saved_bytes() + sequence::bytes(&[arrays.iter().sum(), self.w_ih.len(), self.w_hh.len()])
    }

    fn backward(mut self: Box<Self>, mut dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let ((steps, batch), hidden) = (self.read.dim(), self.hs.dim().2);
        let [w_ih, w_hh] = [&self.w_ih, &self.w_hh].map(sequence::weight);
        let (hs, ends, direction) = (self.hs.view(), &self.ends, self.direction);

        let step = StepWeights::new(w_hh, batch); // (3H, H)
        let mut dh = sequence::state_gradient(&mut dy, 1, (batch, hidden));
        let dys = sequence::ys_gradient(&dy);
        let probed = self.probed && dx.wants(input::NEXT);
        let mut dprobe = Array3::zeros((if probed { steps } else { 0 }, batch, hidden));

        let blocks = rows_mut(&mut dh).zip(blocks_mut(&mut self.columns)).zip(blocks_mut(&mut dprobe)).enumerate();
        for_blocks(blocks, |(block, ((mut dh, mut columns), mut dprobe))| {
            let hs = block_of(hs, block);
            for (s, t) in direction.order(steps).enumerate().rev() {
                // h_t = h_{t-1} in rows that have ended, so dh_{t-1} = dh_t
                let ended = ends.ended(block, t);
                let held = dh.select(Axis(0), &ended);
                // y_t = h_t, so dh_t = dy_t + what comes from h_{t+1}
                if let Some(dys) = dys {
                    dh += &step_of_block(dys, t, block);
                }
                if probed {
                    let mut dprobe = dprobe.index_axis_mut(Axis(0), s);
                    dprobe.assign(&dh);
                    sequence::clear(&ended, &mut dprobe);
                }
                let mut columns = columns.index_axis_mut(Axis(0), s);
                let before = hs.index_axis(Axis(0), s).to_slice().expect("a step of a block is contiguous");
                cells_backward(hidden, numbers(&mut columns), before, numbers(&mut dh));
                sequence::clear(&ended, &mut columns);
                // (r, z, m) = h_{t-1}·W_hhᵀ + .., so dh_{t-1} += (dr, dz, dm)·W_hh
                let drzm = columns.slice(s![.., hidden..]);
                step.multiply_into(dh.view_mut(), 1.0, drzm);
                sequence::put_back(&ended, &held, &mut dh);
            }
        });

        let da = matrix(self.columns.view()); // (T·B, 4H)
        let (dnrz, drzm) = (da.slice(s![.., ..3 * hidden]), da.slice(s![.., hidden..]));
        let by_row = self.read.by_row(dnrz);
        self.read.add_gradient(&mut dx, by_row.view(), n_first(w_ih).view());
        let (dn, drz) = by_row.view().split_at(Axis(1), hidden);
        dx.accumulate(input::W_IH, |dst, beta| {
            let dst = dst.into_dimensionality::<Ix2>().expect("weights are matrices");
            let (dw_rz, dw_n) = dst.split_at(Axis(0), 2 * hidden);
            self.read.weight_gradient_into(dw_rz, beta, drz);
            self.read.weight_gradient_into(dw_n, beta, dn);
        });
        let db = [concatenate![Axis(0), sum_rows(drz), sum_rows(dn)], sum_rows(drzm)];
        sequence::state_gradients(&mut dx, drzm, matrix(hs.slice(s![..steps, .., ..])), db);
        dx.add(input::H0, dh.into_dyn());
        if probed {
            dx.add(input::NEXT, sequence::batch_first(dprobe.view(), direction).into_dyn());
        }
    }
}
