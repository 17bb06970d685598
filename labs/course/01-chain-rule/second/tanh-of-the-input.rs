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

fn dtanh(x: f64) -> f64 {
    1.0 - x.powi(2)
}

pub fn backward(tape: &[Step], values: &[f64]) -> Vec<f64> {
    let mut grads = vec![0.0; values.len()];
    let Some(last) = values.len().checked_sub(1) else {
        return grads;
    };
    grads[last] = 1.0;
    for idx in (0..=last).rev() {
        let g = grads[idx];
        match tape[idx] {
            Step::Tanh(a) => grads[a] += g * dtanh(values[a]),
            Step::Multiply(a, b) => {
                grads[a] += values[b] * g;
                grads[b] += values[a] * g;
            }
            Step::Add(a, b) => {
                grads[a] += g;
                grads[b] += g;
            }
            Step::Leaf => {}
        }
    }
    grads
}
