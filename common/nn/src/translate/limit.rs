//! How long a translation may become.

/// The most tokens that a translation may have, END included: a number for all, or one that grows with the source.
///
/// ```
/// use nn::Limit;
/// assert_eq!([1, 12].map(|source| Limit::from(50).of(source)), [50, 50]);
/// assert_eq!([1, 12].map(|source| Limit::growing(2, 20).at_most(30).of(source)), [22, 30]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    per_token: usize,
    spare: usize,
    most: usize,
}

impl Limit {
    /// `per_token` for each token of the source, and `spare` more.
    pub fn growing(per_token: usize, spare: usize) -> Self {
        Limit { per_token, spare, most: usize::MAX }
    }

    /// The same, but never more than `most`.
    #[must_use]
    pub fn at_most(self, most: usize) -> Self {
        Limit { most: self.most.min(most), ..self }
    }

    /// The limit of the translation of a source of `length` tokens.
    pub fn of(&self, length: usize) -> usize {
        (self.per_token * length + self.spare).min(self.most)
    }
}

/// The same for all sources.
impl From<usize> for Limit {
    fn from(limit: usize) -> Self {
        Limit::growing(0, limit)
    }
}
