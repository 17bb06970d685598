//! Text, tokenizers, batches and generated tasks.

pub mod batches;
pub mod corpus;
pub mod random;
pub mod tasks;
pub mod text;
pub mod tokenize;

pub use batches::{IGNORE, RandomBatches, SequentialBatches, TextBatch, Windows};
pub use text::{Text, TextDataset, TextError, TextSplit};
pub use tokenize::{
    ByteTokenizer, CharacterTokenizer, Token, TokenizeError, Tokenizer, WordTokenizer,
};
