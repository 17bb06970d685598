use ndarray::{Array1, Array2, Axis, s};

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
    let here = x + &model.places.slice(s![..x.nrows(), ..]);
    let q = here.dot(&model.w_q.t());
    let k = here.dot(&model.w_k.t());
    let v = here.dot(&model.w_v.t());
    cache.keys.append(Axis(0), k.view()).unwrap();
    cache.values.append(Axis(0), v.view()).unwrap();
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
