//! The tape: a list of recorded operations, walked backwards.
//!
//! Reverse-mode differentiation needs the operations in an order in which every input stands before its output.
//! The order in which they ran is such an order, so the tape is a plain `Vec` and needs neither a graph of nodes nor
//! a topological sort: a chain of half a million operations runs forward and backward and is dropped without recursion.
//!
//! Every value that needs a gradient owns a *slot*. Slots `0..P` belong to the `P` parameters, so a parameter that is
//! used twice (tied weights) accumulates in one place. An operation's inputs always lie in lower slots than its
//! outputs, which lets `split_at_mut` hand both to its backward pass without `unsafe`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use ndarray::{ArrayD, IxDyn};

use crate::meter;
use crate::operation::{Backward, Inputs, Outputs, Slot, standard};
use crate::{Array, Gradients, Real, Tensor};

/// One recorded operation.
struct Step {
    /// None where an input needs no gradient.
    inputs: Box<[Option<Slot>]>,
    first_output: Slot,
    outputs: usize,
    operation: Box<dyn Backward>,
}

struct Recording {
    steps: Vec<Step>,
    shapes: Vec<IxDyn>,
    watched: BTreeSet<Slot>,
    spent: bool,
}

/// The operations of one forward pass, in the order in which they ran.
pub(crate) struct Tape {
    id: u64,
    parameters: usize,
    recording: RefCell<Recording>,
}

impl Tape {
    /// An empty tape whose first slots belong to parameters of these shapes.
    pub(crate) fn new(parameter_shapes: impl Iterator<Item = IxDyn>) -> Rc<Self> {
        thread_local!(static NEXT_ID: Cell<u64> = const { Cell::new(0) });
        let shapes: Vec<_> = parameter_shapes.collect();
        Rc::new(Tape {
            id: NEXT_ID.replace(NEXT_ID.get() + 1),
            parameters: shapes.len(),
            recording: RefCell::new(Recording { steps: vec![], shapes, watched: BTreeSet::new(), spent: false }),
        })
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// A new slot for a value of this shape.
    #[track_caller]
    pub(crate) fn new_slot(&self, shape: &[usize]) -> Slot {
        let mut recording = self.recording.borrow_mut();
        assert!(!recording.spent, "recording on a tape whose backward pass has run: begin a new Context");
        recording.shapes.push(IxDyn(shape));
        recording.shapes.len() - 1
    }

    /// Keeps the gradient of an intermediate value, which is otherwise freed as soon as it has been used.
    pub(crate) fn watch(&self, slot: Slot) {
        self.recording.borrow_mut().watched.insert(slot);
    }

    #[track_caller]
    fn push(&self, inputs: Box<[Option<Slot>]>, outputs: &[Array], operation: Box<dyn Backward>) -> Slot {
        let first_output = self.recording.borrow().shapes.len();
        for output in outputs {
            self.new_slot(output.shape());
        }
        let step = Step { inputs, first_output, outputs: outputs.len(), operation };
        self.recording.borrow_mut().steps.push(step);
        first_output
    }

    /// Walks the tape backwards from the value in slot `from`; `dy` is the gradient with respect to that value. Empties the tape.
    #[track_caller]
    pub(crate) fn backward(&self, from: Slot, dy: ArrayD<Real>) -> Gradients {
        let (steps, shapes, watched) = {
            let mut recording = self.recording.borrow_mut();
            assert!(!recording.spent, "backward has already run on this tape: begin a new Context");
            recording.spent = true;
            let Recording { steps, shapes, watched, .. } = &mut *recording;
            (std::mem::take(steps), std::mem::take(shapes), std::mem::take(watched))
        };
        let mut gradients: Vec<Option<ArrayD<Real>>> = vec![None; shapes.len()];
        gradients[from] = Some(standard(dy));
        let mut kept = Vec::new();
        // ANCHOR: walk
        for Step { inputs, first_output, outputs, operation } in steps.into_iter().rev() {
            let (below, above) = gradients.split_at_mut(first_output);
            let dy = &mut above[..outputs];
            for slot in watched.range(first_output..first_output + outputs) {
                kept.extend(dy[slot - first_output].clone().map(|gradient| (*slot, gradient)));
            }
            if dy.iter().any(Option::is_some) {
                let name = operation.name();
                meter::measure_backward(name, || {
                    let inputs = Inputs { slots: &inputs, shapes: &shapes, gradients: below };
                    operation.backward(Outputs { gradients: dy }, inputs);
                });
                dy.fill(None);
            }
        }
        // ANCHOR_END: walk
        // What is left are the gradients of parameters and leaves: no step has them as outputs.
        let mut rest = gradients.into_iter();
        let parameters = rest.by_ref().take(self.parameters).collect();
        let leaves = rest.enumerate().filter_map(|(i, gradient)| Some((self.parameters + i, gradient?)));
        Gradients::new(self.id, parameters, leaves.chain(kept).collect())
    }
}

/// Whether any of these tensors is tracked. If none is, an operation is not recorded and need not keep anything for its
/// backward pass.
pub fn tracked(inputs: &[&Tensor]) -> bool {
    inputs.iter().any(|input| input.is_tracked())
}

/// Runs an operation and records it. This is the only way to make a tracked tensor out of others, so no operation can
/// exist without its backward pass.
///
/// `forward` returns the outputs and what the backward pass will need, which is dropped at once if no input is tracked. If a
/// [`Meter`](crate::Meter) is on, its time and cost are entered there. Each output also gets its *span*, the number of operations on
/// the longest chain of dependent operations that leads to it; that has nothing to do with gradients.
///
/// # Panics
/// If the inputs belong to different tapes, or to one whose backward pass has run.
// ANCHOR: record
#[track_caller]
pub fn record<const M: usize, B: Backward>(
    inputs: &[&Tensor],
    forward: impl FnOnce() -> ([Array; M], B),
) -> [Tensor; M] {
    let (outputs, operation) = meter::measure_forward(forward);
    let span = inputs.iter().map(|input| input.span()).max().unwrap_or(0) + operation.cost().span;
    let Some(tape) = inputs.iter().find_map(|input| input.tape()).cloned() else {
        return outputs.map(|value| Tensor::new(value, None, span));
    };
    let slots = inputs.iter().map(|input| input.slot_on(&tape)).collect();
    let first = tape.push(slots, &outputs, Box::new(operation));
    let mut slot = first..;
    outputs.map(|value| Tensor::new(value, Some((tape.clone(), slot.next().unwrap())), span))
}
// ANCHOR_END: record
