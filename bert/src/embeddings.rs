//! From tokens to the vectors that the first block receives.

use ndarray::Array2;
use nn::{Dropout, Embedding};
use tensor::{Context, Init, Initializer, Tensor};
use transformer::{LearnedPositions, Normalize};

use crate::{BertConfig, BertInput};

/// LayerNorm(W\[token\] + P\[position\] + G\[type\]), then dropout (Devlin et al. 2019, section 3, figure 2).
#[derive(Clone, Debug)]
pub(crate) struct Embeddings {
    pub words: Embedding,
    positions: LearnedPositions,
    types: Option<Embedding>,
    norm: Normalize,
    dropout: Dropout,
}

impl Embeddings {
    pub fn new(init: &mut Init<'_>, config: &BertConfig) -> Self {
        let normal = Initializer::Normal { std: 0.02 };
        let &BertConfig { vocabulary, context, token_types, ref block, .. } = config;
        let words = Embedding::with(&mut init.child("word_embeddings"), vocabulary, block.width, normal);
        let positions = LearnedPositions::new(&mut init.child("position_embeddings"), context, block.width, normal);
        let mut types = || Embedding::with(&mut init.child("token_type_embeddings"), token_types, block.width, normal);
        let types = (token_types > 0).then(&mut types);
        let norm = block.normalize(&mut init.child("LayerNorm"));
        Embeddings { words, positions, types, norm, dropout: Dropout::new(block.dropout, "embedding") }
    }

    /// # Shapes
    /// - returns (B, S, D).
    // ANCHOR: embed
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, BertInput { sentences, types }: BertInput<'_>) -> Tensor {
        let (b, s) = sentences.tokens.dim();
        let x = &self.words.forward(cx, sentences.tokens.view().into_dyn()) + &self.positions.forward(cx, 0..s);
        let x = match (&self.types, types) {
            (Some(table), Some(types)) => {
                assert_eq!(types.dim(), (b, s), "every token has one type");
                &x + &table.forward(cx, types.into_dyn())
            }
            (Some(table), None) => &x + &table.forward(cx, Array2::zeros((b, s)).view().into_dyn()),
            (None, None) => x,
            (None, Some(_)) => panic!("this model does not tell types of tokens apart, and was given some"),
        };
        let x = x.finite_within(Some(&sentences.lengths));
        self.dropout.forward(cx, &self.norm.forward(cx, &x)) // (B, S, D)
    }
    // ANCHOR_END: embed
}
