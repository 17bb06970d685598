//! Decoders of ours in files that other programs load: as a GPT-2 or as a LLaMA.

use std::collections::BTreeMap;
use std::path::Path;

use gpt::{Gpt, GptConfig, Head};
use serde_json::{Value, json};
use tensor::{Array, Init, Parameters};
use transformer::{
    Activation, AttentionPositions, Biases, BlockConfig, Norm, Normalization, Pairing, Residuals, Rotary, RotaryScaling,
};

use super::layout::Layout;
use super::{gpt2, llama};
use crate::error::Error;

/// What a published folder of a model holds.
#[derive(Debug)]
pub struct Exported {
    /// The contents of `config.json`.
    pub config: Value,
    /// The tensors of `model.safetensors`.
    pub tensors: BTreeMap<String, Array>,
}

/// A model in the form of the family that it has the architecture of; `path` is where it was read, for what is said.
///
/// A GPT-2 has biases everywhere: where ours has none, they are zeros.
///
/// # Errors
/// [`Error::Refused`] if it is neither a GPT-2 nor a LLaMA.
pub fn export(gpt: &Gpt, parameters: &Parameters, path: &Path) -> Result<Exported, Error> {
    let config = gpt.config();
    let (config, layout, json) = if is_gpt2(config) {
        let block = BlockConfig { bias: Biases::ALL, ..config.block.clone() };
        let config = GptConfig { block, ..config.clone() };
        let json = gpt2_json(&config);
        (config, gpt2::LAYOUT, json)
    } else if let Some(rotary) = rotary_of_llama(config) {
        (config.clone(), llama::LAYOUT, llama_json(config, rotary))
    } else {
        return Err(Error::Refused {
            path: path.into(),
            what: "holds a model of neither GPT-2's nor LLaMA's architecture, and only these are written".to_owned(),
            way_out: "keep it in the files that it was published in".to_owned(),
        });
    };
    Ok(Exported { tensors: tensors(&config, &layout, parameters), config: json })
}

fn is_gpt2(config: &GptConfig) -> bool {
    let block = &config.block;
    let plain = BlockConfig {
        bias: block.bias,
        dropout: block.dropout,
        activation: block.activation,
        feed_forward: block.feed_forward,
        normalization: block.normalization,
        score_scale: block.score_scale.filter(|&scale| scale == 1.0),
        ..BlockConfig::new(block.width, block.heads)
    };
    let is_layer_norm = matches!(block.normalization, Normalization::LayerNorm { .. });
    config.learned_positions
        && !config.embedding_norm
        && config.head != Head::OwnWithBias
        && *block == plain
        && is_layer_norm
}

fn rotary_of_llama(config: &GptConfig) -> Option<Rotary> {
    let block = &config.block;
    let AttentionPositions::Rotary(rotary) = block.attention_positions else { return None };
    let turned = rotary.pairing == Pairing::Halves && rotary.dimensions == block.head_width();
    let built = block.gated
        && block.norm == Norm::Pre
        && block.residual == Residuals::Sequential
        && block.score_scale.is_none()
        && matches!(block.normalization, Normalization::Rms { .. })
        && block.bias.queries_keys_values == block.bias.attention_output;
    let outside = !config.learned_positions && !config.embedding_norm && config.head != Head::OwnWithBias;
    (turned && built && outside).then_some(rotary)
}

/// All parameters of a model of this configuration as its family stores them; those that ours does not have are zeros.
fn tensors(config: &GptConfig, layout: &Layout, parameters: &Parameters) -> BTreeMap<String, Array> {
    let mut all = Parameters::new();
    let gpt = Gpt::new(&mut Init::unset(&mut all), config.clone()).expect("a model of this architecture exists");
    let mut tensors = BTreeMap::new();
    for (_, parameter) in all.iter() {
        let value = match parameters.find(parameter.name()) {
            Some(id) => parameters.get(id).value().clone(),
            None => Array::zeros(parameter.value().raw_dim()),
        };
        for (name, tensor) in layout.recipe(gpt.config(), parameter.name()).tensors(value) {
            tensors.insert(layout.names.saved(&name), tensor);
        }
    }
    tensors
}

pub(crate) fn activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Gelu => "gelu",
        Activation::GeluTanh => "gelu_new",
        Activation::Relu => "relu",
        Activation::Silu => "silu",
    }
}

pub(crate) fn epsilon(normalization: Normalization) -> f64 {
    let (Normalization::LayerNorm { epsilon } | Normalization::Rms { epsilon }) = normalization;
    epsilon
}

fn gpt2_json(GptConfig { vocabulary, context, layers, block, head, .. }: &GptConfig) -> Value {
    json!({
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "vocab_size": vocabulary,
        "n_positions": context,
        "n_embd": block.width,
        "n_layer": layers,
        "n_head": block.heads,
        "n_inner": block.feed_forward,
        "activation_function": activation(block.activation),
        "layer_norm_epsilon": epsilon(block.normalization),
        "scale_attn_weights": block.score_scale.is_none(),
        "tie_word_embeddings": *head == Head::Tied,
        "attn_pdrop": 0.0,
        "embd_pdrop": block.dropout,
        "resid_pdrop": block.dropout,
        "bos_token_id": null,
        "eos_token_id": null,
        "torch_dtype": "float32",
    })
}

fn llama_json(GptConfig { vocabulary, context, layers, block, head, .. }: &GptConfig, rotary: Rotary) -> Value {
    json!({
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": vocabulary,
        "max_position_embeddings": match rotary.scaling {
            Some(RotaryScaling::Dynamic { context, .. }) => context,
            _ => *context,
        },
        "hidden_size": block.width,
        "num_hidden_layers": layers,
        "num_attention_heads": block.heads,
        "num_key_value_heads": block.heads().keys,
        "head_dim": block.head_width(),
        "intermediate_size": block.feed_forward,
        "hidden_act": if block.activation == Activation::GeluTanh { "gelu_pytorch_tanh" } else { activation(block.activation) },
        "rms_norm_eps": epsilon(block.normalization),
        "rope_theta": rotary.base,
        "rope_scaling": rotary.scaling.map(scaling),
        "attention_bias": block.bias.attention_output,
        "mlp_bias": block.bias.feed_forward,
        "tie_word_embeddings": *head == Head::Tied,
        "bos_token_id": null,
        "eos_token_id": null,
        "torch_dtype": "float32",
    })
}

fn scaling(scaling: RotaryScaling) -> Value {
    match scaling {
        RotaryScaling::Linear { factor } => json!({"rope_type": "linear", "factor": factor}),
        RotaryScaling::Dynamic { factor, .. } => json!({"rope_type": "dynamic", "factor": factor}),
        RotaryScaling::Llama3 { factor, low, high, context } => json!({
            "rope_type": "llama3",
            "factor": factor,
            "low_freq_factor": low,
            "high_freq_factor": high,
            "original_max_position_embeddings": context,
        }),
        RotaryScaling::Yarn { factor, fast, slow, rounded, growth, context } => json!({
            "rope_type": "yarn",
            "factor": factor,
            "beta_fast": fast,
            "beta_slow": slow,
            "truncate": rounded,
            "attention_factor": growth,
            "original_max_position_embeddings": context,
        }),
    }
}
