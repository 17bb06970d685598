//! Sums, differences, products and quotients, element by element, with numpy's broadcasting.

use ndarray::{ArrayD, Axis, Zip};

use super::bytes;
use crate::tape::{Backward, Cost, Inputs, Outputs, record};
use crate::{Array, Real, Tensor, shared};

/// Sums a gradient over the axes along which an operand of shape `shape` was repeated.
fn unbroadcast(mut dy: ArrayD<Real>, shape: &[usize]) -> ArrayD<Real> {
    while dy.ndim() > shape.len() {
        dy = dy.sum_axis(Axis(0));
    }
    for (axis, &length) in shape.iter().enumerate() {
        if length == 1 && dy.shape()[axis] != 1 {
            dy = dy.sum_axis(Axis(axis)).insert_axis(Axis(axis));
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

/// c = f(a, b), and how dc becomes the gradients of both.
struct Binary {
    name: &'static str,
    a: Array,
    b: Array,
    elements: usize,
    /// (dc, a, b) -> da, before summing over broadcast axes; likewise db.
    da: fn(Real, Real, Real) -> Real,
    db: fn(Real, Real, Real) -> Real,
    /// Whether the derivatives read a and b at all.
    reads_operands: bool,
}

impl Backward for Binary {
    fn name(&self) -> &'static str {
        self.name
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(self.elements, self.a.len() + self.b.len() + self.elements)
    }
    fn saved_bytes(&self) -> usize {
        if self.reads_operands { bytes([&self.a, &self.b]) } else { 0 }
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dc = dy.only();
        let (a, b) = (self.a.broadcast(dc.raw_dim()).unwrap(), self.b.broadcast(dc.raw_dim()).unwrap());
        let gradient =
            |d: fn(Real, Real, Real) -> Real| Zip::from(&dc).and(&a).and(&b).map_collect(|&dc, &a, &b| d(dc, a, b));
        if dx.wants(0) {
            dx.add(0, unbroadcast(gradient(self.da), self.a.shape()));
        }
        if dx.wants(1) {
            dx.add(1, unbroadcast(gradient(self.db), self.b.shape()));
        }
    }
}

type Rule = fn(Real, Real, Real) -> Real;

#[track_caller]
fn binary(name: &'static str, a: &Tensor, b: &Tensor, f: fn(Real, Real) -> Real, [da, db]: [Rule; 2]) -> Tensor {
    let shape = broadcast_shape(name, a, b);
    let reads_operands = !matches!(name, "add" | "subtract");
    let [c] = record(&[a, b], || {
        let x = a.value().broadcast(&shape[..]).unwrap();
        let y = b.value().broadcast(&shape[..]).unwrap();
        let c = Zip::from(&x).and(&y).map_collect(|&x, &y| f(x, y));
        let (a, b, elements) = (a.value().clone(), b.value().clone(), c.len());
        ([shared(c)], Binary { name, a, b, elements, da, db, reads_operands })
    });
    c
}

impl std::ops::Add for &Tensor {
    type Output = Tensor;
    /// a + b, broadcasting.
    #[track_caller]
    fn add(self, b: &Tensor) -> Tensor {
        binary("add", self, b, |a, b| a + b, [|dc, _, _| dc, |dc, _, _| dc])
    }
}

impl std::ops::Sub for &Tensor {
    type Output = Tensor;
    /// a - b, broadcasting.
    #[track_caller]
    fn sub(self, b: &Tensor) -> Tensor {
        binary("subtract", self, b, |a, b| a - b, [|dc, _, _| dc, |dc, _, _| -dc])
    }
}

impl std::ops::Mul for &Tensor {
    type Output = Tensor;
    /// a · b, element by element (Hadamard), broadcasting.
    #[track_caller]
    fn mul(self, b: &Tensor) -> Tensor {
        binary("multiply", self, b, |a, b| a * b, [|dc, _, b| dc * b, |dc, a, _| dc * a])
    }
}

impl std::ops::Div for &Tensor {
    type Output = Tensor;
    /// a / b, element by element, broadcasting.
    #[track_caller]
    fn div(self, b: &Tensor) -> Tensor {
        binary("divide", self, b, |a, b| a / b, [|dc, _, b| dc / b, |dc, a, b| -dc * a / (b * b)])
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
