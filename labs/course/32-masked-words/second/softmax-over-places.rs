//! Masked-word training (Devlin et al. 2019, section 3.1 and appendix A.1).
//!
//! Some words of a text are hidden, and the model says what they were. Of every 100 words 15 are chosen. Of those chosen, 80 in
//! 100 become the token that stands for a hidden word, 10 another word, drawn at random, and 10 stay as they are: later, in use, nothing
//! is hidden, and the model must not learn that only hidden places matter. Chance is given as numbers, three for each
//! place, from 0 up to but not including 1:
//!
//! ```text
//! a place is chosen if a < 0.15 and a word stands there
//! a chosen word becomes   the mask                   if u < 0.8
//!                         first word + ⌊w · words⌋   if 0.8 <= u < 0.9
//!                         itself                     otherwise
//! label = what stood there, at chosen places; IGNORE elsewhere
//! loss  = - 1/n Σ ln p_label over the n chosen places; 0 if there is none
//! ```
//!
//! where p is the softmax of the logits of a place, over the vocabulary, and "words" is how many words there are.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | | tokens: words, and special tokens, which stand below and above the words | (B, S) |
//! | a, u, w | `choice`, `fate` and `word`, whose thresholds are never hit exactly | (B, S) |
//! | | labels: tokens, or `IGNORE` | (B, S) |
//! | | logits | (B, S, V) |

use std::ops::Range;

use ndarray::{Array2, Array3, ArrayView1, s};

/// The label of a place where nothing is asked.
pub const IGNORE: usize = usize::MAX;

/// What the model reads, and its labels.
///
/// # Shapes
/// - `tokens`, `choice`, `fate` and `word`: (B, S); `words` are the tokens that are words, `mask` stands for a hidden one;
///   returns inputs (B, S) and labels (B, S)
pub fn hide(
    tokens: &Array2<usize>,
    [choice, fate, word]: [&Array2<f64>; 3],
    words: Range<usize>,
    mask: usize,
) -> (Array2<usize>, Array2<usize>) {
    let count = (words.end - words.start) as f64;
    let mut inputs = tokens.clone();
    let mut labels = Array2::from_elem(tokens.dim(), IGNORE);
    for (place, &token) in tokens.indexed_iter() {
        if choice[place] < 0.15 && words.contains(&token) {
            labels[place] = token;
            if fate[place] < 0.8 {
                inputs[place] = mask;
            } else if fate[place] < 0.9 {
                inputs[place] = words.start + (word[place] * count) as usize;
            }
        }
    }
    (inputs, labels)
}

/// The mean loss of the chosen places, in nats.
///
/// # Shapes
/// - `logits`: (B, S, V), `labels`: (B, S)
pub fn masked_loss(logits: &Array3<f64>, labels: &Array2<usize>) -> f64 {
    let mut sum = 0.0;
    let mut chosen = 0;
    for ((b, s), &label) in labels.indexed_iter() {
        if label != IGNORE {
            // the logits of this token along the row
            sum += surprise(logits.slice(s![b, .., label]), s);
            chosen += 1;
        }
    }
    if chosen == 0 { 0.0 } else { sum / chosen as f64 }
}

/// - ln p of number `at`, p the softmax of the logits.
fn surprise(logits: ArrayView1<f64>, at: usize) -> f64 {
    let top = logits.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
    let sum = logits.iter().map(|v| (v - top).exp()).sum::<f64>();
    sum.ln() + top - logits[at]
}
