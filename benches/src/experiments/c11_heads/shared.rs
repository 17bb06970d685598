//! Two heads, each named by the relation that it looks for.

use report::statistics::{by_size, range};

use super::encoder::{Head, Opened, Quality};

/// The heads of the two relations in one encoder: two different ones, so chosen that together they look most at the places
/// asked for.
pub struct Shared<'t> {
    pub quality: Quality,
    pub heads: [&'t Head; 2],
}

impl<'t> Shared<'t> {
    /// None if there are not two heads.
    pub fn of(opened: &'t Opened) -> Option<Self> {
        let all = opened.heads.iter().enumerate();
        let pairs = all.flat_map(|(i, first)| {
            let others = opened.heads.iter().enumerate().filter(move |(j, _)| *j != i);
            others.map(move |(_, second)| [first, second])
        });
        let heads = pairs.max_by(|a, b| by_size(&looked(*a), &looked(*b)))?;
        Some(Shared { quality: opened.quality, heads })
    }

    /// The mean weight of both on the places of their relations.
    pub fn looked(&self) -> f64 {
        looked(self.heads)
    }

    /// Whether each has more weight on the place of its own relation than on the other's.
    pub fn different(&self) -> bool {
        let [first, second] = self.heads.map(|head| head.weights);
        first[0] > first[1] && second[1] > second[0]
    }

    /// What each relation (column) loses without the head of each relation (row), as a part of its answers.
    pub fn losses(&self) -> [[f64; 2]; 2] {
        self.heads.map(|head| [0, 1].map(|r| self.quality.right[r] - head.without.right[r]))
    }

    /// How much more a relation loses than the other without its own head: the smaller of the two.
    pub fn own(&self) -> f64 {
        let [before, partner] = self.losses();
        range([before[0] - before[1], partner[1] - partner[0]])[0]
    }
}

/// The mean weight of two heads, each on the places of its relation.
fn looked([before, partner]: [&Head; 2]) -> f64 {
    0.5 * (before.weights[0] + partner.weights[1])
}
