//! What an English sentence says at its core.

use super::Sentence;
use super::labels::NEGATIONS;
use super::parse::Phrase;
use super::surface;

impl Sentence {
    /// The English sentence without what could be left out, in [`Grammar::english_spanish`](super::Grammar::english_spanish):
    /// itself a sentence of the grammar, of the same words in the same order, but that `a` and `an` follow the word after them. It asks,
    /// commands or states as the whole does, and denies something if that does. Left out are
    ///
    /// - what describes a noun: adjectives and relative clauses, but not whose it is or how many there are;
    /// - when it happens;
    /// - the second of two joined clauses, unless it denies something.
    ///
    /// What a sentence says of its subject stays: that a house is big, where it is. With the adjectives the
    /// [`sentiment`](Self::sentiment) may be lost.
    ///
    /// ```
    /// use grammar::Generator;
    ///
    /// let generator = Generator::default();
    /// let summary = |english| generator.read(english)[0].summary().join(" ");
    /// assert_eq!(summary("yesterday we bought an expensive red car"), "we bought a car");
    /// assert_eq!(summary("the old teacher knows that you work and she is working now"), "the teacher knows that you work");
    /// ```
    pub fn summary(&self) -> Vec<String> {
        let mut kept = vec![true; self.english.len()];
        for phrase in self.parse.phrases().all() {
            self.leave_out(phrase, &mut kept);
        }
        let words = self.english.iter().zip(kept).filter(|(_, kept)| *kept).map(|(word, _)| word.as_str());
        let mut words: Vec<String> = words.map(|word| if word == "an" { "a" } else { word }.to_owned()).collect();
        surface::english(&mut words);
        words
    }

    /// Of a phrase, all but its core.
    fn leave_out(&self, phrase: &Phrase<'_>, kept: &mut [bool]) {
        let denies = |part: &Phrase<'_>| {
            let words = &self.english[part.words.clone()];
            words.iter().any(|word| NEGATIONS.contains(&word.as_str()))
        };
        let core = match phrase.parts.first() {
            Some(first) if phrase.is("Predicate") => first.words.clone(),
            Some(first) if phrase.is("Sentence") && phrase.part("Second").is_some_and(|part| !denies(part)) => {
                first.words.clone()
            }
            Some(front) if phrase.is("Fronted") => front.words.end..phrase.words.end,
            Some(_) if phrase.is("Core") => phrase.words.end - 1..phrase.words.end,
            Some(core) if phrase.is("Long") => phrase.words.start..core.words.end,
            _ => return,
        };
        kept[phrase.words.start..core.start].fill(false);
        kept[core.end..phrase.words.end].fill(false);
    }
}
