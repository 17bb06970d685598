//! Tiny gpts trained under each mask, and how the outputs of the one that hides the future depend on its inputs.

use std::ops::ControlFlow;

use anyhow::Context as _;
use data::{CharacterTokenizer, RandomBatches, TextBatch, TextDataset, Token, Tokenizer, Windows};
use gpt::{Gpt, GptConfig};
use ndarray::{ArrayView2, Axis, Ix3, Ix4, s};
use nn::{LanguageModel, Trainable, Trainer, cross_entropy};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters, Tensor};
use transformer::Form;

use super::{
    jacobian::Jacobian,
    masked_gpt::{MaskedGpt, Masking},
    outputs::{GPT_HEADS, GPT_LAYERS, Outputs},
};
use crate::{
    session::Session,
    study::{
        parallel::{Reporter, Work, side_by_side},
        training::{Recipe, follow},
    },
};

/// T in training and evaluation.
pub const CONTEXT: usize = 16;
/// T of the derivatives.
pub const POSITIONS: usize = 12;
/// D of the models.
pub const WIDTH: usize = 48;
/// T of the chains that are counted.
pub const LENGTHS: [usize; 4] = [2, 4, 8, CONTEXT];
/// B in training.
const BATCH: usize = 4;

/// A training under one mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainedUnder {
    pub masking: Masking,
    /// Number of updates and mean training loss since the row before.
    pub learning: Vec<(u64, f64)>,
    /// The held-out loss with all positions computed at once.
    pub at_once: f64,
    /// The held-out loss with one token read after another.
    pub in_turn: f64,
    /// Of the model that was trained under the right mask.
    pub inspected: Option<Inspected>,
}

/// A trained model, looked into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspected {
    /// Literal and fused, in the order of [`Outputs::of_gpt`].
    pub derivatives: Vec<[Jacobian; 2]>,
    /// What each mask would make of its parameters.
    pub masks: Vec<Masked>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Masked {
    pub masking: Masking,
    /// The attention weights of the first layer, the mean over windows and heads, (T, T).
    pub weights: Vec<Vec<f64>>,
    /// The scores of the next token by the inputs.
    pub jacobian: Jacobian,
}

/// What all trainings share.
pub struct Trainings {
    dataset: TextDataset,
    config: GptConfig,
    steps: u64,
    /// Windows of the validation part.
    pub held_out: TextBatch,
}

impl Trainings {
    pub fn new(session: &Session) -> anyhow::Result<Self> {
        let tokenizer = CharacterTokenizer::from_text(session.alphabet.text.as_str());
        let dataset = TextDataset::new(&session.alphabet.text, &tokenizer)?;
        let windows = Windows::new(&dataset.validation, CONTEXT)?;
        let held_out =
            windows.batches(session.budget.pick(128, 512, 2_048)).next().context("there is always a window")?;
        let config = GptConfig::new(tokenizer.vocabulary_size(), CONTEXT, GPT_LAYERS, WIDTH, GPT_HEADS);
        Ok(Self { dataset, config, steps: session.budget.steps(500, 3_000, 12_000), held_out })
    }

    /// Trains a model under each mask with every seed.
    pub fn run(&self, session: &Session) -> anyhow::Result<Vec<TrainedUnder>> {
        let with_seeds = |masking| session.seeds.iter().map(move |&seed| (masking, seed));
        let jobs: Vec<(Masking, u64)> = Masking::ALL.into_iter().flat_map(with_seeds).collect();
        let train = |&(masking, seed): &_, reporter: &Reporter| self.train(masking, seed, reporter);
        side_by_side(session, "C10, under each mask", &jobs, |_| Work { steps: self.steps, cost: 1.0 }, train)
            .into_iter()
            .collect()
    }

    fn train(&self, masking: Masking, seed: u64, reporter: &Reporter) -> anyhow::Result<TrainedUnder> {
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::new(&mut parameters, seed), self.config.clone())?;
        let model = MaskedGpt { gpt: gpt.clone(), masking };
        let right = masking == Masking::MinusInfinity;
        let (learning, parameters) = if right {
            self.learn(&gpt, parameters, seed, reporter)?
        } else {
            self.learn(&model, parameters, seed, reporter)?
        };
        let cx = Context::eval(&parameters);
        let logits = |tokens: ArrayView2<'_, Token>| {
            if right { gpt.logits(&cx, tokens) } else { model.logits(&cx, tokens) }
        };
        Ok(TrainedUnder {
            masking,
            learning,
            at_once: loss_at_once(&logits, &self.held_out),
            in_turn: loss_in_turn(&logits, &self.held_out),
            inspected: right.then(|| self.inspect(&gpt, &parameters)),
        })
    }

    /// The rows of [`TrainedUnder::learning`], and the parameters.
    fn learn(
        &self,
        model: &impl Trainable<Batch = TextBatch>,
        parameters: Parameters,
        seed: u64,
        reporter: &Reporter,
    ) -> anyhow::Result<(Vec<(u64, f64)>, Parameters)> {
        let batches = RandomBatches::new(&self.dataset.train, BATCH, CONTEXT, seed)?;
        let trainer = Trainer::new(model, parameters, Recipe::cosine(seed, self.steps, 5e-3).config());
        let (mut learning, mut losses) = (Vec::new(), Vec::new());
        let parameters = follow(
            trainer,
            &batches,
            || (BATCH * CONTEXT) as u64,
            reporter,
            |report, _| {
                losses.push(report.loss);
                if report.step.is_multiple_of(self.steps.div_ceil(10)) || report.step == self.steps {
                    learning.push((report.step, losses.iter().sum::<f64>() / losses.len() as f64));
                    losses.clear();
                }
                ControlFlow::Continue(())
            },
        )?;
        Ok((learning, parameters))
    }

    fn inspect(&self, gpt: &Gpt, parameters: &Parameters) -> Inspected {
        let cx = Context::eval(parameters);
        let windows = self.held_out.inputs.slice(s![.., ..POSITIONS]);
        let x = gpt.embed(&cx, windows.slice(s![..1, ..]), 0); // (1, T, D), of the first window
        let x = x.view::<Ix3>("embedded").index_axis(Axis(0), 0).to_owned(); // (T, D)
        let measure = |outputs: Outputs| {
            [Form::Literal, Form::Fused].map(|form| outputs.measure_gpt(gpt, form, parameters, x.view()))
        };
        let masked = |masking| {
            let model = MaskedGpt { gpt: gpt.clone(), masking };
            let weights = model.first_weights(&cx, windows).view::<Ix4>("weights").mapv(f64::from); // (B, N, T, T)
            let per_window = 1.0 / (weights.len_of(Axis(0)) * weights.len_of(Axis(1))) as f64;
            let weights = weights.sum_axis(Axis(0)).sum_axis(Axis(0)) * per_window;
            Masked {
                masking,
                weights: weights.rows().into_iter().map(|row| row.to_vec()).collect(),
                jacobian: Jacobian::measure(parameters, x.view(), |cx, x| model.logits_of_embedded(cx, x)),
            }
        };
        Inspected {
            derivatives: Outputs::of_gpt().into_iter().map(measure).collect(),
            masks: Masking::ALL.into_iter().map(masked).collect(),
        }
    }

    /// How many operations have to wait for each other, by the number of positions: all at once, and one after another as in
    /// generation, where each pass waits for the token that the one before has chosen.
    pub fn chains(&self) -> anyhow::Result<Vec<Chain>> {
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::new(&mut parameters, 1), self.config.clone())?.with_form(Form::Literal);
        let chain = |positions| {
            let window = self.held_out.inputs.slice(s![..1, ..positions]);
            gpt.logits(&Context::eval(&parameters), window).span()
        };
        Ok(LENGTHS
            .map(|positions| Chain { positions, at_once: chain(positions), in_turn: (1..=positions).map(chain).sum() })
            .into())
    }
}

/// The longest chains of dependent operations for one length.
pub struct Chain {
    /// T.
    pub positions: usize,
    pub at_once: u64,
    /// In T passes.
    pub in_turn: u64,
}

/// From tokens, (B, T), to the scores of the next ones, (B, T, V).
type Logits<'m> = &'m dyn Fn(ArrayView2<'_, Token>) -> Tensor;

fn loss_at_once(logits: Logits<'_>, batch: &TextBatch) -> f64 {
    f64::from(cross_entropy(&logits(batch.inputs.view()), batch.targets.view().into_dyn()).item())
}

/// The same when each token is predicted before the next one is read, as in generation.
fn loss_in_turn(logits: Logits<'_>, batch: &TextBatch) -> f64 {
    let loss = |t: usize| {
        let last = logits(batch.inputs.slice(s![.., ..=t])).index(1, t); // (B, V)
        f64::from(cross_entropy(&last, batch.targets.column(t).into_dyn()).item())
    };
    let positions = batch.targets.ncols();
    (0..positions).map(loss).sum::<f64>() / positions as f64
}

#[cfg(test)]
mod tests {
    use report::progress::Progress;

    use super::*;
    use crate::budget::Budget;

    fn trainings() -> Trainings {
        Trainings::new(&Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet)).unwrap()
    }

    /// Untrained weights are as good as any: the zeros are the mask's.
    #[test]
    fn step_01_only_the_right_mask_hides_the_future() {
        let trainings = trainings();
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::new(&mut parameters, 1), trainings.config.clone()).unwrap();
        let Inspected { derivatives, masks } = trainings.inspect(&gpt, &parameters);
        for (jacobians, outputs) in derivatives.iter().zip(Outputs::of_gpt()) {
            assert!(jacobians.iter().all(|j| j.future_not_zero == 0 && j.past_not_zero > 0), "{outputs:?}");
        }
        for Masked { masking, jacobian, .. } in masks {
            assert_eq!(jacobian.future_not_zero == 0, masking == Masking::MinusInfinity, "{masking:?}");
        }
    }

    #[test]
    fn step_02_in_turn_is_at_once_under_the_right_mask_only() {
        let trainings = trainings();
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::new(&mut parameters, 1), trainings.config.clone()).unwrap();
        let cx = Context::eval(&parameters);
        let difference = |masking| {
            let model = MaskedGpt { gpt: gpt.clone(), masking };
            let logits = |tokens: ArrayView2<'_, Token>| model.logits(&cx, tokens);
            (loss_in_turn(&logits, &trainings.held_out) - loss_at_once(&logits, &trainings.held_out)).abs()
        };
        assert!(difference(Masking::MinusInfinity) < 1e-5);
        assert!(difference(Masking::LeakNext) > 1e-5);
    }
}
