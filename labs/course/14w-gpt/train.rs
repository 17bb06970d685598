//! A GPT of two blocks, with the learner's attention in them.

use data::{CharacterTokenizer, RandomBatches, TextBatch, TextDataset, Tokenizer, Windows, corpus};
use labkit::Plan;
use nn::{AdamW, Decay, Embedding, LayerNorm, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy};
use tensor::{Context, Init, Initializer, ParameterId, Parameters, Tensor};

use super::lab;

/// Rows of a batch, and letters of a row.
const BATCH: usize = 16;
const LETTERS: usize = 32;
const WIDTH: usize = 64;
const HEADS: usize = 4;
const BLOCKS: usize = 2;
/// As GPT-2 begins.
const NORMAL: Initializer = Initializer::Normal { std: 0.02 };

struct Gpt {
    tokens: Embedding,
    positions: Embedding,
    blocks: Vec<Block>,
    norm: LayerNorm,
}

struct Block {
    before_attention: LayerNorm,
    attention: [ParameterId; 4],
    before_up: LayerNorm,
    up: Linear,
    down: Linear,
}

impl Gpt {
    fn new(init: &mut Init<'_>, vocabulary: usize) -> Self {
        Gpt {
            tokens: Embedding::with(&mut init.child("tokens"), vocabulary, WIDTH, NORMAL),
            positions: Embedding::with(&mut init.child("positions"), LETTERS, WIDTH, NORMAL),
            blocks: (0..BLOCKS).map(|number| Block::new(&mut init.child(number))).collect(),
            norm: LayerNorm::new(&mut init.child("norm"), WIDTH),
        }
    }
}

impl Trainable for Gpt {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        let places = ndarray::Array1::from_iter(0..batch.inputs.ncols() as u32);
        let x = self.tokens.forward(cx, batch.inputs.view().into_dyn()); // (B, T, D)
        let x = &x + &self.positions.forward(cx, places.view().into_dyn());
        let x = self.blocks.iter().fold(x, |x, block| block.forward(cx, &x));
        let logits = Linear::tied(&self.tokens).forward(cx, &self.norm.forward(cx, &x)); // (B, T, V)
        cross_entropy(&logits, batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

impl Block {
    fn new(init: &mut Init<'_>) -> Self {
        let linear =
            |init: &mut Init<'_>, from, to| Linear::with(init, from, to, NORMAL, Some(Initializer::Constant(0.0)));
        Block {
            before_attention: LayerNorm::new(&mut init.child("before_attention"), WIDTH),
            attention: ["w_q", "w_k", "w_v", "w_o"].map(|name| init.param(name, &[WIDTH, WIDTH], NORMAL)),
            before_up: LayerNorm::new(&mut init.child("before_up"), WIDTH),
            up: linear(&mut init.child("up"), WIDTH, 4 * WIDTH),
            down: linear(&mut init.child("down"), 4 * WIDTH, WIDTH),
        }
    }

    /// (B, T, D) to (B, T, D)
    fn forward(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        let [w_q, w_k, w_v, w_o] = self.attention.map(|id| cx.get(id));
        let seen = self.before_attention.forward(cx, x);
        let x = x + &lab::self_attention(&seen, &lab::Weights { w_q, w_k, w_v, w_o }, HEADS);
        let up = self.up.forward(cx, &self.before_up.forward(cx, &x)).gelu();
        &x + &self.down.forward(cx, &up)
    }
}

pub fn train(plan: Plan, told: &mut dyn FnMut(u64, f64)) -> f64 {
    let book = corpus::book();
    let tokenizer = CharacterTokenizer::from_text(book.as_str());
    let dataset = TextDataset::new(&book, &tokenizer).expect("the book is a text");
    let batches = RandomBatches::new(&dataset.train, BATCH, LETTERS, plan.seed).expect("the book is long enough");
    let windows = Windows::new(&dataset.validation, LETTERS).expect("the book is long enough");

    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, plan.seed), tokenizer.vocabulary_size());

    let schedule = Schedule { decay: Decay::Cosine, peak: 5e-3, minimum: 5e-4, warmup: 20, end: plan.steps };
    let mut config = TrainingConfig::new(plan.steps, AdamW::default(), schedule);
    config.clip = Some(1.0);
    let mut trainer = Trainer::new(&model, parameters, config);
    for step in 1..=plan.steps {
        let report = trainer.step(&batches).unwrap_or_else(|error| panic!("{error}"));
        if step == 1 || step % plan.steps.div_ceil(10) == 0 {
            told(step, report.loss);
        }
    }
    let cx = Context::eval(trainer.parameters());
    let (mut sum, mut letters) = (0.0, 0);
    for batch in windows.batches(BATCH) {
        sum += f64::from(model.loss(&cx, &batch).item()) * batch.answers() as f64;
        letters += batch.answers();
    }
    sum / letters as f64
}
