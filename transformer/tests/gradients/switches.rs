//! The block's switches: both forms agree, and each has the gradient of its finite differences.

use std::collections::BTreeSet;

use ndarray::ArrayD;
use tensor::check::{assert_close, assert_gradients, assert_same_gradients, random_tensor};
use tensor::{Context, Init, Initializer, Parameters, Real, Tensor, shared};
use transformer::block::fused::linear_gated;
use transformer::scaled_dot_product::{fused, literal};
use transformer::{
    Activation, Alibi, AttentionPositions, AttentionSource, Biases, Block, BlockConfig, Buckets, Decoder, Form, Heads,
    Mask, Normalization, Pairing, RelativePositions, Residuals, Rotary, RotaryScaling, ScoreBias, TransformerConfig,
};

use super::{ACTIVATIONS, ROUNDING, assert_same_forms, lengths};

/// N, KV: shared by two, by all, by none.
const GROUPS: [[usize; 2]; 4] = [[4, 2], [6, 3], [3, 1], [2, 2]];

fn of_width([b, t, s, width]: [usize; 4], Heads { queries, keys, .. }: Heads) -> [ArrayD<Real>; 3] {
    [
        random_tensor(&[b, t, queries * width], 1, "q"),
        random_tensor(&[b, s, keys * width], 1, "k"),
        random_tensor(&[b, s, keys * width], 1, "v"),
    ]
}

#[test]
fn heads_that_share_keys_are_the_same_in_both_forms() {
    for [queries, keys] in GROUPS {
        for scale in [None, Some(0.7)] {
            let heads = Heads { queries, keys, scale };
            for [t, s] in [[5, 7], [1, 4], [67, 70]] {
                let padded = lengths(2, s);
                for visible in [Mask::Causal.into(), Mask::Bidirectional.within(Some(&padded))] {
                    assert_same_gradients(
                        &of_width([2, t, s, 3], heads),
                        ROUNDING,
                        |_, x| vec![literal::attention(&x[0], &x[1], &x[2], heads, visible)],
                        |_, x| vec![fused::attention(&x[0], &x[1], &x[2], heads, visible)],
                    );
                }
            }
            assert_same_gradients(
                &[random_tensor(&[2, 5, (queries + 2 * keys) * 3], 1, "qkv")],
                ROUNDING,
                |_, x| vec![literal::self_attention(&x[0], heads, Mask::Causal)],
                |_, x| vec![fused::self_attention(&x[0], heads, Mask::Causal)],
            );
        }
    }
}

/// What they share they share: attention of four heads to two is that of four whose keys and values stand there twice.
#[test]
fn shared_heads_are_heads_with_equal_keys() {
    let heads = Heads { queries: 4, keys: 2, scale: None };
    let [q, k, v] = of_width([2, 5, 7, 3], heads).map(Tensor::constant);
    let twice = |x: &Tensor| {
        let [first, second] = [0..3, 3..6].map(|columns| x.slice(2, columns));
        tensor::concat(2, &[&first, &first, &second, &second])
    };
    let expected = fused::attention(&q, &twice(&k), &twice(&v), 4, Mask::Bidirectional);
    let y = fused::attention(&q, &k, &v, heads, Mask::Bidirectional);
    assert_close("y", y.value(), &expected.value().to_owned(), ROUNDING);
}

#[test]
fn what_is_added_to_scores_is_the_same_in_both_forms_and_has_its_gradient() {
    let heads = Heads { queries: 4, keys: 2, scale: None };
    let padded = [7, 4];
    for visible in [Mask::Causal.into(), Mask::Bidirectional.within(Some(&padded))] {
        let [q, k, v] = of_width([2, 5, 7, 3], heads);
        let inputs = [q, k, v, random_tensor(&[4, 5, 7], 1, "bias")];
        let pairs = |x: &[Tensor]| ScoreBias::Pairs(x[3].clone());
        assert_same_gradients(
            &inputs,
            ROUNDING,
            |_, x| vec![literal::attention(&x[0], &x[1], &x[2], heads, visible.with_bias(Some(&pairs(x))))],
            |_, x| vec![fused::attention(&x[0], &x[1], &x[2], heads, visible.with_bias(Some(&pairs(x))))],
        );
        assert_gradients("attention with learned numbers", &inputs, |_, x| {
            vec![fused::attention(&x[0], &x[1], &x[2], heads, visible.with_bias(Some(&pairs(x))))]
        });
        for alibi in [Alibi::Added, Alibi::Scaled] {
            let bias = alibi.bias(4, 7, 0.5);
            assert_same_gradients(
                &inputs[..3],
                ROUNDING,
                |_, x| vec![literal::attention(&x[0], &x[1], &x[2], heads, visible.with_bias(Some(&bias)))],
                |_, x| vec![fused::attention(&x[0], &x[1], &x[2], heads, visible.with_bias(Some(&bias)))],
            );
        }
    }
}

/// ALiBi as the paper writes it, by distance, gives the same weights as its form by key.
#[test]
fn alibi_by_key_is_alibi_by_distance() {
    let [q, k] = ["q", "k"].map(|name| Tensor::constant(random_tensor(&[1, 6, 8], 1, name)));
    let by_distance =
        ndarray::Array3::from_shape_fn((2, 6, 6), |(n, t, s)| (Alibi::slopes(2)[n] * (s as f64 - t as f64)) as Real);
    let pairs = ScoreBias::Pairs(Tensor::constant(by_distance));
    let keys = Alibi::Added.bias(2, 6, 1.0);
    let [by_distance, by_key] = [pairs, keys]
        .map(|bias| literal::weights(&q, &k, 2, Mask::Causal.within(None).with_bias(Some(&bias))).value().to_owned());
    assert_close("weights", &by_key, &by_distance, ROUNDING);
}

#[test]
fn gated_maps_are_the_same_in_both_forms() {
    for [b, t, i, o] in [[2, 3, 4, 5], [1, 1, 2, 1], [3, 2, 1, 4]] {
        for activation in ACTIVATIONS {
            assert_same_gradients(
                &[
                    random_tensor(&[b, t, i], 1, "x"),
                    random_tensor(&[2 * o, i], 1, "w"),
                    random_tensor(&[2 * o], 1, "b"),
                ],
                ROUNDING,
                |_, x| {
                    let both = x[0].linear(&x[1], Some(&x[2]));
                    vec![&activation.apply(&both.slice(2, 0..o)) * &both.slice(2, o..2 * o)]
                },
                |_, x| vec![linear_gated(&x[0], &x[1], Some(&x[2]), activation)],
            );
        }
    }
}

fn rotations() -> Vec<Rotary> {
    let scalings = [
        None,
        Some(RotaryScaling::Linear { factor: 2.0 }),
        Some(RotaryScaling::Dynamic { factor: 2.0, context: 3 }),
        Some(RotaryScaling::Llama3 { factor: 8.0, low: 0.1, high: 0.4, context: 6 }),
        Some(RotaryScaling::Yarn { factor: 4.0, fast: 0.6, slow: 0.05, rounded: true, growth: 1.1, context: 6 }),
    ];
    let pairings = [Pairing::Halves, Pairing::Adjacent];
    let each = pairings.into_iter().flat_map(|pairing| scalings.map(|scaling| (pairing, scaling)));
    each.map(|(pairing, scaling)| Rotary { pairing, scaling, base: 100.0, ..Rotary::new(4) }).collect()
}

#[test]
fn rotary_positions_are_the_same_in_both_forms() {
    for rotary in rotations() {
        for [heads, width, all, first] in [[3, 4, 12, 0], [2, 6, 17, 3], [1, 4, 4, 1]] {
            assert_same_gradients(
                &[random_tensor(&[2, 5, all], 1, "x")],
                ROUNDING,
                |_, x| vec![rotary.forward(&x[0], heads, width, first, Form::Literal)],
                |_, x| vec![rotary.forward(&x[0], heads, width, first, Form::Fused)],
            );
        }
    }
}

/// Returns the operations that were checked.
pub fn rotary_has_the_gradient_of_its_finite_differences() -> BTreeSet<&'static str> {
    let x = [random_tensor(&[2, 3, 14], 1, "x")];
    let check = |rotary: Rotary| {
        assert_gradients(&format!("{rotary:?}"), &x, |_, x| vec![rotary.forward(&x[0], 2, 6, 2, Form::Fused)])
    };
    rotations().into_iter().flat_map(check).collect()
}

/// What the paper promises: products of queries and keys depend on the distance alone.
#[test]
fn a_shift_of_all_rotary_positions_changes_no_score() {
    let [q, k] = ["q", "k"].map(|name| Tensor::constant(random_tensor(&[1, 4, 12], 1, name)));
    for rotary in
        rotations().into_iter().filter(|rotary| !matches!(rotary.scaling, Some(RotaryScaling::Dynamic { .. })))
    {
        let scores = |first| {
            let [q, k] = [&q, &k].map(|x| rotary.forward(x, 2, 6, first, Form::Fused));
            literal::scores(&q, &k, 2).value().to_owned()
        };
        assert_close(&format!("{rotary:?}"), &scores(9), &scores(0), 20.0 * ROUNDING);
    }
}

/// The order of the rows of W_Q and W_K decides which numbers are a pair: the same scores in either pairing.
#[test]
fn adjacent_pairs_are_halves_in_another_order() {
    let width = 6;
    let (halves, adjacent) = (Rotary::new(width), Rotary { pairing: Pairing::Adjacent, ..Rotary::new(width) });
    let [q, k] = ["q", "k"].map(|name| random_tensor(&[1, 5, width], 1, name));
    let reordered = |x: &ArrayD<Real>| {
        let order: Vec<usize> = (0..width).step_by(2).chain((1..width).step_by(2)).collect();
        x.select(ndarray::Axis(2), &order)
    };
    let scores = |rotary: Rotary, [q, k]: [ArrayD<Real>; 2]| {
        let [q, k] = [q, k].map(|x| rotary.forward(&Tensor::constant(x), 1, width, 0, Form::Fused));
        literal::scores(&q, &k, 1).value().to_owned()
    };
    let expected = scores(adjacent, [q.clone(), k.clone()]);
    assert_close("scores", &scores(halves, [&q, &k].map(reordered)), &expected, ROUNDING);
}

/// Blocks as the published families have them, and every switch in some of them.
pub fn blocks() -> Vec<BlockConfig> {
    let plain = BlockConfig { feed_forward: 7, ..BlockConfig::new(12, 4) };
    let rotary = |dimensions| AttentionPositions::Rotary(Rotary::new(dimensions));
    let gpt_j = BlockConfig {
        residual: Residuals::Parallel,
        attention_positions: AttentionPositions::Rotary(Rotary { pairing: Pairing::Adjacent, ..Rotary::new(2) }),
        bias: Biases { queries_keys_values: false, attention_output: false, ..Biases::ALL },
        ..plain.clone()
    };
    let neo_x = BlockConfig { residual: Residuals::ParallelTwoNorms, bias: Biases::ALL, ..plain.clone() };
    let llama = BlockConfig { feed_forward: 7, head_width: Some(4), ..BlockConfig::llama(12, 3) };
    vec![
        BlockConfig { attention_positions: rotary(2), ..neo_x },
        gpt_j,
        BlockConfig { attention_positions: rotary(4), ..llama.clone() },
        BlockConfig {
            heads: 4,
            key_value_heads: Some(2),
            head_width: Some(6),
            attention_positions: rotary(6),
            ..llama
        },
        BlockConfig {
            key_value_heads: Some(1),
            residual: Residuals::Parallel,
            attention_positions: rotary(2),
            ..plain.clone()
        },
        BlockConfig {
            attention_positions: AttentionPositions::Alibi(Alibi::Added),
            bias: Biases::ALL,
            ..plain.clone()
        },
        BlockConfig { attention_positions: AttentionPositions::Alibi(Alibi::Scaled), ..plain.clone() },
        BlockConfig {
            score_scale: Some(1.0),
            normalization: Normalization::Rms { epsilon: 1e-3 },
            head_width: Some(5),
            ..plain.clone()
        },
        BlockConfig {
            normalization: Normalization::LayerNorm { epsilon: 1e-2 },
            gated: true,
            bias: Biases::ALL,
            ..plain
        },
    ]
}

#[test]
fn blocks_of_published_families_are_the_same_in_both_forms() {
    for config in blocks() {
        let mut parameters = Parameters::new();
        let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
        let x = random_tensor(&[2, 5, 12], 1, "x");
        let lengths = lengths(2, 5);
        for lengths in [None, Some(&lengths[..])] {
            assert_same_forms(parameters.clone(), std::slice::from_ref(&x), |cx, x, form| {
                block.forward(cx, &x[0], lengths, form)
            });
        }
        let cx = Context::eval(&parameters);
        let weights = block.weights(&cx, &Tensor::constant(x), None);
        assert_eq!(weights.shape(), [2, config.heads, 5, 5]);
    }
}

#[test]
fn relative_positions_are_the_same_in_both_forms_and_learn() {
    for mask in [Mask::Causal, Mask::Bidirectional] {
        let config = BlockConfig { mask, ..BlockConfig::new(12, 3) };
        let mut parameters = Parameters::new();
        let mut init = Init::new(&mut parameters, 1);
        let block = Block::new(&mut init, &config, 0, 1);
        let buckets = Buckets { number: 4, max_distance: 4, mask };
        let relative =
            RelativePositions::new(&mut init.child("relative"), buckets, 3, Initializer::Normal { std: 1.0 });
        let x = random_tensor(&[2, 6, 12], 1, "x");
        assert_same_forms(parameters, std::slice::from_ref(&x), |cx, x, form| {
            let bias = relative.forward(cx, 0..6, 6);
            let own = AttentionSource { bias: Some(&bias), ..AttentionSource::itself(Some(&[6, 3])) };
            block.forward_biased(cx, &x[0], own, form)
        });
    }
}

/// With equal numbers for all distances nothing is told apart; with one large one all look there.
#[test]
fn a_large_number_for_a_distance_draws_all_attention_there() {
    let mut parameters = Parameters::new();
    let buckets = Buckets { number: 8, max_distance: 8, mask: Mask::Causal };
    let relative = RelativePositions::new(&mut Init::new(&mut parameters, 1), buckets, 1, Initializer::Constant(0.0));
    let mut numbers = ndarray::Array2::zeros((8, 1));
    numbers[[1, 0]] = 50.0;
    parameters.set(parameters.find("weight").unwrap(), shared(numbers));
    let bias = relative.forward(&Context::eval(&parameters), 0..4, 4);
    let x = Tensor::constant(random_tensor(&[1, 4, 2], 1, "x"));
    let weights = literal::weights(&x, &x, 1, Mask::Causal.within(None).with_bias(Some(&bias)));
    for t in 1..4 {
        assert!(weights.value()[[0, 0, t, t - 1]] > 0.999);
    }
}

/// A decoder's caches are as wide as its heads of keys, whatever the width of the stream.
#[test]
fn a_decoder_with_shared_keys_says_token_by_token_what_it_says_at_once() {
    let config = BlockConfig { key_value_heads: Some(2), head_width: Some(5), ..BlockConfig::new(12, 4) };
    let mut parameters = Parameters::new();
    let decoder = Decoder::new(&mut Init::new(&mut parameters, 1), &config, 2, true);
    let [x, memory] = [4, 6].map(|n| Tensor::constant(random_tensor(&[2, n, 12], 1, &format!("{n} places"))));
    let (cx, lengths) = (Context::eval(&parameters), Some(&[6, 3][..]));
    let expected = decoder.forward(&cx, &x, &memory, lengths, Form::Literal);
    let (memories, mut caches) = decoder.start(&cx, &memory, lengths);
    for t in 0..4 {
        let (y, _) = decoder.forward_cached(&cx, &x.slice(1, t..t + 1), &memories, &mut caches);
        let at_once = expected.slice(1, t..t + 1).value().to_owned();
        assert_close(&format!("place {t}"), y.value(), &at_once, 20.0 * ROUNDING);
    }
    let beside = TransformerConfig {
        block: BlockConfig { residual: Residuals::ParallelTwoNorms, ..BlockConfig::new(12, 4) },
        ..TransformerConfig::new(7, 9, 1, 12, 4)
    };
    assert_eq!(
        beside.validate().unwrap_err().to_string(),
        "no model has a decoder that looks at a memory and sublayers side by side; choose one of the two"
    );
}

#[test]
fn impossible_rotary_positions_are_told_with_their_values() {
    let refused = |rotary: Rotary| {
        let attention_positions = AttentionPositions::Rotary(rotary);
        BlockConfig { attention_positions, ..BlockConfig::new(12, 3) }.validate().unwrap_err().to_string()
    };
    let scaled = |scaling| Rotary { scaling: Some(scaling), ..Rotary::new(4) };
    assert_eq!(
        refused(Rotary { base: 0.5, ..Rotary::new(4) }),
        "positions with a base of 0.5 are not possible; it must be a number above 1"
    );
    assert_eq!(
        refused(scaled(RotaryScaling::Linear { factor: 0.25 })),
        "positions with a factor of 0.25 are not possible; it must be a number of at least 1"
    );
    assert_eq!(
        refused(scaled(RotaryScaling::Llama3 { factor: 8.0, low: 4.0, high: 2.0, context: 6 })),
        "positions with a high frequency factor of 2 are not possible; it must be above the low frequency factor"
    );
    assert_eq!(
        refused(scaled(RotaryScaling::Dynamic { factor: 2.0, context: 0 })),
        "positions with a context of 0 are not possible; it must be a number of at least 1"
    );
}

#[test]
fn combinations_that_nobody_has_are_refused_with_a_sentence() {
    let plain = BlockConfig::new(12, 4);
    for (config, sentence) in [
        (
            BlockConfig { residual: Residuals::Parallel, norm: transformer::Norm::Post, ..plain.clone() },
            "no model has sublayers side by side with normalisations behind them; choose one of the two",
        ),
        (
            BlockConfig { normalization: Normalization::Rms { epsilon: 1e-6 }, bias: Biases::ALL, ..plain.clone() },
            "no model has an RMSNorm with a bias; choose one of the two",
        ),
        (
            BlockConfig { key_value_heads: Some(3), ..plain.clone() },
            "4 heads of queries cannot share 3 heads of keys and values; choose a number of heads that is a multiple of 3",
        ),
        (
            BlockConfig { attention_positions: AttentionPositions::Rotary(Rotary::new(5)), ..plain.clone() },
            "of the 3 numbers of a head 5 cannot be rotated; it must be an even number from 2 to 3",
        ),
        (
            BlockConfig { gated: true, activation: Activation::Relu, ..plain.clone() },
            "no model has a feed-forward layer that is gated by ReLU; choose one of the two",
        ),
        (
            BlockConfig { normalization: Normalization::LayerNorm { epsilon: 0.0 }, ..plain },
            "an epsilon of 0 is not possible; it must be a number above 0 and below 1",
        ),
    ] {
        assert_eq!(config.validate().unwrap_err().to_string(), sentence);
    }
}
