//! Under which names parameters stand in a checkpoint, and how they begin.

use nn::Linear;
use tensor::{Init, Initializer};

use crate::{Biases, BlockConfig};

/// Families of published checkpoints. What they hold is the same mathematics under other names, and begins differently.
#[derive(Clone, Copy)]
pub(crate) enum Convention {
    /// Names of GPT-2's checkpoints. Weights begin normal with standard deviation 0.02 (Radford et al. 2018, section
    /// 4.1); each of `depth` blocks has two maps that end on the residual stream, and theirs is 0.02/√(2·`depth`), so
    /// that what all blocks together add to the stream does not grow with depth (Radford et al. 2019, section 2.3).
    Gpt2 { depth: usize },
    /// Names of `torch.nn.Transformer`, all of whose matrices begin uniform in ±√(6/(I + O)) (Glorot & Bengio 2010).
    PyTorch,
    /// The same names; matrices begin normal with standard deviation 0.02, as in BERT.
    Bert,
}

impl Convention {
    /// The map that makes queries, keys and values, all of their `rows` from one product.
    pub fn queries_keys_values(self, init: &mut Init<'_>, width: usize, rows: usize, bias: bool) -> Linear {
        let (weight, shift) = match self {
            Convention::Gpt2 { .. } => ("c_attn.weight", "c_attn.bias"),
            Convention::PyTorch | Convention::Bert => ("in_proj_weight", "in_proj_bias"),
        };
        let weight = init.param(weight, &[rows, width], self.matrix());
        Linear::of(weight, bias.then(|| init.param(shift, &[rows], Initializer::Constant(0.0))))
    }

    /// The map that mixes the heads, N·d_k = `heads` columns, and ends on the residual stream, D = `width`.
    pub fn mix(self, init: &mut Init<'_>, heads: usize, width: usize, bias: bool) -> Linear {
        let name = match self {
            Convention::Gpt2 { .. } => "c_proj",
            Convention::PyTorch | Convention::Bert => "out_proj",
        };
        self.onto_stream(&mut init.child(name), heads, width, bias)
    }

    /// The two maps of a feed-forward layer, from D to F and back; if it is gated, the first makes the gate too.
    pub fn feed_forward(self, init: &mut Init<'_>, config: &BlockConfig) -> [Linear; 2] {
        let &BlockConfig { width, feed_forward: hidden, gated, bias: Biases { feed_forward: bias, .. }, .. } = config;
        let (first, second) = match self {
            Convention::Gpt2 { .. } => ("mlp.c_fc", "mlp.c_proj"),
            Convention::PyTorch | Convention::Bert => ("linear1", "linear2"),
        };
        let rows = if gated { 2 * hidden } else { hidden };
        let first = Linear::with(&mut init.child(first), width, rows, self.matrix(), zero(bias));
        [first, self.onto_stream(&mut init.child(second), hidden, width, bias)]
    }

    /// The name of a block's normalisation number `n`, counted from 1.
    pub fn norm(self, n: usize) -> String {
        match self {
            Convention::Gpt2 { .. } => format!("ln_{n}"),
            Convention::PyTorch | Convention::Bert => format!("norm{n}"),
        }
    }

    /// The name of a block's self-attention.
    pub fn self_attention(self) -> &'static str {
        match self {
            Convention::Gpt2 { .. } => "attn",
            Convention::PyTorch | Convention::Bert => "self_attn",
        }
    }

    /// How a matrix begins that does not end on the stream.
    fn matrix(self) -> Initializer {
        match self {
            Convention::Gpt2 { .. } | Convention::Bert => Initializer::Normal { std: 0.02 },
            Convention::PyTorch => Initializer::Xavier,
        }
    }

    fn onto_stream(self, init: &mut Init<'_>, inputs: usize, outputs: usize, bias: bool) -> Linear {
        let initializer = match self {
            Convention::Gpt2 { depth } => Initializer::Normal { std: 0.02 / (2.0 * depth as f64).sqrt() },
            Convention::PyTorch | Convention::Bert => self.matrix(),
        };
        Linear::with(init, inputs, outputs, initializer, zero(bias))
    }
}

/// All biases begin at 0.
fn zero(bias: bool) -> Option<Initializer> {
    bias.then_some(Initializer::Constant(0.0))
}
