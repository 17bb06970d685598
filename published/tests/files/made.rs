//! Small files as other programs write them, made by hand.

use std::fs;
use std::path::PathBuf;

use published::Error;
use published::weights::Weights;
use tempfile::TempDir;

/// A tensor: name, element type, shape, bytes.
pub type Tensor<'t> = (&'t str, &'t str, &'t [usize], Vec<u8>);

/// A file with this header and these bytes behind it.
pub fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

/// A safetensors file.
pub fn safetensors(tensors: &[Tensor]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut entries = vec![r#""__metadata__":{"format":"pt"}"#.to_owned()];
    for (name, dtype, shape, bytes) in tensors {
        let start = data.len();
        data.extend(bytes);
        let end = data.len();
        entries.push(format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#));
    }
    with_header(&format!("{{{}}}", entries.join(",")), &data)
}

/// An index that says which tensors are in which files.
pub fn index(map: &[(&str, &str)]) -> String {
    let map: Vec<String> = map.iter().map(|(tensor, shard)| format!("{tensor:?}:{shard:?}")).collect();
    format!(r#"{{"metadata":{{"total_size":12}},"weight_map":{{{}}}}}"#, map.join(","))
}

pub fn f32s(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A folder with these files.
pub fn folder<C: AsRef<[u8]>>(files: &[(&str, C)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, content) in files {
        fs::write(dir.path().join(name), content).unwrap();
    }
    dir
}

/// What is said of something that is wrong, which has to be one line, with its folder as `DIR`.
#[track_caller]
pub fn said<T>(dir: &TempDir, result: Result<T, Error>) -> String {
    let Err(error) = result else { panic!("nothing is wrong") };
    let said = error.to_string();
    assert!(!said.contains('\n'), "{said}");
    said.replace(&dir.path().display().to_string(), "DIR").replace('\\', "/")
}

/// What is said of a folder with this one file of weights.
#[track_caller]
pub fn said_of(file: &[u8]) -> String {
    let dir = folder(&[("model.safetensors", file)]);
    said(&dir, Weights::open(dir.path()))
}

/// A file in a folder of its own.
pub fn alone(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let dir = folder(&[(name, content)]);
    let path = dir.path().join(name);
    (dir, path)
}
