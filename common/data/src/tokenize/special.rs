//! Tokens that stand for a text as a whole, such as `<|endoftext|>`.

use aho_corasick::{AhoCorasick, MatchKind};

use super::Token;

/// Tokens that are found in a text before anything else is done with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Special {
    tokens: Vec<Added>,
    /// None if there is nothing to find.
    finder: Option<AhoCorasick>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Added {
    pub text: String,
    pub token: Token,
    /// Takes the white space before it along.
    pub left: bool,
    /// Takes the white space behind it along.
    pub right: bool,
}

impl Added {
    pub fn plain(text: &str, token: Token) -> Self {
        Added { text: text.to_owned(), token, left: false, right: false }
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section<'t> {
    Text(&'t str),
    Special(Token),
}

impl Special {
    /// # Errors
    /// If the text of one is empty, or they are more than can be found at once.
    pub fn new(tokens: Vec<Added>) -> Result<Self, String> {
        if let Some(added) = tokens.iter().find(|added| added.text.is_empty()) {
            return Err(format!("its special token {} has no text", added.token));
        }
        let texts = || tokens.iter().map(|added| &added.text);
        let finder = || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(texts());
        let finder = if tokens.is_empty() { None } else { Some(finder().map_err(|error| error.to_string())?) };
        Ok(Self { tokens, finder })
    }

    pub fn tokens(&self) -> &[Added] {
        &self.tokens
    }

    /// A text in its order; of several special tokens at one place the longest is found.
    pub fn sections<'t>(&self, text: &'t str) -> Vec<Section<'t>> {
        let Some(finder) = &self.finder else { return vec![Section::Text(text)] };
        let mut sections = Vec::new();
        let mut done = 0;
        for found in finder.find_iter(text).map(|found| (found.span(), &self.tokens[found.pattern().as_usize()])) {
            let (span, Added { token, left, right, .. }) = found;
            if span.start < done {
                continue; // in white space that another has taken
            }
            let before = &text[done..span.start];
            let before = if *left { before.trim_end() } else { before };
            if !before.is_empty() {
                sections.push(Section::Text(before));
            }
            sections.push(Section::Special(*token));
            let behind = &text[span.end..];
            done = if *right { text.len() - behind.trim_start().len() } else { span.end };
        }
        if done < text.len() {
            sections.push(Section::Text(&text[done..]));
        }
        sections
    }
}

#[cfg(test)]
mod tests {
    use super::Section::{Special as Token, Text};
    use super::{Added, Special};

    #[test]
    fn the_longest_is_found_and_takes_the_white_space_that_belongs_to_it() {
        let mask = Added { left: true, ..Added::plain("<mask>", 9) };
        let special = Special::new(vec![Added::plain("<a>", 7), Added::plain("<a><b>", 8), mask]).unwrap();
        assert_eq!(special.sections("x <a><b> <mask> y<a>"), [Text("x "), Token(8), Token(9), Text(" y"), Token(7)]);
        assert_eq!(special.sections(""), []);
    }
}
