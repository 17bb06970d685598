//! One position after another gives what all at once give.

use std::ops::Range;

use ndarray::{Axis, Ix2};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Init, Parameters, Tensor};
use transformer::{
    Activation, Alibi, AttentionPositions, BlockConfig, Form, KeyValueCache, Norm, Pairing, Residuals, Rotary,
    RotaryScaling, Stack,
};

const LAYERS: usize = 2;
const TEXTS: usize = 2;
const LENGTH: usize = 5;

#[test]
fn the_block_for_one_token_is_the_block_at_that_position() {
    for norm in [Norm::Pre, Norm::Post] {
        for activation in [Activation::Gelu, Activation::GeluTanh, Activation::Relu] {
            for bias in [false, true] {
                same_as_all_at_once(BlockConfig { norm, activation, bias: bias.into(), ..BlockConfig::new(12, 3) });
            }
        }
    }
}

#[test]
fn blocks_of_published_families_are_the_same_for_one_token() {
    let plain = BlockConfig { feed_forward: 7, ..BlockConfig::new(12, 4) };
    let adjacent = Rotary { pairing: Pairing::Adjacent, ..Rotary::new(2) };
    let llama = BlockConfig { key_value_heads: Some(2), head_width: Some(6), ..BlockConfig::llama(24, 4) };
    for config in [
        BlockConfig { width: 12, ..llama },
        BlockConfig {
            residual: Residuals::Parallel,
            attention_positions: AttentionPositions::Rotary(adjacent),
            ..plain.clone()
        },
        BlockConfig { residual: Residuals::ParallelTwoNorms, key_value_heads: Some(1), ..plain.clone() },
        BlockConfig { attention_positions: AttentionPositions::Alibi(Alibi::Added), ..plain.clone() },
        BlockConfig { attention_positions: AttentionPositions::Alibi(Alibi::Scaled), score_scale: Some(0.3), ..plain },
    ] {
        same_as_all_at_once(config);
    }
}

/// All layers turn by the same angles, which are computed once for all texts; the literal form computes its own in every layer.
#[test]
fn texts_that_stand_at_different_places_turn_by_their_own_angles() {
    let growth = RotaryScaling::Yarn { factor: 4.0, fast: 0.6, slow: 0.05, rounded: true, growth: 1.1, context: 6 };
    for (pairing, scaling) in [
        (Pairing::Halves, None),
        (Pairing::Adjacent, Some(RotaryScaling::Linear { factor: 2.0 })),
        (Pairing::Halves, Some(growth)),
        (Pairing::Halves, Some(RotaryScaling::Dynamic { factor: 2.0, context: LENGTH })),
    ] {
        let rotary = Rotary { pairing, scaling, base: 100.0, ..Rotary::new(6) };
        let attention_positions = AttentionPositions::Rotary(rotary);
        let config = BlockConfig { attention_positions, ..BlockConfig::llama(24, 4) };
        let (parameters, stack) = noisy(&config);
        let x = random_tensor(&[1, LENGTH, config.width], 1, "x");
        let cx = Context::eval(&parameters);
        let whole = stack.normalised(&cx, &stack.forward(&cx, &Tensor::constant(x.clone()), None, Form::Literal));
        // One text has read a position, the other one after it two at once.
        let mut caches =
            [(); TEXTS].map(|()| vec![KeyValueCache::new(1, LENGTH, stack.blocks()[0].key_width()); LAYERS]);
        let places = |range: Range<usize>| Tensor::constant(x.slice_axis(Axis(1), range.into()).to_owned());
        stack.forward_cached(&cx, &places(0..1), &mut caches[0]);
        stack.forward_cached(&cx, &places(0..1), &mut caches[1]);
        stack.forward_cached(&cx, &places(1..3), &mut caches[1]);
        let next = x.select(Axis(1), &[1, 3]).remove_axis(Axis(0)).into_dimensionality::<Ix2>().unwrap(); // (B, D)
        let y = stack.step(&parameters, next, &mut caches.each_mut().map(|layers| &mut layers[..]));
        for (text, place) in [1, 3].into_iter().enumerate() {
            let expected = whole.index(1, place).index(0, 0);
            assert_close(
                &format!("{rotary:?}, text {text}"),
                &y.row(text).to_owned().into_dyn(),
                expected.value(),
                1e-5,
            );
        }
    }
}

/// A stack whose parameters all say something.
fn noisy(config: &BlockConfig) -> (Parameters, Stack) {
    let mut parameters = Parameters::new();
    let stack = Stack::gpt2(&mut Init::new(&mut parameters, 1), config, LAYERS);
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let noise = random_tensor(parameters.get(id).value().shape(), 1, &name) * 0.4;
        let value = parameters.get(id).value() + &noise;
        parameters.set(id, value.into_shared());
    }
    (parameters, stack)
}

fn same_as_all_at_once(config: BlockConfig) {
    let (parameters, stack) = noisy(&config);
    let x = random_tensor(&[TEXTS, LENGTH, config.width], 1, "x");
    let cx = Context::eval(&parameters);
    let all = stack.forward(&cx, &Tensor::constant(x.clone()), None, Form::Literal);
    let all = stack.normalised(&cx, &all); // (B, T, D)

    // Room for two positions: the caches grow.
    let width = stack.blocks()[0].key_width();
    let mut caches = vec![vec![KeyValueCache::new(1, 2, width); LAYERS]; TEXTS];
    for t in 0..LENGTH {
        let position = x.index_axis(Axis(1), t).to_owned().into_dimensionality::<Ix2>().unwrap(); // (B, D)
        let mut caches: Vec<_> = caches.iter_mut().map(|layers| &mut layers[..]).collect();
        let y = stack.step(&parameters, position, &mut caches);
        assert_close(&format!("{config:?}, position {t}"), &y.into_dyn(), &all.index(1, t).value().to_owned(), 1e-5);
    }
}
