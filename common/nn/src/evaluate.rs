//! How well a language model predicts a text.

use data::TextBatch;
use tensor::{Context, Parameters};

use crate::{LanguageModel, loss, metrics};

/// What a language model makes of a text.
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
    let (mut nats, mut hits, mut tokens) = (0.0, 0, 0);
    for TextBatch { inputs, targets } in batches {
        let logits = model.logits(&Context::eval(parameters), inputs.view()); // (B, T, V)
        let losses = loss::token_losses(logits.value(), targets.view().into_dyn()); // (B·T)
        nats = losses.into_iter().fold(nats, |nats, loss| nats + f64::from(loss));
        let (right, asked) = metrics::hits(logits.value(), targets.view().into_dyn());
        (hits, tokens) = (hits + right, tokens + asked);
    }
    let count = tokens as f64;
    (tokens > 0).then(|| Evaluation { nats: nats / count, accuracy: hits as f64 / count, tokens })
}
