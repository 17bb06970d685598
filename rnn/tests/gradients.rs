//! Literal and fused agree, both agree with finite differences, and neither depends on the number of threads.

use std::collections::BTreeSet;
use std::path::Path;

use data::Token;
use ndarray::{Array2, ArrayD};
use ndarray_rand::rand::Rng;
use rnn::elman::{fused, literal};
use rnn::{Direction, Input, Nonlinearity, PassOptions, Weights};
use tensor::check::{assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Meter, Parameters, Real, Tensor, stream};

#[derive(Clone, Copy, Debug)]
struct Case {
    nonlinearity: Nonlinearity,
    direction: Direction,
    /// Whether x is a table of four rows that are looked up.
    looked_up: bool,
    /// Whether the rows have different lengths.
    padded: bool,
}

fn cases() -> impl Iterator<Item = Case> {
    [Nonlinearity::Tanh, Nonlinearity::Relu].into_iter().flat_map(|nonlinearity| {
        [Direction::Forward, Direction::Backward].into_iter().flat_map(move |direction| {
            [(false, false), (false, true), (true, false), (true, true)].map(|(looked_up, padded)| Case {
                nonlinearity,
                direction,
                looked_up,
                padded,
            })
        })
    })
}

/// x, the weights, h_0 and a probe, which comes last.
fn inputs(case: Case, [b, t, i, h]: [usize; 4], seed: u64) -> Vec<ArrayD<Real>> {
    let x: &[usize] = if case.looked_up { &[4, i] } else { &[b, t, i] };
    let shapes: [&[usize]; 7] = [x, &[h, i], &[h, h], &[h], &[h], &[b, h], &[b, t, h]];
    let named = ["x", "w_ih", "w_hh", "b_ih", "b_hh", "h0", "probe"].into_iter().zip(shapes);
    named.map(|(name, shape)| random_tensor(shape, seed, name) * 0.7).collect()
}

type Form = fn(Input<'_>, &Tensor, &Weights, Nonlinearity, PassOptions<'_>) -> (Tensor, Tensor);

fn run(form: Form, case: Case, probed: bool, given: &[Tensor]) -> Vec<Tensor> {
    let [x, w_ih, w_hh, b_ih, b_hh, h0, probe] = given else { panic!("seven inputs") };
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
    <[Tensor; 2]>::from(form(x, h0, &weights, case.nonlinearity, run)).into()
}

/// Sizes from 1 up; the batch now and then needs a second and a third block of rows.
fn sizes(seed: u64) -> [usize; 4] {
    let mut rng = stream(seed, 0, "sizes");
    let batch = if seed.is_multiple_of(4) { rng.random_range(15..35) } else { rng.random_range(1..5) };
    [batch, rng.random_range(1..7), rng.random_range(1..6), rng.random_range(1..6)]
}

#[test]
fn literal_and_fused_agree_in_every_value_and_gradient() {
    let double = size_of::<Real>() == 8;
    let ones = [[1, 1, 1, 1], [1, 4, 3, 2], [3, 1, 2, 4], [2, 4, 1, 3], [4, 3, 2, 1]];
    for (seed, sizes) in ones.into_iter().chain((0..12).map(sizes)).enumerate() {
        for (case, probed) in cases().flat_map(|case| [(case, false), (case, true)]) {
            let mut inputs = inputs(case, sizes, seed as u64);
            if !double {
                inputs[6].fill(0.0); // as in use; subtracting another probe from a saturated h costs digits
            }
            let [literal, fused]: [Form; 2] = [literal::forward, fused::forward];
            // In f32 the most depends on the processor's order of sums: 1.6e-5 on one, 6.6e-5 on another, where dw_hh is
            // one number and 126 terms that would add up to some 100 cancel to 0.03.
            let tolerance = if double { 1e-12 } else { 2e-4 };
            let form = |form| move |_: &Context<'_>, x: &[Tensor]| run(form, case, probed, x);
            assert_same_gradients(&inputs, tolerance, form(literal), form(fused));
        }
    }
}

#[test]
fn both_agree_with_finite_differences_and_no_operation_is_left_out() {
    let mut checked = BTreeSet::new();
    for (seed, sizes) in [[3, 4, 2, 5], [18, 3, 1, 2]].into_iter().enumerate() {
        // In f32 the step of the differences is so large that sums cross the rectifier's kink.
        let smooth = |case: &Case| size_of::<Real>() == 8 || case.nonlinearity == Nonlinearity::Tanh;
        for case in cases().filter(smooth) {
            for form in [literal::forward as Form, fused::forward] {
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
fn the_fused_operation_counts_the_work_and_the_span_of_the_literal_one() {
    for (case, probed) in cases().flat_map(|case| [(case, false), (case, true)]) {
        let given: Vec<Tensor> = inputs(case, [3, 5, 2, 4], 1).into_iter().map(Tensor::constant).collect();
        let measure = |form: Form| {
            let meter = Meter::start();
            let outputs = run(form, case, probed, &given);
            let work: u64 = meter.finish().values().map(|usage| usage.cost.work).sum();
            (work, outputs.iter().map(Tensor::span).max().unwrap())
        };
        let ((work, span), (literal_work, literal_span)) = (measure(fused::forward), measure(literal::forward));
        // Five steps, each a product, a sum and a tanh, the sum with the probe, and a sum that holds ended rows; before the
        // first, the looking up.
        let chain = 3 + u64::from(probed) + u64::from(case.padded);
        assert_eq!(span, 5 * chain + u64::from(case.looked_up));
        assert_eq!(span, literal_span);
        // A table's 4 rows are multiplied once, instead of 3·5 vectors.
        let saved = if case.looked_up { (3 * 5 - 4) * 2 * 2 * 4 } else { 0 };
        assert_eq!(work + saved, literal_work);
    }
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    for case in cases() {
        let inputs = inputs(case, [37, 9, 33, 165], 3);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let parameters = Parameters::new();
                let cx = Context::train(&parameters, 1, 0);
                let leaves: Vec<Tensor> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
                let outputs = run(fused::forward, case, true, &leaves);
                let loss = &(&outputs[0] * &outputs[0]).sum() + &outputs[1].sum();
                let gradients = loss.backward();
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
#[should_panic(expected = "elman: x [2, 3, 4], state [[2, 5]], w_ih [5, 3]")]
fn shapes_that_do_not_fit_are_named() {
    let case = cases().next().unwrap();
    let mut given: Vec<Tensor> = inputs(case, [2, 3, 3, 5], 1).into_iter().map(Tensor::constant).collect();
    given[0] = Tensor::constant(ndarray::Array3::zeros((2, 3, 4)));
    run(fused::forward, case, true, &given);
}

#[test]
#[should_panic(expected = "recurrent layer: row 3 of a table of shape [3, 2]")]
fn a_row_that_the_table_does_not_have_is_named() {
    let case = cases().find(|case| case.looked_up).unwrap();
    let mut given: Vec<Tensor> = inputs(case, [2, 4, 2, 5], 1).into_iter().map(Tensor::constant).collect();
    given[0] = Tensor::constant(Array2::zeros((3, 2)));
    run(fused::forward, case, true, &given);
}
