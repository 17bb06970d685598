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

/// Value by value: how fast the last one changes if this one does, carried forwards.
pub fn backward(tape: &[Step], values: &[f64]) -> Vec<f64> {
    let change = |from: usize| {
        let mut changes = vec![0.0; tape.len()];
        for (at, step) in tape.iter().enumerate() {
            changes[at] = match *step {
                Step::Leaf => 0.0,
                Step::Add(a, b) => changes[a] + changes[b],
                Step::Multiply(a, b) => values[b] * changes[a] + values[a] * changes[b],
                Step::Tanh(a) => changes[a] / values[a].cosh().powi(2),
            };
            if at == from {
                changes[at] = 1.0;
            }
        }
        changes[tape.len() - 1]
    };
    (0..tape.len()).map(change).collect()
}
