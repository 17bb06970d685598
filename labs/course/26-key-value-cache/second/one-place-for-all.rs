use ndarray::{Array2, s};

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
    let place = model.places.row(cache.keys.nrows());
    let x = x + &place;
    let q = x.dot(&model.w_q.t());
    for row in x.rows() {
        cache.keys.push_row(model.w_k.dot(&row).view()).unwrap();
        cache.values.push_row(model.w_v.dot(&row).view()).unwrap();
    }
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
