//! What stands behind the end of a sentence has no part in anything, whatever it holds: results and gradients are those
//! with zeros there, bit for bit, and its own gradient is 0.

use attention::{Attention, DecoderConfig, Form, Memory, Score, Scoring};
use ndarray::{ArrayD, Axis, Slice};
use tensor::check::random_tensor;
use tensor::{Context, Init, Parameters, Real, Tensor};

const ENGINES: [Form; 2] = [Form::Literal, Form::Fused];
const NOT_FINITE: [Real; 3] = [Real::NAN, Real::INFINITY, Real::NEG_INFINITY];
const SCORES: [Score; 4] = [Score::Additive, Score::Dot, Score::General, Score::Scaled];

/// B, T, S, and the width of everything else.
const BATCH: usize = 3;
const STEPS: usize = 4;
const POSITIONS: usize = 7;
const WIDTH: usize = 5;
const LENGTHS: [usize; BATCH] = [7, 2, 5];

/// `x` with one value behind the ends of the sentences on `axis`.
fn filled(x: &ArrayD<Real>, axis: usize, value: Real) -> ArrayD<Real> {
    let mut x = x.clone();
    for (mut row, &length) in x.outer_iter_mut().zip(&LENGTHS) {
        row.slice_axis_mut(Axis(axis - 1), Slice::from(length..)).fill(value);
    }
    x
}

fn draw(length: usize, name: &str) -> ArrayD<Real> {
    random_tensor(&[BATCH, length, WIDTH], 1, name)
}

/// The results, and the gradients of all inputs and parameters; the gradient of the alignment is `value` in the padding.
fn results(
    parameters: &Parameters,
    inputs: &[ArrayD<Real>],
    value: Real,
    f: impl Fn(&Context<'_>, &[Tensor]) -> [Tensor; 2],
) -> Vec<ArrayD<Real>> {
    let mut all = vec![];
    // One result at a time: a gradient enters at one place.
    for which in [0, 1] {
        let cx = Context::train(parameters, 1, 0);
        let inputs: Vec<_> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
        let y = f(&cx, &inputs)[which].clone();
        let dy = random_tensor(y.shape(), 1, "dy");
        let gradients = y.backward_with(if which == 1 { filled(&dy, 2, value) } else { dy });
        all.push(y.value().to_owned());
        all.extend(inputs.iter().filter_map(|x| gradients.of(x)).map(|x| x.to_owned()));
        all.extend(parameters.iter().filter_map(|(id, _)| gradients.get(id)).map(|x| x.to_owned()));
    }
    all
}

#[test]
fn step_01_keys_and_states_in_the_padding() {
    let parameters = Parameters::new();
    let (queries, keys, states) = (draw(STEPS, "h"), draw(POSITIONS, "keys"), draw(POSITIONS, "states"));
    let (w_q, v) = (random_tensor(&[WIDTH, WIDTH], 1, "w_q"), random_tensor(&[WIDTH], 1, "v"));
    for form in ENGINES {
        for additive in [true, false] {
            let of = |value| {
                let padded = [&keys, &states].map(|x| filled(x, 1, value));
                let inputs = [queries.clone(), padded[0].clone(), padded[1].clone(), w_q.clone(), v.clone()];
                results(&parameters, &inputs, value, |_, x| {
                    let [h, keys, states, w_q, v] = [0, 1, 2, 3, 4].map(|i| x[i].clone());
                    let memory = Memory { states, keys, lengths: LENGTHS.to_vec() };
                    let additive = additive.then(|| Scoring::Additive { w_q, v });
                    additive.unwrap_or(Scoring::Multiplicative { factor: 0.5 }).attend(&h, &memory, form)
                })
            };
            let zeros = of(0.0);
            // After each result come the gradients of queries, keys and states.
            for gradient in [&zeros[2], &zeros[3]] {
                assert_eq!(gradient, &filled(gradient, 1, 0.0), "{form:?}");
            }
            for value in NOT_FINITE {
                assert_eq!(of(value), zeros, "{form:?}, additive {additive}, {value}");
            }
        }
    }
}

#[test]
fn step_02_padding_reaches_no_parameter() {
    let (queries, states) = (draw(STEPS, "h"), draw(POSITIONS, "states"));
    for (form, score) in ENGINES.into_iter().flat_map(|form| SCORES.map(|score| (form, score))) {
        let mut parameters = Parameters::new();
        let attention = Attention::new(&mut Init::new(&mut parameters, 1), score, WIDTH, WIDTH, WIDTH);
        let of = |value| {
            results(&parameters, &[queries.clone(), filled(&states, 1, value)], value, |cx, x| {
                let memory = attention.memory(cx, x[1].clone(), LENGTHS.to_vec());
                attention.scoring(cx).attend(&x[0], &memory, form)
            })
        };
        let zeros = of(0.0);
        for value in NOT_FINITE {
            assert_eq!(of(value), zeros, "{form:?} {score:?} {value}");
        }
    }
}

#[test]
fn step_03_the_padding_is_nothing_to_the_decoder() {
    let (x, states) = (draw(STEPS, "x"), draw(POSITIONS, "states"));
    let start = random_tensor(&[BATCH, WIDTH], 1, "start");
    for (form, score) in ENGINES.into_iter().flat_map(|form| SCORES.map(|score| (form, score))) {
        for input_feeding in [false, true] {
            let config = DecoderConfig {
                input: WIDTH,
                hidden: WIDTH,
                states: WIDTH,
                width: WIDTH,
                score,
                input_feeding,
                start: Default::default(),
            };
            let mut parameters = Parameters::new();
            let decoder = attention::Decoder::new(&mut Init::new(&mut parameters, 1), config);
            let of = |value| {
                let inputs = [x.clone(), filled(&states, 1, value), start.clone()];
                results(&parameters, &inputs, value, |cx, x| {
                    let memory = decoder.memory(cx, x[1].clone(), LENGTHS.to_vec());
                    let state = decoder.begin(x[2].clone(), x[2].clone());
                    let decoded = decoder.forward(cx, &x[0], &memory, &state, form);
                    [decoded.ys, decoded.alignment]
                })
            };
            let zeros = of(0.0);
            for value in NOT_FINITE {
                assert_eq!(of(value), zeros, "{form:?} {score:?} {value}, input feeding {input_feeding}");
            }
        }
    }
}

#[test]
fn step_04_a_gradient_that_is_no_number_leaves_the_padding_alone() {
    let parameters = Parameters::new();
    for form in ENGINES {
        let cx = Context::train(&parameters, 1, 0);
        let [h, keys, states] =
            [(STEPS, "h"), (POSITIONS, "keys"), (POSITIONS, "states")].map(|(n, name)| cx.leaf(draw(n, name)));
        let memory = Memory { states: states.clone(), keys: keys.clone(), lengths: LENGTHS.to_vec() };
        let [z, _] = Scoring::Multiplicative { factor: 1.0 }.attend(&h, &memory, form);
        let gradients = z.backward_with(ArrayD::from_elem(z.shape(), Real::NAN));
        for x in [&keys, &states] {
            let gradient = gradients.of(x).unwrap();
            for ((b, j, _), &dx) in gradient.view().into_dimensionality::<ndarray::Ix3>().unwrap().indexed_iter() {
                assert!(if j < LENGTHS[b] { dx.is_nan() } else { dx == 0.0 }, "{form:?} {b} {j}: {dx}");
            }
        }
    }
}
