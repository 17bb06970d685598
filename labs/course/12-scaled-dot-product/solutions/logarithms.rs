use ndarray::{Array2, ArrayView1, Axis};

/// By logarithms: the weight is e to the score less the logarithm of the sum.
pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let root = (q.ncols() as f64).sqrt();
    let mut scores = (q / root).dot(&k.t());
    for mut row in scores.axis_iter_mut(Axis(0)) {
        let total = log_sum_exp(row.view());
        row.mapv_inplace(|score| (score - total).exp());
    }
    scores
}

fn log_sum_exp(row: ArrayView1<'_, f64>) -> f64 {
    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + row.iter().map(|score| (score - largest).exp()).sum::<f64>().ln()
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    v.t().dot(&attention_weights(q, k).t()).reversed_axes()
}
