//! One operation as the tape records it: what it cost, and how it goes backwards.

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD, IxDyn};

use crate::Real;

/// Where the gradient of a tracked value is gathered.
pub(crate) type Slot = usize;

/// What an operation costs, counted from the sizes it ran with.
// ANCHOR: cost
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Floating-point operations; a multiply-add counts two, an elementary function one.
    pub work: u64,
    /// Bytes read and written, each array once.
    pub bytes: u64,
    /// Array operations that must wait for each other: the length of the longest chain inside the operation.
    /// A product, an elementwise function and a reduction each count one; a recurrence over T steps counts T times
    /// what one step counts.
    pub span: u64,
}
// ANCHOR_END: cost

impl Cost {
    /// The cost of one pass over arrays of `elements` elements in all, `work` operations, one dependent step.
    pub fn elementwise(work: usize, elements: usize) -> Self {
        Cost { work: work as u64, bytes: (elements * size_of::<Real>()) as u64, span: 1 }
    }

    /// The cost of a product (m, k) · (k, n): 2·m·k·n operations, one dependent step.
    pub fn product(m: usize, k: usize, n: usize) -> Self {
        Cost { work: 2 * (m * k * n) as u64, bytes: ((m * k + k * n + m * n) * size_of::<Real>()) as u64, span: 1 }
    }

    /// This cost followed by another: everything adds up, the spans too.
    pub fn then(self, next: Cost) -> Self {
        Cost { work: self.work + next.work, bytes: self.bytes + next.bytes, span: self.span + next.span }
    }

    /// This cost `n` times, one after another.
    pub fn times(self, n: usize) -> Self {
        let n = n as u64;
        Cost { work: self.work * n, bytes: self.bytes * n, span: self.span * n }
    }
}

/// What one recorded operation keeps for its backward pass: one struct per operation.
///
/// The saved state holds arrays, never tracked tensors: a tracked tensor would keep its own tape alive in a cycle.
// ANCHOR: backward
pub trait Backward: 'static {
    /// The operation's name, unique in the workspace.
    fn name(&self) -> &'static str;

    /// What the forward pass cost.
    fn cost(&self) -> Cost;

    /// Bytes kept alive for the backward pass.
    fn saved_bytes(&self) -> usize;

    /// Turns the gradients of the outputs into gradients of the inputs. Consumes the saved state, so its buffers can
    /// be reused in place. Called only if some output received a gradient.
    fn backward(self: Box<Self>, dy: Outputs<'_>, dx: Inputs<'_>);
}
// ANCHOR_END: backward

/// The gradients of an operation's outputs.
pub struct Outputs<'a> {
    pub(crate) gradients: &'a mut [Option<ArrayD<Real>>],
}

impl Outputs<'_> {
    /// The gradient of output `i`, or `None` if nobody used that output.
    pub fn get(&self, i: usize) -> Option<ArrayViewD<'_, Real>> {
        self.gradients[i].as_ref().map(|gradient| gradient.view())
    }

    /// Takes the gradient of output `i`, to be overwritten in place; in standard layout.
    pub fn take(&mut self, i: usize) -> Option<ArrayD<Real>> {
        self.gradients[i].take()
    }

    /// The gradient of the one output of a one-output operation; in standard layout.
    pub fn only(mut self) -> ArrayD<Real> {
        assert_eq!(self.gradients.len(), 1, "only() is for operations with one output");
        self.take(0).expect("backward runs only when some output received a gradient")
    }
}

/// Where the gradients of an operation's inputs go.
pub struct Inputs<'a> {
    pub(crate) slots: &'a [Option<Slot>],
    pub(crate) shapes: &'a [IxDyn],
    pub(crate) gradients: &'a mut [Option<ArrayD<Real>>],
}

impl Inputs<'_> {
    /// Whether input `i` is tracked: the gradient of a constant, or of an optional input that was left out, need not
    /// be computed.
    pub fn wants(&self, i: usize) -> bool {
        self.slots.get(i).is_some_and(Option::is_some)
    }

    /// Adds `dx` to the gradient of input `i`; the first one is moved in. Ignored if the input is a constant.
    ///
    /// # Panics
    /// If `dx` has another shape than the input.
    pub fn add(&mut self, i: usize, dx: ArrayD<Real>) {
        let Some(slot) = self.slots[i] else { return };
        assert_eq!(dx.raw_dim(), self.shapes[slot], "gradient of input {i} and the input differ in shape");
        match &mut self.gradients[slot] {
            Some(sum) => *sum += &dx,
            empty => *empty = Some(standard(dx)),
        }
    }

    /// Lets `write(dst, beta)` compute `dst = beta * dst + dx` in place, as matrix products can: `beta` is 0 for the
    /// first gradient of this input (`dst` is then zero) and 1 afterwards. Not called if the input is a constant.
    pub fn accumulate(&mut self, i: usize, write: impl FnOnce(ArrayViewMutD<'_, Real>, Real)) {
        let Some(slot) = self.slots[i] else { return };
        match &mut self.gradients[slot] {
            Some(sum) => write(sum.view_mut(), 1.0),
            empty => write(empty.insert(ArrayD::zeros(self.shapes[slot].clone())).view_mut(), 0.0),
        }
    }
}

/// The same numbers, those of a row next to each other.
pub(crate) fn standard(x: ArrayD<Real>) -> ArrayD<Real> {
    if x.is_standard_layout() { x } else { x.as_standard_layout().into_owned() }
}
