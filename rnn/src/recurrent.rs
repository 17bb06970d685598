//! What every recurrent layer is to the models built from it.

use data::Token;
use ndarray::ArrayView2;
use nn::Form;
use tensor::{Context, Init, Tensor};

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

/// What a layer reads.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A vector for every step, (B, T, I).
    Vectors(&'a Tensor),
    /// A row of a table for every step: what an embedding gives, before it is looked up. Where rows occur again and
    /// again, as letters do, the fused layers multiply each row of the table once, and not each step.
    Rows {
        /// The rows, (V, I).
        table: &'a Tensor,
        /// Which row each step reads, (B, T), each below V.
        numbers: ArrayView2<'a, Token>,
        /// The steps of every row of the batch, (B), each at most T, if some are padding: behind them zeros are read.
        ends: Option<&'a [usize]>,
    },
}

impl<'a> From<&'a Tensor> for Input<'a> {
    fn from(x: &'a Tensor) -> Self {
        Input::Vectors(x)
    }
}

impl<'a> Input<'a> {
    /// The same input for a shorter time.
    pub fn view(&self) -> Input<'_> {
        match self {
            Input::Vectors(x) => Input::Vectors(x),
            Input::Rows { table, numbers, ends } => Input::Rows { table, numbers: numbers.view(), ends: *ends },
        }
    }

    /// The tensor that is read: the vectors or the table.
    pub fn tensor(self) -> &'a Tensor {
        match self {
            Input::Vectors(x) => x,
            Input::Rows { table, .. } => table,
        }
    }

    /// A vector for every step: rows are looked up.
    ///
    /// # Shapes
    /// - returns (B, T, I).
    ///
    /// # Panics
    /// If a number is that of no row of the table.
    #[track_caller]
    pub fn vectors(self) -> Tensor {
        match self {
            Input::Vectors(x) => x.clone(),
            Input::Rows { table, numbers, ends } => {
                let vectors = table.gather(numbers.into_dyn());
                ends.map_or(vectors.clone(), |ends| vectors.within(ends))
            }
        }
    }

    /// B, T and I, if the input has them.
    pub fn shape(self) -> Option<[usize; 3]> {
        match self {
            Input::Vectors(x) => x.shape().try_into().ok(),
            Input::Rows { table, numbers, .. } => match *table.shape() {
                [_, input] => Some([numbers.nrows(), numbers.ncols(), input]),
                _ => None,
            },
        }
    }
}

/// How one pass through a layer is to be computed; `PassOptions::default()` is fused, forward in time, without a probe, and
/// reads every row to the end of the batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct PassOptions<'a> {
    /// Literal or fused.
    pub form: Form,
    /// The order of time.
    pub direction: Direction,
    /// Added to every h_t, (B, T, H). A leaf of zeros here receives, as its gradient, the total gradient of every
    /// h_t: what reaches it from the output at t and from all later steps.
    pub probe: Option<&'a Tensor>,
    /// Of every row, (B), each 1 to T, since no row is empty anywhere: what stands behind it is padding. There the row's
    /// state stays as it is, in either direction of time, its output is zero (as from PyTorch's `pad_packed_sequence`), and no gradient reaches
    /// x or the probe. So the last state is the one after the row's own last step, read forwards, and reading
    /// backwards begins there.
    pub lengths: Option<&'a [usize]>,
}

impl PassOptions<'_> {
    /// x with zeros in the padding: what stands there has no part in anything.
    ///
    /// # Shapes
    /// - `x`: (B, T, I)
    pub fn within(&self, x: Tensor) -> Tensor {
        self.lengths.map_or(x.clone(), |lengths| x.within(lengths))
    }

    /// What follows from `new`, a vector of the state after step t, and `old`, the one before it: the step's output
    /// and its state. In rows that have ended these are zero and `old`.
    ///
    /// # Shapes
    /// - `new`, `old`: (B, H)
    // ANCHOR: hold
    pub fn hold(&self, t: usize, new: Tensor, old: &Tensor) -> [Tensor; 2] {
        let Some(lengths) = self.lengths else { return [new.clone(), new] };
        let rows = |x: &Tensor, reads: bool| {
            let one_step = &[lengths.len(), 1, x.shape()[1]]; // (B, 1, H)
            let kept: Vec<_> = lengths.iter().map(|&length| usize::from((t < length) == reads)).collect();
            x.reshape(one_step).within(&kept).reshape(x.shape())
        };
        let output = rows(&new, true);
        let state = &output + &rows(old, false);
        [output, state]
    }
    // ANCHOR_END: hold
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
    /// - `x`: (B, T, I), or rows of a table (V, I) by their numbers (B, T); each vector of `state`: (B, H); `run.probe`: (B, T, H)
    /// - returns every h_t, (B, T, H), in the order of time whatever the direction, and the last state, each (B, H).
    ///
    /// # Panics
    /// If the shapes or lengths do not fit, or T is 0.
    #[track_caller]
    fn forward<'a>(
        &self,
        cx: &Context<'_>,
        x: impl Into<Input<'a>>,
        state: &[Tensor],
        run: PassOptions<'_>,
    ) -> (Tensor, Vec<Tensor>);

    /// The state in which nothing has been read: zeros.
    fn empty(&self, batch: usize) -> Vec<Tensor> {
        let zeros = Tensor::constant(ndarray::Array2::zeros((batch, self.hidden())));
        vec![zeros; Self::STATE.len()]
    }
}
