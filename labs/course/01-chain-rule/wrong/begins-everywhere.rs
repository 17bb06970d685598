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
    let mut gradients = vec![1.0; tape.len()];
    for at in (0..tape.len()).rev() {
        let dy = gradients[at];
        match tape[at] {
            Step::Leaf => {}
            Step::Add(a, b) => {
                gradients[a] += dy;
                gradients[b] += dy;
            }
            Step::Multiply(a, b) => {
                gradients[a] += dy * values[b];
                gradients[b] += dy * values[a];
            }
            Step::Tanh(a) => gradients[a] += dy * (1.0 - values[at] * values[at]),
        }
    }
    gradients
}
