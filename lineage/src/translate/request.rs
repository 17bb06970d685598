//! What a translator is asked.

use anyhow::{anyhow, bail};
use data::pairs::{MOST_CHARACTERS, MOST_WORDS, UNKNOWN, Vocabulary};
use data::{Token, is_blank, quoted};
use nn::Translation;
use report::{format::counted, progress::Progress};

use crate::kind::pairs::Generated;
use crate::kind::text::TextId;

/// A sentence as the model reads it, and what to call it in messages.
pub struct Request {
    /// Where it stands.
    pub place: String,
    /// Its words, with the capital letters and signs that the model was trained on.
    pub sentence: String,
    /// None of a blank line, which has no translation.
    pub tokens: Vec<Token>,
    /// Whether it came with other capital letters or signs.
    is_fitted: bool,
}

impl Request {
    /// A sentence that was given alone.
    ///
    /// # Errors
    /// If the model knows nothing of it, or it is too long.
    pub fn new(place: String, sentence: &str, vocabulary: &Vocabulary, longest: Option<usize>) -> anyhow::Result<Self> {
        let sentence = sentence_of(&place, sentence)?;
        let fitted = vocabulary.fit(sentence);
        let is_fitted = fitted.is_some();
        let sentence = fitted.unwrap_or_else(|| sentence.to_owned());
        let tokens = vocabulary.encode_request(&sentence).map_err(|error| anyhow!("{place}: {error}"))?;
        if let Some(most) = longest.filter(|&most| tokens.len() > most) {
            bail!(
                "{place} has {} tokens, and the model has {}: shorten it, or train with a larger --context",
                tokens.len(),
                counted(most, "learned position")
            );
        }
        Ok(Request { place, sentence, tokens, is_fitted })
    }

    /// A line of a text; a blank one is translated by a blank one, so that lines keep their numbers.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn line(place: String, line: &str, vocabulary: &Vocabulary, longest: Option<usize>) -> anyhow::Result<Self> {
        if is_blank(line) {
            return Ok(Request { place, sentence: String::new(), tokens: Vec::new(), is_fitted: false });
        }
        Request::new(place, line, vocabulary, longest)
    }

    /// Whether there is nothing to translate.
    pub fn is_blank(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The words of which the model does not know a piece; each once.
    fn unknown_words(&self, vocabulary: &Vocabulary) -> Vec<String> {
        let words = vocabulary.words(&self.sentence);
        let mut unknown = Vec::new();
        for (word, &token) in vocabulary.words_read(&self.sentence).into_iter().zip(&self.tokens) {
            if let Some(word) = word.map(|word| &words[word])
                && token == UNKNOWN
                && !unknown.contains(word)
            {
                unknown.push(word.clone());
            }
        }
        unknown
    }
}

/// What of a line is a sentence.
///
/// # Errors
/// If it is more than one, or too long.
pub fn sentence_of<'s>(place: &str, sentence: &'s str) -> anyhow::Result<&'s str> {
    // Editors and shells leave a byte-order mark, which is no part of the sentence.
    let sentence = sentence.strip_prefix('\u{FEFF}').unwrap_or(sentence);
    if sentence.trim().contains('\t') {
        bail!(
            "{place} has a tab, as pairs have between a sentence and its translation: give the sentence alone, or judge the pairs \
             by `lineage evaluate --pairs`"
        );
    }
    let words = sentence.split_whitespace().count();
    let characters = sentence.chars().count();
    for (length, unit, limit) in [(words, "words", MOST_WORDS), (characters, "characters", MOST_CHARACTERS)] {
        if length > limit {
            bail!("{place} has {length} {unit}, and at most {limit} are taken: shorten it or cut it in two");
        }
    }
    Ok(sentence)
}

/// What is told of requests, of which some things are told once.
pub struct Notices {
    progress: Progress,
    way_out: &'static str,
    told_fitted: bool,
    told_way_out: bool,
}

impl Notices {
    /// Of requests to a model that learned from these.
    pub fn new(learned_from: &TextId, progress: Progress) -> Self {
        let way_out = if learned_from.sha256 == Generated::default().id().sha256 {
            "write as generated sentences do: in small letters, with ? and 's as words, without other marks, and in their \
             words"
        } else {
            "write in other words, or train with a larger --vocabulary or more pairs"
        };
        Notices { progress, way_out, told_fitted: false, told_way_out: false }
    }

    /// Says that capital letters and signs are fitted, if they are, and which words the model cannot read.
    pub fn tell(&mut self, requests: &[Request], vocabulary: &Vocabulary) {
        let fitted = requests.iter().find(|request| request.is_fitted).filter(|_| !self.told_fitted);
        if let Some(Request { place, sentence, .. }) = fitted {
            self.told_fitted = true;
            self.progress.say(&format!(
                "{place} is read as {}: capital letters and signs are fitted to the sentences that the model was trained on",
                quoted(sentence)
            ));
        }
        let mut all_known = true;
        for request in requests {
            let unknown = request.unknown_words(vocabulary);
            if !unknown.is_empty() {
                let unknown: Vec<String> = unknown.iter().map(|word| quoted(word)).collect();
                self.progress.say(&format!("{}: the model does not know {}", request.place, unknown.join(", ")));
                all_known = false;
            }
        }
        if !all_known && !self.told_way_out {
            self.told_way_out = true;
            self.progress.say(self.way_out);
        }
    }

    /// Says if the model had more to say.
    pub fn tell_cut_off(&self, Request { place, .. }: &Request, said: &Translation) {
        if !said.ended() {
            self.progress.say(&format!(
                "{place}: the translation was cut off after {}, since the model came to no end: train it longer, or \
                 shorten the sentence",
                counted(said.tokens.len(), "token")
            ));
        }
    }
}
