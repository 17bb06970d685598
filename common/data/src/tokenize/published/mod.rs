//! Tokenizers that models were published with.
//!
//! Hugging Face's `tokenizer.json` says of a tokenizer how it normalises a text, cuts it, looks its pieces up and writes
//! tokens as text. [`read`] makes of it a [`Bpe`] where it is byte-level byte-pair encoding (GPT-2, LLaMA 3), else a
//! [`Published`]: byte-pair encoding of characters as SentencePiece has it (LLaMA 1 and 2), WordPiece (BERT) or Unigram
//! (T5). What older files hold ([`older`], [`sentencepiece`]) is put into that form first. Tokens that a model wants around
//! each text, such as BERT's `[CLS]`, are not added.

mod character_bpe;
mod characters;
mod charsmap;
mod decoder;
mod file;
mod normalizer;
pub mod older;
mod pretokenizer;
pub mod sentencepiece;
mod unigram;
mod wordpiece;
mod write;

use std::fmt;

pub use write::to_hugging_face;

use super::special::{Section, Special};
use super::{Bpe, Normalized, Stored, Token, TokenizeError, Tokenizer, assert_in_vocabulary};
use character_bpe::CharacterBpe;
use decoder::Decoder;
use file::File;
use normalizer::Normalizer;
use pretokenizer::PreTokenizer;
use unigram::Unigram;
use wordpiece::WordPiece;

/// The tokenizer of a `tokenizer.json`.
///
/// # Errors
/// [`TokenizeError::Published`] if it is none, contradicts itself, or has a part that is not known here.
pub fn read(json: &str) -> Result<Box<dyn Tokenizer>, TokenizeError> {
    let read = || {
        let file: File = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if let Some((split, form)) = file.byte_level()? {
            let bpe: Box<dyn Tokenizer> = Box::new(file.into_bpe(split)?);
            return Ok(match form {
                crate::NormalForm::None => bpe,
                form => Box::new(Normalized::new(form, bpe)) as Box<dyn Tokenizer>,
            });
        }
        Ok(Box::new(file.into_published(json)?) as Box<dyn Tokenizer>)
    };
    read().map_err(|reason: String| TokenizeError::Published { reason })
}

/// A tokenizer of the kinds of LLaMA 1, BERT and T5.
pub struct Published {
    /// The file that it was read from.
    file: String,
    /// Special tokens that are found in the text as it is, and in the normalised text.
    special: [Special; 2],
    normalizer: Normalizer,
    pretokenizer: PreTokenizer,
    model: Model,
    decoder: Decoder,
    pieces: Vec<String>,
}

/// How a piece becomes tokens.
enum Model {
    CharacterBpe(CharacterBpe),
    WordPiece(WordPiece),
    Unigram(Unigram),
}

impl Published {
    fn write(&self, text: &str, is_first: bool, tokens: &mut Vec<Token>) {
        for piece in self.pretokenizer.pieces(text, is_first) {
            match &self.model {
                Model::CharacterBpe(model) => model.write(&piece, tokens),
                Model::WordPiece(model) => model.write(&piece, tokens),
                Model::Unigram(model) => model.write(&piece, tokens),
            }
        }
    }
}

impl Tokenizer for Published {
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError> {
        let mut tokens = Vec::new();
        let mut is_first = true;
        for section in self.special[0].sections(text) {
            match section {
                Section::Special(token) => tokens.push(token),
                Section::Text(text) => {
                    for section in self.special[1].sections(&self.normalizer.apply(text)) {
                        match section {
                            Section::Special(token) => tokens.push(token),
                            Section::Text(text) => self.write(text, is_first, &mut tokens),
                        }
                        is_first = false;
                    }
                }
            }
            is_first = false;
        }
        Ok(tokens)
    }

    fn decode(&self, tokens: &[Token]) -> String {
        let piece = |&token: &Token| {
            assert_in_vocabulary(token, self.pieces.len());
            self.pieces[token as usize].clone()
        };
        self.decoder.text(tokens.iter().map(piece).collect())
    }

    fn unknown(&self) -> Option<Token> {
        match &self.model {
            Model::CharacterBpe(model) => model.unknown(),
            Model::WordPiece(model) => Some(model.unknown()),
            Model::Unigram(model) => model.unknown(),
        }
    }

    fn special_tokens(&self) -> Vec<(String, Token)> {
        let tokens = self.special.iter().flat_map(Special::tokens).map(|added| added.token);
        tokens.map(|token| (self.pieces[token as usize].clone(), token)).collect()
    }

    fn vocabulary_size(&self) -> usize {
        self.pieces.len()
    }

    fn stored(&self) -> Stored {
        Stored::Published { file: self.file.clone() }
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.model {
            Model::CharacterBpe(_) => "byte-pair encoding of characters",
            Model::WordPiece(_) => "WordPiece",
            Model::Unigram(_) => "Unigram",
        };
        f.debug_struct("Published").field("kind", &kind).field("tokens", &self.pieces.len()).finish_non_exhaustive()
    }
}

/// What [`Bpe`] is read from.
impl File {
    fn into_bpe(self, split: super::bpe::Split) -> Result<Bpe, String> {
        let (pieces, added) = self.pieces()?;
        let file::Model::Bpe { vocab, merges, ignore_merges, .. } = self.model else {
            return Err("it cuts a text into bytes, and its model is not BPE".to_owned());
        };
        let bytes = |(piece, token): (&String, Token)| match vocab.contains_key(piece) {
            true => super::bpe::alphabet::read(piece)
                .ok_or_else(|| format!("its token {token}, {}, is not of bytes", crate::quoted(piece))),
            false => Ok(piece.clone().into_bytes()),
        };
        let bytes = pieces.iter().zip(0..).map(bytes).collect::<Result<Vec<_>, _>>()?;
        let pairs = file::pairs(&vocab, &merges)?.into_iter().map(|(pair, _)| pair).collect();
        Bpe::new(split, bytes, pairs, added.into_iter().map(|(added, _)| added).collect(), ignore_merges)
    }

    fn into_published(self, json: &str) -> Result<Published, String> {
        let (pieces, added) = self.pieces()?;
        let [mut raw, mut normalized] = [Vec::new(), Vec::new()];
        let normalizer = Normalizer::new(self.normalizer)?;
        for (mut added, in_normalized) in added {
            if in_normalized {
                added.text = normalizer.apply(&added.text);
                normalized.push(added);
            } else {
                raw.push(added);
            }
        }
        let model = match self.model {
            file::Model::Bpe {
                vocab,
                merges,
                unk_token,
                fuse_unk,
                byte_fallback,
                ignore_merges,
                continuing_subword_prefix: (),
                end_of_word_suffix: (),
            } => {
                let pairs = file::pairs(&vocab, &merges)?;
                Model::CharacterBpe(CharacterBpe::new(
                    vocab,
                    pairs,
                    unk_token,
                    [fuse_unk, byte_fallback, ignore_merges],
                )?)
            }
            file::Model::WordPiece { vocab, unk_token, continuing_subword_prefix, max_input_chars_per_word } => {
                Model::WordPiece(WordPiece::new(
                    vocab,
                    &unk_token,
                    continuing_subword_prefix,
                    max_input_chars_per_word,
                )?)
            }
            file::Model::Unigram { vocab, unk_id, byte_fallback } => {
                Model::Unigram(Unigram::new(vocab, unk_id, byte_fallback)?)
            }
        };
        Ok(Published {
            file: json.to_owned(),
            special: [Special::new(raw)?, Special::new(normalized)?],
            normalizer,
            pretokenizer: PreTokenizer::new(self.pre_tokenizer)?,
            model,
            decoder: Decoder::new(self.decoder)?,
            pieces,
        })
    }
}
