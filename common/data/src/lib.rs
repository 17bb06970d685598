//! Everything a model can be asked to predict: text, and generated tasks whose best answers are known.
//!
//! A [`Text`] is a file of the user's, or the built-in book ([`corpus`]). A [`Tokenizer`] turns it into numbers, one per
//! character, byte or word. A [`TextDataset`] holds those numbers in two parts, one to learn from and one to judge by.
//! From a part come batches: at random ([`RandomBatches`]), in order for recurrent models that carry their state on
//! ([`SequentialBatches`]), or once over its whole windows to evaluate ([`Windows`]).
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
//! [`tasks`] are another source: copying, recalling, adding, sorting, random languages, time series. Those on tokens
//! give the same [`TextBatch`], so a model of text can be trained on them as it is.
//!
//! [`pairs`] are the third: sentences and their translations, from a file of the user's, with vocabularies and batches
//! of their own. [`score`] says how good a translation is, and how good an alignment.
//!
//! Two rules hold throughout. A batch is a function of (data, seed, step) and of nothing before it ([`random`]), so
//! that a run resumes from its step number. And what a user can get wrong is a [`TextError`], a [`TokenizeError`], a
//! [`PairError`](pairs::PairError) or a [`VocabularyError`](pairs::VocabularyError): one sentence that names the file,
//! the place and the way out.
//!
//! The crate knows nothing of tensors. Tokens are `u32` and real numbers `f64`, in arrays of `ndarray`.

pub mod batches;
pub mod corpus;
pub mod masked;
mod normal;
pub mod pairs;
mod quote;
pub mod random;
pub mod score;
pub mod tasks;
pub mod text;
pub mod tokenize;
mod words;

pub use batches::{IGNORE, RandomBatches, SequentialBatches, TextBatch, Windows};
pub use normal::NormalForm;
pub use quote::{counted, one_line, quoted, visible};
pub use text::{HELD_OUT, Text, TextDataset, TextError, TextSplit, divide, is_blank};
pub use tokenize::{ByteTokenizer, CharacterTokenizer, Token, TokenizeError, Tokenizer, WordTokenizer};
pub use words::WordRule;
