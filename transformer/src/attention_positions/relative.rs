//! Learned numbers for distances.

use std::ops::Range;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, ParameterId};

use crate::scaled_dot_product::ScoreBias;
use crate::{BlockConfig, ConfigError, Mask};

/// Relative positions as in T5 (Raffel et al. 2020, section 2.1): a learned number for each distance and head, which is
/// added to the score. Long distances share numbers: the first half of the buckets holds one distance each, the others ever
/// more of them, and the last all from the greatest on.
///
/// One table serves all blocks of a stack.
///
/// | parameter | shape |
/// |---|---|
/// | `weight` | (buckets, N) |
#[derive(Clone, Debug)]
pub struct RelativePositions {
    weight: ParameterId,
    buckets: Buckets,
}

impl RelativePositions {
    /// N = `heads`; the numbers begin as told.
    pub fn new(init: &mut Init<'_>, buckets: Buckets, heads: usize, weight: Initializer) -> Self {
        RelativePositions { weight: init.param("weight", &[buckets.number, heads], weight), buckets }
    }

    /// For blocks of this configuration; the numbers begin normal with standard deviation 1/√D, as in T5's program.
    pub fn t5(init: &mut Init<'_>, config: &BlockConfig, buckets: Buckets) -> Self {
        let std = 1.0 / (config.width as f64).sqrt();
        RelativePositions::new(init, buckets, config.heads, Initializer::Normal { std })
    }

    /// What is added to the scores of queries at some places and the first S = `keys` keys.
    ///
    /// # Shapes
    /// - returns (N, T, S), T the length of `queries`
    // ANCHOR: relative
    pub fn forward(&self, cx: &Context<'_>, queries: Range<usize>, keys: usize) -> ScoreBias {
        let first = queries.start;
        let buckets = Array2::from_shape_fn((queries.len(), keys), |(t, s)| self.buckets.of(first + t, s) as u32);
        let numbers = cx.get(self.weight).gather(buckets.view().into_dyn()); // (T, S, N)
        ScoreBias::Pairs(numbers.permute(&[2, 0, 1])) // (N, T, S)
    }
    // ANCHOR_END: relative
}

/// How distances are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buckets {
    /// How many there are; if keys may stand behind their query, half of them is for these.
    pub number: usize,
    /// From which distance on all are one.
    pub max_distance: usize,
    /// Whether keys may stand behind their query.
    pub mask: Mask,
}

impl Buckets {
    /// T5's: 32 buckets, and all distances from 128 on are one.
    pub fn t5(mask: Mask) -> Self {
        Buckets { number: 32, max_distance: 128, mask }
    }

    /// Whether distances can be put together so.
    ///
    /// # Errors
    /// A sentence about what cannot be.
    pub fn validate(self) -> Result<(), ConfigError> {
        let Buckets { number, max_distance, .. } = self;
        if number < 4 {
            let (what, value) = ("a number of buckets", number as f64);
            return Err(ConfigError::Positions { what, value, possible: "at least 4" });
        }
        if max_distance <= number / 2 {
            let (what, value) = ("a greatest distance", max_distance as f64);
            return Err(ConfigError::Positions { what, value, possible: "more than half the number of buckets" });
        }
        Ok(())
    }

    /// The bucket of a query and a key, by their places.
    ///
    /// ```
    /// use transformer::{Buckets, Mask};
    /// let causal = Buckets::t5(Mask::Causal);
    /// assert_eq!([0, 15, 16, 20, 127, 9999].map(|distance| causal.of(distance, 0)), [0, 15, 16, 17, 31, 31]);
    /// assert_eq!(causal.of(0, 7), 0); // hidden in any case
    /// let both = Buckets::t5(Mask::Bidirectional);
    /// assert_eq!([both.of(3, 0), both.of(0, 3)], [3, 19]);
    /// ```
    pub fn of(&self, query: usize, key: usize) -> usize {
        let (number, side, distance) = match self.mask {
            Mask::Causal => (self.number, 0, query.saturating_sub(key)),
            Mask::Bidirectional if key > query => (self.number / 2, self.number / 2, key - query),
            Mask::Bidirectional => (self.number / 2, 0, query - key),
        };
        let exact = number / 2;
        if distance < exact {
            return side + distance;
        }
        // In single precision, as the published program computes it: at the seams the rounding decides.
        let range = (self.max_distance as f64 / exact as f64).ln() as f32;
        let share = (distance as f32 / exact as f32).ln() / range;
        side + (exact + (share * (number - exact) as f32) as usize).min(number - 1)
    }
}
