//! A Transformer that writes numbers in Roman numerals, with the learner's functions in it.

use labkit::Plan;
use ndarray::{Array1, Array2};
use ndarray_rand::rand::Rng;
use nn::{AdamW, Decay, Embedding, LayerNorm, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy};
use tensor::{Context, Init, Initializer, ParameterId, Parameters, Real, Tensor, stream};

use super::lab;

const BATCH: usize = 32;
const WIDTH: usize = 64;
const HEADS: usize = 4;

/// No target; what `nn` leaves out of the loss.
const MARKS: lab::Marks = lab::Marks { start: 1, end: 2, pad: 0, ignore: data::IGNORE };
const DIGITS: &str = "0123456789";
const LETTERS: &str = "IVXLCDM";
/// The longest numeral, MMMDCCCLXXXVIII, and the start or the end.
const LONGEST: usize = 16;
const VOCABULARY: usize = 3 + 10;

/// Numbers and their numerals.
struct Batch {
    /// (B, S)
    sources: Array2<u32>,
    lengths: Vec<usize>,
    /// (B, T)
    inputs: Array2<u32>,
    /// (B, T)
    targets: Array2<u32>,
}

impl Batch {
    fn new(numbers: &[u32]) -> Self {
        let sources: Vec<Vec<u32>> = numbers.iter().map(|number| tokens(&number.to_string(), DIGITS)).collect();
        let lengths: Vec<usize> = sources.iter().map(Vec::len).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let source = |(b, s): (usize, usize)| sources[b].get(s).copied().unwrap_or(MARKS.pad);
        let sentences: Vec<Vec<u32>> = numbers.iter().map(|&number| tokens(&roman(number), LETTERS)).collect();
        let (inputs, targets) = lab::teacher_forced(&sentences, MARKS);
        Batch { sources: Array2::from_shape_fn((numbers.len(), longest), source), lengths, inputs, targets }
    }
}

fn tokens(text: &str, alphabet: &str) -> Vec<u32> {
    text.chars().map(|letter| 3 + alphabet.find(letter).expect("a letter of the alphabet") as u32).collect()
}

fn roman(mut number: u32) -> String {
    let values = [1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1];
    let letters = ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"];
    let mut text = String::new();
    for (value, letters) in values.into_iter().zip(letters) {
        text += &letters.repeat((number / value) as usize);
        number %= value;
    }
    text
}

/// Every eighth number is kept out of the training.
fn is_held_out(number: u32) -> bool {
    number % 8 == 3
}

struct Translator {
    digits: Text,
    reads: Layer,
    letters: Text,
    says: Layer,
    looks: Attention,
    norm: LayerNorm,
    output: Linear,
}

/// Vectors of tokens and of their places.
struct Text {
    tokens: Embedding,
    places: Embedding,
}

/// Attention to the text itself, and what follows each place.
struct Layer {
    attention: Attention,
    norm: LayerNorm,
    up: Linear,
    down: Linear,
}

struct Attention {
    norm: LayerNorm,
    weights: [ParameterId; 4],
}

impl Translator {
    fn new(init: &mut Init<'_>) -> Self {
        Translator {
            digits: Text::new(&mut init.child("digits")),
            reads: Layer::new(&mut init.child("reads")),
            letters: Text::new(&mut init.child("letters")),
            says: Layer::new(&mut init.child("says")),
            looks: Attention::new(&mut init.child("looks")),
            norm: LayerNorm::new(&mut init.child("norm"), WIDTH),
            output: Linear::new(&mut init.child("output"), WIDTH, VOCABULARY),
        }
    }
}

impl Trainable for Translator {
    type Batch = Batch;

    fn loss(&self, cx: &Context<'_>, batch: &Batch) -> Tensor {
        let sources = self.digits.forward(cx, &batch.sources); // (B, S, D)
        let memory =
            self.reads.forward(cx, &sources, |x, weights| lab::cross_attention(x, x, &batch.lengths, weights, HEADS));
        let x = self.letters.forward(cx, &batch.inputs); // (B, T, D)
        let x = &x
            + &self
                .looks
                .forward(cx, &x, |x, weights| lab::cross_attention(x, &memory, &batch.lengths, weights, HEADS));
        let x = self.says.forward(cx, &x, causal);
        let scores = self.output.forward(cx, &self.norm.forward(cx, &x)); // (B, T, V)
        cross_entropy(&scores, batch.targets.view().into_dyn())
    }

    fn targets(&self, batch: &Batch) -> usize {
        batch.targets.iter().filter(|&&target| target != MARKS.ignore).count()
    }
}

impl Text {
    fn new(init: &mut Init<'_>) -> Self {
        let normal = Initializer::Normal { std: 0.1 };
        Text {
            tokens: Embedding::with(&mut init.child("tokens"), VOCABULARY, WIDTH, normal),
            places: Embedding::with(&mut init.child("places"), LONGEST, WIDTH, normal),
        }
    }

    /// (B, T) to (B, T, D)
    fn forward(&self, cx: &Context<'_>, tokens: &Array2<u32>) -> Tensor {
        let places = Array1::from_iter(0..tokens.ncols() as u32);
        let x = self.tokens.forward(cx, tokens.view().into_dyn());
        &x + &self.places.forward(cx, places.view().into_dyn())
    }
}

impl Layer {
    fn new(init: &mut Init<'_>) -> Self {
        Layer {
            attention: Attention::new(&mut init.child("attention")),
            norm: LayerNorm::new(&mut init.child("norm"), WIDTH),
            up: Linear::new(&mut init.child("up"), WIDTH, 2 * WIDTH),
            down: Linear::new(&mut init.child("down"), 2 * WIDTH, WIDTH),
        }
    }

    fn forward(&self, cx: &Context<'_>, x: &Tensor, attend: impl Fn(&Tensor, &lab::Weights) -> Tensor) -> Tensor {
        let x = x + &self.attention.forward(cx, x, attend);
        let up = self.up.forward(cx, &self.norm.forward(cx, &x)).relu();
        &x + &self.down.forward(cx, &up)
    }
}

impl Attention {
    fn new(init: &mut Init<'_>) -> Self {
        let uniform = Initializer::Uniform { bound: 1.0 / (WIDTH as f64).sqrt() };
        Attention {
            norm: LayerNorm::new(&mut init.child("norm"), WIDTH),
            weights: ["w_q", "w_k", "w_v", "w_o"].map(|name| init.param(name, &[WIDTH, WIDTH], uniform)),
        }
    }

    fn forward(&self, cx: &Context<'_>, x: &Tensor, attend: impl Fn(&Tensor, &lab::Weights) -> Tensor) -> Tensor {
        let [w_q, w_k, w_v, w_o] = self.weights.map(|id| cx.get(id));
        attend(&self.norm.forward(cx, x), &lab::Weights { w_q, w_k, w_v, w_o })
    }
}

/// What was said so far, with one head: of the labs on causal attention, so it stands here.
fn causal(x: &Tensor, weights: &lab::Weights) -> Tensor {
    let steps = x.shape()[1];
    let [q, k, v] = [&weights.w_q, &weights.w_k, &weights.w_v].map(|w| x.linear(w, None));
    let hidden = |(t, s): (usize, usize)| if s > t { Real::NEG_INFINITY } else { 0.0 };
    let mask = Tensor::constant(Array2::from_shape_fn((steps, steps), hidden));
    let scores = q.matmul(&k.permute(&[0, 2, 1])).scale(1.0 / (WIDTH as Real).sqrt());
    (&scores + &mask).softmax().matmul(&v).linear(&weights.w_o, None)
}

pub fn train(plan: Plan, told: &mut dyn FnMut(u64, f64)) -> f64 {
    let (held_out, known): (Vec<u32>, Vec<u32>) = (1..4000).partition(|&number| is_held_out(number));
    let batches = |index: u64| {
        let mut random = stream(plan.seed, index, "numbers");
        let numbers: Vec<u32> = (0..BATCH).map(|_| known[random.random_range(0..known.len())]).collect();
        Batch::new(&numbers)
    };

    let mut parameters = Parameters::new();
    let model = Translator::new(&mut Init::new(&mut parameters, plan.seed));

    let schedule = Schedule { decay: Decay::Cosine, peak: 3e-3, minimum: 3e-4, warmup: 20, end: plan.steps };
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
    for numbers in held_out.chunks(BATCH) {
        let batch = Batch::new(numbers);
        sum += f64::from(model.loss(&cx, &batch).item()) * model.targets(&batch) as f64;
        letters += model.targets(&batch);
    }
    sum / letters as f64
}
