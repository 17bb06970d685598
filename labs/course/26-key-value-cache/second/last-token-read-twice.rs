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
    let t_count = q.shape()[0];
    let d = q.shape()[1];
    let e = values.shape()[1];
    let s_count = keys.shape()[0] - t_count;
    let mut y = Array2::<f64>::zeros((t_count, e));
    for t in 0..t_count {
        let seen = s_count + t + 1;
        let mut scores = vec![0.0; seen];
        let mut max = f64::NEG_INFINITY;
        for j in 0..seen {
            let mut dot = 0.0;
            for i in 0..d {
                dot += q[[t, i]] * keys[[j, i]];
            }
            scores[j] = dot / (d as f64).sqrt();
            max = max.max(scores[j]);
        }
        let mut sum = 0.0;
        for score in scores.iter_mut() {
            *score = (*score - max).exp();
            sum += *score;
        }
        for j in 0..seen {
            for c in 0..e {
                y[[t, c]] += scores[j] / sum * values[[j, c]];
            }
        }
    }
    y
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

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let t_count = prompts.ncols();
    let mut made = Array2::zeros((prompts.nrows(), count));
    let mut caches = vec![];
    for (b, prompt) in prompts.rows().into_iter().enumerate() {
        let mut cache = KeyValueCache {
            keys: Array2::zeros((0, model.w_k.nrows())),
            values: Array2::zeros((0, model.w_v.nrows())),
        };
        read(&model.table.select(Axis(0), &prompt.to_vec()), model, &mut cache);
        let mut token = prompt[t_count - 1];
        for i in 0..count {
            let y = read(&model.table.select(Axis(0), &[token]), model, &mut cache);
            token = argmax(&model.w_o.dot(&y.row(0)));
            made[[b, i]] = token;
        }
        caches.push(cache);
    }
    (made, caches)
}
