//! GPT-J (Wang & Komatsuzaki 2021).

use gpt::{GptConfig, Head};
use transformer::{Activation, AttentionPositions, Biases, BlockConfig, Normalization, Pairing, Residuals, Rotary};

use super::layout::{Layout, Projection};
use super::{ACTIVATIONS, Config, Error, head_width};
use crate::weights::Names;

const LAYOUT: Layout = Layout {
    names: Names {
        prefixes: &["transformer.", ""],
        anchor: "wte.weight",
        outside: &["lm_head"],
        renamed: &[],
        ignored: &["attn.bias", "attn.masked_bias", "attn.embed_positions"],
    },
    left_out: &[],
    embedding: "wte",
    positions: "",
    embedding_norm: "",
    last_norm: "ln_f",
    head: "lm_head",
    norms: ["h.{}.ln_1", ""],
    queries_keys_values: Projection::Separate(["h.{}.attn.q_proj", "h.{}.attn.k_proj", "h.{}.attn.v_proj"]),
    attention_output: "h.{}.attn.out_proj",
    first: &["h.{}.mlp.fc_in"],
    second: "h.{}.mlp.fc_out",
    transposed: false,
    divided_by_layer: false,
};

pub(super) fn read(file: &Config) -> Result<(GptConfig, Layout), Error> {
    let width = file.required(&["n_embd", "hidden_size"], Config::size)?;
    let heads = file.required(&["n_head", "num_attention_heads"], Config::size)?;
    let dimensions = file.size(&["rotary_dim"])?.unwrap_or_else(|| head_width(width, heads));
    let rotary = Rotary { pairing: Pairing::Adjacent, ..Rotary::new(dimensions) };
    let block = BlockConfig {
        feed_forward: file.size(&["n_inner"])?.unwrap_or(4 * width),
        activation: file.choice(&["activation_function"], &ACTIVATIONS)?.unwrap_or(Activation::GeluTanh),
        bias: Biases { queries_keys_values: false, attention_output: false, ..Biases::ALL },
        normalization: Normalization::LayerNorm { epsilon: file.positive(&["layer_norm_epsilon"])?.unwrap_or(1e-5) },
        residual: Residuals::Parallel,
        attention_positions: AttentionPositions::Rotary(rotary),
        ..BlockConfig::new(width, heads)
    };
    let vocabulary = file.required(&["vocab_size"], Config::size)?;
    let context = file.required(&["n_positions"], Config::size)?;
    let layers = file.required(&["n_layer", "num_hidden_layers"], Config::size)?;
    if file.flag(&["tie_word_embeddings"])?.unwrap_or(false) {
        return Err(Error::Refused {
            path: file.path().into(),
            what: "says that a GPT-J has the embedding as its output layer, which none that was published has"
                .to_owned(),
            way_out: "use the file that the model was published with".to_owned(),
        });
    }
    let head = Head::OwnWithBias;
    Ok((GptConfig { learned_positions: false, head, ..GptConfig::of(vocabulary, context, layers, block) }, LAYOUT))
}
