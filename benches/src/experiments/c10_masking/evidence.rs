//! What the criterion of C10 looks at, and how it judges.

use report::statistics::Summary;

use crate::verdict::{Verdict, exceeds};

/// How far two losses of a model that hides the future may lie apart, in nats: they differ by rounding only.
pub const SAME: f64 = 1e-3;
/// By how much a leak has to raise the loss to count, in nats.
pub const LEAK: f64 = 0.1;

/// C10 is shown if no output depends on a hidden later input while some depend on earlier ones, and the same measurement
/// finds the leaks that were made on purpose; if the longest chain of dependent operations does not grow with the length; if
/// the loss of a hidden future is the same in parallel and token by token; and if a leak on purpose raises the latter.
pub struct Evidence {
    /// Whether no derivative is NaN.
    pub numbers: bool,
    /// How many derivatives with respect to inputs that are hidden are not zero, in all places together.
    pub future_not_zero: usize,
    /// How many with respect to earlier inputs are not zero, in the place that has the fewest.
    pub past_not_zero: usize,
    /// The control: how many with respect to later inputs are not zero where these can be seen (under a wrong mask, in an
    /// encoder), in the place that has the fewest.
    pub leaks_found: usize,
    /// The longest chain of dependent operations in one pass, one for each length of the text.
    pub chains: Vec<u64>,
    /// For each seed, the loss token by token minus the loss of all positions in parallel: under the right mask.
    pub right: Vec<f64>,
    /// The same where every position sees the next one.
    pub leaking: Vec<f64>,
}

impl Evidence {
    pub fn verdict(&self) -> Verdict {
        Verdict::all(&[
            Verdict::exact(self.numbers && self.future_not_zero == 0 && self.past_not_zero > 0 && self.leaks_found > 0),
            Verdict::exact(self.chains.windows(2).all(|pair| pair[0] == pair[1])),
            Verdict::exact(self.right.iter().all(|difference| difference.abs() <= SAME)),
            exceeds(&Summary::of(&self.leaking), LEAK),
        ])
    }
}
