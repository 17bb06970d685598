use ndarray::Array2;

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let mut out = Array2::<f64>::zeros((q.nrows(), k.nrows()));
    for (query, mut place) in q.outer_iter().zip(out.outer_iter_mut()) {
        for (key, cell) in k.outer_iter().zip(place.iter_mut()) {
            // the mean of the products
            *cell = (&query * &key).mean().unwrap();
        }
        let m = place.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        place.mapv_inplace(|x| (x - m).exp());
        let s = place.sum();
        place.mapv_inplace(|x| x / s);
    }
    out
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    attention_weights(q, k).dot(v)
}
