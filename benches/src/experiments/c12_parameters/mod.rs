//! C12: most parameters sit in the feed-forward layers.
//!
//! Nothing is trained and nothing estimated: parameters are counted, by name in our own models and from the configuration in
//! published ones ([`published`]).

mod findings;
mod published;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, bail};
use data::{CharacterTokenizer, Tokenizer};
use gpt::{Gpt, GptConfig};
use tensor::{Init, Parameters};

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict},
};
use published::{Counts, published};

const TEXT: &str = include_str!("text.md");

/// Counts the parameters of each part of a Transformer.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C12",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Text],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [1, 5, 30],
    memory: Memory { alone: [47, 47, 47], thread: [0, 0, 0] },
    run,
};

/// Layers and width of our own models: the two ends of what trains on a laptop, and nanoGPT's smallest between them.
const OURS: [(usize, usize); 3] = [(1, 16), (4, 128), (6, 384)];
/// The context of our own models.
const CONTEXT: usize = 64;

/// A model and its counts.
struct Counted {
    name: String,
    counts: Counts,
    published: Option<u64>,
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let characters = CharacterTokenizer::from_text(session.alphabet.text.as_str()).vocabulary_size();
    let mut models = Vec::new();
    for (layers, width) in OURS {
        let config = GptConfig::new(characters, CONTEXT, layers, width, 4);
        let name = format!("our gpt, {layers} × {width}");
        models.push(Counted { name, counts: count(&config)?, published: None });
    }
    models.extend(published().into_iter().map(|p| Counted {
        name: p.name.to_owned(),
        counts: p.counts,
        published: Some(p.total),
    }));
    let shares: Vec<f64> = models.iter().map(|model| model.counts.feed_forward_share()).collect();
    Ok(findings::conclude(&models, characters, session, verdict(&shares)))
}

fn verdict(shares: &[f64]) -> Verdict {
    let each = shares.iter().map(|&share| match share {
        share if share > 0.5 => Verdict::Shown,
        share if share < 0.5 => Verdict::Reverse,
        _ => Verdict::NotShown,
    });
    Verdict::all(&each.collect::<Vec<_>>())
}

/// The parameters of a model of ours by part.
///
/// # Errors
/// If no model can have this configuration, or a parameter belongs to no part.
fn count(config: &GptConfig) -> anyhow::Result<Counts> {
    let mut parameters = Parameters::new();
    Gpt::new(&mut Init::new(&mut parameters, 1), config.clone()).context("the sizes of C12 make no model")?;
    let mut counts = Counts::default();
    for (_, parameter) in parameters.iter() {
        let name = parameter.name();
        *part(&mut counts, name).with_context(|| format!("{name} belongs to no part of a Transformer"))? +=
            parameter.value().len() as u64;
    }
    if counts.total() != parameters.count() as u64 {
        bail!("the parts hold {} parameters, the model {}", counts.total(), parameters.count());
    }
    Ok(counts)
}

/// The part that a parameter of this name belongs to.
fn part<'c>(counts: &'c mut Counts, name: &str) -> Option<&'c mut u64> {
    let components: Vec<&str> = name.split('.').collect();
    match components[..] {
        ["wte", _] => Some(&mut counts.token_embedding),
        ["wpe", _] => Some(&mut counts.positions),
        ["h", _, "attn", ..] => Some(&mut counts.attention),
        ["h", _, "mlp", ..] => Some(&mut counts.feed_forward),
        ["h", _, "ln_1" | "ln_2", _] | ["ln_f", _] => Some(&mut counts.norms),
        ["lm_head", _] => Some(&mut counts.head),
        _ => None,
    }
}
