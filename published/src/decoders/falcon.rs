//! Falcon (Almazrouei et al. 2023): the layouts of 7B, of 40B and 180B, and of the RefinedWeb models with ALiBi.

use gpt::GptConfig;
use transformer::{Activation, Alibi, AttentionPositions, Biases, BlockConfig, Normalization, Residuals};

use super::layout::{Layout, Projection};
use super::{ACTIVATIONS, Config, Error, head, head_width, rope};
use crate::weights::Names;

const LAYOUT: Layout = Layout {
    names: Names {
        prefixes: &["transformer.", ""],
        anchor: "word_embeddings.weight",
        outside: &["lm_head"],
        renamed: &[],
        ignored: &["rotary_emb.inv_freq"],
    },
    left_out: &[],
    embedding: "word_embeddings",
    positions: "",
    embedding_norm: "",
    last_norm: "ln_f",
    head: "lm_head",
    norms: ["h.{}.input_layernorm", "h.{}.post_attention_layernorm"],
    queries_keys_values: Projection::Groups("h.{}.self_attention.query_key_value"),
    attention_output: "h.{}.self_attention.dense",
    first: &["h.{}.mlp.dense_h_to_4h"],
    second: "h.{}.mlp.dense_4h_to_h",
    transposed: false,
    divided_by_layer: false,
};

pub(super) fn read(file: &Config) -> Result<(GptConfig, Layout), Error> {
    let flag = |name: &str, otherwise: bool| Ok::<bool, Error>(file.flag(&[name])?.unwrap_or(otherwise));
    let width = file.required(&["hidden_size", "n_embed"], Config::size)?;
    let heads = file.required(&["num_attention_heads", "n_head"], Config::size)?;
    let context = file.size(&["max_position_embeddings"])?.unwrap_or(2048);
    let head_width = head_width(width, heads);
    let (positions, context) = if flag("alibi", false)? {
        (AttentionPositions::Alibi(Alibi::Scaled), context)
    } else {
        let rotary = rope::rotary(file, head_width, 1.0, context)?;
        (AttentionPositions::Rotary(rotary), rope::context(&rotary, context))
    };
    let newer = flag("new_decoder_architecture", false)?;
    let shared = match (newer, flag("multi_query", true)?) {
        (true, _) => file.size(&["num_kv_heads", "n_head_kv"])?.unwrap_or(heads),
        (false, true) => 1,
        (false, false) => heads,
    };
    let two_norms = newer && file.size(&["num_ln_in_parallel_attn"])?.unwrap_or(2) == 2;
    let residual = match (two_norms, newer || flag("parallel_attn", true)?) {
        (true, _) => Residuals::ParallelTwoNorms,
        (false, true) => Residuals::Parallel,
        (false, false) => Residuals::Sequential,
    };
    let block = BlockConfig {
        feed_forward: file.size(&["ffn_hidden_size"])?.unwrap_or(4 * width),
        activation: file.choice(&["activation"], &ACTIVATIONS)?.unwrap_or(Activation::Gelu),
        bias: Biases { norm: true, ..flag("bias", false)?.into() },
        normalization: Normalization::LayerNorm { epsilon: file.positive(&["layer_norm_epsilon"])?.unwrap_or(1e-5) },
        key_value_heads: Some(shared).filter(|&shared| shared != heads),
        residual,
        attention_positions: positions,
        ..BlockConfig::new(width, heads)
    };
    let vocabulary = file.required(&["vocab_size"], Config::size)?;
    let layers = file.required(&["num_hidden_layers", "n_layer"], Config::size)?;
    let (head, left_out) = head(file, true, &["lm_head.weight"])?;
    let norms = if two_norms { ["h.{}.ln_attn", "h.{}.ln_mlp"] } else { LAYOUT.norms };
    let config = GptConfig::of(vocabulary, context, layers, block);
    Ok((GptConfig { learned_positions: false, head, ..config }, Layout { left_out, norms, ..LAYOUT }))
}
