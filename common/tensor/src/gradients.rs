//! The gradients of one backward pass, or the sum of several.

use std::collections::BTreeMap;

use ndarray::{ArrayD, ArrayViewD};

use crate::kernels;
use crate::operation::Slot;
use crate::{ParameterId, Parameters, Real, Tensor};

/// Gradients by parameter, and of leaves and watched values. Plain data: it can cross threads and be added up.
#[derive(Clone, Debug)]
pub struct Gradients {
    tape: u64,
    parameters: Vec<Option<ArrayD<Real>>>,
    others: BTreeMap<Slot, ArrayD<Real>>,
}

impl Gradients {
    pub(crate) fn new(tape: u64, parameters: Vec<Option<ArrayD<Real>>>, others: BTreeMap<Slot, ArrayD<Real>>) -> Self {
        Gradients { tape, parameters, others }
    }

    /// The gradient of a parameter, in standard layout; `None` if it is frozen or was not used.
    pub fn get(&self, id: ParameterId) -> Option<ArrayViewD<'_, Real>> {
        self.parameters[id.index()].as_ref().map(|gradient| gradient.view())
    }

    /// The gradient of a leaf or watched tensor, or of a parameter's tensor; `None` if nothing depended on it.
    ///
    /// # Panics
    /// If the tensor belongs to another context than the one whose backward pass gave these gradients.
    #[track_caller]
    pub fn of(&self, tensor: &Tensor) -> Option<ArrayViewD<'_, Real>> {
        let slot = tensor.slot()?;
        let same = tensor.tape().is_some_and(|tape| tape.id() == self.tape);
        assert!(same, "Gradients::of: the tensor belongs to another context than these gradients");
        self.parameters.get(slot).map_or_else(|| self.others.get(&slot), Option::as_ref).map(|gradient| gradient.view())
    }

    /// Adds the parameter gradients of another backward pass (a micro-batch, a shard). The caller fixes the order of
    /// the additions, and with it the rounding. Leaves and watched values keep those of `self`.
    ///
    /// # Panics
    /// If the two belong to different sets of parameters.
    #[track_caller]
    pub fn accumulate(&mut self, other: Gradients) {
        assert_eq!(self.parameters.len(), other.parameters.len(), "gradients of different sets of parameters");
        for (sum, more) in self.parameters.iter_mut().zip(other.parameters) {
            match (sum.as_mut(), more) {
                (Some(sum), Some(more)) => *sum += &more,
                (None, Some(more)) => *sum = Some(more),
                (_, None) => {}
            }
        }
    }

    /// Multiplies every parameter gradient by `factor`.
    pub fn scale(&mut self, factor: Real) {
        for gradient in self.parameters.iter_mut().flatten() {
            gradient.mapv_inplace(|g| g * factor);
        }
    }

    /// The Euclidean norm over all parameter gradients together, added up in the order of the parameters.
    pub fn global_norm(&self) -> f64 {
        let slices = self.parameters.iter().flatten().map(|g| g.as_slice().expect("gradients are in standard layout"));
        slices.map(kernels::sum_of_squares).sum::<f64>().sqrt()
    }

    /// The names of trainable parameters that received no gradient: a model with any is wired wrongly.
    pub fn missing<'a>(&'a self, parameters: &'a Parameters) -> impl Iterator<Item = &'a str> {
        let trainable = parameters.iter().filter(|(_, p)| !p.is_frozen());
        trainable.filter(|(id, _)| self.get(*id).is_none()).map(|(_, p)| p.name())
    }
}

/// The sum of the gradients of any number of batches. Those of 64 are one running sum, and their sums another, so that
/// thousands of batches lose no digits; a second copy of the gradients is kept only from the 65th batch on.
#[derive(Debug, Default)]
pub struct GradientSum {
    blocks: Option<Gradients>,
    block: Option<Gradients>,
    added: usize,
}

impl GradientSum {
    const BLOCK: usize = 64;

    /// Adds those of one more batch, in the order of the calls.
    ///
    /// # Panics
    /// If they belong to another set of parameters.
    #[track_caller]
    pub fn add(&mut self, gradients: Gradients) {
        if self.added > 0 && self.added.is_multiple_of(Self::BLOCK) {
            Self::accumulate(&mut self.blocks, self.block.take());
        }
        Self::accumulate(&mut self.block, Some(gradients));
        self.added += 1;
    }

    /// The sum; none if nothing was added.
    pub fn finish(mut self) -> Option<Gradients> {
        Self::accumulate(&mut self.blocks, self.block);
        self.blocks
    }

    #[track_caller]
    fn accumulate(sum: &mut Option<Gradients>, more: Option<Gradients>) {
        match (sum.as_mut(), more) {
            (Some(sum), Some(more)) => sum.accumulate(more),
            (None, more) => *sum = more,
            (_, None) => {}
        }
    }
}
