//! What both kinds of attention share: from scores to weights, and from weights to the mean of the states.

mod additive;
mod fused;
pub(crate) mod kernel;
pub(crate) mod long_sum;
mod multiplicative;

use tensor::Tensor;

use crate::Memory;

pub(crate) use fused::{attend, cost};

/// The sizes of one look at the memory, checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// B.
    pub batch: usize,
    /// T.
    pub queries: usize,
    /// S.
    pub positions: usize,
    /// A, the width in which queries and keys are compared.
    pub width: usize,
    /// C, the width of a state.
    pub states: usize,
}

impl Sizes {
    #[track_caller]
    pub(crate) fn additive(h: &Tensor, memory: &Memory, w_q: &Tensor, v: &Tensor) -> Self {
        let (h, w_q, v) = (h.shape(), w_q.shape(), v.shape());
        match (h, w_q, v, Self::of(memory)) {
            (&[batch, queries, hidden], &[a, i], &[width], Some(sizes))
                if queries > 0 && batch == sizes.batch && hidden == i && [a, width] == [sizes.width; 2] =>
            {
                Sizes { queries, ..sizes }
            }
            _ => panic!(
                "additive attention: queries {h:?}, w_q {w_q:?}, v {v:?} and {} do not fit (B, T > 0, H), (A, H), (A), \
                 (B, S, C), (B, S, A) and B lengths of 1 to S",
                shapes(memory)
            ),
        }
    }

    #[track_caller]
    pub(crate) fn multiplicative(h: &Tensor, memory: &Memory) -> Self {
        match (h.shape(), Self::of(memory)) {
            (&[batch, queries, hidden], Some(sizes))
                if queries > 0 && [batch, hidden] == [sizes.batch, sizes.width] =>
            {
                Sizes { queries, ..sizes }
            }
            _ => panic!(
                "multiplicative attention: queries {:?} and {} do not fit (B, T > 0, H), (B, S, C), (B, S, H) and B lengths \
                 of 1 to S",
                h.shape(),
                shapes(memory)
            ),
        }
    }

    /// The sizes of a memory before anyone looks at it, if its parts fit together.
    pub(crate) fn of(memory: &Memory) -> Option<Self> {
        let Memory { states, keys, lengths } = memory;
        match (states.shape(), keys.shape()) {
            (&[batch, positions, states], &[b, s, width])
                if [b, s, lengths.len()] == [batch, positions, batch]
                    && [positions, states, width].iter().all(|&size| size > 0)
                    && lengths.iter().all(|length| (1..=positions).contains(length)) =>
            {
                Some(Sizes { batch, queries: 0, positions, width, states })
            }
            _ => None,
        }
    }
}

/// The shapes of a memory, for a message.
pub(crate) fn shapes(memory: &Memory) -> String {
    format!("states {:?}, keys {:?}, lengths {:?}", memory.states.shape(), memory.keys.shape(), memory.lengths)
}

/// The alignment α = softmax(scores), with the padding hidden, and the context Σ_j α_j s_j.
///
/// # Shapes
/// - `scores`: (B, T, S); returns z (B, T, C) and α (B, T, S)
pub(crate) fn weigh(scores: &Tensor, memory: &Memory) -> [Tensor; 2] {
    // ANCHOR: weigh
    let alignment = match memory.mask() {
        None => scores.softmax(),
        Some(mask) => within(&(&within(scores, memory) + &mask).softmax(), memory), // e^-∞ = 0
    };
    [alignment.matmul(&memory.states.within(&memory.lengths)), alignment] // (B, T, C), (B, T, S)
    // ANCHOR_END: weigh
}

/// (B, T, S) with zeros in the padding of the last axis, through which no gradient comes back.
fn within(scores: &Tensor, memory: &Memory) -> Tensor {
    scores.permute(&[0, 2, 1]).within(&memory.lengths).permute(&[0, 2, 1])
}
