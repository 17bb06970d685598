//! The traits that every stage implements, and all that training, evaluation and generation know of a model.

use data::{TextBatch, Token};
use ndarray::{Array2, ArrayView2};
use tensor::{Context, Real, Tensor};

use crate::Rows;

/// All that the trainer knows.
pub trait Trainable {
    /// What one training step looks at.
    type Batch;

    /// The mean loss over the targets of the batch, a scalar, in nats per target where targets are classes.
    fn loss(&self, cx: &Context<'_>, batch: &Self::Batch) -> Tensor;

    /// Over how many targets [`loss`](Self::loss) is the mean: the weight of the batch where losses of several batches
    /// are put together.
    fn targets(&self, batch: &Self::Batch) -> usize;
}

/// A model of text, one token after another.
pub trait LanguageModel: Trainable<Batch = TextBatch> {
    /// What the model remembers of the tokens so far, for every row of a batch. A recurrent network's is a vector for
    /// each layer; GPT's is its cache of keys and values.
    type State: Clone + Rows;

    /// How many different tokens there are (V).
    fn vocabulary(&self) -> usize;

    /// The scores of every next token, before softmax, for whole sequences at once.
    ///
    /// # Shapes
    /// - `inputs`: (B, T); returns (B, T, V), where position t has seen the tokens 0..=t.
    ///
    /// # Panics
    /// If T is longer than the model's context.
    fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor;

    /// Reads the prompts and returns what the model remembers of them, with the scores of the token that follows. The
    /// prompts may have different lengths: each is read as if it were alone.
    ///
    /// # Shapes
    /// - `prompts`: B, each of at least one token; returns logits (B, V).
    ///
    /// # Panics
    /// If there is no prompt, or one is empty.
    fn start(&self, cx: &Context<'_>, prompts: &[impl AsRef<[Token]>]) -> (Self::State, Array2<Real>);

    /// Reads one more token for each row and returns the scores of the one that follows: the last position of what
    /// [`logits`](Self::logits) gives for the sequence without what was [dropped](Self::dropped).
    ///
    /// # Shapes
    /// - `tokens`: (B); returns logits (B, V).
    fn next(&self, cx: &Context<'_>, state: &mut Self::State, tokens: &[Token]) -> Array2<Real>;

    /// How many tokens at the beginning of a row's text the scores no longer depend on, because the model sees only so
    /// many at once. A recurrent network has read all of them into its state: none.
    fn dropped(&self, _state: &Self::State, _row: usize) -> usize {
        0
    }
}
