//! The steps of attention, q·kᵀ, the softmax and P·v, over the pairs that the mask leaves, as recorded operations: what
//! is hidden is selected away, on the way back too, and so is a query on which nothing depends.

use ndarray::{ArrayD, ArrayView2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;
use tensor::kernels::{Threads, matmul_into, sum};
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

use super::pairs::{self, heads_of};
use super::{AttentionMask, Sizes};

/// q·kᵀ; minus infinity where a query must not look, so that the softmax makes a weight e^-∞ = 0 of it. Multiplying
/// scores by zero instead would leave e^0 = 1.
///
/// # Shapes
/// - `q`: (B, N, T, d_k), `k`: (B, N, S, d_k); returns (B, N, T, S)
#[track_caller]
pub(super) fn compare(sizes: Sizes, visible: AttentionMask<'_>, q: &Tensor, k: &Tensor) -> Tensor {
    if !sizes.masked {
        return q.matmul(&k.permute(&[0, 1, 3, 2]));
    }
    let [scores] = record(&[q, k], || {
        let seen = seen(sizes, visible.lengths);
        let [q, k] = [q, k].map(standard);
        let mut scores = ArrayD::zeros(weights_shape(sizes));
        in_parallel(heads_mut(&mut scores), &seen, |i, mut scores, seen| {
            matmul_into(scores.view_mut(), 0.0, 1.0, head(&q, i), head(&k, i).t(), Threads::One);
            hide(scores, seen, Real::NEG_INFINITY);
        });
        ([shared(scores)], Compare { sizes, seen, q, k })
    });
    scores
}

/// The softmax of what [`compare`] returns.
#[track_caller]
pub(super) fn softmax(sizes: Sizes, scores: &Tensor) -> Tensor {
    if !sizes.masked {
        return scores.softmax();
    }
    let [p] = record(&[scores], || {
        let mut p = scores.value().to_owned();
        for mut row in p.lanes_mut(Axis(3)) {
            let max = row.fold(Real::NEG_INFINITY, |max, &x| if x > max { x } else { max });
            row.mapv_inplace(|x| if max.is_finite() { (x - max).exp() } else { Real::NAN });
            row /= sum(row.as_slice().expect("standard layout"));
        }
        let p = shared(p);
        ([p.clone()], Softmax { p })
    });
    p
}

/// P·v, the sum of what each query sees.
///
/// # Shapes
/// - `weights`: (B, N, T, S), `v`: (B, N, S, d_k); returns (B, N, T, d_k)
#[track_caller]
pub(super) fn gather(sizes: Sizes, visible: AttentionMask<'_>, weights: &Tensor, v: &Tensor) -> Tensor {
    if !sizes.masked {
        return weights.matmul(v);
    }
    let [y] = record(&[weights, v], || {
        let seen = seen(sizes, visible.lengths);
        let [weights, v] = [weights, v].map(standard);
        let mut y = ArrayD::zeros(vec![sizes.batch, sizes.heads, sizes.queries, sizes.width]);
        in_parallel(heads_mut(&mut y), &seen, |i, y, seen| {
            pairs::gather(y, 1.0, selected(head(&weights, i), seen).view(), head(&v, i), seen);
        });
        ([shared(y)], Gather { sizes, seen, weights, v })
    });
    y
}

/// For each head and query, how many keys it sees.
type Seen = Vec<Vec<usize>>;

fn seen(sizes: Sizes, lengths: Option<&[usize]>) -> Seen {
    heads_of(sizes, lengths).map(|head| (0..sizes.queries).map(|t| head.visible(t)).collect()).collect()
}

/// [`Seen`] of one head on the way back: a query of whose result nothing depends sees nothing.
fn asked(seen: &[usize], dy: ArrayView2<'_, Real>) -> Vec<usize> {
    seen.iter().zip(dy.outer_iter()).map(|(&seen, dy)| if dy.iter().all(|&dy| dy == 0.0) { 0 } else { seen }).collect()
}

struct Compare {
    sizes: Sizes,
    seen: Seen,
    q: Array,
    k: Array,
}

impl Backward for Compare {
    fn name(&self) -> &'static str {
        "compare_visible"
    }
    fn cost(&self) -> Cost {
        let scores = self.seen.len() * self.sizes.queries * self.sizes.keys;
        product(self.sizes).then(Cost::elementwise(scores, scores))
    }
    fn saved_bytes(&self) -> usize {
        (self.q.len() + self.k.len()) * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dscores = shared(dy.only());
        let [mut dq, mut dk] = [&self.q, &self.k].map(|x| ArrayD::zeros(x.raw_dim()));
        let gradients = heads_mut(&mut dq).into_iter().zip(heads_mut(&mut dk)).collect();
        in_parallel(gradients, &self.seen, |i, (dq, dk), seen| {
            let dscores = selected(head(&dscores, i), seen);
            let seen = asked(seen, dscores.view());
            pairs::gather(dq, 1.0, dscores.view(), head(&self.k, i), &seen);
            pairs::spread(dk, 0.0, 1.0, dscores.view(), head(&self.q, i), &seen);
        });
        dx.add(0, dq);
        dx.add(1, dk);
    }
}

struct Softmax {
    p: Array,
}

impl Backward for Softmax {
    fn name(&self) -> &'static str {
        "softmax_visible"
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(4 * self.p.len(), 2 * self.p.len())
    }
    fn saved_bytes(&self) -> usize {
        self.p.len() * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // dscore_i = p_i · (dp_i - Σ_j dp_j·p_j)
        let mut gradient = dy.only();
        let last = Axis(3);
        for (mut dp, p) in gradient.lanes_mut(last).into_iter().zip(self.p.lanes(last)) {
            if dp.iter().any(|&dp| dp != 0.0) {
                dp *= &p;
                let total = sum(dp.as_slice().expect("standard layout"));
                dp.zip_mut_with(&p, |dp, p| *dp -= p * total);
            }
        }
        dx.add(0, gradient);
    }
}

struct Gather {
    sizes: Sizes,
    seen: Seen,
    weights: Array,
    v: Array,
}

impl Backward for Gather {
    fn name(&self) -> &'static str {
        "gather_visible"
    }
    fn cost(&self) -> Cost {
        product(self.sizes)
    }
    fn saved_bytes(&self) -> usize {
        (self.weights.len() + self.v.len()) * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = shared(dy.only());
        let [mut dweights, mut dv] = [&self.weights, &self.v].map(|x| ArrayD::zeros(x.raw_dim()));
        let gradients = heads_mut(&mut dweights).into_iter().zip(heads_mut(&mut dv)).collect();
        in_parallel(gradients, &self.seen, |i, (mut dweights, dv), seen| {
            let dy = head(&dy, i);
            matmul_into(dweights.view_mut(), 0.0, 1.0, dy, head(&self.v, i).t(), Threads::One);
            let seen = asked(seen, dy);
            hide(dweights, &seen, 0.0);
            pairs::spread(dv, 0.0, 1.0, selected(head(&self.weights, i), &seen).view(), dy, &seen);
        });
        dx.add(0, dweights);
        dx.add(1, dv);
    }
}

fn product(Sizes { batch, queries, keys, heads, width, .. }: Sizes) -> Cost {
    Cost { span: 1, ..Cost::product(queries, width, keys).times(batch * heads) }
}

fn weights_shape(sizes: Sizes) -> Vec<usize> {
    vec![sizes.batch, sizes.heads, sizes.queries, sizes.keys]
}

fn standard(x: &Tensor) -> Array {
    shared(x.value().as_standard_layout().into_owned())
}

/// Head `i` of (B, N, ·, ·), in standard layout.
fn head(x: &Array, i: usize) -> ArrayView2<'_, Real> {
    let heads = x.shape()[1];
    x.slice(s![i / heads, i % heads, .., ..])
}

fn heads_mut(x: &mut ArrayD<Real>) -> Vec<ArrayViewMut2<'_, Real>> {
    let [b, n, rows, columns] = *x.shape() else { unreachable!("(B, N, ·, ·)") };
    let heads = x.view_mut().into_shape_with_order((b * n, rows, columns)).expect("standard layout");
    let mut rest = heads;
    let mut all = Vec::with_capacity(b * n);
    for _ in 0..b * n {
        let (first, others) = rest.split_at(Axis(0), 1);
        all.push(first.index_axis_move(Axis(0), 0));
        rest = others;
    }
    all
}

/// Overwrites the hidden pairs.
fn hide(mut x: ArrayViewMut2<'_, Real>, seen: &[usize], with: Real) {
    for (mut row, &seen) in x.outer_iter_mut().zip(seen) {
        row.slice_mut(s![seen..]).fill(with);
    }
}

/// `x` with 0 for the hidden pairs.
fn selected(x: ArrayView2<'_, Real>, seen: &[usize]) -> ndarray::Array2<Real> {
    let mut x = x.to_owned();
    hide(x.view_mut(), seen, 0.0);
    x
}

fn in_parallel<T: Send>(heads: Vec<T>, seen: &Seen, run: impl Fn(usize, T, &[usize]) + Sync + Send) {
    heads.into_par_iter().zip(seen).enumerate().for_each(|(i, (head, seen))| run(i, head, seen));
}
