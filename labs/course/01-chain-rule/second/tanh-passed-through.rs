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

fn give(grads: &mut [f64], who: usize, share: f64) {
    grads[who] = grads[who] + share;
}

pub fn backward(tape: &[Step], values: &[f64]) -> Vec<f64> {
    let mut grads = vec![0.0; tape.len()];
    let mut is_loss = true;
    for (at, step) in tape.iter().copied().enumerate().rev() {
        if is_loss {
            give(&mut grads, at, 1.0);
            is_loss = false;
        }
        let dy = grads[at];
        match step {
            Step::Leaf => {}
            Step::Add(a, b) => {
                give(&mut grads, a, dy);
                give(&mut grads, b, dy);
            }
            Step::Multiply(a, b) => {
                give(&mut grads, b, dy * values[a]);
                give(&mut grads, a, dy * values[b]);
            }
            Step::Tanh(a) => give(&mut grads, a, dy),
        }
    }
    grads
}
