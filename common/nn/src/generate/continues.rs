//! What says one token after another: a language model, or a translator that has read its sources.

use data::Token;
use data::pairs::Sources;
use ndarray::Array2;
use tensor::{Context, Real};

use crate::translate::forbid_unsayable;
use crate::{LanguageModel, Rows, Translator};

/// All that a [`Generator`](crate::Generator) knows of a model.
pub trait Continues {
    /// What it remembers of the tokens so far, for every row.
    type Remembered: Rows;

    /// [`LanguageModel::next`]: reads one more token of each row and scores the one that follows.
    ///
    /// # Shapes
    /// - `tokens`: (B); returns (B, V).
    fn go_on(&self, cx: &Context<'_>, remembered: &mut Self::Remembered, tokens: &[Token]) -> Array2<Real>;

    /// [`LanguageModel::dropped`]: how many tokens at the beginning of a row no longer count.
    fn no_longer_seen(&self, remembered: &Self::Remembered, row: usize) -> usize;
}

impl<M: LanguageModel> Continues for M {
    type Remembered = M::State;

    fn go_on(&self, cx: &Context<'_>, state: &mut M::State, tokens: &[Token]) -> Array2<Real> {
        self.next(cx, state, tokens)
    }

    fn no_longer_seen(&self, state: &M::State, row: usize) -> usize {
        self.dropped(state, row)
    }
}

/// A translator as what it is once it has read: something that goes on with what it has said. What stands in a batch and is no
/// part of a translation has no probability.
pub struct Answering<'m, M>(pub &'m M);

/// What a translator has made of the sources, and remembers of what it has said.
pub struct Answers<M: Translator> {
    memory: M::Memory,
    state: M::State,
}

impl<M: Translator> Answering<'_, M> {
    /// Reads the sources, and scores the first token of each answer: what
    /// [`having_read`](crate::Generator::having_read) takes, with a prompt of the [start](Translator::ends) for each.
    ///
    /// # Shapes
    /// - `sources`: (B, S); returns (B, V).
    pub fn read(&self, cx: &Context<'_>, sources: &Sources) -> (Answers<M>, Array2<Real>) {
        let (memory, state) = self.0.encode(cx, sources);
        let mut answers = Answers { memory, state };
        let starts = vec![self.0.ends().start; sources.lengths.len()];
        let scores = self.go_on(cx, &mut answers, &starts);
        (answers, scores)
    }
}

impl<M: Translator> Continues for Answering<'_, M> {
    type Remembered = Answers<M>;

    fn go_on(&self, cx: &Context<'_>, Answers { memory, state }: &mut Answers<M>, tokens: &[Token]) -> Array2<Real> {
        let mut logits = self.0.next(cx, memory, state, tokens).logits;
        forbid_unsayable(self.0.ends(), &mut logits);
        logits
    }

    /// A decoder sees all that it has said.
    fn no_longer_seen(&self, _: &Answers<M>, _: usize) -> usize {
        0
    }
}

impl<M: Translator> Rows for Answers<M> {
    fn rows(&self, rows: &[usize]) -> Self {
        Answers { memory: self.memory.rows(rows), state: self.state.rows(rows) }
    }
}
