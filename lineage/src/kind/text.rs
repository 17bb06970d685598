//! The text that a command reads, and how a run knows it again.

use std::path::{Path, PathBuf};

use data::{Text, corpus};
use report::progress::Progress;
use serde::{Deserialize, Serialize};

/// What identifies a text: its name is for people, its hash decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextId {
    /// What it was called when it was read.
    pub name: String,
    /// SHA-256 of the text as it is read: UTF-8, no byte-order mark, lines ending in `\n`.
    pub sha256: String,
}

impl TextId {
    /// The identity of `text`.
    pub fn of(text: &Text) -> Self {
        let name = Path::new(text.name()).file_name().unwrap_or_default();
        TextId::new(&name.to_string_lossy(), text.as_str())
    }

    /// The identity of what reads so.
    pub fn new(name: &str, content: &str) -> Self {
        TextId { name: name.to_owned(), sha256: files::sha256(content) }
    }
}

/// The text in this file, or the built-in book.
pub fn read(path: Option<&Path>) -> Result<Text, data::TextError> {
    path.map_or_else(|| Ok(corpus::book()), Text::read)
}

/// Where a file is whatever folder the program is started in next time; as given if the system cannot say.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Says which text or pairs are read.
pub fn announce(what: &str, TextId { name, sha256 }: &TextId, progress: Progress) {
    progress.say(&format!("{what}: {name} (SHA-256 {sha256})"));
}
