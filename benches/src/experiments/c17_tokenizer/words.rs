//! What a tokenizer makes of words.

use std::collections::{BTreeMap, BTreeSet};

use data::{
    Token, Tokenizer,
    tokenize::{Bpe, bpe::Split},
};

/// A word of the held-out text: a run of letters, with the space before it if there is one.
#[derive(Clone, Debug)]
pub struct Word {
    pub text: String,
    /// How often it occurs in the text that is learned from.
    pub occurrences: usize,
}

/// The different words of the held-out text, in alphabetical order.
pub fn held_out_words(learned_from: &str, held_out: &str) -> Vec<Word> {
    let mut occurrences = BTreeMap::new();
    for word in words(learned_from) {
        *occurrences.entry(word).or_insert(0_usize) += 1;
    }
    let different: BTreeSet<&str> = words(held_out).collect();
    let word = |text: &str| Word { text: text.to_owned(), occurrences: occurrences.get(text).copied().unwrap_or(0) };
    different.into_iter().map(word).collect()
}

/// A tokenizer never joins what its rule of splitting parts, so its words are those of that rule.
fn words(text: &str) -> impl Iterator<Item = &str> {
    Split::Gpt2.pieces(text).filter(|piece| piece.chars().any(char::is_alphabetic))
}

/// A tokenizer trained on the text that is learned from.
pub struct Vocabulary {
    /// As asked for; a short text may give less.
    pub size: usize,
    pub tokenizer: Bpe,
    /// How often the pair that was merged last occurs in the text: more frequent words are frequent, others rare. None of the
    /// bytes, which merge nothing.
    pub last_merge: Option<usize>,
}

/// How many words there are, and how many of them are one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    pub whole: usize,
    pub all: usize,
}

impl Whole {
    pub fn share(self) -> f64 {
        self.whole as f64 / self.all as f64
    }
}

impl Vocabulary {
    pub fn train(text: &str, size: usize) -> Self {
        let tokenizer = Bpe::train(text, size, &[]);
        let last = tokenizer.merges().last().map(|_| (tokenizer.vocabulary_size() - 1) as Token);
        let occurs = |last: Token| tokenizer.encode_ordinary(text).into_iter().filter(|token| *token == last).count();
        let last_merge = last.map(occurs);
        Self { size, tokenizer, last_merge }
    }

    /// The words that occur more often than the last merge, and those that occur more seldom or never.
    pub fn shares(&self, words: &[Word]) -> [Whole; 2] {
        let last = self.last_merge.unwrap_or(usize::MAX);
        [self.of(words, |word| word.occurrences > last), self.of(words, |word| word.occurrences < last)]
    }

    /// Those of the words that are asked for.
    pub fn of(&self, words: &[Word], wanted: impl Fn(&Word) -> bool) -> Whole {
        let mut found = Whole::default();
        for word in words.iter().filter(|word| wanted(word)) {
            found.all += 1;
            found.whole += usize::from(self.is_whole(&word.text));
        }
        found
    }

    pub fn is_whole(&self, word: &str) -> bool {
        self.tokenizer.encode_ordinary(word).len() == 1
    }

    /// The pieces of a text as people read them: an underscore for a space, and bytes that are no character by their number.
    pub fn pieces(&self, text: &str) -> String {
        let readable = |token: Token| {
            let bytes = self.tokenizer.decode_bytes(&[token]);
            match str::from_utf8(&bytes) {
                Ok(piece) => piece.replace(' ', "_"),
                Err(_) => bytes.iter().map(|byte| format!("<{byte:02X}>")).collect(),
            }
        };
        let pieces: Vec<String> = self.tokenizer.encode_ordinary(text).into_iter().map(readable).collect();
        pieces.join(" ")
    }
}
