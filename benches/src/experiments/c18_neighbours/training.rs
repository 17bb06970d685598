//! Models that learn the language, looked at on the way.

use gpt::GptConfig;
use serde::{Deserialize, Serialize};
use tensor::Parameters;

use super::{
    geometry::{Near, neighbours, plane},
    language::{CONTEXT, Known, Language, VOCABULARY, WORDS},
};
use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training::Recipe,
    tying::{Tying, TyingGpt},
};

/// L, D, N and B.
const LAYERS: usize = 1;
pub const WIDTH: usize = 32;
const HEADS: usize = 2;
pub const ROWS: usize = 16;
/// Batches that choose the learning rates.
const HELD_OUT: u64 = 16;

/// How long the models learn.
pub struct Learning {
    pub steps: u64,
}

/// What is known of a training.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Learned {
    /// Steps made, from none to all, and the neighbours in each table then.
    pub looks: Vec<(u64, Vec<Near>)>,
    /// Of each rank, how many of the classes' words have a neighbour of their class in the last table at the end.
    pub by_rank: Vec<f64>,
    /// The places of the words of the first table before and after, by class.
    pub maps: [Vec<(usize, [f64; 2])>; 2],
    /// The held-out loss, by how much it lies above that of who knows the language.
    pub excess: f64,
}

impl Learned {
    pub fn before(&self, table: usize) -> Near {
        self.looks[0].1[table]
    }

    pub fn after(&self, table: usize) -> Near {
        self.looks[self.looks.len() - 1].1[table]
    }
}

impl Study for Learning {
    type Case = Tying;
    type Outcome = Learned;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &Tying) -> u64 {
        self.steps
    }

    /// By the loss: which words are neighbours chooses nothing.
    fn search(&self, trial: &Trial<Tying>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.train(trial, reporter)?.excess, 0.0))
    }

    fn train(&self, trial: &Trial<Tying>, reporter: &Reporter) -> anyhow::Result<Learned> {
        let &Trial { case, learning_rate, seed, steps } = trial;
        let language = Language::of(seed);
        let known = language.known();
        let (model, parameters) =
            TyingGpt::build(GptConfig::new(VOCABULARY, CONTEXT, LAYERS, WIDTH, HEADS), case, seed)?;
        let kinds = if case == Tying::Tied { 1 } else { 2 };
        let near = |parameters: &Parameters| -> Vec<Near> {
            let tables = model.tables(parameters).into_iter().take(kinds);
            tables.map(|table| Near::of(&neighbours(table), &known)).collect()
        };
        let map = |parameters: &Parameters| {
            known.iter().map(|known| known.class).zip(plane(model.tables(parameters)[0])).collect()
        };
        let before = map(&parameters);
        let mut looks = vec![(0, near(&parameters))];
        let batches = |step| language.batch(ROWS, seed, step);
        let recipe = Recipe::cosine(seed, steps, learning_rate);
        let look = |step: u64, parameters: &Parameters| looks.push((step, near(parameters)));
        let parameters = recipe.train(&model, parameters, &batches, ROWS * CONTEXT, reporter, look)?;
        let held_out: Vec<_> = (0..HELD_OUT).map(|step| language.batch(ROWS, !seed, step)).collect();
        let nearest = neighbours(model.tables(&parameters)[kinds - 1]);
        let alike = |rank: usize| {
            let words = nearest.iter().enumerate().filter(|(word, _)| known[*word].rank == rank);
            let [right, all] = words.fold([0.0, 0.0], |[right, all], (word, &other)| {
                [right + f64::from(u8::from(same_class(known[word], known[other]))), all + 1.0]
            });
            right / all
        };
        Ok(Learned {
            looks,
            by_rank: (0..WORDS).map(alike).collect(),
            maps: [before, map(&parameters)],
            excess: model.held_out_loss(&parameters, &held_out) - language.best_loss(),
        })
    }
}

fn same_class(a: Known, b: Known) -> bool {
    a.class == b.class
}
