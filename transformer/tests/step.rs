//! One position after another gives what all at once give.

use ndarray::{Axis, Ix2};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Init, Parameters, Tensor};
use transformer::{
    Activation, Alibi, AttentionPositions, BlockConfig, Form, KeyValueCache, Norm, Pairing, Residuals, Rotary, Stack,
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

fn same_as_all_at_once(config: BlockConfig) {
    let mut parameters = Parameters::new();
    let stack = Stack::gpt2(&mut Init::new(&mut parameters, 1), &config, LAYERS);
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let noise = random_tensor(parameters.get(id).value().shape(), 1, &name) * 0.4;
        let value = parameters.get(id).value() + &noise;
        parameters.set(id, value.into_shared());
    }
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
