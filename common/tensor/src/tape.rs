//! The tape: a list of recorded operations, walked backwards.
//!
//! Reverse-mode differentiation needs the operations in an order in which every input stands before its output.
//! The order in which they ran is such an order, so the tape is a plain `Vec` and needs neither a graph of nodes nor
//! a topological sort: a chain of half a million steps runs forward, backward and is dropped without recursion.
//!
//! Every value that needs a gradient owns a *slot*. Slots `0..P` belong to the `P` parameters, so a parameter that is
//! used twice (tied weights) accumulates in one place. An operation's inputs always lie in lower slots than its
//! outputs, which lets `split_at_mut` hand both to its backward pass without `unsafe`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD, IxDyn};

use crate::meter;
use crate::{Array, Gradients, Real, Tensor};

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
    gradients: &'a mut [Option<ArrayD<Real>>],
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
    slots: &'a [Option<Slot>],
    shapes: &'a [IxDyn],
    gradients: &'a mut [Option<ArrayD<Real>>],
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

fn standard(x: ArrayD<Real>) -> ArrayD<Real> {
    if x.is_standard_layout() { x } else { x.as_standard_layout().into_owned() }
}

struct Step {
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

    /// A new slot for a leaf of this shape.
    #[track_caller]
    pub(crate) fn leaf(&self, shape: &[usize]) -> Slot {
        let mut recording = self.recording.borrow_mut();
        assert!(!recording.spent, "recording on a tape whose backward pass has run: begin a new Context");
        recording.shapes.push(IxDyn(shape));
        recording.shapes.len() - 1
    }

    /// Keeps the gradient of an intermediate value, which is otherwise freed as soon as it was used.
    pub(crate) fn watch(&self, slot: Slot) {
        self.recording.borrow_mut().watched.insert(slot);
    }

    #[track_caller]
    fn push(&self, inputs: Box<[Option<Slot>]>, outputs: &[Array], operation: Box<dyn Backward>) -> Slot {
        let first_output = self.recording.borrow().shapes.len();
        for output in outputs {
            self.leaf(output.shape());
        }
        let step = Step { inputs, first_output, outputs: outputs.len(), operation };
        self.recording.borrow_mut().steps.push(step);
        first_output
    }

    /// Walks the tape backwards from the value in slot `from`, whose own gradient is `dy`. Empties the tape.
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
                    let dx = Inputs { slots: &inputs, shapes: &shapes, gradients: below };
                    operation.backward(Outputs { gradients: dy }, dx);
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

/// Whether any of these tensors is tracked: a forward pass that is not recorded need not save anything.
pub fn tracked(inputs: &[&Tensor]) -> bool {
    inputs.iter().any(|input| input.is_tracked())
}

/// Runs an operation and records it. This is the only way to make a tracked tensor out of others, so no operation can
/// exist without its backward pass.
///
/// `forward` returns the outputs and what the backward pass keeps; it runs in any case, its time and cost are entered
/// in the [`Meter`](crate::Meter) if one is on, and nothing is kept if no input is tracked.
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
