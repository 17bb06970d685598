//! Attention of one query, the newest position of a text, over the keys and values that were kept.
//!
//! - `q`, `y`: (N·d_k); head n has the numbers n·d_k..(n+1)·d_k of each
//! - `k`: (KV·d_k, room), of which the first S columns are keys; `v`: (S, KV·d_k)
//!
//! The keys lie as columns, so one number of the query is multiplied with those of [`KEYS`] keys at once, and their scores
//! are running sums side by side. As rows each score would be the sum over a short vector, which takes longer than its
//! products.

use std::array::from_fn;

use tensor::Real;
use tensor::kernels::elementwise::fma;
use tensor::kernels::softmax_row;

use super::Sizes;
use super::bias::BiasValues;

/// Keys whose scores are computed at once; the room for keys is a multiple of it.
pub(crate) const KEYS: usize = 64;

/// Numbers of the values that are added up at once.
const COLUMNS: usize = 32;

/// y = softmax(q·kᵀ/√d_k + bias)·v in every head; nothing is hidden.
pub(crate) fn attend(y: &mut [Real], q: &[Real], k: &[Real], v: &[Real], sizes: Sizes, bias: Option<&BiasValues>) {
    let Sizes { keys, width, scale, .. } = sizes;
    let model = sizes.key_heads * width; // KV·d_k
    let room = k.len() / model;
    let mut weights = vec![0.0; keys.next_multiple_of(KEYS)]; // (S)
    for (n, (y, q)) in y.chunks_exact_mut(width).zip(q.chunks_exact(width)).enumerate() {
        let first = n / sizes.group() * width; // row of the head's keys, and column of its values
        scores(&mut weights, q, &k[first * room..(first + width) * room], scale);
        if let Some(bias) = bias {
            bias.head(n).add_to(&mut weights[..keys], 0);
        }
        weights[keys..].fill(Real::NEG_INFINITY);
        softmax_row(&mut weights);
        let weights = &weights[..keys];
        let (y, v) = gather::<COLUMNS>(y, weights, &v[first..], model);
        let (y, v) = gather::<8>(y, weights, v, model);
        gather::<1>(y, weights, v, model);
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

/// The sum of the values, each times its weight, in the first columns of `v`, whose rows are `model` numbers apart: N columns
/// at once. Returns what is left, fewer than N columns.
fn gather<'a, const N: usize>(
    y: &'a mut [Real],
    weights: &[Real],
    mut v: &'a [Real],
    model: usize,
) -> (&'a mut [Real], &'a [Real]) {
    let (whole, rest) = y.as_chunks_mut::<N>();
    for y in whole {
        let mut sums = [0.0; N];
        for (&weight, v) in weights.iter().zip(v.chunks(model)) {
            let v = v.first_chunk::<N>().expect("rows are wide enough");
            sums = from_fn(|j| fma(weight, v[j], sums[j]));
        }
        *y = sums;
        v = &v[N..];
    }
    (rest, v)
}
