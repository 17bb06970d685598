//! The part of C16 on generated languages, whose best possible loss is known.

use std::sync::Arc;

use data::tasks::{MarkovChain, TokenTask};
use data::{IGNORE, TextBatch};

use super::training::{Job, STAGES, Trained, equal_models, search, train};
use crate::{
    lab::Lab,
    stages::{Sizes, Stage},
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
    /// Which.
    pub stage: Stage,
    /// k.
    pub order: usize,
    /// Its number of parameters.
    pub parameters: usize,
    /// What the search chose.
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
pub fn measure(lab: &Lab) -> anyhow::Result<Vec<OnMarkov>> {
    let orders: &[usize] = lab.budget.pick(&[2], &[1, 2], &[1, 2, 3]);
    let steps = lab.budget.pick(600, 1000, 4000);
    let gpt = Sizes {
        vocabulary: SYMBOLS,
        context: CONTEXT,
        layers: 2,
        width: 32,
        embedding: 32,
        heads: 4,
        dropout: 0.0,
        carry: false,
    };
    let models = equal_models(gpt);
    // A language and its held-out rows; training rows are drawn with the seed, held-out ones with its complement.
    let language = |order, seed: u64| {
        let chain = Arc::new(MarkovChain::random(SYMBOLS, order, CONTEXT, seed));
        let rows = (0..(HELD_OUT / BATCH) as u64).map(|step| chain.batch(BATCH, !seed, step));
        let held_out: Arc<[TextBatch]> = rows.collect();
        (chain, held_out)
    };
    let jobs_of = |(chain, held_out): &(Arc<MarkovChain>, Arc<[TextBatch]>), seed| {
        models.clone().map(|model| {
            let (chain, held_out) = (Arc::clone(chain), Arc::clone(held_out));
            let batches = Arc::new(move |step| chain.batch(BATCH, seed, step));
            Job { model, learning_rate: 0.0, seed, steps, batches, held_out }
        })
    };

    let search_seed = lab.search_seed();
    let searches: Vec<Job> =
        orders.iter().flat_map(|&order| jobs_of(&language(order, search_seed), search_seed)).collect();
    let rates = search(lab, "learning rates on languages", &searches);

    // By order, then seed, then stage.
    let languages: Vec<_> = orders
        .iter()
        .flat_map(|&order| lab.seeds.iter().map(move |&seed| (order, seed)))
        .map(|(order, seed)| (seed, language(order, seed)))
        .collect();
    let with_rates = rates.chunks(STAGES.len()).flat_map(|rates| vec![rates; lab.seeds.len()]);
    let jobs = languages.iter().zip(with_rates).flat_map(|((seed, language), rates)| {
        let rated = jobs_of(language, *seed).into_iter().zip(rates);
        rated.map(|(job, &learning_rate)| Job { learning_rate, ..job }).collect::<Vec<_>>()
    });
    let trained = train(lab, "generated languages", &jobs.collect::<Vec<_>>())?;

    let truths: Vec<f64> = languages.iter().map(|(_, (chain, held_out))| loss_of_truth(chain, held_out)).collect();
    let mut measured = Vec::new();
    for (o, &order) in orders.iter().enumerate() {
        let of_order = o * lab.seeds.len()..(o + 1) * lab.seeds.len();
        for (s, stage) in STAGES.into_iter().enumerate() {
            let excess = |i: usize| {
                let Trained { curve } = &trained[i * STAGES.len() + s];
                curve.iter().map(|(tokens, loss)| (*tokens, loss - truths[i])).collect()
            };
            measured.push(OnMarkov {
                stage,
                order,
                parameters: models[s].parameter_count() as usize,
                learning_rate: rates[o * STAGES.len() + s],
                excess: of_order.clone().map(excess).collect(),
                best: of_order.clone().map(|i| languages[i].1.0.entropy_rate()).collect(),
            });
        }
    }
    Ok(measured)
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
