//! Literal and fused agree, both agree with finite differences, and neither depends on the number of threads.

use std::collections::BTreeSet;
use std::path::Path;

use data::Token;
use lstm::gru;
use lstm::lstm::{fused, literal};
use ndarray::{Array2, ArrayD};
use ndarray_rand::rand::Rng;
use rnn::{Direction, Form, Input, PassOptions, Weights};
use tensor::check::{assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Meter, Parameters, Real, Tensor, stream};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Lstm,
    Gru,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    cell: Cell,
    direction: Direction,
    /// Whether x is a table of four rows that are looked up.
    looked_up: bool,
    /// Whether the rows have different lengths.
    padded: bool,
}

fn cases() -> impl Iterator<Item = Case> {
    [Cell::Lstm, Cell::Gru].into_iter().flat_map(|cell| {
        [Direction::Forward, Direction::Backward].into_iter().flat_map(move |direction| {
            [(false, false), (false, true), (true, false), (true, true)].map(|(looked_up, padded)| Case {
                cell,
                direction,
                looked_up,
                padded,
            })
        })
    })
}

/// x, the weights, h_0, an LSTM's c_0, and a probe, which comes last.
fn inputs(case: Case, [b, t, i, h]: [usize; 4], seed: u64) -> Vec<ArrayD<Real>> {
    let (rows, states) = if case.cell == Cell::Lstm { (4 * h, 2) } else { (3 * h, 1) };
    let x = if case.looked_up { vec![4, i] } else { vec![b, t, i] };
    let mut shapes = vec![x, vec![rows, i], vec![rows, h], vec![rows], vec![rows]];
    shapes.extend(std::iter::repeat_n(vec![b, h], states));
    shapes.push(vec![b, t, h]);
    shapes.iter().enumerate().map(|(n, shape)| random_tensor(shape, seed, &n.to_string()) * 0.7).collect()
}

fn run(form: Form, case: Case, probed: bool, given: &[Tensor]) -> Vec<Tensor> {
    let [x, w_ih, w_hh, b_ih, b_hh, states @ .., probe] = given else { panic!("at least seven inputs") };
    let [w_ih, w_hh, b_ih, b_hh] = [w_ih, w_hh, b_ih, b_hh].map(Clone::clone);
    let weights = Weights { w_ih, w_hh, b_ih, b_hh };
    let (batch, steps) = (probe.shape()[0], probe.shape()[1]);
    let numbers = Array2::from_shape_fn((batch, steps), |(b, t)| ((5 * b + 3 * t + b * t) % 4) as Token);
    let x =
        if case.looked_up { Input::Rows { table: x, numbers: numbers.view(), ends: None } } else { Input::Vectors(x) };
    let lengths: Vec<usize> = (0..batch).map(|b| 1 + (3 * b + 1) % steps).collect();
    let lengths = case.padded.then_some(&lengths[..]);
    let run =
        PassOptions { direction: case.direction, probe: probed.then_some(probe), lengths, ..PassOptions::default() };
    match (states, form) {
        ([h0, c0], Form::Literal) => literal::forward(x, h0, c0, &weights, run).into(),
        ([h0, c0], Form::Fused) => fused::forward(x, h0, c0, &weights, run).into(),
        ([h0], form) => {
            let forward = if form == Form::Literal { gru::literal::forward } else { gru::fused::forward };
            <[Tensor; 2]>::from(forward(x, h0, &weights, run)).into()
        }
        _ => panic!("one state or two"),
    }
}

/// Sizes from 1 up; the batch now and then needs a second and a third block of rows.
fn sizes(seed: u64) -> [usize; 4] {
    let mut rng = stream(seed, 0, "sizes");
    let batch = if seed.is_multiple_of(4) { rng.random_range(15..35) } else { rng.random_range(1..5) };
    [batch, rng.random_range(1..7), rng.random_range(1..6), rng.random_range(1..6)]
}

#[test]
fn literal_and_fused_agree_in_every_value_and_gradient() {
    // Relative to the largest element; in f32 two orders of summation differ by 2.5e-6 at most.
    let tolerance = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };
    let ones = [[1, 1, 1, 1], [1, 4, 3, 2], [3, 1, 2, 4], [2, 4, 1, 3], [4, 3, 2, 1]];
    for (seed, sizes) in ones.into_iter().chain((0..12).map(sizes)).enumerate() {
        for (case, probed) in cases().flat_map(|case| [(case, false), (case, true)]) {
            let form = |form| move |_: &Context<'_>, x: &[Tensor]| run(form, case, probed, x);
            let inputs = inputs(case, sizes, seed as u64);
            assert_same_gradients(&inputs, tolerance, form(Form::Literal), form(Form::Fused));
        }
    }
}

#[test]
fn both_agree_with_finite_differences_and_no_operation_is_left_out() {
    let mut checked = BTreeSet::new();
    for (seed, sizes) in [[3, 4, 2, 5], [18, 3, 1, 2]].into_iter().enumerate() {
        for case in cases() {
            for form in [Form::Literal, Form::Fused] {
                let inputs = inputs(case, sizes, 7 + seed as u64);
                checked.extend(assert_gradients(&format!("{case:?}"), &inputs, |_, x| run(form, case, true, x)));
            }
        }
    }
    for operation in operations_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        assert!(checked.contains(operation.as_str()), "no gradient test ran {operation}");
    }
}

#[test]
fn the_fused_operations_count_the_work_and_the_span_of_the_literal_ones() {
    for (case, probed) in cases().flat_map(|case| [(case, false), (case, true)]) {
        let given: Vec<Tensor> = inputs(case, [3, 5, 2, 4], 1).into_iter().map(Tensor::constant).collect();
        let measure = |form| {
            let meter = Meter::start();
            let outputs = run(form, case, probed, &given);
            let work: u64 = meter.finish().values().map(|usage| usage.cost.work).sum();
            (work, outputs.iter().map(Tensor::span).max().unwrap())
        };
        let ((work, span), (literal_work, literal_span)) = (measure(Form::Fused), measure(Form::Literal));
        let (gates, chain) = if case.cell == Cell::Lstm { (4, 7) } else { (3, 8) };
        let chain = chain + u64::from(probed) + u64::from(case.padded); // a sum holds ended rows
        assert_eq!(span, 5 * chain + u64::from(case.looked_up), "{case:?}");
        assert_eq!(span, literal_span, "{case:?}");
        // A table's 4 rows are multiplied once, instead of 3·5 vectors.
        let saved = if case.looked_up { (3 * 5 - 4) * 2 * 2 * gates * 4 } else { 0 };
        assert_eq!(work + saved, literal_work, "{case:?}");
    }
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    for case in cases() {
        let inputs = inputs(case, [37, 9, 33, 65], 3);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let parameters = Parameters::new();
                let cx = Context::train(&parameters, 1, 0);
                let leaves: Vec<Tensor> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
                let outputs = run(Form::Fused, case, true, &leaves);
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
    let case = cases().next().unwrap();
    let mut given: Vec<Tensor> = inputs(case, [2, 3, 3, 5], 1).into_iter().map(Tensor::constant).collect();
    given[0] = Tensor::constant(ndarray::Array3::zeros((2, 3, 4)));
    run(Form::Fused, case, true, &given);
}
