//! The language model of the book, with the learner's cell in the place of its layer.

use data::{CharacterTokenizer, SequentialBatches, TextDataset, Tokenizer, Windows, corpus};
use labkit::Plan;
use nn::{AdamW, Decay, Schedule, Trainer, TrainingConfig, evaluate};
use rnn::{Input, PassOptions, Recurrent, RecurrentConfig, RecurrentLanguageModel, WeightIds, WeightInit};
use tensor::{Context, Init, Parameters, Tensor};

use super::lab;

/// Rows of a batch, and letters that each reads at a step.
const BATCH: usize = 32;
const LETTERS: usize = 32;

/// The layer that reads with the learner's functions.
struct Layer(WeightIds);

impl Recurrent for Layer {
    type Options = ();

    const STATE: &'static [&'static str] = &["h"];

    fn new(init: &mut Init<'_>, suffix: &str, input: usize, hidden: usize, (): ()) -> Self {
        Layer(WeightIds::new(init, suffix, 3, input, hidden, WeightInit::uniform(hidden)))
    }

    fn input(&self) -> usize {
        self.0.input()
    }

    fn hidden(&self) -> usize {
        self.0.hidden()
    }

    fn forward<'a>(
        &self,
        cx: &Context<'_>,
        x: impl Into<Input<'a>>,
        state: &[Tensor],
        _: PassOptions<'_>,
    ) -> (Tensor, Vec<Tensor>) {
        let rnn::Weights { w_ih, w_hh, b_ih, b_hh } = self.0.get(cx);
        let weights = lab::Weights { w_xh: w_ih, w_hh, b_x: b_ih, b_h: b_hh };
        let (states, last) = lab::read(&x.into().vectors(), &state[0], &weights);
        (states, vec![last])
    }
}

pub fn train(plan: Plan, told: &mut dyn FnMut(u64, f64)) -> f64 {
    let book = corpus::book();
    let tokenizer = CharacterTokenizer::from_text(book.as_str());
    let dataset = TextDataset::new(&book, &tokenizer).expect("the book is a text");
    let batches = SequentialBatches::new(&dataset.train, BATCH, LETTERS).expect("the book is long enough");
    let windows = Windows::new(&dataset.validation, LETTERS).expect("the book is long enough");

    let mut parameters = Parameters::new();
    let config = RecurrentConfig { carry: true, ..RecurrentConfig::new(tokenizer.vocabulary_size(), 32, 128) };
    let model = RecurrentLanguageModel::<Layer>::new(&mut Init::new(&mut parameters, plan.seed), config);

    let schedule = Schedule { decay: Decay::Cosine, peak: 1e-2, minimum: 1e-3, warmup: 20, end: plan.steps };
    let mut config = TrainingConfig::new(plan.steps, AdamW::default(), schedule);
    config.clip = Some(1.0);
    let mut trainer = Trainer::new(&model, parameters, config);
    for step in 1..=plan.steps {
        let report = trainer.step(&batches).unwrap_or_else(|error| panic!("{error}"));
        if step == 1 || step % plan.steps.div_ceil(10) == 0 {
            told(step, report.loss);
        }
    }
    let held_out = evaluate(&model, trainer.parameters(), windows.batches(BATCH));
    held_out.expect("there is text to read").nats
}
