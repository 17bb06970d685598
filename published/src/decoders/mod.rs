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
mod falcon;
mod gpt2;
mod gpt_j;
mod gpt_neox;
mod layout;
mod llama;
mod rope;

use std::path::Path;

use gpt::{Gpt, GptConfig};
use ndarray::Axis;
use tensor::{Init, Parameters};
use transformer::Activation;

use crate::error::Error;
use crate::json::Config;
use crate::weights::Weights;
pub(crate) use layout::Layout;

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
        for (id, old) in self.parameters.iter() {
            let value = match parameters.get(id).value().shape() == old.value().shape() {
                true => old.value().clone(),
                false => old.value().slice_axis(Axis(0), (..vocabulary).into()).to_owned().into_shared(),
            };
            parameters.set(id, value);
        }
        Decoder { gpt, parameters }
    }
}

/// What reads the configuration of a family: what its network computes, and how its files store it.
type Family = fn(&Config) -> Result<(GptConfig, Layout), Error>;

/// The families, by what their `config.json` calls itself.
const FAMILIES: [(&str, Family); 6] = [
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

/// The family of the decoder that a folder holds, and its architecture, before any number is read.
///
/// # Errors
/// If the configuration is missing, damaged, of no known family, or contradicts itself.
pub fn describe(folder: &Path) -> Result<(&'static str, GptConfig), Error> {
    let file = Config::read(folder)?;
    let named = FAMILIES.map(|(name, family)| (name, (name, family)));
    let (name, family) = file.family(&named)?;
    Ok((name, family(&file)?.0))
}

/// Reads the decoder that a folder holds.
///
/// # Errors
/// If the configuration is of no known family, no model can have it, or it contradicts the tensors; if a file is damaged,
/// missing or holds what is no number.
pub fn read(folder: &Path) -> Result<Decoder, Error> {
    let file = Config::read(folder)?;
    let (config, layout) = file.family(&FAMILIES)?(&file)?;
    load(&file, config, &layout, Weights::open(folder)?)
}

/// The model of this configuration, its parameters filled from the tensors.
pub(crate) fn load(file: &Config, config: GptConfig, layout: &Layout, weights: Weights) -> Result<Decoder, Error> {
    let mut parameters = Parameters::new();
    let gpt = Gpt::new(&mut Init::unset(&mut parameters), config).map_err(|error| Error::Refused {
        path: file.path().into(),
        what: format!("describes a model that cannot be built: {error}"),
        way_out: "use the file that the model was published with".to_owned(),
    })?;
    let mut weights = weights.named(layout.names);
    let recipes: Vec<_> = parameters
        .iter()
        .map(|(id, p)| (id, layout.recipe(gpt.config(), p.name()), p.value().shape().to_vec()))
        .collect();
    for (_, recipe, shape) in &recipes {
        recipe.expect(&mut weights, shape);
    }
    layout.left_out.iter().for_each(|name| weights.leave_out(name));
    weights.check()?;
    for (id, recipe, _) in recipes {
        parameters.set(id, recipe.read(&mut weights)?.into_shared());
    }
    Ok(Decoder { gpt, parameters })
}

/// What files call the functions between the maps of a feed-forward layer.
const ACTIVATIONS: [(&str, Activation); 7] = [
    ("gelu", Activation::Gelu),
    ("gelu_new", Activation::GeluTanh),
    ("gelu_fast", Activation::GeluTanh),
    ("gelu_pytorch_tanh", Activation::GeluTanh),
    ("relu", Activation::Relu),
    ("silu", Activation::Silu),
    ("swish", Activation::Silu),
];

/// d_k of heads that share a width evenly.
fn head_width(width: usize, heads: usize) -> usize {
    width / heads.max(1)
}
