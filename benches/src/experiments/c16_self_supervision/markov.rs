//! The part of C16 on generated languages, whose best possible loss is known.

use data::tasks::{MarkovChain, TokenTask};
use data::{IGNORE, TextBatch};
use stages::{ModelConfig, Sizes, Stage};

use super::training::{LEARNING_RATES, STAGES, Trained, equal_models, train};
use crate::{
    session::Session,
    study::{
        grid::{self, Cell, Score, Study, Trial},
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

/// A stage on the languages of one order, a language of its own for each seed.
pub struct OnMarkov {
    pub stage: Stage,
    pub order: usize,
    pub parameters: usize,
    pub learning_rate: f64,
    /// For each seed: tokens read, and by how much the held-out loss was above the best possible then, in nats.
    pub excess: Vec<Vec<(u64, f64)>>,
    /// For each seed: the entropy rate, in nats per token.
    pub best: Vec<f64>,
}

impl OnMarkov {
    /// The distance to the best possible loss at the end, for each seed.
    pub fn distances(&self) -> Vec<f64> {
        self.excess.iter().filter_map(|curve| curve.last()).map(|(_, excess)| *excess).collect()
    }
}

/// The mean loss of someone who knows the language, on these rows: the entropy rate but for the chance of the draw.
fn loss_of_truth(chain: &MarkovChain, batches: &[TextBatch]) -> f64 {
    let (mut nats, mut asked) = (0.0, 0);
    for TextBatch { inputs, targets } in batches {
        for ((b, t), &target) in targets.indexed_iter().filter(|(_, target)| **target != IGNORE) {
            let context =
                (0..chain.order()).rev().fold(0, |context, back| context * SYMBOLS + inputs[[b, t - back]] as usize);
            nats -= chain.transitions()[[context, target as usize]].ln();
            asked += 1;
        }
    }
    nats / f64::from(asked)
}

/// Every stage on the languages of every order.
pub fn measure(session: &Session) -> anyhow::Result<Vec<OnMarkov>> {
    let orders: &[usize] = session.budget.pick(&[2], &[1, 2], &[1, 2, 3]);
    let steps = session.budget.steps(600, 1000, 4000);
    let gpt = Sizes { layers: 2, embedding: 32, ..Sizes::new(SYMBOLS, CONTEXT, 32) };
    let learning = Learning { models: equal_models(gpt), steps };
    let cases = orders.iter().flat_map(|&order| (0..STAGES.len()).map(move |stage| Case { order, stage }));
    let cells = grid::measure(session, "C16, generated languages", &learning, &cases.collect::<Vec<_>>())?;
    let measured =
        cells.into_iter().map(|Cell { case: Case { order, stage }, learning_rate, outcomes, .. }| OnMarkov {
            stage: STAGES[stage],
            order,
            parameters: learning.models[stage].parameter_count() as usize,
            learning_rate,
            excess: outcomes,
            best: session.seeds.iter().map(|&seed| language(order, seed).entropy_rate()).collect(),
        });
    Ok(measured.collect())
}

/// A language, and rows of it that nobody learns from.
struct Language {
    chain: MarkovChain,
    held_out: Vec<TextBatch>,
    /// The held-out loss of who knows the language.
    truth: f64,
}

/// The language of an order that belongs to a seed.
fn language(order: usize, seed: u64) -> MarkovChain {
    MarkovChain::random(SYMBOLS, order, CONTEXT, seed)
}

impl Language {
    /// Training rows are drawn with the seed, held-out ones with its complement.
    fn new(order: usize, seed: u64) -> Self {
        let chain = language(order, seed);
        let rows = (0..(HELD_OUT / BATCH) as u64).map(|step| chain.batch(BATCH, !seed, step));
        let held_out: Vec<TextBatch> = rows.collect();
        let truth = loss_of_truth(&chain, &held_out);
        Self { chain, held_out, truth }
    }
}

/// A stage on the languages of an order.
#[derive(Clone, Copy, Debug)]
struct Case {
    order: usize,
    /// In [`STAGES`].
    stage: usize,
}

/// Stages that learn languages, of which each order has another with every seed.
struct Learning {
    models: [ModelConfig; STAGES.len()],
    steps: u64,
}

impl Learning {
    fn learn(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<(Trained, f64)> {
        let &Trial { case: Case { order, stage }, seed, .. } = trial;
        // Made when it is needed, so that memory does not grow with the seeds.
        let Language { chain, held_out, truth } = Language::new(order, seed);
        let batches = |step| chain.batch(BATCH, seed, step);
        Ok((train(trial, &self.models[stage], &batches, &held_out, reporter)?, truth))
    }
}

impl Study for Learning {
    type Case = Case;
    /// Tokens read so far, and the held-out loss beyond that of who knows the language.
    type Outcome = Vec<(u64, f64)>;
    const LEARNING_RATES: &'static [f64] = LEARNING_RATES;

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    fn search_steps(&self, _: &Case) -> u64 {
        self.steps / 4
    }

    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.learn(trial, reporter)?.0.loss(), 0.0))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Vec<(u64, f64)>> {
        let (Trained { curve }, truth) = self.learn(trial, reporter)?;
        Ok(curve.into_iter().map(|(tokens, loss)| (tokens, loss - truth)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knows_the_language_comes_close_to_its_entropy_rate() {
        let chain = MarkovChain::random(SYMBOLS, 2, CONTEXT, 1);
        let batches: Vec<TextBatch> = (0..64).map(|step| chain.batch(BATCH, 2, step)).collect();
        let difference = loss_of_truth(&chain, &batches) - chain.entropy_rate();
        assert!(difference.abs() < 0.01, "{difference}");
    }
}
