//! From pieces to a sentence.

use std::ops::Range;

use super::Level;

/// Writes pieces with the spaces between them.
pub(super) struct Writer {
    level: Level,
    pub sentence: String,
    after_space: bool,
    after_word: bool,
}

impl Writer {
    pub fn new(level: Level) -> Self {
        Self { level, sentence: String::new(), after_space: false, after_word: false }
    }

    /// Writes one more; where it stands.
    pub fn push(&mut self, piece: &str, is_word: bool) -> Range<usize> {
        let mut written = piece;
        if self.level == Level::Word {
            let apart = self.after_space || piece.starts_with(' ') || (self.after_word && is_word);
            if apart && !self.sentence.is_empty() {
                self.sentence.push(' ');
            }
            (self.after_space, self.after_word) = (piece.ends_with(' '), is_word);
            written = piece.trim();
        }
        let start = self.sentence.len();
        self.sentence.push_str(written);
        start..self.sentence.len()
    }
}
