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
    let n = values.len();
    let mut adj = vec![0.0; n];
    if n > 0 {
        adj[n - 1] += 1.0;
    }
    (0..n).rev().for_each(|i| match tape[i] {
        Step::Leaf => (),
        Step::Add(l, r) => {
            let s = adj[i];
            adj[l] += s;
            adj[r] += s;
        }
        Step::Multiply(l, r) => {
            let s = adj[i];
            adj[l] += s * values[r];
            adj[r] += s * values[l];
        }
        Step::Tanh(l) => {
            let t = values[i];
            adj[l] += (1.0 - t) * (1.0 + t);
        }
    });
    adj
}
