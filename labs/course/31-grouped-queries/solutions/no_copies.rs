use ndarray::{Array3, Array4, s};

pub fn repeat_heads(x: &Array3<f64>, times: usize) -> Array3<f64> {
    let (groups, tokens, width) = x.dim();
    let mut y = Array4::zeros((groups, times, tokens, width));
    for copy in 0..times {
        y.slice_mut(s![.., copy, .., ..]).assign(x);
    }
    y.into_shape_with_order((groups * times, tokens, width)).expect("as many elements")
}

/// Nothing is copied: each group's queries are put below one another, and look at its keys together.
pub fn grouped_attention(q: &Array3<f64>, k: &Array3<f64>, v: &Array3<f64>) -> Array3<f64> {
    let ((heads, tokens, width), (groups, _, wide)) = (q.dim(), v.dim());
    let rows = heads / groups * tokens;
    let q = q.to_shape((groups, rows, width)).expect("as many elements");
    let mut y = Array3::zeros((groups, rows, wide));
    for (((mut y, q), k), v) in y.outer_iter_mut().zip(q.outer_iter()).zip(k.outer_iter()).zip(v.outer_iter()) {
        for (mut y, q) in y.rows_mut().into_iter().zip(q.rows()) {
            let weights = (k.dot(&q) / (width as f64).sqrt()).exp();
            y.assign(&(weights.dot(&v) / weights.sum()));
        }
    }
    y.into_shape_with_order((heads, tokens, wide)).expect("as many elements")
}
