//! Softmax and its logarithm over the last axis.

use ndarray::{ArrayD, Axis};

use super::bytes;
use crate::kernels::sum_axis;
use crate::operation::{Backward, Cost, Inputs, Outputs};
use crate::tape::record;
use crate::{Array, Real, Tensor};

/// y = softmax(x) by rows.
struct Softmax {
    y: Array,
}

impl Backward for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }
    fn cost(&self) -> Cost {
        // A maximum, an exponential, a sum and a quotient for each element.
        Cost::elementwise(4 * self.y.len(), 2 * self.y.len())
    }
    fn saved_bytes(&self) -> usize {
        bytes([&self.y])
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // dx_i = y_i · (dy_i - Σ_j dy_j·y_j)
        let last = Axis(self.y.ndim() - 1);
        let mut gradient = dy.only() * &self.y;
        let total = sum_axis(gradient.view(), last.index()).insert_axis(last);
        gradient -= &(&self.y * &total);
        dx.add(0, gradient);
    }
}

/// y = x - ln Σ e^x by rows.
struct LogSoftmax {
    y: Array,
}

impl Backward for LogSoftmax {
    fn name(&self) -> &'static str {
        "log_softmax"
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(4 * self.y.len(), 2 * self.y.len())
    }
    fn saved_bytes(&self) -> usize {
        bytes([&self.y])
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // dx_i = dy_i - e^y_i · Σ_j dy_j
        let dy = dy.only();
        let last = Axis(self.y.ndim() - 1);
        let total = sum_axis(dy.view(), last.index()).insert_axis(last);
        dx.add(0, dy - self.y.mapv(Real::exp) * total);
    }
}

/// x - max x, so that no exponential overflows: NaN throughout in rows without a distribution.
fn shifted(x: &Array) -> ArrayD<Real> {
    let last = Axis(x.ndim() - 1);
    let mut x = x.to_owned();
    for mut row in x.lanes_mut(last) {
        let max = row.fold(Real::NEG_INFINITY, |max, &x| if x > max { x } else { max });
        row -= if max.is_finite() { max } else { Real::NAN };
    }
    x
}

impl Tensor {
    /// e^x_i / Σ_j e^x_j over the last axis: positive numbers that sum to one. An element of -∞ gets exactly 0; a row
    /// with ∞ or NaN in it, or with -∞ alone, has no distribution and becomes NaN.
    ///
    /// # Shapes
    /// - `self`: (…, V); returns the same shape.
    ///
    /// # Panics
    /// If there is no axis.
    #[track_caller]
    pub fn softmax(&self) -> Tensor {
        assert!(!self.shape().is_empty(), "softmax: a tensor without axes");
        let [y] = record(&[self], || {
            let last = Axis(self.shape().len() - 1);
            let mut y = shifted(self.value()).mapv_into(Real::exp);
            y /= &sum_axis(y.view(), last.index()).insert_axis(last);
            let y = y.into_shared();
            ([y.clone()], Softmax { y })
        });
        y
    }

    /// The logarithm of [`softmax`](Self::softmax), without underflow.
    ///
    /// # Shapes
    /// - `self`: (…, V); returns the same shape.
    ///
    /// # Panics
    /// If there is no axis.
    #[track_caller]
    pub fn log_softmax(&self) -> Tensor {
        assert!(!self.shape().is_empty(), "log_softmax: a tensor without axes");
        let [y] = record(&[self], || {
            let last = Axis(self.shape().len() - 1);
            let mut y = shifted(self.value());
            y -= &sum_axis(y.mapv(Real::exp).view(), last.index()).mapv_into(Real::ln).insert_axis(last);
            let y = y.into_shared();
            ([y.clone()], LogSoftmax { y })
        });
        y
    }
}
