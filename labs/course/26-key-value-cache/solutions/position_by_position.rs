use ndarray::{Array1, Array2, ArrayView1, Axis};

/// The keys and values of all positions that were read, the first in front.
#[derive(Clone, Debug)]
pub struct KeyValueCache {
    /// (S, d)
    pub keys: Array2<f64>,
    /// (S, e)
    pub values: Array2<f64>,
}

/// What the model has learned.
#[derive(Clone, Debug)]
pub struct Model {
    /// (N, D)
    pub table: Array2<f64>,
    /// (C, D)
    pub places: Array2<f64>,
    /// (d, D)
    pub w_q: Array2<f64>,
    /// (d, D)
    pub w_k: Array2<f64>,
    /// (e, D)
    pub w_v: Array2<f64>,
    /// (N, e)
    pub w_o: Array2<f64>,
}

pub fn attend(q: &Array2<f64>, keys: &Array2<f64>, values: &Array2<f64>) -> Array2<f64> {
    let cached = keys.nrows() - q.nrows();
    let mut y = Array2::zeros((q.nrows(), values.ncols()));
    for (t, query) in q.outer_iter().enumerate() {
        // What may not be seen is left out in place of being masked.
        let seen = cached + t + 1;
        let scores: Vec<f64> = (0..seen).map(|j| query.dot(&keys.row(j)) / (query.len() as f64).sqrt()).collect();
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
        let sum: f64 = shares.iter().sum();
        for (share, value) in shares.iter().zip(values.outer_iter()) {
            y.row_mut(t).scaled_add(share / sum, &value);
        }
    }
    y
}

/// One position after another: the same as all at once.
pub fn read(x: &Array2<f64>, model: &Model, cache: &mut KeyValueCache) -> Array2<f64> {
    let mut y = Array2::zeros((0, model.w_v.nrows()));
    for x in x.outer_iter() {
        let x = &x + &model.places.row(cache.keys.nrows());
        cache.keys.push_row(model.w_k.dot(&x).view()).expect("a row of keys");
        cache.values.push_row(model.w_v.dot(&x).view()).expect("a row of values");
        let query = model.w_q.dot(&x).insert_axis(Axis(0));
        y.push_row(attend(&query, &cache.keys, &cache.values).row(0)).expect("a row of the same width");
    }
    y
}

/// Token by token, the prompt too.
pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let [keys, values] = [&model.w_k, &model.w_v].map(|w| Array2::zeros((0, w.nrows())));
    let mut caches = vec![KeyValueCache { keys, values }; prompts.nrows()];
    let mut tokens = Array2::zeros((prompts.nrows(), count));
    for (text, cache) in caches.iter_mut().enumerate() {
        let mut scores = Array1::zeros(0);
        for &token in prompts.row(text) {
            scores = next(token, model, cache);
        }
        for place in 0..count {
            tokens[[text, place]] = likeliest(scores.view());
            if place + 1 < count {
                scores = next(tokens[[text, place]], model, cache);
            }
        }
    }
    (tokens, caches)
}

/// Reads a token; the scores of the one behind it.
fn next(token: usize, model: &Model, cache: &mut KeyValueCache) -> Array1<f64> {
    let x = model.table.row(token).to_owned().insert_axis(Axis(0));
    model.w_o.dot(&read(&x, model, cache).row(0))
}

fn likeliest(scores: ArrayView1<'_, f64>) -> usize {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    scores.iter().position(|&score| score == largest).expect("one is the largest")
}
