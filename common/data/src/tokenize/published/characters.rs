//! Kinds of characters that BERT's rules ask for.

use std::sync::LazyLock;

use crate::tokenize::class::Class;

/// Controls, invisible formatting and private use, which are removed.
pub(super) static INVISIBLE: LazyLock<Class> = LazyLock::new(|| Class::new(r"[\p{Cc}\p{Cf}\p{Co}]"));

/// Marks that take no space of their own, such as accents.
pub(super) static MARK: LazyLock<Class> = LazyLock::new(|| Class::new(r"\p{Mn}"));

static PUNCTUATION: LazyLock<Class> = LazyLock::new(|| Class::new(r"\p{P}"));

/// Whether a character is a word of its own.
pub(super) fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || PUNCTUATION.contains(c)
}

/// Whether a character is of the blocks of Chinese characters, which stand without spaces.
pub(super) fn is_chinese(c: char) -> bool {
    matches!(
        c as u32,
        0x4E00..=0x9FFF
            | 0x3400..=0x4DBF
            | 0x20000..=0x2A6DF
            | 0x2A700..=0x2B73F
            | 0x2B740..=0x2B81F
            | 0x2B920..=0x2CEAF
            | 0xF900..=0xFAFF
            | 0x2F800..=0x2FA1F
    )
}
