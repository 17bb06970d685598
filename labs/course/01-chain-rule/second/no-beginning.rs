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

fn shares(step: Step, y: f64, dy: f64, values: &[f64]) -> Vec<(usize, f64)> {
    match step {
        Step::Leaf => vec![],
        Step::Add(a, b) => vec![(a, dy), (b, dy)],
        Step::Multiply(a, b) => vec![(a, dy * values[b]), (b, dy * values[a])],
        Step::Tanh(a) => vec![(a, dy * (1.0 - y * y))],
    }
}

pub fn backward(tape: &[Step], values: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0f64; values.len()];
    for k in (0..tape.len()).rev() {
        for (to, share) in shares(tape[k], values[k], out[k], values) {
            out[to] += share;
        }
    }
    out
}
