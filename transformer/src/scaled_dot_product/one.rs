//! Attention of one query, the newest position of a text, over the keys and values that were kept.
//!
//! - `q`, `y`: (D); head n has the numbers n·d_k..(n+1)·d_k of each
//! - `k`: (D, room), of which the first S columns are keys; `v`: (S, D)
//!
//! The keys lie as columns, so one number of the query is multiplied with those of [`KEYS`] keys at once, and their scores
//! are running sums side by side. As rows each score would be the sum over a short vector, which takes longer than its
//! products.

use std::array::from_fn;

use tensor::Real;
use tensor::kernels::elementwise::fma;
use tensor::kernels::softmax_row;

/// Keys whose scores are computed at once; the room for keys is a multiple of it.
pub(crate) const KEYS: usize = 64;

/// Numbers of the values that are added up at once.
const COLUMNS: usize = 32;

/// y = softmax(q·kᵀ/√d_k)·v in every head, over S = `keys`; nothing is hidden.
pub(crate) fn attend(y: &mut [Real], q: &[Real], k: &[Real], v: &[Real], keys: usize, heads: usize) {
    let (model, width, room) = (q.len(), q.len() / heads, k.len() / q.len()); // D, d_k, room
    let scale = 1.0 / (width as Real).sqrt();
    let mut weights = vec![0.0; keys.next_multiple_of(KEYS)]; // (S)
    let heads = y.chunks_exact_mut(width).zip(q.chunks_exact(width)).zip(k.chunks_exact(width * room));
    for (n, ((y, q), k)) in heads.enumerate() {
        scores(&mut weights, q, k, scale);
        weights[keys..].fill(Real::NEG_INFINITY);
        softmax_row(&mut weights);
        let weights = &weights[..keys];
        let (whole, rest) = y.as_chunks_mut::<COLUMNS>();
        let first = n * width;
        for (i, y) in whole.iter_mut().enumerate() {
            *y = gather(weights, &v[first + i * COLUMNS..], model);
        }
        let first = first + whole.len() * COLUMNS;
        for (i, y) in rest.iter_mut().enumerate() {
            [*y] = gather(weights, &v[first + i..], model);
        }
    }
}

/// scale·q·kᵀ of one head, those of the room beyond the last key included.
fn scores(scores: &mut [Real], q: &[Real], k: &[Real], scale: Real) {
    let room = k.len() / q.len();
    for (i, scores) in scores.as_chunks_mut::<KEYS>().0.iter_mut().enumerate() {
        let mut sums = [0.0; KEYS];
        for (&q, k) in q.iter().zip(k.chunks_exact(room)) {
            let k: &[Real; KEYS] = &k.as_chunks().0[i];
            sums = from_fn(|j| fma(q, k[j], sums[j]));
        }
        *scores = sums.map(|sum| scale * sum);
    }
}

/// The sum of the values, each times its weight, in some columns: the first of `v`, whose rows are `model` numbers apart.
fn gather<const N: usize>(weights: &[Real], v: &[Real], model: usize) -> [Real; N] {
    let mut sums = [0.0; N];
    for (&weight, v) in weights.iter().zip(v.chunks(model)) {
        let v = v.first_chunk::<N>().expect("rows are wide enough");
        sums = from_fn(|j| fma(weight, v[j], sums[j]));
    }
    sums
}
