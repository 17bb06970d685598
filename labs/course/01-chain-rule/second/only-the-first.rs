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

pub fn backward(tape: &[Step], values: &[f64]) -> Vec<f64> {
    let mut grads = vec![0.0; values.len()];
    if !grads.is_empty() {
        let end = grads.len() - 1;
        grads[end] = 1.0;
    }
    for i in (0..tape.len()).rev() {
        let (input, local) = match tape[i] {
            Step::Leaf => continue,
            Step::Add(a, _) => (a, 1.0),
            Step::Multiply(a, b) => (a, values[b]),
            Step::Tanh(a) => (a, 1.0 - values[i].powi(2)),
        };
        grads[input] += grads[i] * local;
    }
    grads
}
