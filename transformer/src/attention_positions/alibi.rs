//! Attention with linear biases.

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use tensor::Real;

use crate::scaled_dot_product::ScoreBias;

/// Attention with linear biases (Press, Smith and Lewis 2022, section 3): head n subtracts m_n·(t - s) from the score of the
/// query at t and the key at s, its slope m_n times their distance. Nothing is learned, and no distance is too long.
///
/// The softmax of a query is the same whatever is added to all of its scores, so m_n·s is added in place of that.
///
/// For N heads, a power of two, the slopes are 2^(-8/N), 2^(-16/N), .., 2^-8. For another N they are those of the power of
/// two below it, and behind them every second slope of twice as many heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alibi {
    /// q·k/√d_k + m·s, as in the paper and in BLOOM (Le Scao et al. 2022, section 3.3).
    Added,
    /// (q·k + m·s)/√d_k, with m·s rounded to bfloat16, as the Falcon models with ALiBi compute it.
    Scaled,
}

impl Alibi {
    /// m of every head.
    ///
    /// ```
    /// use transformer::Alibi;
    /// assert_eq!(Alibi::slopes(8)[..3], [0.5, 0.25, 0.125]);
    /// assert_eq!(Alibi::slopes(3), [0.0625, 0.00390625, 0.25]); // those of two heads, and the first of four
    /// ```
    pub fn slopes(heads: usize) -> Vec<f64> {
        let power = if heads == 0 { 1 } else { 1 << heads.ilog2() };
        let slope = |of: usize, n: usize| (-8.0 * n as f64 / of as f64).exp2();
        let first = (1..=power).map(|n| slope(power, n));
        first.chain((1..).step_by(2).map(|n| slope(2 * power, n))).take(heads).collect()
    }

    /// What is added to the scores of S = `keys` keys, (N, S); `scale` is what products of queries and keys are multiplied
    /// with.
    ///
    /// ```
    /// use ndarray::array;
    /// use transformer::{Alibi, ScoreBias};
    /// let ScoreBias::Keys(added) = Alibi::Added.bias(2, 3, 1.0) else { unreachable!() };
    /// assert_eq!(added, array![[0.0, 0.0625, 0.125], [0.0, 0.00390625, 0.0078125]]);
    /// ```
    pub fn bias(self, heads: usize, keys: usize, scale: Real) -> ScoreBias {
        let slopes = Alibi::slopes(heads);
        ScoreBias::Keys(Array2::from_shape_fn((heads, keys), |(n, s)| match self {
            Alibi::Added => (slopes[n] * s as f64) as Real,
            Alibi::Scaled => scale * bfloat16(bfloat16(slopes[n] as f32) * bfloat16(s as f32)) as Real,
        }))
    }
}

/// The nearest number of eight significant bits, the even one of two equally near ones.
fn bfloat16(x: f32) -> f32 {
    let bits = x.to_bits();
    f32::from_bits((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
}
