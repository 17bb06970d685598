//! What C10 measures: tiny gpts trained under each mask, and how their outputs depend on their inputs.

use anyhow::Context as _;
use data::{CharacterTokenizer, RandomBatches, TextBatch, TextDataset, Tokenizer, Windows};
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, ArrayView2, Axis, Ix3, Ix4, s};
use nn::{AdamW, Decay, Hooks, LanguageModel, Observer, Schedule, StepReport, Trainer, TrainingConfig, cross_entropy};
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::Form;

use super::jacobian::Jacobian;
use super::masked_gpt::{MaskedGpt, Masking};
use report::progress::Task;

use crate::session::Session;

/// T in training and evaluation.
pub const CONTEXT: usize = 16;
/// T of the derivatives.
pub const POSITIONS: usize = 12;
/// L, D and N of the models.
pub const LAYERS: usize = 2;
pub const WIDTH: usize = 48;
pub const HEADS: usize = 4;
/// T of the chains that are counted.
pub const LENGTHS: [usize; 4] = [2, 4, 8, CONTEXT];
/// B in training.
const BATCH: usize = 4;

/// What all seeds share: the text and the settings.
pub struct Study<'l> {
    session: &'l Session,
    dataset: TextDataset,
    config: GptConfig,
    steps: u64,
    /// Windows of the validation part.
    held_out: TextBatch,
}

pub struct Seed {
    /// Of the trained gpt: every head of every layer, and last the scores.
    pub derivatives: Vec<Derivatives>,
    /// In the order of [`Masking::ALL`].
    pub runs: Vec<Run>,
}

/// The outputs at one place by the embedded inputs.
pub struct Derivatives {
    pub place: Place,
    pub literal: Jacobian,
    pub fused: Jacobian,
}

/// Where an output is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What a head gathers, counted from 0.
    Head { layer: usize, head: usize },
    /// The scores of the next token.
    Scores,
}

/// One mask with one seed.
pub struct Run {
    pub masking: Masking,
    /// Number of updates and mean training loss since the row before.
    pub learning: Vec<(u64, f64)>,
    /// The held-out loss with all positions computed at once.
    pub at_once: f64,
    /// The held-out loss with one token read after another.
    pub in_turn: f64,
    /// This mask over the parameters that were trained with the right one.
    pub mask: Mask,
}

/// What a mask does to a model that was trained with the right one.
pub struct Mask {
    /// The attention weights of the first layer, the mean over windows and heads, (T, T).
    pub weights: Array2<f64>,
    /// The scores of the next token by the inputs.
    pub jacobian: Jacobian,
}

impl<'l> Study<'l> {
    /// # Errors
    /// If the text is too short.
    pub fn new(session: &'l Session) -> anyhow::Result<Self> {
        let tokenizer = CharacterTokenizer::from_text(session.alphabet.text.as_str());
        let dataset = TextDataset::new(&session.alphabet.text, &tokenizer)?;
        let windows = Windows::new(&dataset.validation, CONTEXT)?;
        let held_out =
            windows.batches(session.budget.pick(128, 512, 2_048)).next().context("there is always a window")?;
        let config = GptConfig::new(tokenizer.vocabulary_size(), CONTEXT, LAYERS, WIDTH, HEADS);
        Ok(Self { session, dataset, config, steps: session.budget.steps(500, 3_000, 12_000), held_out })
    }

    /// How many windows are held out.
    pub fn windows(&self) -> usize {
        self.held_out.inputs.nrows()
    }

    /// Trains a model under each mask and measures it.
    ///
    /// # Errors
    /// If a training fails.
    pub fn seed(&self, seed: u64) -> anyhow::Result<Seed> {
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::new(&mut parameters, seed), self.config.clone())?;
        let (right, learning) = self.train(&gpt, parameters, Masking::MinusInfinity, seed)?;
        let x = self.embedded(&gpt, &right);
        let derivatives = derivatives(&gpt, &right, x.view());
        let mut runs = Vec::new();
        for masking in Masking::ALL {
            let mut parameters = Parameters::new();
            let model = MaskedGpt::new(&mut Init::new(&mut parameters, seed), self.config.clone(), masking)?;
            let mask = self.mask(&model, &right, x.view());
            runs.push(if masking == Masking::MinusInfinity {
                self.judge(&gpt, masking, &right, learning.clone(), mask)
            } else {
                let (trained, learning) = self.train(&model, parameters, masking, seed)?;
                self.judge(&model, masking, &trained, learning, mask)
            });
        }
        Ok(Seed { derivatives, runs })
    }

    fn train<M: LanguageModel>(
        &self,
        model: &M,
        parameters: Parameters,
        masking: Masking,
        seed: u64,
    ) -> anyhow::Result<(Parameters, Vec<(u64, f64)>)> {
        let (steps, warmup) = (self.steps, self.steps / 20);
        let schedule = Schedule { decay: Decay::Cosine, peak: 5e-3, minimum: 5e-4, warmup, end: steps };
        let config = TrainingConfig { seed, clip: Some(1.0), ..TrainingConfig::new(steps, AdamW::default(), schedule) };
        let batches = RandomBatches::new(&self.dataset.train, BATCH, CONTEXT, seed)?;
        let mut watch = Watch(self.session.progress.task(format!("C10, {}, seed {seed}", masking.name()), steps));
        let mut trainer = Trainer::new(model, parameters, config);
        trainer.run(&batches, Hooks { observer: Some(&mut watch), ..Hooks::default() })?;
        let learning = trainer.progress().history.iter().map(|row| (row.step, row.training_loss)).collect();
        Ok((trainer.into_parameters(), learning))
    }

    fn judge<M: LanguageModel>(
        &self,
        model: &M,
        masking: Masking,
        parameters: &Parameters,
        learning: Vec<(u64, f64)>,
        mask: Mask,
    ) -> Run {
        let cx = Context::eval(parameters);
        let at_once = f64::from(model.loss(&cx, &self.held_out).item());
        let in_turn = loss_in_turn(model, &cx, &self.held_out);
        Run { masking, learning, at_once, in_turn, mask }
    }

    fn mask(&self, model: &MaskedGpt, right: &Parameters, x: ArrayView2<'_, Real>) -> Mask {
        let cx = Context::eval(right);
        let weights = model.first_weights(&cx, self.held_out.inputs.slice(s![.., ..POSITIONS])); // (B, N, T, T)
        let weights = weights.view::<Ix4>("weights").mapv(f64::from);
        let per_window = 1.0 / (weights.len_of(Axis(0)) * weights.len_of(Axis(1))) as f64;
        Mask {
            weights: weights.sum_axis(Axis(0)).sum_axis(Axis(0)) * per_window,
            jacobian: Jacobian::measure(right, x, |cx, x| model.logits_of_embedded(cx, x)),
        }
    }

    /// What the first block receives of the first window, (T, D).
    fn embedded(&self, gpt: &Gpt, parameters: &Parameters) -> Array2<Real> {
        let window = self.held_out.inputs.slice(s![..1, ..POSITIONS]);
        let x = gpt.embed(&Context::eval(parameters), window, 0); // (1, T, D)
        x.view::<Ix3>("embedded").index_axis(Axis(0), 0).to_owned()
    }

    /// How many operations have to wait for each other, by the number of positions: all at once, and one after another as in
    /// generation, where each pass waits for the token that the one before has chosen.
    ///
    /// # Errors
    /// If no model can have these sizes.
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

/// Every head of every layer and the scores, in both forms.
fn derivatives(gpt: &Gpt, parameters: &Parameters, x: ArrayView2<'_, Real>) -> Vec<Derivatives> {
    let heads = (0..LAYERS).flat_map(|layer| (0..HEADS).map(move |head| Place::Head { layer, head }));
    let width = WIDTH / HEADS;
    let measure = |place, form| {
        let gpt = gpt.clone().with_form(form);
        Jacobian::measure(parameters, x, |cx, x| match place {
            Place::Head { layer, head } => {
                let below = gpt.blocks()[..layer].iter();
                let x = below.fold(x.clone(), |x, block| block.forward(cx, &x, None, form)); // (B, T, D)
                // (B, T, d_k)
                gpt.blocks()[layer].heads(cx, &x, None, form).slice(2, head * width..(head + 1) * width)
            }
            Place::Scores => gpt.logits_of_embedded(cx, x), // (B, T, V)
        })
    };
    let both =
        |place| Derivatives { place, literal: measure(place, Form::Literal), fused: measure(place, Form::Fused) };
    heads.chain([Place::Scores]).map(both).collect()
}

/// The mean loss in nats per token when each token is predicted before the next one is read, as in generation.
fn loss_in_turn<M: LanguageModel>(model: &M, cx: &Context<'_>, batch: &TextBatch) -> f64 {
    let (mut state, mut logits) = model.start(cx, batch.inputs.slice(s![.., ..1])); // (B, V)
    let mut sum = 0.0;
    for (t, targets) in batch.targets.columns().into_iter().enumerate() {
        if t > 0 {
            logits = model.next(cx, &mut state, &batch.inputs.column(t).to_vec());
        }
        sum += f64::from(cross_entropy(&Tensor::constant(logits.clone()), targets.into_dyn()).item());
    }
    sum / batch.targets.ncols() as f64
}

struct Watch(Task);

impl Observer for Watch {
    fn step(&mut self, report: &StepReport) {
        self.0.step(report.loss, (BATCH * CONTEXT) as u64);
    }
}

#[cfg(test)]
mod tests {
    use nn::Trainable;

    use super::*;
    use crate::budget::Budget;
    use report::progress::Progress;

    fn session() -> Session {
        Session::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet)
    }

    /// Untrained weights are as good as any: the zeros are the mask's.
    #[test]
    fn step_01_only_the_right_mask_hides_the_future() {
        let session = session();
        let study = Study::new(&session).unwrap();
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::new(&mut parameters, 1), study.config.clone()).unwrap();
        let x = study.embedded(&gpt, &parameters);
        let x = x.slice(s![..4, ..]);
        for Derivatives { place, literal, fused } in derivatives(&gpt, &parameters, x) {
            for jacobian in [literal, fused] {
                assert_eq!(jacobian.future_not_zero, 0, "{place:?}");
                assert!(jacobian.past_not_zero > 0, "{place:?}");
            }
        }
        for masking in Masking::ALL.into_iter().skip(1) {
            let mut same = Parameters::new();
            let model = MaskedGpt::new(&mut Init::new(&mut same, 1), study.config.clone(), masking).unwrap();
            let jacobian = Jacobian::measure(&parameters, x, |cx, x| model.logits_of_embedded(cx, x));
            assert!(jacobian.future_not_zero > 0, "{masking:?}");
        }
    }

    #[test]
    fn step_02_in_turn_is_at_once_under_the_right_mask_only() {
        let session = session();
        let study = Study::new(&session).unwrap();
        let batch = TextBatch {
            inputs: study.held_out.inputs.slice(s![..3, ..6]).to_owned(),
            targets: study.held_out.targets.slice(s![..3, ..6]).to_owned(),
        };
        let difference = |masking| {
            let mut parameters = Parameters::new();
            let model = MaskedGpt::new(&mut Init::new(&mut parameters, 1), study.config.clone(), masking).unwrap();
            let cx = Context::eval(&parameters);
            (loss_in_turn(&model, &cx, &batch) - f64::from(model.loss(&cx, &batch).item())).abs()
        };
        assert!(difference(Masking::MinusInfinity) < 1e-5);
        assert!(difference(Masking::LeakNext) > 1e-5);
    }
}
