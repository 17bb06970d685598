//! T5: an encoder-decoder with relative positions, of version 1.0 or 1.1, as in FLAN-T5.
//!
//! | in the file | here |
//! |---|---|
//! | `shared`, `lm_head` | the same |
//! | `encoder.block.0.layer.0.SelfAttention.relative_attention_bias`, likewise of the decoder | `encoder.relative` |
//! | `encoder.final_layer_norm`, likewise | `encoder.norm` |
//! | `encoder.block.i.layer.0`, its `SelfAttention.{q, k, v}`, `.o` and `layer_norm` | `encoder.layers.i.self_attn.in_proj`, `.out_proj`, `norm1` |
//! | `decoder.block.i.layer.1.EncDecAttention`, likewise | `decoder.layers.i.multihead_attn`, `norm2` |
//! | the last `layer` of a block, its `DenseReluDense.wi`, or `wi_0` (the gate) and `wi_1`, and `wo` | `linear1`, `linear2`, the last norm |

use std::collections::BTreeMap;
use std::path::Path;

use ::t5::{T5, T5Config};
use data::Token;
use serde_json::{Value, json};
use tensor::{Array, Init, Parameters, Real};
use transformer::{Activation, BlockConfig, Normalization};

use crate::decoders::Exported;
use crate::error::{Error, Mismatch};
use crate::json::Config;
use crate::recipe::{Recipe, fill, first_rows};
use crate::weights::{Names, Weights};

/// The name of the family in `config.json`.
pub const FAMILY: &str = "t5";

const NAMES: Names = Names {
    prefixes: &[""],
    anchor: "shared.weight",
    outside: &[],
    renamed: &[("encoder.embed_tokens.weight", "shared.weight"), ("decoder.embed_tokens.weight", "shared.weight")],
    // The embedding again, and a table that early files have and no network uses.
    ignored: &["embed_tokens.weight", "EncDecAttention.relative_attention_bias.weight"],
};

/// What files call the feed-forward layer: its function, and whether it is gated.
const FEED_FORWARD: [(&str, (Activation, bool)); 7] = [
    ("relu", (Activation::Relu, false)),
    ("gelu", (Activation::Gelu, false)),
    ("gelu_new", (Activation::GeluTanh, false)),
    ("silu", (Activation::Silu, false)),
    ("gated-gelu", (Activation::GeluTanh, true)),
    ("gated-gelu_new", (Activation::GeluTanh, true)),
    ("gated-silu", (Activation::Silu, true)),
];

/// A T5 with its parameters.
#[derive(Debug)]
pub struct TextToText {
    /// The model.
    pub t5: T5,
    /// Its parameters.
    pub parameters: Parameters,
}

impl TextToText {
    /// The same model of the first `vocabulary` tokens, for an embedding that has more rows than its tokenizer has tokens.
    ///
    /// # Panics
    /// If it has fewer, or the tokens that begin and end a text are not among them.
    #[must_use]
    #[track_caller]
    pub fn with_vocabulary(self, vocabulary: usize) -> Self {
        let config = T5Config { vocabulary, ..self.t5.config().clone() };
        let mut parameters = Parameters::new();
        let t5 = T5::new(&mut Init::unset(&mut parameters), config).expect("the larger one was built");
        first_rows(&self.parameters, &mut parameters);
        TextToText { t5, parameters }
    }
}

/// The architecture of the T5 that a folder holds, before any number is read. Whether its output layer is a matrix of its
/// own, files of transformers 5 do not say; what is said here holds if the weights have none.
///
/// # Errors
/// If the configuration is missing, damaged, of another family, or contradicts itself.
pub fn describe(folder: &Path) -> Result<T5Config, Error> {
    let file = Config::read(folder)?;
    file.family(&[(FAMILY, ())])?;
    config(&file)
}

/// Reads the T5 that a folder holds.
///
/// # Errors
/// If the configuration is of another family, no model can have it, or it contradicts the tensors; if a file is damaged,
/// missing or holds what is no number.
pub fn read(folder: &Path) -> Result<TextToText, Error> {
    let file = Config::read(folder)?;
    file.family(&[(FAMILY, ())])?;
    let said = config(&file)?;
    let mut weights = Weights::open(folder)?.named(NAMES);
    let has_head = weights.contains("lm_head.weight");
    let config = T5Config { tied_head: said.tied_head && !has_head, ..said.clone() };
    is_of_these_sizes(&config, &weights)?;
    let (t5, mut parameters) = build(&file, config)?;
    fill(&mut parameters, |name| recipe(t5.config(), name), &mut weights, &[])?;
    if said.tied_head && has_head {
        // A tied file may hold the embedding twice; then it is one here too, and stays one in training.
        let value = |name: &str| parameters.get(parameters.find(name).expect("it was just built")).value();
        if value("lm_head.weight") == value("shared.weight") {
            let (t5, mut tied) = build(&file, said)?;
            let ids: Vec<_> =
                tied.iter().map(|(id, p)| (id, parameters.find(p.name()).expect("all but one"))).collect();
            ids.into_iter().for_each(|(to, from)| tied.set(to, parameters.get(from).value().clone()));
            return Ok(TextToText { t5, parameters: tied });
        }
    }
    Ok(TextToText { t5, parameters })
}

/// A model whose parameters are still 0.
fn build(file: &Config, config: T5Config) -> Result<(T5, Parameters), Error> {
    let mut parameters = Parameters::new();
    let t5 =
        T5::new(&mut Init::unset(&mut parameters), config).map_err(|error| Error::unbuildable(file.path(), &error))?;
    Ok((t5, parameters))
}

/// What a `config.json` says.
pub(crate) fn config(file: &Config) -> Result<T5Config, Error> {
    let layers = file.required(&["num_layers"], Config::size)?;
    let epsilon = file.positive(&["layer_norm_epsilon"])?.unwrap_or(1e-6);
    let (activation, gated) = file.choice(&["feed_forward_proj"], &FEED_FORWARD)?.unwrap_or((Activation::Relu, false));
    // Version 1.1 came with an output layer of its own and lost the factor; transformers 5 says both by themselves.
    let tied_head = file.flag(&["tie_word_embeddings"])?.unwrap_or(true);
    let scaled_output = file.flag(&["scale_decoder_outputs"])?.unwrap_or(tied_head);
    let padding = file.whole(&["pad_token_id"])?.unwrap_or(0);
    let width = file.required(&["d_model"], Config::size)?;
    let heads = file.required(&["num_heads"], Config::size)?;
    let block = BlockConfig {
        feed_forward: file.required(&["d_ff"], Config::size)?,
        activation,
        head_width: Some(file.required(&["d_kv"], Config::size)?).filter(|&each| each * heads != width),
        normalization: Normalization::Rms { epsilon },
        gated,
        ..T5Config::block(width, heads)
    };
    let config = T5Config {
        vocabulary: file.required(&["vocab_size"], Config::size)?,
        encoder_layers: layers,
        decoder_layers: file.size(&["num_decoder_layers"])?.unwrap_or(layers),
        block,
        buckets: file.size(&["relative_attention_num_buckets"])?.unwrap_or(32),
        max_distance: file.size(&["relative_attention_max_distance"])?.unwrap_or(128),
        tied_head,
        scaled_output,
        start: file.whole(&["decoder_start_token_id"])?.unwrap_or(padding) as Token,
        end: file.whole(&["eos_token_id"])?.unwrap_or(1) as Token,
    };
    config.validate().map_err(|error| Error::unbuildable(file.path(), &error))?;
    Ok(config)
}

/// Compares every size that the configuration has with a tensor, so that what is then built is no larger than the files.
fn is_of_these_sizes(config: &T5Config, weights: &Weights) -> Result<(), Error> {
    let T5Config { vocabulary, encoder_layers, decoder_layers, ref block, buckets, .. } = *config;
    let (width, heads) = (block.width, block.heads);
    let first = "encoder.block.0.layer.0.SelfAttention";
    let last = |stack: &str, layers: usize| format!("{stack}.block.{}.layer.0.layer_norm.weight", layers - 1);
    let tensors = [
        ("shared.weight".to_owned(), vec![vocabulary, width]),
        (format!("{first}.q.weight"), vec![heads * block.head_width(), width]),
        (format!("{first}.relative_attention_bias.weight"), vec![buckets, heads]),
        ("encoder.block.0.layer.1.DenseReluDense.wo.weight".to_owned(), vec![width, block.feed_forward]),
        (last("encoder", encoder_layers), vec![width]),
        (last("decoder", decoder_layers), vec![width]),
    ];
    let mut mismatch = Mismatch { path: weights.path().into(), ..Mismatch::default() };
    for (name, wanted) in tensors {
        match weights.shape(&name) {
            None => mismatch.missing.push(name),
            Some(found) if found != wanted => mismatch.misshapen.push((name, found.to_vec(), wanted)),
            Some(_) => {}
        }
    }
    if mismatch.is_empty() { Ok(()) } else { Err(Box::new(mismatch).into()) }
}

/// Of which tensors a parameter is made.
///
/// # Panics
/// If no T5 has a parameter of this name.
fn recipe(config: &T5Config, parameter: &str) -> Recipe {
    let parts: Vec<&str> = parameter.split('.').collect();
    let block = &config.block;
    let same = |name: String| Recipe::Same(format!("{name}.weight"));
    let attention = |name: &str| {
        let rows = block.heads * block.head_width();
        Recipe::Stacked(["q", "k", "v"].map(|map| (format!("{name}.{map}.weight"), rows)).into())
    };
    match parts[..] {
        ["shared" | "lm_head", _] => Recipe::Same(parameter.to_owned()),
        [stack, "relative", _] => same(format!("{stack}.block.0.layer.0.SelfAttention.relative_attention_bias")),
        [stack, "norm", _] => same(format!("{stack}.final_layer_norm")),
        [stack, "layers", number, ref part @ ..] => {
            let layer = |index: usize| format!("{stack}.block.{number}.layer.{index}");
            let feed_forward = format!("{}.DenseReluDense", layer(if stack == "encoder" { 1 } else { 2 }));
            match part {
                ["norm1", _] => same(layer(0) + ".layer_norm"),
                ["norm2", _] => same(layer(1) + ".layer_norm"),
                ["norm3", _] => same(layer(2) + ".layer_norm"),
                ["self_attn", "in_proj_weight"] => attention(&(layer(0) + ".SelfAttention")),
                ["self_attn", "out_proj", _] => same(layer(0) + ".SelfAttention.o"),
                ["multihead_attn", "in_proj_weight"] => attention(&(layer(1) + ".EncDecAttention")),
                ["multihead_attn", "out_proj", _] => same(layer(1) + ".EncDecAttention.o"),
                ["linear1", _] if block.gated => {
                    let map = |map| (format!("{feed_forward}.{map}.weight"), block.feed_forward);
                    Recipe::Stacked(["wi_0", "wi_1"].map(map).into())
                }
                ["linear1", _] => same(feed_forward + ".wi"),
                ["linear2", _] => same(feed_forward + ".wo"),
                _ => panic!("no T5 has a parameter {parameter}"),
            }
        }
        _ => panic!("no T5 has a parameter {parameter}"),
    }
}

/// A model in T5's form; `path` is where it was read, for what is said.
///
/// A head of its own is never scaled there, nor an embedding used unscaled: where ours is, the file gets a head that holds the
/// factor.
///
/// # Errors
/// [`Error::Refused`] if its blocks are not T5's.
pub fn export(t5: &T5, parameters: &Parameters, path: &Path) -> Result<Exported, Error> {
    let config = t5.config();
    let block = &config.block;
    let of_a_t5 = BlockConfig {
        feed_forward: block.feed_forward,
        activation: block.activation,
        dropout: block.dropout,
        head_width: block.head_width,
        normalization: block.normalization,
        gated: block.gated,
        mask: block.mask,
        ..T5Config::block(block.width, block.heads)
    };
    let called = FEED_FORWARD.into_iter().find(|&(_, layer)| layer == (block.activation, block.gated));
    let (Normalization::Rms { epsilon }, Some((feed_forward, _)), true) =
        (block.normalization, called, *block == of_a_t5)
    else {
        return Err(Error::Refused {
            path: path.into(),
            what: "holds an encoder-decoder whose blocks are not T5's".to_owned(),
            way_out: "keep it in the files that it was published in".to_owned(),
        });
    };

    let mut tensors = BTreeMap::new();
    for (_, parameter) in parameters.iter() {
        tensors.extend(recipe(config, parameter.name()).tensors(parameter.value().clone()));
    }
    let embedding_alone = config.tied_head && config.scaled_output;
    if !embedding_alone {
        let head: &Array = tensors.get("lm_head.weight").unwrap_or(&tensors["shared.weight"]);
        let factor = if config.scaled_output { (block.width as Real).sqrt().recip() } else { 1.0 };
        let head = (head * factor).into_shared();
        tensors.insert("lm_head.weight".to_owned(), head);
    }
    Ok(Exported { config: json(config, feed_forward, epsilon, embedding_alone), tensors })
}

/// What `config.json` says of a model whose head is the embedding, divided by √D, or a matrix of its own.
fn json(config: &T5Config, feed_forward: &str, epsilon: f64, embedding_alone: bool) -> Value {
    let block = &config.block;
    json!({
        "model_type": FAMILY,
        "architectures": ["T5ForConditionalGeneration"],
        "is_encoder_decoder": true,
        "vocab_size": config.vocabulary,
        "d_model": block.width,
        "d_kv": block.head_width(),
        "d_ff": block.feed_forward,
        "num_layers": config.encoder_layers,
        "num_decoder_layers": config.decoder_layers,
        "num_heads": block.heads,
        "relative_attention_num_buckets": config.buckets,
        "relative_attention_max_distance": config.max_distance,
        "feed_forward_proj": feed_forward,
        "layer_norm_epsilon": epsilon,
        "dropout_rate": block.dropout,
        "tie_word_embeddings": embedding_alone,
        "scale_decoder_outputs": embedding_alone,
        "decoder_start_token_id": config.start,
        "pad_token_id": config.start,
        "eos_token_id": config.end,
        "torch_dtype": "float32",
    })
}
