//! Matrix products.

use ndarray::{ArrayD, ArrayView3, ArrayViewD, ArrayViewMutD, Axis, Ix1, Ix2};

use super::{bytes, standard};
use crate::kernels::{Threads, matmul, matmul_into, sum_rows};
use crate::operation::{Backward, Cost, Inputs, Outputs};
use crate::tape::record;
use crate::{Array, Real, Tensor, shared};

/// A stack of matrices as (batch, rows, columns); a single matrix is a stack of one. More than one leading axis must
/// be contiguous.
fn stacked<'a>(x: ArrayViewD<'a, Real>) -> ArrayView3<'a, Real> {
    let x = if x.ndim() == 2 { x.insert_axis(Axis(0)) } else { x };
    if x.ndim() == 3 {
        return x.into_dimensionality().unwrap();
    }
    let [batch @ .., rows, columns] = x.shape() else { unreachable!("matmul checks the ranks") };
    let shape = (batch.iter().product(), *rows, *columns);
    x.into_shape_with_order(shape).expect("matmul makes stacks contiguous")
}

/// The operand with its leading axes contiguous; matrices and simple stacks keep their strides.
fn stackable(x: &Array) -> Array {
    if x.ndim() <= 3 { x.clone() } else { standard(x) }
}

struct Matmul {
    a: Array,
    b: Array,
}

impl Backward for Matmul {
    fn name(&self) -> &'static str {
        "matmul"
    }
    fn cost(&self) -> Cost {
        let (a, b) = (stacked(self.a.view()), stacked(self.b.view()));
        let one = Cost::product(a.dim().1, a.dim().2, b.dim().2);
        Cost { span: 1, ..one.times(a.dim().0) }
    }
    fn saved_bytes(&self) -> usize {
        bytes([&self.a, &self.b])
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dc = dy.only();
        let dc = stacked(dc.view());
        let (a, b) = (stacked(self.a.view()), stacked(self.b.view()));
        // c = a·b, so da = dc·bᵀ and db = aᵀ·dc
        dx.accumulate(0, |da, beta| products(da, beta, dc, b.permuted_axes([0, 2, 1])));
        dx.accumulate(1, |db, beta| products(db, beta, a.permuted_axes([0, 2, 1]), dc));
    }
}

/// c = beta·c + a·b for every matrix of a stack.
fn products(c: ArrayViewMutD<'_, Real>, beta: Real, a: ArrayView3<'_, Real>, b: ArrayView3<'_, Real>) {
    let shape = (a.dim().0, a.dim().1, b.dim().2);
    let mut c = c.into_shape_with_order(shape).expect("gradients are contiguous");
    for ((a, b), c) in a.outer_iter().zip(b.outer_iter()).zip(c.outer_iter_mut()) {
        matmul_into(c, beta, 1.0, a, b, Threads::Pool);
    }
}

/// How many vectors an array (.., I) holds; they may be empty.
fn rows(x: &Array) -> usize {
    x.shape().split_last().map_or(0, |(_, rows)| rows.iter().product())
}

struct Linear {
    x: Array,
    w: Array,
}

impl Linear {
    fn rows(&self) -> usize {
        rows(&self.x)
    }
}

impl Backward for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }
    fn cost(&self) -> Cost {
        Cost::product(self.rows(), self.w.shape()[1], self.w.shape()[0])
    }
    fn saved_bytes(&self) -> usize {
        bytes([&self.x, &self.w])
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let (rows, [out, fan_in]) = (self.rows(), [self.w.shape()[0], self.w.shape()[1]]);
        let dy = dy.only();
        let dy = dy.to_shape((rows, out)).unwrap();
        let x = self.x.to_shape((rows, fan_in)).unwrap();
        let w = self.w.view().into_dimensionality::<Ix2>().unwrap();
        // y = x·wᵀ + b, so dx = dy·w, dw = dyᵀ·x and db = Σ dy over the rows
        dx.accumulate(0, |dst, beta| {
            let dst = dst.into_shape_with_order((rows, fan_in)).expect("gradients are contiguous");
            matmul_into(dst, beta, 1.0, dy.view(), w, Threads::Pool);
        });
        dx.accumulate(1, |dst, beta| {
            matmul_into(dst.into_dimensionality().unwrap(), beta, 1.0, dy.t(), x.view(), Threads::Pool);
        });
        if dx.wants(2) {
            dx.add(2, sum_rows(dy.view()).into_dyn());
        }
    }
}

impl Tensor {
    /// The matrix product, or a stack of them.
    ///
    /// # Shapes
    /// - `self`: (.., M, K), `b`: (.., K, N), with equal leading axes; returns (.., M, N).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn matmul(&self, b: &Tensor) -> Tensor {
        let fits = match (self.shape(), b.shape()) {
            ([batch_a @ .., _, k], [batch_b @ .., l, _]) => batch_a == batch_b && k == l,
            _ => false,
        };
        assert!(fits, "matmul: (.., M, K) times (.., K, N) does not fit shapes {:?} and {:?}", self.shape(), b.shape());
        let [c] = record(&[self, b], || {
            let (left, right) = (stackable(self.value()), stackable(b.value()));
            let (x, y) = (stacked(left.view()), stacked(right.view()));
            let mut shape = self.shape().to_vec();
            *shape.last_mut().unwrap() = y.dim().2;
            let mut c = ArrayD::zeros(shape);
            products(c.view_mut(), 0.0, x, y);
            ([shared(c)], Matmul { a: left, b: right })
        });
        c
    }

    /// The affine map of a layer, x·wᵀ + b, over the last axis.
    ///
    /// # Shapes
    /// - `self`: (.., I), `w`: (O, I), `b`: (O); returns (.., O).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn linear(&self, w: &Tensor, b: Option<&Tensor>) -> Tensor {
        let (out, fan_in) = match (self.shape(), w.shape(), b.map(Tensor::shape)) {
            (&[.., i], &[o, j], None) if i == j => (o, i),
            (&[.., i], &[o, j], Some(&[p])) if i == j && o == p => (o, i),
            (x, w, b) => {
                panic!("linear: (.., I), (O, I) and (O) do not fit shapes {x:?}, {w:?} and {b:?}")
            }
        };
        let inputs: &[&Tensor] = if let Some(b) = b { &[self, w, b] } else { &[self, w] };
        let [y] = record(inputs, || {
            let rows = rows(self.value());
            let x = self.value().to_shape((rows, fan_in)).unwrap();
            let weight = w.view::<Ix2>("linear");
            let y = match b {
                None => matmul(x.view(), weight.t()),
                Some(b) => {
                    let mut y = b.view::<Ix1>("linear").broadcast((rows, out)).unwrap().to_owned();
                    matmul_into(y.view_mut(), 1.0, 1.0, x.view(), weight.t(), Threads::Pool);
                    y
                }
            };
            let mut shape = self.shape().to_vec();
            *shape.last_mut().unwrap() = out;
            let y: ArrayD<Real> = y.into_shape_with_order(shape).unwrap();
            ([shared(y)], Linear { x: self.value().clone(), w: w.value().clone() })
        });
        y
    }
}
