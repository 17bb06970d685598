use ndarray::Array2;

pub fn causal_attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> Array2<f64> {
    let mut s = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    s.indexed_iter_mut().filter(|((row, col), _)| row > col).for_each(|(_, x)| *x = f64::NEG_INFINITY);
    let rows: Vec<f64> = s
        .outer_iter()
        .flat_map(|r| {
            let m = r.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            let e = r.mapv(|x| (x - m).exp());
            let z = e.sum();
            (e / z).dot(v).to_vec()
        })
        .collect();
    Array2::from_shape_vec(v.dim(), rows).unwrap()
}
