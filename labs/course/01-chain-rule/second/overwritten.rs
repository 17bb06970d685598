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
    let n = tape.len();
    let mut grads = vec![0.0; n];
    if n == 0 {
        return grads;
    }
    grads[n - 1] = 1.0;
    for i in (0..n).rev() {
        let dy = grads[i];
        match tape[i] {
            Step::Leaf => {}
            Step::Add(a, b) => {
                grads[a] = dy;
                grads[b] = dy;
            }
            Step::Multiply(a, b) => {
                grads[a] = dy * values[b];
                grads[b] = dy * values[a];
            }
            Step::Tanh(a) => {
                grads[a] = dy * (1.0 - values[i] * values[i]);
            }
        }
    }
    grads
}
