//! The tokens that stand around a text that is read as a whole, and in the place of a hidden word.

use std::ops::Range;

use crate::{Token, TokenizeError, Tokenizer};

/// BERT's marks (Devlin et al. 2019, section 3): `[CLS]` before every text, `[SEP]` behind it, `[MASK]` for a hidden word.
///
/// ```
/// use data::masked::Marks;
/// use data::tokenize::Bpe;
///
/// let tokenizer = Bpe::train("low lower lowest", 261, &Marks::TEXTS);
/// let marks = Marks::of(&tokenizer)?;
/// assert_eq!((marks.first, marks.last, marks.mask, marks.words.clone()), (258, 259, 260, 0..258));
/// assert_eq!(marks.framed(&[257, 32, 256, 116], 5), [258, 257, 32, 256, 259]); // cut to five
/// # Ok::<(), data::TokenizeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// Stands before a text. What an encoder makes of it may stand for the whole text.
    pub first: Token,
    /// Stands behind a text.
    pub last: Token,
    /// Stands for a hidden word.
    pub mask: Token,
    /// The tokens that are words or pieces of words: the longest run without a special one.
    pub words: Range<Token>,
}

impl Marks {
    /// How the three are written.
    pub const TEXTS: [&str; 3] = ["[CLS]", "[SEP]", "[MASK]"];

    /// How many tokens stand around a text.
    pub const AROUND: usize = 2;

    /// The marks of a tokenizer.
    ///
    /// # Errors
    /// [`TokenizeError::NoMark`] if it lacks one.
    pub fn of(tokenizer: &dyn Tokenizer) -> Result<Self, TokenizeError> {
        let special = tokenizer.special_tokens();
        let find = |mark: &'static str| {
            let found = special.iter().find(|(text, _)| text == mark);
            found.map(|&(_, token)| token).ok_or(TokenizeError::NoMark { mark })
        };
        let [first, last, mask] = Self::TEXTS;
        let [first, last, mask] = [find(first)?, find(last)?, find(mask)?];
        let mut ends: Vec<Token> = special.iter().map(|&(_, token)| token).collect();
        ends.push(tokenizer.vocabulary_size() as Token);
        ends.sort_unstable();
        let starts = std::iter::once(0).chain(ends.iter().map(|&end| end + 1));
        let runs = starts.zip(&ends).map(|(start, &end)| start.min(end)..end);
        // Of equals the last, as in BERT's own vocabulary, which begins with tokens that nothing uses.
        let words = runs.max_by_key(ExactSizeIterator::len).unwrap_or_default();
        Ok(Marks { first, last, mask, words })
    }

    /// A text between its marks, cut so that it has at most so many tokens with them.
    ///
    /// # Panics
    /// If the marks alone are more.
    #[track_caller]
    pub fn framed(&self, text: &[Token], longest: usize) -> Vec<Token> {
        assert!(longest >= Self::AROUND, "{longest} tokens have no place for the marks around a text");
        let text = &text[..text.len().min(longest - Self::AROUND)];
        [&[self.first], text, &[self.last]].concat()
    }
}
