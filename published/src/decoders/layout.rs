//! How files store what a decoder computes with.

use gpt::GptConfig;
use ndarray::{Array, ArrayD, Axis, IxDyn, concatenate};
use tensor::Real;

use crate::error::Error;
use crate::weights::{Names, Weights};

/// Which tensors of a family's files make which parameters of a [`Gpt`](gpt::Gpt).
///
/// Names are those of weights without their last part; in names of a block `{}` is its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Prefix, older names, and what is no weight.
    pub names: Names,
    /// Tensors that repeat others.
    pub left_out: &'static [&'static str],
    /// W, the embedding.
    pub embedding: &'static str,
    /// P, the learned positions.
    pub positions: &'static str,
    /// The normalisation of the embedding.
    pub embedding_norm: &'static str,
    /// The normalisation before the output.
    pub last_norm: &'static str,
    /// The output layer.
    pub head: &'static str,
    /// The two normalisations of a block.
    pub norms: [&'static str; 2],
    /// W_Q, W_K, W_V.
    pub queries_keys_values: Projection,
    /// W_O.
    pub attention_output: &'static str,
    /// W₁, or W_g and W₁.
    pub first: &'static [&'static str],
    /// W₂.
    pub second: &'static str,
    /// Whether the maps of blocks are stored as (in, out).
    pub transposed: bool,
    /// Whether scores are divided by the number of their block, counted from 1.
    pub divided_by_layer: bool,
}

/// How the maps to queries, keys and values are stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Projection {
    /// One below the other, as the parameter is.
    Blocks(&'static str),
    /// Each by itself.
    Separate([&'static str; 3]),
    /// In one tensor, group by group: the rows of the queries that share a key, of the key, of the value.
    Groups(&'static str),
}

/// How a parameter is made of tensors.
#[derive(Debug, PartialEq)]
pub(crate) enum Recipe {
    /// It is the tensor.
    Same(String),
    /// It is the tensor with rows and columns exchanged.
    Transposed(String),
    /// The rows of several tensors, one below the other; so many of each.
    Stacked(Vec<(String, usize)>),
    /// The rows of one tensor in another order: see [`Projection::Groups`].
    Ungrouped { name: String, heads: usize, key_heads: usize, width: usize },
    /// Another recipe whose first rows are then multiplied.
    Scaled { recipe: Box<Recipe>, rows: usize, factor: f64 },
}

impl Layout {
    /// How a parameter of GPT-2's name is made.
    ///
    /// # Panics
    /// If no parameter of a GPT has this name.
    pub fn recipe(&self, config: &GptConfig, parameter: &str) -> Recipe {
        let parts: Vec<&str> = parameter.split('.').collect();
        let same = |name: &str, kind: &str| Recipe::Same(format!("{name}.{kind}"));
        match parts[..] {
            ["wte", kind] => same(self.embedding, kind),
            ["wpe", kind] => same(self.positions, kind),
            ["ln_e", kind] => same(self.embedding_norm, kind),
            ["ln_f", kind] => same(self.last_norm, kind),
            ["lm_head", kind] => same(self.head, kind),
            ["h", layer, "ln_1", kind] => same(&in_block(self.norms[0], layer), kind),
            ["h", layer, "ln_2", kind] => same(&in_block(self.norms[1], layer), kind),
            ["h", layer, "attn", "c_attn", kind] => self.projection(config, layer, kind),
            ["h", layer, "attn", "c_proj", kind] => self.map(&in_block(self.attention_output, layer), kind),
            ["h", layer, "mlp", "c_fc", kind] => match self.first {
                [first] => self.map(&in_block(first, layer), kind),
                several => {
                    let rows = config.block.feed_forward;
                    let of = |name: &&str| (format!("{}.{kind}", in_block(name, layer)), rows);
                    Recipe::Stacked(several.iter().map(of).collect())
                }
            },
            ["h", layer, "mlp", "c_proj", kind] => self.map(&in_block(self.second, layer), kind),
            _ => panic!("no GPT has a parameter {parameter}"),
        }
    }

    fn map(&self, name: &str, kind: &str) -> Recipe {
        let name = format!("{name}.{kind}");
        if self.transposed && kind == "weight" { Recipe::Transposed(name) } else { Recipe::Same(name) }
    }

    fn projection(&self, config: &GptConfig, layer: &str, kind: &str) -> Recipe {
        let (heads, width) = (config.block.heads(), config.block.head_width());
        let recipe = match self.queries_keys_values {
            Projection::Blocks(name) => self.map(&in_block(name, layer), kind),
            Projection::Separate(names) => {
                let rows = [heads.queries, heads.keys, heads.keys].map(|heads| heads * width);
                let names = names.map(|name| format!("{}.{kind}", in_block(name, layer)));
                Recipe::Stacked(names.into_iter().zip(rows).collect())
            }
            Projection::Groups(name) => {
                let name = format!("{}.{kind}", in_block(name, layer));
                Recipe::Ungrouped { name, heads: heads.queries, key_heads: heads.keys, width }
            }
        };
        if self.divided_by_layer {
            let number: usize = layer.parse().expect("blocks have numbers");
            let (rows, factor) = (heads.queries * width, 1.0 / (number + 1) as f64);
            return Recipe::Scaled { recipe: Box::new(recipe), rows, factor };
        }
        recipe
    }
}

fn in_block(name: &str, layer: &str) -> String {
    name.replace("{}", layer)
}

impl Recipe {
    /// Tells which tensors are needed for a parameter of this shape.
    pub fn expect(&self, weights: &mut Weights, shape: &[usize]) {
        match self {
            Recipe::Same(name) | Recipe::Ungrouped { name, .. } => weights.expect(name, shape),
            Recipe::Transposed(name) => weights.expect(name, &shape.iter().rev().copied().collect::<Vec<_>>()),
            Recipe::Stacked(parts) => {
                for (name, rows) in parts {
                    let shape: Vec<usize> = [*rows].into_iter().chain(shape[1..].iter().copied()).collect();
                    weights.expect(name, &shape);
                }
            }
            Recipe::Scaled { recipe, .. } => recipe.expect(weights, shape),
        }
    }

    /// Reads the tensors and makes the parameter.
    pub fn read(&self, weights: &mut Weights) -> Result<ArrayD<Real>, Error> {
        Ok(match self {
            Recipe::Same(name) => weights.read(name)?,
            Recipe::Transposed(name) => weights.read(name)?.reversed_axes().as_standard_layout().into_owned(),
            Recipe::Stacked(parts) => {
                let parts = parts.iter().map(|(name, _)| weights.read(name)).collect::<Result<Vec<_>, _>>()?;
                let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
                concatenate(Axis(0), &views).expect("the shapes were checked")
            }
            Recipe::Ungrouped { name, heads, key_heads, width } => {
                ungrouped(weights.read(name)?, *heads, *key_heads, *width)
            }
            Recipe::Scaled { recipe, rows, factor } => {
                let mut values = recipe.read(weights)?;
                values.slice_axis_mut(Axis(0), (..*rows).into()).map_inplace(|x| *x *= *factor as Real);
                values
            }
        })
    }
}

/// From (KV, N/KV + 2, d_k, ..), group by group, to all queries, all keys and all values.
fn ungrouped(rows: ArrayD<Real>, heads: usize, key_heads: usize, width: usize) -> ArrayD<Real> {
    let shape = rows.shape().to_vec();
    let depth: usize = shape[1..].iter().product();
    let group = heads / key_heads;
    let groups = rows.to_shape((key_heads, group + 2, width * depth)).expect("the shapes were checked");
    let part = |from: usize, to: usize| {
        let rows = groups.slice_axis(Axis(1), (from..to).into());
        Array::from_iter(rows.iter().copied())
    };
    let parts = [part(0, group), part(group, group + 1), part(group + 1, group + 2)];
    let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
    let all = concatenate(Axis(0), &views).expect("vectors");
    all.into_shape_with_order(IxDyn(&shape)).expect("as many numbers")
}
