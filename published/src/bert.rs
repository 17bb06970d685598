//! Encoders: BERT, MiniLM and DistilBERT are one [`Bert`], stored under two sets of names.
//!
//! | family | token types | ε | queries, keys and values |
//! |---|---|---|---|
//! | BERT (`bert`), MiniLM too | mostly 2 | `layer_norm_eps` | three maps |
//! | DistilBERT (`distilbert`) | none | 10⁻¹² | three maps |
//!
//! Whether there is a masked-word head or a pooler, the tensors tell: the same `config.json` is published with either.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bert::{Bert, BertConfig};
use serde_json::{Value, json};
use tensor::{Array, Init, Parameters};
use transformer::{Activation, BlockConfig, Normalization};

use crate::decoders::{ACTIVATIONS, Exported, activation, epsilon};
use crate::error::Error;
use crate::json::Config;
use crate::recipe::{Recipe, fill, first_rows};
use crate::weights::{Names, Weights};

/// A BERT with its parameters.
#[derive(Debug)]
pub struct Encoder {
    /// The model.
    pub bert: Bert,
    /// Its parameters.
    pub parameters: Parameters,
}

impl Encoder {
    /// The same model of the first `vocabulary` tokens, for an embedding that has more rows than its tokenizer has tokens.
    ///
    /// # Panics
    /// If it has fewer.
    #[must_use]
    #[track_caller]
    pub fn with_vocabulary(self, vocabulary: usize) -> Self {
        let config = BertConfig { vocabulary, ..self.bert.config().clone() };
        let mut parameters = Parameters::new();
        let bert = Bert::new(&mut Init::unset(&mut parameters), config).expect("the larger one was built");
        first_rows(&self.parameters, &mut parameters);
        Encoder { bert, parameters }
    }
}

/// An encoder of which the architecture is known, and no number read yet.
pub struct Described {
    /// The family, as `config.json` calls it.
    pub family: &'static str,
    /// The architecture.
    pub config: BertConfig,
    layout: &'static Layout,
    path: PathBuf,
    weights: Weights,
}

/// The BERT or DistilBERT in a folder.
///
/// # Errors
/// If the configuration or the header of the tensors is missing, damaged, of no known family, or contradicts itself.
pub fn describe(folder: &Path) -> Result<Described, Error> {
    let file = Config::read(folder)?;
    let named = FAMILIES.map(|(name, family)| (name, (name, family)));
    let (family, read) = file.family(&named)?;
    let (config, layout) = read(&file)?;
    let weights = Weights::open(folder)?.named(layout.names);
    let has = |parameter| weights.contains(&layout.outside(parameter));
    let config = BertConfig {
        masked_words: has("cls.predictions.transform.dense.weight"),
        pooler: has("pooler.dense.weight"),
        ..config
    };
    Ok(Described { family, config, layout, path: file.path().into(), weights })
}

/// [`describe`] and [`Described::read`].
///
/// # Errors
/// As these.
pub fn read(folder: &Path) -> Result<Encoder, Error> {
    describe(folder)?.read()
}

impl Described {
    /// The model, its parameters filled from the tensors.
    ///
    /// # Errors
    /// If no model can have this architecture, or it contradicts the tensors; if a file is damaged, missing or holds what is
    /// no number.
    pub fn read(self) -> Result<Encoder, Error> {
        let Described { config, layout, path, mut weights, .. } = self;
        let mut parameters = Parameters::new();
        let bert =
            Bert::new(&mut Init::unset(&mut parameters), config).map_err(|error| Error::unbuildable(&path, &error))?;
        let width = bert.config().block.width;
        fill(&mut parameters, |name| layout.recipe(name, width), &mut weights, layout.repeated)?;
        Ok(Encoder { bert, parameters })
    }
}

/// What its publisher says of how a model makes vectors of texts, in the files of the library sentence-transformers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// The most tokens of a text, by `sentence_bert_config.json`.
    pub longest: Option<usize>,
    /// How the vectors of tokens become one, by `1_Pooling/config.json`.
    pub pooling: Option<Pooling>,
}

/// How the vectors of tokens become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// The first token's.
    First,
    /// In another way.
    Other,
}

/// What the files in a folder say of vectors of texts, as far as they are there.
///
/// # Errors
/// If one is damaged.
pub fn sentences(folder: &Path) -> Result<Sentences, Error> {
    let there = |path: &Path| path.exists().then(|| Config::read_file(path)).transpose();
    let longest = there(&folder.join("sentence_bert_config.json"))?;
    let longest = longest.map(|file| file.size(&["max_seq_length"])).transpose()?.flatten();
    let modes = there(&folder.join("1_Pooling").join("config.json"))?;
    let pooling = modes.map(|file| {
        let flag = |name| Ok(file.flag(&[name])?.unwrap_or(false));
        let others = [
            "pooling_mode_max_tokens",
            "pooling_mode_mean_sqrt_len_tokens",
            "pooling_mode_weightedmean_tokens",
            "pooling_mode_lasttoken",
        ];
        let other = others.into_iter().map(flag).collect::<Result<Vec<bool>, Error>>()?.contains(&true);
        Ok::<_, Error>(match (flag("pooling_mode_mean_tokens")?, flag("pooling_mode_cls_token")?, other) {
            (true, false, false) => Pooling::Mean,
            (false, true, false) => Pooling::First,
            _ => Pooling::Other,
        })
    });
    Ok(Sentences { longest: longest.filter(|&longest| longest > 2), pooling: pooling.transpose()? })
}

/// A model as a BERT that other programs load; `path` is where it was read, for what is said. Of a model that does not tell
/// types of tokens apart, what is added for each type is 0.
///
/// # Errors
/// [`Error::Refused`] if its blocks are not BERT's.
pub fn export(bert: &Bert, parameters: &Parameters, path: &Path) -> Result<Exported, Error> {
    let config = bert.config();
    let BlockConfig { width, heads, feed_forward, activation, normalization, dropout, .. } = config.block;
    let plain = BlockConfig { feed_forward, activation, normalization, dropout, ..BertConfig::block(width, heads) };
    if config.block != plain || !matches!(normalization, Normalization::LayerNorm { .. }) {
        return Err(Error::Refused {
            path: path.into(),
            what: "holds an encoder whose blocks are not BERT's, and only these are written".to_owned(),
            way_out: "keep it in the files that it was published in".to_owned(),
        });
    }
    // The classes that guess words call the network `bert`; the network alone has no name before its parameters'.
    let saved = |name: &str| if config.masked_words { BERT.names.saved(name) } else { name.to_owned() };
    let mut tensors = BTreeMap::new();
    // They have no pooler, which only the network alone brings along.
    let is_saved = |name: &str| !(config.masked_words && name.starts_with("pooler."));
    for (_, parameter) in parameters.iter().filter(|(_, parameter)| is_saved(parameter.name())) {
        let parts = BERT.recipe(parameter.name(), width).tensors(parameter.value().clone());
        tensors.extend(parts.into_iter().map(|(name, tensor)| (saved(&name), tensor)));
    }
    let token_types = match config.token_types {
        0 => {
            tensors.insert(saved("embeddings.token_type_embeddings.weight"), Array::zeros(vec![TYPES, width]));
            TYPES
        }
        types => types,
    };
    Ok(Exported { config: to_json(&BertConfig { token_types, ..config.clone() }), tensors })
}

/// How many types of tokens tokenizers of BERT tell apart.
const TYPES: usize = 2;

fn to_json(config: &BertConfig) -> Value {
    let BertConfig { vocabulary, context, token_types, layers, block, masked_words, .. } = config;
    json!({
        "model_type": "bert",
        "architectures": [if *masked_words { "BertForMaskedLM" } else { "BertModel" }],
        "vocab_size": vocabulary,
        "max_position_embeddings": context,
        "type_vocab_size": token_types,
        "hidden_size": block.width,
        "num_hidden_layers": layers,
        "num_attention_heads": block.heads,
        "intermediate_size": block.feed_forward,
        "hidden_act": activation(block.activation),
        "layer_norm_eps": epsilon(block.normalization),
        "hidden_dropout_prob": block.dropout,
        "attention_probs_dropout_prob": 0.0,
        "position_embedding_type": "absolute",
        "tie_word_embeddings": true,
        "pad_token_id": null,
        "torch_dtype": "float32",
    })
}

/// What reads the configuration of a family: what its network computes, and how its files store it.
pub(crate) type Family = fn(&Config) -> Result<(BertConfig, &'static Layout), Error>;

/// The families, by what their `config.json` calls itself.
pub(crate) const FAMILIES: [(&str, Family); 2] = [("bert", of_bert), ("distilbert", of_distilbert)];

/// Which tensors of a family's files make which parameters of a [`Bert`].
pub(crate) struct Layout {
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
