//! Literal = fused in value and gradient, and both against finite differences.

use std::collections::BTreeSet;
use std::path::Path;

use ndarray::ArrayD;
use proptest::prelude::*;
use tensor::check::{assert_close, assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Init, Meter, Parameters, Real, Tensor};
use transformer::block::fused::{linear_activation, linear_residual};
use transformer::scaled_dot_product::{fused, literal};
use transformer::{Activation, Block, BlockConfig, Engine, Mask};

/// What two orders of summation may differ by, relative to the largest element.
const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };

/// B, T, S, N, K: all different, each of them 1 once, and one size beyond the block of 64 queries.
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

#[test]
fn attention_has_the_gradient_of_its_finite_differences() {
    for (f, what) in [(literal::attention as fn(&_, &_, &_, _, _) -> Tensor, "literal"), (fused::attention, "fused")] {
        for mask in [Mask::Causal, Mask::Bidirectional] {
            assert_gradients(&format!("{what}, {mask:?}"), &qkv([2, 5, 7, 3, 4]), |_, x| {
                vec![f(&x[0], &x[1], &x[2], 3, mask)]
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
        for activation in [Activation::Gelu, Activation::GeluTanh] {
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
    for activation in [Activation::Gelu, Activation::GeluTanh] {
        let f = |x: &[Tensor]| linear_activation(&x[0], &x[1], Some(&x[2]), activation);
        checked.extend(assert_gradients("linear_activation", &inputs[..3], |_, x| vec![f(x)]));
    }
    checked.extend(assert_gradients("linear_residual", &inputs, |_, x| {
        vec![linear_residual(&x[0], &x[1], Some(&x[2]), &x[3])]
    }));
    checked.extend(assert_gradients("scaled_dot_product", &[random_tensor(&[2, 5, 24], 1, "qkv")], |_, x| {
        vec![fused::self_attention(&x[0], 2, Mask::Causal)]
    }));
    for operation in operations_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        assert!(checked.contains(operation.as_str()), "{operation} has no gradient test");
    }
}

/// The two forms of a whole block over the same parameters: outputs and every gradient.
#[test]
fn the_fused_block_is_the_literal_block() {
    for ([b, t, n, k], bias) in [
        ([2, 5, 3, 4], true),
        ([1, 3, 2, 5], false),
        ([3, 1, 4, 2], true),
        ([2, 67, 1, 3], false),
        ([1, 1, 1, 2], true),
    ] {
        let config = BlockConfig { bias, feed_forward: 7, ..BlockConfig::new(n * k, n) };
        let mut parameters = Parameters::new();
        let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
        let inputs: Vec<_> = std::iter::once(random_tensor(&[b, t, n * k], 1, "x"))
            .chain(parameters.iter().map(|(_, p)| random_tensor(p.value().shape(), 1, p.name())))
            .collect();
        let names: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
        for ((id, _), value) in names.iter().zip(&inputs[1..]) {
            parameters.set(*id, value.clone().into_shared());
        }
        let run = |engine| {
            let cx = Context::train(&parameters, 1, 0);
            let x = cx.leaf(inputs[0].clone());
            let y = block.forward(&cx, &x, engine);
            let gradients = y.backward_with(random_tensor(y.shape(), 1, "cotangent"));
            let of_parameters = names.iter().map(|(id, _)| gradients.get(*id).unwrap().to_owned());
            [y.value().to_owned(), gradients.of(&x).unwrap().to_owned()]
                .into_iter()
                .chain(of_parameters)
                .collect::<Vec<_>>()
        };
        let what = ["output", "input"].into_iter().chain(names.iter().map(|(_, name)| name.as_str()));
        for ((literal, fused), what) in run(Engine::Literal).iter().zip(run(Engine::Fused)).zip(what) {
            assert_close(what, &fused, literal, ROUNDING);
        }
    }
}

/// What is counted of a block, work and span, does not depend on the form in which it is computed.
#[test]
fn both_forms_of_a_block_count_the_same_work_and_span() {
    for mask in [Mask::Causal, Mask::Bidirectional] {
        let config = BlockConfig { mask, bias: true, ..BlockConfig::new(12, 3) };
        let mut parameters = Parameters::new();
        let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
        let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x"));
        let count = |engine| {
            let meter = Meter::start();
            let span = block.forward(&Context::eval(&parameters), &x, engine).span();
            (span, meter.finish().values().map(|usage| usage.cost.work).sum::<u64>())
        };
        assert_eq!(count(Engine::Fused), count(Engine::Literal), "{mask:?}");
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
            ROUNDING,
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
