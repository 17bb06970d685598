//! C12: where a Transformer's parameters are.
//!
//! Nothing is trained and nothing estimated: parameters are counted, by name in our own models and from the configuration
//! in published ones.

mod findings;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use data::{CharacterTokenizer, Tokenizer};
use gpt::GptConfig;
use report::format;
use stages::{Parts, Published};

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict},
};

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
}

impl CountedModel {
    fn new(name: String, [layers, width]: [u64; 2], parts: Parts, published: Option<u64>) -> Self {
        let needed_size = parts.outside_blocks() as f64 / (4 * width) as f64;
        Self { name, size: layers * width, needed_size, parts, published }
    }

    fn is_large(&self) -> bool {
        self.size as f64 > self.needed_size
    }

    fn is_as_claimed(&self) -> bool {
        let most = self.parts.feed_forward_share() > 0.5;
        self.parts.feed_forward_share_of_blocks() > 0.5 && most == self.is_large()
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
            None,
        ));
    }
    models.extend(Published::ALL.map(|model| {
        CountedModel::new(model.name.into(), [model.layers, model.width], model.parts(), Some(model.parameters))
    }));
    Ok(findings::conclude(&models, characters, session, verdict(&models)))
}

fn verdict(models: &[CountedModel]) -> Verdict {
    Verdict::exact(models.iter().all(CountedModel::is_as_claimed))
}
