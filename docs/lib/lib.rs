//! The course book of Lineage.
//!
//! Its chapters are the Markdown files under `docs/src`, which [mdBook](https://rust-lang.github.io/mdBook/) turns into
//! pages: `cargo run -p docs --features render` writes them to `docs/book`. The code that a chapter shows is either
//! included from the file that the workspace builds and tests, or a sample that is itself compiled and run as a
//! documentation test of this crate. `tests/book.rs` checks the rest: includes, links, formulas, and that every file,
//! test and command that a chapter names exists.

pub mod code;
pub mod ending;
pub mod formula;
pub mod proof;
#[cfg(feature = "render")]
pub mod render;

use std::path::Path;

/// The folder of the book: `book.toml` is in it, the chapters are in `src` below it.
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The samples of the chapters, run by `cargo test -p docs --doc`.
#[cfg(doctest)]
mod samples {
    #[doc = include_str!("../src/introduction.md")]
    struct Introduction;
    #[doc = include_str!("../src/tape.md")]
    struct Tape;
    #[doc = include_str!("../src/rnn.md")]
    struct Rnn;
    #[doc = include_str!("../src/lstm.md")]
    struct Lstm;
    #[doc = include_str!("../src/seq2seq.md")]
    struct Seq2Seq;
    #[doc = include_str!("../src/attention.md")]
    struct Attention;
    #[doc = include_str!("../src/transformer.md")]
    struct Transformer;
    #[doc = include_str!("../src/shapes.md")]
    struct Shapes;
    #[doc = include_str!("../src/tokens.md")]
    struct Tokens;
    #[doc = include_str!("../src/gpt.md")]
    struct Gpt;
    #[doc = include_str!("../src/controls.md")]
    struct Controls;
    #[doc = include_str!("../src/families.md")]
    struct Families;
    #[doc = include_str!("../src/encoders.md")]
    struct Encoders;
    #[doc = include_str!("../src/text-to-text.md")]
    struct TextToText;
}
