//! Cross-entropy with ignored tokens, and its gradient.
//!
//! A row of logits z is what a model says about the next token. Its softmax p is a probability for each of the V tokens:
//!
//! ```text
//! p_v = e^z_v / Σ_u e^z_u
//! loss = - 1/n Σ ln p_target             over the n rows whose target is not IGNORE
//! ∂loss/∂z_v = 1/n (p_v - [v = target])  in these rows, and 0 in the others
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | z | logits | (M, V) |
//! | | targets: below V, or `IGNORE` where a row is padding | (M) |
//! | n | how many rows count, at least one | |

use ndarray::{Array1, Array2};

/// The target of a row that does not count.
pub const IGNORE: usize = usize::MAX;

/// The mean loss in nats, of the rows that count. It is right however large the logits are.
///
/// # Shapes
/// - `logits`: (M, V), `targets`: (M)
pub fn cross_entropy(logits: &Array2<f64>, targets: &Array1<usize>) -> f64 {
    todo!()
}

/// Its gradient by the logits.
///
/// # Shapes
/// - `logits`: (M, V), `targets`: (M); returns (M, V)
pub fn cross_entropy_gradient(logits: &Array2<f64>, targets: &Array1<usize>) -> Array2<f64> {
    todo!()
}
