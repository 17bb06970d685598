use labkit::{Draw, Values};
use ndarray::{Array1, Array2};

pub fn draw(exercise: &str, draw: &mut Draw) -> Values {
    let [steps, input, hidden, width] = draw.sizes();
    let words: Array2<f64> = draw.normal((steps, input));
    let inputs = match exercise {
        "encode" => Values::new().with("xs", words),
        _ => {
            let v: Array1<f64> = draw.normal(width);
            Values::new().with("v", v).with("ys", words)
        }
    };
    let mut matrix = |rows: usize, columns: usize| -> Array2<f64> { draw.normal((rows, columns)) * 0.5 };
    let weights = [
        ("encoder w_xh", matrix(hidden, input)),
        ("encoder w_hh", matrix(hidden, hidden)),
        ("decoder w_xh", matrix(hidden, input)),
        ("decoder w_hh", matrix(hidden, hidden)),
        ("w_down", matrix(width, hidden)),
        ("w_up", matrix(hidden, width)),
    ];
    let inputs = weights.into_iter().fold(inputs, |inputs, (name, weight)| inputs.with(name, weight));
    let mut bias = |length: usize| -> Array1<f64> { draw.normal(length) * 0.5 };
    let inputs = inputs.with("encoder b", bias(hidden)).with("decoder b", bias(hidden));
    inputs.with("b_down", bias(width)).with("b_up", bias(hidden))
}
