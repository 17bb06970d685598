//! A vocabulary in a file.

use serde::{Deserialize, Serialize};

use super::fit::Habits;
use super::vocabulary::SPECIAL;
use super::{Level, Vocabulary, VocabularyError};
use crate::tokenize::bpe::StoredBpe;
use crate::tokenize::{Bpe, TokenizeError};
use crate::words::WordRule;
use crate::{NormalForm, quoted};

/// The stored form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    vocabulary: Level,
    // Vocabularies of earlier versions do not say these three.
    #[serde(default)]
    rule: WordRule,
    #[serde(default)]
    form: NormalForm,
    #[serde(default)]
    habits: Habits,
    lowercase: bool,
    /// Without the special ones; of byte pairs none.
    pieces: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subwords: Option<StoredBpe>,
}

impl Vocabulary {
    /// This vocabulary as one JSON object, the same text for equal vocabularies.
    pub fn to_json(&self) -> String {
        let pieces = self.pieces[SPECIAL.len()..].to_vec();
        let stored = Stored {
            vocabulary: self.level,
            rule: self.rule,
            form: self.form,
            habits: self.habits,
            lowercase: self.lowercase,
            pieces: if self.subwords.is_some() { Vec::new() } else { pieces },
            subwords: self.subwords.as_ref().map(Bpe::to_stored),
        };
        serde_json::to_string(&stored).expect("lists of strings always have a JSON form")
    }

    /// The vocabulary that [`to_json`](Self::to_json) wrote.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let json = Vocabulary::new(Level::Word, false, 10, ["¡Hola!"]).to_json();
    /// let about = r#""rule":"unicode","form":"none","habits":{"capital":true,"closing":"!"},"lowercase":false"#;
    /// assert_eq!(json, format!(r#"{{"vocabulary":"word",{about},"pieces":[" ¡","! ","Hola"]}}"#));
    /// assert_eq!(Vocabulary::from_json(&json)?.encode("¡Hola!"), [4, 6, 5]);
    /// # Ok::<(), data::pairs::VocabularyError>(())
    /// ```
    ///
    /// # Errors
    /// [`VocabularyError::Stored`] if `json` is not such an object, or its pieces are none or repeat themselves.
    pub fn from_json(json: &str) -> Result<Self, VocabularyError> {
        let refuse = |reason: String| VocabularyError::Stored { reason };
        let Stored { vocabulary: level, rule, form, habits, lowercase, pieces, subwords } =
            serde_json::from_str(json).map_err(|error| refuse(error.to_string()))?;
        let vocabulary = Self::empty(level, rule, form, habits, lowercase);
        match subwords {
            Some(pairs) if level == Level::Bpe && pieces.is_empty() => {
                let pairs = Bpe::from_stored(pairs).map_err(|error| match error {
                    TokenizeError::Stored { reason } => refuse(reason),
                    other => refuse(other.to_string()),
                })?;
                return Ok(vocabulary.with_subwords(pairs));
            }
            None if level != Level::Bpe => {}
            _ => return Err(refuse("it says of byte pairs what is of another kind of tokens".to_owned())),
        }
        if pieces.is_empty() {
            return Err(refuse("its list of pieces is empty".to_owned()));
        }
        let is_piece = |piece: &str| match level {
            Level::Word => level.pieces_by(rule, piece).len() == 1,
            Level::Character | Level::Bpe => piece.chars().count() == 1,
        };
        if let Some(piece) = pieces.iter().find(|piece| !is_piece(piece)) {
            return Err(refuse(format!("{} in its list of pieces is not one piece", quoted(piece))));
        }
        let vocabulary = vocabulary.with_pieces(pieces);
        let pieces = vocabulary.pieces.iter().zip(0..).skip(SPECIAL.len());
        match pieces.into_iter().find(|&(piece, token)| vocabulary.token(piece) != token) {
            Some((piece, _)) => Err(refuse(format!("its list of pieces has {} twice", quoted(piece)))),
            None => Ok(vocabulary),
        }
    }
}
