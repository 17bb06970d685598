//! The likeliest continuations found by following several at once.

use data::Token;
use ndarray::ArrayView2;
use tensor::{Context, Parameters};

use crate::beam::{Ends, unmoved};
use crate::{BeamSearch, LanguageModel, Rows};

/// What a model says after a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Continuation {
    /// One after another; the last is the end token if there is one and the model came to it before the limit.
    pub tokens: Vec<Token>,
    /// ln p of these tokens, given the prompt. NaN if the model could not go on behind them: its scores were not numbers.
    pub log_probability: f64,
}

impl BeamSearch {
    /// The best continuation of every prompt that the search finds. Without an `end` token all have as many tokens as the
    /// limit, so the best is the likeliest.
    ///
    /// # Shapes
    /// - `prompts`: (B, T), T at least 1; returns B continuations, without the prompts.
    ///
    /// # Panics
    /// If the prompts are empty or hold a token that the model does not have.
    #[track_caller]
    pub fn generate<M: LanguageModel>(
        &self,
        model: &M,
        parameters: &Parameters,
        prompts: ArrayView2<'_, Token>,
        end: Option<Token>,
    ) -> Vec<Continuation> {
        assert!(!prompts.is_empty(), "generate: prompts of shape {:?} say nothing to go on from", prompts.shape());
        let (batch, length) = prompts.dim();
        let cx = Context::eval(parameters);
        let texts: Vec<Vec<Token>> = prompts.outer_iter().map(|prompt| prompt.to_vec()).collect();
        let (mut state, logits) = model.start(&cx, &texts);
        let mut first = Some(logits); // (B, V)
        let mut read = batch;
        let found = self.follow(&vec![length; batch], Ends { end, never: &[] }, |rows| {
            if let Some(logits) = first.take() {
                return logits;
            }
            let came_from: Vec<usize> = rows.iter().map(|row| row.came_from).collect();
            if !unmoved(&came_from, read) {
                state = state.rows(&came_from);
            }
            read = rows.len();
            let last: Vec<Token> = rows.iter().map(|row| row.last.expect("after the first step")).collect();
            model.next(&cx, &mut state, &last)
        });
        found
            .into_iter()
            .map(|said| Continuation { tokens: said.tokens, log_probability: said.log_probability })
            .collect()
    }
}
