//! BLOOM (Le Scao et al. 2022).

use gpt::GptConfig;
use transformer::{Activation, Alibi, AttentionPositions, Biases, BlockConfig, Normalization};

use super::layout::{Layout, Projection};
use super::{Config, Error, head};
use crate::weights::Names;

const LAYOUT: Layout = Layout {
    names: Names {
        prefixes: &["", "transformer."],
        anchor: "word_embeddings.weight",
        outside: &["lm_head"],
        renamed: &[],
        ignored: &[],
    },
    left_out: &[],
    embedding: "word_embeddings",
    positions: "",
    embedding_norm: "word_embeddings_layernorm",
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

/// How many tokens BLOOM was trained on at once; ALiBi has no end of its own.
const CONTEXT: usize = 2048;

pub(super) fn read(file: &Config) -> Result<(GptConfig, Layout), Error> {
    if file.flag(&["apply_residual_connection_post_layernorm"])?.unwrap_or(false) {
        return Err(Error::Refused {
            path: file.path().into(),
            what: "says that the stream is what was normalised (`apply_residual_connection_post_layernorm`), which is not \
                   built here"
                .to_owned(),
            way_out: "use a model without that".to_owned(),
        });
    }
    let width = file.required(&["hidden_size", "n_embed"], Config::size)?;
    let heads = file.required(&["n_head", "num_attention_heads"], Config::size)?;
    let block = BlockConfig {
        feed_forward: 4 * width,
        activation: Activation::GeluTanh,
        bias: Biases::ALL,
        normalization: Normalization::LayerNorm { epsilon: file.positive(&["layer_norm_epsilon"])?.unwrap_or(1e-5) },
        attention_positions: AttentionPositions::Alibi(Alibi::Added),
        ..BlockConfig::new(width, heads)
    };
    let vocabulary = file.required(&["vocab_size"], Config::size)?;
    let layers = file.required(&["n_layer", "num_hidden_layers"], Config::size)?;
    let context = file.size(&["seq_length"])?.unwrap_or(CONTEXT);
    let (head, left_out) = head(file, true, &["lm_head.weight"])?;
    let config = GptConfig::of(vocabulary, context, layers, block);
    Ok((GptConfig { learned_positions: false, embedding_norm: true, head, ..config }, Layout { left_out, ..LAYOUT }))
}
