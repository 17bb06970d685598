//! Cross-entropy of rows of logits against one right answer each, softmax included.
//!
//! - `logits`: `(M, V)`, `targets`: `(M,)`
//!
//! `loss = 1/n · Σ_m (ln Σ_v e^{logits[m,v]} - Σ_v q[m,v]·logits[m,v])` over the `n` rows whose target is not
//! [`IGNORE`], where `q = (1 - ε)·onehot(target) + ε/V` spreads the part ε over all classes (label smoothing, Szegedy
//! et al. 2016, section 7; `label_smoothing` in PyTorch). With ε = 0, q is the target alone.
//! The logits become probabilities in place, and these are all the backward pass needs:
//! `dlogits = dloss/n · (p - q)`, in place again. No `(M, V)` array is allocated on the way.

use ndarray::{ArrayView1, ArrayViewMut2};
use rayon::prelude::*;

use super::parallel::{for_each_row, grain};
use super::reduce::{LANES, sum_of};
use super::softmax::{exponentials, largest};
use crate::Real;

/// The target of a row that does not count: padding, for instance.
pub const IGNORE: u32 = u32::MAX;

/// The mean loss over the rows that count, the part ε = `smoothing` of it that of all classes alike; replaces `logits`
/// by probabilities.
///
/// If no row counts, the mean is NaN, as in PyTorch.
///
/// # Shapes
/// - `logits`: `(M, V)`, `targets`: `(M,)`, each below V or [`IGNORE`]
///
/// # Panics
/// If the shapes do not fit or a target is out of range.
///
/// ```
/// use tensor::kernels::{IGNORE, cross_entropy, cross_entropy_backward};
/// use ndarray::array;
/// let mut x = array![[0.0, 0.0], [0.0, 1.0986123], [5.0, 5.0]]; // ln 3 = 1.0986123
/// let targets = array![1, 0, IGNORE];
/// let loss = cross_entropy(x.view_mut(), targets.view(), 0.0);
/// assert!((loss - (2f32.ln() + 4f32.ln()) / 2.0).abs() < 1e-6);
/// cross_entropy_backward(x.view_mut(), targets.view(), 0.0, 1.0);
/// assert_eq!(x.row(0).to_vec(), [0.25, -0.25]);
/// assert_eq!(x.row(2).to_vec(), [0.0, 0.0]);
/// ```
#[track_caller]
pub fn cross_entropy(mut logits: ArrayViewMut2<'_, Real>, targets: ArrayView1<'_, u32>, smoothing: Real) -> Real {
    let count = counted("cross_entropy", &logits, &targets);
    if logits.as_slice().is_none() {
        let mut copy = logits.as_standard_layout().into_owned();
        let loss = cross_entropy(copy.view_mut(), targets, smoothing);
        logits.assign(&copy);
        return loss;
    }
    let width = logits.ncols().max(1);
    let rows = logits.as_slice_mut().expect("the layout was just checked").par_chunks_mut(width).enumerate();
    let losses = rows.with_min_len(grain(width)).map(|(i, row)| {
        let max = largest(row);
        // Σ_v q_v·(max - z_v): without the maximum, which may be large, nothing that is small is lost.
        let below = (targets[i] != IGNORE).then(|| {
            let of_target = max - row[targets[i] as usize];
            let of_all = || sum_of::<LANES>(row, |z| max - z) / width as Real;
            // A share of 0 takes no part, even of an infinite loss.
            match 1.0 - smoothing {
                1.0 => of_target,
                0.0 => of_all(),
                own => own * of_target + smoothing * of_all(),
            }
        });
        let total = exponentials(row, max);
        let scale = 1.0 / total;
        row.iter_mut().for_each(|p| *p *= scale);
        below.map_or(0.0, |below| f64::from(below + total.ln()))
    });
    let losses: Vec<f64> = losses.collect();
    (losses.iter().sum::<f64>() / count as f64) as Real
}

/// Turns the probabilities that [`cross_entropy`] left into the gradient of the logits, given that of the loss.
///
/// # Shapes
/// - `probabilities`: `(M, V)`, `targets`: `(M,)`
///
/// # Panics
/// If the shapes do not fit or a target is out of range.
#[track_caller]
pub fn cross_entropy_backward(
    probabilities: ArrayViewMut2<'_, Real>,
    targets: ArrayView1<'_, u32>,
    smoothing: Real,
    dloss: Real,
) {
    let count = counted("cross_entropy_backward", &probabilities, &targets);
    let scale = dloss / count as Real;
    let everywhere = smoothing / probabilities.ncols().max(1) as Real;
    for_each_row(probabilities, |i, row| match targets[i] {
        IGNORE => row.fill(0.0),
        target => {
            row[target as usize] -= 1.0 - smoothing;
            row.iter_mut().for_each(|p| *p = (*p - everywhere) * scale);
        }
    });
}

/// Checks the arguments and counts the rows that are not ignored.
#[track_caller]
fn counted(operation: &str, rows: &ArrayViewMut2<'_, Real>, targets: &ArrayView1<'_, u32>) -> usize {
    if rows.nrows() != targets.len() {
        panic!("{operation}: targets {:?} do not fit logits {:?}", targets.shape(), rows.shape());
    }
    let mut count = 0;
    for (row, &target) in targets.iter().enumerate() {
        if target == IGNORE {
            continue;
        }
        if target as usize >= rows.ncols() {
            panic!(
                "{operation}: target {target} of row {row} is not below the {} classes of {:?}",
                rows.ncols(),
                rows.shape()
            );
        }
        count += 1;
    }
    count
}
