use ndarray::{Array2, Array3, ArrayView2, Axis};

pub fn repeat_heads(x: &Array3<f64>, times: usize) -> Array3<f64> {
    let heads: Vec<usize> = (0..x.dim().0 * times).map(|n| n / times).collect();
    x.select(Axis(0), &heads)
}

pub fn grouped_attention(q: &Array3<f64>, k: &Array3<f64>, v: &Array3<f64>) -> Array3<f64> {
    let times = q.dim().0 / k.dim().0;
    let (keys, values) = (repeat_heads(k, times), repeat_heads(v, times)); // (N, S, K) and (N, S, E)
    let mut y = Array3::zeros((q.dim().0, q.dim().1, v.dim().2));
    for (n, mut y) in y.outer_iter_mut().enumerate() {
        y.assign(&attention(
            times,
            q.index_axis(Axis(0), n),
            keys.index_axis(Axis(0), n),
            values.index_axis(Axis(0), n),
        ));
    }
    y
}

/// One head: (T, K), (S, K) and (S, E) to (T, E).
fn attention(times: usize, q: ArrayView2<'_, f64>, k: ArrayView2<'_, f64>, v: ArrayView2<'_, f64>) -> Array2<f64> {
    softmax(&(q.dot(&k.t()) / ((times * q.ncols()) as f64).sqrt())).dot(&v)
}

fn softmax(scores: &Array2<f64>) -> Array2<f64> {
    let largest = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1));
    let exponentials = (scores - &largest).exp();
    let sums = exponentials.sum_axis(Axis(1)).insert_axis(Axis(1));
    exponentials / sums
}
