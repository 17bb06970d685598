//! The quizzes of the book, one for each chapter that teaches a stage.
//!
//! A quiz is a file in `docs/quiz/chapters`. `lineage lab quiz` asks it in the terminal, and [`page`] makes the form of it
//! that the rendered book shows. What can be computed is checked against the workspace's own code by the tests of `docs`.

mod answer;
mod page;

use serde::Deserialize;

pub use answer::Judged;
pub use page::page;

/// The chapters in the order of the book, and their files.
const FILES: [(&str, &str); 13] = [
    ("tape", include_str!("../chapters/tape.toml")),
    ("rnn", include_str!("../chapters/rnn.toml")),
    ("lstm", include_str!("../chapters/lstm.toml")),
    ("seq2seq", include_str!("../chapters/seq2seq.toml")),
    ("attention", include_str!("../chapters/attention.toml")),
    ("transformer", include_str!("../chapters/transformer.toml")),
    ("shapes", include_str!("../chapters/shapes.toml")),
    ("tokens", include_str!("../chapters/tokens.toml")),
    ("gpt", include_str!("../chapters/gpt.toml")),
    ("controls", include_str!("../chapters/controls.toml")),
    ("families", include_str!("../chapters/families.toml")),
    ("encoders", include_str!("../chapters/encoders.toml")),
    ("text-to-text", include_str!("../chapters/text-to-text.toml")),
];

/// The questions on a chapter.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// The chapter's file without its ending, as `rnn`.
    #[serde(skip)]
    pub chapter: &'static str,
    /// The chapter's title.
    pub title: String,
    /// The questions, in the order in which they are asked.
    #[serde(rename = "question")]
    pub questions: Vec<Question>,
}

/// A question, in letters that a terminal shows.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Entry")]
pub struct Question {
    /// A name that no other question of the quiz has.
    pub id: String,
    /// What is asked.
    pub ask: String,
    /// What is right.
    pub key: Key,
    /// Why it is right.
    pub why: String,
}

/// What answers a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// A number.
    Number {
        /// The right one.
        value: f64,
        /// How far from it an answer may be.
        within: f64,
    },
    /// The sizes of an array's axes.
    Shape(Vec<usize>),
    /// One of several sentences.
    Choice(Vec<Choice>),
}

/// A sentence to choose.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The sentence.
    pub text: String,
    /// Why it is wrong; nothing if it is right.
    pub wrong: Option<String>,
}

/// A question as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    ask: String,
    why: String,
    number: Option<f64>,
    within: Option<f64>,
    shape: Option<Vec<usize>>,
    #[serde(default)]
    choice: Vec<Choice>,
}

impl TryFrom<Entry> for Question {
    type Error = String;

    fn try_from(Entry { id, ask, why, number, within, shape, choice }: Entry) -> Result<Self, String> {
        let right = choice.iter().filter(|choice| choice.wrong.is_none()).count();
        let key = match (number, within, shape) {
            (Some(value), Some(within), None) if choice.is_empty() && within >= 0.0 => Key::Number { value, within },
            (None, None, Some(shape)) if choice.is_empty() => Key::Shape(shape),
            (None, None, None) if right == 1 && (2..=6).contains(&choice.len()) => Key::Choice(choice),
            _ => {
                return Err(format!(
                    "question {id}: give `number` and `within`, or `shape`, or two to six [[question.choice]] of which one has no `wrong`"
                ));
            }
        };
        Ok(Question { id, ask, key, why })
    }
}

impl Quiz {
    /// All quizzes, in the order of the book.
    ///
    /// # Panics
    /// If one of the files is not a quiz.
    pub fn all() -> Vec<Quiz> {
        let read = |(chapter, text)| match toml::from_str(text) {
            Ok(quiz) => Quiz { chapter, ..quiz },
            Err(error) => panic!("docs/quiz/chapters/{chapter}.toml: {error}"),
        };
        FILES.map(read).into()
    }

    /// The quiz of a chapter: `rnn` or `rnn.md`, in any case.
    pub fn of(chapter: &str) -> Option<Quiz> {
        let name = chapter.trim().to_lowercase();
        let name = name.strip_suffix(".md").unwrap_or(&name);
        Quiz::all().into_iter().find(|quiz| quiz.chapter == name)
    }
}

/// The letter of a choice.
pub fn letter(index: usize) -> char {
    char::from(b'a' + u8::try_from(index).expect("there are few choices"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quiz_has_six_to_ten_questions_with_names_of_their_own() {
        for quiz in Quiz::all() {
            assert!((6..=10).contains(&quiz.questions.len()), "{}: {}", quiz.chapter, quiz.questions.len());
            let mut ids: Vec<_> = quiz.questions.iter().map(|question| &question.id).collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), quiz.questions.len(), "{}", quiz.chapter);
        }
    }

    #[test]
    fn the_right_choice_is_not_always_at_the_same_place() {
        let mut places = std::collections::BTreeSet::new();
        for quiz in Quiz::all() {
            for question in quiz.questions {
                if let Key::Choice(choices) = question.key {
                    places.insert(choices.iter().position(|choice| choice.wrong.is_none()));
                }
            }
        }
        assert!(places.len() >= 3, "{places:?}");
    }

    #[test]
    fn a_question_without_a_key_or_with_two_is_refused() {
        let refused = |key: &str| {
            let text = format!("title = \"x\"\n[[question]]\nid = \"q\"\nask = \"?\"\nwhy = \"!\"\n{key}\n");
            toml::from_str::<Quiz>(&text).unwrap_err().to_string()
        };
        let two_right = "[[question.choice]]\ntext = \"a\"\n[[question.choice]]\ntext = \"b\"";
        for key in ["", "number = 1.0", "number = 1.0\nwithin = 0.1\nshape = [2]", two_right] {
            assert!(refused(key).contains("question q: give"), "{key}");
        }
    }

    #[test]
    fn a_chapter_is_found_as_one_types_it() {
        assert!(["rnn", " RNN ", "rnn.md"].iter().all(|name| Quiz::of(name).is_some_and(|quiz| quiz.chapter == "rnn")));
        assert_eq!(Quiz::of("glossary"), None);
    }
}
