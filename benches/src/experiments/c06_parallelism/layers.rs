//! The layers that C5 and C6 compare: all read D numbers at each position and write D.

use attention::{DecoderConfig, Score};
use lstm::Lstm;
use ndarray::Array3;
use nn::Linear;
use rnn::{Elman, PassOptions, Recurrent};
use tensor::{Context, Init, Initializer, Parameters, Tensor, concat};
use transformer::{
    Activation, AttentionSource, Block, BlockConfig, DecoderBlock, Form, Mask, MultiHeadAttention,
    block::fused::linear_activation, scaled_dot_product::literal,
};

use crate::study::operations::Operations;

/// N.
const HEADS: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    Rnn,
    Lstm,
    /// Multi-head self-attention with its projections.
    Attention,
    /// Two linear maps with GELU between them, F = 4·D.
    FeedForward,
    /// Both with normalisations and residual connections: a layer of GPT.
    Block,
    /// Self-attention without projections, as the table of Vaswani et al. reckons it.
    ScaledDotProduct,
    /// An LSTM layer that reads, and one that looks back at it before each of its steps: a translator whose source and
    /// translation are the same text.
    LookingBack,
    /// The same of Transformer blocks: one that reads, and one with cross-attention.
    Translator,
}

impl LayerKind {
    pub const LAYERS: [Self; 5] = [Self::Rnn, Self::Lstm, Self::Attention, Self::FeedForward, Self::Block];
    /// Those whose operations are counted.
    pub const COUNTED: [Self; 6] =
        [Self::Rnn, Self::Lstm, Self::ScaledDotProduct, Self::Attention, Self::FeedForward, Self::Block];

    /// Those that read one text and write another.
    pub const TRANSLATORS: [Self; 2] = [Self::LookingBack, Self::Translator];

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rnn => "rnn",
            Self::Lstm => "lstm",
            Self::Attention => "self-attention",
            Self::FeedForward => "feed-forward",
            Self::Block => "transformer block",
            Self::ScaledDotProduct => "self-attention without projections",
            Self::LookingBack => "lstm with attention",
            Self::Translator => "transformer",
        }
    }

    /// Whether it hands a state from each position to the next.
    pub fn is_recurrent(self) -> bool {
        matches!(self, Self::Rnn | Self::Lstm | Self::LookingBack)
    }
}

/// One layer with its parameters.
pub struct Layer {
    /// D.
    width: usize,
    parameters: Parameters,
    modules: Modules,
}

enum Modules {
    Rnn(Elman),
    Lstm(Lstm),
    Attention(MultiHeadAttention),
    FeedForward { up: Linear, down: Linear },
    Block(Box<Block>),
    ScaledDotProduct,
    LookingBack { encoder: Lstm, decoder: attention::Decoder },
    Translator { encoder: Box<Block>, decoder: Box<DecoderBlock> },
}

impl Layer {
    /// A layer of width D.
    pub fn new(kind: LayerKind, width: usize) -> Self {
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, 1);
        let config = BlockConfig::new(width, HEADS);
        let linear = |init: &mut Init<'_>, inputs, outputs| {
            Linear::with(init, inputs, outputs, Initializer::Normal { std: 0.02 }, None)
        };
        let modules = match kind {
            LayerKind::Rnn => Modules::Rnn(Elman::new(init, "l0", width, width, Default::default())),
            LayerKind::Lstm => Modules::Lstm(Lstm::new(init, "l0", width, width, Default::default())),
            LayerKind::Attention => Modules::Attention(MultiHeadAttention::new(init, &config, 1)),
            LayerKind::FeedForward => Modules::FeedForward {
                up: linear(&mut init.child("up"), width, config.feed_forward),
                down: linear(&mut init.child("down"), config.feed_forward, width),
            },
            LayerKind::Block => Modules::Block(Box::new(Block::new(init, &config, 0, 1))),
            LayerKind::ScaledDotProduct => Modules::ScaledDotProduct,
            LayerKind::LookingBack => {
                let encoder = Lstm::new(&mut init.child("encoder"), "l0", width, width, Default::default());
                let (score, start) = (Score::Additive, Default::default());
                let (input, hidden, states, input_feeding) = (width, width, width, false);
                let decoder = DecoderConfig { input, hidden, states, score, width, input_feeding, start };
                let decoder = attention::Decoder::new(&mut init.child("decoder"), decoder);
                Modules::LookingBack { encoder, decoder }
            }
            LayerKind::Translator => {
                let reading = BlockConfig { mask: Mask::Bidirectional, ..config.clone() };
                Modules::Translator {
                    encoder: Box::new(Block::new(&mut init.child("encoder"), &reading, 0, 1)),
                    decoder: Box::new(DecoderBlock::new(&mut init.child("decoder"), &config, "decoder")),
                }
            }
        };
        Self { width, parameters, modules }
    }

    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The layer over whole sequences.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, D).
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, form: Form) -> Tensor {
        match &self.modules {
            Modules::Rnn(layer) => recurrent(layer, cx, x, form),
            Modules::Lstm(layer) => recurrent(layer, cx, x, form),
            Modules::Attention(layer) => layer.forward(cx, x, AttentionSource::default(), form),
            Modules::FeedForward { up, down } => {
                let hidden = match form {
                    Form::Literal => up.forward(cx, x).gelu(),
                    Form::Fused => linear_activation(x, &cx.get(up.weight()), None, Activation::Gelu),
                };
                down.forward(cx, &hidden)
            }
            Modules::Block(block) => block.forward(cx, x, None, form),
            Modules::ScaledDotProduct => literal::attention(x, x, x, HEADS, Mask::Causal),
            Modules::LookingBack { encoder, decoder } => {
                let (batch, positions) = (x.shape()[0], x.shape()[1]);
                let run = PassOptions { form, ..PassOptions::default() };
                let (states, last) = encoder.forward(cx, x, &encoder.empty(batch), run); // (B, T, D)
                let memory = decoder.memory(cx, states, vec![positions; batch]);
                let begin = decoder.begin(last[0].clone(), last[1].clone());
                decoder.forward(cx, x, &memory, &begin, form).ys
            }
            Modules::Translator { encoder, decoder } => {
                let memory = encoder.forward(cx, x, None, form); // (B, T, D)
                decoder.forward(cx, x, &memory, None, form)
            }
        }
    }

    /// Counts one pass over a sequence of T = `positions`, in small operations.
    pub fn count(&self, positions: usize) -> Operations {
        let x = Tensor::constant(Array3::ones((1, positions, self.width)));
        Operations::count(|| self.forward(&Context::eval(&self.parameters), &x, Form::Literal)).1
    }

    /// The number of operations on the way from the first input to the last output, or `None` if no way leads there.
    ///
    /// The first input is held up by more operations than the layer has; by how much longer the last output has to wait, which
    /// is computed position by position as far as the layer can, is the length of the way.
    pub fn way(&self, positions: usize) -> Option<u64> {
        const HELD_UP: u64 = 4_096;
        let cx = Context::eval(&self.parameters);
        let on_time = Tensor::constant(Array3::ones((1, 1, self.width)));
        let late = (0..HELD_UP).fold(on_time.clone(), |x, _| x.scale(1.0));
        let mut inputs = vec![on_time; positions];
        inputs[0] = late;
        let last = match &self.modules {
            Modules::Rnn(layer) => last_of_steps(layer, &cx, &inputs),
            Modules::Lstm(layer) => last_of_steps(layer, &cx, &inputs),
            Modules::FeedForward { .. } => self.forward(&cx, &inputs[positions - 1], Form::Literal),
            _ => {
                let x = concat(1, &inputs.iter().collect::<Vec<_>>()); // (1, T, D)
                self.forward(&cx, &x, Form::Literal).index(1, positions - 1)
            }
        };
        last.span().checked_sub(HELD_UP)
    }
}

fn recurrent<R: Recurrent>(layer: &R, cx: &Context<'_>, x: &Tensor, form: Form) -> Tensor {
    layer.forward(cx, x, &layer.empty(x.shape()[0]), PassOptions { form, ..PassOptions::default() }).0
}

/// The last output of a recurrent layer that is given its inputs, (1, 1, D) each, one by one.
fn last_of_steps<R: Recurrent>(layer: &R, cx: &Context<'_>, inputs: &[Tensor]) -> Tensor {
    let run = PassOptions { form: Form::Literal, ..PassOptions::default() };
    let state = inputs.iter().fold(layer.empty(1), |state, x| layer.forward(cx, x, &state, run).1);
    state[0].clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_work_by_hand() {
        let count = |kind| Layer::new(kind, 8).count(5).work;
        // Two products of 8 × 8, their sum and tanh at each of 5 positions.
        assert_eq!(count(LayerKind::Rnn), 5 * (2 * 2 * 64 + 8 + 8));
        // 8 → 32 → 8 and GELU.
        assert_eq!(count(LayerKind::FeedForward), 5 * (2 * 2 * 256 + 32));
    }

    #[test]
    fn step_02_chains_and_ways() {
        let layer = |kind| Layer::new(kind, 8);
        // Product, sum, tanh at every position.
        assert_eq!((layer(LayerKind::Rnn).count(5).span, layer(LayerKind::Rnn).way(5)), (15, Some(15)));
        // Nothing leads from one position to another.
        assert_eq!((layer(LayerKind::FeedForward).count(5).span, layer(LayerKind::FeedForward).way(5)), (3, None));
        let attention = layer(LayerKind::Attention);
        assert_eq!(attention.way(5), Some(attention.count(5).span));
    }

    #[test]
    fn step_03_all_layers_have_one_shape() {
        for kind in LayerKind::COUNTED.into_iter().chain(LayerKind::TRANSLATORS) {
            let layer = Layer::new(kind, 8);
            let cx = Context::train(layer.parameters(), 1, 0);
            let x = cx.leaf(Array3::ones((2, 3, 8)));
            for form in [Form::Literal, Form::Fused] {
                assert_eq!(layer.forward(&cx, &x, form).shape(), [2, 3, 8], "{}", kind.name());
            }
        }
    }
}
