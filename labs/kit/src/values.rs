//! Arrays by name: what a function takes and what it returns.

use ndarray::{Array, ArrayD, Dimension, IxDyn};
use serde::{Deserialize, Serialize};

/// The elements of an array in standard layout, with its shape; a single number has the shape ().
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Elements<T> {
    /// Length of every axis.
    pub shape: Vec<usize>,
    /// The elements, the last axis fastest.
    pub all: Vec<T>,
}

/// One array.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Real numbers.
    Real(Elements<f64>),
    /// Whole numbers: tokens, lengths, sizes.
    Whole(Elements<usize>),
}

/// Arrays by name, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Values(Vec<(String, Value)>);

impl Values {
    /// No array yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// These and one more.
    ///
    /// ```
    /// use labkit::Values;
    /// use ndarray::{Array2, array};
    ///
    /// let values = Values::new().with("x", array![[0.5, 1.5]]).with("heads", 2);
    /// let x: Array2<f64> = values.array("x");
    /// assert_eq!(x[[0, 1]] * values.count("heads") as f64, 3.0);
    /// ```
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many numbers there are in all of them.
    pub fn size(&self) -> usize {
        self.iter().map(|(_, value)| value.shape().iter().product::<usize>()).sum()
    }

    /// Real numbers.
    ///
    /// # Panics
    /// If there is no such array, or it has another number of axes.
    #[track_caller]
    pub fn array<D: Dimension>(&self, name: &str) -> Array<f64, D> {
        match self.get(name) {
            Value::Real(elements) => elements.to_array(name),
            Value::Whole(_) => panic!("{name} holds whole numbers"),
        }
    }

    /// Whole numbers.
    ///
    /// # Panics
    /// If there is no such array, or it has another number of axes.
    #[track_caller]
    pub fn whole<D: Dimension>(&self, name: &str) -> Array<usize, D> {
        match self.get(name) {
            Value::Whole(elements) => elements.to_array(name),
            Value::Real(_) => panic!("{name} holds real numbers"),
        }
    }

    /// A single real number.
    ///
    /// # Panics
    /// If there is none of this name.
    #[track_caller]
    pub fn number(&self, name: &str) -> f64 {
        self.array::<ndarray::Ix0>(name).into_scalar()
    }

    /// A single whole number.
    ///
    /// # Panics
    /// If there is none of this name.
    #[track_caller]
    pub fn count(&self, name: &str) -> usize {
        self.whole::<ndarray::Ix0>(name).into_scalar()
    }

    #[track_caller]
    fn get(&self, name: &str) -> &Value {
        match self.iter().find(|(other, _)| *other == name) {
            Some((_, value)) => value,
            None => panic!("there is no {name}, only {:?}", self.iter().map(|(name, _)| name).collect::<Vec<_>>()),
        }
    }
}

impl<T: Clone> Elements<T> {
    fn of<D: Dimension>(array: &Array<T, D>) -> Self {
        Elements { shape: array.shape().to_vec(), all: array.iter().cloned().collect() }
    }

    #[track_caller]
    fn to_array<D: Dimension>(&self, name: &str) -> Array<T, D> {
        let array =
            ArrayD::from_shape_vec(IxDyn(&self.shape), self.all.clone()).expect("as many elements as its shape says");
        match array.into_dimensionality() {
            Ok(array) => array,
            Err(_) => panic!("{name} has shape {:?}", self.shape),
        }
    }
}

impl Value {
    /// Length of every axis.
    pub fn shape(&self) -> &[usize] {
        match self {
            Value::Real(elements) => &elements.shape,
            Value::Whole(elements) => &elements.shape,
        }
    }
}

impl<D: Dimension> From<Array<f64, D>> for Value {
    fn from(array: Array<f64, D>) -> Self {
        Value::Real(Elements::of(&array))
    }
}

impl<D: Dimension> From<Array<usize, D>> for Value {
    fn from(array: Array<usize, D>) -> Self {
        Value::Whole(Elements::of(&array))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        ndarray::arr0(number).into()
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        ndarray::arr0(count).into()
    }
}
