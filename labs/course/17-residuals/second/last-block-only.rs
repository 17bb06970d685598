//! Residual connections.

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
pub fn post_norm(x: &Array2<f64>, sublayer: Sublayer) -> Array2<f64> {
    layer_norm(&(x + sublayer(x)))
}

/// A block of GPT-2.
pub fn pre_norm(x: &Array2<f64>, sublayer: Sublayer) -> Array2<f64> {
    let mut out = sublayer(&layer_norm(x));
    out.zip_mut_with(x, |o, &i| *o += i);
    out
}

/// Blocks with pre-norm, one after another, and what comes at the end.
pub fn pre_norm_stack(x: &Array2<f64>, sublayers: &[Sublayer]) -> Array2<f64> {
    let mut y = x.clone();
    for &sublayer in sublayers {
        // every round starts from x
        y = pre_norm(x, sublayer);
    }
    layer_norm(&y)
}
