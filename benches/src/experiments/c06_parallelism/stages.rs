//! What C6 counts of whole models: every stage that reads a sequence, from its tokens to the loss of a training step.

use std::ops::Range;

use data::{IGNORE, TextBatch, Token, masked::MaskedBatch, pairs::PairBatch, pairs::Sources};
use ndarray::Array2;
use nn::Trainable;
use stages::{AnyStage, Sizes, TranslatorSizes};
use tensor::{Context, Init, Meter, Parameters};
use transformer::{EncoderConfig, Engine, MaskedWordModel};

use super::counts::growth;
use super::layers::Counts;
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Plot},
    format,
    statistics::Summary,
};

use crate::verdict::Verdict;

/// V on both sides.
const VOCABULARY: usize = 32;
/// E, H and D.
const WIDTH: usize = 32;
/// L.
const LAYERS: usize = 1;
/// N.
const HEADS: usize = 4;
/// Each T.
const LENGTHS: [usize; 5] = [16, 32, 64, 128, 256];

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
    fn task(self) -> &'static str {
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
        let (layers, embedding, heads, engine) = (LAYERS, WIDTH, HEADS, Engine::Literal);
        Ok(match self {
            Self::Stage(AnyStage::Language(stage)) => {
                let sizes = Sizes { layers, embedding, heads, ..Sizes::new(VOCABULARY, length, WIDTH) };
                let (model, parameters) = stage.configure(sizes).build_with(engine, 1)?;
                of_loss(&model, &parameters, &text(length))
            }
            Self::Stage(AnyStage::Translation(stage)) => {
                let sizes = TranslatorSizes::new(VOCABULARY, VOCABULARY, WIDTH);
                let sizes = TranslatorSizes { layers, embedding, heads, ..sizes };
                let (model, parameters) = stage.configure(sizes).build_with(engine, 1)?;
                of_loss(&model, &parameters, &pair(length))
            }
            Self::Encoder => {
                let mut parameters = Parameters::new();
                let config = EncoderConfig::new(VOCABULARY, LAYERS, WIDTH, HEADS);
                let model = MaskedWordModel::new(&mut Init::new(&mut parameters, 1), config)?.with_engine(engine);
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
    /// Which.
    pub reader: Reader,
    /// By T.
    pub by_length: Vec<(usize, Counts)>,
}

impl Read {
    /// Counts.
    ///
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

/// The part of C6 that is about whole models.
pub fn verdict(read: &[Read]) -> Verdict {
    let part = |r: &Read| {
        let (least, most) = r.chain_growth();
        Verdict::exact(if r.reader.is_recurrent() { least >= 1.0 } else { (least, most) == (0.0, 0.0) })
    };
    Verdict::all(&read.iter().map(part).collect::<Vec<_>>())
}

/// What a further token adds to the chain of each stage.
pub fn figure(read: &[Read]) -> Figure {
    let values = read.iter().map(|r| Some(Summary::exact(r.chain_growth().1))).collect();
    Figure::new(
        "c06-stages",
        "What every further token adds to the chain, stage by stage",
        "The growth of the longest chain of dependent array operations, from the tokens to the loss of a training step, \
         counted from what ran. Translators read T tokens and are told a translation of T. The first five hand on a state, the \
         others look.",
        Plot::Bars(Bars::grouped(
            Axis::linear("operations a token").from_zero(),
            read.iter().map(|r| r.reader.name().to_owned()),
            vec![BarSeries { name: "operations a token".to_owned(), values }],
        )),
    )
}

/// Chains and work of whole models.
pub fn table(read: &[Read]) -> Table {
    let [short, long] = [0, LENGTHS.len() - 1];
    let caption = format!(
        "Whole models of {LAYERS} layer of width {WIDTH}, from the tokens to the loss of a training step, counted from the \
         operations that ran"
    );
    let chain = |length: usize| format!("#chain, T = {}", LENGTHS[length]);
    let work = |length: usize| format!("#operations a token, T = {}", LENGTHS[length]);
    let columns = [
        "stage".to_owned(),
        "exercise".to_owned(),
        chain(short),
        chain(long),
        "#for each further token".to_owned(),
        work(short),
        work(long),
    ];
    let mut table = Table::new("c06-stage-counts", caption, &columns.each_ref().map(String::as_str));
    for r in read {
        let counts = [short, long].map(|at| r.by_length[at]);
        let [a, b] = counts.map(|(length, counts)| format::number(counts.work as f64 / length as f64, 3));
        let [chain_a, chain_b] = counts.map(|(_, counts)| format::count(counts.span));
        let growth = format::number(r.chain_growth().1, 3);
        table.row([r.reader.name().to_owned(), r.reader.task().to_owned(), chain_a, chain_b, growth, a, b]);
    }
    table
}

#[cfg(test)]
mod tests {
    use stages::{Stage, TranslatorStage};

    use super::*;

    fn read(reader: impl Into<Reader>, chain: [u64; 2]) -> Read {
        let by_length = [16, 32].into_iter().zip(chain.map(|span| Counts { work: 1, span })).collect();
        Read { reader: reader.into(), by_length }
    }

    #[test]
    fn step_01_the_criterion_can_fail() {
        let good = || read(TranslatorStage::Attention, [100, 200]);
        assert_eq!(verdict(&[good(), read(Stage::Gpt, [20, 20])]), Verdict::Shown);
        assert_eq!(verdict(&[good(), read(Stage::Gpt, [20, 21])]), Verdict::NotShown);
        assert_eq!(verdict(&[read(TranslatorStage::Attention, [100, 100])]), Verdict::NotShown);
    }

    /// The chain of a translator is as long as its two halves: each token read adds what an lstm adds, and so does each
    /// token written, or more where it looks back first.
    #[test]
    fn step_02_chains_of_this_project() {
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
