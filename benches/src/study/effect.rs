//! What the ledger shows of a claim.

use report::statistics::Summary;

use super::parts::Bound;

/// The one number of a claim, and what it has to be: the criterion may ask for more.
#[derive(Clone, Debug)]
pub struct Effect {
    /// What it is, in a few words: `lead of the LSTM over the RNN`.
    pub what: String,
    /// Its unit: `accuracy`, `nats per character`, `of 15 models`.
    pub unit: String,
    /// With its interval, if it is estimated; where the bound is [`Bound::Times`], a mean of logarithms.
    pub found: Summary,
    /// The same value that judges.
    pub needed: Bound,
}
