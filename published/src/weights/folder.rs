//! Which files of a folder hold a model's weights.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{INDEX, KIND, MODEL};
use crate::error::{Error, brief, several};
use crate::source::Source;

/// Where a folder's weights are.
pub(super) enum Found {
    /// All in one file.
    Model(PathBuf),
    /// In the files that another names.
    Index(PathBuf),
}

/// What is published too, and not read here.
const OTHERS: [&str; 8] = [".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".gguf", ".onnx"];

/// Looks for weights in a folder that a user gives.
///
/// # Errors
/// [`Error::Read`] if there is no such folder, [`Error::Refused`] if no weights are in it that are read here, or several.
pub(super) fn find(folder: &Path) -> Result<Found, Error> {
    let unread = |source| Error::Read { path: folder.into(), source };
    let refused = |what: String, way_out: String| Err(Error::Refused { path: folder.into(), what, way_out });
    if !fs::metadata(folder).map_err(unread)?.is_dir() {
        let way_out = "give the folder that holds the model's config.json and its weights";
        return refused("is no folder".to_owned(), way_out.to_owned());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unread)? {
        names.extend(entry.map_err(unread)?.file_name().into_string());
    }
    names.sort_unstable();
    let is_there = |name: &str| names.iter().any(|other| other == name);
    if is_there(MODEL) {
        return Ok(Found::Model(folder.join(MODEL)));
    }
    if is_there(INDEX) {
        return Ok(Found::Index(folder.join(INDEX)));
    }
    let found: Vec<String> = names.iter().filter(|name| name.ends_with(".safetensors")).cloned().collect();
    let is_other = |name: &&String| OTHERS.iter().any(|end| name.ends_with(end));
    let others: Vec<String> = names.iter().filter(is_other).map(|name| brief(name)).collect();
    match (&found[..], several(&others)) {
        ([only], _) => Ok(Found::Model(folder.join(only))),
        ([], None) => refused(format!("holds no {MODEL}"), "give the folder of a published model".to_owned()),
        ([], Some(listed)) => {
            let way_out = match &others[..] {
                [only] if only.ends_with(".bin") => format!(
                    "where PyTorch is, make a {MODEL} of it: python -c \"import torch, safetensors.torch as s; \
                     s.save_file({{k: v.clone().contiguous() for k, v in torch.load('{only}', weights_only=True).items()}}, \
                     '{MODEL}')\""
                ),
                _ => "load the model in the library transformers and save it with save_pretrained, which writes \
                      safetensors"
                    .to_owned(),
            };
            refused(format!("holds {listed} and no {MODEL}, which alone is read here"), way_out)
        }
        (several, _) if several.iter().any(|name| name.contains("-of-")) => {
            let shards = several.len();
            let way_out = format!("get {INDEX} too, from where they were published");
            refused(format!("holds {shards} parts of a model and no {INDEX}, which says what is where"), way_out)
        }
        (found, _) => {
            let names: Vec<String> = found.iter().take(3).map(|name| brief(name)).collect();
            refused(
                format!("holds {} models ({}, ..)", found.len(), names.join(", ")),
                format!("call that {MODEL} which is to be read"),
            )
        }
    }
}

/// Opens a file that an index names.
///
/// # Errors
/// [`Error::Refused`] if it is not there, [`Error::Read`] if it cannot be read.
pub(super) fn open_shard(folder: &Path, shard: &str, index: &Path) -> Result<Source, Error> {
    Source::open(&folder.join(shard), KIND).map_err(|error| match error {
        Error::Read { path, source } if source.kind() == ErrorKind::NotFound => Error::Refused {
            path: index.into(),
            what: format!("names the file {}, which is not beside it", path.file_name().unwrap_or_default().display()),
            way_out: "get that too, from where the others were published".to_owned(),
        },
        error => error,
    })
}
