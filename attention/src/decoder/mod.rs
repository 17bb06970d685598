//! The attending decoder (Bahdanau, Cho & Bengio 2015, section 3.1): before each step it looks back at the whole
//! source, from the state in which it is.
//!
//! ```text
//! α_t, z_t = attend(h_{t-1}, s)                 where it looks and what it finds: the context
//! h_t, c_t = LSTM([x_t ; z_t], h_{t-1}, c_{t-1})
//! ```
//!
//! and with input feeding (Luong, Pham & Manning 2015, section 3.3):
//!
//! ```text
//! h_t, c_t = LSTM([x_t ; z_t ; h̃_{t-1}], h_{t-1}, c_{t-1})
//! h̃_t      = tanh(W_c [z_t ; h_t])              the attentional vector, read at the next step too
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x_t | input of step t | (B, E) |
//! | s_j | `memory.states` | (B, S, C) |
//! | α_t, z_t | alignment, context | (B, S), (B, C) |
//! | h_t, c_t, h̃_t | [`DecoderState`] | (B, H) each |
//! | the LSTM's | `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0` | (4H, I), (4H, H), (4H), (4H); I = E + C, and H more if fed |
//! | W_c | `combine.weight` | (H, C + H) |
//!
//! What the decoder says at step t is h̃_t if it is fed, and h_t if not.

mod backward;
pub mod fused;
pub mod literal;

use lstm::{Lstm, LstmInit};
use nn::{Linear, Rows};
use rnn::{Input, Recurrent};
use tensor::{Context, Init, Initializer, Tensor};

use crate::look;
use crate::{Attention, Form, Memory, Score, Scoring};

/// The sizes and switches of a [`Decoder`].
#[derive(Clone, Copy, Debug)]
pub struct DecoderConfig {
    /// The width of a step's own input, E.
    pub input: usize,
    /// The width of the state, H.
    pub hidden: usize,
    /// The width of a state of the encoder, C.
    pub states: usize,
    /// How queries and states are compared.
    pub score: Score,
    /// A, where the score is additive.
    pub width: usize,
    /// Whether the attentional vector of the step before is read too.
    pub input_feeding: bool,
    /// How the LSTM's biases begin.
    pub start: LstmInit,
}

/// A decoder of one LSTM layer that looks back.
#[derive(Clone, Debug)]
pub struct Decoder {
    attention: Attention,
    cell: Lstm,
    combine: Option<Linear>,
}

/// What a decoder hands from one step to the next.
#[derive(Clone, Debug)]
pub struct DecoderState {
    /// h, (B, H).
    pub h: Tensor,
    /// c, (B, H).
    pub c: Tensor,
    /// h̃, (B, H), with input feeding.
    pub attentional: Option<Tensor>,
}

impl Rows for DecoderState {
    fn rows(&self, rows: &[usize]) -> Self {
        let attentional = self.attentional.as_ref().map(|vector| vector.rows(rows));
        DecoderState { h: self.h.rows(rows), c: self.c.rows(rows), attentional }
    }
}

/// The numbers of a decoder.
#[derive(Clone, Debug)]
pub struct DecoderWeights {
    /// What compares states and keys.
    pub scoring: Scoring,
    /// Those of the LSTM.
    pub cell: rnn::Weights,
    /// W_c, (H, C + H), with input feeding.
    pub w_c: Option<Tensor>,
}

/// What a decoder has said, and where it looked.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// h_t, or h̃_t with input feeding, of every step, (B, T, H).
    pub ys: Tensor,
    /// α of every step, (B, T, S): every row sums to one over its sentence and is zero in the padding.
    pub alignment: Tensor,
    /// After the last step.
    pub state: DecoderState,
}

impl Decoder {
    /// Creates the parameters: those of the score under `attention`, those of the LSTM, and `combine.weight`.
    ///
    /// # Panics
    /// If the score is a dot product and H is not C.
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: DecoderConfig) -> Self {
        let DecoderConfig { input, hidden, states, score, width, input_feeding, start } = config;
        let attention = Attention::new(&mut init.child("attention"), score, hidden, states, width);
        let fed = if input_feeding { hidden } else { 0 };
        let cell = Lstm::new(init, "l0", input + states + fed, hidden, start);
        let uniform = Initializer::Uniform { bound: 1.0 / ((states + hidden) as f64).sqrt() };
        let combine =
            input_feeding.then(|| Linear::with(&mut init.child("combine"), states + hidden, hidden, uniform, None));
        Decoder { attention, cell, combine }
    }

    /// The states of an encoder as this decoder looks at them.
    ///
    /// # Shapes
    /// - `states`: (B, S, C); `lengths`: of every sentence, 1 to S
    ///
    /// # Panics
    /// If the score has keys of its own and the states are not C wide, or the lengths do not fit.
    #[track_caller]
    pub fn memory(&self, cx: &Context<'_>, states: Tensor, lengths: Vec<usize>) -> Memory {
        self.attention.memory(cx, states, lengths)
    }

    /// The state before the first step, with h_0 and c_0, (B, H), and nothing said yet: h̃_0 = 0. Never panics: what
    /// does not fit panics in [`forward`](Self::forward).
    pub fn begin(&self, h: Tensor, c: Tensor) -> DecoderState {
        let attentional = self.combine.as_ref().map(|_| Tensor::constant(ndarray::ArrayD::zeros(h.shape())));
        DecoderState { h, c, attentional }
    }

    /// The parameters as tensors.
    pub fn weights(&self, cx: &Context<'_>) -> DecoderWeights {
        let w_c = self.combine.as_ref().map(|combine| cx.get(combine.weight()));
        DecoderWeights { scoring: self.attention.scoring(cx), cell: self.cell.weights(cx), w_c }
    }

    /// Reads the translation so far, looking back before each step.
    ///
    /// # Shapes
    /// - `x`: (B, T, E), or rows of a table (V, E) by their numbers (B, T); `memory`: (B, S, C)
    ///
    /// # Panics
    /// If the shapes do not fit, T is 0, or a sentence is empty or longer than S.
    #[track_caller]
    pub fn forward<'a>(
        &self,
        cx: &Context<'_>,
        x: impl Into<Input<'a>>,
        memory: &Memory,
        state: &DecoderState,
        form: Form,
    ) -> Decoded {
        let forward = match form {
            Form::Literal => literal::forward,
            Form::Fused => fused::forward,
        };
        forward(x.into(), memory, state, &self.weights(cx))
    }
}

/// The sizes of one pass, checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// B, S, A and C; the queries are T.
    pub look: look::Sizes,
    /// E.
    pub input: usize,
    /// H.
    pub hidden: usize,
    /// H if the attentional vector is read, 0 if not.
    pub fed: usize,
}

impl Sizes {
    #[track_caller]
    pub(crate) fn check(x: Input<'_>, memory: &Memory, state: &DecoderState, weights: &DecoderWeights) -> Self {
        let DecoderWeights { scoring, cell, w_c } = weights;
        let DecoderState { h, c, attentional } = state;
        if let (Some([batch, steps, input]), &[_, hidden], Some(look)) =
            (x.shape(), cell.w_hh.shape(), look::Sizes::of(memory))
        {
            let fed = if w_c.is_some() { hidden } else { 0 };
            let vector = |x: &Tensor| x.shape() == [batch, hidden];
            let compared = match scoring {
                Scoring::Additive { w_q, v } => w_q.shape() == [look.width, hidden] && v.shape() == [look.width],
                Scoring::Multiplicative { .. } => look.width == hidden,
            };
            let fits = [steps, hidden, look.states].iter().all(|&size| size > 0)
                && look.batch == batch
                && compared
                && cell.w_ih.shape() == [4 * hidden, input + look.states + fed]
                && cell.w_hh.shape() == [4 * hidden, hidden]
                && [&cell.b_ih, &cell.b_hh].iter().all(|b| b.shape() == [4 * hidden])
                && vector(h)
                && vector(c)
                && w_c.as_ref().is_none_or(|w_c| w_c.shape() == [hidden, look.states + hidden])
                && attentional.is_some() == w_c.is_some()
                && attentional.as_ref().is_none_or(vector);
            if fits {
                return Sizes { look: look::Sizes { queries: steps, ..look }, input, hidden, fed };
            }
        }
        panic!(
            "attending decoder: x {:?}, {}, state {:?}, attentional vector {:?}, scoring {:?}, w_ih {:?}, w_hh {:?}, \
             biases {:?} and w_c {:?} do not fit (B, T, E), (B, S, C), (B, S, A), B lengths of 1 to S, (B, H), (B, H), \
             (A, H) and (A) or A = H, (4H, E + C) or (4H, E + C + H), (4H, H), (4H) and (H, C + H)",
            x.shape().as_ref().map_or(x.tensor().shape(), |shape| &shape[..]),
            look::shapes(memory),
            [h, c].map(Tensor::shape),
            attentional.as_ref().map(Tensor::shape),
            scoring.shapes(),
            cell.w_ih.shape(),
            cell.w_hh.shape(),
            [&cell.b_ih, &cell.b_hh].map(Tensor::shape),
            w_c.as_ref().map(Tensor::shape),
        );
    }
}
