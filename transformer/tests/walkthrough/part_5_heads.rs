//! One head against two.

use data::{IGNORE, Token, random::stream};
use ndarray::{Array2, ArrayView2, Ix4};
use ndarray_rand::rand::Rng;
use nn::{
    AdamW, Embedding, Hooks, Linear, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy, metrics::accuracy,
};
use tensor::check::lecture::{expect, say, title};
use tensor::{Context, Init, Initializer, Parameters, Tensor};
use transformer::{BlockConfig, Encoder, Form, LearnedPositions};

/// T, and V.
const LENGTH: usize = 6;
const LETTERS: usize = 8;
/// D.
const WIDTH: usize = 16;

/// Rows of letters, (B, T), and for each letter the one before and the one behind, or [`IGNORE`].
struct Rows {
    letters: Array2<Token>,
    asked: [Array2<Token>; 2],
}

impl Rows {
    fn new(rows: usize, seed: u64, step: u64) -> Self {
        let mut rng = stream(seed, step, "letters");
        let letters = Array2::from_shape_fn((rows, LENGTH), |_| rng.random_range(0..LETTERS as Token));
        let at = |move_by: isize| {
            Array2::from_shape_fn((rows, LENGTH), |(b, t)| {
                t.checked_add_signed(move_by).filter(|&t| t < LENGTH).map_or(IGNORE, |t| letters[[b, t]])
            })
        };
        Rows { asked: [at(-1), at(1)], letters }
    }
}

/// An encoder of one layer, and an answer to each question.
struct Neighbours {
    embedding: Embedding,
    positions: LearnedPositions,
    encoder: Encoder,
    answers: [Linear; 2],
}

impl Neighbours {
    fn new(init: &mut Init<'_>, heads: usize) -> Self {
        let table = Initializer::Normal { std: 1.0 };
        Neighbours {
            embedding: Embedding::with(&mut init.child("embedding"), LETTERS, WIDTH, table),
            positions: LearnedPositions::new(&mut init.child("positions"), LENGTH, WIDTH, table),
            encoder: Encoder::new(&mut init.child("encoder"), &BlockConfig::new(WIDTH, heads), 1, true),
            answers: ["before", "behind"].map(|name| Linear::new(&mut init.child(name), WIDTH, LETTERS)),
        }
    }

    fn embed(&self, cx: &Context<'_>, letters: ArrayView2<'_, Token>) -> Tensor {
        &self.embedding.forward(cx, letters.into_dyn()) + &self.positions.forward(cx, 0..LENGTH)
    }

    fn scores(&self, cx: &Context<'_>, rows: &Rows) -> [Tensor; 2] {
        let read = self.encoder.forward(cx, &self.embed(cx, rows.letters.view()), None, Form::Fused);
        self.answers.each_ref().map(|answer| answer.forward(cx, &read)) // (B, T, V)
    }
}

impl Trainable for Neighbours {
    type Batch = Rows;

    fn loss(&self, cx: &Context<'_>, rows: &Rows) -> Tensor {
        let scores = self.scores(cx, rows);
        let [before, behind] = [0, 1].map(|r| cross_entropy(&scores[r], rows.asked[r].view().into_dyn()));
        &before + &behind
    }

    fn targets(&self, rows: &Rows) -> usize {
        rows.letters.len()
    }
}

/// The mean weight of a head on the letter before and on the letter behind.
fn looks(weights: &Tensor, head: usize) -> [f64; 2] {
    let weights = weights.view::<Ix4>("weights"); // (B, N, T, T)
    let inner = 1..LENGTH - 1;
    let mean = |place: &dyn Fn(usize) -> usize| {
        let of_row = |b: usize| inner.clone().map(|t| f64::from(weights[[b, head, t, place(t)]])).sum::<f64>();
        (0..weights.dim().0).map(of_row).sum::<f64>() / (weights.dim().0 * inner.len()) as f64
    };
    [mean(&|t| t - 1), mean(&|t| t + 1)]
}

/// The parts of the answers about the letter before and behind that are right.
fn right(model: &Neighbours, parameters: &Parameters, rows: &Rows) -> [f64; 2] {
    let scores = model.scores(&Context::eval(parameters), rows);
    [0, 1].map(|r| accuracy(scores[r].value(), rows.asked[r].view().into_dyn()).expect("something is asked"))
}

#[test]
fn step_16_two_heads_look_at_two_places() {
    title("Step 16. Two heads look at two places");
    say("Rows of six random letters. Of each letter two things are asked: which letter stands before it, and which
behind? A head's weights sum to one, so one head cannot look at both places fully. One head of width 16 and two of
width 8, which have as many parameters, learn for 150 steps. Then, in 200 new rows: how much of its weight does each
head give to the two places on average, and which part of the answers is right?");
    expect(
        "What will the two heads look at?",
        &[
            "both at both places: they are trained alike",
            "one at the letter before, the other at the letter behind",
            "one at both places, the other is not needed",
        ],
    );
    let unseen = Rows::new(200, 99, 0);
    println!("    {:<24} {:>18} {:>18}", "", "letter before", "letter behind");
    let row = |name: &str, [before, behind]: [f64; 2]| println!("    {name:<24} {before:>18.3} {behind:>18.3}");
    let [one, two] = [1, 2].map(|heads| {
        let mut parameters = Parameters::new();
        let model = Neighbours::new(&mut Init::new(&mut parameters, 2), heads);
        let training = TrainingConfig::new(150, AdamW::default(), Schedule::constant(1e-2));
        let mut trainer = Trainer::new(&model, parameters, training);
        trainer.run(&|step| Rows::new(32, 2, step), Hooks::default()).unwrap();
        let (cx, x) = (Context::eval(trainer.parameters()), unseen.letters.view());
        let weights = model.encoder.forward_with_weights(&cx, &model.embed(&cx, x), None, Form::Fused).1.remove(0);
        println!("    {}", if heads == 1 { "one head" } else { "two heads" });
        let looked: Vec<_> = (0..heads).map(|head| looks(&weights, head)).collect();
        for (head, &looked) in (1..).zip(&looked) {
            row(&format!("  weight of head {head}"), looked);
        }
        let answers = right(&model, trainer.parameters(), &unseen);
        row("  right", answers);
        let without = |head| model.encoder.blocks()[0].without_head(trainer.parameters(), head);
        let lost = (heads == 2).then(|| [0, 1].map(|head| right(&model, &without(head), &unseen)));
        for (head, lost) in (1..).zip(lost.iter().flatten()) {
            row(&format!("  right without head {head}"), *lost);
        }
        (trainer.parameters().count(), looked, answers, lost)
    });
    println!();
    say("Answer: b. One head alone divides its look, and gets a mixture of two letters, which the rest of the network
has to take apart again. Each of the two heads took a question of its own; nobody assigned them. Without one of them
its answers are lost, and the other's are not. That is claim C11. On relations that depend on what stands there, and
with more heads:

    cargo run --release -- compare --only C11");
    assert_eq!(one.0, two.0);
    assert!(one.1[0][0] + one.1[0][1] < 1.0 + 1e-5 && one.1[0].iter().all(|&weight| weight > 0.2), "{:?}", one.1);
    assert!(one.2.iter().all(|&right| right < 0.9) && two.2.iter().all(|&right| right > 0.95), "{one:?} {two:?}");
    let own = if two.1[0][0] > two.1[1][0] { [0, 1] } else { [1, 0] };
    for (head, lost) in two.3.expect("there are two heads").into_iter().enumerate() {
        let [mine, other] = [own[head], 1 - own[head]];
        assert!(two.1[head][mine] > 0.8, "{two:?}");
        assert!(lost[mine] < 0.5 && lost[other] > 0.8, "{lost:?}");
    }
}
