//! GPT-NeoX (Black et al. 2022) and Pythia (Biderman et al. 2023).

use gpt::GptConfig;
use transformer::{Activation, AttentionPositions, Biases, BlockConfig, Normalization, Residuals};

use super::layout::{Layout, Projection};
use super::{ACTIVATIONS, Config, Error, head, head_width, rope};
use crate::weights::Names;

const LAYOUT: Layout = Layout {
    names: Names {
        prefixes: &["gpt_neox.", ""],
        anchor: "embed_in.weight",
        outside: &["embed_out"],
        renamed: &[],
        ignored: &["attention.bias", "attention.masked_bias", "rotary_emb.inv_freq"],
    },
    left_out: &[],
    embedding: "embed_in",
    positions: "",
    embedding_norm: "",
    last_norm: "final_layer_norm",
    head: "embed_out",
    norms: ["layers.{}.input_layernorm", "layers.{}.post_attention_layernorm"],
    queries_keys_values: Projection::Groups("layers.{}.attention.query_key_value"),
    attention_output: "layers.{}.attention.dense",
    first: &["layers.{}.mlp.dense_h_to_4h"],
    second: "layers.{}.mlp.dense_4h_to_h",
    transposed: false,
    divided_by_layer: false,
};

pub(super) fn read(file: &Config) -> Result<(GptConfig, Layout), Error> {
    let width = file.required(&["hidden_size"], Config::size)?;
    let heads = file.required(&["num_attention_heads"], Config::size)?;
    let context = file.required(&["max_position_embeddings"], Config::size)?;
    let rotary = rope::rotary(file, head_width(width, heads), 0.25, context)?;
    let parallel = file.flag(&["use_parallel_residual"])?.unwrap_or(true);
    let attention = file.flag(&["attention_bias"])?.unwrap_or(true);
    let block = BlockConfig {
        feed_forward: file.required(&["intermediate_size"], Config::size)?,
        activation: file.choice(&["hidden_act"], &ACTIVATIONS)?.unwrap_or(Activation::Gelu),
        bias: Biases { queries_keys_values: attention, attention_output: attention, ..Biases::ALL },
        normalization: Normalization::LayerNorm { epsilon: file.positive(&["layer_norm_eps"])?.unwrap_or(1e-5) },
        residual: if parallel { Residuals::ParallelTwoNorms } else { Residuals::Sequential },
        attention_positions: AttentionPositions::Rotary(rotary),
        ..BlockConfig::new(width, heads)
    };
    let vocabulary = file.required(&["vocab_size"], Config::size)?;
    let layers = file.required(&["num_hidden_layers"], Config::size)?;
    let (head, left_out) = head(file, false, &["embed_out.weight"])?;
    let config = GptConfig::of(vocabulary, rope::context(&rotary, context), layers, block);
    Ok((GptConfig { learned_positions: false, head, ..config }, Layout { left_out, ..LAYOUT }))
}
