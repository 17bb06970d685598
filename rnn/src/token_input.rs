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

    /// The vector of every token.
    ///
    /// # Shapes
    /// - `tokens`: (B, T); returns (B, T, E).
    #[track_caller]
    pub fn vectors(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>) -> Tensor {
        self.dropout.forward(cx, &self.embedding.forward(cx, tokens.into_dyn())) // (B, T, E)
    }

    /// Has `read` read the tokens, (B, T), in the form that costs less.
    #[track_caller]
    pub fn read<T>(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>, read: impl FnOnce(Input<'_>) -> T) -> T {
        if self.drops || tokens.len() < self.vocabulary {
            return read(Input::Vectors(&self.vectors(cx, tokens)));
        }
        read(Input::Rows { table: &cx.get(self.embedding.weight()), numbers: tokens })
    }
}
