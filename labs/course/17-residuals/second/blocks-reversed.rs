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
    let said = sublayer(x);
    let both = Array2::from_shape_fn(x.dim(), |(t, d)| x[[t, d]] + said[[t, d]]);
    layer_norm(&both)
}

/// A block of GPT-2.
pub fn pre_norm(x: &Array2<f64>, sublayer: Sublayer) -> Array2<f64> {
    x + sublayer(&layer_norm(x))
}

/// Blocks with pre-norm, one after another, and what comes at the end.
pub fn pre_norm_stack(x: &Array2<f64>, sublayers: &[Sublayer]) -> Array2<f64> {
    // the outermost is the first: f1(f2(f3(x)))
    match sublayers.split_last() {
        None => layer_norm(x),
        Some((innermost, outer)) => {
            let y = x + innermost(&layer_norm(x));
            pre_norm_stack(&y, outer)
        }
    }
}
