//! One way to write a text that can be written in several.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc, is_nfkc};

/// A [normal form of Unicode](https://www.unicode.org/reports/tr15/), in which texts that look alike are alike.
///
/// ```
/// use data::NormalForm;
///
/// assert_eq!(NormalForm::Nfc.apply("Ha\u{308}user ²"), "Häuser ²");
/// assert_eq!(NormalForm::Nfkc.apply("Ha\u{308}user ²"), "Häuser 2");
/// assert_eq!(NormalForm::None.apply("Ha\u{308}user"), "Ha\u{308}user");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NormalForm {
    /// As it is written. So models of earlier versions read.
    #[default]
    None,
    /// A letter and its marks are one code point where there is one.
    Nfc,
    /// The same, and variants of a character are that character: wide letters, ligatures, raised digits.
    Nfkc,
}

impl NormalForm {
    /// The text in this form.
    pub fn apply(self, text: &str) -> Cow<'_, str> {
        let is_normal = text.is_ascii()
            || match self {
                NormalForm::None => true,
                NormalForm::Nfc => is_nfc(text),
                NormalForm::Nfkc => is_nfkc(text),
            };
        match self {
            _ if is_normal => Cow::Borrowed(text),
            NormalForm::Nfkc => Cow::Owned(text.nfkc().collect()),
            _ => Cow::Owned(text.nfc().collect()),
        }
    }
}
