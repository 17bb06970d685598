//! A tokenizer that first puts every text into one Unicode normal form.

use super::{Stored, Token, TokenizeError, Tokenizer};
use crate::NormalForm;
use crate::words::WordRule;

/// Puts a text into a [`NormalForm`] before another tokenizer reads it. So what is decoded is the text in that form, and errors
/// quote it in that form.
///
/// ```
/// use data::{CharacterTokenizer, NormalForm, tokenize::{Normalized, Tokenizer}};
///
/// let text = NormalForm::Nfc.apply("Häuser");
/// let tokenizer = Normalized::new(NormalForm::Nfc, Box::new(CharacterTokenizer::from_text(&text)));
/// assert_eq!(tokenizer.encode("Ha\u{308}user")?, tokenizer.encode("Häuser")?);
/// # Ok::<(), data::TokenizeError>(())
/// ```
#[derive(Debug)]
pub struct Normalized {
    form: NormalForm,
    inner: Box<dyn Tokenizer>,
}

impl Normalized {
    /// `inner` must have been made from a text in `form`, which is not checked: it would never see its other characters.
    pub fn new(form: NormalForm, inner: Box<dyn Tokenizer>) -> Self {
        Self { form, inner }
    }
}

impl Tokenizer for Normalized {
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError> {
        self.inner.encode(&self.form.apply(text))
    }

    fn decode(&self, tokens: &[Token]) -> String {
        self.inner.decode(tokens)
    }

    fn decode_bytes(&self, tokens: &[Token]) -> Vec<u8> {
        self.inner.decode_bytes(tokens)
    }

    fn unknown(&self) -> Option<Token> {
        self.inner.unknown()
    }

    fn special_tokens(&self) -> Vec<(String, Token)> {
        self.inner.special_tokens()
    }

    fn normal_form(&self) -> NormalForm {
        self.form
    }

    fn word_rule(&self) -> Option<WordRule> {
        self.inner.word_rule()
    }

    fn vocabulary_size(&self) -> usize {
        self.inner.vocabulary_size()
    }

    fn stored(&self) -> Stored {
        Stored::Normalized { form: self.form, of: Box::new(self.inner.stored()) }
    }
}
