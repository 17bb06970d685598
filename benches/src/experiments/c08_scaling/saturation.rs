//! Attention between random vectors: how the softmax fills, and what gradient comes back through it.

use ndarray::{ArrayD, ArrayView1, Ix3, Ix4};
use report::statistics::{largest, median};
use tensor::{Context, Parameters, Real, Tensor, check::random_tensor};
use transformer::scaled_dot_product::{Mask, fused, literal};

/// T = S, the number of queries and of keys.
pub const LENGTH: usize = 64;

/// B, how many times as many are drawn.
const SETS: usize = 16;
const QUERIES: usize = SETS * LENGTH;

pub const WIDTHS: [usize; 5] = [4, 16, 64, 256, 1024];

/// Whether scores are divided by √d.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scores {
    Divided,
    Raw,
}

impl Scores {
    pub const ALL: [Scores; 2] = [Scores::Divided, Scores::Raw];

    pub fn name(self) -> &'static str {
        match self {
            Scores::Divided => "scale 1/√d",
            Scores::Raw => "no scale",
        }
    }
}

/// A head of attention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    /// d, that of queries, keys and values.
    pub width: usize,
    pub scores: Scores,
}

impl Head {
    /// What the queries are multiplied by, for the operations divide by √d in any case.
    pub fn factor(self) -> Real {
        match self.scores {
            Scores::Divided => 1.0,
            Scores::Raw => (self.width as Real).sqrt(),
        }
    }
}

/// What becomes of the weights and of the gradient of random queries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saturation {
    /// The standard deviation of the scores.
    pub scores: f64,
    /// The largest weight of a query, the mean over the queries.
    pub largest: f64,
    /// The entropy of a query's weights in bits, the mean over the queries; at most log2 S.
    pub entropy: f64,
    /// The norm of the gradient that reaches a query, the median over the queries.
    pub median_gradient: f64,
    /// The same, the mean over the queries.
    pub mean_gradient: f64,
}

/// Attention of one head between standard normal queries, keys and values. The gradient that comes in is normal
/// with a variance of 1/d, so that what it says about each weight has a variance of 1 at every width.
pub fn measure(head: Head, seed: u64) -> Saturation {
    let width = head.width;
    let vectors = |name| random_tensor(&[SETS, LENGTH, width], seed, name); // (B, T, d)
    let [queries, keys, values, dy] = ["queries", "keys", "values", "gradient"].map(vectors);
    let [k, v] = [keys, values].map(Tensor::constant);
    let parameters = Parameters::new();
    let cx = Context::train(&parameters, seed, 0);
    let q = cx.leaf(queries);
    let asked = q.scale(head.factor());

    let weights = literal::weights(&asked.detach(), &k, 1, Mask::Bidirectional); // (B, 1, T, S)
    let weights = weights.view::<Ix4>("weights").mapv(f64::from);
    let sharpest = weights.rows().into_iter().map(|row| largest(row.iter().copied()));

    let y = fused::attention(&asked, &k, &v, 1, Mask::Bidirectional); // (B, T, d)
    let dy: ArrayD<Real> = dy / (width as Real).sqrt();
    let gradients = y.backward_with(dy);
    let dq = gradients.of(&q).expect("queries decide where to look");
    let dq = dq.into_dimensionality::<Ix3>().expect("queries have three axes");
    let norm = |row: ArrayView1<'_, Real>| row.iter().map(|d| f64::from(*d).powi(2)).sum::<f64>().sqrt();
    let norms: Vec<f64> = dq.rows().into_iter().map(norm).collect();
    Saturation {
        scores: deviation(&asked, &k, width),
        largest: sharpest.sum::<f64>() / QUERIES as f64,
        entropy: weights.iter().map(bits).sum::<f64>() / QUERIES as f64,
        mean_gradient: norms.iter().sum::<f64>() / QUERIES as f64,
        median_gradient: median(norms),
    }
}

/// What a key's share `p` of the weight adds to the entropy.
fn bits(p: &f64) -> f64 {
    if *p == 0.0 { 0.0 } else { -p * p.log2() }
}

/// The standard deviation of what goes into the softmax: the scores as the operation divides them.
fn deviation(q: &Tensor, k: &Tensor, width: usize) -> f64 {
    let scores = q.detach().matmul(&k.permute(&[0, 2, 1])); // (B, T, S)
    scores.value().mapv(f64::from).std(0.0) / (width as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_00_entropy_by_hand() {
        assert_eq!([0.0, 0.5, 1.0].map(|p| bits(&p)), [0.0, 0.5, 0.0]);
        assert!(bits(&f64::NAN).is_nan());
    }

    #[test]
    fn step_01_both_ways_are_the_same_at_width_one() {
        let [divided, raw] = Scores::ALL.map(|scores| measure(Head { width: 1, scores }, 1));
        assert_eq!(divided, raw);
    }

    #[test]
    fn step_02_raw_scores_spread_as_the_root_of_the_width() {
        let [divided, raw] = Scores::ALL.map(|scores| measure(Head { width: 256, scores }, 1));
        assert!((divided.scores - 1.0).abs() < 0.1, "{divided:?}");
        assert!((raw.scores - 16.0 * divided.scores).abs() < 1e-3, "{raw:?}");
        assert!(raw.largest > divided.largest && raw.entropy < divided.entropy);
    }
}
