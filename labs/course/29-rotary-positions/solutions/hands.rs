use ndarray::{Array3, s};

/// Every pair has a hand that is turned on from place to place.
pub fn rotate(x: &Array3<f64>, turned: usize, first: usize) -> Array3<f64> {
    let (heads, length, _) = x.dim();
    let mut y = x.clone();
    for (i, j) in (0..turned / 2).zip(turned / 2..) {
        let speed = (-(10_000_f64.ln()) * (2 * i) as f64 / turned as f64).exp();
        let (sin, cos) = ((first as f64 * speed).sin(), (first as f64 * speed).cos());
        let mut hand = [cos, sin];
        for t in 0..length {
            for n in 0..heads {
                let (a, b) = (x[[n, t, i]], x[[n, t, j]]);
                y[[n, t, i]] = hand[0] * a - hand[1] * b;
                y[[n, t, j]] = hand[1] * a + hand[0] * b;
            }
            hand = [hand[0] * speed.cos() - hand[1] * speed.sin(), hand[1] * speed.cos() + hand[0] * speed.sin()];
        }
    }
    y
}

/// By distance alone: what stands later is turned by how much later it stands.
pub fn scores(q: &Array3<f64>, k: &Array3<f64>, turned: usize) -> Array3<f64> {
    let ((heads, new, width), all) = (q.dim(), k.dim().1);
    Array3::from_shape_fn((heads, new, all), |(n, t, place)| {
        let query = q.slice(s![n..=n, t..=t, ..]).to_owned();
        let key = k.slice(s![n..=n, place..=place, ..]).to_owned();
        let own = all - new + t;
        let query = rotate(&query, turned, own.saturating_sub(place));
        let key = rotate(&key, turned, place.saturating_sub(own));
        (query * key).sum() / (width as f64).sqrt()
    })
}
