use ndarray::{Array2, Axis, s};

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
    let offset = keys.nrows() - q.nrows();
    let scale = 1.0 / (q.ncols() as f64).sqrt();
    let mut out = Array2::zeros((q.nrows(), values.ncols()));
    for (t, query) in q.rows().into_iter().enumerate() {
        let end = offset + t + 1;
        let logits = keys.slice(s![..end, ..]).dot(&query) * scale;
        let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let exps = logits.mapv(|z| (z - highest).exp());
        let probabilities = &exps / exps.sum();
        out.row_mut(t).assign(&probabilities.dot(&values.slice(s![..end, ..])));
    }
    out
}

pub fn read(x: &Array2<f64>, model: &Model, cache: &mut KeyValueCache) -> Array2<f64> {
    let s = cache.keys.shape()[0];
    let mut x_placed = x.clone();
    for t in 0..x.nrows() {
        for c in 0..x.ncols() {
            x_placed[[t, c]] += model.places[[s + t, c]];
        }
    }
    let queries = x_placed.dot(&model.w_q.t());
    cache.keys.append(Axis(0), x_placed.dot(&model.w_k.t()).view()).unwrap();
    cache.values.append(Axis(0), x_placed.dot(&model.w_v.t()).view()).unwrap();
    attend(&queries, &cache.keys, &cache.values)
}

fn follower(y: &Array2<f64>, model: &Model) -> usize {
    let z = y.dot(&model.w_o.t());
    let last = z.row(z.nrows() - 1);
    (1..last.len()).fold(0, |best, n| if last[n] > last[best] { n } else { best })
}


fn empty_cache(model: &Model) -> KeyValueCache {
    KeyValueCache {
        keys: Array2::zeros((0, model.w_k.nrows())),
        values: Array2::zeros((0, model.w_v.nrows())),
    }
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let mut cache = empty_cache(model);
    let mut caches = Vec::new();
    let mut out = Array2::zeros((prompts.nrows(), count));
    for (b, prompt) in prompts.outer_iter().enumerate() {
        let x = model.table.select(Axis(0), &prompt.to_vec());
        let mut y = read(&x, model, &mut cache);
        for i in 0..count {
            let token = follower(&y, model);
            out[[b, i]] = token;
            if i < count - 1 {
                y = read(&model.table.select(Axis(0), &[token]), model, &mut cache);
            }
        }
        caches.push(cache.clone());
    }
    (out, caches)
}
