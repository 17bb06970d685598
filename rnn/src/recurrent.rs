//! What every recurrent layer is to the models built from it.

use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Tensor};

/// Which of the two forms of a mechanism computes a layer. They agree in every value and gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// The equations line by line, out of small recorded operations: for reading, and for counting steps.
    Literal,
    /// The whole sequence as one recorded operation with a backward pass written by hand: for running.
    #[default]
    Fused,
}

/// Which end of the sequence is read first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From the first time step to the last.
    #[default]
    Forward,
    /// From the last time step to the first (Schuster & Paliwal 1997).
    Backward,
}

impl Direction {
    /// The time steps 0..T in the order in which they are read.
    pub fn order(self, steps: usize) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        (0..steps).map(move |s| match self {
            Direction::Forward => s,
            Direction::Backward => steps - 1 - s,
        })
    }
}

/// How one pass through a layer is to be computed; `Run::default()` is fused, forward in time and without a probe.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run<'a> {
    /// Literal or fused.
    pub engine: Engine,
    /// The order of time.
    pub direction: Direction,
    /// Added to every h_t, (B, T, H). A leaf of zeros here receives, as its gradient, the total gradient of every
    /// h_t: what reaches it from the output at t and from all later steps.
    pub probe: Option<&'a Tensor>,
}

/// A layer that reads a sequence step by step and hands a state from each step to the next.
///
/// The state is a list of vectors, one for each name in [`STATE`](Self::STATE); the first is the output h.
pub trait Recurrent: Sized {
    /// What has to be decided when a layer is made, such as its initialisation.
    type Options: Copy;

    /// The names of the vectors that are handed on: `["h"]`, and `["h", "c"]` for an LSTM.
    const STATE: &'static [&'static str];

    /// A layer from I = `input` to H = `hidden` units whose parameters are `weight_ih_SUFFIX`, `weight_hh_SUFFIX`,
    /// `bias_ih_SUFFIX` and `bias_hh_SUFFIX`.
    fn new(init: &mut Init<'_>, suffix: &str, input: usize, hidden: usize, options: Self::Options) -> Self;

    /// The width of a step's input, I.
    fn input(&self) -> usize;

    /// The width of the state, H.
    fn hidden(&self) -> usize;

    /// Reads the sequence `x`, beginning with `state`.
    ///
    /// # Shapes
    /// - `x`: (B, T, I); each vector of `state`: (B, H); `run.probe`: (B, T, H)
    /// - returns every h_t, (B, T, H), in the order of time whatever the direction, and the last state, each (B, H).
    ///
    /// # Panics
    /// If the shapes do not fit, or T is 0.
    #[track_caller]
    fn forward(&self, cx: &Context<'_>, x: &Tensor, state: &[Tensor], run: Run<'_>) -> (Tensor, Vec<Tensor>);

    /// The state in which nothing has been read: zeros.
    fn empty(&self, batch: usize) -> Vec<Tensor> {
        let zeros = Tensor::constant(ndarray::Array2::zeros((batch, self.hidden())));
        vec![zeros; Self::STATE.len()]
    }
}
