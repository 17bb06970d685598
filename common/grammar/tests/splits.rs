//! The splits keep apart what they promise. What is held out is told here from the words, not by what divides them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use grammar::{Generator, Half, Sentence, Split};

static GENERATOR: LazyLock<Generator> = LazyLock::new(Generator::default);

/// So many sentences to learn from, and so many for the test.
fn halves(split: Split, lengths: RangeInclusive<usize>, counts: [u64; 2]) -> [Vec<Sentence>; 2] {
    let examples = |half, count| -> Vec<_> {
        (0..count).map(|index| GENERATOR.example(split, half, lengths.clone(), 1, index)).collect()
    };
    [examples(Half::Train, counts[0]), examples(Half::Test, counts[1])]
}

#[test]
fn chance_puts_one_sentence_in_ten_in_the_test_and_none_in_both() {
    let [train, test] = halves(Split::Random, 3..=4, [4_000, 1_000])
        .map(|half| -> BTreeSet<String> { half.iter().map(|sentence| sentence.english.join(" ")).collect() });
    assert_eq!(train.intersection(&test).next(), None);
    let is_tested = |index: &u64| Split::Random.half(&GENERATOR.sentence(2..=14, 4, *index)) == Half::Test;
    let share = (0..5_000).filter(is_tested).count() as f64 / 5_000.0;
    assert!((share - 0.1).abs() < 0.02, "{share}");
}

#[test]
fn sentences_to_learn_from_have_up_to_8_words() {
    for index in 0..500 {
        let sentence = GENERATOR.sentence(2..=14, 3, index);
        let half = if sentence.english.len() <= 8 { Half::Train } else { Half::Test };
        assert_eq!(Split::Length.half(&sentence), half, "{}", sentence.english.join(" "));
    }
}

const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const UNITS: [&str; 9] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const DAYS: [&str; 9] = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
const OTHERS: [&str; 14] = [
    "zero",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "hundred",
    "thousand",
    "million",
];

/// All runs of number words, the days of months as what they count.
fn runs(sentence: &Sentence) -> BTreeSet<String> {
    let cardinal =
        |word: &String| DAYS.iter().position(|day| word == day).map_or(word.clone(), |n| UNITS[n].to_owned());
    let words: Vec<String> = sentence.english.iter().map(cardinal).collect();
    let is_number = |word: &str| [&TENS[..], &UNITS, &OTHERS].concat().contains(&word);
    let runs = words.split(|word| !is_number(word)).filter(|run| run.len() > 1);
    runs.map(|run| run.join(" ")).collect()
}

/// In whatever they tell: how many, ages, prices, years, days, minutes.
#[test]
fn numbers_of_the_test_are_in_no_sentence_to_learn_from() {
    let [train, test] = halves(Split::Numbers, 5..=8, [20_000, 500]);
    let learnt: BTreeSet<String> = train.iter().flat_map(runs).collect();
    for sentence in &test {
        let new = runs(sentence).iter().any(|run| !learnt.contains(run));
        assert!(new, "all numbers are learnt: {}", sentence.english.join(" "));
    }
}

#[test]
fn a_number_is_held_out_in_whatever_it_tells() {
    let half = |english: String| {
        let [sentence] = &GENERATOR.read(&english)[..] else { panic!("{english} has not one reading") };
        Split::Numbers.half(sentence)
    };
    let mut held_out = 0;
    for number in TENS.iter().flat_map(|tens| UNITS.map(|unit| format!("{tens} {unit}"))) {
        let expected = half(format!("my house is number {number}"));
        for english in ["I am N years old", "the car costs N dollars", "we see N white cars"] {
            assert_eq!(half(english.replace('N', &number)), expected, "{english}: {number}");
        }
        held_out += usize::from(expected == Half::Test);
    }
    assert!((4..=15).contains(&held_out), "{held_out} of 72");
    for (day, unit) in DAYS.iter().zip(UNITS) {
        assert_eq!(half(format!("today is May twenty {day}")), half(format!("I am twenty {unit} years old")));
    }
    for unit in &UNITS[1..] {
        let year = half(format!("we left in two thousand {unit}"));
        assert_eq!(year, half(format!("my house is number two thousand {unit}")));
    }
    assert_eq!(half("it is twenty five to three".to_owned()), half("I am twenty five years old".to_owned()));
}

#[test]
fn combinations_of_the_test_are_in_no_sentence_to_learn_from_but_their_parts_are() {
    let [train, test] = halves(Split::Composition, 4..=8, [8_000, 4_000]);
    let bonds =
        |half: &[Sentence]| -> BTreeSet<_> { half.iter().flat_map(|sentence| sentence.bonds.clone()).collect() };
    let learnt = bonds(&train);
    assert!(learnt.iter().all(|bond| !Split::holds_out(bond)));
    assert!(test.iter().all(|sentence| sentence.bonds.iter().any(|bond| !learnt.contains(bond))));
    let parts: BTreeSet<_> = learnt.iter().flat_map(|bond| [&bond.one, &bond.other]).collect();
    let tested = bonds(&test);
    let held_out: Vec<_> = tested.iter().filter(|bond| Split::holds_out(bond)).collect();
    assert!(held_out.len() > 20, "{}", held_out.len());
    for bond in held_out {
        assert!(parts.contains(&bond.one) && parts.contains(&bond.other), "{bond:?}");
    }
    // What is said often is in both halves, but for what is held out.
    let said = neighbours(&train);
    let often: Vec<_> = neighbours(&test).into_iter().filter(|(_, times)| *times >= 10).collect();
    let new = often.iter().filter(|(pair, _)| !said.contains_key(pair)).count();
    assert!(new >= 5 && new < often.len(), "{new} of {}", often.len());
}

/// How often these adjectives stand before these nouns.
fn neighbours(half: &[Sentence]) -> BTreeMap<[String; 2], usize> {
    let adjectives = ["red", "white", "black", "big", "small", "new", "old", "good", "great", "interesting"];
    let nouns = ["car", "table", "box", "house", "school", "city", "dog", "cat", "book", "letter", "novel"];
    let mut counts = BTreeMap::new();
    for pair in half.iter().flat_map(|sentence| sentence.english.windows(2)) {
        if adjectives.contains(&&*pair[0]) && nouns.contains(&&*pair[1]) {
            *counts.entry([pair[0].clone(), pair[1].clone()]).or_default() += 1;
        }
    }
    counts
}

#[test]
#[should_panic(expected = "generator: hardly any sentence of 5 words is in the Test half of Length")]
fn a_half_without_sentences_of_a_length_is_refused() {
    GENERATOR.example(Split::Length, Half::Test, 5..=5, 1, 0);
}
