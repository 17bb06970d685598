//! Single layers by name, all of one shape: each reads D numbers at every position and writes D.

use attention::{DecoderConfig, Score};
use lstm::Lstm;
use nn::Linear;
use rnn::{Elman, PassOptions, Recurrent};
use tensor::{Context, Init, Initializer, Parameters, Tensor, concat};
use transformer::{
    Activation, AttentionSource, Block, BlockConfig, DecoderBlock, Form, Mask, MultiHeadAttention,
    block::fused::linear_activation, scaled_dot_product::literal,
};

/// N.
const HEADS: usize = 4;

/// A layer that is the heart of some stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// A simple recurrent layer.
    Rnn,
    /// A layer of long short-term memory.
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
    /// Those that read one text.
    pub const LAYERS: [Self; 5] = [Self::Rnn, Self::Lstm, Self::Attention, Self::FeedForward, Self::Block];
    /// Those that read one text and write another.
    pub const TRANSLATORS: [Self; 2] = [Self::LookingBack, Self::Translator];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rnn => "RNN",
            Self::Lstm => "LSTM",
            Self::Attention => "self-attention",
            Self::FeedForward => "feed-forward",
            Self::Block => "Transformer block",
            Self::ScaledDotProduct => "self-attention without projections",
            Self::LookingBack => "LSTM with attention",
            Self::Translator => "Transformer",
        }
    }

    /// Whether it hands a state from each position to the next.
    pub fn is_recurrent(self) -> bool {
        matches!(self, Self::Rnn | Self::Lstm | Self::LookingBack)
    }
}

/// One layer with its parameters, which begin as those of a model do.
pub struct Layer {
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
        Self { parameters, modules }
    }

    /// Its parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The layer over whole sequences.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, D).
    ///
    /// # Panics
    /// If `x` has another width.
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

    /// The last output where the inputs come one by one: a recurrent layer reads each when it is there, a feed-forward
    /// layer needs none but the last, any other has to wait for all.
    ///
    /// # Shapes
    /// - `inputs`: (1, 1, D) each; returns (1, D), or (1, 1, D) of a feed-forward layer.
    ///
    /// # Panics
    /// If there are none.
    pub fn last_output(&self, cx: &Context<'_>, inputs: &[Tensor]) -> Tensor {
        match &self.modules {
            Modules::Rnn(layer) => last_of_steps(layer, cx, inputs),
            Modules::Lstm(layer) => last_of_steps(layer, cx, inputs),
            Modules::FeedForward { .. } => self.forward(cx, &inputs[inputs.len() - 1], Form::Literal),
            _ => {
                let x = concat(1, &inputs.iter().collect::<Vec<_>>()); // (1, T, D)
                self.forward(cx, &x, Form::Literal).index(1, inputs.len() - 1)
            }
        }
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
    use ndarray::Array3;
    use tensor::check::{assert_close, random_tensor};

    #[test]
    fn all_layers_have_one_shape() {
        for kind in [&LayerKind::LAYERS[..], &LayerKind::TRANSLATORS, &[LayerKind::ScaledDotProduct]].concat() {
            let layer = Layer::new(kind, 8);
            let cx = Context::train(layer.parameters(), 1, 0);
            let x = cx.leaf(Array3::ones((2, 3, 8)));
            for form in [Form::Literal, Form::Fused] {
                assert_eq!(layer.forward(&cx, &x, form).shape(), [2, 3, 8], "{}", kind.name());
            }
        }
    }

    #[test]
    fn inputs_one_by_one_give_the_output_of_all() {
        for kind in [&LayerKind::LAYERS[..], &LayerKind::TRANSLATORS, &[LayerKind::ScaledDotProduct]].concat() {
            let layer = Layer::new(kind, 8);
            let cx = Context::eval(layer.parameters());
            let x = Tensor::constant(random_tensor(&[1, 3, 8], 1, "x"));
            let inputs = [0, 1, 2].map(|t| x.slice(1, t..t + 1));
            let [whole, last] = [layer.forward(&cx, &x, Form::Literal).index(1, 2), layer.last_output(&cx, &inputs)];
            assert_close(
                kind.name(),
                &last.reshape(&[8]).value().to_owned(),
                &whole.reshape(&[8]).value().to_owned(),
                1e-6,
            );
        }
    }
}
