//! Number words against those of a library written apart.

use grammar::{Generator, Grammar};
use num_bigint::BigInt;
use num2words2_core::get_lang_by_key;

/// The library's words, as the grammar writes them: no hyphens, no commas, no English `and`.
fn library(language: &str, number: u32) -> String {
    let words = get_lang_by_key(language).unwrap().to_cardinal(&BigInt::from(number)).unwrap();
    words.replace(['-', ','], " ").split_whitespace().filter(|&word| word != "and").collect::<Vec<_>>().join(" ")
}

fn numbers() -> impl Iterator<Item = u32> {
    let thousands = (1..1_000).map(|thousands| 1_000 * thousands);
    (0..2_100).chain(thousands).chain((2_100..1_000_000).step_by(97))
}

/// Numbers that stand for themselves, as in: my house is number twenty one.
#[test]
fn all_kinds_of_numbers_up_to_a_million_are_those_of_num2words() {
    let generator = Generator::new(Grammar::english_spanish(), "Number", 10);
    for number in numbers() {
        let english = library("en", number);
        let readings = generator.read(&english);
        assert_eq!(readings.len(), 1, "{number}: {english}");
        assert_eq!(readings[0].spanish.join(" "), library("es", number), "{number}");
        assert_eq!(readings[0].english.join(" "), english);
    }
}

#[test]
fn every_number_from_0_to_999_999_and_the_round_millions_are_made_once() {
    let generator = Generator::new(Grammar::english_spanish(), "Number", 10);
    // 0 to 999,999, and 1 to 999 million.
    assert_eq!((1..=10).map(|length| generator.count(length)).sum::<u128>(), 1_000_000 + 999);
    for (number, english) in
        [(1_000_000, "one million"), (2_000_000, "two million"), (21_000_000, "twenty one million")]
    {
        assert_eq!(generator.read(english)[0].spanish.join(" "), library("es", number));
    }
}

/// The library knows no gender. Expected here: its number for men is the number by itself with un for uno, and for
/// women una, and the hundreds in -as.
#[test]
fn numbers_agree_with_what_is_counted() {
    let [masculine, feminine] =
        ["Count.m", "Count.f"].map(|phrase| Generator::new(Grammar::english_spanish(), phrase, 10));
    for number in numbers().filter(|&number| number > 1 && number < 1_000_000) {
        let english = library("en", number);
        let alone = library("es", number);
        let short = |text: &str| match text.strip_suffix("uno") {
            Some("veinti") => "veintiún".to_owned(),
            Some(stem) if stem.ends_with("veinti") => format!("{}veintiún", stem.trim_end_matches("veinti")),
            Some(stem) => format!("{stem}un"),
            None => text.to_owned(),
        };
        let long = match alone.strip_suffix("uno") {
            Some(stem) => format!("{stem}una"),
            None => alone.clone(),
        };
        assert_eq!(masculine.read(&english)[0].spanish.join(" "), short(&alone), "{number}");
        assert_eq!(feminine.read(&english)[0].spanish.join(" "), long.replace("entos", "entas"), "{number}");
    }
}
