//! Decoders: every family is a [`Gpt`], stored in its own way.
//!
//! | family | positions | normalisation | sublayers | heads of keys | output |
//! |---|---|---|---|---|---|
//! | GPT-2 | learned | LayerNorm | one after the other | N | tied |
//! | GPT-J | rotary, adjacent pairs | LayerNorm | side by side, one normalisation | N | its own, with a bias |
//! | GPT-NeoX, Pythia | rotary, part of a head | LayerNorm | side by side | N | its own |
//! | LLaMA | rotary | RMSNorm | one after the other, gated | KV | its own or tied |
//! | Falcon | rotary, or ALiBi | LayerNorm | side by side, or not | 1, KV or N | tied |
//! | BLOOM | ALiBi, and a normalisation of the embedding | LayerNorm | one after the other | N | tied |

mod bloom;
mod export;
mod falcon;
mod gpt2;
mod gpt_j;
mod gpt_neox;
mod layout;
mod llama;
mod rope;

use std::path::{Path, PathBuf};

use gpt::{Gpt, GptConfig, Head};
use tensor::{Init, Parameters};
use transformer::Activation;

use crate::error::Error;
use crate::json::Config;
use crate::llama2c;
use crate::recipe::{fill, first_rows};
use crate::weights::Weights;
pub use export::{Exported, export};
pub(crate) use export::{activation, epsilon};
use layout::Layout;

/// What reads the configuration of a family: what its network computes, and how its files store it.
pub(crate) type Family = fn(&Config) -> Result<(GptConfig, Layout), Error>;

/// The families, by what their `config.json` calls itself.
pub(crate) const FAMILIES: [(&str, Family); 6] = [
    ("gpt2", gpt2::read),
    ("gptj", gpt_j::read),
    ("gpt_neox", gpt_neox::read),
    ("llama", llama::read),
    ("falcon", falcon::read),
    ("bloom", bloom::read),
];

/// A decoder with its parameters.
#[derive(Debug)]
pub struct Decoder {
    /// The model.
    pub gpt: Gpt,
    /// Its parameters, under GPT-2's names.
    pub parameters: Parameters,
}

impl Decoder {
    /// The same model of the first `vocabulary` tokens. Many models were published with more rows in their embedding than
    /// their tokenizer has tokens, a round number; what is said of real tokens does not change.
    ///
    /// # Panics
    /// If it has fewer.
    #[must_use]
    #[track_caller]
    pub fn with_vocabulary(self, vocabulary: usize) -> Self {
        let config = GptConfig { vocabulary, ..self.gpt.config().clone() };
        let mut parameters = Parameters::new();
        let gpt = Gpt::new(&mut Init::unset(&mut parameters), config).expect("the larger one was built");
        first_rows(&self.parameters, &mut parameters);
        Decoder { gpt, parameters }
    }
}

/// A decoder of which the architecture is known, and no number read yet.
pub struct Described {
    /// The family, as `config.json` calls it.
    pub family: &'static str,
    /// The architecture.
    pub config: GptConfig,
    layout: Layout,
    path: PathBuf,
    /// The tensors, if the sizes stand in the same file.
    weights: Option<Weights>,
}

/// The decoder in a folder, or in a file of llama2.c.
///
/// # Errors
/// If the configuration is missing, damaged, of no known family, or contradicts itself.
pub fn describe(path: &Path) -> Result<Described, Error> {
    if path.is_file() {
        let (header, weights) = llama2c::open(path)?;
        let (config, layout) = llama::of_llama2c(&header);
        return Ok(Described { family: "llama", config, layout, path: path.into(), weights: Some(weights) });
    }
    let file = Config::read(path)?;
    let named = FAMILIES.map(|(name, family)| (name, (name, family)));
    let (family, read) = file.family(&named)?;
    let (config, layout) = read(&file)?;
    Ok(Described { family, config, layout, path: path.into(), weights: None })
}

/// [`describe`] and [`Described::read`].
///
/// # Errors
/// As these.
pub fn read(path: &Path) -> Result<Decoder, Error> {
    describe(path)?.read()
}

impl Described {
    /// The model, its parameters filled from the tensors.
    ///
    /// # Errors
    /// If no model can have this architecture, or it contradicts the tensors; if a file is damaged, missing or holds what is
    /// no number.
    pub fn read(self) -> Result<Decoder, Error> {
        let Described { config, layout, path, weights, .. } = self;
        let mut parameters = Parameters::new();
        let gpt =
            Gpt::new(&mut Init::unset(&mut parameters), config).map_err(|error| Error::unbuildable(&path, &error))?;
        let mut weights = weights.map_or_else(|| Weights::open(&path), Ok)?.named(layout.names);
        let recipe = |name: &str| layout.recipe(gpt.config(), name);
        fill(&mut parameters, recipe, &mut weights, layout.left_out)?;
        Ok(Decoder { gpt, parameters })
    }
}

/// What files call the functions between the maps of a feed-forward layer.
pub(crate) const ACTIVATIONS: [(&str, Activation); 7] = [
    ("gelu", Activation::Gelu),
    ("gelu_new", Activation::GeluTanh),
    ("gelu_fast", Activation::GeluTanh),
    ("gelu_pytorch_tanh", Activation::GeluTanh),
    ("relu", Activation::Relu),
    ("silu", Activation::Silu),
    ("swish", Activation::Silu),
];

/// The output layer, which is the embedding or a matrix of its own, and the tensors that repeat others: of a tied model those
/// called `own`.
fn head(file: &Config, is_tied: bool, own: &'static [&'static str]) -> Result<(Head, &'static [&'static str]), Error> {
    Ok(match file.flag(&["tie_word_embeddings"])?.unwrap_or(is_tied) {
        true => (Head::Tied, own),
        false => (Head::Own, &[]),
    })
}

/// d_k of heads that share a width evenly.
fn head_width(width: usize, heads: usize) -> usize {
    width / heads.max(1)
}
