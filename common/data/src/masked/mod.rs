//! Sentences some of whose words are hidden, to be guessed.

mod batches;

use std::ops::Range;

use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::batches::answers;
use crate::pairs::Sources;
use crate::random::stream;
use crate::{IGNORE, Token};

pub use crate::marks::Marks;
pub use batches::{MaskedBatches, MaskedWindows};

/// Sentences with hidden words, and what they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedBatch {
    /// What the model reads, (B, S).
    pub sentences: Sources,
    /// What stood there, (B, S); [`IGNORE`] where nothing is asked.
    pub targets: Array2<Token>,
}

impl MaskedBatch {
    /// How many words are asked for.
    pub fn answers(&self) -> usize {
        answers(&self.targets)
    }
}

/// The rule by which BERT hides words (Devlin et al. 2019, section 3.1 and appendix A.1). Of every 100 tokens 15 are
/// chosen, and the model must say what they were. Of those chosen, 80 % become the mask, 10 % a token drawn at
/// random, and 10 % stay as they are: later, in use, there is no mask, and the model must not learn that only masks matter.
///
/// ```
/// use data::IGNORE;
/// use data::masked::WordMask;
/// use data::pairs::Sources;
///
/// let mask = WordMask::new(9, 3..9); // 9 stands for a hidden word; words are 3 to 8
/// let batch = mask.hide(Sources::new(&[&[3, 4, 5, 6, 7, 8], &[8, 7]]), 1, 0);
/// assert_eq!(batch.sentences.tokens, ndarray::array![[3, 4, 5, 9, 7, 8], [8, 7, 0, 0, 0, 0]]);
/// assert_eq!(batch.targets.row(0).to_vec(), [3, IGNORE, IGNORE, 6, IGNORE, IGNORE]); // the 3 was chosen, and stays
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WordMask {
    /// The probability with which a token is chosen.
    pub chosen: f64,
    /// Of those chosen, the part that becomes the mask.
    pub hidden: f64,
    /// Of those chosen, the part that becomes a random word.
    pub replaced: f64,
    /// The token that stands for a hidden word.
    pub mask: Token,
    /// The tokens that are words: only these are chosen, and only these replace others.
    pub words: Range<Token>,
}

impl Marks {
    /// BERT's rule of hiding, with these tokens.
    pub fn hiding(&self) -> WordMask {
        WordMask::new(self.mask, self.words.clone())
    }
}

impl WordMask {
    /// BERT's: 15 % chosen, of these 80 % hidden, 10 % replaced, 10 % left.
    pub fn new(mask: Token, words: Range<Token>) -> Self {
        Self { chosen: 0.15, hidden: 0.8, replaced: 0.1, mask, words }
    }

    /// Hides words of these sentences: a function of them, `seed` and `step`. Each token is chosen independently of the
    /// others, so a short sentence may have nothing to ask.
    pub fn hide(&self, sentences: Sources, seed: u64, step: u64) -> MaskedBatch {
        let mut rng = stream(seed, step, "masked words");
        let Sources { mut tokens, lengths } = sentences;
        let mut targets = Array2::from_elem(tokens.raw_dim(), IGNORE); // (B, S)
        // ANCHOR: hide
        for ((b, s), token) in tokens.indexed_iter_mut() {
            // All are drawn at every place, so that what happens at one moves nothing at another.
            let [choice, fate, word]: [f64; 3] = rng.random();
            if choice >= self.chosen || s >= lengths[b] || !self.words.contains(token) {
                continue;
            }
            targets[[b, s]] = *token;
            if fate < self.hidden {
                *token = self.mask;
            } else if fate < self.hidden + self.replaced {
                *token = self.words.start + (word * self.words.len() as f64) as Token;
            }
        }
        // ANCHOR_END: hide
        MaskedBatch { sentences: Sources { tokens, lengths }, targets }
    }
}
