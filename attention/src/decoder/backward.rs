//! The way back through the attending decoder.
//!
//! 1. For each t, from the last: with input feeding du_t = dh̃_t·(1 - h̃_t²), from which dh_t and dz_t; da_t from dh_t
//!    and dc_t, in the place of the gates; dz_t, dh_{t-1} and dh̃_{t-1} = da_t·W_z, W_hh and W_f; then, row by row,
//!    from dz_t the gradients of alignment, scores, query, keys and v; dh_{t-1} += dq_t·W_q
//! 2. dW_ih = daᵀ·[x z h̃], dW_hh = daᵀ·h_{t-1}, dW_q = dqᵀ·h_{t-1}, dW_c = duᵀ·[z h], db = Σ da and dx = da·W_x: large
//!    products for all t; ds_j = Σ_t α_tj dz_t: one for each sentence

use lstm::lstm::fused::LstmCell;
use ndarray::{Array2, Array3, ArrayView2, ArrayView3, ArrayViewMut2, Axis, s};
use rnn::scan;
use rnn::sequence::{
    self, ROWS, StepWeights, block_of, blocks_mut, for_blocks, input, matrix, numbers, rows_mut, step_of_block,
    together,
};
use tensor::kernels::{Threads, matmul_into, sum_rows};
use tensor::{Backward, Cost, Inputs, Outputs, Real};

use super::Sizes;
use super::fused::{AttendingDecoder, columns, place};
use crate::look;
use crate::look::kernel::{GradientOfV, Looked, row, row_mut, states_gradient};
use crate::look::long_sum::{BLOCK, LongSum};

impl Backward for AttendingDecoder {
    fn name(&self) -> &'static str {
        "attending_decoder"
    }

    fn cost(&self) -> Cost {
        let Sizes { look, input, hidden, fed } = self.sizes;
        let (steps, batch) = (look.queries, look.batch);
        let one = look::Sizes { queries: 1, ..look };
        let query = if self.w_q.is_some() { Cost::product(batch, hidden, look.width) } else { Cost::default() };
        // The look, then what the LSTM does: a product (another one beside it), a sum, the gates, i·g and f·c, their
        // sum, tanh and o·tanh(c).
        let chain = [4, 4, 2, 1, 1, 1].into_iter().map(|work| Cost::elementwise(work * batch * hidden, 0));
        let product = Cost::product(batch, look.states + fed, 4 * hidden);
        let looking = query.then(look::cost(one, &self.compared));
        let step = chain.fold(looking.then(product), Cost::then);
        // Each vector h̃_t is ready long before the next step has looked back, but for the last.
        let beside = Cost::product(batch, hidden, 4 * hidden).work;
        let combined = if fed > 0 {
            Cost::product(batch, look.states + hidden, hidden).then(Cost::elementwise(batch * hidden, 0))
        } else {
            Cost::default()
        };
        let (rows, _) = self.read.rows();
        Cost {
            work: Cost::product(rows, input, 4 * hidden).work + (step.work + beside + combined.work) * steps as u64,
            bytes: (self.saved_bytes() + sequence::bytes(&[steps * batch * (hidden + look.positions)])) as u64,
            span: step.span * steps as u64 + combined.span,
        }
    }

    fn saved_bytes(&self) -> usize {
        let AttendingDecoder { gates, cs, hs, attentional, contexts, alignment, queries, .. } = self;
        let arrays = [gates, cs, hs, attentional, contexts, alignment, queries].map(|x| x.len());
        let weights = [Some(&self.w_ih), Some(&self.w_hh), self.w_q.as_ref(), self.w_c.as_ref()];
        let weights = weights.map(|w| w.map_or(0, |w| w.len()));
        self.read.saved_bytes() + self.compared.saved_bytes() + sequence::bytes(&arrays) + sequence::bytes(&weights)
    }

    fn backward(mut self: Box<Self>, mut dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let Sizes { look, hidden, fed, .. } = self.sizes;
        let (steps, batch) = (look.queries, look.batch);
        let w_ih = self.w_ih.clone();
        let [w_z, w_f] = columns(self.sizes, sequence::weight(&w_ih)).map(|w| StepWeights::new(w, batch));
        let w_h = StepWeights::new(sequence::weight(&self.w_hh), batch);
        let w_q = self.w_q.as_ref().map(|w_q| StepWeights::new(sequence::weight(w_q), batch));
        let w_c = self.w_c.as_ref().map(|w_c| {
            let (from_z, from_h) = sequence::weight(w_c).split_at(Axis(1), look.states);
            [from_z, from_h].map(|w| StepWeights::new(w, batch))
        });

        let [mut dh, mut dc] = [2, 3].map(|i| sequence::state_gradient(&mut dy, i, (batch, hidden))); // (B, H)
        let mut dfed = Array2::zeros((batch, fed));
        let mut dkeys = Array3::zeros((batch, look.positions, look.width));
        let zeros = |width| Array3::<Real>::zeros((steps, batch, width));
        let (mut dus, mut dzs, mut dqs) = (zeros(fed), zeros(look.states), zeros(self.queries.dim().2));
        let mut dvs = self.compared.gradients_of_v(batch.div_ceil(ROWS));
        let (dys, dalignments) = (gradient(&dy, 0), gradient(&dy, 1));

        let vectors = rows_mut(&mut dh).zip(rows_mut(&mut dc)).zip(rows_mut(&mut dfed));
        let memory = dkeys.axis_chunks_iter_mut(Axis(0), ROWS).zip(&mut dvs);
        let over_time = together([&mut self.gates, &mut dus, &mut dzs, &mut dqs].map(blocks_mut));
        let [hs, cs, attentional, alignment] =
            [&self.hs, &self.cs, &self.attentional, &self.alignment].map(|x| x.view());
        let queries = if w_q.is_some() { self.queries.view() } else { hs };
        let compared = &self.compared;
        for_blocks(
            vectors.zip(memory).zip(over_time).enumerate(),
            |(block, ((((mut dh, mut dc), mut dfed), (mut dkeys, dv)), mut over_time))| {
                let [hs, cs, attentional, alignment, queries] =
                    [hs, cs, attentional, alignment, queries].map(|x| block_of(x, block));
                let mut scratch = compared.scratch();
                let mut dalignment = vec![0.0; look.positions];
                let mut sum = LongSum::default();
                for t in (0..steps).rev() {
                    if t + 1 < steps && (steps - 1 - t).is_multiple_of(BLOCK) {
                        sum.take(dkeys.as_slice_mut().expect("rows of a new array"));
                    }
                    let [mut a, mut du, mut dz, mut dq] = over_time.each_mut().map(|x| x.index_axis_mut(Axis(0), t));
                    // ANCHOR: step
                    if let Some([from_z, from_h]) = &w_c {
                        // y_t = h̃_t = tanh(u_t), so du_t = dh̃_t·(1 - h̃_t²), and u_t = W_c [z_t ; h_t]
                        du.assign(&dfed);
                        if let Some(dys) = dys {
                            du += &step_of_block(dys, t, block);
                        }
                        du.zip_mut_with(&attentional.index_axis(Axis(0), t + 1), |du, y| *du *= 1.0 - y * y);
                        from_z.multiply_into(dz.view_mut(), 0.0, du.view());
                        from_h.multiply_into(dh.view_mut(), 1.0, du.view());
                    } else if let Some(dys) = dys {
                        // y_t = h_t
                        dh += &step_of_block(dys, t, block);
                    }
                    let state = [(hs, &mut dh), (cs, &mut dc)].map(|(states, gradient)| {
                        let [before, after] = sequence::steps_around(states, t);
                        (before, after, numbers(gradient))
                    });
                    scan::step_backward(LstmCell, hidden, numbers(&mut a), state);
                    // a_t = z_t·W_zᵀ + h_{t-1}·W_hhᵀ + h̃_{t-1}·W_fᵀ + ..
                    w_z.multiply_into(dz.view_mut(), 1.0, a.view());
                    w_h.multiply_into(dh.view_mut(), 0.0, a.view());
                    if fed > 0 {
                        w_f.multiply_into(dfed.view_mut(), 0.0, a.view());
                    }
                    // α_t, z_t = attend(q_t, s), where q_t = h_{t-1}·W_qᵀ or h_{t-1} itself
                    let [alignment, query] = [alignment, queries].map(|x| x.index_axis_move(Axis(0), t));
                    for i in 0..query.nrows() {
                        match dalignments {
                            Some(all) => {
                                dalignment.copy_from_slice(row(&all.index_axis_move(Axis(0), block * ROWS + i), t))
                            }
                            None => dalignment.fill(0.0),
                        }
                        let dquery = if w_q.is_some() { row_mut(&mut dq, i) } else { row_mut(&mut dh, i) };
                        let mut dkeys = dkeys.index_axis_mut(Axis(0), i);
                        let dkeys = dkeys.as_slice_mut().expect("rows of a new array");
                        let looked = Looked {
                            query: row(&query, i),
                            sentence: compared.sentence(block * ROWS + i),
                            alignment: row(&alignment, i),
                        };
                        let (dz, gradients) = (row_mut(&mut dz, i), [dquery, dkeys]);
                        compared.comparison().attend_backward(looked, dz, &mut dalignment, gradients, dv, &mut scratch);
                    }
                    if let Some(w_q) = &w_q {
                        w_q.multiply_into(dh.view_mut(), 1.0, dq.view());
                    }
                    // ANCHOR_END: step
                }
                sum.finish(dkeys.as_slice_mut().expect("rows of a new array"));
            },
        );

        dx.add(input::H0, dh.into_dyn());
        dx.add(place::C0, dc.into_dyn());
        dx.add(place::KEYS, dkeys.into_dyn());
        let [alignment, dzs_by_row] = [&self.alignment, &dzs].map(|x| x.view().permuted_axes([1, 0, 2])); // (B, T, ·)
        dx.add(place::STATES, states_gradient(alignment, dzs_by_row, &self.compared.lengths).into_dyn());
        let mut next = place::OPTIONAL;
        if fed > 0 {
            let du = matrix(dus.view()); // (T·B, H)
            let (z, h) = (matrix(self.contexts.view()), matrix(self.hs.slice(s![1.., .., ..])));
            products(&mut dx, next, du, &[z, h]);
            dx.add(next + 1, dfed.into_dyn());
            next += 2;
        }
        if self.w_q.is_some() {
            products(&mut dx, next, matrix(dqs.view()), &[matrix(self.hs.slice(s![..steps, .., ..]))]);
            dx.add(next + 1, GradientOfV::sum(&dvs, look.width).into_dyn());
        }
        self.cell_gradients(&mut dx);
    }
}

impl AttendingDecoder {
    /// The gradients of x and of the LSTM's parameters; the gates have become the gradients of their sums.
    fn cell_gradients(&self, dx: &mut Inputs<'_>) {
        let Sizes { look, input: width, .. } = self.sizes;
        let da = matrix(self.gates.view()); // (T·B, 4H)
        let da_by_row = self.read.by_row(da);
        self.read.add_gradient(dx, da_by_row.view(), sequence::weight(&self.w_ih).slice(s![.., ..width]));
        let fed_before = matrix(self.attentional.slice(s![..look.queries, .., ..]));
        dx.accumulate(input::W_IH, |dst, beta| {
            let dst: ArrayViewMut2<'_, Real> = dst.into_dimensionality().expect("weights are matrices");
            let (dw_x, rest) = dst.split_at(Axis(1), width);
            self.read.weight_gradient_into(dw_x, beta, da_by_row.view());
            side_by_side(rest, beta, da, &[matrix(self.contexts.view()), fed_before]);
        });
        let db = sum_rows(da_by_row.view());
        let h_before = matrix(self.hs.slice(s![..look.queries, .., ..]));
        sequence::state_gradients(dx, da, h_before, [db.clone(), db]);
    }
}

/// y = [x_1 x_2 ..]·wᵀ, so dw = dyᵀ·[x_1 x_2 ..]: the gradient of the weights that are input i.
///
/// # Shapes
/// - `dy`: (T·B, O), each of `xs`: (T·B, its part of I)
fn products(dx: &mut Inputs<'_>, i: usize, dy: ArrayView2<'_, Real>, xs: &[ArrayView2<'_, Real>]) {
    dx.accumulate(i, |dst, beta| {
        side_by_side(dst.into_dimensionality().expect("weights are matrices"), beta, dy, xs);
    });
}

/// `dst = beta·dst + dyᵀ·[x_1 x_2 ..]`, column by column of the parts.
fn side_by_side(mut dst: ArrayViewMut2<'_, Real>, beta: Real, dy: ArrayView2<'_, Real>, xs: &[ArrayView2<'_, Real>]) {
    for x in xs {
        let (part, rest) = dst.split_at(Axis(1), x.ncols());
        matmul_into(part, beta, 1.0, dy.t(), *x, Threads::Pool);
        dst = rest;
    }
}

/// A gradient (B, T, N), if there is one.
fn gradient<'a>(dy: &'a Outputs<'_>, i: usize) -> Option<ArrayView3<'a, Real>> {
    dy.get(i).map(|dy| dy.into_dimensionality().expect("a gradient has its value's shape"))
}
