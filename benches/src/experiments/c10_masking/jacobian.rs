//! Every derivative of every output position by every input position.

use data::Token;
use ndarray::{Array3, ArrayView2, ArrayView3, Axis, Ix3, s};
use report::statistics::largest;
use serde::{Deserialize, Serialize};
use tensor::{Context, Parameters, Real, Tensor};

/// How the outputs of a causal sequence depend on its inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jacobian {
    /// ‖d y_t / d x_s‖, the Frobenius norm over the elements of both vectors, (T, T); row t, column s.
    pub norms: Vec<Vec<f64>>,
    /// Elements d y_t / d x_s with s > t.
    pub future: usize,
    /// Those of them that are not exactly zero.
    pub future_not_zero: usize,
    /// Elements with s ≤ t that are not exactly zero: a measurement that found none could not have found the others.
    pub past_not_zero: usize,
}

impl Jacobian {
    /// Measures the outputs that `forward` computes from `x`.
    ///
    /// Each element of the output gets a row of one batch to itself, so that one backward pass gives all derivatives and no
    /// two of them can cancel.
    ///
    /// # Shapes
    /// - `x`: (T, D); `forward`: (B, T, D) to (B, T, K).
    pub fn measure(
        parameters: &Parameters,
        x: ArrayView2<'_, Real>,
        forward: impl Fn(&Context<'_>, &Tensor) -> Tensor,
    ) -> Self {
        let (positions, inputs) = x.dim();
        let one = x.insert_axis(Axis(0)); // (1, T, D)
        let outputs = forward(&Context::eval(parameters), &Tensor::constant(one.to_owned())).shape()[2];

        let cx = Context::train(parameters, 0, 0);
        let rows = positions * outputs;
        let repeated = one.broadcast((rows, positions, inputs)).expect("one sequence fits any number of rows");
        let leaf = cx.leaf(repeated.to_owned()); // (T·K, T, D)
        let y = forward(&cx, &leaf); // (T·K, T, K)
        let mut dy = Array3::zeros((rows, positions, outputs));
        for row in 0..rows {
            dy[[row, row / outputs, row % outputs]] = 1.0;
        }
        let gradients = y.backward_with(dy.into_dyn());
        match gradients.of(&leaf) {
            Some(dx) => Self::of(dx.into_dimensionality::<Ix3>().expect("a gradient has its value's shape"), outputs),
            None => Self::of(Array3::zeros((rows, positions, inputs)).view(), outputs),
        }
    }

    /// Measures the outputs of a model that takes tokens, by the rows of its table of vectors that these tokens name. The
    /// tokens all differ, so each row is the input of one position.
    ///
    /// All elements of the output share the table, so each takes a pass of its own.
    ///
    /// # Shapes
    /// - `table`: the name of a parameter, (V, E); `tokens`: (T); `forward` returns (1, T, K).
    ///
    /// # Panics
    /// If there is no such parameter.
    #[track_caller]
    pub fn by_tokens(
        parameters: &Parameters,
        table: &str,
        tokens: &[Token],
        forward: impl Fn(&Context<'_>) -> Tensor,
    ) -> Self {
        let id = parameters.find(table).unwrap_or_else(|| panic!("by_tokens: no parameter is called {table}"));
        let (positions, inputs) = (tokens.len(), parameters.get(id).value().shape()[1]);
        let outputs = forward(&Context::eval(parameters)).shape()[2];
        let mut dx = Array3::zeros((positions * outputs, positions, inputs));
        for (row, mut of_row) in dx.outer_iter_mut().enumerate() {
            let mut dy = Array3::zeros((1, positions, outputs));
            dy[[0, row / outputs, row % outputs]] = 1.0;
            let gradients = forward(&Context::train(parameters, 0, 0)).backward_with(dy.into_dyn());
            let Some(gradient) = gradients.get(id) else { continue };
            for (mut of_token, &token) in of_row.outer_iter_mut().zip(tokens) {
                of_token.assign(&gradient.slice(s![token as usize, ..]));
            }
        }
        Self::of(dx.view(), outputs)
    }

    /// # Shapes
    /// - `dx`: (T·K, T, D), row t·K + j the derivatives of element j of output t.
    fn of(dx: ArrayView3<'_, Real>, outputs: usize) -> Self {
        let (_, positions, inputs) = dx.dim();
        let mut norms = vec![vec![0.0; positions]; positions];
        let [mut future_not_zero, mut past_not_zero] = [0; 2];
        for ((row, s, _), &derivative) in dx.indexed_iter() {
            let t = row / outputs;
            norms[t][s] += f64::from(derivative).powi(2);
            if derivative != 0.0 {
                *(if s > t { &mut future_not_zero } else { &mut past_not_zero }) += 1;
            }
        }
        let future = positions * (positions - 1) / 2 * outputs * inputs;
        norms.iter_mut().flatten().for_each(|norm| *norm = norm.sqrt());
        Self { norms, future, future_not_zero, past_not_zero }
    }

    /// Whether every derivative is a number. One that is not is not zero either, and would count as seen.
    pub fn is_of_numbers(&self) -> bool {
        !self.norms.iter().flatten().any(|norm| norm.is_nan())
    }

    /// The largest ‖d y_t / d x_s‖ with s > t.
    pub fn largest_future(&self) -> f64 {
        largest(self.norms.iter().enumerate().flat_map(|(t, row)| &row[t + 1..]).copied())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// y_t = 3·x_t + 4·x_{t+1}, the last y looking back at the first x.
    #[test]
    fn a_shift_leaks_and_is_found() {
        let x = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let mixing = Tensor::constant(array![[3.0, 4.0, 0.0], [0.0, 3.0, 4.0], [4.0, 0.0, 3.0]]);
        let jacobian = Jacobian::measure(&Parameters::new(), x.view(), |_, x| {
            x.permute(&[0, 2, 1]).linear(&mixing, None).permute(&[0, 2, 1])
        });
        let (three, four) = (3.0 * 2f64.sqrt(), 4.0 * 2f64.sqrt());
        let expected = [[three, four, 0.0], [0.0, three, four], [four, 0.0, three]];
        let norms = jacobian.norms.iter().flatten().zip(expected.as_flattened());
        assert!(norms.into_iter().all(|(norm, expected)| (norm - expected).abs() < 1e-6), "{:?}", jacobian.norms);
        assert_eq!((jacobian.future, jacobian.future_not_zero, jacobian.past_not_zero), (12, 4, 8));
        assert!((jacobian.largest_future() - four).abs() < 1e-6);
        assert!(jacobian.is_of_numbers());
        let infinite = Tensor::constant(mixing.value() * tensor::Real::INFINITY); // 0·∞ where nothing leaks
        let jacobian = Jacobian::measure(&Parameters::new(), x.view(), |_, x| {
            x.permute(&[0, 2, 1]).linear(&infinite, None).permute(&[0, 2, 1])
        });
        assert!(!jacobian.is_of_numbers() && jacobian.largest_future().is_nan());
    }
}
