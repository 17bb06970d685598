//! The way back through the sequence.

use ndarray::{Array1, Array3, ArrayView3, ArrayViewMut2, Axis, s};
use tensor::kernels::sum_rows;
use tensor::{Backward, Cost, Inputs, Outputs, Real};

use super::{Cell, Scan, in_order, kept_columns, parts, step_backward};
use crate::sequence::{
    self, StepWeights, batch_first, block_of, blocks_mut, clear, for_blocks, input, matrix, numbers, put_back,
    rows_mut, step_of_block, together,
};

impl<C: Cell<S>, const S: usize> Backward for Scan<C, S> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn cost(&self) -> Cost {
        let on_top = [usize::from(self.probe.is_some()), self.ends.chain(S)];
        let chain: Vec<usize> = C::CHAIN.iter().copied().chain(on_top).collect();
        sequence::cost(&self.read, [C::GATES, self.states[0].dim().2], &chain, self.saved_bytes())
    }

    fn saved_bytes(&self) -> usize {
        let states: usize = self.states.iter().map(Array3::len).sum();
        self.read.saved_bytes() + sequence::bytes(&[self.columns.len(), states, self.w_ih.len(), self.w_hh.len()])
    }

    fn backward(self: Box<Self>, mut dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let Scan { cell, read, ends, columns, states, w_ih, w_hh, probe, direction } = *self;
        let ((steps, batch), hidden) = (read.dim(), states[0].dim().2);
        let from_state = C::FROM_STATE * hidden;
        let in_place = kept_columns::<C, S>() == 0;
        let probe: Option<ArrayView3<'_, Real>> =
            probe.as_ref().map(|probe| probe.view().into_dimensionality().expect("a probe is (B, T, H)"));

        let w = StepWeights::new(sequence::weight(&w_hh), batch); // (G·H, H)
        let mut dstate = std::array::from_fn::<_, S, _>(|i| sequence::state_gradient(&mut dy, 1 + i, (batch, hidden)));
        let dys = sequence::ys_gradient(&dy);
        let mut das = if in_place { Array3::zeros((steps, batch, hidden)) } else { columns };
        let probed = probe.is_some() && dx.wants(input::H0 + S);
        let mut dprobe = Array3::zeros((if probed { steps } else { 0 }, batch, hidden));

        let gradients = together(dstate.each_mut().map(rows_mut));
        let blocks = gradients.zip(blocks_mut(&mut das)).zip(blocks_mut(&mut dprobe)).enumerate();
        for_blocks(blocks, |(block, ((dstate, mut das), mut dprobe))| {
            let mut states = states.iter().map(|states| block_of(states.view(), block));
            let mut state = dstate.map(|gradient| (states.next().expect("one for each gradient"), gradient));
            // ANCHOR: backward
            for (s, t) in direction.order(steps).enumerate().rev() {
                // h_t = h_{t-1} in rows that have ended, so dh_{t-1} = dh_t
                let ended = ends.ended(block, t);
                let held = state.each_ref().map(|(_, gradient)| gradient.select(Axis(0), &ended));
                let (hs, dh) = &mut state[0];
                // y_t = h_t, so dh_t = dy_t + what comes from h_{t+1}
                if let Some(dys) = dys {
                    *dh += &step_of_block(dys, t, block);
                }
                if probed {
                    let mut dprobe = dprobe.index_axis_mut(Axis(0), s);
                    dprobe.assign(dh);
                    clear(&ended, &mut dprobe);
                }
                let mut da = das.index_axis_mut(Axis(0), s);
                if in_place {
                    left_in_place(&mut da, *hs, s, probe.map(|probe| step_of_block(probe, t, block)));
                }
                // what the cell does after its sums a_t
                let rows = state.each_mut().map(|(states, gradient)| {
                    let [before, after] = sequence::steps_around(*states, s);
                    (before, after, numbers(gradient))
                });
                step_backward(cell, hidden, numbers(&mut da), rows);
                clear(&ended, &mut da);
                // a_t = h_{t-1}·W_hhᵀ + .., so dh_{t-1} = da_t·W_hh, and what the cell takes from h_{t-1} itself
                let direct = if C::DIRECT { 1.0 } else { 0.0 };
                let (_, da) = da.view().split_at(Axis(1), from_state); // (rows, G·H)
                w.multiply_into(state[0].1.view_mut(), direct, da);
                state.iter_mut().zip(&held).for_each(|((_, gradient), held)| put_back(&ended, held, gradient));
            }
            // ANCHOR_END: backward
        });

        let da = matrix(das.view()); // (T·B, K·H)
        let (_, from_state) = da.split_at(Axis(1), from_state); // (T·B, G·H)
        let from_input = read.by_row(da.split_at(Axis(1), C::GATES * hidden).0); // (N, G·H)
        let w_ih = in_order::<C, S, _>(sequence::weight(&w_ih));
        read.add_gradient(&mut dx, from_input.view(), w_ih.view());
        dx.accumulate(input::W_IH, |dst, beta| {
            let mut dst: ArrayViewMut2<'_, Real> = dst.into_dimensionality().expect("weights are matrices");
            for (rows, columns) in parts::<C, S>(hidden) {
                // A slice of one column would lose its stride, and the product with it the signs of its zeros.
                let (dst, _) = dst.view_mut().split_at(Axis(0), rows.end);
                let (da, _) = from_input.view().split_at(Axis(1), columns.end);
                let (_, dst) = dst.split_at(Axis(0), rows.start);
                let (_, da) = da.split_at(Axis(1), columns.start);
                read.weight_gradient_into(dst, beta, da);
            }
        });
        let sums = sum_rows(from_input.view()); // (G·H)
        let mut db_ih = Array1::zeros(sums.len());
        for (rows, columns) in parts::<C, S>(hidden) {
            db_ih.slice_mut(s![rows]).assign(&sums.slice(s![columns]));
        }
        let db_hh = if C::FROM_STATE == 0 { db_ih.clone() } else { sum_rows(from_state) };
        sequence::state_gradients(&mut dx, from_state, matrix(states[0].slice(s![..steps, .., ..])), [db_ih, db_hh]);
        for (i, gradient) in dstate.into_iter().enumerate() {
            dx.add(input::H0 + i, gradient.into_dyn());
        }
        if probed {
            dx.add(input::H0 + S, batch_first(dprobe.view(), direction).into_dyn());
        }
    }
}

/// What a cell of one column left at step s: h_t, less the probe that was added to it.
fn left_in_place(
    dst: &mut ArrayViewMut2<'_, Real>,
    hs: ArrayView3<'_, Real>,
    s: usize,
    probe: Option<ndarray::ArrayView2<'_, Real>>,
) {
    let h = hs.index_axis(Axis(0), s + 1);
    match probe {
        None => dst.assign(&h),
        Some(probe) => dst.assign(&(&h - &probe)),
    }
}
