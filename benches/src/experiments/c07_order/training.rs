//! Encoders of one layer that learn to answer a question about order, and one that has nothing to do with it.

use data::tasks::{MarkedSymbols, Question};
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters};
use transformer::{EncoderConfig, Labelled, Positions, SentenceClassifier};

use crate::{
    session::Session,
    study::{
        parallel::{Reporter, Work, side_by_side},
        training::Recipe,
    },
};

pub const SYMBOLS: usize = 12;
const VOCABULARY: usize = 12;

/// B in training, and half the number of held-out sentences.
const BATCH: usize = 32;
const HELD_OUT: usize = 200;

pub const QUESTIONS: [(Question, &str); 2] =
    [(Question::First, "which comes first?"), (Question::More, "which occurs more often?")];

pub const POSITIONS: [(Positions, &str); 3] = [
    (Positions::None, "no positions"),
    (Positions::Sinusoidal, "sinusoidal"),
    (Positions::Learned { context: SYMBOLS + 1 }, "learned"),
];

/// One training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    pub question: Question,
    pub positions: Positions,
    /// Number of steps, and the share of the held-out sentences that was answered right then.
    pub accuracy: Vec<(u64, f64)>,
}

/// Trains an encoder for each question, kind of positions and seed.
pub fn train(session: &Session) -> anyhow::Result<Vec<Answers>> {
    let steps = session.budget.steps(220, 2_200, 10_000);
    let cases = QUESTIONS.into_iter().flat_map(|(question, _)| POSITIONS.map(|(positions, _)| (question, positions)));
    let jobs: Vec<_> = cases.flat_map(|case| session.seeds.iter().map(move |&seed| (case, seed))).collect();
    let train = |&((question, positions), seed): &((Question, Positions), u64), reporter: &Reporter| {
        let task = MarkedSymbols { question, symbols: SYMBOLS, vocabulary: VOCABULARY };
        let mut parameters = Parameters::new();
        let config = EncoderConfig { positions, ..EncoderConfig::new(VOCABULARY, 1, 32, 4) };
        let model = SentenceClassifier::new(&mut Init::new(&mut parameters, seed), config, 2)?;
        let (held_out, answers) = task.mirrored(HELD_OUT, seed, u64::MAX);
        let batches = |step: u64| {
            let (sentences, labels) = task.batch(BATCH, seed, step);
            Labelled { sentences, labels }
        };
        let mut accuracy = Vec::new();
        let recipe = Recipe::cosine(seed, steps, 3e-3);
        recipe.train(&model, parameters, &batches, BATCH * (SYMBOLS + 1), reporter, |step, parameters| {
            let logits = model.logits(&Context::eval(parameters), &held_out); // (2·B, 2)
            let share = nn::metrics::accuracy(logits.value(), ArrayView1::from(&answers).into_dyn());
            accuracy.push((step, share.unwrap_or(f64::NAN)));
        })?;
        Ok(Answers { question, positions, accuracy })
    };
    let work = |_: &_| Work { steps, cost: 1.0 };
    side_by_side(session, "C7, questions about order", &jobs, work, train).into_iter().collect()
}
