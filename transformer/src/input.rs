//! From tokens to the vectors that the first block receives.

use data::Token;
use ndarray::ArrayView2;
use nn::{Dropout, Embedding};
use tensor::{Context, Init, Initializer, Real, Tensor};

use crate::positions::sinusoids;
use crate::{LearnedPositions, Positions};

/// x = √D·W\[token\] + P\[position\], then dropout (Vaswani et al. 2017, sections 3.4, 3.5 and 5.4); the factor is an
/// option.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | W | `weight` | (V, D) |
/// | P, if it is learned | `positions.weight` | (context, D) |
#[derive(Clone, Debug)]
pub(crate) struct Input {
    embedding: Embedding,
    width: usize,
    scaled: bool,
    positions: Table,
    dropout: Dropout,
}

#[derive(Clone, Debug)]
enum Table {
    None,
    Sinusoidal,
    Learned(LearnedPositions),
}

/// What an [`Input`] and a table of embeddings begin with.
#[derive(Clone, Copy)]
pub(crate) struct InputConfig {
    pub width: usize,
    pub positions: Positions,
    /// Whether embeddings are multiplied by √D.
    pub scaled: bool,
    pub dropout: f64,
}

impl InputConfig {
    /// V = `vocabulary` vectors. Those that are multiplied by √D, or by which the output is `tied`, begin with a
    /// standard deviation of 1/√D, so that what comes of either has one of 1; the others with 1, as in PyTorch.
    pub fn embedding(self, init: &mut Init<'_>, vocabulary: usize, tied: bool) -> Embedding {
        let std = if self.scaled || tied { 1.0 / (self.width as f64).sqrt() } else { 1.0 };
        Embedding::with(init, vocabulary, self.width, Initializer::Normal { std })
    }
}

impl Input {
    /// `init` stands at the place of P; `site` names the place in the model by which dropout is drawn.
    pub fn new(init: &mut Init<'_>, config: InputConfig, embedding: Embedding, site: &str) -> Self {
        let InputConfig { width, scaled, dropout, .. } = config;
        let positions = match config.positions {
            Positions::None => Table::None,
            Positions::Sinusoidal => Table::Sinusoidal,
            Positions::Learned { context } => {
                let normal = Initializer::Normal { std: 0.02 };
                Table::Learned(LearnedPositions::new(&mut init.child("positions"), context, width, normal))
            }
        };
        Input { embedding, width, scaled, positions, dropout: Dropout::new(dropout, site) }
    }

    /// # Shapes
    /// - `tokens`: (B, T), standing at the positions from `first` on; returns (B, T, D).
    ///
    /// # Panics
    /// If a token is not below V, or a position lies beyond the learned ones.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, tokens: ArrayView2<'_, Token>, first: usize) -> Tensor {
        let places = first..first + tokens.ncols();
        let mut x = self.embedding.forward(cx, tokens.into_dyn()); // (B, T, D)
        if self.scaled {
            x = x.scale((self.width as Real).sqrt());
        }
        let x = match &self.positions {
            Table::None => x,
            Table::Sinusoidal => &x + &Tensor::constant(sinusoids(places, self.width)),
            Table::Learned(table) => &x + &table.forward(cx, places),
        };
        self.dropout.forward(cx, &x)
    }

    pub fn embedding(&self) -> &Embedding {
        &self.embedding
    }
}
