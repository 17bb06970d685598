//! The chain rule on a tape (reverse-mode differentiation; Linnainmaa 1970).
//!
//! A computation is a list of steps, each of which makes a value of values before it. The last value is the loss. Its
//! gradient is found by walking the list backwards, once:
//!
//! ```text
//! dy is the gradient of the loss by a value y; the loss by itself has dy = 1
//! y = a + b       gives a the share dy, and b the share dy
//! y = a * b       gives a the share dy * b, and b the share dy * a
//! y = tanh(a)     gives a the share dy * (1 - y²)
//! ```
//!
//! What is used several times gets several shares.

/// How a value of the tape was made; numbers of values are their places on the tape.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It was given.
    Leaf,
    /// The sum of two values.
    Add(usize, usize),
    /// Their product.
    Multiply(usize, usize),
    /// The tanh of a value.
    Tanh(usize),
}

/// The gradient of the last value by every value.
///
/// # Shapes
/// - `tape` and `values`: one for each value, in the order in which they were made; returns as many
pub fn backward(tape: &[Step], values: &[f64]) -> Vec<f64> {
    todo!()
}
