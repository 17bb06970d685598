use labkit::{Draw, Values};
use ndarray::{Array0, Array1, Array2, Array3};

/// Tokens from 3 on are words. With a tensor, what is drawn too is the gradient of some loss by what is returned, from which
/// the tape goes back.
pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    if exercise == "teacher_forced" {
        let [batch, steps] = draw.sizes();
        let tokens: Array2<usize> = draw.below((batch, steps), 6) + 3;
        let lengths: Array1<usize> = draw.below(batch, steps) + 1;
        let inputs = Values::new().with("tokens", tokens).with("lengths", lengths);
        return inputs.with("start", 1).with("end", 2).with("pad", 0).with("ignore", 99);
    }
    let ([batch, steps, states], [heads, part]) = (draw.sizes(), draw.sizes());
    let width = heads * part;
    let x: Array3<f64> = draw.normal((batch, steps, width));
    let memory: Array3<f64> = draw.normal((batch, states, width));
    let mut lengths: Array1<usize> = draw.below(batch, states) + 1;
    // One row is shorter than the others can be, and one is full.
    let full: Array0<usize> = draw.below((), batch);
    let full = full.into_scalar();
    lengths[full] = states;
    lengths[(full + 1) % batch] = states - 1;
    let inputs = Values::new().with("x", x).with("memory", memory).with("lengths", lengths).with("heads", heads);
    // As wide as a layer begins, so that scores stay small and rounding too.
    let scale = 1.0 / (width as f64).sqrt();
    let mut weight = || draw.normal((width, width)).mapv(|w: f64| (w * scale * 100.0).round() / 100.0);
    let inputs = inputs.with("w_q", weight()).with("w_k", weight()).with("w_v", weight()).with("w_o", weight());
    inputs.with("d_y", draw.normal((batch, steps, width)))
}
