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
    let f = sublayer(x);
    let f = layer_norm(&f);
    let mut out = x.to_owned();
    for (mut row, add) in out.rows_mut().into_iter().zip(f.rows()) {
        row += &add;
    }
    out
}

/// Blocks with pre-norm, one after another, and what comes at the end.
pub fn pre_norm_stack(x: &Array2<f64>, sublayers: &[Sublayer]) -> Array2<f64> {
    let mut stream = x.clone();
    for i in 0..sublayers.len() {
        let told = layer_norm(&stream);
        stream += &sublayers[i](&told);
    }
    layer_norm(&stream)
}
