//! Sums, differences, products and quotients, element by element, with numpy's broadcasting.

use ndarray::{ArrayD, Axis, Zip};

use super::bytes;
use crate::kernels::sum_axis;
use crate::operation::{Backward, Cost, Inputs, Outputs};
use crate::tape::record;
use crate::{Array, Real, Tensor, shared};

/// Sums a gradient over the axes along which an operand of shape `shape` was repeated.
fn unbroadcast(mut dy: ArrayD<Real>, shape: &[usize]) -> ArrayD<Real> {
    while dy.ndim() > shape.len() {
        dy = sum_axis(dy.view(), 0);
    }
    for (axis, &length) in shape.iter().enumerate() {
        if length == 1 && dy.shape()[axis] != 1 {
            dy = sum_axis(dy.view(), axis).insert_axis(Axis(axis));
        }
    }
    dy
}

/// The shape of two operands after broadcasting: aligned at the right, equal or 1.
#[track_caller]
fn broadcast_shape(operation: &str, a: &Tensor, b: &Tensor) -> Vec<usize> {
    let rank = a.shape().len().max(b.shape().len());
    let length = |x: &Tensor, axis: usize| (axis + x.shape().len()).checked_sub(rank).map_or(1, |axis| x.shape()[axis]);
    let mut shape = Vec::with_capacity(rank);
    for axis in 0..rank {
        match (length(a, axis), length(b, axis)) {
            (m, n) if m == n || n == 1 => shape.push(m),
            (1, n) => shape.push(n),
            _ => panic!("{operation}: shapes {:?} and {:?} do not broadcast", a.shape(), b.shape()),
        }
    }
    shape
}

/// Both operands repeated to their common shape, combined element by element.
fn combine(shape: &[usize], a: &Tensor, b: &Tensor, f: impl Fn(Real, Real) -> Real) -> Array {
    let repeated = "the shapes were checked to broadcast";
    let (a, b) = (a.value().broadcast(shape).expect(repeated), b.value().broadcast(shape).expect(repeated));
    shared(Zip::from(&a).and(&b).map_collect(|&a, &b| f(a, b)))
}

/// c = a + sign·b.
struct Sum {
    a: Vec<usize>,
    b: Vec<usize>,
    sign: Real,
    elements: usize,
}

impl Backward for Sum {
    fn name(&self) -> &'static str {
        if self.sign > 0.0 { "add" } else { "subtract" }
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(self.elements, 3 * self.elements)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dc = dy.only();
        if dx.wants(1) {
            let db = if self.sign > 0.0 { dc.clone() } else { -&dc };
            dx.add(1, unbroadcast(db, &self.b));
        }
        dx.add(0, unbroadcast(dc, &self.a));
    }
}

/// c = a·b.
struct Product {
    a: Array,
    b: Array,
    elements: usize,
}

impl Backward for Product {
    fn name(&self) -> &'static str {
        "multiply"
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(self.elements, 3 * self.elements)
    }
    fn saved_bytes(&self) -> usize {
        bytes([&self.a, &self.b])
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dc = dy.only();
        if dx.wants(0) {
            dx.add(0, unbroadcast(&dc * &self.b, self.a.shape()));
        }
        if dx.wants(1) {
            dx.add(1, unbroadcast(dc * &self.a, self.b.shape()));
        }
    }
}

/// c = a / b.
struct Quotient {
    a: Array,
    b: Array,
    elements: usize,
}

impl Backward for Quotient {
    fn name(&self) -> &'static str {
        "divide"
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(self.elements, 3 * self.elements)
    }
    fn saved_bytes(&self) -> usize {
        bytes([&self.a, &self.b])
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // dc/da = 1 / b and dc/db = -a / b²
        let da = dy.only() / &self.b;
        if dx.wants(1) {
            dx.add(1, unbroadcast(-(&da * &self.a / &self.b), self.b.shape()));
        }
        dx.add(0, unbroadcast(da, self.a.shape()));
    }
}

impl Tensor {
    #[track_caller]
    fn plus(&self, b: &Tensor, sign: Real) -> Tensor {
        let shape = broadcast_shape(if sign > 0.0 { "add" } else { "subtract" }, self, b);
        let [c] = record(&[self, b], || {
            let c = combine(&shape, self, b, |a, b| a + sign * b);
            let (left, right, elements) = (self.shape().to_vec(), b.shape().to_vec(), c.len());
            ([c], Sum { a: left, b: right, sign, elements })
        });
        c
    }
}

impl std::ops::Add for &Tensor {
    type Output = Tensor;
    /// a + b, broadcasting.
    #[track_caller]
    fn add(self, b: &Tensor) -> Tensor {
        self.plus(b, 1.0)
    }
}

impl std::ops::Sub for &Tensor {
    type Output = Tensor;
    /// a - b, broadcasting.
    #[track_caller]
    fn sub(self, b: &Tensor) -> Tensor {
        self.plus(b, -1.0)
    }
}

impl std::ops::Mul for &Tensor {
    type Output = Tensor;
    /// a · b, element by element (Hadamard), broadcasting.
    #[track_caller]
    fn mul(self, b: &Tensor) -> Tensor {
        let shape = broadcast_shape("multiply", self, b);
        let [c] = record(&[self, b], || {
            let c = combine(&shape, self, b, |a, b| a * b);
            let elements = c.len();
            ([c], Product { a: self.value().clone(), b: b.value().clone(), elements })
        });
        c
    }
}

impl std::ops::Div for &Tensor {
    type Output = Tensor;
    /// a / b, element by element, broadcasting.
    #[track_caller]
    fn div(self, b: &Tensor) -> Tensor {
        let shape = broadcast_shape("divide", self, b);
        let [c] = record(&[self, b], || {
            let c = combine(&shape, self, b, |a, b| a / b);
            let elements = c.len();
            ([c], Quotient { a: self.value().clone(), b: b.value().clone(), elements })
        });
        c
    }
}

struct Affine {
    factor: Real,
    elements: usize,
}

impl Backward for Affine {
    fn name(&self) -> &'static str {
        "affine"
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(2 * self.elements, 2 * self.elements)
    }
    fn saved_bytes(&self) -> usize {
        0
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        dx.add(0, dy.only() * self.factor);
    }
}

impl Tensor {
    /// factor · x + offset.
    #[track_caller]
    pub fn affine(&self, factor: Real, offset: Real) -> Tensor {
        let [y] = record(&[self], || {
            let y = self.value().mapv(|x| factor * x + offset);
            ([y.into_shared()], Affine { factor, elements: self.value().len() })
        });
        y
    }

    /// factor · x.
    #[track_caller]
    pub fn scale(&self, factor: Real) -> Tensor {
        self.affine(factor, 0.0)
    }
}

impl std::ops::Neg for &Tensor {
    type Output = Tensor;
    /// -x.
    fn neg(self) -> Tensor {
        self.scale(-1.0)
    }
}
