//! To which words of a sentence its tokens belong.

use std::ops::Range;

use super::vocabulary::cased;
use super::{Level, Vocabulary};
use crate::Token;
use crate::words::Part;

impl Vocabulary {
    /// How many words a sentence has: pieces with a letter or a digit, by the rule of this vocabulary.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let any = Vocabulary::new(Level::Word, false, 10, ["any"]);
    /// assert_eq!(any.count_words("ice-cream—now, ok ?"), 4);
    /// assert_eq!(any.count_words("ሰላም፡ለዓለም፡ሁሉ"), 3);
    /// assert_eq!(any.count_words("我用 AI，你呢？"), 5);
    /// ```
    pub fn count_words(&self, sentence: &str) -> usize {
        let pieces = Level::Word.pieces_by(self.rule, &self.form.apply(sentence));
        pieces.iter().filter(|piece| self.part(piece) != Part::Sign).count()
    }

    /// The words of a sentence in its normal form, each with the signs beside it, and a sign between spaces as a word.
    pub fn words(&self, sentence: &str) -> Vec<String> {
        let sentence = self.form.apply(sentence);
        self.rule.ranges(&sentence).into_iter().map(|word| sentence[word].to_owned()).collect()
    }

    /// Of every token of a sentence that is [encoded](Self::encode) the number of the word that it belongs to. A space
    /// between characters belongs to none.
    pub fn words_read(&self, sentence: &str) -> Vec<Option<usize>> {
        if self.subwords.is_some() {
            return self.words_said(&self.encode(sentence));
        }
        let sentence = self.form.apply(sentence);
        let (mut words, mut number) = (Vec::new(), 0);
        for chunk in sentence.split_whitespace() {
            if number > 0 && self.level == Level::Character {
                words.push(None);
            }
            for word in self.rule.ranges(chunk) {
                let tokens = self.level.pieces_by(self.rule, &cased(&chunk[word], self.lowercase)).len();
                words.extend(std::iter::repeat_n(Some(number), tokens));
                number += 1;
            }
        }
        words
    }

    /// The same of every token of a sentence that was said. An unknown token is a letter, so what touches it belongs to
    /// its word.
    pub fn words_said(&self, tokens: &[Token]) -> Vec<Option<usize>> {
        let (sentence, places) = self.write(tokens, |_| "x".to_owned());
        let words = self.rule.ranges(&sentence);
        let word = |place: &Range<usize>| {
            // A byte pair may begin with the space before its word.
            let said = sentence[place.clone()].trim_start();
            words.iter().position(|word| !said.is_empty() && word.contains(&(place.end - said.len())))
        };
        places.iter().map(word).collect()
    }

    /// The words of a translation that was said, as [`words_said`](Self::words_said) counts them, with `unknown` for
    /// each unknown token, given its place.
    pub fn said_words(&self, tokens: &[Token], unknown: impl Fn(usize) -> String) -> Vec<String> {
        let (sentence, places) = self.write(tokens, unknown);
        let mut words = Vec::<String>::new();
        for (word, place) in self.words_said(tokens).into_iter().zip(places) {
            let Some(word) = word else { continue };
            words.resize(words.len().max(word + 1), String::new());
            words[word].push_str(sentence[place].trim_start());
        }
        words
    }
}
