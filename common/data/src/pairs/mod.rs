//! Sentences and their translations.
//!
//! A [`PairText`] is a file of the user's, one pair on a line. A [`Vocabulary`] turns the sentences of one side into
//! tokens. [`PairBatches`] draws batches to learn from, [`in_order`] goes over all pairs once to judge by.
//!
//! ```
//! use data::Text;
//! use data::pairs::{Level, PairBatches, PairText, Vocabulary};
//!
//! let file = "Who?\t¿Quién?\nGo on.\tSigue.\nGo on.\tContinúe.\nI see.\tYa veo.\n";
//! let pairs = PairText::new(&Text::new("pairs.tsv", file)?)?;
//! let english = Vocabulary::new(Level::Word, false, 10_000, pairs.sources());
//! let spanish = Vocabulary::new(Level::Word, false, 10_000, pairs.targets());
//! let batch = PairBatches::new(pairs.encode(&english, &spanish), 2, 1).at(0);
//! let sources: Vec<_> = batch.sources.tokens.outer_iter().map(|row| english.decode(&row.to_vec())).collect();
//! assert_eq!(sources, ["Who?", "Go on."]);
//! # Ok::<(), data::pairs::PairError>(())
//! ```

mod batch;
mod batches;
mod fit;
mod level;
mod signs;
mod spans;
mod stored;
mod subwords;
mod text;
mod vocabulary;
mod writer;

pub use batch::{END, Ends, PAD, PairBatch, START, Sources};
pub use batches::{PairBatches, TokenPair, in_order, in_order_between};
pub use level::Level;
pub use text::{MOST_CHARACTERS, MOST_WORDS, PairError, PairSplit, PairText, Side};
pub use vocabulary::{UNKNOWN, Vocabulary, VocabularyError};
