//! How gradients change parameters.

mod adam;
mod clip;
mod groups;
mod sgd;

use std::path::Path;

use ndarray::ArrayD;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tensor::{Checkpoint, Error, Gradients, Parameters, Real};

pub use adam::{Adam, AdamW};
pub use clip::clip_factor;
pub use groups::Group;
pub use sgd::Sgd;

/// A rule of change with its settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    /// Stochastic gradient descent with momentum.
    Sgd(Sgd),
    /// Adaptive moments.
    Adam(Adam),
    /// Adaptive moments with decoupled weight decay.
    AdamW(AdamW),
}

impl Rule {
    fn name(&self) -> &'static str {
        match self {
            Rule::Sgd(_) => "sgd",
            Rule::Adam(_) => "adam",
            Rule::AdamW(_) => "adamw",
        }
    }

    /// What it remembers of earlier gradients, each as large as the parameter.
    fn moments(&self) -> &'static [&'static str] {
        match self {
            Rule::Sgd(_) => &["momentum"],
            Rule::Adam(_) | Rule::AdamW(_) => &["m", "v"],
        }
    }

    fn weight_decay(&self) -> f64 {
        if let Rule::AdamW(rule) = self { rule.weight_decay } else { 0.0 }
    }
}

/// One update: which, how far, and what the gradients are multiplied by first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// The number of updates before this one.
    pub step: u64,
    /// The learning rate.
    pub learning_rate: f64,
    /// The factor of every gradient: [`clip_factor`], divided by the number of gradients that were added up.
    pub scale: f64,
}

/// A rule with what it remembers of every trainable parameter.
///
/// Weight decay, where the rule has it, applies to matrices and embeddings and not to vectors
/// ([`Parameter::is_decayed`](tensor::Parameter::is_decayed)), or as [`with_groups`](Self::with_groups) says.
///
/// ```
/// use nn::{Optimizer, Sgd, Update};
/// use tensor::{Context, Init, Initializer, Parameters};
///
/// let mut parameters = Parameters::new();
/// let w = Init::new(&mut parameters, 1).param("w", &[1], Initializer::Constant(3.0));
/// let mut optimizer = Optimizer::new(Sgd { momentum: 0.5 }, &parameters);
/// for step in 0..2 {
///     let gradients = {
///         let cx = Context::train(&parameters, 1, step);
///         (&cx.get(w) * &cx.get(w)).sum().backward() // d w²/dw = 2w: 6, then 3
///     };
///     optimizer.update(&mut parameters, &gradients, Update { step, learning_rate: 0.25, scale: 1.0 });
/// }
/// assert_eq!(parameters.get(w).value()[[0]], 3.0 - 0.25 * 6.0 - 0.25 * (0.5 * 6.0 + 3.0));
/// ```
#[derive(Clone, Debug)]
pub struct Optimizer {
    rule: Rule,
    memory: Vec<Moments>,
}

/// What is kept of one parameter.
#[derive(Clone, Debug)]
struct Moments {
    /// `None` if the parameter was frozen when the optimiser was made.
    weight_decay: Option<f64>,
    moments: Vec<Vec<Real>>,
}

/// A parameter, its gradient and what is remembered of it, flat.
struct Job<'a> {
    value: &'a mut [Real],
    gradient: &'a [Real],
    moments: &'a mut [Vec<Real>],
    weight_decay: f64,
}

/// Elements that a thread takes at once.
const CHUNK: usize = 16 * 1024;

/// Elements in all below which one thread does the work: AdamW changes as many in about 40 µs (bench `optimizer`), a few
/// times what it costs to wake another thread.
const PARALLEL: usize = 64 * 1024;

impl Optimizer {
    /// Remembers nothing yet of the parameters that are trainable now.
    pub fn new(rule: impl Into<Rule>, parameters: &Parameters) -> Self {
        let rule = rule.into();
        Self::with_groups(rule, parameters, &Group::by_rank(parameters, rule.weight_decay()))
    }

    /// The same with weight decay by groups, in place of the rule's own.
    ///
    /// # Panics
    /// Unless every trainable parameter is in exactly one group, and no frozen one in any.
    #[track_caller]
    pub fn with_groups(rule: impl Into<Rule>, parameters: &Parameters, groups: &[Group]) -> Self {
        let rule = rule.into();
        let memory = parameters.iter().zip(groups::weight_decays(parameters, groups)).map(|((_, p), weight_decay)| {
            let zeros = vec![0.0; if weight_decay.is_some() { p.value().len() } else { 0 }];
            Moments { weight_decay, moments: vec![zeros; rule.moments().len()] }
        });
        Optimizer { rule, memory: memory.collect() }
    }

    /// Changes every parameter that has a gradient, in one pass over each. Same bits on any number of threads: an
    /// element is computed from its own gradient and moments alone.
    ///
    /// # Panics
    /// If a parameter with a gradient was frozen when the optimiser was made.
    #[track_caller]
    pub fn update(&mut self, parameters: &mut Parameters, gradients: &Gradients, update: Update) {
        let Update { step, learning_rate, scale } = update;
        let mut jobs = Vec::with_capacity(self.memory.len());
        for ((id, value), memory) in parameters.values_mut().zip(&mut self.memory) {
            let Some(gradient) = gradients.get(id) else { continue };
            let Some(weight_decay) = memory.weight_decay else {
                panic!("update: parameter {} was frozen when the optimiser was made; make a new one", id.index())
            };
            let gradient = gradient.to_slice().expect("gradients are in standard layout");
            jobs.push(Job { value, gradient, moments: &mut memory.moments, weight_decay });
        }
        let change: &(dyn Fn(Job<'_>) + Sync) = match self.rule {
            Rule::Sgd(rule) => &move |job| rule.change(job, learning_rate, scale),
            Rule::Adam(rule) => &move |job| rule.change(job, step, learning_rate, scale),
            Rule::AdamW(rule) => &move |job| rule.adam().change(job, step, learning_rate, scale),
        };
        let elements: usize = jobs.iter().map(|job| job.value.len()).sum();
        if elements < PARALLEL {
            jobs.into_iter().for_each(change);
        } else {
            jobs.into_par_iter().for_each(change);
        }
    }

    /// Adds what is remembered to a checkpoint, as `adamw.m.NAME` and so on, without the frozen parameters.
    pub fn save_into(&self, checkpoint: &mut Checkpoint, parameters: &Parameters) {
        for ((_, parameter), memory) in parameters.iter().zip(&self.memory) {
            for (name, moment) in self.rule.moments().iter().zip(&memory.moments) {
                if memory.weight_decay.is_some() {
                    let array = ArrayD::from_shape_vec(parameter.value().raw_dim(), moment.clone());
                    let array = array.expect("a moment is as large as its parameter").into_shared();
                    checkpoint.arrays.insert(self.entry(name, parameter.name()), array);
                }
            }
        }
    }

    /// Takes back what [`save_into`](Self::save_into) wrote.
    ///
    /// # Errors
    /// [`Error::Mismatch`], in the name of `path`, if a trainable parameter's entry is missing or has another shape.
    pub fn restore(&mut self, checkpoint: &Checkpoint, parameters: &Parameters, path: &Path) -> Result<(), Error> {
        let mut restored = self.memory.clone();
        for ((_, parameter), memory) in parameters.iter().zip(&mut restored) {
            for (name, moment) in self.rule.moments().iter().zip(&mut memory.moments) {
                if memory.weight_decay.is_some() {
                    let entry = self.entry(name, parameter.name());
                    let found =
                        checkpoint.arrays.get(&entry).filter(|array| array.shape() == parameter.value().shape());
                    let Some(found) = found else {
                        let reason = format!("{entry} of shape {:?} is missing", parameter.value().shape());
                        return Err(Error::Mismatch { path: path.into(), reason });
                    };
                    *moment = found.iter().copied().collect();
                }
            }
        }
        self.memory = restored;
        Ok(())
    }

    fn entry(&self, moment: &str, parameter: &str) -> String {
        format!("{}.{moment}.{parameter}", self.rule.name())
    }
}
