//! Of which kind a published model is.

use std::path::Path;

use crate::error::Error;
use crate::json::Config;
use crate::{bert, decoders, t5};

/// The kinds of models that are read here, each by a module of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One that continues texts: [`decoders`].
    Decoder,
    /// One that reads texts as a whole: [`bert`](mod@bert).
    Encoder,
    /// One that reads a text and writes one: [`t5`](mod@t5).
    TextToText,
}

/// The kind of the model in a folder, or in a file of llama2.c.
///
/// # Errors
/// If the configuration is missing, damaged, or of no known family.
pub fn kind(path: &Path) -> Result<Kind, Error> {
    if path.is_file() {
        return Ok(Kind::Decoder);
    }
    let decoders = decoders::FAMILIES.map(|(name, _)| (name, Kind::Decoder));
    let encoders = bert::FAMILIES.map(|(name, _)| (name, Kind::Encoder));
    Config::read(path)?.family(&[&decoders[..], &encoders[..], &[(t5::FAMILY, Kind::TextToText)]].concat())
}
