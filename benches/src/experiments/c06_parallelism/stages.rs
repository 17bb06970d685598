//! What C6 counts of whole models: every stage that reads a sequence, from its tokens to the loss of a training step.

use std::ops::Range;

use data::{IGNORE, TextBatch, Token, masked::MaskedBatch, pairs::PairBatch, pairs::Sources};
use ndarray::Array2;
use nn::Trainable;
use stages::{AnyStage, Sizes, TranslatorSizes};
use tensor::{Context, Init, Meter, Parameters};
use transformer::{EncoderConfig, Form, MaskedLanguageModel};

use super::{counts::growth, layers::Counts};

/// V on both sides.
const VOCABULARY: usize = 32;
/// E, H and D.
pub const WIDTH: usize = 32;
/// L.
pub const LAYERS: usize = 1;
/// N.
const HEADS: usize = 4;
/// Each T.
pub const LENGTHS: [usize; 5] = [16, 32, 64, 128, 256];

/// A model that reads a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// One that predicts the next token, or reads T tokens and writes T.
    Stage(AnyStage),
    /// The Transformer's encoder alone, which says which tokens were hidden.
    Encoder,
}

impl<S: Into<AnyStage>> From<S> for Reader {
    fn from(stage: S) -> Self {
        Self::Stage(stage.into())
    }
}

impl Reader {
    /// All, those that hand on a state first.
    pub fn all() -> Vec<Self> {
        let stages = AnyStage::all().iter().copied();
        let (recurrent, others): (Vec<_>, Vec<_>) = stages.partition(|stage| stage.about().recurrent);
        let [recurrent, others] = [recurrent, others].map(|stages| stages.into_iter().map(Self::Stage));
        recurrent.chain([Self::Encoder]).chain(others).collect()
    }

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stage(stage) => stage.about().name,
            Self::Encoder => "transformer's encoder",
        }
    }

    /// Whether it hands a state from each token to the next.
    pub fn is_recurrent(self) -> bool {
        matches!(self, Self::Stage(stage) if stage.about().recurrent)
    }

    /// What a training step reads and writes.
    pub fn task(self) -> &'static str {
        match self {
            Self::Stage(AnyStage::Language(_)) => "the next token of T",
            Self::Stage(AnyStage::Translation(_)) => "a translation of T tokens from T",
            Self::Encoder => "hidden tokens among T",
        }
    }

    /// Counts the forward pass of a training step on one row of T = `length` tokens, in small operations.
    ///
    /// # Errors
    /// If no model can have these sizes.
    pub fn count(self, length: usize) -> anyhow::Result<Counts> {
        let (layers, embedding, heads, form) = (LAYERS, WIDTH, HEADS, Form::Literal);
        Ok(match self {
            Self::Stage(AnyStage::Language(stage)) => {
                let sizes = Sizes { layers, embedding, heads, ..Sizes::new(VOCABULARY, length, WIDTH) };
                let (model, parameters) = stage.configure(sizes).build_with(form, 1)?;
                of_loss(&model, &parameters, &text(length))
            }
            Self::Stage(AnyStage::Translation(stage)) => {
                let sizes = TranslatorSizes::new(VOCABULARY, VOCABULARY, WIDTH);
                let sizes = TranslatorSizes { layers, embedding, heads, ..sizes };
                let (model, parameters) = stage.configure(sizes).build_with(form, 1)?;
                of_loss(&model, &parameters, &pair(length))
            }
            Self::Encoder => {
                let mut parameters = Parameters::new();
                let config = EncoderConfig::new(VOCABULARY, LAYERS, WIDTH, HEADS);
                let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config)?.with_form(form);
                of_loss(&model, &parameters, &hidden(length))
            }
        })
    }
}

fn of_loss<M: Trainable>(model: &M, parameters: &Parameters, batch: &M::Batch) -> Counts {
    let meter = Meter::start();
    let loss = model.loss(&Context::eval(parameters), batch);
    let work = meter.finish().values().map(|usage| usage.cost.work).sum();
    Counts { work, span: loss.span() }
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

/// What was counted of one stage.
pub struct Read {
    pub reader: Reader,
    /// By T.
    pub by_length: Vec<(usize, Counts)>,
}

impl Read {
    /// # Errors
    /// If no model can have these sizes.
    pub fn of(reader: Reader) -> anyhow::Result<Self> {
        let count = |length| Ok((length, reader.count(length)?));
        Ok(Self { reader, by_length: LENGTHS.into_iter().map(count).collect::<anyhow::Result<_>>()? })
    }

    /// How many operations a further token adds to the chain: the least and the most between neighbouring lengths.
    pub fn chain_growth(&self) -> (f64, f64) {
        growth(self.by_length.iter().map(|(length, counts)| (*length, counts.span)))
    }
}

#[cfg(test)]
mod tests {
    use stages::{Stage, TranslatorStage};

    use super::*;

    /// The chain of a translator is as long as its two halves: each token read adds what an lstm adds, and so does each
    /// token written, or more where it looks back first.
    #[test]
    fn chains_of_this_project() {
        let each = |reader: Reader| {
            let [short, middle, long] = [3, 4, 7].map(|length| reader.count(length).unwrap().span);
            assert_eq!(long - middle, 3 * (middle - short), "{}", reader.name());
            middle - short
        };
        // Product, sum, tanh.
        assert_eq!(each(Stage::Rnn.into()), 3);
        assert_eq!(each(TranslatorStage::Seq2Seq.into()), 2 * each(Stage::Lstm.into()));
        assert!(each(TranslatorStage::Attention.into()) > each(TranslatorStage::Seq2Seq.into()));
        assert!(each(Stage::Gru.into()) > each(Stage::Rnn.into()));
        for reader in Reader::all().into_iter().filter(|reader| !reader.is_recurrent()) {
            assert_eq!(each(reader), 0, "{}", reader.name());
        }
    }
}
