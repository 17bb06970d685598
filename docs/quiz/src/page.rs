//! A quiz as a part of a page.

use std::fmt::Write;

use crate::{Key, Question, Quiz, letter};

/// The quiz in HTML, without an empty line, so that Markdown takes it as one piece.
///
/// Without a script a reader sees the questions and unfolds the answers. `docs/theme/quiz.js` shows what is `hidden` here,
/// and judges what is typed.
pub fn page(quiz: &Quiz) -> String {
    let mut html = String::from("<div class=\"quiz\">\n");
    for (number, question) in (1..).zip(&quiz.questions) {
        let _ = write!(
            html,
            "<form data-{}>\n<fieldset>\n<legend>{number}. {}</legend>\n{}<button hidden>Check</button>\n\
             <output aria-live=\"polite\"></output>\n</fieldset>\n\
             <details>\n<summary>Answer</summary>\n<p>{}</p>\n<p>{}</p>\n{}</details>\n</form>\n",
            data(question),
            escaped(&question.ask),
            field(question),
            shown(question),
            escaped(&question.why),
            wrong(question)
        );
    }
    html + "<p class=\"score\" aria-live=\"polite\" hidden></p>\n</div>\n"
}

/// What the script compares with.
fn data(question: &Question) -> String {
    match &question.key {
        Key::Number { value, within } => format!("number=\"{value}\" data-within=\"{within}\""),
        Key::Shape(sizes) => {
            format!("shape=\"{}\"", sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" "))
        }
        Key::Choice(_) => format!("choice=\"{}\"", question.right()),
    }
}

fn field(question: &Question) -> String {
    let line = |label: &str, mode: &str| {
        format!("<label hidden>{label} <input name=\"answer\" inputmode=\"{mode}\" autocomplete=\"off\"></label>\n")
    };
    match &question.key {
        Key::Number { .. } => line("A number", "decimal"),
        Key::Shape(_) => line("A shape, as (2, 3)", "text"),
        Key::Choice(choices) => choices.iter().enumerate().fold(String::new(), |mut html, (at, choice)| {
            let (letter, text) = (letter(at), escaped(&choice.text));
            let why = choice.wrong.as_deref().map_or(String::new(), |why| format!(" data-why=\"{}\"", escaped(why)));
            let _ = writeln!(
                html,
                "<label><input type=\"radio\" name=\"answer\" value=\"{letter}\"{why}> {letter}) {text}</label>"
            );
            html
        }),
    }
}

fn shown(question: &Question) -> String {
    match &question.key {
        Key::Choice(choices) => {
            let right = choices.iter().find(|choice| choice.wrong.is_none()).expect("one choice is right");
            format!("<strong>{}) {}</strong>", question.right(), escaped(&right.text))
        }
        _ => format!("<strong>{}</strong>", question.right()),
    }
}

/// Why the other choices are wrong.
fn wrong(question: &Question) -> String {
    let Key::Choice(choices) = &question.key else { return String::new() };
    let others = choices.iter().enumerate().filter_map(|(at, choice)| Some((letter(at), choice.wrong.as_ref()?)));
    others.map(|(letter, why)| format!("<p>{letter}) is wrong: {}</p>\n", escaped(why))).collect()
}

fn escaped(text: &str) -> String {
    text.trim()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_one_piece_and_holds_every_question_and_answer() {
        for quiz in Quiz::all() {
            let html = page(&quiz);
            assert!(!html.contains("\n\n"), "{}: Markdown would end the piece at an empty line", quiz.chapter);
            assert!(!html.contains('$'), "{}: a dollar sign would be read as a formula", quiz.chapter);
            assert_eq!(html.matches("<form ").count(), quiz.questions.len());
            for question in &quiz.questions {
                assert!(html.contains(&escaped(&question.ask)) && html.contains(&escaped(&question.why)));
            }
        }
    }

    #[test]
    fn letters_of_html_are_escaped() {
        assert_eq!(escaped("a < b & \"c\"\nd"), "a &lt; b &amp; &quot;c&quot; d");
    }
}
