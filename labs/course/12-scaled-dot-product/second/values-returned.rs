use ndarray::Array2;

fn softmax(x: Array2<f64>) -> Array2<f64> {
    let max = x.map_axis(ndarray::Axis(1), |r| r.iter().cloned().fold(f64::MIN, f64::max));
    let e = (x - max.insert_axis(ndarray::Axis(1))).mapv(f64::exp);
    let z = e.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
    e / z
}

pub fn attention_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let scale = (k.ncols() as f64).sqrt().recip();
    softmax(q.dot(&k.t()) * scale)
}

pub fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let _weights = attention_weights(q, k);
    v.clone()
}
