//! A text of any script, with an alphabet that the experiments' models can hold.

use std::collections::{BTreeMap, BTreeSet};

use data::{NormalForm, Text};

use report::format;

/// The most characters that models of a comparison tell apart, and one for all others. Alphabetic scripts have fewer;
/// of the thousands of Chinese, these are a good half of what is written.
const MOST: usize = 255;

/// Stands for every character outside the alphabet.
const UNKNOWN: char = char::REPLACEMENT_CHARACTER;

/// The text that character models read.
#[derive(Clone, Debug)]
pub struct Alphabet {
    /// The text, where all but its 255 most frequent characters are written as �. A text of up to 256 characters is as
    /// it was.
    pub text: Text,
    /// How many characters the text had before.
    characters: usize,
    /// The part of it that is written as �.
    unknown: f64,
}

impl Alphabet {
    /// Counts the characters of a text in NFC. Of equally frequent ones, the first in the order of Unicode is kept.
    pub fn of(text: &Text) -> Self {
        let text = &Text::new(text.name(), &NormalForm::Nfc.apply(text.as_str())).expect("as much as before");
        let mut counts = BTreeMap::new();
        for character in text.as_str().chars() {
            *counts.entry(character).or_insert(0_usize) += 1;
        }
        let characters = counts.len();
        if characters <= MOST + 1 {
            return Self { text: text.clone(), characters, unknown: 0.0 };
        }
        let mut frequent: Vec<(char, usize)> = counts.into_iter().collect();
        frequent.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let count = |of: &[(char, usize)]| of.iter().map(|&(_, count)| count).sum::<usize>() as f64;
        let unknown = count(&frequent[MOST..]) / count(&frequent);
        let kept: BTreeSet<char> = frequent[..MOST].iter().map(|&(character, _)| character).collect();
        let capped: String = text.as_str().chars().map(|c| if kept.contains(&c) { c } else { UNKNOWN }).collect();
        let text = Text::new(text.name(), &capped).expect("as many characters as before");
        Self { text, characters, unknown }
    }

    /// What an experiment on the text has to say of the characters that are left out, if any are.
    pub fn limit(&self) -> Option<String> {
        let Self { characters, unknown, .. } = self;
        (*unknown > 0.0).then(|| {
            format!(
                "The text has {} different characters. The models tell the {MOST} most frequent apart; the others, {} % \
                 of the text, are one and the same unknown token to them.",
                format::count(*characters as u64),
                format::number(100.0 * unknown, 2)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use data::{CharacterTokenizer, Tokenizer};

    use super::*;

    #[test]
    fn step_01_a_text_of_an_alphabet_stays_as_it_is() {
        let book = data::corpus::book();
        let alphabet = Alphabet::of(&book);
        assert_eq!(alphabet.text, book);
        assert_eq!(alphabet.limit(), None);
    }

    #[test]
    fn step_03_a_text_is_the_same_however_its_letters_are_put_together() {
        let [composed, decomposed] = ["Häuser", "Ha\u{308}user"].map(|word| Text::new("t", word).unwrap());
        assert_eq!(Alphabet::of(&composed).text, Alphabet::of(&decomposed).text);
    }

    #[test]
    fn step_02_of_five_thousand_characters_the_rare_ones_are_unknown() {
        // The first 500 stand twice.
        let script = |range: std::ops::Range<u32>| range.filter_map(char::from_u32).collect::<String>();
        let text = Text::new("han", &(script(0x4E00..0x4E00 + 5_000) + &script(0x4E00..0x4E00 + 500))).unwrap();
        let alphabet = Alphabet::of(&text);
        assert_eq!(CharacterTokenizer::from_text(alphabet.text.as_str()).vocabulary_size(), 256);
        assert_eq!(alphabet.text.as_str().chars().count(), 5_500);
        assert!(alphabet.text.as_str().starts_with(&script(0x4E00..0x4E00 + 255)), "the frequent ones, in order");
        let said = alphabet.limit().unwrap();
        assert!(said.contains("5,000 different characters") && said.contains("others, 91 % of"), "{said}");
    }
}
