//! The encoder-decoder.

use data::Token;
use data::pairs::{PairBatch, Sources};
use ndarray::{ArrayView2, Axis, Ix3};
use nn::{Dropout, Linear, Step, Trainable, Translator, smoothed_cross_entropy};
use rnn::{Input, Recurrent, Stacked, State, TokenInput};
use tensor::{Context, Init, Tensor, concat, stack};

use crate::{ConfigError, Seq2SeqConfig};

/// A recurrent encoder and a recurrent decoder, with one vector between them; the equations stand
/// [above](crate#the-equations).
///
/// | parameter | shape |
/// |---|---|
/// | `se.weight`, `te.weight` | (V of the source, E), (V, E) |
/// | `enc.weight_ih_l0`, .., `dec.weight_ih_l0`, .. | see [`Stacked`]; the decoder's input is E wide, and with the context E + the vector |
/// | `down.weight`, `down.bias`, `up.weight`, `up.bias` | (bottleneck, W), (bottleneck), (W, bottleneck), (W); only with a bottleneck |
/// | `out.weight`, `out.bias` | (V, H), (V) |
///
/// ```
/// use data::pairs::{PairBatch, START, Sources};
/// use lstm::Lstm;
/// use nn::{BeamSearch, Translator, translate};
/// use seq2seq::{Seq2Seq, Seq2SeqConfig};
/// use tensor::{Context, Init, Parameters};
///
/// let mut parameters = Parameters::new();
/// let config = Seq2SeqConfig::new(65, 128, 256);
/// let model = Seq2Seq::<Lstm>::new(&mut Init::new(&mut parameters, 1), config)?;
/// assert_eq!(parameters.count(), 2 * 65 * 128 + 2 * 4 * 256 * (128 + 256 + 2) + 65 * (256 + 1));
///
/// let batch = PairBatch::new(&[(&[5, 6, 7], &[8, 9]), (&[4], &[3])]);
/// let logits = model.logits(&Context::eval(&parameters), &batch);
/// assert_eq!(logits.shape(), [2, 3, 65]); // (B, T, V), END included
///
/// let greedy = translate(&model, &parameters, &batch.sources, 10);
/// let beam = BeamSearch::new(4, 0.6, 10).unwrap().translate(&model, &parameters, &batch.sources);
/// assert_eq!((greedy.len(), beam.len()), (2, 2));
/// # Ok::<(), seq2seq::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Seq2Seq<R: Recurrent> {
    config: Seq2SeqConfig<R::Options>,
    source: TokenInput,
    target: TokenInput,
    encoder: Stacked<R>,
    decoder: Stacked<R>,
    /// Down to the vector and up again.
    bottleneck: Option<[Linear; 2]>,
    dropout: Dropout,
    output: Linear,
}

impl<R: Recurrent> Seq2Seq<R> {
    /// Creates the parameters.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn new(init: &mut Init<'_>, config: Seq2SeqConfig<R::Options>) -> Result<Self, ConfigError> {
        config.validate()?;
        let Seq2SeqConfig { source_vocabulary, target_vocabulary, embedding, hidden, dropout, .. } = config;
        let state = config.layers * R::STATE.len() * hidden; // W
        let vector = config.bottleneck.unwrap_or(state);
        let read = if config.context { embedding + vector } else { embedding };
        Ok(Seq2Seq {
            source: TokenInput::new(init, "se", source_vocabulary, embedding, dropout),
            target: TokenInput::new(init, "te", target_vocabulary, embedding, dropout),
            encoder: Stacked::new(&mut init.child("enc"), "enc", config.layers_on(embedding)),
            decoder: Stacked::new(&mut init.child("dec"), "dec", config.layers_on(read)),
            bottleneck: config.bottleneck.map(|width| {
                let down = Linear::new(&mut init.child("down"), state, width);
                [down, Linear::new(&mut init.child("up"), width, state)]
            }),
            dropout: Dropout::new(dropout, "out"),
            output: Linear::new(&mut init.child("out"), hidden, target_vocabulary),
            config,
        })
    }

    /// The sizes and switches.
    pub fn config(&self) -> &Seq2SeqConfig<R::Options> {
        &self.config
    }

    /// The vector that passes, and the state with which the decoder begins.
    ///
    /// # Shapes
    /// - returns (B, W) or (B, bottleneck), and vectors (B, H), in PyTorch's order
    pub fn vector(&self, cx: &Context<'_>, sources: &Sources) -> (Tensor, State) {
        let reversed = self.config.reversed.then(|| sources.reversed());
        let sources = reversed.as_ref().unwrap_or(sources);
        // ANCHOR: vector
        let read = |x: Input<'_>| self.encoder.forward_padded(cx, x, sources.ends(), None);
        let (_, state) = self.source.read(cx, sources.tokens.view(), None, read); // L times (B, H) or twice (B, H)
        let whole = concat(1, &state.iter().flatten().collect::<Vec<_>>()); // (B, W)
        let Some([down, up]) = &self.bottleneck else { return (whole, state) };
        let vector = down.forward(cx, &whole); // (B, bottleneck)
        let whole = up.forward(cx, &vector); // (B, W)
        // ANCHOR_END: vector
        let hidden = self.config.hidden;
        let mut parts = (0..).map(|part| whole.slice(1, part * hidden..(part + 1) * hidden)); // (B, H) each
        let state = (0..self.config.layers).map(|_| parts.by_ref().take(R::STATE.len()).collect()).collect();
        (vector, state)
    }

    /// Reads tokens of the translations, beginning with `state`, and scores those that follow.
    ///
    /// # Shapes
    /// - `vector`: what is read beside every token, if anything; `tokens`: (B, T), `ends`: (B), behind which what is no
    ///   number has no part in anything; returns (B, T, V) and the last state
    fn decode(
        &self,
        cx: &Context<'_>,
        vector: Option<&Tensor>,
        state: &State,
        tokens: ArrayView2<'_, Token>,
        ends: Option<&[usize]>,
    ) -> (Tensor, State) {
        // ANCHOR: decode
        let (ys, state) = match vector {
            None => self.target.read(cx, tokens, ends, |y| self.decoder.forward(cx, y, Some(state), &[])),
            Some(vector) => {
                let context = stack(1, &vec![vector; tokens.ncols()]); // (B, T, W)
                let y = concat(2, &[&self.target.vectors(cx, tokens, ends), &context]); // (B, T, E + W)
                self.decoder.forward(cx, &y, Some(state), &[])
            }
        }; // (B, T, H)
        (self.output.forward(cx, &self.dropout.forward(cx, &ys)), state) // (B, T, V)
        // ANCHOR_END: decode
    }

    /// The scores, where the decoder reads `inputs`, (B, T), in place of the batch's.
    fn told(&self, cx: &Context<'_>, batch: &PairBatch, inputs: ArrayView2<'_, Token>) -> Tensor {
        let (vector, state) = self.encode(cx, &batch.sources);
        self.decode(cx, vector.as_ref(), &state, inputs, batch.ends().as_deref()).0
    }
}

impl<R: Recurrent> Trainable for Seq2Seq<R> {
    type Batch = PairBatch;

    // ANCHOR: loss
    fn loss(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        let training = cx.is_training();
        let sampled = self.config.sampling.filter(|_| training).map(|sampling| sampling.inputs(cx, self, batch));
        let logits = self.told(cx, batch, sampled.as_ref().unwrap_or(&batch.inputs).view()); // (B, T, V)
        let smoothing = if training { self.config.smoothing } else { 0.0 };
        smoothed_cross_entropy(&logits, batch.targets.view().into_dyn(), smoothing)
    }
    // ANCHOR_END: loss

    fn targets(&self, batch: &PairBatch) -> usize {
        batch.answers()
    }
}

impl<R: Recurrent> Translator for Seq2Seq<R> {
    /// The vector, if the decoder reads it at every step.
    type Memory = Option<Tensor>;
    type State = State;

    fn vocabulary(&self) -> usize {
        self.config.target_vocabulary
    }

    fn logits(&self, cx: &Context<'_>, batch: &PairBatch) -> Tensor {
        self.told(cx, batch, batch.inputs.view())
    }

    fn encode(&self, cx: &Context<'_>, sources: &Sources) -> (Option<Tensor>, State) {
        let (vector, state) = self.vector(cx, sources);
        (self.config.context.then_some(vector), state)
    }

    fn next(&self, cx: &Context<'_>, memory: &Option<Tensor>, state: &mut State, tokens: &[Token]) -> Step {
        let tokens = ArrayView2::from_shape((tokens.len(), 1), tokens).expect("one token for each row");
        let (logits, after) = self.decode(cx, memory.as_ref(), state, tokens, None);
        *state = after;
        let logits = logits.view::<Ix3>("seq2seq").index_axis_move(Axis(1), 0).to_owned(); // (B, V)
        Step { logits, alignment: None }
    }
}
