//! Literal and fused agree, both agree with finite differences, and neither depends on the number of threads.

use std::collections::BTreeSet;
use std::path::Path;

use attention::{DecoderState, DecoderWeights, Form, Memory, Scoring, decoder};
use data::Token;
use ndarray::{Array2, ArrayD};
use ndarray_rand::rand::Rng;
use rnn::Input;
use tensor::check::{assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Meter, Parameters, Real, Tensor, stream};

const ENGINES: [Form; 2] = [Form::Literal, Form::Fused];

/// What two orders of summation may differ by, relative to the largest element. In f32 the most here is 2.4e-5: the
/// gradient of a softmax is a difference of nearly equal numbers, and smaller than they are.
const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 1e-4 };

#[derive(Clone, Copy, Debug, PartialEq)]
enum Compared {
    Additive,
    /// The states themselves are the keys.
    Dot,
    /// Keys of their own, and a factor.
    Scaled,
}

/// B, T, S, E, C, A, H.
type Sizes = [usize; 7];

#[derive(Clone, Copy, Debug)]
struct Case {
    compared: Compared,
    padded: bool,
    input_feeding: bool,
    /// Whether x is a table of four rows that are looked up.
    looked_up: bool,
}

const COMPARED: [Compared; 3] = [Compared::Additive, Compared::Dot, Compared::Scaled];

fn cases() -> impl Iterator<Item = Case> {
    COMPARED.into_iter().flat_map(|compared| {
        (0..8).map(move |bits| Case {
            compared,
            padded: bits & 1 > 0,
            input_feeding: bits & 2 > 0,
            looked_up: bits & 4 > 0,
        })
    })
}

impl Case {
    /// The widths that this comparison asks for: C, A, H.
    fn widths(self, [.., c, a, h]: Sizes) -> [usize; 3] {
        match self.compared {
            Compared::Additive => [c, a, h],
            Compared::Dot => [h, h, h],
            Compared::Scaled => [c, h, h],
        }
    }

    /// The length of every sentence; one fills all positions.
    fn lengths(self, batch: usize, positions: usize) -> Vec<usize> {
        let length = |b: usize| if self.padded { positions - (3 * b + b / 3) % positions } else { positions };
        (0..batch).map(length).collect()
    }

    /// The memory, and what compares it: the states, the keys unless these are the states, W_q and v.
    fn memory_shapes(self, sizes @ [b, _, s, ..]: Sizes) -> Vec<Vec<usize>> {
        let [c, a, h] = self.widths(sizes);
        match self.compared {
            Compared::Additive => vec![vec![b, s, c], vec![b, s, a], vec![a, h], vec![a]],
            Compared::Dot => vec![vec![b, s, c]],
            Compared::Scaled => vec![vec![b, s, c], vec![b, s, a]],
        }
    }

    fn memory(self, given: &[Tensor]) -> (Memory, Scoring) {
        let (states, keys) = (given[0].clone(), given.get(1).unwrap_or(&given[0]).clone());
        let lengths = self.lengths(states.shape()[0], states.shape()[1]);
        let scoring = match given {
            [_, _, w_q, v] => Scoring::Additive { w_q: w_q.clone(), v: v.clone() },
            [_] => Scoring::Multiplicative { factor: 1.0 },
            _ => Scoring::Multiplicative { factor: 0.6 },
        };
        (Memory { states, keys, lengths }, scoring)
    }

    /// x, the LSTM's weights, h_0, c_0, W_c and h̃_0 (not used without input feeding), and the memory.
    fn decoder_shapes(self, sizes @ [b, t, _, e, ..]: Sizes) -> Vec<Vec<usize>> {
        let [c, _, h] = self.widths(sizes);
        let x = if self.looked_up { vec![4, e] } else { vec![b, t, e] };
        let read = e + c + if self.input_feeding { h } else { 0 };
        let mut shapes = vec![x, vec![4 * h, read], vec![4 * h, h], vec![4 * h], vec![4 * h]];
        shapes.extend([vec![b, h], vec![b, h], vec![h, c + h], vec![b, h]]);
        shapes.extend(self.memory_shapes(sizes));
        shapes
    }

    fn attend(self, form: Form, given: &[Tensor]) -> Vec<Tensor> {
        let (memory, scoring) = self.memory(&given[1..]);
        scoring.attend(&given[0], &memory, form).into()
    }

    fn decode(self, form: Form, steps: usize, given: &[Tensor]) -> Vec<Tensor> {
        let [x, w_ih, w_hh, b_ih, b_hh, h, c, w_c, attentional, memory @ ..] = given else { panic!("ten inputs") };
        let (memory, scoring) = self.memory(memory);
        let [w_ih, w_hh, b_ih, b_hh] = [w_ih, w_hh, b_ih, b_hh].map(Clone::clone);
        let fed = |x: &Tensor| self.input_feeding.then(|| x.clone());
        let weights = DecoderWeights { scoring, cell: rnn::Weights { w_ih, w_hh, b_ih, b_hh }, w_c: fed(w_c) };
        let state = DecoderState { h: h.clone(), c: c.clone(), attentional: fed(attentional) };
        let numbers = Array2::from_shape_fn((h.shape()[0], steps), |(b, t)| ((5 * b + 3 * t + b * t) % 4) as Token);
        let x = if self.looked_up {
            Input::Rows { table: x, numbers: numbers.view(), ends: None }
        } else {
            Input::Vectors(x)
        };
        let forward = if form == Form::Literal { decoder::literal::forward } else { decoder::fused::forward };
        let decoded = forward(x, &memory, &state, &weights);
        let mut outputs = vec![decoded.ys, decoded.alignment, decoded.state.h, decoded.state.c];
        outputs.extend(decoded.state.attentional);
        outputs
    }
}

fn draw(shapes: &[Vec<usize>], seed: u64) -> Vec<ArrayD<Real>> {
    shapes.iter().enumerate().map(|(n, shape)| random_tensor(shape, seed, &n.to_string()) * 0.7).collect()
}

fn attend_inputs(case: Case, sizes @ [b, t, ..]: Sizes, seed: u64) -> Vec<ArrayD<Real>> {
    let [_, _, h] = case.widths(sizes);
    let mut shapes = vec![vec![b, t, h]];
    shapes.extend(case.memory_shapes(sizes));
    draw(&shapes, seed)
}

/// Sizes from 1 up; the batch now and then needs a second and a third block of rows.
fn random_sizes(seed: u64) -> Sizes {
    let mut rng = stream(seed, 0, "sizes");
    let batch = if seed.is_multiple_of(3) { rng.random_range(15..35) } else { rng.random_range(1..5) };
    let mut sizes = [batch; 7];
    sizes[1..].fill_with(|| rng.random_range(1..6));
    sizes
}

fn sizes() -> impl Iterator<Item = (u64, Sizes)> {
    let ones = [[1; 7], [1, 2, 3, 4, 5, 2, 3], [3, 1, 2, 4, 2, 3, 5], [2, 4, 1, 3, 4, 5, 2], [2, 3, 4, 5, 1, 1, 1]];
    ones.into_iter().chain((0..6).map(random_sizes)).enumerate().map(|(seed, sizes)| (seed as u64, sizes))
}

#[test]
fn literal_and_fused_attention_agree_in_every_value_and_gradient() {
    for (seed, sizes) in sizes() {
        for case in cases().filter(|case| !case.input_feeding && !case.looked_up) {
            let form = |form| move |_: &Context<'_>, x: &[Tensor]| case.attend(form, x);
            let inputs = attend_inputs(case, sizes, seed);
            assert_same_gradients(&inputs, ROUNDING, form(Form::Literal), form(Form::Fused));
        }
    }
}

#[test]
fn literal_and_fused_decoders_agree_in_every_value_and_gradient() {
    for (seed, sizes) in sizes() {
        for case in cases() {
            let form = |form| move |_: &Context<'_>, x: &[Tensor]| case.decode(form, sizes[1], x);
            let inputs = draw(&case.decoder_shapes(sizes), seed);
            assert_same_gradients(&inputs, ROUNDING, form(Form::Literal), form(Form::Fused));
        }
    }
}

#[test]
fn both_agree_with_finite_differences_and_no_operation_is_left_out() {
    let mut checked = BTreeSet::new();
    for (seed, sizes) in [[3, 4, 5, 2, 3, 4, 5], [18, 2, 3, 1, 2, 1, 2]].into_iter().enumerate() {
        for (case, form) in cases().flat_map(|case| ENGINES.map(|form| (case, form))) {
            let inputs = attend_inputs(case, sizes, 7 + seed as u64);
            checked.extend(assert_gradients(&format!("{case:?}"), &inputs, |_, x| case.attend(form, x)));
            let inputs = draw(&case.decoder_shapes(sizes), 7 + seed as u64);
            checked.extend(assert_gradients(&format!("{case:?}"), &inputs, |_, x| case.decode(form, sizes[1], x)));
        }
    }
    for operation in operations_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        assert!(checked.contains(operation.as_str()), "no gradient test ran {operation}");
    }
}

#[test]
fn the_padding_has_no_weight_and_no_gradient() {
    let sizes @ [batch, steps, positions, ..] = [5, 3, 4, 2, 3, 3, 3];
    for (case, form) in cases().filter(|case| case.padded).flat_map(|case| ENGINES.map(|form| (case, form))) {
        let parameters = Parameters::new();
        let run = |padding: Real| {
            let cx = Context::train(&parameters, 1, 0);
            let mut inputs = draw(&case.decoder_shapes(sizes), 5);
            let lengths = case.lengths(batch, positions);
            assert!(lengths.contains(&positions) && lengths.contains(&1));
            for memory in &mut inputs[9..] {
                if memory.shape()[..] == [batch, positions, memory.len() / batch / positions] {
                    for (b, &length) in lengths.iter().enumerate() {
                        memory.slice_mut(ndarray::s![b, length.., ..]).fill(padding);
                    }
                }
            }
            let leaves: Vec<Tensor> = inputs.into_iter().map(|x| cx.leaf(x)).collect();
            let outputs = case.decode(form, steps, &leaves);
            for (b, &length) in lengths.iter().enumerate() {
                let alignment = outputs[1].value().slice(ndarray::s![b, .., ..]).to_owned();
                assert!(alignment.slice(ndarray::s![.., length..]).iter().all(|&weight| weight == 0.0), "{case:?}");
                assert!(alignment.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6), "{case:?}");
            }
            let squares = outputs.iter().map(|y| (y * y).sum()).reduce(|a, b| &a + &b).unwrap();
            let gradients = squares.backward();
            let dstates = gradients.of(&leaves[9]).unwrap();
            for (b, &length) in lengths.iter().enumerate() {
                assert!(dstates.slice(ndarray::s![b, length.., ..]).iter().all(|&d| d == 0.0), "{case:?}");
            }
            (outputs[0].value().clone(), gradients.of(&leaves[1]).unwrap().to_owned())
        };
        assert!(run(0.0) == run(3.0), "{case:?}, {form:?}: what stands in the padding changes the result");
    }
}

#[test]
fn the_fused_operations_count_the_work_and_the_span_of_the_literal_ones() {
    let sizes = [3, 5, 4, 2, 3, 4, 5];
    for case in cases() {
        let measure = |given: Vec<ArrayD<Real>>, run: &dyn Fn(&[Tensor]) -> Vec<Tensor>| {
            let given: Vec<Tensor> = given.into_iter().map(Tensor::constant).collect();
            let meter = Meter::start();
            let outputs = run(&given);
            let work: u64 = meter.finish().values().map(|usage| usage.cost.work).sum();
            (work, outputs.iter().map(Tensor::span).max().unwrap())
        };
        let attend = |form| measure(attend_inputs(case, sizes, 1), &|x| case.attend(form, x));
        assert_eq!(attend(Form::Fused), attend(Form::Literal), "{case:?}");

        let decode = |form| measure(draw(&case.decoder_shapes(sizes), 1), &|x| case.decode(form, sizes[1], x));
        let ((work, span), (literal_work, literal_span)) = (decode(Form::Fused), decode(Form::Literal));
        assert_eq!(span, literal_span, "{case:?}");
        // A table's 4 rows are multiplied once, instead of 3·5 vectors.
        let saved = if case.looked_up { (3 * 5 - 4) * 2 * 2 * 4 * 5 } else { 0 };
        assert_eq!(work + saved, literal_work, "{case:?}");
    }
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    for case in cases() {
        let inputs = draw(&case.decoder_shapes([37, 5, 9, 17, 33, 35, 33]), 3);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let parameters = Parameters::new();
                let cx = Context::train(&parameters, 1, 0);
                let leaves: Vec<Tensor> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
                let outputs = case.decode(Form::Fused, 5, &leaves);
                let squares = outputs.iter().map(|y| (y * y).sum());
                let gradients = squares.reduce(|a, b| &a + &b).unwrap().backward();
                let mut all: Vec<_> = outputs.iter().map(|y| y.value().to_owned()).collect();
                all.extend(leaves.iter().filter_map(|leaf| gradients.of(leaf)).map(|gradient| gradient.to_owned()));
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
#[should_panic(expected = "additive attention: queries [2, 3, 4], w_q [5, 4], v [6] and states [2, 3, 4], keys \
                           [2, 3, 5], lengths [3, 3] do not fit")]
fn shapes_that_do_not_fit_are_named() {
    let case = Case { compared: Compared::Additive, padded: false, input_feeding: false, looked_up: false };
    let mut given: Vec<_> = attend_inputs(case, [2, 3, 3, 1, 4, 5, 4], 1).into_iter().map(Tensor::constant).collect();
    given[4] = Tensor::constant(ndarray::Array1::zeros(6));
    case.attend(Form::Fused, &given);
}

#[test]
#[should_panic(expected = "attending decoder: x [2, 3, 1], states [2, 3, 5], keys [2, 3, 5], lengths [3, 0], state \
                           [[2, 5], [2, 5]], attentional vector None")]
fn an_empty_sentence_is_named() {
    let case = Case { compared: Compared::Dot, padded: false, input_feeding: false, looked_up: false };
    let given: Vec<_> =
        draw(&case.decoder_shapes([2, 3, 3, 1, 5, 5, 5]), 1).into_iter().map(Tensor::constant).collect();
    let [w_ih, w_hh, b_ih, b_hh] = [1, 2, 3, 4].map(|i: usize| given[i].clone());
    let (memory, scoring) = case.memory(&given[9..]);
    let memory = Memory { lengths: vec![3, 0], ..memory };
    let weights = DecoderWeights { scoring, cell: rnn::Weights { w_ih, w_hh, b_ih, b_hh }, w_c: None };
    let state = DecoderState { h: given[5].clone(), c: given[6].clone(), attentional: None };
    decoder::fused::forward(Input::Vectors(&given[0]), &memory, &state, &weights);
}
