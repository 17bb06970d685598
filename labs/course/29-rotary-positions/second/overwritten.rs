//! Rotary positions (Su et al. 2021, section 3.2.2).
//!
//! Nothing is added to the tokens. Queries and keys are turned: of each head the first R numbers are taken in pairs, number i
//! with number i + R/2. Each pair is a point in a plane, and at place t it is turned by the angle t·ω_i, where every pair has a speed
//! of its own:
//!
//! ```text
//! ω_i        = 10000^(-2i/R)                                      i = 0, 1, .. R/2 - 1
//! y[i]       = x[i] cos(t ω_i)       - x[i + R/2] sin(t ω_i)
//! y[i + R/2] = x[i + R/2] cos(t ω_i) + x[i] sin(t ω_i)
//! y[j]       = x[j]                                               j = R, .. K - 1
//! ```
//!
//! A score is then a matter of distance alone: with r_t for what turns at place t, r_t(q) · r_s(k) depends on t - s.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | N, K | heads, width of a head | |
//! | R | how many numbers of a head are turned, even, at most K | |
//! | x | queries or keys of L tokens | (N, L, K) |
//! | q | queries of the last T tokens of a text | (N, T, K) |
//! | k | keys of all S tokens of the text, at the places 0 to S - 1 | (N, S, K) |

use ndarray::{Array3, Axis};

/// The vectors of L tokens, turned. The first of these tokens stands at place `first`, the others behind it.
///
/// # Shapes
/// - `x`: (N, L, K); R = `turned`; returns (N, L, K)
pub fn rotate(x: &Array3<f64>, turned: usize, first: usize) -> Array3<f64> {
    let (heads, tokens, _) = x.dim();
    let half = turned / 2;
    let mut y = x.clone();
    for t in 0..tokens {
        let place = (first + t) as f64;
        for i in 0..half {
            let speed = 10000f64.powf(-2.0 * i as f64 / turned as f64);
            let (sin, cos) = (place * speed).sin_cos();
            for n in 0..heads {
                y[[n, t, i]] = y[[n, t, i]] * cos - y[[n, t, i + half]] * sin;
                y[[n, t, i + half]] = y[[n, t, i + half]] * cos + y[[n, t, i]] * sin;
            }
        }
    }
    y
}

/// The scores of the last T tokens of a text with all S of it: r_t(q) · r_s(k) / √K, each query at its place in the text.
/// Nothing is masked yet.
///
/// # Shapes
/// - `q`: (N, T, K), `k`: (N, S, K), T at most S; R = `turned`; returns (N, T, S)
pub fn scores(q: &Array3<f64>, k: &Array3<f64>, turned: usize) -> Array3<f64> {
    let (heads, queries, width) = q.dim();
    let keys = k.dim().1;
    let q = rotate(q, turned, keys - queries);
    let k = rotate(k, turned, 0);
    let mut scores = Array3::zeros((heads, queries, keys));
    for n in 0..heads {
        let products = q.index_axis(Axis(0), n).dot(&k.index_axis(Axis(0), n).t());
        scores.index_axis_mut(Axis(0), n).assign(&(products / (width as f64).sqrt()));
    }
    scores
}
