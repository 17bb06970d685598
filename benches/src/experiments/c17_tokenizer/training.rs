//! Small GPTs that read the same text in different tokens.

use data::{RandomBatches, TextBatch, TextError, TextSplit, Tokenizer, Windows, divide};
use gpt::{Gpt, GptConfig};
use nn::evaluate;
use serde::{Deserialize, Serialize};
use tensor::{Init, Parameters};

use super::{BYTES, words::Vocabulary};
use crate::{
    budget::Budget,
    session::Session,
    study::{
        grid::{Score, Study, Trial},
        parallel::Reporter,
        training::Recipe,
    },
};

/// L, D, N and, where the held-out text has so many tokens, T.
pub const LAYERS: usize = 2;
pub const WIDTH: usize = 48;
const HEADS: usize = 4;
const CONTEXT: usize = 64;
/// B.
const ROWS: usize = 8;

/// What a trained model needs for the held-out text.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct BitsPerByte(pub f64);

/// The text in the tokens of every vocabulary.
pub struct Reading {
    /// T.
    pub context: usize,
    /// Of a model of the bytes; the others make as many as take the same arithmetic.
    steps: u64,
    encoded: Vec<Encoded>,
}

/// The text in the tokens of one vocabulary.
struct Encoded {
    size: usize,
    /// V, which a short text may have less of than was asked for.
    vocabulary: usize,
    learned_from: TextSplit,
    /// What chooses the learning rates, and what judges.
    held_out: [TextSplit; 2],
    /// Of each token.
    bytes: Vec<usize>,
}

impl Reading {
    /// One half of the held-out text chooses the learning rates, the other judges.
    ///
    /// # Errors
    /// If the text is too short.
    pub fn new(
        session: &Session,
        vocabularies: &[Vocabulary],
        learned_from: &str,
        held_out: &str,
    ) -> Result<Self, TextError> {
        let (choosing, judging) = divide(held_out, 0.5);
        let encoded = vocabularies.iter().map(|Vocabulary { size, tokenizer, .. }| {
            let split = |name: &str, text: &str| TextSplit::from_tokens(name, tokenizer.encode_ordinary(text));
            let vocabulary = tokenizer.vocabulary_size();
            Encoded {
                size: *size,
                vocabulary,
                learned_from: split("the training part", learned_from),
                held_out: [choosing, judging].map(|text| split("half of the held-out part", text)),
                bytes: (0..vocabulary as u32).map(|token| tokenizer.decode_bytes(&[token]).len()).collect(),
            }
        });
        let encoded: Vec<Encoded> = encoded.collect();
        let lengths = encoded.iter().flat_map(|encoded| &encoded.held_out).map(|split| split.tokens().len());
        let context = lengths.min().map_or(CONTEXT, |fewest| CONTEXT.min(fewest.saturating_sub(1)).max(1));
        let steps = session.budget.steps(0, 1_100, 3_500);
        let held_out_short = |mut encoded: Encoded| {
            if session.budget == Budget::Rehearsal {
                let short = |split: &TextSplit| {
                    TextSplit::from_tokens(split.name(), &split.tokens()[..split.tokens().len().min(8 * context + 1)])
                };
                encoded.held_out = [short(&encoded.held_out[0]), short(&encoded.held_out[1])];
            }
            encoded
        };
        Ok(Self { context, steps, encoded: encoded.into_iter().map(held_out_short).collect() })
    }

    fn of(&self, size: usize) -> &Encoded {
        self.encoded.iter().find(|encoded| encoded.size == size).expect("every vocabulary is encoded")
    }

    pub fn config(&self, size: usize) -> GptConfig {
        GptConfig::new(self.of(size).vocabulary, self.context, LAYERS, WIDTH, HEADS)
    }

    /// Operations that a token takes in training: two for each weight that it meets and, for each layer and position, for its
    /// key and its value, and twice as many in the backward pass.
    pub fn arithmetic(&self, size: usize) -> f64 {
        let weights = self.of(size).vocabulary * WIDTH + 12 * LAYERS * WIDTH * WIDTH;
        (6 * weights + 12 * LAYERS * self.context * WIDTH) as f64
    }

    /// Bytes of text that a training reads, each as often as it reads it.
    pub fn bytes_read(&self, size: usize) -> f64 {
        let Encoded { learned_from, bytes, .. } = self.of(size);
        let tokens = learned_from.tokens();
        let all: usize = tokens.iter().map(|&token| bytes[token as usize]).sum();
        self.tokens_read(size) * all as f64 / tokens.len() as f64
    }

    pub fn tokens_read(&self, size: usize) -> f64 {
        (self.steps(&size) * (ROWS * self.context) as u64) as f64
    }

    fn read(&self, trial: &Trial<usize>, held_out: &TextSplit, reporter: &Reporter) -> anyhow::Result<BitsPerByte> {
        let &Trial { case, learning_rate, seed, steps } = trial;
        let Encoded { learned_from, bytes, .. } = self.of(case);
        let mut parameters = Parameters::new();
        let model = Gpt::new(&mut Init::new(&mut parameters, seed), self.config(case))?;
        let batches = RandomBatches::new(learned_from, ROWS, self.context, seed)?;
        let tokens = ROWS * self.context;
        let recipe = Recipe::cosine(seed, steps, learning_rate);
        let parameters = recipe.train(&model, parameters, &|step| batches.at(step), tokens, reporter, |_, _| {})?;
        let windows: Vec<TextBatch> = Windows::new(held_out, self.context)?.batches(ROWS).collect();
        let predicted: usize =
            windows.iter().flat_map(|batch| &batch.targets).map(|&token| bytes[token as usize]).sum();
        let found = evaluate(&model, &parameters, windows);
        let nats = found.map_or(f64::NAN, |found| found.nats * found.tokens as f64);
        Ok(BitsPerByte(nats / (predicted as f64 * std::f64::consts::LN_2)))
    }
}

impl Study for Reading {
    type Case = usize;
    type Outcome = BitsPerByte;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, size: &usize) -> u64 {
        let whole = self.steps as f64 * self.arithmetic(BYTES);
        ((whole / self.arithmetic(*size)).round() as u64).max(2)
    }

    fn cost(&self, size: &usize) -> f64 {
        self.arithmetic(*size)
    }

    fn search(&self, trial: &Trial<usize>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.read(trial, &self.of(trial.case).held_out[0], reporter)?.0, 0.0))
    }

    fn train(&self, trial: &Trial<usize>, reporter: &Reporter) -> anyhow::Result<BitsPerByte> {
        self.read(trial, &self.of(trial.case).held_out[1], reporter)
    }
}
