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

use ndarray::Array1;

pub fn backward(tape: &[Step], values: &[f64]) -> Vec<f64> {
    let mut grad = Array1::<f64>::ones(values.len());
    let mut k = tape.len();
    while k > 0 {
        k -= 1;
        let up = grad[k];
        if let Step::Add(p, q) = tape[k] {
            grad[p] += up;
            grad[q] += up;
        } else if let Step::Multiply(p, q) = tape[k] {
            grad[p] += up * values[q];
            grad[q] += up * values[p];
        } else if let Step::Tanh(p) = tape[k] {
            let slope = 1.0 - values[k] * values[k];
            grad[p] += up * slope;
        }
    }
    grad.to_vec()
}
