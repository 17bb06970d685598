//! The same bits on any number of threads.

use data::TextBatch;
use gpt::{Gpt, GptConfig};
use ndarray::Array2;
use nn::Trainable;
use tensor::{Context, Init, Parameters, Real};

/// The loss and all gradients of one step at a size where every kernel shares its work.
fn step(threads: usize) -> Vec<Real> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut parameters = Parameters::new();
        let mut config = GptConfig::new(65, 80, 2, 96, 3);
        config.block.bias = true.into();
        config.block.dropout = 0.1;
        let model = Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        let tokens = |offset| Array2::from_shape_fn((7, 80), |(b, t)| ((b * 31 + t * 17 + t * t + offset) % 65) as u32);
        let batch = TextBatch { inputs: tokens(0), targets: tokens(11) };
        let loss = model.loss(&Context::train(&parameters, 1, 0), &batch);
        let gradients = loss.backward();
        let all = parameters.iter().flat_map(|(id, _)| gradients.get(id).unwrap().iter().copied().collect::<Vec<_>>());
        std::iter::once(loss.item()).chain(all).collect()
    })
}

#[test]
fn a_training_step_gives_the_same_bits_on_one_two_three_and_four_threads() {
    let one = step(1);
    for threads in [2, 3, 4] {
        let differing = one.iter().zip(step(threads)).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
        assert_eq!(differing, 0, "of {} numbers on {threads} threads", one.len());
    }
}
