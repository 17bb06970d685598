//! Literal and fused agree, both agree with finite differences, and neither depends on the number of threads.

use std::collections::BTreeSet;
use std::path::Path;

use ndarray::ArrayD;
use ndarray_rand::rand::Rng;
use rnn::elman::{fused, literal};
use rnn::{Direction, Nonlinearity, Weights};
use tensor::check::{assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Meter, Parameters, Real, Tensor, stream};

const CASES: [(Nonlinearity, Direction); 4] = [
    (Nonlinearity::Tanh, Direction::Forward),
    (Nonlinearity::Tanh, Direction::Backward),
    (Nonlinearity::Relu, Direction::Forward),
    (Nonlinearity::Relu, Direction::Backward),
];

/// x, the weights, h_0 and, if wanted, a probe.
fn inputs([b, t, i, h]: [usize; 4], probed: bool, seed: u64) -> Vec<ArrayD<Real>> {
    let shapes: [&[usize]; 7] = [&[b, t, i], &[h, i], &[h, h], &[h], &[h], &[b, h], &[b, t, h]];
    let named = ["x", "w_ih", "w_hh", "b_ih", "b_hh", "h0", "probe"].into_iter().zip(shapes);
    let mut inputs: Vec<_> = named.map(|(name, shape)| random_tensor(shape, seed, name) * 0.7).collect();
    inputs.truncate(if probed { 7 } else { 6 });
    inputs
}

type Form = fn(&Tensor, &Tensor, &Weights, Nonlinearity, Direction, Option<&Tensor>) -> (Tensor, Tensor);

fn run(form: Form, (f, direction): (Nonlinearity, Direction), given: &[Tensor]) -> Vec<Tensor> {
    let [x, w_ih, w_hh, b_ih, b_hh, h0, probe @ ..] = given else { panic!("six inputs and perhaps a probe") };
    let [w_ih, w_hh, b_ih, b_hh] = [w_ih, w_hh, b_ih, b_hh].map(Clone::clone);
    let (ys, h_n) = form(x, h0, &Weights { w_ih, w_hh, b_ih, b_hh }, f, direction, probe.first());
    vec![ys, h_n]
}

/// Sizes from 1 up; the batch now and then needs a second and a third block of rows.
fn sizes(seed: u64) -> [usize; 4] {
    let mut rng = stream(seed, 0, "sizes");
    let batch = if seed % 4 == 0 { rng.random_range(15..35) } else { rng.random_range(1..5) };
    [batch, rng.random_range(1..7), rng.random_range(1..6), rng.random_range(1..6)]
}

#[test]
fn literal_and_fused_agree_in_every_value_and_gradient() {
    let tolerance = if size_of::<Real>() == 8 { 1e-12 } else { 2e-5 };
    let ones = [[1, 1, 1, 1], [1, 4, 3, 2], [3, 1, 2, 4], [2, 4, 1, 3], [4, 3, 2, 1]];
    for (seed, sizes) in ones.into_iter().chain((0..12).map(sizes)).enumerate() {
        for case in CASES {
            for probed in [false, true] {
                let mut inputs = inputs(sizes, probed, seed as u64);
                if size_of::<Real>() == 4 && probed {
                    inputs[6].fill(0.0); // as in use; subtracting another one from a saturated h costs digits
                }
                assert_same_gradients(
                    &inputs,
                    tolerance,
                    |_, x| run(literal::forward, case, x),
                    |_, x| run(fused::forward, case, x),
                );
            }
        }
    }
}

#[test]
fn both_agree_with_finite_differences_and_no_operation_is_left_out() {
    let mut checked = BTreeSet::new();
    for (seed, sizes) in [[3, 4, 2, 5], [18, 3, 1, 2]].into_iter().enumerate() {
        // The rectifier's kink spoils finite differences in f32 unless the sums stay away from zero.
        for case in CASES.into_iter().take(if size_of::<Real>() == 8 { 4 } else { 2 }) {
            for form in [literal::forward as Form, fused::forward] {
                checked.extend(assert_gradients("elman", &inputs(sizes, true, 7 + seed as u64), |_, x| {
                    run(form, case, x)
                }));
            }
        }
    }
    for operation in operations_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        assert!(checked.contains(operation.as_str()), "no gradient test ran {operation}");
    }
}

#[test]
fn the_fused_operation_counts_the_work_and_the_span_of_the_literal_one() {
    for probed in [false, true] {
        let given: Vec<Tensor> = inputs([3, 5, 2, 4], probed, 1).into_iter().map(Tensor::constant).collect();
        let measure = |form: Form| {
            let meter = Meter::start();
            let outputs = run(form, CASES[0], &given);
            let work: u64 = meter.finish().values().map(|usage| usage.cost.work).sum();
            (work, outputs.iter().map(Tensor::span).max().unwrap())
        };
        assert_eq!(measure(fused::forward), measure(literal::forward));
        // Five steps, each a product, a sum and a tanh, and the sum with the probe.
        assert_eq!(measure(fused::forward).1, if probed { 5 * 4 } else { 5 * 3 });
    }
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    let inputs = inputs([37, 9, 33, 65], true, 3);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let parameters = Parameters::new();
            let cx = Context::train(&parameters, 1, 0);
            let leaves: Vec<Tensor> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
            let outputs = run(fused::forward, CASES[0], &leaves);
            let loss = &(&outputs[0] * &outputs[0]).sum() + &outputs[1].sum();
            let gradients = loss.backward();
            let mut all: Vec<_> = outputs.iter().map(|y| y.value().to_owned()).collect();
            all.extend(leaves.iter().map(|leaf| gradients.of(leaf).unwrap().to_owned()));
            all
        })
    };
    let one = with(1);
    for threads in [2, 4] {
        assert!(with(threads) == one, "{threads} threads give other bits than one");
    }
}

#[test]
#[should_panic(expected = "elman: x [2, 3, 4], state [[2, 5]], w_ih [5, 3]")]
fn shapes_that_do_not_fit_are_named() {
    let mut given: Vec<Tensor> = inputs([2, 3, 3, 5], false, 1).into_iter().map(Tensor::constant).collect();
    given[0] = Tensor::constant(ndarray::Array3::zeros((2, 3, 4)));
    run(fused::forward, CASES[0], &given);
}
