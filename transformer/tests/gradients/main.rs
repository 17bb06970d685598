//! Literal = fused in value and gradient, and both against finite differences.

mod switches;

use std::collections::BTreeSet;
use std::path::Path;

use ndarray::ArrayD;
use proptest::prelude::*;
use tensor::check::{assert_close, assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Init, Meter, Parameters, Real, Tensor};
use transformer::block::fused::{linear_activation, linear_gated, linear_residual};
use transformer::scaled_dot_product::{fused, literal};
use transformer::{Activation, Block, BlockConfig, DecoderBlock, Form, Mask, Norm};

/// What two orders of summation may differ by, relative to the largest element.
const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };

/// The same where terms may cancel, or rounding passes through normalisations of few numbers.
const AMPLIFIED: f64 = 20.0 * ROUNDING;

const ACTIVATIONS: [Activation; 4] = [Activation::Gelu, Activation::GeluTanh, Activation::Relu, Activation::Silu];

/// B, T, S, N, d_k: all different, each of them 1 once, and one size beyond the block of 64 queries.
const SIZES: [[usize; 5]; 8] = [
    [2, 5, 7, 3, 4],
    [1, 3, 4, 2, 5],
    [3, 1, 5, 2, 4],
    [3, 4, 5, 1, 2],
    [2, 4, 6, 3, 1],
    [2, 1, 1, 3, 4],
    [1, 1, 1, 1, 1],
    [2, 70, 131, 3, 5],
];

fn qkv([b, t, s, n, k]: [usize; 5]) -> [ArrayD<Real>; 3] {
    [
        random_tensor(&[b, t, n * k], 1, "q"),
        random_tensor(&[b, s, n * k], 1, "k"),
        random_tensor(&[b, s, n * k], 1, "v"),
    ]
}

#[test]
fn fused_attention_is_literal_attention() {
    for sizes @ [b, t, _, n, k] in SIZES {
        for mask in [Mask::Causal, Mask::Bidirectional] {
            assert_same_gradients(
                &qkv(sizes),
                ROUNDING,
                |_, x| vec![literal::attention(&x[0], &x[1], &x[2], n, mask)],
                |_, x| vec![fused::attention(&x[0], &x[1], &x[2], n, mask)],
            );
            assert_same_gradients(
                &[random_tensor(&[b, t, 3 * n * k], 1, "qkv")],
                ROUNDING,
                |_, x| vec![literal::self_attention(&x[0], n, mask)],
                |_, x| vec![fused::self_attention(&x[0], n, mask)],
            );
        }
    }
}

/// Rows whose lengths run from all keys down to one.
fn lengths(batch: usize, keys: usize) -> Vec<usize> {
    (0..batch).map(|b| keys.saturating_sub(2 * b).max(1)).collect()
}

#[test]
fn fused_attention_is_literal_attention_where_rows_are_padded() {
    for sizes @ [b, t, s, n, k] in SIZES {
        for mask in [Mask::Causal, Mask::Bidirectional] {
            let (own, other) = (lengths(b, t), lengths(b, s));
            let [q, keys, values] = qkv(sizes);
            let kv = ndarray::concatenate![ndarray::Axis(2), keys, values];
            assert_same_gradients(
                &qkv(sizes),
                ROUNDING,
                |_, x| vec![literal::attention(&x[0], &x[1], &x[2], n, mask.within(Some(&other)))],
                |_, x| vec![fused::attention(&x[0], &x[1], &x[2], n, mask.within(Some(&other)))],
            );
            assert_same_gradients(
                &[q, kv],
                ROUNDING,
                |_, x| vec![literal::cross_attention(&x[0], &x[1], n, mask.within(Some(&other)))],
                |_, x| vec![fused::cross_attention(&x[0], &x[1], n, mask.within(Some(&other)))],
            );
            assert_same_gradients(
                &[random_tensor(&[b, t, 3 * n * k], 1, "qkv")],
                ROUNDING,
                |_, x| vec![literal::self_attention(&x[0], n, mask.within(Some(&own)))],
                |_, x| vec![fused::self_attention(&x[0], n, mask.within(Some(&own)))],
            );
        }
    }
}

#[test]
fn attention_has_the_gradient_of_its_finite_differences() {
    for mask in [Mask::Causal, Mask::Bidirectional] {
        for lengths in [None, Some(&[7, 3][..])] {
            let visible = mask.within(lengths);
            assert_gradients(&format!("literal, {visible:?}"), &qkv([2, 5, 7, 3, 4]), |_, x| {
                vec![literal::attention(&x[0], &x[1], &x[2], 3, visible)]
            });
            assert_gradients(&format!("fused, {visible:?}"), &qkv([2, 5, 7, 3, 4]), |_, x| {
                vec![fused::attention(&x[0], &x[1], &x[2], 3, visible)]
            });
        }
    }
}

#[test]
fn fused_products_are_literal_products() {
    for [b, t, i, o] in [[2, 3, 4, 5], [1, 3, 2, 4], [3, 1, 4, 2], [2, 3, 1, 4], [2, 4, 3, 1], [1, 1, 1, 1]] {
        let x = random_tensor(&[b, t, i], 1, "x");
        let w = random_tensor(&[o, i], 1, "w");
        let bias = random_tensor(&[o], 1, "b");
        let residual = random_tensor(&[b, t, o], 1, "r");
        for activation in ACTIVATIONS {
            assert_same_gradients(
                &[x.clone(), w.clone(), bias.clone()],
                ROUNDING,
                |_, x| vec![activation.apply(&x[0].linear(&x[1], Some(&x[2])))],
                |_, x| vec![linear_activation(&x[0], &x[1], Some(&x[2]), activation)],
            );
        }
        assert_same_gradients(
            &[x.clone(), w.clone(), bias.clone(), residual.clone()],
            ROUNDING,
            |_, x| vec![&x[3] + &x[0].linear(&x[1], Some(&x[2]))],
            |_, x| vec![linear_residual(&x[0], &x[1], Some(&x[2]), &x[3])],
        );
        assert_same_gradients(
            &[x.clone(), w.clone(), residual.clone()],
            ROUNDING,
            |_, x| vec![&x[2] + &x[0].linear(&x[1], None).gelu()],
            |_, x| vec![&x[2] + &linear_activation(&x[0], &x[1], None, Activation::Gelu)],
        );
        assert_same_gradients(
            &[x, w, residual],
            ROUNDING,
            |_, x| vec![&x[2] + &x[0].linear(&x[1], None)],
            |_, x| vec![linear_residual(&x[0], &x[1], None, &x[2])],
        );
    }
}

#[test]
fn every_operation_has_the_gradient_of_its_finite_differences() {
    let mut checked = BTreeSet::new();
    let inputs = [
        random_tensor(&[2, 3, 4], 1, "x"),
        random_tensor(&[5, 4], 1, "w"),
        random_tensor(&[5], 1, "b"),
        random_tensor(&[2, 3, 5], 1, "r"),
    ];
    for activation in ACTIVATIONS {
        let f = |x: &[Tensor]| linear_activation(&x[0], &x[1], Some(&x[2]), activation);
        checked.extend(assert_gradients("linear_activation", &inputs[..3], |_, x| vec![f(x)]));
    }
    checked.extend(assert_gradients(
        "linear_gated",
        &[inputs[0].clone(), random_tensor(&[6, 4], 1, "both"), random_tensor(&[6], 1, "b")],
        |_, x| vec![linear_gated(&x[0], &x[1], Some(&x[2]), Activation::Silu)],
    ));
    checked.extend(switches::rotary_has_the_gradient_of_its_finite_differences());
    checked.extend(assert_gradients("linear_residual", &inputs, |_, x| {
        vec![linear_residual(&x[0], &x[1], Some(&x[2]), &x[3])]
    }));
    checked.extend(assert_gradients("scaled_dot_product", &[random_tensor(&[2, 5, 24], 1, "qkv")], |_, x| {
        vec![fused::self_attention(&x[0], 2, Mask::Causal)]
    }));
    checked.extend(assert_gradients("literal, masked", &[random_tensor(&[2, 5, 24], 1, "qkv")], |_, x| {
        vec![literal::self_attention(&x[0], 2, Mask::Causal.within(Some(&[5, 3])))]
    }));
    for operation in operations_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        assert!(checked.contains(operation.as_str()), "{operation} has no gradient test");
    }
}

/// The two forms of a layer over the same parameters: output and every gradient, those of the inputs too.
fn assert_same_forms(
    mut parameters: Parameters,
    inputs: &[ArrayD<Real>],
    forward: impl Fn(&Context<'_>, &[Tensor], Form) -> Tensor,
) {
    let names: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in &names {
        let first = parameters.get(*id).value();
        let value = first + &(random_tensor(first.shape(), 1, name) * 0.3);
        parameters.set(*id, value.into_shared());
    }
    let run = |form| {
        let cx = Context::train(&parameters, 1, 0);
        let inputs: Vec<_> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
        let y = forward(&cx, &inputs, form);
        let gradients = y.backward_with(random_tensor(y.shape(), 1, "cotangent"));
        let of_inputs = inputs.iter().map(|x| gradients.of(x).unwrap().to_owned());
        let of_parameters = names.iter().map(|(id, _)| gradients.get(*id).unwrap().to_owned());
        std::iter::once(y.value().to_owned()).chain(of_inputs).chain(of_parameters).collect::<Vec<_>>()
    };
    let what: Vec<_> = std::iter::once("output".to_owned())
        .chain((0..inputs.len()).map(|i| format!("input {i}")))
        .chain(names.iter().map(|(_, name)| name.clone()))
        .collect();
    for ((literal, fused), what) in run(Form::Literal).iter().zip(run(Form::Fused)).zip(what) {
        assert_close(&what, &fused, literal, AMPLIFIED);
    }
}

#[test]
fn the_fused_block_is_the_literal_block() {
    for ([b, t, n, k], bias, norm, activation) in [
        ([2, 5, 3, 4], true, Norm::Pre, Activation::Gelu),
        ([1, 3, 2, 5], false, Norm::Pre, Activation::Gelu),
        ([3, 1, 4, 2], true, Norm::Post, Activation::Relu),
        ([2, 67, 1, 3], false, Norm::Post, Activation::GeluTanh),
        ([1, 1, 1, 2], true, Norm::Pre, Activation::Relu),
    ] {
        let config = BlockConfig { bias: bias.into(), norm, activation, feed_forward: 7, ..BlockConfig::new(n * k, n) };
        let x = random_tensor(&[b, t, n * k], 1, "x");
        let lengths = lengths(b, t);
        for (mask, lengths) in [(Mask::Causal, None), (Mask::Bidirectional, Some(&lengths[..]))] {
            let mut parameters = Parameters::new();
            let config = BlockConfig { mask, ..config.clone() };
            let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
            assert_same_forms(parameters, std::slice::from_ref(&x), |cx, x, form| {
                block.forward(cx, &x[0], lengths, form)
            });
        }
        let mut parameters = Parameters::new();
        let block = DecoderBlock::new(&mut Init::new(&mut parameters, 1), &config, "block");
        let memory = random_tensor(&[b, t + 2, n * k], 1, "memory");
        let lengths = self::lengths(b, t + 2);
        assert_same_forms(parameters, &[x, memory], |cx, x, form| {
            block.forward(cx, &x[0], &x[1], Some(&lengths), form)
        });
    }
}

/// What is counted of a block, work and span, does not depend on the form in which it is computed.
#[test]
fn both_forms_of_a_block_count_the_same_work_and_span() {
    let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x"));
    let count = |parameters: &Parameters, forward: &dyn Fn(&Context<'_>) -> Tensor| {
        let meter = Meter::start();
        let span = forward(&Context::eval(parameters)).span();
        (span, meter.finish().values().map(|usage| usage.cost.work).sum::<u64>())
    };
    for (mask, norm, lengths) in [
        (Mask::Causal, Norm::Pre, None),
        (Mask::Bidirectional, Norm::Post, None),
        (Mask::Bidirectional, Norm::Pre, Some(&[5, 2][..])),
    ] {
        let config = BlockConfig { mask, norm, bias: true.into(), ..BlockConfig::new(12, 3) };
        let mut parameters = Parameters::new();
        let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
        let [literal, fused] =
            [Form::Literal, Form::Fused].map(|form| count(&parameters, &|cx| block.forward(cx, &x, lengths, form)));
        assert_eq!(fused, literal, "{config:?}");

        let mut parameters = Parameters::new();
        let block = DecoderBlock::new(&mut Init::new(&mut parameters, 1), &config, "block");
        let [literal, fused] =
            [Form::Literal, Form::Fused].map(|form| count(&parameters, &|cx| block.forward(cx, &x, &x, lengths, form)));
        assert_eq!(fused, literal, "a decoder's, {config:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn fused_attention_is_literal_attention_for_any_sizes(
        b in 1_usize..4, t in 1_usize..9, more in 0_usize..5, n in 1_usize..4, k in 1_usize..6, causal: bool,
    ) {
        let mask = if causal { Mask::Causal } else { Mask::Bidirectional };
        assert_same_gradients(
            &qkv([b, t, t + more, n, k]),
            AMPLIFIED,
            |_, x| vec![literal::attention(&x[0], &x[1], &x[2], n, mask)],
            |_, x| vec![fused::attention(&x[0], &x[1], &x[2], n, mask)],
        );
    }
}

#[test]
#[should_panic(
    expected = "attention: queries (B, T, D), keys (B, S, D) and values (B, S, D) with D divisible into 3 heads \
                           do not fit shapes [2, 5, 8], [2, 5, 8] and [2, 5, 8]"
)]
fn heads_that_do_not_divide_the_width_are_refused() {
    let x = Tensor::constant(random_tensor(&[2, 5, 8], 1, "x"));
    fused::attention(&x, &x, &x, 3, Mask::Causal);
}

#[test]
#[should_panic(expected = "attention: a causal mask needs a key for every query, got 5 queries and 4 keys")]
fn a_causal_mask_needs_a_key_for_every_query() {
    let [q, k, v] = qkv([2, 5, 4, 3, 4]).map(Tensor::constant);
    literal::attention(&q, &k, &v, 3, Mask::Causal);
}

#[test]
#[should_panic(expected = "attention: lengths Some([5, 0]) are not one of 1 to 7 keys for each of 2 rows")]
fn a_row_without_a_key_is_refused() {
    let [q, k, v] = qkv([2, 5, 7, 3, 4]).map(Tensor::constant);
    fused::attention(&q, &k, &v, 3, Mask::Bidirectional.within(Some(&[5, 0])));
}

#[test]
#[should_panic(expected = "cross_attention: keys and values (B, S, 2·D) do not fit shape [2, 5, 7]")]
fn keys_and_values_of_different_width_are_refused() {
    let [q, kv] = [12, 7].map(|width| Tensor::constant(random_tensor(&[2, 5, width], 1, "x")));
    literal::cross_attention(&q, &kv, 3, Mask::Bidirectional);
}
