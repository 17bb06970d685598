//! The likeliest continuations found by following several at once.

use data::Token;
use tensor::{Context, Parameters};

use super::Prompts;
use crate::beam::{Ends, unmoved};
use crate::{BeamSearch, LanguageModel, Rows};

/// What a model says after a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Continuation {
    /// One after another; the last is the end token if there is one and the model came to it before the limit.
    pub tokens: Vec<Token>,
    /// ln p of these tokens, given the prompt, as a [penalty](BeamSearch::with_repetition_penalty) lowered it. NaN if the model could not go on behind them: its scores were not numbers.
    pub log_probability: f64,
}

impl BeamSearch {
    /// The best continuation of every prompt that the search finds. Without an `end` token all have as many tokens as the
    /// limit, so the best is the likeliest.
    ///
    /// Returned are the continuations of B prompts, without these.
    ///
    /// # Panics
    /// If there is no prompt, or one is empty or holds a token that the model does not have.
    #[track_caller]
    pub fn generate<M: LanguageModel>(
        &self,
        model: &M,
        parameters: &Parameters,
        prompts: impl Into<Prompts>,
        end: Option<Token>,
    ) -> Vec<Continuation> {
        let prompts = prompts.into().checked();
        let cx = Context::eval(parameters);
        let (mut state, logits) = model.start(&cx, &prompts);
        let mut first = Some(logits); // (B, V)
        let mut read = prompts.len();
        let lengths: Vec<usize> = prompts.iter().map(Vec::len).collect();
        let found = self.follow(&lengths, Ends { after: &prompts, end, never: &[] }, |rows| {
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
