//! The labels of the English-Spanish sentences: spans, what a sentence does, what it shows somebody to think.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use grammar::{Generator, Kind, Sentiment, Span};

static GENERATOR: LazyLock<Generator> = LazyLock::new(Generator::default);

#[test]
fn spans_name_persons_places_times_and_numbers() {
    let spans = |english: &str| -> Vec<(String, String)> {
        let sentence = GENERATOR.read(english).remove(0);
        let text = |words: std::ops::Range<usize>| sentence.english[words].join(" ");
        sentence.spans.iter().map(|span| (span.label.clone(), text(span.words.clone()))).collect()
    };
    for (english, expected) in [
        ("today is March third", vec![("date", "March third")]),
        ("it is half past two", vec![("time", "half past two")]),
        ("the car costs ten dollars", vec![("number", "ten"), ("price", "ten dollars")]),
        (
            "the car costs two hundred million dollars",
            vec![("number", "two hundred million"), ("price", "two hundred million dollars")],
        ),
        ("the car costs one million euros", vec![("number", "one million"), ("price", "one million euros")]),
        ("my house is number ten", vec![("number", "ten")]),
        ("my house is number two million", vec![("number", "two million")]),
        ("I am ten years old", vec![("age", "ten")]),
        ("the third car is new", vec![("ordinal", "third")]),
        (
            "the boy 's very old teacher lives in the white house",
            vec![
                ("person", "boy"),
                ("person", "very old teacher"),
                ("place", "white house"),
                ("where", "in the white house"),
            ],
        ),
        (
            "we saw the bank of the river on Monday May first",
            vec![
                ("place", "the bank of the river"),
                ("weekday", "Monday"),
                ("date", "May first"),
                ("when", "on Monday May first"),
            ],
        ),
        ("in May they are going to sing", vec![("date", "May"), ("when", "in May")]),
        ("we left in nineteen ten", vec![("year", "nineteen ten"), ("when", "in nineteen ten")]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(label, text)| (label.to_owned(), text.to_owned())).collect();
        assert_eq!(spans(english), expected, "{english}");
    }
}

/// A word that makes its phrase one of a kind, wherever it stands, lies in a span of the kind; but for the house whose
/// number is told, which is not a phrase of its own.
#[test]
fn every_mention_lies_in_one_span_of_its_kind_and_no_two_of_a_kind_overlap() {
    let mentions: [(&str, &[&str]); 8] = [
        ("person", &["boy", "boys", "girl", "girls", "man", "men", "woman", "women", "friend", "teachers", "sons"]),
        ("place", &["house", "houses", "city", "cities", "school", "schools", "bank", "banks", "river"]),
        ("date", &["January", "February", "May", "December", "twentieth"]),
        ("weekday", &["Monday", "Tuesday", "Sunday"]),
        ("time", &["o'clock", "half", "quarter", "past"]),
        ("price", &["dollars", "euros"]),
        ("number", &["zero", "million"]),
        ("when", &["yesterday", "tomorrow", "every", "week"]),
    ];
    let mut seen = BTreeSet::new();
    for index in 0..4_000 {
        let sentence = GENERATOR.sentence(2..=14, 12, index);
        let text = sentence.english.join(" ");
        for (at, span) in sentence.spans.iter().enumerate() {
            assert!(!span.words.is_empty() && span.words.end <= sentence.english.len(), "{text}: {span:?}");
            let own = sentence.spans[..at].iter().filter(|other| other.label == span.label);
            let apart = |other: &Span| other.words.end <= span.words.start || span.words.end <= other.words.start;
            assert!(own.into_iter().all(apart), "{text}: {span:?}");
            seen.insert(span.label.clone());
        }
        for (position, word) in sentence.english.iter().enumerate() {
            for (label, words) in mentions {
                let within = |span: &&Span| span.label == label && span.words.contains(&position);
                let found = sentence.spans.iter().filter(within).count();
                let numbered = text.contains("house is number") && label == "place";
                assert!(found == 1 || numbered || !words.contains(&word.as_str()), "{text}: {word} is in no {label}");
            }
        }
    }
    let labels =
        ["age", "date", "number", "ordinal", "person", "place", "price", "time", "weekday", "when", "where", "year"];
    assert!(seen.iter().eq(labels.iter()), "{seen:?}");
}

#[test]
fn labels_say_what_a_sentence_does_and_thinks() {
    use Kind::{Command, Question, Statement};
    use Sentiment::{Negative, Neutral, Positive};
    for (english, kind, negated, sentiment) in [
        ("the house is white", Statement, false, Neutral),
        ("the house is not white", Statement, true, Neutral),
        ("I know that he can't sing", Statement, true, Neutral),
        ("did you write the good book ?", Question, false, Neutral),
        ("do you like coffee ?", Question, false, Neutral),
        ("give me the book", Command, false, Neutral),
        ("give me the good book", Command, false, Positive),
        ("the boy likes dogs", Statement, false, Positive),
        ("she knows that I don't like good books", Statement, true, Negative),
        ("we like dogs but you don't work", Statement, true, Positive),
    ] {
        let sentence = GENERATOR.read(english).remove(0);
        let labels = (sentence.kind(), sentence.is_negated(), sentence.sentiment());
        assert_eq!(labels, (kind, negated, sentiment), "{english}");
    }
}

/// The Spanish words, which the labels do not look at, say the same.
#[test]
fn labels_agree_with_the_translation() {
    let mut counts = [0; 3];
    for index in 0..4_000 {
        let sentence = GENERATOR.sentence(2..=14, 13, index);
        let spanish = |word: &str| sentence.spanish.iter().any(|said| said == word);
        let text = sentence.english.join(" ");
        assert_eq!(sentence.kind() == Kind::Question, spanish("¿"), "{text}");
        let commands = ["dame", "danos", "dale", "dámelo", "dánoslo", "dáselo"];
        assert_eq!(sentence.kind() == Kind::Command, commands.contains(&&*sentence.spanish[0]), "{text}");
        assert_eq!(sentence.is_negated(), spanish("no"), "{text}");
        let liked = sentence.kind() != Kind::Question && (spanish("gusta") || spanish("gustan"));
        assert!(!liked || sentence.sentiment() != Sentiment::Neutral, "{text}");
        assert!(sentence.sentiment() != Sentiment::Negative || liked && spanish("no"), "{text}");
        counts[sentence.sentiment() as usize] += 1;
    }
    assert!(counts.iter().all(|&count| count > 0), "{counts:?}");
}
