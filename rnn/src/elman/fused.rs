//! The simple recurrent network as one operation.
//!
//! Forward, steps first (T, B, ·):
//! 1. a_t = x_t·W_ihᵀ + (b_ih + b_hh) for all t: one product (T·B, I)·(I, H);
//!    where x are rows of a table, (V, I)·(I, H), looked up afterwards
//! 2. for each t: h_t = f(a_t + h_{t-1}·W_hhᵀ), products (B, H)·(H, H)
//!
//! The state takes the place of a, so the pass needs one array (T + 1, B, H) that begins with h_0. It is saved, and x;
//! nothing is recomputed: f' is a function of h_t.
//!
//! Backward:
//! 1. for each t, from the last: da_t = f'(h_t)·(dy_t + da_{t+1}·W_hh)
//! 2. dx = da·W_ih, dW_ih = daᵀ·x, dW_hh = daᵀ·h_{t-1}, db = Σ da: one product each for all t
//!
//! Rows that have ended, [`Ends`], keep their state and its gradient; their da is zero, so they have no part in 2.

use ndarray::{Array1, Array3, ArrayView3, Axis, Ix1, Ix2, Ix3, s};
use tensor::kernels::sum_rows;
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

use super::Nonlinearity;
use crate::sequence::{
    self, Ends, Read, StepWeights, block_of, blocks_mut, for_blocks, input, matrix, matrix_mut, rows_mut, step_of_block,
};
use crate::{Direction, Input, Run, Sizes, Weights};

/// Reads a sequence: h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), or relu instead of tanh.
///
/// # Shapes
/// - `x`: (B, T, I) or rows of a table (V, I), `h0`: (B, H), `run.probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last one, (B, H)
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(
    x: Input<'_>,
    h0: &Tensor,
    weights: &Weights,
    nonlinearity: Nonlinearity,
    run: Run<'_>,
) -> (Tensor, Tensor) {
    let Sizes { batch, steps, .. } = Sizes::check("elman", 1, x, &[h0], weights, run);
    let Run { direction, probe, lengths, .. } = run;
    let Weights { w_ih, w_hh, b_ih, b_hh } = weights;
    let mut inputs = vec![x.tensor(), w_ih, w_hh, b_ih, b_hh, h0];
    inputs.extend(probe);
    let [ys, h_n] = record(&inputs, || {
        let (read, ends) = (Read::new(x, direction, lengths), Ends::new(lengths));
        let bias: Array1<Real> = &b_ih.view::<Ix1>("elman") + &b_hh.view::<Ix1>("elman"); // (H)
        let mut hs = sequence::beginning_with(h0.view("elman"), steps); // (T + 1, B, H)
        read.project_into(matrix_mut(hs.slice_mut(s![1.., .., ..])), w_ih.view("elman"), bias.view()); // (T·B, H)

        let step = StepWeights::new(w_hh.view::<Ix2>("elman").reversed_axes(), batch); // (H, H)
        let probe_view = probe.map(|probe| probe.view::<Ix3>("elman"));
        for_blocks(blocks_mut(&mut hs).enumerate(), |(block, mut hs)| {
            for (s, t) in direction.order(steps).enumerate() {
                let (before, mut h) = sequence::around(&mut hs, s);
                step.multiply_into(h.view_mut(), 1.0, before.view());
                nonlinearity.apply(sequence::numbers(&mut h));
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
        let probe = probe.map(|probe| probe.value().clone());
        ([shared(ys), shared(h_n)], Elman { read, ends, hs, w_ih, w_hh, probe, nonlinearity, direction })
    });
    (ys, h_n)
}

struct Elman {
    read: Read,
    ends: Ends,
    /// h_0 and then every h_t, in the order of reading: (T + 1, B, H).
    hs: Array3<Real>,
    w_ih: Array,
    w_hh: Array,
    probe: Option<Array>,
    nonlinearity: Nonlinearity,
    direction: Direction,
}

impl Backward for Elman {
    fn name(&self) -> &'static str {
        "elman"
    }

    fn cost(&self) -> Cost {
        // The sum with the input's product, f, the probe if there is one, and what holds the states of ended rows.
        let chain = [1, 1, usize::from(self.probe.is_some()), self.ends.chain(1)];
        sequence::cost(&self.read, [1, self.hs.dim().2], &chain, self.saved_bytes())
    }

    fn saved_bytes(&self) -> usize {
        self.read.saved_bytes() + sequence::bytes(&[self.hs.len(), self.w_ih.len(), self.w_hh.len()])
    }

    fn backward(self: Box<Self>, mut dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let ((steps, batch), hidden) = (self.read.dim(), self.hs.dim().2);
        let [w_ih, w_hh] = [&self.w_ih, &self.w_hh].map(sequence::weight);
        let probe: Option<ArrayView3<'_, Real>> =
            self.probe.as_ref().map(|probe| probe.view().into_dimensionality().expect("a probe is (B, T, H)"));

        let step = StepWeights::new(w_hh, batch); // (H, H)
        let mut dh = sequence::state_gradient(&mut dy, 1, (batch, hidden));
        let dys = sequence::ys_gradient(&dy);
        let mut da = Array3::zeros((steps, batch, hidden));
        // Empty where nobody asks.
        let probed = if probe.is_some() && dx.wants(input::NEXT) { steps } else { 0 };
        let mut dprobe = Array3::zeros((probed, batch, hidden));

        let blocks = rows_mut(&mut dh).zip(blocks_mut(&mut da)).zip(blocks_mut(&mut dprobe)).enumerate();
        for_blocks(blocks, |(block, ((mut dh, mut da), mut dprobe))| {
            let hs = block_of(self.hs.view(), block);
            // ANCHOR: backward
            for (s, t) in self.direction.order(steps).enumerate().rev() {
                // h_t = h_{t-1} in rows that have ended, so dh_{t-1} = dh_t
                let ended = self.ends.ended(block, t);
                let held = dh.select(Axis(0), &ended);
                // y_t = h_t, so dh_t = dy_t + what comes from h_{t+1}
                if let Some(dys) = dys {
                    dh += &step_of_block(dys, t, block);
                }
                if probed > 0 {
                    let mut dprobe = dprobe.index_axis_mut(Axis(0), s);
                    dprobe.assign(&dh);
                    sequence::clear(&ended, &mut dprobe);
                }
                // h_t = f(a_t) + probe_t, so da_t = f'(h_t - probe_t)·dh_t
                let mut da = da.index_axis_mut(Axis(0), s);
                let h = hs.index_axis(Axis(0), s + 1);
                match probe {
                    None => da.assign(&h),
                    Some(probe) => da.assign(&(&h - &step_of_block(probe, t, block))),
                }
                self.nonlinearity.apply_backward(sequence::numbers(&mut da), sequence::numbers(&mut dh));
                sequence::clear(&ended, &mut da);
                // a_t = h_{t-1}·W_hhᵀ + .., so dh_{t-1} = da_t·W_hh
                step.multiply_into(dh.view_mut(), 0.0, da.view());
                sequence::put_back(&ended, &held, &mut dh);
            }
            // ANCHOR_END: backward
        });

        let da = matrix(da.view()); // (T·B, H)
        let da_by_row = self.read.by_row(da);
        self.read.add_gradient(&mut dx, da_by_row.view(), w_ih);
        dx.accumulate(input::W_IH, |dst, beta| {
            let dst = dst.into_dimensionality().expect("weights are matrices");
            self.read.weight_gradient_into(dst, beta, da_by_row.view());
        });
        let db = sum_rows(da_by_row.view());
        sequence::state_gradients(&mut dx, da, matrix(self.hs.slice(s![..steps, .., ..])), [db.clone(), db]);
        dx.add(input::H0, dh.into_dyn());
        if probed > 0 {
            dx.add(input::NEXT, sequence::batch_first(dprobe.view(), self.direction).into_dyn());
        }
    }
}
