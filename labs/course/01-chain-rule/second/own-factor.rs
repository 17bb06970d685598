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
    let mut d = vec![0.0; values.len()];
    if let Some(loss) = d.last_mut() {
        *loss = 1.0;
    }
    for (i, step) in tape.iter().enumerate().rev() {
        match *step {
            Step::Leaf => (),
            Step::Add(a, b) => {
                for input in [a, b] {
                    d[input] += d[i];
                }
            }
            Step::Multiply(a, b) => {
                for input in [a, b] {
                    d[input] += d[i] * values[input];
                }
            }
            Step::Tanh(a) => d[a] += d[i] * (1.0 - values[i] * values[i]),
        }
    }
    d
}
