//! What padding must not do; the tests of the gated layers share it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ndarray::{Array3, Axis, s};
use rnn::{Direction, Form, PassOptions, Recurrent, Stacked, StackedConfig};
use tensor::check::{assert_close, random_tensor};
use tensor::{Array, Context, Init, Parameters, Real, Tensor};

const LENGTHS: [usize; 5] = [4, 7, 1, 3, 7];
const INPUT: usize = 3;

/// Outputs, last states, and the gradients of x and of every parameter, for a loss that weights all of them.
struct Pass {
    ys: Array3<Real>,
    states: Vec<Array>,
    dx: Array3<Real>,
    gradients: Vec<Array>,
}

/// `row` is that of the whole batch for which a row alone stands, so that its loss has the same weights.
fn pass<R: Recurrent>(
    layers: &Stacked<R>,
    parameters: &Parameters,
    x: Array3<Real>,
    lengths: Option<&[usize]>,
    row: usize,
) -> Pass {
    let cx = Context::train(parameters, 1, 0);
    let (batch, steps, _) = x.dim();
    let x = cx.leaf(x);
    let (ys, states) = layers.forward_padded(&cx, &x, lengths, None);
    let part = |site: &str, shape: &[usize]| {
        let all = random_tensor(shape, 2, site);
        Tensor::constant(all.slice_axis(Axis(0), (row..row + batch).into()).to_owned())
    };
    let weights = part("ys", &[5, 7, ys.shape()[2]]).slice(1, 0..steps);
    let mut loss = (&ys * &weights).sum();
    let states: Vec<Tensor> = states.into_iter().flatten().collect();
    for (i, state) in states.iter().enumerate() {
        loss = &loss + &(state * &part(&format!("state.{i}"), &[5, state.shape()[1]])).sum();
    }
    let gradients = loss.backward();
    let array = |x: ndarray::ArrayViewD<'_, Real>| x.to_owned().into_dimensionality().unwrap();
    Pass {
        ys: array(ys.value().view()),
        dx: array(gradients.of(&x).unwrap()),
        states: states.iter().map(|state| state.value().clone()).collect(),
        gradients: parameters.iter().map(|(id, _)| gradients.get(id).unwrap().to_owned().into_shared()).collect(),
    }
}

/// Two layers in both directions. Other numbers behind the ends, and what is none, change no bit of any value or
/// gradient; beside each row read by itself, without padding, all agree to rounding (sums over a batch and over a row differ in order).
pub fn assert_padding_does_not_matter<R: Recurrent<Options: Default>>() {
    let rounding = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };
    for form in [Form::Literal, Form::Fused] {
        let mut parameters = Parameters::new();
        let config = StackedConfig { layers: 2, bidirectional: true, form, ..StackedConfig::new(INPUT, 4) };
        let layers = Stacked::<R>::new(&mut Init::new(&mut parameters, 1), "rnn", config);
        let x: Array3<Real> = random_tensor(&[5, 7, INPUT], 1, "x").into_dimensionality().unwrap();
        let padded = pass(&layers, &parameters, x.clone(), Some(&LENGTHS), 0);

        for (row, &length) in LENGTHS.iter().enumerate() {
            assert!(padded.ys.slice(s![row, length.., ..]).iter().all(|&y| y == 0.0), "{form:?}");
            assert!(padded.dx.slice(s![row, length.., ..]).iter().all(|&dx| dx == 0.0), "{form:?}");
            assert!(padded.dx.slice(s![row, ..length, ..]).iter().all(|&dx| dx != 0.0), "{form:?}");
        }
        for padding in [3.0, Real::NAN, Real::INFINITY, Real::NEG_INFINITY] {
            let mut elsewhere = x.clone();
            for (row, &length) in LENGTHS.iter().enumerate() {
                elsewhere.slice_mut(s![row, length.., ..]).fill(padding);
            }
            let same = pass(&layers, &parameters, elsewhere, Some(&LENGTHS), 0);
            assert!(padded.ys == same.ys && padded.states == same.states, "{form:?} {padding}");
            assert!(padded.dx == same.dx && padded.gradients == same.gradients, "{form:?} {padding}");
        }

        let mut sums: Vec<Array> = parameters.iter().map(|(_, p)| Array::zeros(p.value().raw_dim())).collect();
        for (row, &length) in LENGTHS.iter().enumerate() {
            let alone = pass(&layers, &parameters, x.slice(s![row..row + 1, ..length, ..]).to_owned(), None, row);
            let what = format!("{form:?}, row {row}");
            assert_close(&what, &padded.ys.slice(s![row..row + 1, ..length, ..]), &alone.ys, rounding);
            assert_close(&what, &padded.dx.slice(s![row..row + 1, ..length, ..]), &alone.dx, rounding);
            for (state, alone) in padded.states.iter().zip(&alone.states) {
                assert_close(&what, &state.slice_axis(Axis(0), (row..row + 1).into()), alone, rounding);
            }
            sums.iter_mut().zip(&alone.gradients).for_each(|(sum, gradient)| *sum += gradient);
        }
        for (gradient, sum) in padded.gradients.iter().zip(&sums) {
            assert_close(&format!("{form:?}"), gradient, sum, rounding);
        }
    }
}

/// Either form, in either direction, refuses a row that is empty or longer than the batch, and names the lengths.
pub fn assert_lengths_are_checked<R: Recurrent<Options: Default>>() {
    let mut parameters = Parameters::new();
    let layer = R::new(&mut Init::new(&mut parameters, 1), "l0", 1, 2, Default::default());
    let x = Tensor::constant(Array3::zeros((2, 3, 1)));
    for form in [Form::Literal, Form::Fused] {
        for direction in [Direction::Forward, Direction::Backward] {
            for lengths in [[0, 3], [4, 2]] {
                let run = PassOptions { form, direction, lengths: Some(&lengths), ..PassOptions::default() };
                let read = || layer.forward(&Context::eval(&parameters), &x, &layer.empty(2), run);
                let panic = catch_unwind(AssertUnwindSafe(read)).expect_err("refused");
                let said = panic.downcast_ref::<String>().unwrap();
                assert!(said.contains(&format!("lengths Some({lengths:?}) do not fit")), "{said}");
            }
        }
    }
}
