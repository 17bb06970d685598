//! The part of C16 on generated languages, whose best possible loss is known.

use data::tasks::{MarkovChain, TokenTask};
use data::{TextBatch, mean_loss};
use stages::{ModelConfig, Sizes, Stage};

use super::training::{Equal, LEARNING_RATES, LearningCurve, STAGES, model, train};
use crate::{
    session::Session,
    study::{
        grid::{self, Score, Study, Trial},
        parallel::Reporter,
    },
};

/// V.
pub const SYMBOLS: usize = 8;

/// T and B.
pub const CONTEXT: usize = 32;
const BATCH: usize = 32;

/// Rows that judge a model: some 32,000 tokens.
const HELD_OUT: usize = 1024;

/// A stage on the languages of an order, a language of its own for each seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanguageCase {
    pub order: usize,
    pub stage: Stage,
}

impl LanguageCase {
    pub fn model(self) -> ModelConfig {
        model(self.stage, Sizes { layers: 2, ..Sizes::new(SYMBOLS, CONTEXT, 32) }, Equal::Parameters)
    }
}

/// The held-out loss is that beyond the loss of who knows the language.
pub type Cell = grid::Cell<LanguageCase, LearningCurve>;

/// The language of an order that belongs to a seed.
pub fn language(order: usize, seed: u64) -> MarkovChain {
    MarkovChain::random(SYMBOLS, order, CONTEXT, seed)
}

/// Stages that learn languages for so many steps.
struct Learning(u64);

impl Learning {
    /// Training rows are drawn with the seed, held-out ones with its complement.
    fn learn(trial: &Trial<LanguageCase>, whole_curve: bool, reporter: &Reporter) -> anyhow::Result<LearningCurve> {
        let &Trial { case, seed, .. } = trial;
        let chain = language(case.order, seed);
        let held_out: Vec<TextBatch> =
            (0..(HELD_OUT / BATCH) as u64).map(|step| chain.batch(BATCH, !seed, step)).collect();
        let best = mean_loss(&held_out, |history, next| chain.probability(history, next));
        let batches = |step| chain.batch(BATCH, seed, step);
        let mut curve = train(trial, &case.model(), &batches, &held_out, whole_curve, reporter)?;
        for (_, loss) in &mut curve.points {
            *loss -= best;
        }
        Ok(curve)
    }
}

impl Study for Learning {
    type Case = LanguageCase;
    type Outcome = LearningCurve;
    const LEARNING_RATES: &'static [f64] = LEARNING_RATES;

    fn steps(&self, _: &LanguageCase) -> u64 {
        self.0
    }

    fn search_steps(&self, _: &LanguageCase) -> u64 {
        self.0 / 4
    }

    fn search(&self, trial: &Trial<LanguageCase>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(Self::learn(trial, false, reporter)?.loss(), 0.0))
    }

    fn train(&self, trial: &Trial<LanguageCase>, reporter: &Reporter) -> anyhow::Result<LearningCurve> {
        Self::learn(trial, true, reporter)
    }
}

/// Every stage on the languages of every order.
pub fn measure(session: &Session) -> anyhow::Result<Vec<Cell>> {
    let orders: &[usize] = session.budget.pick(&[2], &[1, 2], &[1, 2, 3]);
    let learning = Learning(session.budget.steps(600, 1_000, 3_000));
    let cases = orders.iter().flat_map(|&order| STAGES.map(|stage| LanguageCase { order, stage }));
    grid::measure(session, "C16, generated languages", &learning, &cases.collect::<Vec<_>>())
}
