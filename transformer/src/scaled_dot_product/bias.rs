//! Numbers that are added to the scores, by the places of query and key.

use ndarray::{Array2, ArrayView2, Axis, Ix2};
use tensor::{Array, Real, Tensor, shared};

/// What is added to the scores of each head before the softmax, the same in every row of a batch.
#[derive(Clone, Debug)]
pub enum ScoreBias {
    /// By the key alone, (N, S), and not learned: ALiBi ([`Alibi`](crate::Alibi)). That a softmax is the same whatever is
    /// added to all of its scores makes a number for each distance of it.
    Keys(Array2<Real>),
    /// By query and key, (N, T, S), with gradients: the learned numbers of
    /// [`RelativePositions`](crate::RelativePositions).
    Pairs(Tensor),
}

impl ScoreBias {
    #[track_caller]
    pub(super) fn check(&self, heads: usize, queries: usize, keys: usize) {
        let (shape, expected) = match self {
            ScoreBias::Keys(keys_bias) => (keys_bias.shape(), vec![heads, keys]),
            ScoreBias::Pairs(pairs) => (pairs.shape(), vec![heads, queries, keys]),
        };
        assert_eq!(shape, expected, "attention: the numbers added to the scores, (N, S) or (N, T, S), do not fit");
    }

    /// As a tensor that is added to scores (B, N, T, S).
    pub(super) fn tensor(&self) -> Tensor {
        match self {
            ScoreBias::Keys(keys) => Tensor::constant(keys.clone().insert_axis(Axis(1))), // (N, 1, S)
            ScoreBias::Pairs(pairs) => pairs.clone(),
        }
    }

    /// The numbers, in standard layout.
    pub(crate) fn values(&self) -> BiasValues {
        match self {
            ScoreBias::Keys(keys) => BiasValues { values: shared(keys.as_standard_layout().into_owned().into_dyn()) },
            ScoreBias::Pairs(pairs) => BiasValues { values: shared(pairs.value().as_standard_layout().into_owned()) },
        }
    }

    /// Where gradients go to, if there is such a place.
    pub(super) fn learned(&self) -> Option<&Tensor> {
        match self {
            ScoreBias::Keys(_) => None,
            ScoreBias::Pairs(pairs) => Some(pairs),
        }
    }
}

/// The numbers of a [`ScoreBias`], as the kernel reads them.
#[derive(Clone)]
pub(crate) struct BiasValues {
    /// (N, S) or (N, T, S).
    values: Array,
}

impl BiasValues {
    /// Those of one head: one row for all queries, or one for each.
    pub fn head(&self, head: usize) -> HeadBias<'_> {
        let of_head = self.values.index_axis(Axis(0), head);
        let rows = if of_head.ndim() == 1 { of_head.insert_axis(Axis(0)) } else { of_head };
        HeadBias(rows.into_dimensionality::<Ix2>().expect("(1, S) or (T, S)"))
    }

    pub fn bytes(&self) -> usize {
        self.values.len() * size_of::<Real>()
    }
}

/// The numbers of one head.
#[derive(Clone, Copy)]
pub(crate) struct HeadBias<'a>(ArrayView2<'a, Real>);

impl HeadBias<'_> {
    /// Adds those of query `t` to its scores of the first keys.
    pub fn add_to(&self, scores: &mut [Real], t: usize) {
        let row = self.0.row(if self.0.nrows() == 1 { 0 } else { t });
        scores.iter_mut().zip(row.to_slice().expect("standard layout")).for_each(|(score, bias)| *score += bias);
    }
}
