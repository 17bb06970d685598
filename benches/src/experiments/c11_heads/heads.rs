//! What each head of an encoder is for.

use report::statistics::{by_size, range};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// For each relation the mean weight on the place to look at. Tokens whose partner is the token before them are left
    /// out, so that the two sum to at most one.
    pub weights: [f64; 2],
    /// For each relation the part of the symbols told right without what this head gathers.
    pub without: [f64; 2],
}

impl Head {
    /// The relation that most of its weight goes to, if either has most.
    pub fn relation(&self) -> Option<usize> {
        self.weights.iter().position(|&weight| weight > 0.5)
    }
}

/// An encoder, looked at from inside, on held-out rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// For each relation the part of the symbols told right.
    pub right: [f64; 2],
    pub heads: Vec<Head>,
}

/// What is asked of encoders with two heads.
impl Opened {
    /// The heads of the two relations, so chosen that together they look most at the places asked for.
    pub fn named(&self) -> [&Head; 2] {
        let [first, second] = [&self.heads[0], &self.heads[1]];
        if by_size(&looked([first, second]), &looked([second, first])).is_gt() {
            [first, second]
        } else {
            [second, first]
        }
    }

    /// The mean weight of both on the places of their relations.
    pub fn looked(&self) -> f64 {
        looked(self.named())
    }

    /// Whether each has more weight on the place of its own relation than on the other's.
    pub fn different(&self) -> bool {
        let [first, second] = self.named().map(|head| head.weights);
        first[0] > first[1] && second[1] > second[0]
    }

    /// What each relation (column) loses without the head of each relation (row), as a part of its answers.
    pub fn losses(&self) -> [[f64; 2]; 2] {
        self.named().map(|head| [0, 1].map(|r| self.right[r] - head.without[r]))
    }

    /// How much more a relation loses than the other without its own head: the smaller of the two.
    pub fn own(&self) -> f64 {
        let [before, partner] = self.losses();
        range([before[0] - before[1], partner[1] - partner[0]])[0]
    }
}

/// The mean weight of two heads, each on the place of its relation.
fn looked([before, partner]: [&Head; 2]) -> f64 {
    0.5 * (before.weights[0] + partner.weights[1])
}
