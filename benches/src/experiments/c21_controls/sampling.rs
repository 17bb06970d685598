//! What a trained GPT says with each setting of the controls.

use std::collections::BTreeSet;

use data::{
    Token, mean_loss,
    tasks::{MarkovChain, TokenTask},
};
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, ArrayView1, Axis, Ix3, s};
use nn::{Controls, Generator, LanguageModel, Order, evaluate};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters};

use super::{
    language::{LENGTH, ORDER, SYMBOLS, entropy, language, next, texts},
    settings::{FILTERS, Knob, ORDERS, PLAIN, TEMPERATURES},
};
use crate::{
    budget::Budget,
    session::Session,
    study::{
        parallel::{Reporter, Work, side_by_side},
        training::Recipe,
    },
};

/// B in training.
pub const BATCH: usize = 16;
pub const LEARNING_RATE: f64 = 3e-3;
/// Batches that nobody learns from.
const HELD_OUT: u64 = 20;
/// n of the n-grams that are counted.
pub const GRAM: usize = 4;
/// Below this probability, the language would hardly say a token.
pub const SLIP: f64 = 0.01;

/// What texts are like.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Texts {
    /// Of the distribution that a token is drawn from, in nats, on average.
    pub entropy: f64,
    /// ln p of a token under the language, on average.
    pub likelihood: f64,
    /// The share of all 4-grams that are different ones.
    pub distinct: f64,
    /// The share of all 4-grams that the same text had before.
    pub repeated: f64,
    /// The share of tokens that the language would hardly say.
    pub slips: f64,
}

impl Texts {
    /// # Shapes
    /// - `tokens`: (B, T), the first [`ORDER`] of each row given.
    fn of(tokens: &Array2<Token>, language: &MarkovChain, entropy: f64) -> Self {
        let rows: Vec<Vec<Token>> = tokens.outer_iter().map(|row| row.to_vec()).collect();
        let of_row = |row: &Vec<Token>| {
            (ORDER..row.len()).map(|t| language.probability(&row[..t], row[t])).collect::<Vec<f64>>()
        };
        let probabilities: Vec<f64> = rows.iter().flat_map(of_row).collect();
        let share = |count: usize, of: usize| count as f64 / of as f64;
        let grams = rows.iter().map(|row| row[ORDER..].windows(GRAM).collect::<Vec<_>>()).collect::<Vec<_>>();
        let all: usize = grams.iter().map(Vec::len).sum();
        let different = |grams: &Vec<&[Token]>| grams.iter().collect::<BTreeSet<_>>().len();
        Self {
            entropy,
            likelihood: probabilities.iter().map(|p| p.ln()).sum::<f64>() / probabilities.len() as f64,
            distinct: share(different(&grams.concat()), all),
            repeated: share(all - grams.iter().map(different).sum::<usize>(), all),
            slips: share(probabilities.iter().filter(|p| **p < SLIP).count(), probabilities.len()),
        }
    }
}

/// What a filter and a temperature in one order leave, in the contexts of texts that were drawn without either.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// Tokens, on average.
    pub tokens: f64,
    /// The contexts in which others are left than at a temperature of 1.
    pub changed: usize,
    /// Of so many.
    pub contexts: usize,
}

/// All that is known of the GPT of one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    /// The least possible loss in nats per token.
    pub entropy_rate: f64,
    /// The held-out loss above that of the language on the same tokens.
    pub above: f64,
    /// As many texts of the language itself.
    pub language: Texts,
    /// For each of [`Knob::ALL`] and of its settings.
    pub texts: Vec<Vec<Texts>>,
    /// For each of [`FILTERS`], [`ORDERS`] and [`TEMPERATURES`].
    pub left: Vec<Vec<Vec<Left>>>,
    /// With top-p, for each of [`ORDERS`] and [`TEMPERATURES`].
    pub ordered: Vec<Vec<Texts>>,
}

impl Spoken {
    #[track_caller]
    pub fn of(&self, knob: Knob, setting: f64) -> Texts {
        let at = |knob: Knob| Knob::ALL.iter().position(|other| *other == knob).expect("all knobs are tried");
        let place = knob.settings().iter().position(|other| *other == setting).expect("all settings are tried");
        self.texts[at(knob)][place]
    }

    /// Without any control.
    pub fn plain(&self) -> Texts {
        self.of(Knob::Temperature, PLAIN)
    }
}

/// A trained GPT and the language that it was trained on.
struct Speaker {
    language: MarkovChain,
    model: Gpt,
    parameters: Parameters,
    seed: u64,
    /// Texts that are generated with each setting.
    rows: usize,
}

impl Speaker {
    fn train(seed: u64, steps: u64, rows: usize, reporter: &Reporter) -> anyhow::Result<Self> {
        let (language, mut parameters) = (language(seed), Parameters::new());
        let config = GptConfig::new(SYMBOLS, LENGTH, 2, 48, 4);
        let model = Gpt::new(&mut Init::new(&mut parameters, seed), config)?;
        let batches = |step| language.batch(BATCH, seed, step);
        let recipe = Recipe::cosine(seed, steps, LEARNING_RATE);
        let parameters = recipe.train(&model, parameters, &batches, BATCH * LENGTH, reporter, |_, _| ())?;
        Ok(Self { language, model, parameters, seed, rows })
    }

    /// Texts that begin as those of the language do, (B, T), and the mean entropy of what their tokens were drawn from.
    fn say(&self, controls: Controls) -> anyhow::Result<(Array2<Token>, f64)> {
        let mut tokens = texts(&self.language, self.rows, self.seed);
        let prompts = tokens.slice(s![.., ..ORDER]).to_owned();
        let mut generator = Generator::new(&self.model, &self.parameters, prompts.view(), controls, self.seed);
        let mut nats = 0.0;
        for t in ORDER..LENGTH {
            let said = generator.next().ok_or_else(|| anyhow::anyhow!("the text ended"))??;
            tokens.column_mut(t).assign(&ArrayView1::from(&said));
            let drawn_from = (0..self.rows).filter_map(|row| generator.trace(row));
            nats += drawn_from.map(|trace| entropy(ArrayView1::from(trace.after()))).sum::<f64>();
        }
        Ok((tokens, nats / (self.rows * (LENGTH - ORDER)) as f64))
    }

    fn texts(&self, controls: Controls) -> anyhow::Result<Texts> {
        let (tokens, entropy) = self.say(controls)?;
        Ok(Texts::of(&tokens, &self.language, entropy))
    }

    /// As many texts of the language itself.
    fn own(&self) -> Texts {
        let tokens = texts(&self.language, self.rows, self.seed);
        let of_row = |row: ArrayView1<'_, Token>| {
            let row = row.to_vec();
            (ORDER..LENGTH).map(|t| entropy(next(&self.language, &row[..t]))).sum::<f64>()
        };
        let nats: f64 = tokens.outer_iter().map(of_row).sum();
        Texts::of(&tokens, &self.language, nats / (self.rows * (LENGTH - ORDER)) as f64)
    }

    /// The held-out loss above that of the language.
    fn above(&self) -> f64 {
        let held_out: Vec<_> = (1..=HELD_OUT).map(|step| self.language.batch(BATCH, !self.seed, step)).collect();
        let best = mean_loss(&held_out, |history, next| self.language.probability(history, next));
        evaluate(&self.model, &self.parameters, held_out).map_or(f64::NAN, |evaluation| evaluation.nats - best)
    }

    /// The tokens that are left at every place of `tokens`, for each filter, order and temperature.
    fn left(&self, tokens: &Array2<Token>) -> anyhow::Result<Vec<Vec<Vec<Left>>>> {
        let logits = self.model.logits(&Context::eval(&self.parameters), tokens.view());
        let logits = logits.view::<Ix3>("logits"); // (B, T, V)
        let contexts = logits.len_of(Axis(0)) * LENGTH;
        let kept = |controls: Controls| -> anyhow::Result<Vec<BTreeSet<Token>>> {
            let kept = logits.lanes(Axis(2)).into_iter().map(|scores| {
                let removed = controls.trace(scores, &[])?.links.into_iter().flat_map(|link| link.removed);
                let removed: BTreeSet<Token> = removed.collect();
                Ok((0..SYMBOLS as Token).filter(|token| !removed.contains(token)).collect())
            });
            kept.collect()
        };
        let by_temperature = |(knob, setting): (Knob, f64), order: Order| {
            let plain = kept(knob.controls(setting, PLAIN, order))?;
            let of_one = |temperature| {
                let kept = kept(knob.controls(setting, temperature, order))?;
                let changed = kept.iter().zip(&plain).filter(|(kept, plain)| kept != plain).count();
                let tokens = kept.iter().map(BTreeSet::len).sum::<usize>() as f64 / contexts as f64;
                Ok(Left { tokens, changed, contexts })
            };
            TEMPERATURES.into_iter().map(of_one).collect()
        };
        let by_order = |filter| ORDERS.into_iter().map(|(order, _)| by_temperature(filter, order)).collect();
        FILTERS.into_iter().map(by_order).collect()
    }

    fn speak(&self) -> anyhow::Result<Spoken> {
        let of_knob = |knob: Knob| {
            let texts = |setting| self.texts(knob.controls(setting, PLAIN, Order::FiltersFirst));
            knob.settings().into_iter().map(texts).collect::<anyhow::Result<Vec<_>>>()
        };
        let [_, (top_p, setting), _] = FILTERS;
        let of_order = |(order, _): (Order, &str)| {
            let texts = |temperature| self.texts(top_p.controls(setting, temperature, order));
            TEMPERATURES.into_iter().map(texts).collect::<anyhow::Result<Vec<_>>>()
        };
        let (plain, _) = self.say(Knob::Temperature.controls(PLAIN, PLAIN, Order::FiltersFirst))?;
        Ok(Spoken {
            entropy_rate: self.language.entropy_rate(),
            above: self.above(),
            language: self.own(),
            texts: Knob::ALL.into_iter().map(of_knob).collect::<anyhow::Result<_>>()?,
            left: self.left(&plain)?,
            ordered: ORDERS.into_iter().map(of_order).collect::<anyhow::Result<_>>()?,
        })
    }
}

/// The steps of a training and the texts of each setting.
pub fn sizes(budget: Budget) -> (u64, usize) {
    (budget.steps(300, 1_000, 4_000), if budget == Budget::Rehearsal { 2 } else { budget.pick(64, 64, 256) })
}

/// Trains a GPT for each seed and lets it speak.
pub fn measure(session: &Session) -> anyhow::Result<Vec<Spoken>> {
    let (steps, rows) = sizes(session.budget);
    let speak = |&seed: &u64, reporter: &Reporter| Speaker::train(seed, steps, rows, reporter)?.speak();
    let work = |_: &u64| Work { steps, cost: 1.0 };
    side_by_side(session, "C21, controls", &session.seeds, work, speak).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn texts_are_counted() {
        // Four 4-grams in each row; the first row has one of them twice, and shares none with the second.
        let tokens = array![[0, 0, 1, 2, 1, 2, 1, 2, 1], [0, 0, 3, 4, 5, 6, 7, 8, 9]];
        let language = language(1);
        let texts = Texts::of(&tokens, &language, 0.5);
        assert_eq!((texts.distinct, texts.repeated), (6.0 / 8.0, 2.0 / 8.0));
        let first = language.probability(&[0, 0], 1).ln();
        assert!(texts.likelihood < 0.0 && first < 0.0 && texts.slips > 0.0);
    }

    #[test]
    fn the_own_texts_of_a_language_are_as_likely_as_its_entropy_says() {
        let (language, mut entropies, mut likelihoods) = (language(2), 0.0, 0.0);
        let tokens = texts(&language, 200, 2);
        for row in tokens.outer_iter().map(|row| row.to_vec()) {
            for t in ORDER..LENGTH {
                entropies += entropy(next(&language, &row[..t]));
                likelihoods -= language.probability(&row[..t], row[t]).ln();
            }
        }
        assert!((entropies / likelihoods - 1.0_f64).abs() < 0.03);
    }
}
