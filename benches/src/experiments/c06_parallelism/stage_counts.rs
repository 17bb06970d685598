//! What C6 counts of whole models: every stage that reads a sequence, from its tokens to the loss of a training step.

use std::ops::Range;

use data::{IGNORE, TextBatch, Token, masked::MaskedBatch, pairs::PairBatch, pairs::Sources};
use ndarray::Array2;
use nn::Trainable;
use stages::{About, AnyConfig, AnyStage, Sizes, TranslatorSizes};
use tensor::{Context, Init, Parameters};
use transformer::{EncoderConfig, Form, MaskedLanguageModel};

use crate::study::operations::{Curve, Operations};

/// V on both sides.
const VOCABULARY: usize = 32;
/// E, H and D.
pub const WIDTH: usize = 32;
/// L.
pub const LAYERS: usize = 1;
/// N.
const HEADS: usize = 4;
/// Each T.
const LENGTHS: [usize; 5] = [16, 32, 64, 128, 256];

/// What was counted of one stage.
pub struct StageCounts {
    pub name: &'static str,
    /// Whether it hands a state from each token to the next.
    pub recurrent: bool,
    /// By T: the forward pass of a training step, in small operations.
    pub operations: Curve<Operations>,
}

impl StageCounts {
    /// Of all stages, those that hand on a state first.
    ///
    /// # Errors
    /// If no model can have these sizes.
    pub fn all() -> anyhow::Result<Vec<Self>> {
        let curve = |count: &dyn Fn(usize) -> anyhow::Result<Operations>| {
            LENGTHS.into_iter().map(|length| Ok((length, count(length)?))).collect::<anyhow::Result<_>>()
        };
        let mut all = vec![Self { name: "Transformer's encoder", recurrent: false, operations: curve(&encoder)? }];
        for &stage in AnyStage::all() {
            let About { title: name, recurrent, .. } = stage.about();
            all.push(Self { name, recurrent, operations: curve(&|length| count(&config(stage, length), length))? });
        }
        all.sort_by_key(|stage| !stage.recurrent);
        Ok(all)
    }

    /// Its name, and whether its chain grows with the length if it is recurrent, and not otherwise.
    pub fn is_as_claimed(&self) -> (String, bool) {
        (self.name.to_owned(), self.operations.spans().grows_if(self.recurrent))
    }
}

fn config(stage: AnyStage, length: usize) -> AnyConfig {
    let (layers, embedding, heads) = (LAYERS, WIDTH, HEADS);
    match stage {
        AnyStage::Language(stage) => {
            let sizes = Sizes::new(VOCABULARY, length, WIDTH);
            AnyConfig::Language(stage.configure(Sizes { layers, embedding, heads, ..sizes }))
        }
        AnyStage::Translation(stage) => {
            let sizes = TranslatorSizes::new(VOCABULARY, VOCABULARY, WIDTH);
            AnyConfig::Translation(stage.configure(TranslatorSizes { layers, embedding, heads, ..sizes }))
        }
    }
}

/// Of a model that predicts the next of T = `length` tokens, or reads so many and writes so many.
///
/// # Errors
/// If no model can have these sizes.
pub fn count(config: &AnyConfig, length: usize) -> anyhow::Result<Operations> {
    Ok(match config {
        AnyConfig::Language(config) => {
            let (model, parameters) = config.build_with(Form::Literal, 1)?;
            of_loss(&model, &parameters, &text(length))
        }
        AnyConfig::Translation(config) => {
            let (model, parameters) = config.build_with(Form::Literal, 1)?;
            of_loss(&model, &parameters, &pair(length))
        }
    })
}

/// Of the Transformer's encoder alone, which says which tokens were hidden.
fn encoder(length: usize) -> anyhow::Result<Operations> {
    let mut parameters = Parameters::new();
    let config = EncoderConfig::new(VOCABULARY, LAYERS, WIDTH, HEADS);
    let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config)?.with_form(Form::Literal);
    Ok(of_loss(&model, &parameters, &hidden(length)))
}

fn of_loss<M: Trainable>(model: &M, parameters: &Parameters, batch: &M::Batch) -> Operations {
    Operations::count(|| model.loss(&Context::eval(parameters), batch)).1
}

/// Any tokens will do; those below 3 mark the ends of sentences.
fn tokens(places: Range<usize>) -> Vec<Token> {
    places.map(|t| (3 + t % (VOCABULARY - 3)) as Token).collect()
}

fn row(tokens: Vec<Token>) -> Array2<Token> {
    Array2::from_shape_vec((1, tokens.len()), tokens).expect("one row holds any number of tokens")
}

fn text(length: usize) -> TextBatch {
    TextBatch { inputs: row(tokens(0..length)), targets: row(tokens(1..length + 1)) }
}

/// T tokens, and a translation that ends at the T-th step.
fn pair(length: usize) -> PairBatch {
    PairBatch::new(&[(&tokens(0..length), &tokens(1..length))])
}

/// The first token is asked for, the others are read.
fn hidden(length: usize) -> MaskedBatch {
    let sentence = tokens(0..length);
    let mut targets = row(vec![IGNORE; length]);
    targets[[0, 0]] = sentence[0];
    MaskedBatch { sentences: Sources::new(&[&sentence]), targets }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In an rnn product, sum and tanh; in an lstm product, sum, gate, product with the cell or the content, sum, tanh,
    /// product. A translator reads with one lstm and writes with another, and one that looks back waits for the look too.
    #[test]
    fn what_a_token_adds_to_the_chain_of_each_stage() {
        let growths: Vec<_> =
            StageCounts::all().unwrap().iter().map(|s| (s.name, s.operations.spans().growth())).collect();
        let recurrent = [("RNN", 3.0), ("LSTM", 7.0), ("GRU", 8.0), ("encoder-decoder", 14.0), ("attention", 20.0)];
        let others = ["Transformer's encoder", "Transformer", "GPT"].map(|name| (name, 0.0));
        let expected: Vec<_> = recurrent.into_iter().chain(others).map(|(name, more)| (name, [more; 2])).collect();
        assert_eq!(growths, expected);
    }
}
