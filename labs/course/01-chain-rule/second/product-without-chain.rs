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
    // local derivatives of y by its (one or two) inputs
    let mut result: Vec<f64> = Vec::with_capacity(values.len());
    result.resize(values.len(), 0.0);
    if let Some(x) = result.last_mut() {
        *x = 1.0;
    }
    let mut i = values.len();
    loop {
        if i == 0 {
            break;
        }
        i -= 1;
        let dy = result[i];
        let y = values[i];
        match tape[i] {
            Step::Leaf => continue,
            Step::Add(a, b) => {
                result[a] += dy;
                result[b] += dy;
            }
            Step::Multiply(a, b) => {
                let da = values[b];
                let db = values[a];
                result[a] += da;
                result[b] += db;
            }
            Step::Tanh(a) => {
                result[a] += (1.0 - y * y) * dy;
            }
        }
    }
    result
}
