//! The trainings of C11: encoders of one layer that learn two relations.

use data::tasks::{Relations, RelationsBatch};
use ndarray::Ix4;
use nn::{Embedding, Linear, Trainable, cross_entropy, metrics::accuracy};
use report::statistics::range;
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, Parameters, Tensor};
use transformer::{BlockConfig, Encoder, Form, LearnedPositions};

use super::heads::{Head, Opened};
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
        let block = BlockConfig { bias: true.into(), feed_forward: FEED_FORWARD, ..BlockConfig::new(WIDTH, heads) };
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

    /// For each relation the part of the symbols told right.
    fn right(&self, parameters: &Parameters, rows: &RelationsBatch) -> [f64; 2] {
        let scores = self.scores(&Context::eval(parameters), rows);
        [0, 1].map(|r| accuracy(scores[r].value(), rows.symbols[r].view().into_dyn()).unwrap_or(f64::NAN))
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trained {
    pub parameters: usize,
    /// Number of steps, and the part of the held-out answers told right then about the relation that is known less well.
    pub curve: Vec<(u64, f64)>,
    /// Whether both relations were learned.
    pub learned: bool,
    /// After how many steps they first were, or all where these were too few.
    pub steps: u64,
    /// The encoder at that moment, or at the end if it never came.
    pub then: Opened,
    /// The encoder at the end.
    pub end: Opened,
    /// At the end: the mean over both relations, in nats.
    pub loss: f64,
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
        let Trained { learned, steps, loss, .. } = self.train(trial, reporter)?;
        Ok(Score(if learned { steps as f64 } else { f64::INFINITY }, loss))
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
                without: model.right(&model.encoder.blocks()[0].without_head(parameters, head), &held_out),
            };
            Opened { right: model.right(parameters, &held_out), heads: (0..heads).map(head).collect() }
        };
        let (mut curve, mut then) = (Vec::new(), None);
        let batches = |step: u64| TASK.batch(BATCH, seed, step);
        let recipe = Recipe::constant(seed, steps, learning_rate, EVERY);
        let parameters =
            recipe.train(&model, parameters, &batches, BATCH * TASK.colours, reporter, |step, parameters| {
                let [worse, _] = range(model.right(parameters, &held_out));
                curve.push((step, worse));
                if then.is_none() && worse >= LEARNED {
                    then = Some((step, open(parameters)));
                }
            })?;
        let (end, loss) = (open(&parameters), model.loss(&Context::eval(&parameters), &held_out).item());
        let learned = then.is_some();
        let (steps, then) = then.unwrap_or_else(|| (steps, end.clone()));
        Ok(Trained { parameters: count, curve, learned, steps, then, end, loss: f64::from(loss) })
    }
}

/// The mean weight of a head on the place that each relation asks for.
fn looks(model: &EncoderBackbone, parameters: &Parameters, rows: &RelationsBatch, head: usize) -> [f64; 2] {
    let cx = Context::eval(parameters);
    let weights = model.encoder.forward_with_weights(&cx, &model.embed(&cx, rows), None, Form::Fused).1.swap_remove(0);
    let weights = weights.view::<Ix4>("weights"); // (B, N, T, T)
    let [before, partner] = &rows.places;
    let (mut sums, mut count) = ([0.0; 2], 0.0);
    for ((row, token), place) in before.indexed_iter() {
        let places = [*place, partner[[row, token]]];
        if let [Some(first), Some(second)] = places
            && first != second
        {
            sums[0] += f64::from(weights[[row, head, token, first]]);
            sums[1] += f64::from(weights[[row, head, token, second]]);
            count += 1.0;
        }
    }
    sums.map(|sum| sum / count)
}
