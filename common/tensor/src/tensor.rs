//! A value and, if it is tracked, where its gradient goes.

use std::rc::Rc;

use ndarray::{ArcArray, ArrayD, ArrayView, Dimension, IxDyn};

use crate::operation::Slot;
use crate::tape::Tape;
use crate::{Gradients, Real};

/// A shared array of any rank: cloning it copies no numbers.
pub type Array = ArcArray<Real, IxDyn>;

/// Turns an owned array of any rank into a shared one, as [`record`](crate::record) takes its outputs.
pub fn shared<D: Dimension>(array: ndarray::Array<Real, D>) -> Array {
    array.into_dyn().into_shared()
}

/// An immutable array that may be tracked by the tape of a [`Context`](crate::Context).
///
/// A tensor is a handle: cloning it is cheap and copies no numbers. Operations are methods and operators
/// (`&a + &b`, `x.matmul(&w)`, `h.tanh()`); each is one recorded operation.
// ANCHOR: tensor
#[derive(Clone)]
pub struct Tensor {
    value: Array,
    slot: Option<(Rc<Tape>, Slot)>,
    span: u64,
}
// ANCHOR_END: tensor

impl Tensor {
    pub(crate) fn new(value: Array, slot: Option<(Rc<Tape>, Slot)>, span: u64) -> Self {
        Tensor { value, slot, span }
    }

    /// A value that is never tracked.
    pub fn constant<D: Dimension>(value: ndarray::Array<Real, D>) -> Self {
        shared(value).into()
    }

    /// The numbers.
    pub fn value(&self) -> &Array {
        &self.value
    }

    /// The length of every axis.
    pub fn shape(&self) -> &[usize] {
        self.value.shape()
    }

    /// The numbers, seen with a fixed rank: `let x = x.view::<Ix3>("attention")`.
    ///
    /// # Panics
    /// If the rank differs; the message names `operation`.
    #[track_caller]
    pub fn view<D: Dimension>(&self, operation: &str) -> ArrayView<'_, Real, D> {
        match self.value.view().into_dimensionality() {
            Ok(view) => view,
            Err(_) => panic!(
                "{operation}: expected {} axes, got shape {:?}",
                D::NDIM.map_or("other".into(), |n| n.to_string()),
                self.shape()
            ),
        }
    }

    /// The one number of a tensor with one element.
    ///
    /// # Panics
    /// If it has more or fewer.
    #[track_caller]
    pub fn item(&self) -> Real {
        assert_eq!(self.value.len(), 1, "item: expected one element, got shape {:?}", self.shape());
        *self.value.first().unwrap()
    }

    /// Whether gradients flow to this tensor.
    pub fn is_tracked(&self) -> bool {
        self.slot.is_some()
    }

    /// The same value, cut off from the tape: no gradient flows through it.
    pub fn detach(&self) -> Self {
        Tensor { value: self.value.clone(), slot: None, span: self.span }
    }

    /// Keeps the gradient of this intermediate value for [`Gradients::of`]; gradients of intermediates are otherwise
    /// freed as soon as they were used. No effect on constants.
    pub fn watch(&self) -> &Self {
        if let Some((tape, slot)) = &self.slot {
            tape.watch(*slot);
        }
        self
    }

    /// The longest chain of array operations that had to wait for each other to produce this value, from constants
    /// and parameters on: the number of steps that no amount of parallelism can shorten.
    pub fn span(&self) -> u64 {
        self.span
    }

    /// Gradients of this scalar with respect to every parameter, leaf and watched value it was computed from.
    ///
    /// # Panics
    /// If the tensor has more than one element, is not tracked, or its tape was walked before.
    #[track_caller]
    pub fn backward(&self) -> Gradients {
        assert_eq!(self.value.len(), 1, "backward: expected one element, got shape {:?}", self.shape());
        self.backward_with(ArrayD::ones(self.value.raw_dim()))
    }

    /// Gradients of the sum of `dy * self`: the product of `dy` with the Jacobian.
    ///
    /// # Panics
    /// If `dy` has another shape, the tensor is not tracked, or its tape was walked before.
    #[track_caller]
    pub fn backward_with(&self, dy: ArrayD<Real>) -> Gradients {
        assert_eq!(dy.shape(), self.shape(), "backward: gradient and value differ in shape");
        let Some((tape, slot)) = &self.slot else {
            panic!("backward: the value is a constant; nothing it was computed from is tracked")
        };
        tape.backward(*slot, dy)
    }

    pub(crate) fn tape(&self) -> Option<&Rc<Tape>> {
        self.slot.as_ref().map(|(tape, _)| tape)
    }

    pub(crate) fn slot(&self) -> Option<Slot> {
        self.slot.as_ref().map(|(_, slot)| *slot)
    }

    #[track_caller]
    pub(crate) fn slot_on(&self, tape: &Rc<Tape>) -> Option<Slot> {
        let (own, slot) = self.slot.as_ref()?;
        assert!(Rc::ptr_eq(own, tape), "the inputs of one operation belong to different contexts");
        Some(*slot)
    }
}

impl From<Array> for Tensor {
    fn from(value: Array) -> Self {
        Tensor { value, slot: None, span: 0 }
    }
}

impl std::fmt::Debug for Tensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tracked = if self.is_tracked() { "tracked " } else { "" };
        write!(f, "{tracked}tensor {:?}\n{}", self.shape(), self.value)
    }
}
