//! Residual connections, with the normalisation behind them or before (Vaswani et al. 2017; Xiong et al. 2020).
//!
//! A block adds what its sublayer says to what it was given. LN is layer normalisation, and stands at one of two places:
//!
//! ```text
//! post-norm   y = LN(x + f(x))       the Transformer of 2017
//! pre-norm    y = x + f(LN(x))       GPT-2 and nearly all since
//! ```
//!
//! With pre-norm x itself passes through all blocks untouched, and so does its gradient. But it is normalised nowhere on its way, so
//! that a stack of such blocks has one more LN at its end.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x, y | vectors of the tokens | (T, D) |
//! | f | a sublayer, which is given to you | (T, D) to (T, D) |

use ndarray::{Array2, Axis};

/// Every row with mean 0 and variance 1, as in the lab before.
pub fn layer_norm(x: &Array2<f64>) -> Array2<f64> {
    let centered = x - &x.mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
    let variance = (&centered * &centered).mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
    centered / (variance + 1e-5).sqrt()
}

/// What stands between: attention, or a feed-forward layer.
pub type Sublayer<'a> = &'a dyn Fn(&Array2<f64>) -> Array2<f64>;

/// A block of the Transformer of 2017.
///
/// # Shapes
/// - `x`: (T, D); returns (T, D)
pub fn post_norm(x: &Array2<f64>, sublayer: Sublayer) -> Array2<f64> {
    todo!()
}

/// A block of GPT-2.
///
/// # Shapes
/// - `x`: (T, D); returns (T, D)
pub fn pre_norm(x: &Array2<f64>, sublayer: Sublayer) -> Array2<f64> {
    todo!()
}

/// Blocks with pre-norm, one after another, and what comes at the end.
///
/// # Shapes
/// - `x`: (T, D); returns (T, D)
pub fn pre_norm_stack(x: &Array2<f64>, sublayers: &[Sublayer]) -> Array2<f64> {
    todo!()
}
