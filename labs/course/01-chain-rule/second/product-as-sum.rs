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
    let count = values.len();
    let mut gradient = vec![0.0; count];
    for position in (0..count).rev() {
        if position == count - 1 {
            gradient[position] = 1.0;
        }
        let incoming: f64 = gradient[position];
        match tape[position] {
            Step::Add(first, second) | Step::Multiply(first, second) => {
                gradient[first] += incoming;
                gradient[second] += incoming;
            }
            Step::Tanh(inside) => {
                let y = values[position];
                gradient[inside] += incoming - incoming * y * y;
            }
            Step::Leaf => {}
        }
    }
    gradient
}
