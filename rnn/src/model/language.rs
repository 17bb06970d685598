//! A language model: what comes next, after everything that was read.

use data::{TextBatch, Token};
use ndarray::{Array2, ArrayView2, ArrayView3, Axis, concatenate};
use nn::{Dropout, LanguageModel, Linear, Trainable, cross_entropy};
use tensor::{Context, Init, Real, Tensor, concat};

use crate::{Input, Recurrent, RecurrentConfig, Stacked, StackedConfig, State, TokenInput};

/// A recurrent language model (Mikolov et al. 2010): embedding, layers, scores.
///
/// | parameter | shape |
/// |---|---|
/// | `emb.weight` | (V, E) |
/// | `rnn.weight_ih_l0`, .. | see [`Stacked`] |
/// | `out.weight` | (V, H) |
/// | `out.bias` | (V) |
///
/// ```
/// use ndarray::array;
/// use nn::LanguageModel;
/// use rnn::{Elman, RecurrentConfig, RecurrentLanguageModel};
/// use tensor::{Context, Init, Parameters, check::assert_close};
///
/// let mut parameters = Parameters::new();
/// let config = RecurrentConfig::new(65, 128, 256);
/// let model = RecurrentLanguageModel::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
/// assert_eq!(parameters.count(), 65 * 128 + 256 * (128 + 256 + 2) + 65 * (256 + 1));
///
/// // Reading token by token gives the scores of reading all at once.
/// let cx = Context::eval(&parameters);
/// let all = model.logits(&cx, array![[7, 4, 11]].view()); // (B, T, V)
/// let (mut state, _) = model.start(&cx, &[[7, 4]]);
/// let next = model.next(&cx, &mut state, &[11]); // (B, V)
/// assert_close("logits", &next.into_dyn(), &all.index(1, 2).value().to_owned(), 1e-5);
/// ```
#[derive(Clone, Debug)]
pub struct RecurrentLanguageModel<R> {
    embedding: TokenInput,
    layers: Stacked<R>,
    output: Linear,
    dropout: Dropout,
    vocabulary: usize,
    carry: bool,
}

impl<R: Recurrent> RecurrentLanguageModel<R> {
    /// Creates the parameters.
    ///
    /// # Panics
    /// If there are no layers, or the dropout is not in 0..1.
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: RecurrentConfig<R::Options>) -> Self {
        let RecurrentConfig { vocabulary, embedding, hidden, layers, dropout, carry, form, layer } = config;
        let bidirectional = false; // it would read the answer
        let stack = StackedConfig { input: embedding, hidden, layers, bidirectional, dropout, form, layer };
        RecurrentLanguageModel {
            embedding: TokenInput::new(init, "emb", vocabulary, embedding, dropout),
            layers: Stacked::new(&mut init.child("rnn"), "rnn", stack),
            output: Linear::new(&mut init.child("out"), hidden, vocabulary),
            dropout: Dropout::new(dropout, "out"),
            vocabulary,
            carry,
        }
    }

    /// Reads tokens, beginning with `state` or with zeros; `probes` as in [`Stacked::forward`].
    ///
    /// # Shapes
    /// - `inputs`: (B, T); returns scores (B, T, V) and the last state.
    ///
    /// # Panics
    /// If the shapes do not fit, or T is 0.
    #[track_caller]
    pub fn read(
        &self,
        cx: &Context<'_>,
        inputs: ArrayView2<'_, Token>,
        state: Option<&State>,
        probes: &[Tensor],
    ) -> (Tensor, State) {
        self.read_to(cx, inputs, None, state, probes)
    }

    /// [`read`](Self::read); what is no number behind the `ends` of the rows has no part in it.
    #[track_caller]
    fn read_to(
        &self,
        cx: &Context<'_>,
        inputs: ArrayView2<'_, Token>,
        ends: Option<&[usize]>,
        state: Option<&State>,
        probes: &[Tensor],
    ) -> (Tensor, State) {
        let read = |x: Input<'_>| self.layers.forward(cx, x, state, probes);
        let (ys, state) = self.embedding.read(cx, inputs, ends, read); // (B, T, H)
        (self.output.forward(cx, &self.dropout.forward(cx, &ys)), state) // (B, T, V)
    }

    /// The scores that follow the last position.
    fn last(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>, state: Option<&State>) -> (State, Array2<Real>) {
        let (logits, state) = self.read(cx, inputs, state, &[]);
        let logits: ArrayView3<'_, Real> = logits.view("language model"); // (B, T, V)
        (state, logits.index_axis(Axis(1), inputs.ncols() - 1).to_owned()) // (B, V)
    }
}

impl<R: Recurrent> Trainable for RecurrentLanguageModel<R> {
    type Batch = TextBatch;

    // ANCHOR: loss
    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        let state = self.carry.then(|| self.layers.carried(cx, "rnn", batch.inputs.nrows())).flatten();
        let ends = if self.carry { None } else { batch.ends() }; // a state that is carried on has read everything
        let (logits, state) = self.read_to(cx, batch.inputs.view(), ends.as_deref(), state.as_ref(), &[]);
        if self.carry {
            self.layers.carry(cx, "rnn", &state);
        }
        cross_entropy(&logits, batch.targets.view().into_dyn())
    }
    // ANCHOR_END: loss

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

impl<R: Recurrent> LanguageModel for RecurrentLanguageModel<R> {
    type State = State;

    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>) -> Tensor {
        self.read(cx, inputs, None, &[]).0
    }

    #[track_caller]
    fn start(&self, cx: &Context<'_>, prompts: &[impl AsRef<[Token]>]) -> (State, Array2<Real>) {
        let read = |prompt: &[Token]| {
            assert!(!prompt.is_empty(), "start: an empty prompt says nothing to go on from");
            let row = ArrayView2::from_shape((1, prompt.len()), prompt).expect("one row");
            self.last(cx, row, None)
        };
        let (states, logits): (Vec<_>, Vec<_>) = prompts.iter().map(|prompt| read(prompt.as_ref())).unzip();
        let logits: Vec<_> = logits.iter().map(|row| row.view()).collect();
        (side_by_side(&states), concatenate(Axis(0), &logits).expect("start: there is no prompt")) // (B, V)
    }

    fn next(&self, cx: &Context<'_>, state: &mut State, tokens: &[Token]) -> Array2<Real> {
        let tokens = ArrayView2::from_shape((tokens.len(), 1), tokens).expect("one token for each row");
        let (after, logits) = self.last(cx, tokens, Some(state));
        *state = after;
        logits
    }
}

/// The states of texts that were read one by one, as those of the rows of a batch.
fn side_by_side(states: &[State]) -> State {
    let Some(first) = states.first() else { return State::new() };
    let part = |layer: usize, part: usize| {
        let rows: Vec<_> = states.iter().map(|state| &state[layer][part]).collect();
        concat(0, &rows) // (B, H)
    };
    let layers = first.iter().enumerate();
    layers.map(|(layer, parts)| (0..parts.len()).map(|index| part(layer, index)).collect()).collect()
}
