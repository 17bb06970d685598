//! Summaries of the English-Spanish sentences.

use std::sync::LazyLock;

use grammar::{Generator, Sentence};

static GENERATOR: LazyLock<Generator> = LazyLock::new(Generator::default);

fn read(english: &str) -> Sentence {
    let [sentence] = &GENERATOR.read(english)[..] else { panic!("{english} has not one reading") };
    sentence.clone()
}

#[test]
fn summaries_are_those_checked_by_hand() {
    for (english, expected) in [
        ("I see an expensive red car", "I see a car"),
        ("she eats a good apple", "she eats an apple"),
        ("we see a very small house", "we see a house"),
        ("the woman saw the man who ate the bread", "the woman saw the man"),
        ("on March third I am going to work", "I am going to work"),
        ("they ate the eggs yesterday", "they ate the eggs"),
        ("they are working now", "they are working"),
        ("he is tired and he drinks water", "he is tired"),
        ("he is tired but he doesn't work", "he is tired but he doesn't work"),
        ("my white house is not big", "my house is not big"),
        ("the boy 's white dogs are old", "the boy 's dogs are old"),
        ("the white house is big", "the house is big"),
        ("did you write the good book yesterday ?", "did you write the book ?"),
        ("give me the good book", "give me the book"),
        ("it is half past two", "it is half past two"),
    ] {
        assert_eq!(read(english).summary().join(" "), expected, "{english}");
    }
}

#[test]
fn a_summary_is_a_sentence_of_the_words_that_stays_what_it_is() {
    let (mut words, mut kept) = (0, 0);
    for index in 0..3_000 {
        let sentence = GENERATOR.sentence(2..=14, 17, index);
        let summary = sentence.summary();
        let text = format!("{}: {}", sentence.english.join(" "), summary.join(" "));
        let mut left = sentence.english.iter();
        let same = |own: &String, word: &String| {
            own == word || [own, word].iter().all(|word| ["a", "an"].contains(&word.as_str()))
        };
        assert!(summary.iter().all(|word| left.any(|own| same(own, word))), "{text}");
        let [read] = &GENERATOR.read(&summary.join(" "))[..] else { panic!("{text}") };
        assert_eq!(read.summary(), summary, "{text}");
        assert_eq!((read.kind(), read.is_negated()), (sentence.kind(), sentence.is_negated()), "{text}");
        words += sentence.english.len();
        kept += summary.len();
    }
    assert!(kept * 10 < words * 9, "{kept} of {words}");
}
