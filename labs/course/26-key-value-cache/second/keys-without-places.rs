use ndarray::{Array2, ArrayView1, Axis, s};

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
    let s = cache.keys.nrows();
    let t = x.nrows();
    let k = x.dot(&model.w_k.t());
    let x = x + &model.places.slice(s![s..s + t, ..]);
    let q = x.dot(&model.w_q.t());
    let v = x.dot(&model.w_v.t());
    cache.keys.append(Axis(0), k.view()).expect("same width");
    cache.values.append(Axis(0), v.view()).expect("same width");
    attend(&q, &cache.keys, &cache.values)
}

fn best(scores: ArrayView1<f64>) -> usize {
    let mut winner = 0;
    for (i, &score) in scores.iter().enumerate() {
        if score > scores[winner] {
            winner = i;
        }
    }
    winner
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let texts = prompts.nrows();
    let mut made = Array2::zeros((texts, count));
    let mut caches = Vec::with_capacity(texts);
    for b in 0..texts {
        let mut cache = KeyValueCache {
            keys: Array2::zeros((0, model.w_k.nrows())),
            values: Array2::zeros((0, model.w_v.nrows())),
        };
        let mut tokens = prompts.row(b).to_vec();
        for i in 0..count {
            let x = model.table.select(Axis(0), &tokens);
            let y = read(&x, model, &mut cache);
            let z = y.dot(&model.w_o.t());
            let token = best(z.row(z.nrows() - 1));
            made[[b, i]] = token;
            tokens = vec![token];
        }
        caches.push(cache);
    }
    (made, caches)
}
