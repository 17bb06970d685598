//! Grouped queries (Ainslie et al. 2023, section 2.2).
//!
//! Keys and values of everything that was read are kept, so a model that speaks has fewer heads of them than of queries. N heads
//! of queries and G heads of keys and values make groups of r = N/G neighbours, each of which looks at one head:
//!
//! ```text
//! g(n) = ⌊n / r⌋                                  queries 0 .. r - 1 look at head 0, the next r at head 1
//! y_n  = softmax(q_n k_g(n)ᵀ / √K) v_g(n)         n = 0, 1, .. N - 1
//! ```
//!
//! The softmax goes along each row of scores, over the S keys. Nothing is masked here.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | q | queries, T tokens | (N, T, K) |
//! | k | keys, S tokens | (G, S, K) |
//! | v | values | (G, S, E) |
//! | y | what the heads have found | (N, T, E) |

use ndarray::{Array3, ArrayViewMut1, Axis};

/// Every head r times, so that there are as many as of queries: y_n = x_g(n).
///
/// # Shapes
/// - `x`: (G, S, K); r = `times`; returns (G·r, S, K)
pub fn repeat_heads(x: &Array3<f64>, times: usize) -> Array3<f64> {
    let (heads, tokens, width) = x.dim();
    Array3::from_shape_fn((heads * times, tokens, width), |(n, s, i)| x[[n / times, s, i]])
}

/// What every head of queries finds.
///
/// # Shapes
/// - `q`: (N, T, K), `k`: (G, S, K), `v`: (G, S, E), N divisible by G; returns (N, T, E)
pub fn grouped_attention(q: &Array3<f64>, k: &Array3<f64>, v: &Array3<f64>) -> Array3<f64> {
    let (heads, tokens, width) = q.dim();
    let times = heads / k.dim().0;
    let (k, v) = (repeat_heads(k, times), repeat_heads(v, times));
    let mut y = Array3::zeros((heads, tokens, v.dim().2));
    for n in 0..heads {
        let keys = k.index_axis(Axis(0), n);
        let values = v.index_axis(Axis(0), n);
        let mut weights = q.index_axis(Axis(0), n).dot(&keys.t()) / (width as f64).sqrt();
        for column in weights.columns_mut() {
            softmax(column);
        }
        y.index_axis_mut(Axis(0), n).assign(&weights.dot(&values));
    }
    y
}

/// One line of scores, made into weights that sum to 1.
fn softmax(mut line: ArrayViewMut1<f64>) {
    let top = line.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
    line.mapv_inplace(|v| (v - top).exp());
    let sum = line.sum();
    line /= sum;
}
