//! Which query sees which key, and products over these pairs alone.
//!
//! A hidden pair weighs exactly 0, and 0 times a finite number adds nothing to a sum. But 0·∞ and 0·NaN are NaN. So the
//! products here are plain ones as long as their numbers are finite; where one is not, they leave it out of the plain
//! product and add it to the sums of those that see it.

use ndarray::{ArrayView2, ArrayViewMut2};
use tensor::Real;
use tensor::kernels::{Threads, all_finite, matmul_into};

use super::Sizes;

/// One head of one sequence.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub sizes: Sizes,
    /// How many of the sequence's keys are not padding.
    pub real: usize,
}

impl Head {
    /// How many keys, counted from the first, query `t` may look at; as many as any query before it, or more.
    pub fn visible(&self, t: usize) -> usize {
        self.sizes.mask.visible(t, self.sizes.queries, self.sizes.keys).min(self.real)
    }
}

/// The heads of every sequence, one sequence after the other.
pub(super) fn heads_of(sizes: Sizes, lengths: Option<&[usize]>) -> impl Iterator<Item = Head> {
    let real = move |i: usize| lengths.map_or(sizes.keys, |lengths| lengths[i / sizes.heads]);
    (0..sizes.batch * sizes.heads).map(move |i| Head { sizes, real: real(i) })
}

/// `y = alpha·weights·x`, where row i of `weights`, which is 0 from `seen[i]` on, sees the first `seen[i]` rows of `x`.
pub(super) fn gather(
    mut y: ArrayViewMut2<'_, Real>,
    alpha: Real,
    weights: ArrayView2<'_, Real>,
    x: ArrayView2<'_, Real>,
    seen: &[usize],
) {
    matmul_into(y.view_mut(), 0.0, alpha, weights, x, Threads::One);
    if !hides(weights, seen) || all_finite(y.view()) {
        return;
    }
    matmul_into(y.view_mut(), 0.0, alpha, weights, only_finite(x).view(), Threads::One);
    for ((s, d), &x) in x.indexed_iter().filter(|(_, x)| !x.is_finite()) {
        for (i, _) in seen.iter().enumerate().filter(|&(_, &seen)| s < seen) {
            y[[i, d]] += alpha * weights[[i, s]] * x;
        }
    }
}

/// `dx = beta·dx + alpha·weightsᵀ·dy`: the way back to `x` of [`gather`].
pub(super) fn spread(
    mut dx: ArrayViewMut2<'_, Real>,
    beta: Real,
    alpha: Real,
    weights: ArrayView2<'_, Real>,
    dy: ArrayView2<'_, Real>,
    seen: &[usize],
) {
    if !hides(weights, seen) || all_finite(dy) {
        return matmul_into(dx, beta, alpha, weights.t(), dy, Threads::One);
    }
    matmul_into(dx.view_mut(), beta, alpha, weights.t(), only_finite(dy).view(), Threads::One);
    for ((i, d), &dy) in dy.indexed_iter().filter(|(_, dy)| !dy.is_finite()) {
        for s in 0..seen[i] {
            dx[[s, d]] += alpha * weights[[i, s]] * dy;
        }
    }
}

/// Whether some pair is hidden.
fn hides(weights: ArrayView2<'_, Real>, seen: &[usize]) -> bool {
    seen.iter().any(|&seen| seen < weights.ncols())
}

fn only_finite(x: ArrayView2<'_, Real>) -> ndarray::Array2<Real> {
    x.mapv(|x| if x.is_finite() { x } else { 0.0 })
}
