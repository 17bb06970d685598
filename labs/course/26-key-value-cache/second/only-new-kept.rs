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
    let begin = cache.keys.nrows();
    let end = begin + x.nrows();
    let placed = x + &model.places.slice(s![begin..end, ..]);
    let k = placed.dot(&model.w_k.t());
    let v = placed.dot(&model.w_v.t());
    let all_keys = concatenate![Axis(0), cache.keys, k];
    let all_values = concatenate![Axis(0), cache.values, v];
    let y = attend(&placed.dot(&model.w_q.t()), &all_keys, &all_values);
    cache.keys = k;
    cache.values = v;
    y
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
    let mut all = Vec::new();
    let mut caches = Vec::new();
    for prompt in prompts.outer_iter() {
        let mut cache = empty_cache(model);
        let mut y = read(&model.table.select(Axis(0), &prompt.to_vec()), model, &mut cache);
        for i in 0..count {
            let token = argmax(&model.w_o.dot(&y.row(y.nrows() - 1)));
            all.push(token);
            if i + 1 < count {
                y = read(&model.table.select(Axis(0), &[token]), model, &mut cache);
            }
        }
        caches.push(cache);
    }
    (Array2::from_shape_vec((prompts.nrows(), count), all).unwrap(), caches)
}
