//! One forward pass: parameters, a tape or none, random streams, and what is carried on to the next step.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ndarray::Dimension;
use rand_chacha::ChaCha8Rng;

use crate::random;
use crate::tape::Tape;
use crate::{Array, ParameterId, Parameters, Real, Tensor, shared};

/// Arrays that one step hands to the next, by name: the recurrent state in truncated backpropagation through time.
pub type Carried = BTreeMap<String, Array>;

/// The surroundings of one forward pass.
///
/// [`Context::train`] records what is computed; [`Context::eval`] tracks nothing, so nothing is recorded, intermediate
/// memory is freed at once, and dropout is off.
pub struct Context<'p> {
    parameters: &'p Parameters,
    tape: Option<Rc<Tape>>,
    seed: u64,
    step: u64,
    carried: RefCell<Carried>,
}

impl<'p> Context<'p> {
    /// A recorded pass with gradients; its random streams are keyed by `seed` and `step`.
    pub fn train(parameters: &'p Parameters, seed: u64, step: u64) -> Self {
        let tape = Tape::new(parameters.iter().map(|(_, p)| p.value().raw_dim()));
        Context { parameters, tape: Some(tape), seed, step, carried: RefCell::default() }
    }

    /// A pass that records nothing.
    pub fn eval(parameters: &'p Parameters) -> Self {
        Context { parameters, tape: None, seed: 0, step: 0, carried: RefCell::default() }
    }

    /// The same pass, beginning with what an earlier step carried on.
    pub fn carrying(self, carried: Carried) -> Self {
        Context { carried: RefCell::new(carried), ..self }
    }

    /// Whether this pass is recorded.
    pub fn is_training(&self) -> bool {
        self.tape.is_some()
    }

    /// The number of the batch that this pass belongs to, counted from 0 over the whole training: that of the training step,
    /// unless steps accumulate several batches. 0 where nothing is trained.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// The parameters this pass reads.
    pub fn parameters(&self) -> &'p Parameters {
        self.parameters
    }

    /// A parameter as a tensor. Frozen parameters are constants. Asking twice gives the same slot, so the gradients
    /// of a tied parameter add up.
    pub fn get(&self, id: ParameterId) -> Tensor {
        let parameter = self.parameters.get(id);
        let tape = self.tape.as_ref().filter(|_| !parameter.is_frozen());
        Tensor::new(parameter.value().clone(), tape.map(|tape| (tape.clone(), id.index())), 0)
    }

    /// An input whose gradient is wanted ([`Gradients::of`](crate::Gradients::of)); a constant in an eval pass.
    #[track_caller]
    pub fn leaf<D: Dimension>(&self, value: ndarray::Array<Real, D>) -> Tensor {
        let slot = self.tape.as_ref().map(|tape| (tape.clone(), tape.new_slot(value.shape())));
        Tensor::new(shared(value), slot, 0)
    }

    /// The random stream of one site (say, `"blocks.2.dropout"`) at this seed and step.
    pub fn rng(&self, site: &str) -> ChaCha8Rng {
        random::stream(self.seed, self.step, site)
    }

    /// What the step before carried under this name, as a constant: no gradient flows into an earlier step.
    pub fn carried(&self, name: &str) -> Option<Tensor> {
        self.carried.borrow().get(name).cloned().map(Tensor::from)
    }

    /// Carries a value on to the next step.
    pub fn carry(&self, name: &str, value: &Tensor) {
        self.carried.borrow_mut().insert(name.to_owned(), value.value().clone());
    }

    /// What this pass carries on to the next one.
    pub fn into_carried(self) -> Carried {
        self.carried.into_inner()
    }
}
