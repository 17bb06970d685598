//! Literal and fused agree, both agree with finite differences, and neither depends on the number of threads.

use std::collections::BTreeSet;
use std::path::Path;

use lstm::{gru, lstm as lstm_};
use ndarray::ArrayD;
use ndarray_rand::rand::Rng;
use rnn::{Direction, Engine, Weights};
use tensor::check::{assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Meter, Parameters, Real, Tensor, stream};

/// The two cells by what distinguishes them: the number of gates and of state vectors.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Lstm,
    Gru,
}

const CASES: [(Cell, Direction); 4] = [
    (Cell::Lstm, Direction::Forward),
    (Cell::Lstm, Direction::Backward),
    (Cell::Gru, Direction::Forward),
    (Cell::Gru, Direction::Backward),
];

/// x, the weights, the states and, if wanted, a probe.
fn inputs(cell: Cell, [b, t, i, h]: [usize; 4], probed: bool, seed: u64) -> Vec<ArrayD<Real>> {
    let (gates, states) = if cell == Cell::Lstm { (4 * h, 2) } else { (3 * h, 1) };
    let mut shapes = vec![vec![b, t, i], vec![gates, i], vec![gates, h], vec![gates], vec![gates]];
    shapes.extend(std::iter::repeat_n(vec![b, h], states));
    shapes.extend(probed.then(|| vec![b, t, h]));
    shapes.iter().enumerate().map(|(n, shape)| random_tensor(shape, seed, &n.to_string()) * 0.7).collect()
}

fn run(engine: Engine, (cell, direction): (Cell, Direction), given: &[Tensor]) -> Vec<Tensor> {
    let [x, w_ih, w_hh, b_ih, b_hh, h0, rest @ ..] = given else { panic!("at least six inputs") };
    let [w_ih, w_hh, b_ih, b_hh] = [w_ih, w_hh, b_ih, b_hh].map(Clone::clone);
    let weights = Weights { w_ih, w_hh, b_ih, b_hh };
    if cell == Cell::Lstm {
        let forward = if engine == Engine::Literal { lstm_::literal::forward } else { lstm_::fused::forward };
        forward(x, h0, &rest[0], &weights, direction, rest.get(1)).into()
    } else {
        let forward = if engine == Engine::Literal { gru::literal::forward } else { gru::fused::forward };
        let (ys, h_n) = forward(x, h0, &weights, direction, rest.first());
        vec![ys, h_n]
    }
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
                let inputs = inputs(case.0, sizes, probed, seed as u64);
                let [literal, fused] = [Engine::Literal, Engine::Fused];
                assert_same_gradients(&inputs, tolerance, |_, x| run(literal, case, x), |_, x| run(fused, case, x));
            }
        }
    }
}

#[test]
fn both_agree_with_finite_differences_and_no_operation_is_left_out() {
    let mut checked = BTreeSet::new();
    for (seed, sizes) in [[3, 4, 2, 5], [18, 3, 1, 2]].into_iter().enumerate() {
        for case in CASES {
            for engine in [Engine::Literal, Engine::Fused] {
                let inputs = inputs(case.0, sizes, true, 7 + seed as u64);
                checked.extend(assert_gradients(&format!("{case:?}"), &inputs, |_, x| run(engine, case, x)));
            }
        }
    }
    for operation in operations_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        assert!(checked.contains(operation.as_str()), "no gradient test ran {operation}");
    }
}

#[test]
fn the_fused_operations_count_the_work_and_the_span_of_the_literal_ones() {
    for (cell, steps) in [(Cell::Lstm, 7), (Cell::Gru, 8)] {
        for probed in [false, true] {
            let inputs = inputs(cell, [3, 5, 2, 4], probed, 1);
            let given: Vec<Tensor> = inputs.into_iter().map(Tensor::constant).collect();
            let measure = |engine| {
                let meter = Meter::start();
                let outputs = run(engine, (cell, Direction::Forward), &given);
                let work: u64 = meter.finish().values().map(|usage| usage.cost.work).sum();
                (work, outputs.iter().map(Tensor::span).max().unwrap())
            };
            assert_eq!(measure(Engine::Fused), measure(Engine::Literal));
            assert_eq!(measure(Engine::Fused).1, 5 * (steps + u64::from(probed)), "{cell:?}");
        }
    }
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    for case in CASES {
        let inputs = inputs(case.0, [37, 9, 33, 65], true, 3);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let parameters = Parameters::new();
                let cx = Context::train(&parameters, 1, 0);
                let leaves: Vec<Tensor> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
                let outputs = run(Engine::Fused, case, &leaves);
                let squares = outputs.iter().map(|y| (y * y).sum());
                let gradients = squares.reduce(|a, b| &a + &b).unwrap().backward();
                let mut all: Vec<_> = outputs.iter().map(|y| y.value().to_owned()).collect();
                all.extend(leaves.iter().map(|leaf| gradients.of(leaf).unwrap().to_owned()));
                all
            })
        };
        let one = with(1);
        for threads in [2, 4] {
            assert!(with(threads) == one, "{case:?}: {threads} threads give other bits than one");
        }
    }
}

#[test]
#[should_panic(expected = "lstm: x [2, 3, 4], state [[2, 5], [2, 5]], w_ih [20, 3]")]
fn shapes_that_do_not_fit_are_named() {
    let mut given: Vec<Tensor> = inputs(Cell::Lstm, [2, 3, 3, 5], false, 1).into_iter().map(Tensor::constant).collect();
    given[0] = Tensor::constant(ndarray::Array3::zeros((2, 3, 4)));
    run(Engine::Fused, CASES[0], &given);
}
