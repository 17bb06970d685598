//! A model that was written is complete, and the one that is read.

use std::collections::BTreeMap;
use std::fs;

use ndarray::{Array2, ArrayD, array};
use published::json::Config;
use published::weights::Weights;
use published::write::{Existing, Model};
use serde_json::{Value, json};
use tempfile::TempDir;
use tensor::{Array, Real, shared};

use crate::made::{folder, said};

/// A matrix, a transposed view of it, a part of it, a scalar, and nothing.
fn tensors() -> BTreeMap<String, Array> {
    let matrix = shared(Array2::from_shape_fn((3, 4), |(row, column)| (row * 10 + column) as Real / 8.0));
    let named = [
        ("whole", matrix.clone()),
        ("turned", matrix.clone().reversed_axes()),
        ("part", matrix.slice_move(ndarray::s![1.., ..;2]).into_dyn()),
        ("scalar", shared(ndarray::arr0(7.0))),
        ("empty", shared(Array2::zeros((0, 2)))),
    ];
    named.map(|(name, array)| (name.to_owned(), array)).into()
}

fn config() -> Value {
    json!({ "model_type": "gpt2", "n_embd": 4 })
}

#[test]
fn what_was_written_is_read_again() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("new/model");
    let (config, tensors) = (config(), tensors());
    let model = Model { config: &config, tensors: &tensors, others: &[("tokenizer.json", "{}")] };
    model.write(&path, Existing::Keep).unwrap();

    let mut weights = Weights::open(&path).unwrap();
    for (name, array) in &tensors {
        weights.expect(name, array.shape());
    }
    weights.check().unwrap();
    for (name, array) in &tensors {
        assert_eq!(weights.read(name).unwrap(), array.to_owned().into_owned(), "{name}");
    }
    assert_eq!(weights.read("part").unwrap(), ArrayD::from_shape_vec(vec![2, 2], vec![1.25, 1.5, 2.5, 2.75]).unwrap());
    assert_eq!(Config::read(&path).unwrap().size(&["n_embd"]).unwrap(), Some(4));
    let mut names: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["config.json", "model.safetensors", "tokenizer.json"], "and nothing else is left");
}

/// The crate of the format's makers is as strict as they are.
#[test]
fn the_library_of_the_format_reads_it() {
    let dir = TempDir::new().unwrap();
    let (config, tensors) = (config(), tensors());
    Model { config: &config, tensors: &tensors, others: &[] }.write(dir.path(), Existing::Keep).unwrap();
    let bytes = fs::read(dir.path().join("model.safetensors")).unwrap();
    let (start, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert!(start.is_multiple_of(8));
    assert_eq!(metadata.metadata().as_ref().unwrap()["format"], "pt");
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let turned = file.tensor("turned").unwrap();
    assert_eq!((turned.dtype(), turned.shape()), (safetensors::Dtype::F32, &[4, 3][..]));
    let first: Vec<f32> = turned.data().chunks(4).take(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
    assert_eq!(first, [0.0, 1.25, 2.5, 0.125]);
}

#[test]
fn nothing_is_written_over_what_is_there_unless_that_is_asked_for() {
    let (config, tensors) = (config(), tensors());
    let model = Model { config: &config, tensors: &tensors, others: &[("tokenizer.json", "{}")] };
    for name in ["config.json", "model.safetensors", "tokenizer.json"] {
        let dir = folder(&[(name, "mine"), ("README.md", "mine")]);
        assert_eq!(
            said(&dir, model.write(dir.path(), Existing::Keep)),
            format!(
                "DIR/{name} is there already, and nothing is written over it; choose another folder, or ask for it to be replaced"
            )
        );
        let count = || fs::read_dir(dir.path()).unwrap().count();
        assert_eq!((fs::read_to_string(dir.path().join(name)).unwrap(), count()), ("mine".to_owned(), 2));
        model.write(dir.path(), Existing::Replace).unwrap();
        assert_eq!(count(), 4);
        assert!(Weights::open(dir.path()).unwrap().contains("whole"));
        assert_eq!(fs::read_to_string(dir.path().join("README.md")).unwrap(), "mine");
    }
}

#[test]
fn weights_that_nobody_could_read_are_not_written() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("model");
    let spoilt = BTreeMap::from([("a".to_owned(), shared(array![[0.0, 1.0], [Real::NAN, 2.0]]))]);
    let config = config();
    let said = said(&dir, Model { config: &config, tensors: &spoilt, others: &[] }.write(&path, Existing::Keep));
    assert!(said.starts_with("DIR/model/model.safetensors: a holds NaN at [1, 0], and every weight"), "{said}");
    assert!(!path.exists());
}

#[test]
fn what_cannot_be_written_leaves_no_trace() {
    let (config, tensors) = (config(), tensors());
    let dir = folder(&[("file", "mine")]);
    let model = Model { config: &config, tensors: &tensors, others: &[("no/such/folder", "")] };
    let path = dir.path().join("model");
    let said = said(&dir, model.write(&path, Existing::Replace));
    assert!(said.starts_with("cannot write DIR/model/no/such/folder: "), "{said}");
    assert!(!path.exists(), "the folder that was made for it is gone");
    model.write(&dir.path().join("file/model"), Existing::Keep).unwrap_err();
    assert_eq!(fs::read_to_string(dir.path().join("file")).unwrap(), "mine");
}
