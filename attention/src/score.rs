//! The kinds of scores, and the layer that holds their parameters.

use nn::{Form, Linear};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, ParameterId, Real, Tensor};

use crate::{Memory, additive, multiplicative};

/// How well a query h and a state s fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
// ANCHOR: score
pub enum Score {
    /// v · tanh(W_q h + W_k s), Bahdanau et al. 2015.
    #[default]
    Additive,
    /// h · s, Luong et al. 2015: no parameters; h and s must be equally wide.
    Dot,
    /// h · W s, Luong et al. 2015.
    General,
    /// h · s / √H, the dot product of Vaswani et al. 2017.
    Scaled,
}
// ANCHOR_END: score

/// The parameters of one kind of score.
///
/// | parameter | shape | |
/// |---|---|---|
/// | `query.weight` | (A, H) | W_q of [`Score::Additive`] |
/// | `key.weight` | (A, C) or (H, C) | W_k of [`Score::Additive`], W of [`Score::General`] |
/// | `v` | (A) | v of [`Score::Additive`] |
///
/// ```
/// use attention::{Attention, Score};
/// use nn::Form;
/// use ndarray::Array3;
/// use tensor::{Context, Init, Parameters, Tensor};
///
/// let mut parameters = Parameters::new();
/// let attention = Attention::new(&mut Init::new(&mut parameters, 1), Score::Additive, 4, 6, 5); // H, C, A
/// assert_eq!(parameters.count(), 5 * 4 + 5 * 6 + 5);
///
/// let cx = Context::eval(&parameters);
/// let states = Tensor::constant(Array3::ones((2, 3, 6))); // (B, S, C)
/// let memory = attention.memory(&cx, states, vec![3, 1]);
/// let queries = Tensor::constant(Array3::ones((2, 1, 4))); // (B, T, H)
/// let [z, alignment] = attention.scoring(&cx).attend(&queries, &memory, Form::Fused);
/// assert_eq!(z.shape(), [2, 1, 6]);
/// // Equal states get equal weights, and the padding of the second row none.
/// let third = 1.0 / 3.0;
/// let expected = ndarray::arr3(&[[[third, third, third]], [[1.0, 0.0, 0.0]]]).into_dyn();
/// tensor::check::assert_close("α", alignment.value(), &expected, 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct Attention {
    score: Score,
    query: Option<(Linear, ParameterId)>,
    key: Option<Linear>,
    hidden: usize,
}

impl Attention {
    /// For queries of H = `hidden` and states of C = `states` numbers; A = `width` only matters to
    /// [`Score::Additive`]. All parameters begin uniform in ±1/√(inputs), as in PyTorch.
    ///
    /// # Panics
    /// If the score is a dot product and H is not C.
    #[track_caller]
    pub fn new(init: &mut Init<'_>, score: Score, hidden: usize, states: usize, width: usize) -> Self {
        let mut linear = |name, inputs: usize, outputs| {
            let uniform = Initializer::Uniform { bound: 1.0 / (inputs as f64).sqrt() };
            Linear::with(&mut init.child(name), inputs, outputs, uniform, None)
        };
        let (query, key) = match score {
            Score::Additive => (Some(linear("query", hidden, width)), Some(linear("key", states, width))),
            Score::General => (None, Some(linear("key", states, hidden))),
            Score::Dot | Score::Scaled if hidden == states => (None, None),
            Score::Dot | Score::Scaled => {
                panic!("attention: a query of {hidden} and a state of {states} numbers have no inner product")
            }
        };
        let uniform = Initializer::Uniform { bound: 1.0 / (width as f64).sqrt() };
        let query = query.map(|query| (query, init.param("v", &[width], uniform)));
        Attention { score, query, key, hidden }
    }

    /// What the states of an encoder are to this kind of score: the keys are computed here, once. What stands in the
    /// padding has no part in anything.
    ///
    /// # Shapes
    /// - `states`: (B, S, C)
    ///
    /// # Panics
    /// If the lengths do not fit.
    #[track_caller]
    pub fn memory(&self, cx: &Context<'_>, states: Tensor, lengths: Vec<usize>) -> Memory {
        let states = states.within(&lengths);
        let keys = self.key.as_ref().map_or_else(|| states.clone(), |key| key.forward(cx, &states)); // (B, S, A)
        Memory { states, keys, lengths }
    }

    /// The parameters that meet the queries, as tensors.
    pub fn scoring(&self, cx: &Context<'_>) -> Scoring {
        match &self.query {
            Some((query, v)) => Scoring::Additive { w_q: cx.get(query.weight()), v: cx.get(*v) },
            None if self.score == Score::Scaled => {
                Scoring::Multiplicative { factor: 1.0 / (self.hidden as Real).sqrt() }
            }
            None => Scoring::Multiplicative { factor: 1.0 },
        }
    }
}

/// What compares a query with the keys.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for a whole pass")]
pub enum Scoring {
    /// v · tanh(W_q h + k), with W_q (A, H) and v (A).
    Additive {
        /// W_q, (A, H).
        w_q: Tensor,
        /// v, (A).
        v: Tensor,
    },
    /// factor · h · k.
    Multiplicative {
        /// 1, or 1/√H.
        factor: Real,
    },
}

impl Scoring {
    /// Looks back once for each query and returns the context and the alignment.
    ///
    /// # Shapes
    /// - `h`: (B, T, H), `memory`: (B, S, C); returns z (B, T, C) and α (B, T, S)
    ///
    /// # Panics
    /// If the shapes do not fit, or a sentence is empty or longer than S.
    #[track_caller]
    pub fn attend(&self, h: &Tensor, memory: &Memory, form: Form) -> [Tensor; 2] {
        match (self, form) {
            (Scoring::Additive { w_q, v }, Form::Literal) => additive::literal::attend(h, memory, w_q, v),
            (Scoring::Additive { w_q, v }, Form::Fused) => additive::fused::attend(h, memory, w_q, v),
            (Scoring::Multiplicative { factor }, Form::Literal) => multiplicative::literal::attend(h, memory, *factor),
            (Scoring::Multiplicative { factor }, Form::Fused) => multiplicative::fused::attend(h, memory, *factor),
        }
    }

    /// The shapes of its tensors, for a message.
    pub(crate) fn shapes(&self) -> Vec<&[usize]> {
        match self {
            Scoring::Additive { w_q, v } => vec![w_q.shape(), v.shape()],
            Scoring::Multiplicative { .. } => vec![],
        }
    }
}
