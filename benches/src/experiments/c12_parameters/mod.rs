//! C12: where a Transformer's parameters are.
//!
//! Nothing is trained and nothing estimated: parameters are counted by their names and shapes, in models of our own and in
//! published ones, whose configurations our reader reads. No number of a model is stored.

mod findings;
mod models;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use data::{CharacterTokenizer, Tokenizer};
use gpt::GptConfig;
use report::format;
use stages::Parts;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parts::{Bound, Part},
    verdict::{Basis, Verdict},
};
use models::{Cache, Published};

const TEXT: &str = include_str!("text.md");

/// Counts the parameters of each part of a Transformer.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C12",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Text],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [Some(0), Some(0), Some(30)],
    memory: Memory { alone: [9, 9, 9], thread: [0, 0, 0] },
    run,
};

/// Layers and width of our own models: the two ends of what trains on a laptop, and nanoGPT's smallest between them.
const OURS: [[u64; 2]; 3] = [[1, 16], [4, 128], [6, 384]];
/// The context of our own models.
const CONTEXT: usize = 64;

/// A Transformer whose parameters are counted.
struct CountedModel {
    name: String,
    /// L·D.
    size: u64,
    /// What L·D has to exceed: a quarter of the rows, D numbers each, that are outside the blocks.
    ///
    /// With F = 4·D, each layer has 8·D² weights in its feed-forward part and 4·D² in attention: the former are the
    /// majority once L·(8 - 4)·D² exceeds the rows times D.
    needed_size: f64,
    parts: Parts,
    published: Option<u64>,
    /// What it keeps while it speaks, if it is a published decoder.
    cache: Option<Cache>,
}

impl CountedModel {
    fn new(name: String, [layers, width]: [u64; 2], parts: Parts) -> Self {
        let needed_size = parts.outside_blocks() as f64 / (4 * width) as f64;
        Self { name, size: layers * width, needed_size, parts, published: None, cache: None }
    }

    fn published(model: &Published) -> anyhow::Result<Self> {
        let counted = Self::new(model.name.clone(), model.layers_and_width()?, model.parts()?);
        Ok(Self { published: Some(model.parameters), cache: model.cache()?, ..counted })
    }

    fn is_large(&self) -> bool {
        self.size as f64 > self.needed_size
    }

    fn most_of_blocks(&self) -> bool {
        self.parts.feed_forward_share_of_blocks() > 0.5
    }

    /// Whether the rule says rightly if the feed-forward layers hold more than half of all parameters.
    fn is_as_predicted(&self) -> bool {
        self.is_large() == (self.parts.feed_forward_share() > 0.5)
    }
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let characters = CharacterTokenizer::from_text(session.alphabet.text.as_str()).vocabulary_size();
    let mut models = Vec::new();
    for [layers, width] in OURS {
        let config = GptConfig::new(characters, CONTEXT, layers as usize, width as usize, 4);
        let parts = Parts::of_gpt(&config).context("the sizes of C12 make no model")?;
        models.push(CountedModel::new(
            format!("ours, {} of width {width}", format::counted(layers as usize, "layer")),
            [layers, width],
            parts,
        ));
    }
    for model in Published::all()? {
        models.push(CountedModel::published(&model)?);
    }
    Ok(findings::conclude(&models, characters, session, &parts(&models)))
}

fn parts(models: &[CountedModel]) -> [Part; 2] {
    let all = models.len() as u64;
    let part = |claim, holds: fn(&CountedModel) -> bool| {
        let found = models.iter().filter(|model| holds(model)).count() as u64;
        Part {
            claim,
            found: found.into(),
            unit: format!("of {all} models"),
            needed: Bound::Exactly(all as f64).to_string(),
            verdict: Verdict::exact(found == all),
        }
    };
    [
        part("inside the blocks, most weights are in the feed-forward layers", CountedModel::most_of_blocks),
        part("layers times width decide whether most of all parameters are there", CountedModel::is_as_predicted),
    ]
}
