//! What somebody has typed, read and judged.
//!
//! `docs/theme/quiz.js` reads answers in the same way.

use crate::{Key, Question, letter};

/// What is said of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged<'q> {
    /// It is right.
    Right,
    /// It is wrong; of a choice, why.
    Wrong(Option<&'q str>),
    /// It is no answer to such a question; how one looks.
    Unreadable(&'static str),
}

impl Question {
    /// Judges an answer: a number (`0.25`, `0,25`), a shape (`(2, 3)`, `2x3`, `2 3`), or the letter or number of a choice.
    pub fn judge(&self, given: &str) -> Judged<'_> {
        let is = |right| if right { Judged::Right } else { Judged::Wrong(None) };
        match &self.key {
            Key::Number { value, within } => match number(given) {
                // A tolerance of 0.01 takes in what lies 0.01 away, whichever way that is rounded.
                Some(given) => is((given - value).abs() <= within + 1e-9 * value.abs().max(1.0)),
                None => Judged::Unreadable("a number, such as 0.25 or -3"),
            },
            Key::Shape(shape) => match self::shape(given) {
                Some(given) => is(given == *shape),
                None => Judged::Unreadable("a shape, such as (2, 3) or 2x3"),
            },
            Key::Choice(choices) => match chosen(given, choices.len()) {
                Some(at) => match &choices[at].wrong {
                    None => Judged::Right,
                    Some(why) => Judged::Wrong(Some(why)),
                },
                None => Judged::Unreadable("the letter of a choice, such as a"),
            },
        }
    }

    /// The right answer as one would type it.
    pub fn right(&self) -> String {
        match &self.key {
            Key::Number { value, .. } => value.to_string(),
            Key::Shape(shape) => match &shape[..] {
                [only] => format!("({only},)"),
                sizes => format!("({})", sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
            },
            Key::Choice(choices) => {
                let at = choices.iter().position(|choice| choice.wrong.is_none()).expect("one choice is right");
                letter(at).to_string()
            }
        }
    }
}

fn number(given: &str) -> Option<f64> {
    let text = given.trim().replace('−', "-");
    let text = match text.contains('.') {
        true => text,
        false => text.replacen(',', ".", 1),
    };
    // What `parse` takes beyond digits are words, such as inf.
    let is_plain = text.chars().all(|letter| letter.is_ascii_digit() || "+-.eE".contains(letter));
    text.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

fn shape(given: &str) -> Option<Vec<usize>> {
    let between = |letter: char| letter.is_whitespace() || "()[],;xX×*".contains(letter);
    let sizes: Option<Vec<usize>> =
        given.split(between).filter(|size| !size.is_empty()).map(|size| size.parse().ok()).collect();
    let is_scalar = given.trim() == "()";
    sizes.filter(|sizes| is_scalar || !sizes.is_empty())
}

fn chosen(given: &str, choices: usize) -> Option<usize> {
    let text = given.trim().trim_start_matches('(').trim_end_matches([')', '.', ':']).to_lowercase();
    (0..choices).find(|&at| text == letter(at).to_string() || text == (at + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Choice;

    fn question(key: Key) -> Question {
        Question { id: "q".to_owned(), ask: String::new(), key, why: String::new() }
    }

    #[test]
    fn numbers_are_read_with_point_or_comma_and_have_a_tolerance() {
        let quarter = question(Key::Number { value: 0.25, within: 0.01 });
        for right in ["0.25", "0,25", " .25 ", "0.26", "0.24", "+2.5e-1"] {
            assert_eq!(quarter.judge(right), Judged::Right, "{right}");
        }
        for wrong in ["0.27", "-0.25", "−0,25", "25"] {
            assert_eq!(quarter.judge(wrong), Judged::Wrong(None), "{wrong}");
        }
        for unreadable in ["", "a quarter", "inf", "NaN", "1,2,3", "1.000,5", "1/4"] {
            assert!(matches!(quarter.judge(unreadable), Judged::Unreadable(_)), "{unreadable}");
        }
    }

    #[test]
    fn shapes_are_read_in_all_the_ways_that_people_write_them() {
        let matrix = question(Key::Shape(vec![2, 13]));
        for right in ["(2, 13)", "2x13", "2 × 13", "[2,13]", "2 13", "2X13", "2*13"] {
            assert_eq!(matrix.judge(right), Judged::Right, "{right}");
        }
        for wrong in ["(13, 2)", "2", "2x13x1", "()"] {
            assert_eq!(matrix.judge(wrong), Judged::Wrong(None), "{wrong}");
        }
        for unreadable in ["", "two by three", "2.5x13", "-2x13"] {
            assert!(matches!(matrix.judge(unreadable), Judged::Unreadable(_)), "{unreadable}");
        }
        assert_eq!(question(Key::Shape(vec![5])).judge("(5,)"), Judged::Right);
        assert_eq!(question(Key::Shape(vec![5])).right(), "(5,)");
    }

    #[test]
    fn choices_are_letters_or_numbers_and_a_wrong_one_says_why() {
        let choice = |wrong: Option<&str>| Choice { text: String::new(), wrong: wrong.map(str::to_owned) };
        let two = question(Key::Choice(vec![choice(Some("because")), choice(None)]));
        for right in ["b", "B", "2", " b) ", "(b)", "b."] {
            assert_eq!(two.judge(right), Judged::Right, "{right}");
        }
        assert_eq!(two.judge("A"), Judged::Wrong(Some("because")));
        for unreadable in ["", "c", "3", "0", "ab"] {
            assert!(matches!(two.judge(unreadable), Judged::Unreadable(_)), "{unreadable}");
        }
        assert_eq!(two.right(), "b");
    }
}
