//! What one step does with its batches.

use ndarray::{Array1, arr1};
use nn::{
    AdamW, Batches, Dropout, Embedding, Hooks, Linear, Row, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy,
};
use tensor::{Context, Init, ParameterId, Parameters, Real, Tensor};

use crate::models::{Follow, descent, value};

#[test]
fn accumulated_batches_weigh_like_one_large_batch() {
    let run = |accumulation, target: &dyn Fn(u64) -> Real| {
        let (model, parameters) = Follow::new(0.0);
        let mut trainer = Trainer::new(&model, parameters, TrainingConfig { accumulation, ..descent(1, 0.5) });
        let report = trainer.step(&|index: u64| target(index)).unwrap();
        (value(&trainer), report.loss, report.gradient_norm)
    };
    // d/dx of the mean of (x - 1)², .., (x - 4)² at 0 is -5; their mean is 7.5.
    assert_eq!(run(4, &|index| index as Real + 1.0), (2.5, 7.5, 5.0));
    assert_eq!(run(1, &|_| 2.5), (2.5, 6.25, 5.0));
}

/// One number that follows the mean of all targets of its batches.
struct Mean(ParameterId);

impl Trainable for Mean {
    type Batch = Vec<Real>;

    fn loss(&self, cx: &Context<'_>, targets: &Vec<Real>) -> Tensor {
        let errors = &cx.get(self.0) - &Tensor::constant(Array1::from(targets.clone()));
        (&errors * &errors).sum().scale(1.0 / targets.len().max(1) as Real)
    }

    fn targets(&self, targets: &Vec<Real>) -> usize {
        targets.len()
    }
}

#[test]
fn a_batch_weighs_as_much_as_its_targets_in_the_update_and_in_the_losses_shown() {
    let run = |accumulation, batches: &[&[Real]]| {
        let (Follow(id), parameters) = Follow::new(0.0);
        let steps = batches.len() as u64 / accumulation;
        let config = TrainingConfig { accumulation, evaluate_every: steps, ..descent(steps, 0.0) };
        let model = Mean(id);
        let mut trainer = Trainer::new(&model, parameters, config);
        trainer.run(&|index: u64| batches[index as usize].to_vec(), Hooks::default()).unwrap();
        let Row { training_loss, gradient_norm, .. } = trainer.progress().history[0];
        (training_loss, gradient_norm)
    };
    // Squares of 1, 2, 3, 4, 10: their mean is 26, and -8 the gradient of it at 0.
    let whole = (26.0, 8.0);
    assert_eq!(run(1, &[&[1.0, 2.0, 3.0, 4.0, 10.0]]), whole);
    assert_eq!(run(2, &[&[1.0, 2.0, 3.0, 4.0], &[10.0]]), whole);
    assert_eq!(run(3, &[&[], &[1.0], &[2.0, 3.0, 4.0, 10.0]]), whole);
    assert_eq!(run(2, &[&[], &[]]), (0.0, 0.0));
    // A row of the history is over two steps here.
    assert_eq!(run(1, &[&[1.0, 2.0, 3.0, 4.0], &[10.0]]).0, 26.0);
}

/// How much of a number dropout leaves.
struct Share(ParameterId, Dropout);

impl Trainable for Share {
    type Batch = ();

    fn loss(&self, cx: &Context<'_>, _: &()) -> Tensor {
        let different = Array1::from_shape_fn(512, |i| (i as Real).sqrt());
        let copies = &cx.get(self.0) * &Tensor::constant(different);
        self.1.forward(cx, &copies).sum()
    }

    fn targets(&self, _: &()) -> usize {
        1
    }
}

#[test]
fn every_batch_draws_dropout_masks_of_its_own_also_an_accumulated_one() {
    let losses = |accumulation, steps| {
        let (Follow(id), parameters) = Follow::new(1.0);
        let model = Share(id, Dropout::new(0.5, "share"));
        let mut trainer = Trainer::new(&model, parameters, TrainingConfig { accumulation, ..descent(steps, 0.0) });
        (0..steps).map(|_| trainer.step(&|_: u64| ()).unwrap().loss).collect::<Vec<_>>()
    };
    let single = losses(1, 4);
    assert!((1..4).all(|i| single[i] != single[i - 1]), "{single:?}");
    assert_eq!(losses(2, 2), [(single[0] + single[1]) / 2.0, (single[2] + single[3]) / 2.0]);
}

#[test]
fn clipping_shortens_the_step_and_reports_the_norm_before() {
    let (model, parameters) = Follow::new(0.0);
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { clip: Some(2.0), ..descent(2, 0.25) });
    let report = trainer.step(&|_: u64| 8.0).unwrap();
    assert_eq!(report.gradient_norm, 16.0);
    assert!((value(&trainer) - 0.5).abs() < 1e-6); // 0.25 · 2
    let report = trainer.step(&|_: u64| 1.0).unwrap();
    assert!((report.gradient_norm - 1.0).abs() < 1e-6);
    assert!((value(&trainer) - 0.75).abs() < 1e-6); // 0.25 · 1, unclipped
}

/// Hands the index of its batch on and reports what it was handed.
struct Relay(ParameterId);

impl Trainable for Relay {
    type Batch = u64;

    fn loss(&self, cx: &Context<'_>, index: &u64) -> Tensor {
        let handed = cx.carried("index").map_or(-1.0, |x| x.item());
        cx.carry("index", &Tensor::constant(arr1(&[*index as Real])));
        &cx.get(self.0).sum().scale(0.0) + &Tensor::constant(Array1::from_elem(1, handed)).sum()
    }

    fn targets(&self, _: &u64) -> usize {
        1
    }
}

#[test]
fn what_a_batch_carries_on_reaches_the_next_unless_that_starts_anew() {
    struct Streams;
    impl Batches for Streams {
        type Batch = u64;
        fn at(&self, index: u64) -> u64 {
            index
        }
        fn starts_anew(&self, index: u64) -> bool {
            index.is_multiple_of(3)
        }
    }
    let (Follow(id), parameters) = Follow::new(0.0);
    let model = Relay(id);
    let mut trainer = Trainer::new(&model, parameters.clone(), descent(9, 0.0));
    let losses: Vec<_> = (0..7).map(|_| trainer.step(&Streams).unwrap().loss).collect();
    assert_eq!(losses, [-1.0, 0.0, 1.0, -1.0, 3.0, 4.0, -1.0]);
    let mut trainer = Trainer::new(&model, parameters, descent(9, 0.0));
    let losses: Vec<_> = (0..3).map(|_| trainer.step(&|index: u64| index).unwrap().loss).collect();
    assert_eq!(losses, [-1.0; 3]);
}

#[test]
fn the_history_is_a_table() {
    let (model, parameters) = Follow::new(1.0);
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { evaluate_every: 2, ..descent(3, 0.25) });
    trainer.run(&|_: u64| 3.0, Hooks::default()).unwrap();
    // Losses 4, 1, 1/4; gradients -4, -2, -1.
    assert_eq!(
        trainer.progress().metrics_csv(),
        "step,training_loss,held_out_loss,learning_rate,gradient_norm\n2,2.5,,0.25,2\n3,0.25,,0.25,1\n"
    );
}

#[test]
fn one_seed_gives_the_same_bits_on_any_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut parameters = Parameters::new();
            let mut init = Init::new(&mut parameters, 1);
            let embedding = Embedding::new(&mut init.child("embedding"), 500, 400);
            let output = Linear::new(&mut init.child("output"), 400, 500);
            let dropout = Dropout::new(0.1, "embedding");
            let model = Wide { embedding, dropout, output };
            let config = TrainingConfig {
                clip: Some(0.1),
                ..TrainingConfig::new(3, AdamW::default(), Schedule::constant(1e-3))
            };
            let mut trainer = Trainer::new(&model, parameters, config);
            let batch = |index: u64| Array1::from_shape_fn(64, |i| (i as u32 * 7 + index as u32) % 500);
            trainer.run(&batch, Hooks::default()).unwrap();
            let bits = |x: &Real| x.to_bits();
            trainer
                .parameters()
                .iter()
                .flat_map(|(_, p)| p.value().iter().map(bits).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(4));
}

/// Large enough for several threads.
struct Wide {
    embedding: Embedding,
    dropout: Dropout,
    output: Linear,
}

impl Trainable for Wide {
    type Batch = Array1<u32>;

    fn loss(&self, cx: &Context<'_>, tokens: &Array1<u32>) -> Tensor {
        let x = self.dropout.forward(cx, &self.embedding.forward(cx, tokens.view().into_dyn()));
        cross_entropy(&self.output.forward(cx, &x), tokens.view().into_dyn())
    }

    fn targets(&self, tokens: &Array1<u32>) -> usize {
        tokens.len()
    }
}
