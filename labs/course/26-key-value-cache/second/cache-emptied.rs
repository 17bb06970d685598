use ndarray::{Array1, Array2, Axis, concatenate, s};

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
    let start = cache.keys.nrows();
    let placed = x + &model.places.slice(s![start..start + x.nrows(), ..]);
    let q = placed.dot(&model.w_q.t());
    let k = placed.dot(&model.w_k.t());
    let v = placed.dot(&model.w_v.t());
    cache.keys = concatenate![Axis(0), cache.keys, k];
    cache.values = concatenate![Axis(0), cache.values, v];
    attend(&q, &cache.keys, &cache.values)
}

fn argmax(values: &Array1<f64>) -> usize {
    let mut top = (0, f64::NEG_INFINITY);
    for (i, &v) in values.iter().enumerate() {
        if v > top.1 {
            top = (i, v);
        }
    }
    top.0
}


fn empty_cache(model: &Model) -> KeyValueCache {
    KeyValueCache {
        keys: Array2::zeros((0, model.w_k.nrows())),
        values: Array2::zeros((0, model.w_v.nrows())),
    }
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let mut out = Array2::zeros((prompts.nrows(), count));
    let mut caches = Vec::new();
    for b in 0..prompts.nrows() {
        let mut cache = empty_cache(model);
        let mut y = read(&model.table.select(Axis(0), &prompts.row(b).to_vec()), model, &mut cache);
        for i in 0..count {
            if i > 0 {
                cache = empty_cache(model);
                y = read(&model.table.select(Axis(0), &[out[[b, i - 1]]]), model, &mut cache);
            }
            out[[b, i]] = argmax(&model.w_o.dot(&y.row(y.nrows() - 1)));
        }
        caches.push(cache);
    }
    (out, caches)
}
