//! What is hidden, by padding or by a causal mask, has no part in anything, whatever it holds: results and gradients are
//! those with zeros there, bit for bit, and its own gradient is 0.

use ndarray::{ArrayD, Axis, Slice};
use nn::Form;
use tensor::check::random_tensor;
use tensor::{Context, Init, Parameters, Real, Tensor, shared};
use transformer::scaled_dot_product::{AttentionMask, Mask, fused, literal};
use transformer::{Block, BlockConfig, DecoderBlock, Encoder};

const ENGINES: [Form; 2] = [Form::Literal, Form::Fused];
const NOT_FINITE: [Real; 3] = [Real::NAN, Real::INFINITY, Real::NEG_INFINITY];
const MASKS: [Mask; 2] = [Mask::Causal, Mask::Bidirectional];

const BATCH: usize = 2;
/// More than one block of queries has.
const POSITIONS: usize = 70;
/// N·d_k.
const WIDTH: usize = 6;
const HEADS: usize = 2;
const LENGTHS: [usize; BATCH] = [41, POSITIONS];

fn draw(width: usize, name: &str) -> ArrayD<Real> {
    random_tensor(&[BATCH, POSITIONS, width], 1, name)
}

/// `x` with one value from position `first[b]` on.
fn filled(x: &ArrayD<Real>, first: &[usize], value: Real) -> ArrayD<Real> {
    let mut x = x.clone();
    for (mut row, &first) in x.outer_iter_mut().zip(first) {
        row.slice_axis_mut(Axis(0), Slice::from(first..)).fill(value);
    }
    x
}

/// The result, and the gradients of inputs and parameters, where `dy` is the gradient of the result.
fn results(
    parameters: &Parameters,
    inputs: &[ArrayD<Real>],
    dy: &ArrayD<Real>,
    f: impl Fn(&Context<'_>, &[Tensor]) -> Tensor,
) -> (ArrayD<Real>, Vec<ArrayD<Real>>) {
    let cx = Context::train(parameters, 1, 0);
    let inputs: Vec<_> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
    let y = f(&cx, &inputs);
    let gradients = y.backward_with(dy.clone());
    let of_inputs = inputs.iter().map(|x| gradients.of(x).expect("every input has a part").to_owned());
    let of_parameters = parameters.iter().filter_map(|(id, _)| gradients.get(id).map(|x| x.to_owned()));
    (y.value().to_owned(), of_inputs.chain(of_parameters).collect())
}

fn attention(form: Form, x: &[Tensor], visible: AttentionMask<'_>) -> Tensor {
    match (form, x) {
        (Form::Literal, [qkv]) => literal::self_attention(qkv, HEADS, visible),
        (Form::Fused, [qkv]) => fused::self_attention(qkv, HEADS, visible),
        (Form::Literal, [q, kv]) => literal::cross_attention(q, kv, HEADS, visible),
        (Form::Fused, [q, kv]) => fused::cross_attention(q, kv, HEADS, visible),
        (Form::Literal, [q, k, v]) => literal::attention(q, k, v, HEADS, visible),
        (Form::Fused, [q, k, v]) => fused::attention(q, k, v, HEADS, visible),
        _ => unreachable!("one to three inputs"),
    }
}

#[test]
fn step_01_keys_and_values_in_the_padding() {
    let parameters = Parameters::new();
    let (q, kv, dy) = (draw(WIDTH, "q"), draw(2 * WIDTH, "kv"), draw(WIDTH, "dy"));
    let k = draw(WIDTH, "k");
    for (form, mask) in ENGINES.into_iter().flat_map(|form| MASKS.map(|mask| (form, mask))) {
        let of = |value| {
            let f = |_: &Context<'_>, x: &[Tensor]| attention(form, x, mask.within(Some(&LENGTHS)));
            let [k, kv] = [&k, &kv].map(|x| filled(x, &LENGTHS, value));
            [vec![q.clone(), k.clone(), k], vec![q.clone(), kv]].map(|x| results(&parameters, &x, &dy, f))
        };
        let zeros = of(0.0);
        for (_, gradients) in &zeros {
            for gradient in &gradients[1..] {
                assert_eq!(gradient, &filled(gradient, &LENGTHS, 0.0), "{form:?} {mask:?}");
            }
        }
        for value in NOT_FINITE {
            assert_eq!(of(value), zeros, "{form:?} {mask:?} {value}");
        }
    }
}

#[test]
fn step_02_padding_that_asks_and_is_asked() {
    let parameters = Parameters::new();
    let (qkv, dy) = (draw(3 * WIDTH, "qkv"), draw(WIDTH, "dy"));
    for (form, mask) in ENGINES.into_iter().flat_map(|form| MASKS.map(|mask| (form, mask))) {
        let of = |value| {
            let inputs = [filled(&qkv, &LENGTHS, value)];
            let (y, gradients) = results(&parameters, &inputs, &filled(&dy, &LENGTHS, 0.0), |_, x| {
                attention(form, x, mask.within(Some(&LENGTHS)))
            });
            (filled(&y, &LENGTHS, 0.0), gradients)
        };
        let zeros = of(0.0);
        assert_eq!(zeros.1[0], filled(&zeros.1[0], &LENGTHS, 0.0));
        for value in NOT_FINITE {
            assert_eq!(of(value), zeros, "{form:?} {mask:?} {value}");
        }
    }
}

#[test]
fn step_03_what_comes_later() {
    let parameters = Parameters::new();
    let (inputs, dy) = (["q", "k", "v"].map(|name| draw(WIDTH, name)), draw(WIDTH, "dy"));
    for first in [1, 30, 66] {
        let first = [first, first + 2];
        let dy = filled(&dy, &first, 0.0);
        let early = |x: &ArrayD<Real>| filled(x, &first, 0.0);
        for form in ENGINES {
            for which in [vec![0], vec![1], vec![2], vec![1, 2], vec![0, 1, 2]] {
                let of = |value| {
                    let mut inputs = inputs.clone();
                    which.iter().for_each(|&i| inputs[i] = filled(&inputs[i], &first, value));
                    results(&parameters, &inputs, &dy, |_, x| attention(form, x, Mask::Causal.into()))
                };
                let (y, gradients) = of(0.0);
                for value in NOT_FINITE {
                    let ours = of(value);
                    assert_eq!(early(&ours.0), early(&y), "{form:?} {which:?} {value}");
                    assert_eq!(ours.1, gradients, "{form:?} {which:?} {value}");
                }
            }
        }
    }
}

#[test]
fn step_04_what_a_query_sees_stays_what_it_is() {
    let parameters = Parameters::new();
    let (inputs, dy) = (["q", "k", "v"].map(|name| draw(WIDTH, name)), draw(WIDTH, "dy"));
    for form in ENGINES {
        let mut inputs = inputs.clone();
        inputs[2][[0, 30, 1]] = Real::NAN;
        let (y, _) = results(&parameters, &inputs, &dy, |_, x| attention(form, x, Mask::Causal.into()));
        for ((b, t, d), y) in y.into_dimensionality::<ndarray::Ix3>().unwrap().indexed_iter() {
            assert_eq!(y.is_nan(), b == 0 && t >= 30 && d == 1, "{form:?} {b} {t} {d}");
        }
    }
}

#[test]
fn step_05_padding_reaches_no_parameter_of_blocks_and_encoder() {
    let config = BlockConfig { mask: Mask::Bidirectional, ..BlockConfig::paper(WIDTH, HEADS) };
    let mut parameters = Parameters::new();
    let mut init = Init::new(&mut parameters, 1);
    let block = Block::pytorch(&mut init.child("block"), &config, "block");
    let encoder = Encoder::new(&mut init.child("encoder"), &config, 2, true);
    let decoder = DecoderBlock::new(&mut init.child("decoder"), &config, "decoder");
    let (x, memory, dy) = (draw(WIDTH, "x"), draw(WIDTH, "memory"), draw(WIDTH, "dy"));
    let lengths = Some(&LENGTHS[..]);
    for form in ENGINES {
        let of = |value| {
            let padded = [filled(&memory, &LENGTHS, value)];
            let both = [x.clone(), padded[0].clone()];
            let (y, gradients) = results(&parameters, &padded, &filled(&dy, &LENGTHS, 0.0), |cx, x| {
                block.forward(cx, &x[0], lengths, form)
            });
            let decoded = results(&parameters, &both, &dy, |cx, x| decoder.forward(cx, &x[0], &x[1], lengths, form));
            let encoded = results(&parameters, &padded, &filled(&dy, &LENGTHS, value), |cx, x| {
                encoder.forward(cx, &x[0], lengths, form)
            });
            [(filled(&y, &LENGTHS, 0.0), gradients), decoded, encoded]
        };
        let zeros = of(0.0);
        for value in NOT_FINITE {
            assert_eq!(of(value), zeros, "{form:?} {value}");
        }
    }
}

#[test]
fn step_06_caches_do_not_see_the_padding() {
    let config = BlockConfig::paper(WIDTH, HEADS);
    let mut parameters = Parameters::new();
    let decoder = transformer::Decoder::new(&mut Init::new(&mut parameters, 1), &config, 2, true);
    let cx = Context::eval(&parameters);
    let (x, memory) = (Tensor::constant(random_tensor(&[BATCH, 3, WIDTH], 1, "x")), draw(WIDTH, "memory"));
    let of = |value| {
        let memory = Tensor::constant(filled(&memory, &LENGTHS, value));
        let (memories, mut caches) = decoder.start(&cx, &memory, Some(&LENGTHS));
        let (y, weights) = decoder.forward_cached(&cx, &x, &memories, &mut caches);
        [y, weights].map(|x| shared(x.value().to_owned()))
    };
    for value in NOT_FINITE {
        assert_eq!(of(value), of(0.0), "{value}");
    }
}
