//! How parameters are made of the tensors in a file, and tensors of parameters.

use ndarray::{Array, ArrayD, Axis, IxDyn, concatenate};
use tensor::{Parameters, Real};

use crate::error::Error;
use crate::weights::Weights;

/// How a parameter is made of tensors.
#[derive(Debug, PartialEq)]
pub(crate) enum Recipe {
    /// It is the tensor.
    Same(String),
    /// It is the tensor with rows and columns exchanged.
    Transposed(String),
    /// The rows of several tensors, one below the other; so many of each.
    Stacked(Vec<(String, usize)>),
    /// The rows of one tensor in another order: group by group, the rows of the queries that share a key, of the key, of the value.
    Ungrouped { name: String, heads: usize, key_heads: usize, width: usize },
    /// Another recipe whose first rows are then multiplied.
    Scaled { recipe: Box<Recipe>, rows: usize, factor: f64 },
}

/// Fills all parameters from the tensors that a recipe names for each.
///
/// # Errors
/// If tensors are missing, misshapen or left over but for those that are `left_out`, or one cannot be read.
pub(crate) fn fill(
    parameters: &mut Parameters,
    recipe: impl Fn(&str) -> Recipe,
    weights: &mut Weights,
    left_out: &[&str],
) -> Result<(), Error> {
    let recipes: Vec<_> = parameters.iter().map(|(id, parameter)| (id, recipe(parameter.name()))).collect();
    for (id, recipe) in &recipes {
        recipe.expect(weights, parameters.get(*id).value().shape());
    }
    left_out.iter().for_each(|name| weights.leave_out(name));
    weights.check()?;
    for (id, recipe) in recipes {
        parameters.set(id, recipe.read(weights)?.into_shared());
    }
    Ok(())
}

/// Gives parameters the numbers of others of the same names, of each the first rows, as many as it has.
pub(crate) fn first_rows(from: &Parameters, to: &mut Parameters) {
    for (id, old) in from.iter() {
        let shape = to.get(id).value().shape();
        let value = match shape == old.value().shape() {
            true => old.value().clone(),
            false => old.value().slice_axis(Axis(0), (..shape[0]).into()).to_owned().into_shared(),
        };
        to.set(id, value);
    }
}

impl Recipe {
    /// Tells which tensors are needed for a parameter of this shape.
    pub fn expect(&self, weights: &mut Weights, shape: &[usize]) {
        match self {
            Recipe::Same(name) | Recipe::Ungrouped { name, .. } => weights.expect(name, shape),
            Recipe::Transposed(name) => weights.expect(name, &shape.iter().rev().copied().collect::<Vec<_>>()),
            Recipe::Stacked(parts) => {
                for (name, rows) in parts {
                    let shape: Vec<usize> = [*rows].into_iter().chain(shape[1..].iter().copied()).collect();
                    weights.expect(name, &shape);
                }
            }
            Recipe::Scaled { recipe, .. } => recipe.expect(weights, shape),
        }
    }

    /// Reads the tensors and makes the parameter.
    pub fn read(&self, weights: &mut Weights) -> Result<ArrayD<Real>, Error> {
        Ok(match self {
            Recipe::Same(name) => weights.read(name)?,
            Recipe::Transposed(name) => weights.read(name)?.reversed_axes().as_standard_layout().into_owned(),
            Recipe::Stacked(parts) => {
                let parts = parts.iter().map(|(name, _)| weights.read(name)).collect::<Result<Vec<_>, _>>()?;
                let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
                concatenate(Axis(0), &views).expect("the shapes were checked")
            }
            Recipe::Ungrouped { name, heads, key_heads, width } => {
                ungrouped(weights.read(name)?, *heads, *key_heads, *width)
            }
            Recipe::Scaled { recipe, rows, factor } => {
                let mut values = recipe.read(weights)?;
                values.slice_axis_mut(Axis(0), (..*rows).into()).map_inplace(|x| *x *= *factor as Real);
                values
            }
        })
    }

    /// The tensors of which it makes this parameter: views, no number is copied.
    ///
    /// # Panics
    /// If it changes the order or the size of numbers.
    #[track_caller]
    pub fn tensors(&self, parameter: tensor::Array) -> Vec<(String, tensor::Array)> {
        match self {
            Recipe::Same(name) => vec![(name.clone(), parameter)],
            Recipe::Transposed(name) => vec![(name.clone(), parameter.reversed_axes())],
            Recipe::Stacked(parts) => {
                let mut first = 0;
                let part = |(name, rows): &(String, usize)| {
                    let mut part = parameter.clone();
                    part.slice_axis_inplace(Axis(0), (first..first + rows).into());
                    first += rows;
                    (name.clone(), part)
                };
                parts.iter().map(part).collect()
            }
            Recipe::Ungrouped { .. } | Recipe::Scaled { .. } => panic!("no family that is written stores {self:?}"),
        }
    }
}

/// From (KV, N/KV + 2, d_k, ..), group by group, to all queries, all keys and all values.
fn ungrouped(rows: ArrayD<Real>, heads: usize, key_heads: usize, width: usize) -> ArrayD<Real> {
    let shape = rows.shape().to_vec();
    let depth: usize = shape[1..].iter().product();
    let group = heads / key_heads;
    let groups = rows.to_shape((key_heads, group + 2, width * depth)).expect("the shapes were checked");
    let part = |from: usize, to: usize| {
        let rows = groups.slice_axis(Axis(1), (from..to).into());
        Array::from_iter(rows.iter().copied())
    };
    let parts = [part(0, group), part(group, group + 1), part(group + 1, group + 2)];
    let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
    let all = concatenate(Axis(0), &views).expect("vectors");
    all.into_shape_with_order(IxDyn(&shape)).expect("as many numbers")
}
