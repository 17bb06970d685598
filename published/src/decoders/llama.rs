//! LLaMA 1 to 3 (Touvron et al. 2023; Grattafiori et al. 2024).

use gpt::{GptConfig, Head};
use transformer::{Activation, AttentionPositions, Biases, BlockConfig, Normalization};

use super::layout::{Layout, Projection};
use super::{ACTIVATIONS, Config, Error, head, head_width, rope};
use crate::llama2c::Header;
use crate::weights::Names;

pub(super) const LAYOUT: Layout = Layout {
    names: Names {
        prefixes: &["model.", ""],
        anchor: "embed_tokens.weight",
        outside: &["lm_head"],
        renamed: &[],
        ignored: &["rotary_emb.inv_freq"],
    },
    left_out: &[],
    embedding: "embed_tokens",
    positions: "",
    embedding_norm: "",
    last_norm: "norm",
    head: "lm_head",
    norms: ["layers.{}.input_layernorm", "layers.{}.post_attention_layernorm"],
    queries_keys_values: Projection::Separate([
        "layers.{}.self_attn.q_proj",
        "layers.{}.self_attn.k_proj",
        "layers.{}.self_attn.v_proj",
    ]),
    attention_output: "layers.{}.self_attn.o_proj",
    first: &["layers.{}.mlp.gate_proj", "layers.{}.mlp.up_proj"],
    second: "layers.{}.mlp.down_proj",
    transposed: false,
    divided_by_layer: false,
};

/// What llama2.c's files leave out is the same in all.
pub(super) fn of_llama2c(header: &Header) -> (GptConfig, Layout) {
    let &Header { dim, hidden_dim, layers, heads, kv_heads, vocabulary, context, shared } = header;
    let block = BlockConfig {
        feed_forward: hidden_dim,
        key_value_heads: Some(kv_heads).filter(|&shared| shared != heads),
        normalization: Normalization::Rms { epsilon: 1e-5 },
        ..BlockConfig::llama(dim, heads)
    };
    let head = if shared { Head::Tied } else { Head::Own };
    (GptConfig { learned_positions: false, head, ..GptConfig::of(vocabulary, context, layers, block) }, LAYOUT)
}

pub(super) fn read(file: &Config) -> Result<(GptConfig, Layout), Error> {
    let width = file.required(&["hidden_size"], Config::size)?;
    let heads = file.required(&["num_attention_heads"], Config::size)?;
    let context = file.size(&["max_position_embeddings"])?.unwrap_or(2048);
    let head_width = file.size(&["head_dim"])?.unwrap_or_else(|| head_width(width, heads));
    let rotary = rope::rotary(file, head_width, 1.0, context)?;
    let attention = file.flag(&["attention_bias"])?.unwrap_or(false);
    let block = BlockConfig {
        feed_forward: file.required(&["intermediate_size"], Config::size)?,
        activation: file.choice(&["hidden_act"], &ACTIVATIONS)?.unwrap_or(Activation::Silu),
        gated: true,
        bias: Biases {
            queries_keys_values: attention,
            attention_output: attention,
            feed_forward: file.flag(&["mlp_bias"])?.unwrap_or(false),
            norm: false,
        },
        normalization: Normalization::Rms { epsilon: file.positive(&["rms_norm_eps"])?.unwrap_or(1e-6) },
        key_value_heads: file.size(&["num_key_value_heads"])?.filter(|&shared| shared != heads),
        head_width: Some(head_width).filter(|&each| each * heads != width),
        attention_positions: AttentionPositions::Rotary(rotary),
        ..BlockConfig::new(width, heads)
    };
    let vocabulary = file.required(&["vocab_size"], Config::size)?;
    let layers = file.required(&["num_hidden_layers"], Config::size)?;
    let (head, left_out) = head(file, false, &["lm_head.weight"])?;
    let config = GptConfig::of(vocabulary, rope::context(&rotary, context), layers, block);
    Ok((GptConfig { learned_positions: false, head, ..config }, Layout { left_out, ..LAYOUT }))
}
