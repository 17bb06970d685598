//! How files store what a decoder computes with.

use gpt::GptConfig;

use crate::recipe::Recipe;
use crate::weights::Names;

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
