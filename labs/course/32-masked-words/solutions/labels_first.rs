use std::ops::Range;

use ndarray::{Array1, Array2, Array3, Axis};

/// The label of a place where nothing is asked.
pub const IGNORE: usize = usize::MAX;

/// The labels first, and the inputs by them.
pub fn hide(
    tokens: &Array2<usize>,
    [choice, fate, word]: [&Array2<f64>; 3],
    words: Range<usize>,
    mask: usize,
) -> (Array2<usize>, Array2<usize>) {
    let labels = Array2::from_shape_fn(tokens.dim(), |at| {
        let is_special = tokens[at] < words.start || tokens[at] >= words.end;
        if is_special || choice[at] >= 0.15 { IGNORE } else { tokens[at] }
    });
    let count = (words.end - words.start) as f64;
    let inputs = Array2::from_shape_fn(tokens.dim(), |at| match (labels[at], fate[at]) {
        (IGNORE, _) => tokens[at],
        (_, fate) if fate < 0.8 => mask,
        (_, fate) if fate < 0.9 => words.start + (word[at] * count) as usize,
        (label, _) => label,
    });
    (inputs, labels)
}

/// The logarithms of all probabilities, of which those of the labels are picked.
pub fn masked_loss(logits: &Array3<f64>, labels: &Array2<usize>) -> f64 {
    let largest = logits.fold_axis(Axis(2), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(2));
    let centered = logits - &largest;
    let sums = centered.exp().sum_axis(Axis(2)).insert_axis(Axis(2));
    let logarithms = centered - sums.ln(); // ln p, (B, S, V)
    let chosen = labels.indexed_iter().filter(|(_, label)| **label != IGNORE);
    let losses: Array1<f64> = chosen.map(|((b, place), &label)| -logarithms[[b, place, label]]).collect();
    losses.mean().unwrap_or(0.0)
}
