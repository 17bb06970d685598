//! What translation, greedy or by beam search, knows of a model.

use data::Token;
use data::pairs::{Ends, PairBatch, Sources};
use ndarray::Array2;
use tensor::{Context, Real, Tensor};

use crate::{Rows, Trainable};

/// A model that turns one sequence into another; every step can show where it looked.
pub trait Translator: Trainable<Batch = PairBatch> {
    /// What the encoder has made of the sources, which every step of the decoder may read.
    type Memory: Rows;

    /// What the decoder remembers of the translation so far.
    type State: Rows;

    /// How many different tokens a translation can have (V).
    fn vocabulary(&self) -> usize;

    /// What it reads before a translation and says behind it.
    fn ends(&self) -> Ends {
        Ends::default()
    }

    /// The scores of every next token, before softmax, where the decoder is told the right translation so far.
    ///
    /// # Shapes
    /// - `batch`: (B, S) and (B, T); returns (B, T, V).
    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor;

    /// Reads the sources. The state is that of a decoder that has said nothing yet.
    ///
    /// # Shapes
    /// - `sources`: (B, S); memory and state have B rows.
    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Self::Memory, Self::State);

    /// Reads one more token of each translation, that of the [start](Self::ends) first, and scores the one that follows:
    /// the last position of what [`logits`](Self::logits) gives for the whole.
    ///
    /// # Shapes
    /// - `tokens`: (B).
    fn next(&self, cx: &Context<'_>, memory: &Self::Memory, state: &mut Self::State, tokens: &[Token]) -> Step;
}

/// What a decoder gives at one step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The scores of the next token, before softmax, (B, V).
    pub logits: Array2<Real>,
    /// How much it looked at each position of the source, (B, S): every row sums to one over its sentence and is zero
    /// in the padding. `None` from a model that does not look back.
    pub alignment: Option<Array2<Real>>,
}
