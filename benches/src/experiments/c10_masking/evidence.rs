//! The criterion of C10, and what it looks at.

use report::statistics::Summary;

use crate::{
    budget::Budget,
    verdict::{Verdict, exceeds},
};

/// Two losses of a model that hides the future differ by rounding only, in nats.
pub const SAME: f64 = 1e-3;
/// What a leak has to spoil to count, in nats.
pub const LEAK: f64 = 0.1;

/// What the criterion looks at.
pub struct Evidence {
    /// Whether every derivative is one.
    pub numbers: bool,
    /// Derivatives by the future that are not zero where it has to be hidden, and the fewest by the past in one place.
    pub future_not_zero: usize,
    pub past_not_zero: usize,
    /// The fewest by the future that are not zero under a wrong mask, or in an encoder.
    pub leaks_found: usize,
    /// The dependent operations of one pass, by length.
    pub chains: Vec<u64>,
    /// Loss one after another minus loss at once, by seed: the right mask, and one position leaking.
    pub right: Vec<f64>,
    pub leaking: Vec<f64>,
}

impl Evidence {
    pub fn verdict(&self, budget: Budget) -> Verdict {
        Verdict::all(&[
            Verdict::exact(self.numbers && self.future_not_zero == 0 && self.past_not_zero > 0 && self.leaks_found > 0),
            Verdict::exact(self.chains.windows(2).all(|pair| pair[0] == pair[1])),
            Verdict::exact(self.right.iter().all(|difference| difference.abs() <= SAME)),
            exceeds(&Summary::of(&self.leaking), LEAK, budget),
        ])
    }
}
