use ndarray::{Array2, Axis};

/// Every row with mean 0 and variance 1, as in the lab before.
pub fn layer_norm(x: &Array2<f64>) -> Array2<f64> {
    let centered = x - &x.mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
    let variance = (&centered * &centered).mean_axis(Axis(1)).expect("rows are not empty").insert_axis(Axis(1));
    centered / (variance + 1e-5).sqrt()
}

/// What stands between: attention, or a feed-forward layer.
pub type Sublayer<'a> = &'a dyn Fn(&Array2<f64>) -> Array2<f64>;

pub fn post_norm(x: &Array2<f64>, sublayer: Sublayer) -> Array2<f64> {
    let mut sum = sublayer(x);
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum += x;
    }
    layer_norm(&sum)
}

pub fn pre_norm(x: &Array2<f64>, sublayer: Sublayer) -> Array2<f64> {
    let normalized = layer_norm(x);
    let mut y = sublayer(&normalized);
    y += x;
    y
}

pub fn pre_norm_stack(x: &Array2<f64>, sublayers: &[Sublayer]) -> Array2<f64> {
    let mut stream = x.clone();
    for sublayer in sublayers {
        let said = sublayer(&layer_norm(&stream));
        stream += &said;
    }
    layer_norm(&stream)
}
