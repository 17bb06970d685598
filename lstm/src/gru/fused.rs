//! The GRU as one operation.
//!
//! Forward, steps first (T, B, ·), four columns of H side by side in the order n, r, z, m, where m = W_hn h + b_hn:
//! 1. (n, r, z) = x_t·W_ihᵀ + biases for all t
//! 2. for each t: (r, z, m) += h_{t-1}·W_hhᵀ, one product (B, H)·(H, 3H) because the three lie side by side and in
//!    PyTorch's order; gates and proposal take the place of their sums; then h_t
//!
//! Saved are x, the four columns and every h_t; nothing is recomputed.
//!
//! Backward:
//! 1. for each t, from the last: the columns become the gradients of their sums; dh_{t-1} = z dh_t + (dr, dz, dm)·W_hh
//! 2. dx and dW_ih from (dr, dz) and dn, dW_hh from (dr, dz, dm): products for all t

use ndarray::{Array2, Array3, ArrayView1, Axis, Ix2, Ix3, s};
use rnn::sequence::{
    self, StepWeights, block_of, blocks_mut, for_blocks, input, matrix, matrix_mut, numbers, rows_mut, step_of_block,
};
use rnn::{Direction, Sizes, Weights};
use tensor::kernels::elementwise::{sigmoid, tanh};
use tensor::kernels::{Threads, matmul_into, sum_rows};
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

/// Reads a sequence; the equations stand in the [module above](super).
///
/// # Shapes
/// - `x`: (B, T, I), `h0`: (B, H), `probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last one, (B, H)
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(
    x: &Tensor,
    h0: &Tensor,
    weights: &Weights,
    direction: Direction,
    probe: Option<&Tensor>,
) -> (Tensor, Tensor) {
    let Sizes { batch, steps, hidden, .. } = Sizes::check("gru", 3, x, &[h0], weights, probe);
    let Weights { w_ih, w_hh, b_ih, b_hh } = weights;
    let mut inputs = vec![x, w_ih, w_hh, b_ih, b_hh, h0];
    inputs.extend(probe);
    let [ys, h_n] = record(&inputs, || {
        let xs = sequence::steps_first(x.view::<Ix3>("gru"), direction); // (T, B, I)
        let mut columns = sequence::repeat(&bias(b_ih.view("gru"), b_hh.view("gru")), steps, batch); // (T, B, 4H)
        let w = w_ih.view::<Ix2>("gru");
        let (w_rz, w_n) = w.split_at(Axis(0), 2 * hidden);
        let mut sums = matrix_mut(columns.view_mut()); // (T·B, 4H)
        let (n, mut rzm) = sums.view_mut().split_at(Axis(1), hidden);
        let rz = rzm.slice_mut(s![.., ..2 * hidden]);
        matmul_into(rz, 1.0, 1.0, matrix(xs.view()), w_rz.t(), Threads::Pool);
        matmul_into(n, 1.0, 1.0, matrix(xs.view()), w_n.t(), Threads::Pool);

        let mut hs = sequence::beginning_with(h0.view("gru"), steps); // (T + 1, B, H)
        let step = StepWeights::new(w_hh.view::<Ix2>("gru").reversed_axes(), steps); // (H, 3H)
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
            }
        });

        let ys = sequence::batch_first(hs.slice(s![1.., .., ..]), direction); // (B, T, H)
        let h_n = hs.index_axis(Axis(0), steps).to_owned(); // (B, H)
        let [w_ih, w_hh] = [w_ih, w_hh].map(|w| w.value().clone());
        ([shared(ys), shared(h_n)], Gru { xs, columns, hs, w_ih, w_hh, probed: probe.is_some(), direction })
    });
    (ys, h_n)
}

/// The biases in the order of the columns: n and m have one each, r and z the sum of two.
fn bias(b_ih: ArrayView1<'_, Real>, b_hh: ArrayView1<'_, Real>) -> Vec<Real> {
    let hidden = b_ih.len() / 3;
    let n = b_ih.slice(s![2 * hidden..]);
    let rz = &b_ih.slice(s![..2 * hidden]) + &b_hh.slice(s![..2 * hidden]);
    let m = b_hh.slice(s![2 * hidden..]);
    n.iter().chain(&rz).chain(m).copied().collect()
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
    /// x, (T, B, I).
    xs: Array3<Real>,
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
        let ((steps, batch, input), hidden) = (self.xs.dim(), self.hs.dim().2);
        let width = |n: usize| Cost::elementwise(n * batch * hidden, 0);
        // From h_{t-1} to h_t: the product, the sums with the input's, r and z, r·m and 1 - z, n's sum, tanh,
        // (1 - z)·n and z·h, their sum.
        let chain =
            [width(2), width(2), width(3), width(1), width(1), width(2), width(1), width(usize::from(self.probed))];
        let chain =
            chain.into_iter().filter(|cost| cost.work > 0).fold(Cost::product(batch, hidden, 3 * hidden), Cost::then);
        let beside = Cost::product(batch, input, 3 * hidden);
        let bytes = self.saved_bytes() as u64;
        Cost { work: (chain.work + beside.work) * steps as u64, bytes, span: chain.span * steps as u64 }
    }

    fn saved_bytes(&self) -> usize {
        let arrays = [&self.xs, &self.columns, &self.hs].map(|x| x.len());
        sequence::bytes(&[arrays.iter().sum(), self.w_ih.len(), self.w_hh.len()])
    }

    fn backward(mut self: Box<Self>, mut dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let (steps, batch, hidden) = (self.xs.dim().0, self.xs.dim().1, self.hs.dim().2);
        let [w_ih, w_hh] = [&self.w_ih, &self.w_hh].map(sequence::weight);
        let (hs, direction) = (self.hs.view(), self.direction);

        let step = StepWeights::new(w_hh, steps); // (3H, H)
        let mut dh = sequence::state_gradient(&mut dy, 1, (batch, hidden));
        let dys = sequence::ys_gradient(&dy);
        let probed = self.probed && dx.wants(input::NEXT);
        let mut dprobe = Array3::zeros((if probed { steps } else { 0 }, batch, hidden));

        let blocks = rows_mut(&mut dh).zip(blocks_mut(&mut self.columns)).zip(blocks_mut(&mut dprobe)).enumerate();
        for_blocks(blocks, |(block, ((mut dh, mut columns), mut dprobe))| {
            let hs = block_of(hs, block);
            for (s, t) in direction.order(steps).enumerate().rev() {
                // y_t = h_t, so dh_t = dy_t + what comes from h_{t+1}
                if let Some(dys) = dys {
                    dh += &step_of_block(dys, t, block);
                }
                if probed {
                    dprobe.index_axis_mut(Axis(0), s).assign(&dh);
                }
                let mut columns = columns.index_axis_mut(Axis(0), s);
                let before = hs.index_axis(Axis(0), s).to_slice().expect("a step of a block is contiguous");
                cells_backward(hidden, numbers(&mut columns), before, numbers(&mut dh));
                // (r, z, m) = h_{t-1}·W_hhᵀ + .., so dh_{t-1} += (dr, dz, dm)·W_hh
                let drzm = columns.slice(s![.., hidden..]);
                step.multiply_into(dh.view_mut(), 1.0, drzm);
            }
        });

        let da = matrix(self.columns.view()); // (T·B, 4H)
        let (dn, drzm) = da.split_at(Axis(1), hidden);
        let drz = drzm.slice(s![.., ..2 * hidden]);
        let xs = matrix(self.xs.view());
        let (w_rz, w_n) = w_ih.split_at(Axis(0), 2 * hidden);
        if dx.wants(input::X) {
            // (r, z) = x·W_rzᵀ + .. and n = x·W_nᵀ + .., so dx = (dr, dz)·W_rz + dn·W_n
            let mut dxs = Array2::zeros(xs.dim());
            matmul_into(dxs.view_mut(), 0.0, 1.0, drz, w_rz, Threads::Pool);
            matmul_into(dxs.view_mut(), 1.0, 1.0, dn, w_n, Threads::Pool);
            sequence::add_steps(&mut dx, input::X, dxs, self.xs.dim(), direction);
        }
        dx.accumulate(input::W_IH, |dst, beta| {
            // dW_rz = (dr, dz)ᵀ·x and dW_n = dnᵀ·x
            let dst = dst.into_dimensionality::<Ix2>().expect("weights are matrices");
            let (dw_rz, dw_n) = dst.split_at(Axis(0), 2 * hidden);
            matmul_into(dw_rz, beta, 1.0, drz.t(), xs, Threads::Pool);
            matmul_into(dw_n, beta, 1.0, dn.t(), xs, Threads::Pool);
        });
        if dx.wants(input::B_IH) {
            let db = ndarray::concatenate![Axis(0), sum_rows(drz), sum_rows(dn)];
            dx.add(input::B_IH, db.into_dyn());
        }
        sequence::state_gradients(&mut dx, drzm, matrix(hs.slice(s![..steps, .., ..])));
        dx.add(input::H0, dh.into_dyn());
        if probed {
            dx.add(input::NEXT, sequence::batch_first(dprobe.view(), direction).into_dyn());
        }
    }
}
