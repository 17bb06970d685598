//! The files of [llama2.c](https://github.com/karpathy/llama2.c): a LLaMA in one file, its tokenizer in another.
//!
//! A model's file is a header and then all its numbers in F32, without names: the header says how many there are of what,
//! and the order is always the same. Version 0 has seven numbers as its header, of which a negative vocabulary says that
//! the classifier has weights of its own. Version 1 begins with `ak42` and has its numbers from byte 256 on.
//!
//! [`open`] gives the tensors the names and the order of rows that Hugging Face's LLaMA has, so that one table of names does
//! for both. What these files leave out is the same in all: ε is 1e-5, the base of the rotary angles 10,000.

mod header;
mod tokens;

use std::collections::BTreeMap;
use std::path::Path;

use safetensors::Dtype;

pub use header::Header;
use header::Version;
pub use tokens::{scores, tokenizer};

use crate::error::Error;
use crate::source::Source;
use crate::weights::{Order, Stored, Weights};

/// The kind of the file, as errors call it.
const KIND: &str = "model of llama2.c";

/// A model's sizes and its tensors.
///
/// # Errors
/// [`Error::Read`], [`Error::Refused`] of versions that are not read here, [`Error::Damaged`] if sizes are impossible or the
/// file is not as long as they say.
pub fn open(path: &Path) -> Result<(Header, Weights), Error> {
    let mut file = Source::open(path, KIND)?;
    let (header, version) = header::read(&mut file)?;
    let all = match version {
        Version::Legacy => legacy(&header),
        Version::One => version_1(&header),
    };
    let mut stored = BTreeMap::new();
    let mut at = version.start();
    for part in all {
        let numbers: u64 = part.shape.iter().map(|&length| length as u64).product();
        if let Some(name) = part.name {
            let Part { shape, order, .. } = part;
            stored.insert(name, Stored { file: 0, start: at, shape, dtype: Dtype::F32, order });
        }
        at += numbers * size_of::<f32>() as u64;
    }
    debug_assert_eq!(at, file.length, "the header was compared with the file");
    Ok((header, Weights::of(path, vec![file], stored)))
}

/// Numbers that stand together; those without a name are left out.
struct Part {
    name: Option<String>,
    shape: Vec<usize>,
    order: Order,
}

fn part(name: impl Into<String>, shape: &[usize]) -> Part {
    Part { name: Some(name.into()), shape: shape.to_vec(), order: Order::AsItIs }
}

/// One part of each layer.
fn layers(header: &Header, name: &str, shape: [usize; 2]) -> Vec<Part> {
    let named = |layer| part(format!("model.layers.{layer}.{name}.weight"), &shape);
    (0..header.layers).map(named).collect()
}

/// The same of a norm.
fn norms(header: &Header, name: &str) -> Vec<Part> {
    let named = |layer| part(format!("model.layers.{layer}.{name}.weight"), &[header.dim]);
    (0..header.layers).map(named).collect()
}

/// What rotates neighbours.
fn pairs(parts: Vec<Part>, heads: usize) -> impl Iterator<Item = Part> {
    parts.into_iter().map(move |part| Part { order: Order::Pairs { heads }, ..part })
}

/// The maps of attention, in both versions in this order.
fn attention(header: &Header) -> impl Iterator<Item = Part> {
    let &Header { dim, heads, kv_heads, .. } = header;
    let kv = header.kv_width();
    pairs(layers(header, "self_attn.q_proj", [dim, dim]), heads)
        .chain(pairs(layers(header, "self_attn.k_proj", [kv, dim]), kv_heads))
        .chain(layers(header, "self_attn.v_proj", [kv, dim]))
        .chain(layers(header, "self_attn.o_proj", [dim, dim]))
}

/// The maps of the feed-forward layers: w1, w2, w3.
fn feed_forward(header: &Header) -> impl Iterator<Item = Part> {
    let &Header { dim, hidden_dim, .. } = header;
    layers(header, "mlp.gate_proj", [hidden_dim, dim])
        .into_iter()
        .chain(layers(header, "mlp.down_proj", [dim, hidden_dim]))
        .chain(layers(header, "mlp.up_proj", [hidden_dim, dim]))
}

fn embedding(header: &Header) -> Part {
    part("model.embed_tokens.weight", &[header.vocabulary, header.dim])
}

fn last_norm(header: &Header) -> Part {
    part("model.norm.weight", &[header.dim])
}

fn classifier(header: &Header) -> Option<Part> {
    (!header.shared).then(|| part("lm_head.weight", &[header.vocabulary, header.dim]))
}

/// The order of version 0 (`legacy_export` of llama2.c's `export.py`). The cosines and sines of the rotary angles are left
/// out: they are computed.
fn legacy(header: &Header) -> Vec<Part> {
    let angles = || Part { name: None, shape: vec![header.context, header.head_width() / 2], order: Order::AsItIs };
    [embedding(header)]
        .into_iter()
        .chain(norms(header, "input_layernorm"))
        .chain(attention(header))
        .chain(norms(header, "post_attention_layernorm"))
        .chain(feed_forward(header))
        .chain([last_norm(header), angles(), angles()])
        .chain(classifier(header))
        .collect()
}

/// The order of version 1 (`version1_export`): the norms first.
fn version_1(header: &Header) -> Vec<Part> {
    norms(header, "input_layernorm")
        .into_iter()
        .chain(norms(header, "post_attention_layernorm"))
        .chain([last_norm(header), embedding(header)])
        .chain(attention(header))
        .chain(feed_forward(header))
        .chain(classifier(header))
        .collect()
}
