//! Questions that the English-Spanish sentences answer with a run of their own words.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use grammar::{Generator, Grammar, Kind};

/// A question is up to two words longer than a sentence of [`Generator::default`], and is read all the same.
static GENERATOR: LazyLock<Generator> = LazyLock::new(|| Generator::new(Grammar::english_spanish(), "Sentence", 16));

const PRONOUNS: [&str; 6] = ["I", "you", "he", "she", "we", "they"];

fn asked(english: &str) -> Vec<(String, String)> {
    let [sentence] = &GENERATOR.read(english)[..] else { panic!("{english} has not one reading") };
    let texts = sentence
        .questions()
        .into_iter()
        .map(|asked| (asked.question.join(" "), sentence.english[asked.answer].join(" ")));
    texts.collect()
}

#[test]
fn questions_and_answers_are_those_checked_by_hand() {
    let cases: [(&str, &[(&str, &str)]); 19] = [
        // Who, what, when, how many.
        ("the boys eat apples", &[("who eats apples ?", "the boys")]),
        (
            "she bought the car that we have",
            &[("who bought the car that we have ?", "she"), ("what did she buy ?", "the car that we have")],
        ),
        ("every day you work", &[("who works every day ?", "you"), ("when do you work ?", "every day")]),
        (
            "I buy two red cars",
            &[
                ("who buys two red cars ?", "I"),
                ("what do I buy ?", "two red cars"),
                ("how many red cars do I buy ?", "two"),
            ],
        ),
        ("we saw the boy", &[("who saw the boy ?", "we")]),
        ("the dog works", &[]),
        // How much, how old, where, what time.
        ("the car costs two euros", &[("how much does the car cost ?", "two euros")]),
        ("two cars cost ten dollars", &[("how much do two cars cost ?", "ten dollars")]),
        ("you are ten years old", &[("how old are you ?", "ten years old")]),
        ("my friend is ten years old", &[("how old is my friend ?", "ten years old")]),
        ("the dog is in the house", &[("where is the dog ?", "in the house")]),
        ("a dog is in the house", &[]),
        ("it is half past two", &[("what time is it ?", "half past two")]),
        // What is denied, wanted or to come is not so; what somebody knows is.
        ("you don't eat bread", &[]),
        ("he wants to eat bread", &[]),
        ("they are going to work", &[]),
        ("I know that she drinks milk", &[("who drinks milk ?", "she"), ("what does she drink ?", "milk")]),
        // Two answers are none.
        ("she drinks milk and he drinks coffee", &[]),
        ("do you eat bread ?", &[]),
    ];
    let mut wrong = Vec::new();
    for (english, expected) in cases {
        let found = asked(english);
        let found: Vec<_> = found.iter().map(|(question, answer)| (question.as_str(), answer.as_str())).collect();
        if found != expected {
            wrong.push((english, asked(english)));
        }
    }
    assert_eq!(wrong, []);
}

/// But for `how old`, which the grammar asks of pronouns alone.
#[test]
fn every_question_is_a_sentence_of_the_grammar_and_its_answer_words_of_the_sentence() {
    let mut seen = BTreeSet::new();
    for index in 0..6_000 {
        let sentence = GENERATOR.sentence(2..=14, 15, index);
        let text = sentence.english.join(" ");
        let asked = sentence.questions();
        assert!(sentence.kind() == Kind::Statement || asked.is_empty(), "{text}");
        let different: BTreeSet<_> = asked.iter().map(|asked| &asked.question).collect();
        assert_eq!(different.len(), asked.len(), "{text}: {asked:?}");
        for asked in &asked {
            let question = asked.question.join(" ");
            assert!(!asked.answer.is_empty() && asked.answer.end <= sentence.english.len(), "{text}: {asked:?}");
            assert!(asked.question.len() <= sentence.english.len() + 2, "{text}: {question}");
            let readings = GENERATOR.read(&question);
            let of_pronoun = asked.question.get(3).is_some_and(|word| PRONOUNS.contains(&word.as_str()));
            assert!(readings.len() == 1 || question.starts_with("how old") && !of_pronoun, "{text}: {question}");
            assert!(readings.iter().all(|question| question.kind() == Kind::Question), "{question}");
            seen.insert(asked.question[..if asked.question[0] == "how" { 2 } else { 1 }].join(" "));
        }
    }
    assert!(seen.iter().eq(["how many", "how much", "how old", "what", "when", "where", "who"].iter()), "{seen:?}");
}
