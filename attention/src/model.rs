//! The translator.

use data::Token;
use data::pairs::{PairBatch, Sources};
use ndarray::{ArrayView2, Axis, Ix3};
use nn::{Dropout, Linear, Step, Trainable, Translator, smoothed_cross_entropy};
use rnn::{Input, Recurrent, Stacked, TokenInput};
use tensor::{Context, Init, Tensor, concat};

use crate::config::ConfigError;
use crate::{Decoded, Decoder, DecoderState, Memory, RnnSearchConfig};

/// A recurrent encoder whose states are all kept, and a decoder that looks back at them: Bahdanau et al.'s RNNsearch,
/// and with other [scores](crate::Score) and input feeding Luong et al.'s relations of it.
///
/// | parameter | shape |
/// |---|---|
/// | `se.weight`, `te.weight` | (V of the source, E), (V, E) |
/// | `enc.weight_ih_l0`, .. | see [`Stacked`] |
/// | `dec.attention.query.weight`, .. | see [`Attention`](crate::Attention); C = H |
/// | `dec.weight_ih_l0`, .. | (4H, E + H), and H more with input feeding; see [`Decoder`] |
/// | `dec.combine.weight` | (H, 2H), with input feeding |
/// | `out.weight`, `out.bias` | (V, H), (V) |
///
/// ```
/// use attention::{RnnSearch, RnnSearchConfig};
/// use data::pairs::PairBatch;
/// use lstm::Lstm;
/// use nn::{Translator, translate};
/// use tensor::{Context, Init, Parameters};
///
/// let mut parameters = Parameters::new();
/// let config = RnnSearchConfig::new(65, 128, 256);
/// let model = RnnSearch::<Lstm>::new(&mut Init::new(&mut parameters, 1), config)?;
/// let (encoder, score, decoder) = (4 * 256 * (128 + 256 + 2), 2 * 256 * 256 + 256, 4 * 256 * (128 + 256 + 256 + 2));
/// assert_eq!(parameters.count(), 2 * 65 * 128 + encoder + score + decoder + 65 * (256 + 1));
///
/// let batch = PairBatch::new(&[(&[5, 6, 7], &[8, 9]), (&[4], &[3])]);
/// let logits = model.logits(&Context::eval(&parameters), &batch);
/// assert_eq!(logits.shape(), [2, 3, 65]); // (B, T, V), END included
///
/// let translations = translate(&model, &parameters, &batch.sources, 10);
/// let alignment = translations[1].alignment.as_ref().unwrap();
/// assert!(alignment.iter().all(|&weight| weight == 1.0)); // its source has one token
/// # Ok::<(), attention::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RnnSearch<R: Recurrent> {
    config: RnnSearchConfig<R::Options>,
    source: TokenInput,
    target: TokenInput,
    encoder: Stacked<R>,
    decoder: Decoder,
    dropout: Dropout,
    output: Linear,
}

impl<R: Recurrent> RnnSearch<R> {
    /// Creates the parameters.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: RnnSearchConfig<R::Options>) -> Result<Self, ConfigError> {
        config.validate()?;
        let RnnSearchConfig { source_vocabulary, target_vocabulary, embedding, hidden, dropout, .. } = config;
        Ok(RnnSearch {
            source: TokenInput::new(init, "se", source_vocabulary, embedding, dropout),
            target: TokenInput::new(init, "te", target_vocabulary, embedding, dropout),
            encoder: Stacked::new(&mut init.child("enc"), "enc", config.encoder()),
            decoder: Decoder::new(&mut init.child("dec"), config.decoder()),
            dropout: Dropout::new(dropout, "out"),
            output: Linear::new(&mut init.child("out"), hidden, target_vocabulary),
            config,
        })
    }

    /// The sizes and switches.
    pub fn config(&self) -> &RnnSearchConfig<R::Options> {
        &self.config
    }

    /// Reads the translations so far, (B, T), from `state` on, looking back at every step: (B, T, V), and where it
    /// looked; what is no number behind the `ends` of the rows has no part in it.
    fn decode(
        &self,
        cx: &Context<'_>,
        memory: &Memory,
        state: &DecoderState,
        tokens: ArrayView2<'_, Token>,
        ends: Option<&[usize]>,
    ) -> (Tensor, Decoded) {
        // ANCHOR: decode
        let read = |y: Input<'_>| self.decoder.forward(cx, y, memory, state, self.config.form);
        let decoded = self.target.read(cx, tokens, ends, read);
        (self.output.forward(cx, &self.dropout.forward(cx, &decoded.ys)), decoded) // (B, T, V)
        // ANCHOR_END: decode
    }

    /// Where the decoder looks at every step, while it is told the right translations.
    ///
    /// # Shapes
    /// - returns (B, T, S): every row sums to one over its sentence and is zero in the padding
    pub fn alignment(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let (memory, state) = self.encode(cx, &batch.sources);
        self.decode(cx, &memory, &state, batch.inputs.view(), batch.ends().as_deref()).1.alignment
    }
}

impl<R: Recurrent> Trainable for RnnSearch<R> {
    type Batch = PairBatch;

    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let training = cx.is_training();
        let sampled = self.config.sampling.filter(|_| training).map(|sampling| sampling.inputs(cx, self, batch));
        let inputs = sampled.as_ref().unwrap_or(&batch.inputs).view();
        let (memory, state) = self.encode(cx, &batch.sources);
        let logits = self.decode(cx, &memory, &state, inputs, batch.ends().as_deref()).0; // (B, T, V)
        let smoothing = if training { self.config.smoothing } else { 0.0 };
        smoothed_cross_entropy(&logits, batch.targets.view().into_dyn(), smoothing)
    }

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl<R: Recurrent> Translator for RnnSearch<R> {
    type Memory = Memory;
    type State = DecoderState;

    fn vocabulary(&self) -> usize {
        self.config.target_vocabulary
    }

    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let (memory, state) = self.encode(cx, &batch.sources);
        self.decode(cx, &memory, &state, batch.inputs.view(), batch.ends().as_deref()).0
    }

    // ANCHOR: encode
    /// All states of the encoder's last layer, and of these, to begin with, the one after the last token; where the
    /// source is read from both ends, the last one of each direction.
    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Memory, DecoderState) {
        let read = |x: Input<'_>| self.encoder.forward_padded(cx, x, sources.ends(), None);
        let (states, last) = self.source.read(cx, sources.tokens.view(), None, read); // (B, S, H)
        let directions = if self.config.bidirectional { 2 } else { 1 };
        let top = &last[last.len() - directions..];
        let vector = |i: usize| concat(1, &top.iter().map(|state| &state[i]).collect::<Vec<_>>()); // (B, H)
        let h = vector(0);
        // A GRU has no second vector.
        let c = if R::STATE.len() > 1 { vector(1) } else { Tensor::constant(ndarray::ArrayD::zeros(h.shape())) };
        (self.decoder.memory(cx, states, sources.lengths.clone()), self.decoder.begin(h, c))
    }
    // ANCHOR_END: encode

    fn next(&self, cx: &Context<'_>, memory: &Memory, state: &mut DecoderState, tokens: &[Token]) -> Step {
        let tokens = ArrayView2::from_shape((tokens.len(), 1), tokens).expect("one token for each row");
        let (logits, decoded) = self.decode(cx, memory, state, tokens, None);
        *state = decoded.state;
        let [logits, alignment] = [&logits, &decoded.alignment].map(|x| {
            x.view::<Ix3>("rnn search").index_axis_move(Axis(1), 0).to_owned() // (B, V) and (B, S)
        });
        Step { logits, alignment: Some(alignment) }
    }
}
