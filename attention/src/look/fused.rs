//! Looking back once for each query, as one recorded operation.
//!
//! Forward, for each query: scores against the keys of its sentence, softmax, the mean of the states.
//! Saved are the inputs and the alignment. Backward, for each query: the gradients of alignment and scores, then of
//! query, keys and v; the gradient of the states is one product for each sentence.

use ndarray::{Array3, Axis};
use rayon::prelude::*;
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

use super::Sizes;
use super::kernel::{Compared, GradientOfV, Looked, row, row_mut, states_gradient};
use super::long_sum::{BLOCK, LongSum};
use crate::Memory;
use crate::memory::contiguous;

/// The context and the alignment of queries that are ready to be compared, by v · tanh(q + k) or factor · q · k.
///
/// # Shapes
/// - `q`: (B, T, A); `v`: (A), if the comparison is additive; returns z (B, T, C) and α (B, T, S)
#[track_caller]
pub(crate) fn attend(sizes: Sizes, q: &Tensor, memory: &Memory, v: Option<&Tensor>, factor: Real) -> [Tensor; 2] {
    let Sizes { batch, queries, positions, states, .. } = sizes;
    let mut inputs = vec![q, &memory.states, &memory.keys];
    inputs.extend(v);
    record(&inputs, || {
        let mut contexts = Array3::zeros((batch, queries, states));
        let mut alignment = Array3::zeros((batch, queries, positions));
        let given = Given { sizes, q: contiguous(q), compared: Compared::new(memory, v, factor) };
        let compared = &given.compared;
        let rows = contexts.outer_iter_mut().zip(alignment.outer_iter_mut()).enumerate();
        rows.collect::<Vec<_>>().into_par_iter().for_each(|(b, (mut contexts, mut alignment))| {
            let mut scratch = compared.scratch();
            for t in 0..queries {
                let [context, alignment] = [&mut contexts, &mut alignment].map(|x| row_mut(x, t));
                compared.comparison().look(given.query(b, t), compared.sentence(b), alignment, context, &mut scratch);
            }
        });
        let outputs = [shared(contexts), shared(alignment.clone())];
        (outputs, Look { given, alignment })
    })
}

/// What is compared with what.
struct Given {
    sizes: Sizes,
    q: Array,
    compared: Compared,
}

impl Given {
    fn query(&self, b: usize, t: usize) -> &[Real] {
        let first = (b * self.sizes.queries + t) * self.sizes.width;
        &self.q.as_slice().expect("made contiguous")[first..first + self.sizes.width]
    }
}

struct Look {
    given: Given,
    /// (B, T, S).
    alignment: Array3<Real>,
}

impl Backward for Look {
    fn name(&self) -> &'static str {
        if self.given.compared.v.is_some() { "additive_attention" } else { "multiplicative_attention" }
    }

    fn cost(&self) -> Cost {
        let Given { sizes, compared, .. } = &self.given;
        let contexts = sizes.batch * sizes.queries * sizes.states * size_of::<Real>();
        Cost { bytes: (self.saved_bytes() + contexts) as u64, ..cost(*sizes, compared) }
    }

    fn saved_bytes(&self) -> usize {
        (self.given.q.len() + self.alignment.len()) * size_of::<Real>() + self.given.compared.saved_bytes()
    }

    fn backward(self: Box<Self>, mut dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let Look { given, alignment } = *self;
        let Sizes { batch, queries, positions, width, states } = given.sizes;
        let compared = &given.compared;
        let mut gradient = |output, shape| match dy.take(output) {
            Some(gradient) => gradient.into_dimensionality().expect("a gradient has its value's shape"),
            None => Array3::zeros(shape),
        };
        let dcontexts = gradient(0, (batch, queries, states));
        let mut dalignments = gradient(1, (batch, queries, positions));
        let mut dq = Array3::zeros((batch, queries, width));
        let mut dkeys = Array3::zeros((batch, positions, width));
        let mut dvs = compared.gradients_of_v(batch);
        let gradients = dq.outer_iter_mut().zip(dkeys.outer_iter_mut()).zip(&mut dvs);
        let rows = dalignments.outer_iter_mut().zip(gradients).enumerate();
        rows.collect::<Vec<_>>().into_par_iter().for_each(|(b, (mut dalignments, ((mut dq, dkeys), dv)))| {
            let dkeys = dkeys.into_slice().expect("one row of a new array");
            let mut scratch = compared.scratch();
            let mut sum = LongSum::default();
            for t in 0..queries {
                if t > 0 && t.is_multiple_of(BLOCK) {
                    sum.take(dkeys);
                }
                let [alignment, dcontext] = [&alignment, &dcontexts].map(|x| row(&x.index_axis(Axis(0), b), t));
                let [dalignment, dquery] = [&mut dalignments, &mut dq].map(|x| row_mut(x, t));
                let looked = Looked { query: given.query(b, t), sentence: compared.sentence(b), alignment };
                let gradients = [dquery, &mut *dkeys];
                compared.comparison().attend_backward(looked, dcontext, dalignment, gradients, dv, &mut scratch);
            }
            sum.finish(dkeys);
        });
        dx.add(0, dq.into_dyn());
        dx.add(1, states_gradient(alignment.view(), dcontexts.view(), &compared.lengths).into_dyn());
        dx.add(2, dkeys.into_dyn());
        if compared.v.is_some() {
            dx.add(3, GradientOfV::sum(&dvs, width).into_dyn());
        }
    }
}

/// What one look costs, counted as the literal forms count it, without the product that makes an additive query.
pub(crate) fn cost(sizes: Sizes, compared: &Compared) -> Cost {
    let Sizes { batch, queries, positions, width, states } = sizes;
    let scores = batch * queries * positions;
    let product = Cost::product(scores, width, 1);
    let score = if compared.v.is_some() {
        // The sum with the key, tanh, the product with v.
        let hidden = Cost::elementwise(scores * width, 0);
        hidden.then(hidden).then(product)
    } else if compared.factor != 1.0 {
        product.then(Cost::elementwise(2 * scores, 0))
    } else {
        product
    };
    let hidden = if compared.is_padded() { Cost::elementwise(scores, 0) } else { Cost::default() };
    score.then(hidden).then(Cost::elementwise(4 * scores, 0)).then(Cost::product(batch * queries, positions, states))
}
