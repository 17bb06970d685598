//! Words in two senses, and where they stand in each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Sentence;

/// A word that stands in two senses in some sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homograph {
    /// The English word.
    pub word: String,
    /// The more frequent sense first, equals in alphabetical order.
    pub senses: [Occurrences; 2],
}

/// Where a word stands in one of its senses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrences {
    /// Such as `shore` for the bank of a river.
    pub meaning: String,
    /// The number of the sentence, and the position in it; both count from 0.
    pub places: Vec<(usize, usize)>,
}

impl Homograph {
    /// The words that stand in two senses in these sentences, at least `least` times in each, in alphabetical order. Of
    /// a word with more senses, the two most frequent; of a sentence that has a word several times, the first place.
    ///
    /// ```
    /// use grammar::{Generator, Homograph};
    ///
    /// let generator = Generator::default();
    /// let sentences: Vec<_> = (0..1_000).map(|index| generator.sentence(4..=9, 1, index)).collect();
    /// let found = Homograph::find(&sentences, 5);
    /// let Some(bank) = found.iter().find(|homograph| homograph.word == "bank") else { panic!("there are many banks") };
    /// let meanings = bank.senses.each_ref().map(|sense| &*sense.meaning);
    /// assert_eq!(meanings, ["money", "shore"]);
    /// let (sentence, position) = bank.senses[1].places[0];
    /// assert_eq!(sentences[sentence].english[position], "bank");
    /// ```
    pub fn find<'s>(sentences: impl IntoIterator<Item = &'s Sentence>, least: usize) -> Vec<Self> {
        let mut found = BTreeMap::<&str, BTreeMap<&str, Vec<(usize, usize)>>>::new();
        for (number, sentence) in sentences.into_iter().enumerate() {
            for sense in &sentence.senses {
                let senses = found.entry(&sentence.english[sense.position]).or_default();
                if senses.values().filter_map(|places| places.last()).any(|last| last.0 == number) {
                    continue;
                }
                senses.entry(&sense.meaning).or_default().push((number, sense.position));
            }
        }
        let two_senses = found.into_iter().filter_map(|(word, senses)| {
            let often = senses.into_iter().filter(|(_, places)| places.len() >= least);
            let mut senses: Vec<Occurrences> =
                often.map(|(meaning, places)| Occurrences { meaning: meaning.to_owned(), places }).collect();
            senses.sort_by_key(|sense| Reverse(sense.places.len())); // stable: equals stay in alphabetical order
            senses.truncate(2);
            Some(Homograph { word: word.to_owned(), senses: senses.try_into().ok()? })
        });
        two_senses.collect()
    }
}
