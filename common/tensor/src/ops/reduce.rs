//! Sums and means.

use ndarray::{ArrayD, Axis, Dimension, IxDyn};

use super::standard;
use crate::kernels;
use crate::operation::{Backward, Cost, Inputs, Outputs};
use crate::tape::record;
use crate::{Real, Tensor};

/// Every element of the input was added to one of the output, so each receives that one's gradient.
struct Sum {
    shape: IxDyn,
    axis: Option<usize>,
}

impl Backward for Sum {
    fn name(&self) -> &'static str {
        if self.axis.is_some() { "sum_axis" } else { "sum" }
    }
    fn cost(&self) -> Cost {
        let n = self.shape.size();
        Cost::elementwise(n, n)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = dy.only();
        let dy = if let Some(axis) = self.axis { dy.insert_axis(Axis(axis)) } else { dy };
        dx.add(0, dy.broadcast(self.shape).unwrap().to_owned());
    }
}

impl Tensor {
    /// The sum of all elements, a tensor without axes.
    pub fn sum(&self) -> Tensor {
        let [y] = record(&[self], || {
            let sum = kernels::sum(standard(self.value()).as_slice().expect("just made standard"));
            let shape = self.value().raw_dim();
            ([ArrayD::from_elem(IxDyn(&[]), sum).into_shared()], Sum { shape, axis: None })
        });
        y
    }

    /// The mean of all elements, a tensor without axes.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    pub fn mean(&self) -> Tensor {
        assert!(!self.value().is_empty(), "mean: no elements in a tensor of shape {:?}", self.shape());
        self.sum().scale(1.0 / self.value().len() as Real)
    }

    /// The sum over one axis, which disappears.
    ///
    /// # Shapes
    /// - `self`: any; returns its shape without `axis`.
    ///
    /// # Panics
    /// If there is no such axis.
    #[track_caller]
    pub fn sum_axis(&self, axis: usize) -> Tensor {
        assert!(axis < self.shape().len(), "sum_axis: shape {:?} has no axis {axis}", self.shape());
        let [y] = record(&[self], || {
            let y = kernels::sum_axis(self.value().view(), axis);
            ([y.into_shared()], Sum { shape: self.value().raw_dim(), axis: Some(axis) })
        });
        y
    }
}
