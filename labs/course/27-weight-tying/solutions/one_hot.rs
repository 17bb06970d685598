use ndarray::{Array1, Array2};

/// To look up is to multiply with rows that are 1 at the token and 0 elsewhere, (T, V).
fn one_hot(tokens: &Array1<usize>, vocabulary: usize) -> Array2<f64> {
    Array2::from_shape_fn((tokens.len(), vocabulary), |(t, v)| if tokens[t] == v { 1.0 } else { 0.0 })
}

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let h = one_hot(tokens, w.nrows()).dot(w).dot(&a.t()).tanh();
    w.dot(&h.t()).reversed_axes()
}

/// So both uses are products, and so are both parts of the gradient.
pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let looked_up = one_hot(tokens, w.nrows());
    let h = looked_up.dot(&w.dot(&a.t())).tanh();
    let d_h = d_z.dot(w);
    let by_input = looked_up.t().dot(&(&d_h - &h * &h * &d_h)).dot(a);
    let by_output = h.t().dot(d_z).reversed_axes();
    by_input + by_output
}
