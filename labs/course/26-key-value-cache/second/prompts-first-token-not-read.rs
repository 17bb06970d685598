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
    let (new, d) = q.dim();
    let before = keys.nrows() - new;
    let mut weights = q.dot(&keys.t()) / (d as f64).sqrt();
    for ((t, j), w) in weights.indexed_iter_mut() {
        if j > before + t {
            *w = f64::NEG_INFINITY;
        }
    }
    for mut row in weights.rows_mut() {
        let top = row.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
        row.mapv_inplace(|v| (v - top).exp());
        let total = row.sum();
        row /= total;
    }
    weights.dot(values)
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

fn empty_cache(model: &Model) -> KeyValueCache {
    KeyValueCache {
        keys: Array2::zeros((0, model.w_k.nrows())),
        values: Array2::zeros((0, model.w_v.nrows())),
    }
}


fn follower(y: &Array2<f64>, model: &Model) -> usize {
    let z = y.dot(&model.w_o.t());
    let last = z.row(z.nrows() - 1);
    (1..last.len()).fold(0, |best, n| if last[n] > last[best] { n } else { best })
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let mut result = Array2::zeros((prompts.nrows(), count));
    let mut caches = vec![empty_cache(model); prompts.nrows()];
    for b in 0..prompts.nrows() {
        let start = prompts.slice(s![b, 1..]).to_vec();
        let x = model.table.select(Axis(0), &start);
        let mut token = follower(&read(&x, model, &mut caches[b]), model);
        result[[b, 0]] = token;
        for i in 1..count {
            let x = model.table.select(Axis(0), &[token]);
            token = follower(&read(&x, model, &mut caches[b]), model);
            result[[b, i]] = token;
        }
    }
    (result, caches)
}
