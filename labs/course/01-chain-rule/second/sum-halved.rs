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
    let mut dv = vec![0.0; values.len()];
    if let Some(dloss) = dv.last_mut() {
        *dloss = 1.0;
    }
    for i in (0..values.len()).rev() {
        let (before, from) = dv.split_at_mut(i);
        let dy = from[0];
        match tape[i] {
            Step::Leaf => {}
            Step::Add(a, b) => {
                let half = 0.5 * dy;
                before[a] += half;
                before[b] += half;
            }
            Step::Multiply(a, b) => {
                before[a] += dy * values[b];
                before[b] += dy * values[a];
            }
            Step::Tanh(a) => before[a] += dy * (1.0 - values[i] * values[i]),
        }
    }
    dv
}
