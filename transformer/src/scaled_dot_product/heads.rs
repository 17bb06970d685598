//! How queries, keys and values are divided into heads.

use std::fmt;

use tensor::Real;

/// The heads of one attention. A number N is N heads of queries, keys and values with scores divided by √d_k, as in the
/// paper.
///
/// With fewer heads of keys and values than of queries, each is looked at by a group of N/KV neighbours: head n of the
/// queries by head ⌊n/(N/KV)⌋ of the keys (grouped queries, Ainslie et al. 2023, section 2.2; with KV = 1 multi-query
/// attention, Shazeer 2019). The cache of keys and values shrinks by the same factor.
///
/// ```
/// use transformer::scaled_dot_product::Heads;
/// assert_eq!(Heads::from(4), Heads { queries: 4, keys: 4, scale: None });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heads {
    /// N.
    pub queries: usize,
    /// KV, by which N is divisible.
    pub keys: usize,
    /// What scores are multiplied with; `None`: 1/√d_k.
    pub scale: Option<f64>,
}

impl Heads {
    /// Whether the heads can be divided into groups.
    pub(super) fn are_possible(self) -> bool {
        self.keys > 0 && self.queries > 0 && self.queries.is_multiple_of(self.keys)
    }

    /// What the products of queries and keys are multiplied with; d_k = `width`.
    pub(crate) fn scale(self, width: usize) -> Real {
        self.scale.map_or_else(|| 1.0 / (width as Real).sqrt(), |scale| scale as Real)
    }
}

impl From<usize> for Heads {
    fn from(heads: usize) -> Self {
        Heads { queries: heads, keys: heads, scale: None }
    }
}

impl fmt::Display for Heads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.keys == self.queries {
            write!(f, "{}", self.queries)
        } else {
            write!(f, "{}/{}", self.queries, self.keys)
        }
    }
}
