//! Models that others have published: their files, read and written.
//!
//! What a network computes is one thing, how a file stores it another. The stages know the first; this crate knows the
//! second. A model is published as a folder of two kinds of files, or as one:
//!
//! | what | where it is read |
//! |---|---|
//! | `config.json`, the sizes and switches | [`json`] |
//! | `model.safetensors`, or `model.safetensors.index.json` and the shards that it names | [`weights`] |
//! | llama2.c's `.bin` files of weights and of a tokenizer | [`llama2c`] |
//!
//! and [`write`](mod@write) writes the first two. [`rotary`] turns the order of rows that some files have into the one that
//! others have.
//!
//! An [`Architecture`] is what the first alone says. [`kind`] says of a folder which of the following reads it. [`decoders`] puts GPT-2, GPT-J, GPT-NeoX, LLaMA, Falcon and
//! BLOOM together out of these, [`bert`](mod@bert) BERT, MiniLM and DistilBERT, [`t5`](mod@t5) T5.
//!
//! Files come from strangers. None is trusted: a length is compared with the file before memory is asked for, every tensor
//! has to be accounted for, and whatever is wrong is an [`Error`] of one sentence.

mod architecture;
pub mod bert;
pub mod decoders;
mod error;
mod family;
pub mod json;
pub mod llama2c;
mod recipe;
pub mod rotary;
mod source;
pub mod t5;
pub mod weights;
pub mod write;

pub use architecture::Architecture;
pub use error::{Error, Mismatch};
pub use family::{Kind, kind};
