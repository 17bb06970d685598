//! Encoders: BERT, MiniLM and DistilBERT are one [`Bert`], stored under two sets of names.
//!
//! | family | token types | ε | queries, keys and values |
//! |---|---|---|---|
//! | BERT (`bert`), MiniLM too | mostly 2 | `layer_norm_eps` | three maps |
//! | DistilBERT (`distilbert`) | none | 10⁻¹² | three maps |
//!
//! Whether there is a masked-word head or a pooler, the tensors tell: the same `config.json` is published with either.

use std::path::Path;

use bert::{Bert, BertConfig};
use tensor::{Init, Parameters};
use transformer::{Activation, BlockConfig, Normalization};

use crate::decoders::ACTIVATIONS;
use crate::error::Error;
use crate::json::Config;
use crate::recipe::{Recipe, fill};
use crate::weights::{Names, Weights};

/// A BERT with its parameters.
#[derive(Debug)]
pub struct Encoder {
    /// The model.
    pub bert: Bert,
    /// Its parameters.
    pub parameters: Parameters,
}

/// Reads the BERT or DistilBERT that a folder holds.
///
/// # Errors
/// If the configuration is of another family, no model can have it, or it contradicts the tensors; if a file is damaged,
/// missing or holds what is no number.
pub fn read(folder: &Path) -> Result<Encoder, Error> {
    let file = Config::read(folder)?;
    let (config, layout) = file.family(&FAMILIES)?(&file)?;
    let mut weights = Weights::open(folder)?.named(layout.names);
    let has = |parameter| weights.contains(&layout.outside(parameter));
    let config = BertConfig {
        masked_words: has("cls.predictions.transform.dense.weight"),
        pooler: has("pooler.dense.weight"),
        ..config
    };

    let mut parameters = Parameters::new();
    let bert = Bert::new(&mut Init::unset(&mut parameters), config)
        .map_err(|error| Error::unbuildable(file.path(), &error))?;
    let width = bert.config().block.width;
    fill(&mut parameters, |name| layout.recipe(name, width), &mut weights, layout.repeated)?;
    Ok(Encoder { bert, parameters })
}

/// What reads the configuration of a family: what its network computes, and how its files store it.
type Family = fn(&Config) -> Result<(BertConfig, &'static Layout), Error>;

/// The families, by what their `config.json` calls itself.
const FAMILIES: [(&str, Family); 2] = [("bert", of_bert), ("distilbert", of_distilbert)];

/// Which tensors of a family's files make which parameters of a [`Bert`].
struct Layout {
    names: Names,
    /// The list of blocks.
    blocks: &'static str,
    /// The maps and normalisations of a block, and what is stored of each; of several the rows stand one below the other.
    block: [(&'static str, &'static [&'static str]); 6],
    /// Beginnings of other parameters' names, where they are stored under another.
    outside: &'static [(&'static str, &'static str)],
    /// Tensors that repeat others: the output layer is the embedding.
    repeated: &'static [&'static str],
}

impl Layout {
    /// How a parameter is made in a model of this width.
    ///
    /// # Panics
    /// If no block has a parameter of this name.
    fn recipe(&self, parameter: &str, width: usize) -> Recipe {
        let Some((layer, name)) = parameter.strip_prefix("encoder.layers.").and_then(|rest| rest.split_once('.'))
        else {
            return Recipe::Same(self.outside(parameter));
        };
        let (part, kind) = name.rsplit_once(['.', '_']).expect("`in_proj_weight` or `norm1.weight`");
        let (_, stored) = self.block.iter().find(|(own, _)| *own == part).expect("a part of a block");
        let named = |stored: &&str| format!("{}.{layer}.{stored}.{kind}", self.blocks);
        match stored {
            [one] => Recipe::Same(named(one)),
            several => Recipe::Stacked(several.iter().map(|stored| (named(stored), width)).collect()),
        }
    }

    /// Under which name a parameter is stored that belongs to no block.
    fn outside(&self, parameter: &str) -> String {
        let renamed = |(own, stored): &(&str, &str)| Some(format!("{stored}{}", parameter.strip_prefix(own)?));
        self.outside.iter().find_map(renamed).unwrap_or_else(|| parameter.to_owned())
    }
}

const BERT: Layout = Layout {
    names: Names {
        prefixes: &["", "bert."],
        anchor: "embeddings.word_embeddings.weight",
        outside: &["cls"],
        renamed: &[
            ("LayerNorm.gamma", "LayerNorm.weight"),
            ("LayerNorm.beta", "LayerNorm.bias"),
            ("predictions.decoder.bias", "predictions.bias"),
        ],
        // The numbers 0, 1, 2 .., and the head for the task that RoBERTa found to be of no use.
        ignored: &["position_ids", "cls.seq_relationship.weight", "cls.seq_relationship.bias"],
    },
    blocks: "encoder.layer",
    block: [
        ("self_attn.in_proj", &["attention.self.query", "attention.self.key", "attention.self.value"]),
        ("self_attn.out_proj", &["attention.output.dense"]),
        ("norm1", &["attention.output.LayerNorm"]),
        ("linear1", &["intermediate.dense"]),
        ("linear2", &["output.dense"]),
        ("norm2", &["output.LayerNorm"]),
    ],
    outside: &[],
    repeated: &["cls.predictions.decoder.weight", "cls.predictions.decoder.bias"],
};

const DISTILBERT: Layout = Layout {
    names: Names {
        prefixes: &["", "distilbert."],
        anchor: "embeddings.word_embeddings.weight",
        outside: &["vocab_transform", "vocab_layer_norm", "vocab_projector"],
        renamed: &[],
        ignored: &["position_ids"],
    },
    blocks: "transformer.layer",
    block: [
        ("self_attn.in_proj", &["attention.q_lin", "attention.k_lin", "attention.v_lin"]),
        ("self_attn.out_proj", &["attention.out_lin"]),
        ("norm1", &["sa_layer_norm"]),
        ("linear1", &["ffn.lin1"]),
        ("linear2", &["ffn.lin2"]),
        ("norm2", &["output_layer_norm"]),
    ],
    outside: &[
        ("cls.predictions.transform.dense.", "vocab_transform."),
        ("cls.predictions.transform.LayerNorm.", "vocab_layer_norm."),
        ("cls.predictions.bias", "vocab_projector.bias"),
    ],
    repeated: &["vocab_projector.weight"],
};

fn of_bert(file: &Config) -> Result<(BertConfig, &'static Layout), Error> {
    file.choice(&["position_embedding_type"], &[("absolute", ())])?;
    refuse(file, "is_decoder", false, "describes a BERT that speaks, which reads one side alone")?;
    refuse(file, "add_cross_attention", false, "describes a BERT that looks at another model's vectors")?;
    let epsilon = file.positive(&["layer_norm_eps"])?.unwrap_or(1e-12);
    let block = BlockConfig {
        feed_forward: file.required(&["intermediate_size"], Config::size)?,
        activation: file.choice(&["hidden_act"], &ACTIVATIONS)?.unwrap_or(Activation::Gelu),
        normalization: Normalization::LayerNorm { epsilon },
        ..BertConfig::block(
            file.required(&["hidden_size"], Config::size)?,
            file.required(&["num_attention_heads"], Config::size)?,
        )
    };
    let layers = file.required(&["num_hidden_layers"], Config::size)?;
    let token_types = file.whole(&["type_vocab_size"])?.unwrap_or(2);
    Ok((config(file, layers, block, token_types)?, &BERT))
}

fn of_distilbert(file: &Config) -> Result<(BertConfig, &'static Layout), Error> {
    let block = BlockConfig {
        feed_forward: file.required(&["hidden_dim"], Config::size)?,
        activation: file.choice(&["activation"], &ACTIVATIONS)?.unwrap_or(Activation::Gelu),
        ..BertConfig::block(
            file.required(&["dim", "hidden_size"], Config::size)?,
            file.required(&["n_heads", "num_attention_heads"], Config::size)?,
        )
    };
    let layers = file.required(&["n_layers", "num_hidden_layers"], Config::size)?;
    Ok((config(file, layers, block, 0)?, &DISTILBERT))
}

/// What both families say alike.
fn config(file: &Config, layers: usize, block: BlockConfig, token_types: usize) -> Result<BertConfig, Error> {
    refuse(file, "tie_word_embeddings", true, "describes an encoder whose output layer is not its embedding")?;
    let vocabulary = file.required(&["vocab_size"], Config::size)?;
    let context = file.required(&["max_position_embeddings"], Config::size)?;
    Ok(BertConfig { vocabulary, context, token_types, layers, block, masked_words: false, pooler: false })
}

/// A setting that may have one value only, if it is there.
fn refuse(file: &Config, setting: &str, only: bool, what: &str) -> Result<(), Error> {
    if file.flag(&[setting])?.is_some_and(|value| value != only) {
        let what = format!("{what} (`{setting}` is {})", !only);
        let way_out = "such models are not read here; use another".to_owned();
        return Err(Error::Refused { path: file.path().into(), what, way_out });
    }
    Ok(())
}
