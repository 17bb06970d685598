//! Everything a model can be asked to predict: text, and generated tasks whose best answers are known.
//!
//! A [`Text`] is a user's file, or the built-in book ([`corpus`]). A [`Tokenizer`] turns it into numbers, one per
//! character, byte, word or run of bytes that often stands together. A [`TextDataset`] holds those numbers in two parts, `train` to learn from and `validation`, which is
//! held out, to judge by. From a part come batches: at random ([`RandomBatches`]), in order for recurrent models that carry their
//! state over ([`SequentialBatches`]), or once over all windows of `context` tokens that fit into it, side by side
//! ([`Windows`]).
//!
//! ```
//! use data::{CharacterTokenizer, RandomBatches, TextDataset, Tokenizer, Windows, corpus};
//!
//! let book = corpus::book();
//! let tokenizer = CharacterTokenizer::from_text(book.as_str());
//! let dataset = TextDataset::new(&book, &tokenizer)?;
//!
//! let (batch, context, seed, step) = (12, 64, 1, 0);
//! let training = RandomBatches::new(&dataset.train, batch, context, seed)?.at(step);
//! assert_eq!(training.inputs.dim(), (12, 64));
//!
//! let windows = Windows::new(&dataset.validation, context)?;
//! assert_eq!(windows.len(), 579);
//! let first = windows.batches(batch).next().unwrap();
//! let text = tokenizer.decode(&first.inputs.row(0).to_vec());
//! assert_eq!(text, "s cabin; and\nPassepartout, whose duty it was to carry him his me");
//! # Ok::<(), data::TextError>(())
//! ```
//!
//! [`tasks`] are a second source of batches: copying, recalling, adding, sorting, random languages, time series. Those on tokens
//! give batches of the same type, [`TextBatch`], so a language model can be trained on them without a change.
//!
//! What counting alone predicts is the bar that a trained model has to clear: [`ngram`].
//!
//! [`pairs`] are a third: sentences and their translations, from a user's file, with vocabularies and batches
//! of their own. [`score`] says how good a translation is, and how good an alignment.
//!
//! Two rules hold throughout. A batch is a function of its data, its sizes, seed and step, not of the batches before it
//! ([`random`]), so that a run resumes from its step number. And a user's mistake becomes a [`TextError`], a [`TokenizeError`], a
//! [`PairError`](pairs::PairError) or a [`VocabularyError`](pairs::VocabularyError): one sentence that says in which file it is,
//! where in it, and what to do.
//!
//! The crate knows nothing of tensors. Tokens are `u32` and real numbers `f64`, in arrays of `ndarray`.

pub mod batches;
pub mod corpus;
mod marks;
pub mod masked;
pub mod ngram;
mod normal;
pub mod pairs;
pub mod questions;
mod quote;
pub mod random;
pub mod score;
pub mod sentinels;
pub mod tasks;
pub mod text;
pub mod tokenize;
mod words;

pub use batches::{IGNORE, RandomBatches, SequentialBatches, TextBatch, Windows, mean_loss};
pub use normal::NormalForm;
pub use quote::{counted, one_line, quoted, visible};
pub use text::{HELD_OUT, Text, TextDataset, TextError, TextSplit, divide, is_blank};
pub use tokenize::{ByteTokenizer, CharacterTokenizer, Token, TokenizeError, Tokenizer, WordTokenizer};
pub use words::WordRule;
