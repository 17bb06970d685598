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
    let s = cache.keys.nrows();
    let placed = Array2::from_shape_fn(x.dim(), |(t, c)| x[[t, c]] + model.places[[s + t, c]]);
    let q = placed.dot(&model.w_q.t());
    let v = placed.dot(&model.w_v.t());
    cache.keys.append(Axis(0), q.view()).unwrap();
    cache.values.append(Axis(0), v.view()).unwrap();
    attend(&q, &cache.keys, &cache.values)
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
    let (b_count, t_count) = prompts.dim();
    let mut caches = vec![empty_cache(model); b_count];
    let mut out = Array2::from_elem((b_count, count), 0);
    for (b, cache) in caches.iter_mut().enumerate() {
        let mut x = Array2::zeros((t_count, model.table.ncols()));
        for t in 0..t_count {
            x.row_mut(t).assign(&model.table.row(prompts[[b, t]]));
        }
        let mut next = follower(&read(&x, model, cache), model);
        out[[b, 0]] = next;
        for i in 1..count {
            let one = model.table.slice(s![next..next + 1, ..]).to_owned();
            next = follower(&read(&one, model, cache), model);
            out[[b, i]] = next;
        }
    }
    (out, caches)
}
