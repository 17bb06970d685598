//! The same mathematics in few recorded operations: what is done to the elements of a product's result (bias,
//! activation, the addition to the residual stream) is one operation with the product.
//!
//! The products are most of the work and run at the same rate in both forms. What this form saves are passes over
//! (B, T, F) and (B, T, D) arrays that do nothing but add or copy.

use ndarray::{Array2, Array3, ArrayView2, Ix1, Ix2, Ix3};
use tensor::kernels::{Threads, add_bias, matmul, matmul_into, sum_rows};
use tensor::{Array, Backward, Context, Cost, Inputs, Outputs, Real, Tensor, record, shared};

use super::{Block, DecoderBlock};
use crate::{Activation, AttentionSource, Form};

/// Pre-norm: x ← x + MultiHead(LayerNorm₁(x)), x ← x + FeedForward(LayerNorm₂(x)).
/// Post-norm: x ← LayerNorm₁(x + MultiHead(x)), x ← LayerNorm₂(x + FeedForward(x)).
///
/// # Shapes
/// - `x`: (B, T, D), of which `own.lengths[b]` positions are real; returns (B, T, D).
///
/// # Panics
/// If the last axis of `x` is not D, or a length is not one of 1..=T for each row.
#[track_caller]
pub fn forward(cx: &Context<'_>, block: &Block, x: &Tensor, own: AttentionSource<'_>) -> Tensor {
    block.around(cx, x, |x| block.attention.heads(cx, x, own, Form::Fused))
}

/// The same with cross-attention between the two: x ← x + MultiHead(LayerNorm₂(x), memory), or post-norm.
///
/// # Shapes
/// - `x`: (B, T, D), the memory: (B, S, D); returns (B, T, D).
///
/// # Panics
/// If the shapes do not fit, or a length is not one of 1..=S for each row.
#[track_caller]
pub(super) fn decoder_forward(
    cx: &Context<'_>,
    block: &DecoderBlock,
    x: &Tensor,
    own: AttentionSource<'_>,
    memory: AttentionSource<'_>,
) -> Tensor {
    let own = |x: &Tensor| block.attention.heads(cx, x, own, Form::Fused);
    block.around(cx, x, own, |x| block.cross.heads(cx, x, memory, Form::Fused))
}

/// f(x·Wᵀ + b), f the activation.
///
/// # Shapes
/// - `x`: (B, T, I), `w`: (O, I), `b`: (O); returns (B, T, O).
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use ndarray::array;
/// use tensor::{Tensor, check::assert_close};
/// use transformer::{Activation, block::fused::linear_activation};
///
/// let x = Tensor::constant(array![[[1.0, 2.0]]]);
/// let (w, b) = (Tensor::constant(array![[3.0, -1.0]]), Tensor::constant(array![0.0]));
/// let y = linear_activation(&x, &w, Some(&b), Activation::Gelu); // gelu(1) = Φ(1)
/// assert_close("y", y.value(), &array![[[0.8413447]]].into_dyn(), 1e-7);
/// ```
#[track_caller]
pub fn linear_activation(x: &Tensor, w: &Tensor, b: Option<&Tensor>, activation: Activation) -> Tensor {
    let product = Product::new("linear_activation", x, w, b);
    let [y] = record(&product.inputs(x, w, b), || {
        let h = product.result(b);
        let mut y = Array3::zeros(product.shape());
        activation.map(y.as_slice_mut().expect("just made"), h.as_slice().expect("just made"));
        ([shared(y)], LinearActivation { product, h: shared(h), activation })
    });
    y
}

/// f(x·W_gᵀ + b_g) ⊙ (x·W₁ᵀ + b₁), f the activation; the two maps stand one below the other.
///
/// # Shapes
/// - `x`: (B, T, I), `w`: (2·O, I), the first O rows those of the gate, `b`: (2·O); returns (B, T, O).
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use ndarray::array;
/// use tensor::{Tensor, check::assert_close};
/// use transformer::{Activation, block::fused::linear_gated};
///
/// let x = Tensor::constant(array![[[1.0]]]);
/// let w = Tensor::constant(array![[1.0], [10.0]]);
/// let y = linear_gated(&x, &w, None, Activation::Silu); // σ(1)·10
/// assert_close("y", y.value(), &array![[[7.3105858]]].into_dyn(), 1e-6);
/// ```
#[track_caller]
pub fn linear_gated(x: &Tensor, w: &Tensor, b: Option<&Tensor>, activation: Activation) -> Tensor {
    let product = Product::new("linear_gated", x, w, b);
    let [batch, t, both] = product.shape();
    assert!(both % 2 == 0, "linear_gated: w (2·O, I) {:?} has no two halves", w.shape());
    let [y] = record(&product.inputs(x, w, b), || {
        let h = product.result(b);
        let mut y = Array3::zeros((batch, t, both / 2));
        for (mut y, h) in y.rows_mut().into_iter().zip(h.rows()) {
            let (gate, other) = h.to_slice().expect("just made").split_at(both / 2);
            let y = y.as_slice_mut().expect("just made");
            activation.map(y, gate);
            y.iter_mut().zip(other).for_each(|(y, other)| *y *= other);
        }
        ([shared(y)], LinearGated { product, h: shared(h), activation })
    });
    y
}

struct LinearGated {
    product: Product,
    /// x·Wᵀ + b of both maps.
    h: Array,
    activation: Activation,
}

impl Backward for LinearGated {
    fn name(&self) -> &'static str {
        "linear_gated"
    }
    fn cost(&self) -> Cost {
        self.product.cost().then(Cost::elementwise(self.h.len(), self.h.len()))
    }
    fn saved_bytes(&self) -> usize {
        self.product.saved_bytes() + self.h.len() * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // y = f(g) ⊙ u, so dg = dy ⊙ u ⊙ f'(g) and du = dy ⊙ f(g)
        let dy = dy.only();
        let (rows, both) = self.product.rows_and_outputs();
        let mut dh = Array2::zeros((rows, both));
        let h = self.h.as_slice().expect("standard layout").chunks_exact(both);
        let dys = dy.as_slice().expect("standard layout").chunks_exact(both / 2);
        for ((mut dh, h), dy) in dh.rows_mut().into_iter().zip(h).zip(dys) {
            let (gate, other) = h.split_at(both / 2);
            let (dgate, dother) = dh.as_slice_mut().expect("just made").split_at_mut(both / 2);
            self.activation.map(dother, gate);
            dother.iter_mut().zip(dy).for_each(|(d, dy)| *d *= dy);
            dgate.iter_mut().zip(dy).zip(other).for_each(|((d, dy), other)| *d = dy * other);
            self.activation.differentiate(dgate, gate);
        }
        self.product.backward(dh.view(), &mut dx);
    }
}

struct LinearActivation {
    product: Product,
    /// x·Wᵀ + b.
    h: Array,
    activation: Activation,
}

impl Backward for LinearActivation {
    fn name(&self) -> &'static str {
        "linear_activation"
    }
    fn cost(&self) -> Cost {
        self.product.cost().then(Cost::elementwise(self.h.len(), self.h.len()))
    }
    fn saved_bytes(&self) -> usize {
        self.product.saved_bytes() + self.h.len() * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // y = f(h), so dh = dy·f'(h)
        let mut dh = dy.only();
        let (dst, h) = (dh.as_slice_mut().expect("standard layout"), self.h.as_slice().expect("standard layout"));
        self.activation.differentiate(dst, h);
        let dh = dh.into_shape_with_order(self.product.rows_and_outputs()).expect("one row for each position");
        self.product.backward(dh.view(), &mut dx);
    }
}

/// r + x·Wᵀ + b: the product is added onto a copy of the residual stream.
///
/// # Shapes
/// - `x`: (B, T, I), `w`: (O, I), `b`: (O), `residual` (r): (B, T, O); returns (B, T, O).
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use ndarray::array;
/// use tensor::{Tensor, shared};
/// use transformer::block::fused::linear_residual;
///
/// let (x, r) = (Tensor::constant(array![[[1.0, 2.0]]]), Tensor::constant(array![[[100.0]]]));
/// let (w, b) = (Tensor::constant(array![[3.0, -1.0]]), Tensor::constant(array![10.0]));
/// assert_eq!(linear_residual(&x, &w, Some(&b), &r).value(), &shared(array![[[111.0]]]));
/// ```
#[track_caller]
pub fn linear_residual(x: &Tensor, w: &Tensor, b: Option<&Tensor>, residual: &Tensor) -> Tensor {
    let product = Product::new("linear_residual", x, w, b);
    if residual.shape() != product.shape() {
        panic!("linear_residual: x {:?}, w {:?} and residual {:?} do not fit", x.shape(), w.shape(), residual.shape());
    }
    let mut inputs = product.inputs(x, w, b);
    inputs.push(residual);
    let [y] = record(&inputs, || {
        let mut y = residual.view::<Ix3>("linear_residual").as_standard_layout().into_owned();
        let mut rows = y.view_mut().into_shape_with_order(product.rows_and_outputs()).expect("standard layout");
        if let Some(b) = b {
            add_bias(rows.view_mut(), b.view::<Ix1>("linear_residual"));
        }
        matmul_into(rows, 1.0, 1.0, product.x(), product.w().t(), Threads::Pool);
        ([shared(y)], LinearResidual { product })
    });
    y
}

struct LinearResidual {
    product: Product,
}

impl Backward for LinearResidual {
    fn name(&self) -> &'static str {
        "linear_residual"
    }
    fn cost(&self) -> Cost {
        let y = self.product.shape().iter().product();
        self.product.cost().then(Cost::elementwise(y, y))
    }
    fn saved_bytes(&self) -> usize {
        self.product.saved_bytes()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        // y = r + x·wᵀ + b, so dr = dy
        let dy = dy.only();
        let rows = dy.view().into_shape_with_order(self.product.rows_and_outputs()).expect("standard layout");
        self.product.backward(rows, &mut dx);
        dx.add(if self.product.has_bias { 3 } else { 2 }, dy);
    }
}

/// x·Wᵀ + b, which the operations begin with: its operands, checked, and its gradient. The operands are the first
/// inputs of the operation, in this order.
struct Product {
    x: Array,
    w: Array,
    has_bias: bool,
}

impl Product {
    #[track_caller]
    fn new(operation: &str, x: &Tensor, w: &Tensor, b: Option<&Tensor>) -> Self {
        match (x.shape(), w.shape(), b.map(Tensor::shape)) {
            (&[_, _, i], &[_, j], None) if i == j => {}
            (&[_, _, i], &[o, j], Some(&[p])) if i == j && o == p => {}
            (x, w, b) => panic!("{operation}: x (B, T, I) {x:?}, w (O, I) {w:?} and b (O) {b:?} do not fit"),
        }
        let x = match x.value() {
            standard if standard.is_standard_layout() => standard.clone(),
            other => shared(other.as_standard_layout().into_owned()),
        };
        Product { x, w: w.value().clone(), has_bias: b.is_some() }
    }

    fn inputs<'t>(&self, x: &'t Tensor, w: &'t Tensor, b: Option<&'t Tensor>) -> Vec<&'t Tensor> {
        [x, w].into_iter().chain(b).collect()
    }

    /// x·Wᵀ + b, (B, T, O).
    fn result(&self, b: Option<&Tensor>) -> Array3<Real> {
        let mut h = matmul(self.x(), self.w().t()); // (B·T, O)
        if let Some(b) = b {
            add_bias(h.view_mut(), b.view::<Ix1>("linear"));
        }
        h.into_shape_with_order(self.shape()).expect("one row for each position")
    }

    /// The shape of the result, (B, T, O).
    fn shape(&self) -> [usize; 3] {
        [self.x.shape()[0], self.x.shape()[1], self.w.shape()[0]]
    }

    fn rows_and_outputs(&self) -> (usize, usize) {
        let [b, t, o] = self.shape();
        (b * t, o)
    }

    fn x(&self) -> ArrayView2<'_, Real> {
        let (rows, _) = self.rows_and_outputs();
        self.x.view().into_shape_with_order((rows, self.w.shape()[1])).expect("standard layout")
    }

    fn w(&self) -> ArrayView2<'_, Real> {
        self.w.view().into_dimensionality::<Ix2>().expect("checked")
    }

    fn cost(&self) -> Cost {
        let (rows, outputs) = self.rows_and_outputs();
        Cost::product(rows, self.w.shape()[1], outputs)
    }

    fn saved_bytes(&self) -> usize {
        (self.x.len() + self.w.len()) * size_of::<Real>()
    }

    /// y = x·wᵀ + b, so dx = dy·w, dw = dyᵀ·x and db = Σ dy over the rows.
    fn backward(&self, dy: ArrayView2<'_, Real>, dx: &mut Inputs<'_>) {
        dx.accumulate(0, |dst, beta| {
            let dst = dst.into_shape_with_order(self.x().raw_dim()).expect("standard layout");
            matmul_into(dst, beta, 1.0, dy, self.w(), Threads::Pool);
        });
        dx.accumulate(1, |dst, beta| {
            let dst = dst.into_dimensionality::<Ix2>().expect("a gradient has its value's shape");
            matmul_into(dst, beta, 1.0, dy.t(), self.x(), Threads::Pool);
        });
        if self.has_bias && dx.wants(2) {
            dx.add(2, sum_rows(dy).into_dyn());
        }
    }
}
