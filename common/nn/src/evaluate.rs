//! How well a model predicts tokens that it is told one after another.

use data::pairs::PairBatch;
use data::{TextBatch, Token};
use ndarray::Array2;
use tensor::{Context, Parameters, Tensor};

use crate::{LanguageModel, Translator, loss, metrics};

/// What a model makes of a text, or of translations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss in nats per token.
    pub nats: f64,
    /// The part of the tokens that had the highest score.
    pub accuracy: f64,
    /// How many tokens were predicted.
    pub tokens: usize,
}

impl Evaluation {
    /// The mean loss in bits per token.
    pub fn bits(&self) -> f64 {
        metrics::bits(self.nats)
    }

    /// Among how many equally likely tokens the model is as unsure.
    pub fn perplexity(&self) -> f64 {
        metrics::perplexity(self.nats)
    }
}

/// Predicts every target of the batches, each row from its own inputs alone. Every token counts the same, in whatever
/// batch it stands, and the losses are added up in double precision in order; so the result depends on the windows
/// (say, [`data::Windows`]) and not on how many of them a batch holds, except for the rounding of the model itself.
/// `None` if there is nothing to predict.
pub fn evaluate<M: LanguageModel>(
    model: &M,
    parameters: &Parameters,
    batches: impl IntoIterator<Item = TextBatch>,
) -> Option<Evaluation> {
    let cx = Context::eval(parameters);
    evaluate_scores(
        batches.into_iter().map(|TextBatch { inputs, targets }| (model.logits(&cx, inputs.view()), targets)),
    )
}

/// Predicts every token of the translations, END among them, told the source and the right tokens before it
/// (*teacher forcing*). Every token counts the same, as in [`evaluate`]; `None` if there is nothing to predict.
///
/// It is not the quality of what the model says by itself, where it has to go on from its own mistakes.
pub fn evaluate_pairs<M: Translator>(
    model: &M,
    parameters: &Parameters,
    batches: impl IntoIterator<Item = PairBatch>,
) -> Option<Evaluation> {
    let cx = Context::eval(parameters);
    evaluate_scores(batches.into_iter().map(|batch| (model.logits(&cx, &batch), batch.targets)))
}

/// What scores are worth, beside what was right, one batch after another, as in [`evaluate`]; `None` if nothing was asked.
///
/// # Shapes
/// - `batches`: of each scores (B, T, V) and targets (B, T).
pub fn evaluate_scores(batches: impl Iterator<Item = (Tensor, Array2<Token>)>) -> Option<Evaluation> {
    let (mut nats, mut hits, mut tokens) = (0.0, 0.0, 0);
    for (logits, targets) in batches {
        let losses = loss::token_losses(logits.value(), targets.view().into_dyn()); // (B·T)
        nats = losses.into_iter().fold(nats, |nats, loss| nats + f64::from(loss));
        let (right, asked) = metrics::hits(logits.value(), targets.view().into_dyn());
        (hits, tokens) = (hits + right, tokens + asked);
    }
    let count = tokens as f64;
    (tokens > 0).then(|| Evaluation { nats: nats / count, accuracy: hits / count, tokens })
}
