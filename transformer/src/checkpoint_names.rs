//! Under which names parameters stand in a checkpoint, and how they begin.

use nn::Linear;
use tensor::{Init, Initializer};

use crate::{Biases, BlockConfig};

/// How the matrices of a model with PyTorch's names begin. Biases begin at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstValues {
    /// Uniform in ±√(6/(I + O)), I and O the numbers that a matrix reads and writes (Glorot & Bengio 2010), as in
    /// `torch.nn.Transformer`.
    Glorot,
    /// Normal with standard deviation 0.02, as in BERT.
    Bert,
    /// Normal with standard deviation 1/√I, and 1/√(D·d_k) for the queries, as in T5's program: there nothing else divides
    /// scores by √d_k.
    T5,
}

/// Families of published checkpoints. What they hold is the same mathematics under other names, and begins differently.
#[derive(Clone, Copy)]
pub(crate) enum Convention {
    /// Names of GPT-2's checkpoints. Weights begin normal with standard deviation 0.02 (Radford et al. 2018, section
    /// 4.1); each of `depth` blocks has two maps that end on the residual stream, and theirs is 0.02/√(2·`depth`), so
    /// that what all blocks together add to the stream does not grow with depth (Radford et al. 2019, section 2.3).
    Gpt2 { depth: usize },
    /// Names of `torch.nn.Transformer`.
    PyTorch(FirstValues),
}

impl Convention {
    /// The map that makes queries, keys and values from one product.
    pub fn queries_keys_values(self, init: &mut Init<'_>, config: &BlockConfig) -> Linear {
        let (width, head_width, heads) = (config.width, config.head_width(), config.heads());
        let [queries, keys] = [heads.queries, heads.keys].map(|heads| heads * head_width);
        let (weight, shift) = match self {
            Convention::Gpt2 { .. } => ("c_attn.weight", "c_attn.bias"),
            Convention::PyTorch(_) => ("in_proj_weight", "in_proj_bias"),
        };
        let initializer = match self {
            Convention::PyTorch(FirstValues::T5) => {
                let [first, others] = [width * head_width, width].map(one_over_root);
                Initializer::StackedNormal { rows: queries, first, others }
            }
            _ => self.matrix(width),
        };
        let rows = queries + 2 * keys;
        let weight = init.param(weight, &[rows, width], initializer);
        let bias = config.bias.queries_keys_values;
        Linear::of(weight, bias.then(|| init.param(shift, &[rows], Initializer::Constant(0.0))))
    }

    /// The map that mixes the heads, N·d_k = `heads` columns, and ends on the residual stream, D = `width`.
    pub fn mix(self, init: &mut Init<'_>, heads: usize, width: usize, bias: bool) -> Linear {
        let name = match self {
            Convention::Gpt2 { .. } => "c_proj",
            Convention::PyTorch(_) => "out_proj",
        };
        self.onto_stream(&mut init.child(name), heads, width, bias)
    }

    /// The two maps of a feed-forward layer, from D to F and back; if it is gated, the first makes the gate too.
    pub fn feed_forward(self, init: &mut Init<'_>, config: &BlockConfig) -> [Linear; 2] {
        let &BlockConfig { width, feed_forward: hidden, gated, bias: Biases { feed_forward: bias, .. }, .. } = config;
        let (first, second) = match self {
            Convention::Gpt2 { .. } => ("mlp.c_fc", "mlp.c_proj"),
            Convention::PyTorch(_) => ("linear1", "linear2"),
        };
        let rows = if gated { 2 * hidden } else { hidden };
        let first = Linear::with(&mut init.child(first), width, rows, self.matrix(width), zero(bias));
        [first, self.onto_stream(&mut init.child(second), hidden, width, bias)]
    }

    /// The name of a block's normalisation number `n`, counted from 1.
    pub fn norm(self, n: usize) -> String {
        match self {
            Convention::Gpt2 { .. } => format!("ln_{n}"),
            Convention::PyTorch(_) => format!("norm{n}"),
        }
    }

    /// The name of a block's self-attention.
    pub fn self_attention(self) -> &'static str {
        match self {
            Convention::Gpt2 { .. } => "attn",
            Convention::PyTorch(_) => "self_attn",
        }
    }

    /// How a matrix that reads I = `inputs` numbers begins, if it does not end on GPT-2's stream.
    fn matrix(self, inputs: usize) -> Initializer {
        match self {
            Convention::Gpt2 { .. } | Convention::PyTorch(FirstValues::Bert) => Initializer::Normal { std: 0.02 },
            Convention::PyTorch(FirstValues::Glorot) => Initializer::Xavier,
            Convention::PyTorch(FirstValues::T5) => Initializer::Normal { std: one_over_root(inputs) },
        }
    }

    fn onto_stream(self, init: &mut Init<'_>, inputs: usize, outputs: usize, bias: bool) -> Linear {
        let initializer = match self {
            Convention::Gpt2 { depth } => Initializer::Normal { std: 0.02 / (2.0 * depth as f64).sqrt() },
            Convention::PyTorch(_) => self.matrix(inputs),
        };
        Linear::with(init, inputs, outputs, initializer, zero(bias))
    }
}

fn one_over_root(number: usize) -> f64 {
    1.0 / (number as f64).sqrt()
}

/// All biases begin at 0.
fn zero(bias: bool) -> Option<Initializer> {
    bias.then_some(Initializer::Constant(0.0))
}
