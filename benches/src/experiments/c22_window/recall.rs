//! Recall over a distance that grows beyond the window.

use data::{
    Token,
    tasks::{Recall, TokenTask},
};
use ndarray::Axis;
use ndarray_rand::rand::Rng;
use nn::{LanguageModel, metrics::accuracy};
use serde::{Deserialize, Serialize};
use stages::{Sizes, Stage};
use tensor::{Context, stream};

use crate::{
    budget::Budget,
    session::Session,
    study::{
        parallel::{Reporter, Work, side_by_side},
        training::Recipe,
    },
};

/// The window of the GPT, and the longest rows that anything is trained on.
pub const WINDOW: usize = 32;
/// K.
pub const SYMBOLS: usize = 8;
/// B.
const BATCH: usize = 64;
/// Rows that are asked at each distance.
pub const JUDGED: usize = 1024;
/// D of the GPT, H of the LSTM.
const WIDTH: usize = 64;
pub const LEARNING_RATE: f64 = 3e-3;

/// A GPT, whose window ends, and an LSTM, which has none.
pub const STAGES: [Stage; 2] = [Stage::Gpt, Stage::Lstm];

/// How many tokens a row has, from the symbol to the question, where it is asked.
pub const DISTANCES: [usize; 11] = [2, 8, 16, 24, 31, WINDOW, WINDOW + 1, 34, 40, 48, 2 * WINDOW];

/// What a model recalls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recalled {
    pub stage: Stage,
    /// The share of right answers at each of [`DISTANCES`].
    pub right: Vec<f64>,
}

impl Recalled {
    #[track_caller]
    pub fn at(&self, distance: usize) -> f64 {
        self.right[DISTANCES.iter().position(|other| *other == distance).expect("it is asked")]
    }
}

/// A row has so many tokens.
fn task(distance: usize) -> Recall {
    Recall { symbols: SYMBOLS, distractors: SYMBOLS, gap: distance - 2 }
}

pub fn steps(budget: Budget) -> u64 {
    budget.steps(300, 1_000, 2_000)
}

/// Trains each stage with each seed on rows of every length up to the window, and asks over longer distances too.
pub fn measure(session: &Session) -> anyhow::Result<Vec<Recalled>> {
    let steps = steps(session.budget);
    let rows = if session.budget == Budget::Rehearsal { 8 } else { JUDGED };
    let jobs: Vec<(Stage, u64)> =
        STAGES.into_iter().flat_map(|stage| session.seeds.iter().map(move |&seed| (stage, seed))).collect();
    let train = |&(stage, seed): &(Stage, u64), reporter: &Reporter| {
        let vocabulary = task(WINDOW).vocabulary_size();
        let sizes = Sizes { layers: if stage == Stage::Gpt { 2 } else { 1 }, ..Sizes::new(vocabulary, WINDOW, WIDTH) };
        let (model, parameters) = stage.configure(sizes).build(seed)?;
        let batches = |step: u64| {
            let distance = stream(seed, step, "distances of C22").random_range(2..=WINDOW);
            task(distance).batch(BATCH, seed, step)
        };
        let recipe = Recipe::cosine(seed, steps, LEARNING_RATE);
        let parameters = recipe.train(&model, parameters, &batches, BATCH * WINDOW / 2, reporter, |_, _| ())?;
        let cx = Context::eval(&parameters);
        let right = DISTANCES.map(|distance| {
            let asked = task(distance).batch(rows, !seed, 0);
            let prompts: Vec<Vec<Token>> = asked.inputs.outer_iter().map(|row| row.to_vec()).collect();
            let (_, logits) = model.start(&cx, &prompts); // (B, V)
            let answers = asked.targets.index_axis(Axis(1), distance - 1);
            accuracy(&tensor::shared(logits), answers.into_dyn()).unwrap_or(f64::NAN)
        });
        Ok(Recalled { stage, right: right.to_vec() })
    };
    let work = |(stage, _): &(Stage, u64)| Work { steps, cost: if *stage == Stage::Gpt { 2.0 } else { 1.0 } };
    side_by_side(session, "C22, recall", &jobs, work, train).into_iter().collect()
}
