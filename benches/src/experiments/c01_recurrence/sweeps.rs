//! Another evaluation of the same recurrence: all steps at once, from a guess of all states, until nothing moves.

use lstm::{Lstm, LstmInit};
use ndarray::Array3;
use ndarray_rand::{rand::Rng, rand_distr::StandardNormal};
use report::statistics::largest;
use rnn::{Elman, ElmanOptions, PassOptions, Recurrence, Recurrent};
use tensor::{Context, Init, Parameters, Tensor, concat, stream};

use crate::study::operations::Operations;

/// T.
pub const LENGTH: usize = 256;
/// H, and the width of the inputs.
pub const WIDTH: usize = 32;
/// No state moves farther in the last sweep.
pub const TOLERANCE: f64 = 1e-6;

/// One cell, read step by step and in sweeps over all steps.
pub struct Sweeps {
    pub number: usize,
    pub step_by_step: Operations,
    pub in_sweeps: Operations,
    /// How far the outputs are apart at most.
    pub error: f64,
}

/// How a cell of this seed is evaluated.
type Evaluation = fn(u64) -> Sweeps;

/// Untrained cells, from those that forget soon to those that do not.
pub const CELLS: [(&str, Evaluation); 4] = [
    ("RNN", |seed| evaluate::<Elman>(ElmanOptions::default(), seed)),
    ("LSTM", |seed| evaluate::<Lstm>(LstmInit::default(), seed)),
    ("RNN, orthogonal start", |seed| {
        evaluate::<Elman>(ElmanOptions { recurrence: Recurrence::Orthogonal, ..ElmanOptions::default() }, seed)
    }),
    ("LSTM, chrono start", |seed| evaluate::<Lstm>(LstmInit::Chrono { horizon: LENGTH as f64 }, seed)),
];

/// Evaluates a layer over random inputs in both ways.
///
/// A sweep computes every state from the guess of the one before it, h_t ← f(x_t, h_(t-1)), for all t at once. It makes
/// one more state right at least, and nearly right all those that hardly depend on what was read long before.
fn evaluate<R: Recurrent>(options: R::Options, seed: u64) -> Sweeps {
    let mut parameters = Parameters::new();
    let layer = R::new(&mut Init::new(&mut parameters, seed), "l0", WIDTH, WIDTH, options);
    let cx = Context::eval(&parameters);
    let literal = PassOptions { form: nn::Form::Literal, ..PassOptions::default() };
    let mut rng = stream(seed, 0, "inputs of C1");
    let x = Array3::from_shape_simple_fn((1, LENGTH, WIDTH), || rng.sample(StandardNormal));
    let x = Tensor::constant(x); // (1, T, I)
    let (exact, step_by_step) = Operations::count(|| layer.forward(&cx, &x, &layer.empty(1), literal).0); // (1, T, H)

    let steps = x.reshape(&[LENGTH, 1, WIDTH]); // every step is a row of its own
    let mut states = layer.empty(LENGTH); // (T, H) each
    let mut number = 0;
    let (swept, in_sweeps) = Operations::count(|| {
        for sweep in 1..=LENGTH {
            let shifted = states.iter().zip(layer.empty(1));
            let before = shifted.map(|(states, zeros)| concat(0, &[&zeros, &states.slice(0, 0..LENGTH - 1)]));
            let after = layer.forward(&cx, &steps, &before.collect::<Vec<_>>(), literal).1;
            let moved = largest(after.iter().zip(&states).map(|(after, states)| distance(after, states)));
            (states, number) = (after, sweep);
            if moved <= TOLERANCE {
                break;
            }
        }
        states[0].clone()
    });
    Sweeps { number, step_by_step, in_sweeps, error: distance(&swept, &exact.reshape(swept.shape())) }
}

/// The largest difference of two numbers at the same place.
fn distance(a: &Tensor, b: &Tensor) -> f64 {
    largest((&a.value().view() - &b.value().view()).iter().map(|&difference| f64::from(difference).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_give_what_steps_give_and_more_of_them_are_needed_where_a_cell_forgets_less() {
        let [rnn, lstm, orthogonal, chrono] = CELLS.map(|(_, sweeps)| sweeps(1));
        for cell in [&rnn, &lstm, &orthogonal, &chrono] {
            assert!(cell.error < 1e-4, "{}", cell.error);
            assert_eq!(cell.in_sweeps.work, cell.number as u64 * cell.step_by_step.work);
        }
        // Product, sum, tanh.
        assert_eq!([rnn.step_by_step.span, rnn.in_sweeps.span], [LENGTH, rnn.number].map(|n| 3 * n as u64));
        assert!(rnn.number < orthogonal.number && lstm.number < chrono.number);
    }
}
