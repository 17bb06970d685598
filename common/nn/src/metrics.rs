//! What a loss in nats means.

use data::{IGNORE, Token};
use ndarray::{ArrayView1, ArrayViewD, Axis};
use tensor::{Array, Real};

/// A loss in bits: nats / ln 2.
///
/// ```
/// assert_eq!(nn::metrics::bits(2.0 * std::f64::consts::LN_2), 2.0);
/// ```
pub fn bits(nats: f64) -> f64 {
    nats / std::f64::consts::LN_2
}

/// e^nats: the number of equally likely tokens among which the model is, on average, as unsure.
///
/// ```
/// assert!((nn::metrics::perplexity(65_f64.ln()) - 65.0).abs() < 1e-12);
/// ```
pub fn perplexity(nats: f64) -> f64 {
    nats.exp()
}

/// The part of the targets that has the highest score; the first of equal scores counts. Targets of [`IGNORE`] are
/// left out; `None` if there are no others, NaN if the scores of one are not numbers.
///
/// # Shapes
/// - `logits`: (.., V), `targets`: the same shape without the last axis.
///
/// # Panics
/// If the shapes do not fit, or a target is no class.
///
/// ```
/// use ndarray::{arr1, arr2};
/// let logits = tensor::shared(arr2(&[[0.0, 2.0, 1.0], [3.0, 0.0, 1.0], [0.0, 0.0, 9.0], [0.0, 1.0, 0.0]]));
/// let targets = arr1(&[1, 2, data::IGNORE, 1]);
/// assert_eq!(nn::metrics::accuracy(&logits, targets.view().into_dyn()), Some(2.0 / 3.0));
/// ```
#[track_caller]
pub fn accuracy(logits: &Array, targets: ArrayViewD<'_, Token>) -> Option<f64> {
    let (hits, asked) = hits(logits, targets);
    (asked > 0).then(|| hits / asked as f64)
}

/// How many targets have the highest score, NaN if that is not known, and how many are not [`IGNORE`].
#[track_caller]
pub(crate) fn hits(logits: &Array, targets: ArrayViewD<'_, Token>) -> (f64, usize) {
    let rows = logits.shape().split_last().map(|(_, rows)| rows);
    assert_eq!(rows, Some(targets.shape()), "accuracy: logits {:?}, targets {:?}", logits.shape(), targets.shape());
    let rows = logits.lanes(Axis(logits.ndim() - 1));
    let asked = rows.into_iter().zip(&targets).filter(|&(_, &target)| target != IGNORE);
    let hit = |row: ArrayView1<'_, Real>, target| {
        assert!((target as usize) < row.len(), "accuracy: target {target} among {} classes", row.len());
        argmax(row).map_or(f64::NAN, |best| if best == target { 1.0 } else { 0.0 })
    };
    asked.fold((0.0, 0), |(hits, asked), (row, &target)| (hits + hit(row, target), asked + 1))
}

/// The index of the largest number, the first of equals; `None` if a score is NaN, or none is above minus infinity.
pub(crate) fn argmax(scores: ArrayView1<'_, Real>) -> Option<Token> {
    let mut best = None;
    for (i, &score) in scores.iter().enumerate() {
        if score.is_nan() {
            return None;
        }
        if score > best.map_or(Real::NEG_INFINITY, |(_, largest)| largest) {
            best = Some((i as Token, score));
        }
    }
    best.map(|(i, _)| i)
}
