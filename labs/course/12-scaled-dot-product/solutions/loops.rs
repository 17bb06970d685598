use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let mut weights = Array2::zeros((q.nrows(), k.nrows()));
    for t in 0..q.nrows() {
        for j in 0..k.nrows() {
            for i in (0..q.ncols()).rev() {
                weights[[t, j]] += q[[t, i]] / (q.ncols() as f64).sqrt() * k[[j, i]];
            }
        }
        let largest = weights.row(t).iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for j in 0..k.nrows() {
            weights[[t, j]] = (weights[[t, j]] - largest).exp();
            sum += weights[[t, j]];
        }
        for j in 0..k.nrows() {
            weights[[t, j]] /= sum;
        }
    }
    weights
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let weights = attention_weights(q, k);
    let mut y = Array2::zeros((q.nrows(), v.ncols()));
    for t in 0..q.nrows() {
        for i in 0..v.ncols() {
            for j in 0..k.nrows() {
                y[[t, i]] += weights[[t, j]] * v[[j, i]];
            }
        }
    }
    y
}
