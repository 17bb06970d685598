//! Named parameters, in the order in which they were created.

use std::collections::BTreeMap;
use std::fmt::Display;

use ndarray::ArrayViewMutD;

use crate::{Array, Initializer, Real, aligned_zeros, random, shared};

/// Which parameter; an index into [`Parameters`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ParameterId(u32);

impl ParameterId {
    /// The parameter's place in the order of creation.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One array that training may change.
#[derive(Debug)]
pub struct Parameter {
    name: String,
    value: Array,
    frozen: bool,
}

impl Clone for Parameter {
    /// Copies the numbers, so that a snapshot never shares them with parameters that are being trained.
    fn clone(&self) -> Self {
        Parameter { name: self.name.clone(), value: unshared(&self.value), frozen: self.frozen }
    }
}

impl Parameter {
    /// The name under which checkpoints keep it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its numbers.
    pub fn value(&self) -> &Array {
        &self.value
    }

    /// Whether training leaves it as it is.
    pub fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// Whether weight decay applies: to matrices and embeddings, not to biases and the gains of normalisations
    /// (Loshchilov & Hutter 2019 decay everything; leaving out vectors is the practice since GPT-2).
    pub fn is_decayed(&self) -> bool {
        self.value.ndim() >= 2
    }
}

/// A copy in standard layout that nothing shares, so that it can be written in place.
fn unshared(value: &Array) -> Array {
    shared(value.as_standard_layout().into_owned())
}

/// The same, but no copy if the array is so already.
fn owned(value: Array) -> Array {
    if value.is_standard_layout() { shared(value.into_owned()) } else { unshared(&value) }
}

/// All parameters of a model. Layers hold [`ParameterId`]s and sizes; the numbers are here, so checkpoints, freezing,
/// tying, optimisers and averaging need no visitor.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    list: Vec<Parameter>,
    by_name: BTreeMap<String, ParameterId>,
}

impl Parameters {
    /// No parameters yet; [`Init`] creates them.
    pub fn new() -> Self {
        Self::default()
    }

    /// One parameter.
    pub fn get(&self, id: ParameterId) -> &Parameter {
        &self.list[id.index()]
    }

    /// The parameter of this name.
    pub fn find(&self, name: &str) -> Option<ParameterId> {
        self.by_name.get(name).copied()
    }

    /// The numbers of a parameter, to be changed in place.
    ///
    /// # Panics
    /// In debug builds, if a tensor still shares them: they would be copied first, at every step.
    #[track_caller]
    pub fn value_mut(&mut self, id: ParameterId) -> ArrayViewMutD<'_, Real> {
        let Parameter { name, value, .. } = &mut self.list[id.index()];
        let before = value.as_ptr();
        let view = value.view_mut();
        debug_assert_eq!(before, view.as_ptr(), "parameter {name} is written while a tensor still shares it");
        view
    }

    /// The numbers of all parameters, flat, in order of creation, to be changed in place.
    ///
    /// # Panics
    /// In debug builds, if a tensor still shares any: they would be copied first, at every step.
    pub fn values_mut(&mut self) -> impl ExactSizeIterator<Item = (ParameterId, &mut [Real])> {
        self.list.iter_mut().enumerate().map(|(i, Parameter { name, value, .. })| {
            let before = value.as_ptr();
            let values = value.as_slice_mut().expect("parameters are in standard layout");
            debug_assert_eq!(before, values.as_ptr(), "parameter {name} is written while a tensor still shares it");
            (ParameterId(i as u32), values)
        })
    }

    /// Replaces the numbers of a parameter by these, or by a copy if others share them.
    ///
    /// # Panics
    /// If the shape differs.
    #[track_caller]
    pub fn set(&mut self, id: ParameterId, value: Array) {
        let parameter = &mut self.list[id.index()];
        assert_eq!(value.shape(), parameter.value.shape(), "set: shape of parameter {}", parameter.name);
        parameter.value = owned(value);
    }

    /// Freezes (or thaws) every parameter whose name is `prefix` or begins with `prefix` and a dot; returns how many.
    pub fn freeze(&mut self, prefix: &str, frozen: bool) -> usize {
        let under = |name: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let matching = self.list.iter_mut().filter(|parameter| under(&parameter.name));
        matching.map(|parameter| parameter.frozen = frozen).count()
    }

    /// The parameters in order of creation.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ParameterId, &Parameter)> {
        self.list.iter().enumerate().map(|(i, parameter)| (ParameterId(i as u32), parameter))
    }

    /// How many numbers there are in all.
    pub fn count(&self) -> usize {
        self.list.iter().map(|parameter| parameter.value.len()).sum()
    }

    #[track_caller]
    fn create(&mut self, name: String, value: Array) -> ParameterId {
        let id = ParameterId(self.list.len() as u32);
        let earlier = self.by_name.insert(name.clone(), id);
        assert!(earlier.is_none(), "a parameter named {name} exists already");
        self.list.push(Parameter { name, value, frozen: false });
        id
    }
}

/// The names and shapes that parameters would have, without a number: enough to count those of a model that no memory holds.
///
/// ```
/// use tensor::{Init, Initializer, Shapes};
/// let mut shapes = Shapes::default();
/// Init::shapes(&mut shapes).child("wte").param("weight", &[250_880, 14_336], Initializer::Constant(0.0));
/// assert_eq!(shapes.iter().collect::<Vec<_>>(), [("wte.weight", &[250_880, 14_336][..])]); // 14 gigabytes
/// ```
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    list: Vec<(String, Vec<usize>)>,
}

impl Shapes {
    /// In order of creation.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[usize])> {
        self.list.iter().map(|(name, shape)| (&name[..], &shape[..]))
    }

    fn create(&mut self, name: String, shape: &[usize]) -> ParameterId {
        self.list.push((name, shape.to_vec()));
        ParameterId((self.list.len() - 1) as u32)
    }
}

/// Creates named parameters. [`Init::child`] enters a name as one enters a folder, so a layer names its parameters
/// without knowing where it stands: `init.child("layers").child(0)` leads to `layers.0.weight`.
pub struct Init<'a> {
    target: Target<'a>,
    prefix: String,
}

/// What is created.
enum Target<'a> {
    /// Parameters that begin as their layers say, or at 0 if there is no seed.
    Numbers {
        parameters: &'a mut Parameters,
        seed: Option<u64>,
    },
    Shapes(&'a mut Shapes),
}

impl<'a> Init<'a> {
    /// Begins at the root. Every parameter's random numbers are keyed by `seed` and its name alone.
    pub fn new(parameters: &'a mut Parameters, seed: u64) -> Self {
        Init { target: Target::Numbers { parameters, seed: Some(seed) }, prefix: String::new() }
    }

    /// Begins at the root, and leaves every parameter at 0: for a model whose numbers come from a file. What was never
    /// written to takes no memory.
    pub fn unset(parameters: &'a mut Parameters) -> Self {
        Init { target: Target::Numbers { parameters, seed: None }, prefix: String::new() }
    }

    /// Begins at the root, and creates no parameters: it notes what they would be.
    pub fn shapes(shapes: &'a mut Shapes) -> Self {
        Init { target: Target::Shapes(shapes), prefix: String::new() }
    }

    /// The same, one name deeper.
    pub fn child(&mut self, name: impl Display) -> Init<'_> {
        let prefix = format!("{}{name}.", self.prefix);
        let target = match &mut self.target {
            Target::Numbers { parameters, seed } => Target::Numbers { parameters, seed: *seed },
            Target::Shapes(shapes) => Target::Shapes(shapes),
        };
        Init { target, prefix }
    }

    /// Creates the parameter `name` here.
    ///
    /// # Panics
    /// If the name exists already, or the initialiser does not fit the shape.
    #[track_caller]
    pub fn param(&mut self, name: &str, shape: &[usize], initializer: Initializer) -> ParameterId {
        let name = format!("{}{name}", self.prefix);
        match &mut self.target {
            Target::Numbers { parameters, seed } => {
                let mut value = aligned_zeros(shape);
                if let Some(seed) = *seed {
                    initializer.draw_into(value.view_mut(), &mut random::stream(seed, 0, &name));
                }
                parameters.create(name, shared(value))
            }
            Target::Shapes(shapes) => shapes.create(name, shape),
        }
    }
}
