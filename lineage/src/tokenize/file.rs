//! A tokenizer in a file of its own.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use ::published::json::Config;
use anyhow::{anyhow, bail};
use data::tokenize::published::{self, older, sentencepiece};
use data::tokenize::{TokenizeError, Tokenizer, from_json};

/// The tokenizer in a file that is published or written by training, known by its name.
///
/// # Errors
/// If it is missing, or no tokenizer that is known here.
pub fn open(path: &Path) -> anyhow::Result<Box<dyn Tokenizer>> {
    let shown = path.display();
    let text = |path: &Path| {
        let bytes = bytes(path)?;
        String::from_utf8(bytes).map_err(|error| {
            let place = error.utf8_error().valid_up_to();
            anyhow!("{} is not UTF-8 at byte {place}: give the file that the model was published with", path.display())
        })
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let read = |found: Result<Box<dyn Tokenizer>, TokenizeError>| found.map_err(|error| anyhow!("{shown}: {error}"));
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("model") => read(sentencepiece::read(&bytes(path)?)),
        Some("bin") => Ok(::published::llama2c::tokenizer(path)?),
        Some("txt") if name.contains("merges") => {
            bail!("{shown} is one of two files: give vocab.json, beside which it stands")
        }
        Some("txt") => read(older::wordpiece(&text(path)?, puts_in_small_letters(path)?)),
        Some("json") if name.ends_with("vocab.json") => {
            let merges = path.with_file_name(name.replace("vocab.json", "merges.txt"));
            read(older::byte_level(&text(path)?, &text(&merges)?))
        }
        _ => {
            let json = text(path)?;
            // The one that training writes says at its beginning what it is.
            let ours = json.trim_start().starts_with("{\"tokenizer\":");
            read(if ours { from_json(&json) } else { published::read(&json) })
        }
    }
}

/// The tokenizer of a T5, whose file of SentencePiece does not say which tokens stand for gaps.
///
/// # Errors
/// As [`open`].
pub fn open_with_sentinels(path: &Path) -> anyhow::Result<Box<dyn Tokenizer>> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("model") => {
            sentencepiece::read_with_sentinels(&bytes(path)?).map_err(|error| anyhow!("{}: {error}", path.display()))
        }
        _ => open(path),
    }
}

/// All of a file.
fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!("there is no file {}; check the path", path.display()),
        _ => anyhow!("cannot read {}: {error}; {}", path.display(), files::way_out(&error)),
    })
}

/// Whether a BERT reads texts in small letters, by the file beside its vocabulary; most do.
fn puts_in_small_letters(vocabulary: &Path) -> anyhow::Result<bool> {
    let beside = vocabulary.with_file_name("tokenizer_config.json");
    let said = beside.exists().then(|| Config::read_file(&beside)?.flag(&["do_lower_case"])).transpose()?;
    Ok(said.flatten().unwrap_or(true))
}
