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
    let mut g: Vec<f64> = tape.iter().map(|_| 0.0).collect();
    if let Some(end) = g.last_mut() {
        *end = 1.0;
    }
    for (place, (step, y)) in tape.iter().zip(values).enumerate() {
        let dy = g[place];
        match step {
            Step::Leaf => continue,
            Step::Add(left, right) => {
                g[*left] += dy;
                g[*right] += dy;
            }
            Step::Multiply(left, right) => {
                let (l, r) = (values[*left], values[*right]);
                g[*left] += r * dy;
                g[*right] += l * dy;
            }
            Step::Tanh(inner) => g[*inner] += dy * (1.0 - y.powi(2)),
        }
    }
    g
}
