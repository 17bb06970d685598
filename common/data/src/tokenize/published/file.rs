//! What stands in a `tokenizer.json`, as far as it is known here.

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::tokenize::Token;
use crate::tokenize::bpe::Split;
use crate::tokenize::special::Added;
use crate::{NormalForm, quoted};

/// The pieces of a vocabulary with their tokens.
pub(super) type Vocabulary = FxHashMap<String, Token>;

/// Each piece at the index that is its token, and the special ones, each with whether it is found in the normalised text.
pub(super) type Pieces = (Vec<String>, Vec<(Added, bool)>);

/// Two tokens and the one that they become.
pub(super) type Merged = ((Token, Token), Token);

#[derive(Deserialize)]
pub(super) struct File {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    pub normalizer: Option<Normalizer>,
    pub pre_tokenizer: Option<PreTokenizer>,
    pub decoder: Option<Decoder>,
    pub model: Model,
}

#[derive(Deserialize)]
struct AddedToken {
    id: Token,
    content: String,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    normalized: bool,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum Normalizer {
    Sequence {
        normalizers: Vec<Normalizer>,
    },
    #[serde(rename = "NFC")]
    Nfc,
    #[serde(rename = "NFD")]
    Nfd,
    #[serde(rename = "NFKC")]
    Nfkc,
    #[serde(rename = "NFKD")]
    Nfkd,
    Lowercase,
    StripAccents,
    #[serde(rename = "BertNormalizer")]
    Bert {
        clean_text: bool,
        handle_chinese_chars: bool,
        strip_accents: Option<bool>,
        lowercase: bool,
    },
    Precompiled {
        precompiled_charsmap: Option<String>,
    },
    Prepend {
        prepend: String,
    },
    Replace {
        pattern: Pattern,
        content: String,
    },
    Strip {
        strip_left: bool,
        strip_right: bool,
    },
}

#[derive(Deserialize)]
pub(super) enum Pattern {
    String(String),
    Regex(String),
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum PreTokenizer {
    Sequence {
        pretokenizers: Vec<PreTokenizer>,
    },
    ByteLevel {
        #[serde(default)]
        add_prefix_space: bool,
        #[serde(default = "yes")]
        use_regex: bool,
    },
    Split {
        pattern: Pattern,
        behavior: String,
        #[serde(default)]
        invert: bool,
    },
    #[serde(rename = "BertPreTokenizer")]
    Bert,
    WhitespaceSplit,
    Metaspace(Metaspace),
}

/// `▁` for spaces, in its present and its older form.
#[derive(Deserialize)]
pub(super) struct Metaspace {
    pub replacement: char,
    prepend_scheme: Option<Prepended>,
    add_prefix_space: Option<bool>,
    #[serde(default = "yes")]
    pub split: bool,
}

/// Where a piece gets a space before it.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Prepended {
    Always,
    First,
    Never,
}

impl Metaspace {
    pub fn prepended(&self) -> Prepended {
        let older = match self.add_prefix_space {
            Some(false) => Prepended::Never,
            _ => Prepended::Always,
        };
        self.prepend_scheme.unwrap_or(older)
    }
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum Decoder {
    Sequence { decoders: Vec<Decoder> },
    ByteLevel,
    Metaspace(Metaspace),
    WordPiece { prefix: String, cleanup: bool },
    Replace { pattern: Pattern, content: String },
    ByteFallback,
    Fuse,
    Strip { content: char, start: usize, stop: usize },
}

#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum Model {
    #[serde(rename = "BPE")]
    Bpe {
        vocab: Vocabulary,
        merges: Vec<Merge>,
        unk_token: Option<String>,
        #[serde(default)]
        fuse_unk: bool,
        #[serde(default)]
        byte_fallback: bool,
        #[serde(default)]
        ignore_merges: bool,
        #[serde(default, deserialize_with = "nothing")]
        continuing_subword_prefix: (),
        #[serde(default, deserialize_with = "nothing")]
        end_of_word_suffix: (),
    },
    WordPiece {
        vocab: Vocabulary,
        unk_token: String,
        continuing_subword_prefix: String,
        max_input_chars_per_word: usize,
    },
    Unigram {
        vocab: Vec<(String, f64)>,
        unk_id: Option<usize>,
        #[serde(default)]
        byte_fallback: bool,
    },
}

/// The two pieces of a merge, in its present and its older form.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Merge {
    Pair(String, String),
    Line(String),
}

fn yes() -> bool {
    true
}

/// Accepts what is missing or empty.
fn nothing<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        Some(affix) if !affix.is_empty() => Err(serde::de::Error::custom(format!(
            "pieces that are written with {} at the ends of words are not known here",
            quoted(&affix)
        ))),
        _ => Ok(()),
    }
}

impl File {
    /// The rule by which the text is cut and the form into which it is put before, if the tokens are of bytes.
    pub fn byte_level(&self) -> Result<Option<(Split, NormalForm)>, String> {
        let (split, prefix_space) = match &self.pre_tokenizer {
            Some(PreTokenizer::ByteLevel { add_prefix_space, use_regex: true }) => (Split::Gpt2, *add_prefix_space),
            Some(PreTokenizer::Sequence { pretokenizers }) => match &pretokenizers[..] {
                [
                    PreTokenizer::Split { pattern: Pattern::Regex(pattern), behavior, invert: false },
                    PreTokenizer::ByteLevel { add_prefix_space, use_regex: false },
                ] if behavior == "Isolated" => {
                    let known = [Split::Gpt2, Split::Llama3].into_iter().find(|split| split.pattern() == pattern);
                    let split = known.ok_or_else(|| {
                        format!("it cuts a text by {}, which is neither GPT-2's rule nor LLaMA 3's", quoted(pattern))
                    })?;
                    (split, *add_prefix_space)
                }
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        if prefix_space {
            return Err("it puts a space before each text, which is not known here of tokens of bytes".to_owned());
        }
        let form = match &self.normalizer {
            None => NormalForm::None,
            Some(Normalizer::Nfc) => NormalForm::Nfc,
            Some(Normalizer::Nfkc) => NormalForm::Nfkc,
            Some(Normalizer::Sequence { normalizers }) if normalizers.is_empty() => NormalForm::None,
            Some(_) => return Err("tokens of bytes are known here of text as it is, in NFC or in NFKC".to_owned()),
        };
        Ok(Some((split, form)))
    }

    /// The pieces and the special tokens.
    ///
    /// # Errors
    /// If a token lacks a piece or has two.
    pub fn pieces(&self) -> Result<Pieces, String> {
        let vocab: Vec<(&str, Token)> = match &self.model {
            Model::Bpe { vocab, .. } | Model::WordPiece { vocab, .. } => {
                vocab.iter().map(|(piece, &token)| (&**piece, token)).collect()
            }
            Model::Unigram { vocab, .. } => vocab.iter().map(|(piece, _)| &**piece).zip(0..).collect(),
        };
        let added = self.added_tokens.iter().map(|added| (&*added.content, added.id));
        let mut sorted = vocab.clone();
        sorted.sort_unstable();
        let added: Vec<_> = added.filter(|added| sorted.binary_search(added).is_err()).collect();
        let count = vocab.len() + added.len();
        let mut pieces: Vec<Option<&str>> = vec![None; count];
        for (piece, token) in vocab.into_iter().chain(added) {
            let place = pieces.get_mut(token as usize).ok_or_else(|| {
                format!("the token {} has the number {token}, and there are {count} tokens", quoted(piece))
            })?;
            if let Some(other) = place.replace(piece) {
                let [mut one, mut other] = [piece, other];
                if one > other {
                    (one, other) = (other, one);
                }
                return Err(format!("the tokens {} and {} both have the number {token}", quoted(one), quoted(other)));
            }
        }
        // As many as there are numbers, and no number twice, so none is missing.
        let pieces = pieces.into_iter().flatten().map(str::to_owned).collect();
        let special = self.added_tokens.iter().map(|added| {
            let &AddedToken { id: token, ref content, single_word, lstrip: left, rstrip: right, normalized } = added;
            if single_word {
                return Err(format!(
                    "the special token {} is to be found as a word alone, which is not known here",
                    quoted(content)
                ));
            }
            Ok((Added { text: content.clone(), token, left, right }, normalized))
        });
        Ok((pieces, special.collect::<Result<_, _>>()?))
    }
}

/// The merges as tokens, each with what it becomes.
///
/// # Errors
/// If one names a piece that is not there, or gives one.
pub(super) fn pairs(vocab: &Vocabulary, merges: &[Merge]) -> Result<Vec<Merged>, String> {
    let merges = merges.iter().map(|merge| {
        let (left, right) = match merge {
            Merge::Pair(left, right) => (&**left, &**right),
            Merge::Line(line) => {
                line.split_once(' ').ok_or_else(|| format!("its merge {} is not of two pieces", quoted(line)))?
            }
        };
        let token = |piece: &str| {
            let token = vocab.get(piece).copied();
            token.ok_or_else(|| {
                let [left, right, piece] = [left, right, piece].map(quoted);
                format!("the merge of {left} and {right} needs the piece {piece}, which the vocabulary lacks")
            })
        };
        Ok(((token(left)?, token(right)?), token(&format!("{left}{right}"))?))
    });
    merges.collect()
}
