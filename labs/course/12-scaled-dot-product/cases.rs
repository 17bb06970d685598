use labkit::{Draw, Values};
use ndarray::Array2;

/// In every fourth question the queries are so large that e^score is more than a number can be.
pub fn draw(_: &str, draw: &mut Draw) -> Values {
    let [t, s, d, e] = draw.sizes();
    let size = if draw.number() % 4 == 3 { 1000.0 } else { 1.0 };
    let (q, k) = loop {
        let (q, k) = (draw.normal((t, d)) * size, draw.normal((s, d)));
        if is_decided(&q, &k) {
            break (q, k);
        }
    };
    Values::new().with("q", q).with("k", k).with("v", draw.normal((s, e)))
}

/// Whether no two keys fit a query equally well, so that there is one best key.
fn is_decided(q: &Array2<f64>, k: &Array2<f64>) -> bool {
    q.dot(&k.t()).outer_iter().all(|scores| {
        let mut scores = scores.to_vec();
        scores.sort_by(f64::total_cmp);
        scores.windows(2).all(|pair| pair[1] - pair[0] > 1e-9)
    })
}
