//! Tokens on their way into recurrent layers.

use data::Token;
use ndarray::ArrayView2;
use nn::{Dropout, Embedding};
use tensor::{Context, Init, Tensor};

use crate::Input;

/// An embedding, of whose vectors a part is dropped in training.
///
/// Where nothing is dropped and there are at least as many tokens as rows in the table, the layers are given the table
/// itself, which they multiply once: see [`Input::Rows`].
#[derive(Clone, Debug)]
pub struct TokenInput {
    embedding: Embedding,
    dropout: Dropout,
    /// Whether the vector of each step has to be there by itself.
    drops: bool,
    vocabulary: usize,
}

impl TokenInput {
    /// Creates the table, `NAME.weight`, (V, E); `name` is also that of the dropout's random stream.
    ///
    /// # Panics
    /// If the dropout is not in 0..1.
    #[track_caller]
    pub fn new(init: &mut Init<'_>, name: &str, vocabulary: usize, width: usize, dropout: f64) -> Self {
        let embedding = Embedding::new(&mut init.child(name), vocabulary, width);
        TokenInput { embedding, dropout: Dropout::new(dropout, name), drops: dropout > 0.0, vocabulary }
    }

    /// The vector of every token; behind the `ends` of the rows, zeros in place of what is no number.
    ///
    /// # Shapes
    /// - `tokens`: (B, T), `ends`: (B); returns (B, T, E).
    #[track_caller]
    pub fn vectors(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>, ends: Option<&[usize]>) -> Tensor {
        let vectors = self.dropout.forward(cx, &self.embedding.forward(cx, tokens.into_dyn())); // (B, T, E)
        vectors.finite_within(ends)
    }

    /// Has `read` read the tokens, (B, T), in the form that costs less; behind the `ends` of the rows, zeros in place of
    /// what is no number.
    #[track_caller]
    pub fn read<T>(
        &self,
        cx: &Context<'_>,
        tokens: ArrayView2<'_, Token>,
        ends: Option<&[usize]>,
        read: impl FnOnce(Input<'_>) -> T,
    ) -> T {
        if self.drops || tokens.len() < self.vocabulary {
            return read(Input::Vectors(&self.vectors(cx, tokens, ends)));
        }
        let table = cx.get(self.embedding.weight());
        let ends = ends.filter(|_| table.value().iter().any(|x| !x.is_finite()));
        read(Input::Rows { table: &table, numbers: tokens, ends })
    }
}
