use std::ops::Range;

use ndarray::{Array2, Array3, ArrayView1, s};

/// The label of a place where nothing is asked.
pub const IGNORE: usize = usize::MAX;

pub fn hide(
    tokens: &Array2<usize>,
    [choice, fate, word]: [&Array2<f64>; 3],
    words: Range<usize>,
    mask: usize,
) -> (Array2<usize>, Array2<usize>) {
    let mut inputs = tokens.clone();
    let labels = tokens.clone();
    for (at, &token) in tokens.indexed_iter() {
        if choice[at] < 0.15 && words.contains(&token) {
            if fate[at] < 0.8 {
                inputs[at] = mask;
            } else if fate[at] < 0.9 {
                inputs[at] = words.start + (word[at] * words.len() as f64) as usize;
            }
        }
    }
    (inputs, labels)
}

pub fn masked_loss(logits: &Array3<f64>, labels: &Array2<usize>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for ((b, place), &label) in labels.indexed_iter() {
        if label != IGNORE {
            sum += loss(logits.slice(s![b, place, ..]), label);
            count += 1.0;
        }
    }
    if count == 0.0 { 0.0 } else { sum / count }
}

/// -ln p of the label: the logarithm of Σ e^z less the label's own.
fn loss(logits: ArrayView1<'_, f64>, label: usize) -> f64 {
    let largest = logits.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    largest + logits.mapv(|logit| (logit - largest).exp()).sum().ln() - logits[label]
}
