use labkit::{Draw, Values};
use ndarray::Array3;

/// Inputs, and the gradient of some loss by what is returned, from which the tape goes back.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let ([batch, steps], [heads, part]) = (draw.sizes(), draw.sizes());
    let width = heads * part;
    let x: Array3<f64> = draw.normal((batch, steps, width));
    let inputs = Values::new().with("x", x).with("heads", heads);
    // As wide as a layer begins, so that scores stay small and rounding too.
    let scale = 1.0 / (width as f64).sqrt();
    let mut weight = || draw.normal((width, width)).mapv(|w: f64| (w * scale * 100.0).round() / 100.0);
    let inputs = inputs.with("w_q", weight()).with("w_k", weight()).with("w_v", weight()).with("w_o", weight());
    inputs.with("d_y", draw.normal((batch, steps, width)))
}
