use ndarray::{Array1, Array2, Axis};

pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    output(tokens, w, a).dot(&w.t())
}

pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    let h = output(tokens, w, a);
    let mut d_w = d_z.t().dot(&h);
    let d_x = d_z.dot(w).dot(a);
    for (&token, d_x) in tokens.iter().zip(d_x.outer_iter()) {
        let mut row = d_w.row_mut(token);
        row += &d_x;
    }
    d_w
}

/// H, (T, D).
fn output(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    let x = w.select(Axis(0), &tokens.to_vec());
    x.dot(&a.t()).tanh()
}
