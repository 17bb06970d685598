//! Reference numbers made by another library, stored as f64 in a safetensors file.

use std::collections::BTreeMap;
use std::path::Path;

use ndarray::{ArrayD, ArrayViewD};
use safetensors::{Dtype, SafeTensors};

use super::assert_close;
use crate::Real;

/// How far a value may be from its reference, relative to the largest absolute value of the reference.
const TOLERANCE: f64 = if cfg!(real_f64) { 1e-9 } else { 1e-5 };

/// The tensors of one fixture file, by name.
///
/// The scripts beside the files say how they were made; `fixture.py` in `nn` explains the names (`input.x`,
/// `param.weight`, `output.y`, `cotangent.y`, `grad.input.x`, `grad.param.weight`).
pub struct Fixture {
    path: String,
    tensors: BTreeMap<String, ArrayD<f64>>,
}

impl Fixture {
    /// Reads a file; a relative path counts from the crate whose test is running.
    ///
    /// # Panics
    /// If the file cannot be read or holds anything but f64 tensors.
    #[track_caller]
    pub fn load(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().display().to_string();
        match std::fs::read(&path) {
            Ok(bytes) => Self::parse(path, &bytes),
            Err(error) => panic!("{path}: {error}"),
        }
    }

    #[track_caller]
    fn parse(path: String, bytes: &[u8]) -> Self {
        let file = match SafeTensors::deserialize(bytes) {
            Ok(file) => file,
            Err(error) => panic!("{path}: {error}"),
        };
        let mut tensors = BTreeMap::new();
        for (name, view) in file.iter() {
            assert_eq!(view.dtype(), Dtype::F64, "{path}: {name} is not f64");
            let (numbers, _) = view.data().as_chunks();
            let values = numbers.iter().map(|&number| f64::from_le_bytes(number)).collect();
            match ArrayD::from_shape_vec(view.shape(), values) {
                Ok(array) => tensors.insert(name.to_owned(), array),
                Err(error) => panic!("{path}: {name}: {error}"),
            };
        }
        Fixture { path, tensors }
    }

    /// What follows `prefix` in the names that start with it, in alphabetical order: `names("param.")` lists the
    /// parameters, so that a test can prove it has covered them all.
    pub fn names<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.tensors.keys().filter_map(move |name| name.strip_prefix(prefix))
    }

    /// The tensor `name`, rounded to [`Real`].
    ///
    /// # Panics
    /// If the file has no such tensor.
    #[track_caller]
    pub fn array(&self, name: &str) -> ArrayD<Real> {
        let Some(array) = self.tensors.get(name) else {
            let names: Vec<_> = self.names("").collect();
            panic!("{} has no tensor `{name}`, only {}", self.path, names.join(", "));
        };
        array.mapv(|x| x as Real)
    }

    /// Asserts that `actual` differs from the tensor `name` nowhere by more than 1e-5 of that tensor's largest
    /// absolute value, or 1e-9 of it in the f64 build.
    ///
    /// # Panics
    /// If it does, naming the file, the tensor, the worst element's index and both values; if the shapes differ; or
    /// if the file has no such tensor.
    #[track_caller]
    pub fn assert_matches(&self, name: &str, actual: &ArrayViewD<Real>) {
        assert_close(&format!("{}: {name}", self.path), actual, &self.array(name), TOLERANCE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;
    use safetensors::tensor::{TensorView, serialize};

    fn fixture(dtype: Dtype) -> Fixture {
        let bytes: Vec<u8> = [1.0_f64, 2.0, 3.0, 4.0, 5.0, -8.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        let shape = if dtype == Dtype::F64 { vec![2, 3] } else { vec![2, 6] };
        let view = TensorView::new(dtype, shape, &bytes).unwrap();
        Fixture::parse("small".into(), &serialize([("output.y", view)], None).unwrap())
    }

    #[test]
    fn tensors_are_row_major() {
        let fixture = fixture(Dtype::F64);
        assert_eq!(fixture.array("output.y"), arr2(&[[1.0, 2.0, 3.0], [4.0, 5.0, -8.0]]).into_dyn());
        assert_eq!(fixture.names("output.").collect::<Vec<_>>(), ["y"]);
        assert_eq!(fixture.names("param.").count(), 0);
    }

    #[test]
    fn an_error_below_the_tolerance_passes() {
        let fixture = fixture(Dtype::F64);
        let near = fixture.array("output.y") + (4.0 * TOLERANCE) as Real;
        fixture.assert_matches("output.y", &near.view());
    }

    #[test]
    #[should_panic(expected = "small: output.y: 3.5 instead of 3 at [0, 2]")]
    fn an_error_above_it_is_reported_with_its_place() {
        let fixture = fixture(Dtype::F64);
        let mut actual = fixture.array("output.y");
        actual[[1, 0]] += (16.0 * TOLERANCE) as Real;
        actual[[0, 2]] += 0.5;
        fixture.assert_matches("output.y", &actual.view());
    }

    #[test]
    #[should_panic(expected = "small has no tensor `output.z`, only output.y")]
    fn a_missing_tensor_is_named() {
        fixture(Dtype::F64).array("output.z");
    }

    #[test]
    #[should_panic(expected = "small: output.y is not f64")]
    fn other_element_types_are_refused() {
        fixture(Dtype::F32);
    }
}
