//! The keys on published decoders.

use gpt::{Gpt, GptConfig};
use ndarray::{arr1, arr2};
use nn::rms_norm;
use tensor::{Init, Parameters, Tensor};
use transformer::{Alibi, Block, BlockConfig, Rotary};

use crate::{Computed, number, shape};

/// Bytes that a block keeps for a token: a key and a value, at two bytes a number.
fn kept() -> String {
    let config = BlockConfig { key_value_heads: Some(8), head_width: Some(128), ..BlockConfig::new(64, 32) };
    let mut parameters = Parameters::new();
    let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
    number((2 * block.key_width() * 2) as f64)
}

fn map() -> String {
    let mut config = GptConfig::llama(11, 8, 1, 96, 8);
    config.block.key_value_heads = Some(2);
    let mut parameters = Parameters::new();
    Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let id = parameters.find("h.0.attn.c_attn.weight").expect("the names of GPT-2");
    shape(parameters.get(id).value().shape())
}

pub fn computed() -> Computed {
    let (frequencies, _) = Rotary::new(4).frequencies(51);
    let ones = Tensor::constant(arr1(&[1.0, 1.0]));
    let normal = rms_norm(&Tensor::constant(arr2(&[[1.0, 7.0]])), &ones, 0.0);
    vec![
        ("kept", kept()),
        ("map", map()),
        ("angle", number(50.0 * frequencies[1])),
        ("rms", number(normal.value()[[0, 0]])),
        ("slope", number(6.0 * Alibi::slopes(8)[0])),
    ]
}
