//! GPT-2 (Radford et al. 2019).

use gpt::GptConfig;
use transformer::{Activation, Biases, BlockConfig, Normalization};

use super::layout::{Layout, Projection};
use super::{ACTIVATIONS, Config, Error, head};
use crate::weights::Names;

pub(super) const LAYOUT: Layout = Layout {
    names: Names {
        prefixes: &["", "transformer."],
        anchor: "wte.weight",
        outside: &["lm_head"],
        renamed: &[],
        // The causal mask, and the score of what it hides.
        ignored: &["attn.bias", "attn.masked_bias"],
    },
    left_out: &[],
    embedding: "wte",
    positions: "wpe",
    embedding_norm: "",
    last_norm: "ln_f",
    head: "lm_head",
    norms: ["h.{}.ln_1", "h.{}.ln_2"],
    queries_keys_values: Projection::Blocks("h.{}.attn.c_attn"),
    attention_output: "h.{}.attn.c_proj",
    first: &["h.{}.mlp.c_fc"],
    second: "h.{}.mlp.c_proj",
    transposed: true,
    divided_by_layer: false,
};

pub(super) fn read(file: &Config) -> Result<(GptConfig, Layout), Error> {
    let width = file.required(&["n_embd", "hidden_size"], Config::size)?;
    let heads = file.required(&["n_head", "num_attention_heads"], Config::size)?;
    let scaled = file.flag(&["scale_attn_weights"])?.unwrap_or(true);
    let block = BlockConfig {
        feed_forward: file.size(&["n_inner"])?.unwrap_or(4 * width),
        activation: file.choice(&["activation_function"], &ACTIVATIONS)?.unwrap_or(Activation::GeluTanh),
        bias: Biases::ALL,
        normalization: Normalization::LayerNorm { epsilon: file.positive(&["layer_norm_epsilon"])?.unwrap_or(1e-5) },
        score_scale: (!scaled).then_some(1.0),
        ..BlockConfig::new(width, heads)
    };
    let vocabulary = file.required(&["vocab_size"], Config::size)?;
    let context = file.required(&["n_positions", "n_ctx"], Config::size)?;
    let layers = file.required(&["n_layer", "num_hidden_layers"], Config::size)?;
    let (head, left_out) = head(file, true, &["lm_head.weight"])?;
    let divided_by_layer = file.flag(&["scale_attn_by_inverse_layer_idx"])?.unwrap_or(false);
    let config = GptConfig { head, ..GptConfig::of(vocabulary, context, layers, block) };
    Ok((config, Layout { divided_by_layer, left_out, ..LAYOUT }))
}
