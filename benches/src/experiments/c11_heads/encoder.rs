//! An encoder of one layer that learns two relations, and what each of its heads is for.

use data::tasks::{Relations, RelationsBatch};
use ndarray::{Ix4, s};
use nn::{Embedding, Linear, Trainable, cross_entropy, metrics::accuracy};
use tensor::{Context, Init, Initializer, Parameters, Tensor};
use transformer::{BlockConfig, Encoder, Form, LearnedPositions};

use report::statistics::range;

use serde::{Deserialize, Serialize};

use crate::study::{
    grid::{Score, Study, Trial},
    parallel::Reporter,
    training::Recipe,
};

/// What the encoders are asked.
pub const TASK: Relations = Relations { colours: 8, symbols: 8 };

/// Added to every seed. The criterion was changed when results of small seeds were known, so it is judged on seeds that nobody
/// had looked at.
const FRESH: u64 = 1_000;

/// D and F.
pub const WIDTH: usize = 32;
const FEED_FORWARD: usize = 64;

/// B in training and in evaluation.
const BATCH: usize = 32;
const HELD_OUT: usize = 256;

/// Steps from one look at the held-out rows to the next.
const EVERY: u64 = 25;

/// A relation is learned when so large a part of its answers is right.
pub const LEARNED: f64 = 0.9;

/// One layer, and an answer for each relation. Tokens and positions begin as vectors of the same size, so that neither
/// relation is the louder one.
struct EncoderBackbone {
    embedding: Embedding,
    positions: LearnedPositions,
    encoder: Encoder,
    answers: [Linear; 2],
}

impl EncoderBackbone {
    fn new(init: &mut Init<'_>, heads: usize) -> Self {
        let block = BlockConfig { bias: true, feed_forward: FEED_FORWARD, ..BlockConfig::new(WIDTH, heads) };
        let table = Initializer::Normal { std: 1.0 };
        EncoderBackbone {
            embedding: Embedding::with(&mut init.child("embedding"), TASK.vocabulary_size(), WIDTH, table),
            positions: LearnedPositions::new(&mut init.child("positions"), TASK.colours, WIDTH, table),
            encoder: Encoder::new(&mut init.child("encoder"), &block, 1, true),
            answers: ["before", "partner"].map(|name| Linear::new(&mut init.child(name), WIDTH, TASK.symbols)),
        }
    }

    fn embed(&self, cx: &Context<'_>, rows: &RelationsBatch) -> Tensor {
        let words = self.embedding.forward(cx, rows.tokens.view().into_dyn()); // (B, T, D)
        &words + &self.positions.forward(cx, 0..TASK.colours)
    }

    /// The scores of the symbols for each relation, (B, T, symbols).
    fn scores(&self, cx: &Context<'_>, rows: &RelationsBatch) -> [Tensor; 2] {
        let read = self.encoder.forward(cx, &self.embed(cx, rows), None, Form::Fused); // (B, T, D)
        self.answers.each_ref().map(|answer| answer.forward(cx, &read))
    }

    fn judge(&self, parameters: &Parameters, rows: &RelationsBatch) -> Quality {
        let cx = Context::eval(parameters);
        let scores = self.scores(&cx, rows);
        let right = [0, 1].map(|r| accuracy(scores[r].value(), rows.symbols[r].view().into_dyn()).unwrap_or(f64::NAN));
        Quality { right, loss: f64::from(self.loss(&cx, rows).item()) }
    }
}

impl Trainable for EncoderBackbone {
    type Batch = RelationsBatch;

    /// The mean over both relations.
    fn loss(&self, cx: &Context<'_>, rows: &RelationsBatch) -> Tensor {
        let scores = self.scores(cx, rows);
        let [before, partner] = [0, 1].map(|r| cross_entropy(&scores[r], rows.symbols[r].view().into_dyn()));
        (&before + &partner).scale(0.5)
    }

    fn targets(&self, rows: &RelationsBatch) -> usize {
        rows.tokens.len()
    }
}

/// How good an encoder is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// For each relation the part of the symbols told right.
    pub right: [f64; 2],
    /// The mean over both relations, in nats.
    pub loss: f64,
}

impl Quality {
    /// The part of the answers told right about the relation that is known less well.
    pub fn worse(&self) -> f64 {
        range(self.right)[0]
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    pub trial: Trial<usize>,
    pub parameters: usize,
    /// Number of steps, and the quality on held-out rows then.
    pub curve: Vec<(u64, Quality)>,
    /// After how many steps both relations were first learned, if they were.
    pub learned: Option<u64>,
    /// The encoder at that moment, or at the end if it never came.
    pub then: Opened,
    /// The encoder at the end.
    pub end: Opened,
}

impl Trained {
    /// After how many steps both relations were learned, or all steps where they were too few.
    pub fn steps(&self) -> u64 {
        self.learned.unwrap_or(self.trial.steps)
    }
}

/// An encoder, looked at from inside, on held-out rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub quality: Quality,
    pub heads: Vec<Head>,
}

/// What one head is for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// For each relation the mean weight on the place to look at. Tokens whose partner is the token before them are left
    /// out, so that the two sum to at most one.
    pub weights: [f64; 2],
    /// The quality without what this head gathers.
    pub without: Quality,
}

impl Head {
    /// The relation that most of its weight goes to, if either has most.
    pub fn relation(&self) -> Option<usize> {
        self.weights.iter().position(|&weight| weight > 0.5)
    }
}

/// How soon an encoder with so many heads learns both relations, within so many steps.
pub struct Learning {
    pub steps: u64,
}

impl Study for Learning {
    /// N.
    type Case = usize;
    type Outcome = Trained;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &usize) -> u64 {
        self.steps
    }

    /// The sooner both are learned the better, or else the smaller the loss.
    fn search(&self, trial: &Trial<usize>, reporter: &Reporter) -> anyhow::Result<Score> {
        let Trained { learned, end, .. } = self.train(trial, reporter)?;
        Ok(Score(learned.map_or(f64::INFINITY, |steps| steps as f64), end.quality.loss))
    }

    fn train(&self, trial: &Trial<usize>, reporter: &Reporter) -> anyhow::Result<Trained> {
        let Trial { case: heads, learning_rate, steps, .. } = *trial;
        let seed = FRESH + trial.seed;
        let mut parameters = Parameters::new();
        let model = EncoderBackbone::new(&mut Init::new(&mut parameters, seed), heads);
        let count = parameters.count();
        let held_out = TASK.batch(HELD_OUT, seed, u64::MAX);
        let open = |parameters: &Parameters| {
            let head = |head| Head {
                weights: looks(&model, parameters, &held_out, head),
                without: model.judge(&without(parameters, heads, head), &held_out),
            };
            Opened { quality: model.judge(parameters, &held_out), heads: (0..heads).map(head).collect() }
        };
        let (mut curve, mut then) = (Vec::new(), None);
        let batches = |step: u64| TASK.batch(BATCH, seed, step);
        let recipe = Recipe::constant(seed, steps, learning_rate, EVERY);
        let parameters =
            recipe.train(&model, parameters, &batches, BATCH * TASK.colours, reporter, |step, parameters| {
                let quality = model.judge(parameters, &held_out);
                curve.push((step, quality));
                if then.is_none() && quality.worse() >= LEARNED {
                    then = Some((step, open(parameters)));
                }
            })?;
        let end = open(&parameters);
        let (learned, then) = then.map_or((None, end.clone()), |(step, opened)| (Some(step), opened));
        Ok(Trained { trial: *trial, parameters: count, curve, learned, then, end })
    }
}

/// The mean weight of a head on the place that each relation asks for.
fn looks(model: &EncoderBackbone, parameters: &Parameters, rows: &RelationsBatch, head: usize) -> [f64; 2] {
    let cx = Context::eval(parameters);
    let weights = model.encoder.forward_with_weights(&cx, &model.embed(&cx, rows), None, Form::Fused).1.swap_remove(0);
    let weights = weights.view::<Ix4>("weights"); // (B, N, T, T)
    let [before, partner] = &rows.places;
    let (mut sums, mut count) = ([0.0; 2], 0.0);
    for (at, first) in before.indexed_iter() {
        let (Some(first), Some(second)) = (*first, partner[at]) else { continue };
        if first == second {
            continue;
        }
        for (sum, place) in sums.iter_mut().zip([first, second]) {
            *sum += f64::from(weights[[at.0, head, at.1, place]]);
        }
        count += 1.0;
    }
    sums.map(|sum| sum / count)
}

/// The same parameters, but nothing that the head gathers gets through the projection behind the heads.
fn without(parameters: &Parameters, heads: usize, head: usize) -> Parameters {
    let mut ablated = parameters.clone();
    let id = ablated.find("encoder.layers.0.self_attn.out_proj.weight").expect("an encoder has a first layer");
    let mut weight = ablated.get(id).value().to_owned(); // (D, N·d_k)
    let width = WIDTH / heads;
    weight.slice_mut(s![.., head * width..(head + 1) * width]).fill(0.0);
    ablated.set(id, tensor::shared(weight));
    ablated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_02_without_its_only_head_no_token_knows_another() {
        let mut parameters = Parameters::new();
        let model = EncoderBackbone::new(&mut Init::new(&mut parameters, 1), 1);
        let parameters = without(&parameters, 1, 0);
        let rows = TASK.batch(2, 1, 0);
        let mut other = rows.clone();
        other.tokens[[0, 0]] = (other.tokens[[0, 0]] + 1) % TASK.symbols as data::Token;
        let cx = Context::eval(&parameters);
        let [scores, others] = [&rows, &other].map(|rows| model.scores(&cx, rows)[0].slice(1, 1..TASK.colours));
        assert_eq!(scores.value(), others.value());
    }

    #[test]
    fn step_04_an_answer_that_is_not_a_number_is_the_worse_one() {
        assert_eq!(Quality { right: [0.9, 0.7], loss: 1.0 }.worse(), 0.7);
        assert!([[0.9, f64::NAN], [f64::NAN, 0.9]].iter().all(|&right| Quality { right, loss: 1.0 }.worse().is_nan()));
    }
}
