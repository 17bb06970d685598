//! `lineage lab quiz`, with answers on standard input.

use std::io::Write;
use std::process::{Child, Output, Stdio};

use quiz::{Key, Quiz};

use crate::program::{fails, lineage, succeeds};

fn asked(chapter: &str) -> Child {
    let mut command = lineage(&["lab", "quiz", chapter]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What the program prints when it is given these answers, and then no more.
#[track_caller]
fn answered(chapter: &str, answers: &[u8]) -> String {
    let mut child = asked(chapter);
    child.stdin.take().unwrap().write_all(answers).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    assert!(status.success() && stderr.is_empty(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

#[test]
fn right_answers_to_every_quiz_are_all_right() {
    for quiz in Quiz::all() {
        let answers: String = quiz.questions.iter().map(|question| question.right() + "\n").collect();
        let said = answered(quiz.chapter, answers.as_bytes());
        let all = quiz.questions.len();
        assert!(said.ends_with(&format!("\n{all} of {all} right\n")), "{said}");
    }
}

#[test]
fn a_wrong_choice_is_told_why_and_what_is_right() {
    let quiz = Quiz::of("shapes").unwrap();
    let Key::Choice(choices) = &quiz.questions[5].key else { panic!("question 6 is a choice") };
    let why = choices[0].wrong.as_ref().unwrap();
    let before: String = quiz.questions[..5].iter().map(|question| question.right() + "\n").collect();
    let said = answered("shapes", (before + "A\n").as_bytes());
    let joined = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(joined.contains(&format!("Not right. {why} The answer is c. ")), "{said}");
    assert!(said.ends_with("\n5 of 6 right so far; the quiz has 8 questions\n"), "{said}");
}

#[test]
fn what_is_no_answer_is_asked_again_and_not_counted() {
    let said = answered("lstm", b"much\n\xff\xfe\n1,25\n");
    assert_eq!(said.matches("Please answer with a number, such as 0.25 or -3.").count(), 2, "{said}");
    assert!(said.ends_with("\n1 of 1 right so far; the quiz has 9 questions\n"), "{said}");
    assert!(answered("lstm", b"").ends_with("\n0 of 0 right so far; the quiz has 9 questions\n"));
}

#[test]
fn chapters_are_listed_and_an_unknown_one_is_refused_with_their_names() {
    let list = succeeds(&["lab", "quiz"]);
    assert_eq!(list, succeeds(&["lab", "quiz", "--list"]));
    assert!(list.contains("\nrnn           9 questions  The recurrent network\n"), "{list}");
    assert_eq!(
        fails(&["lab", "quiz", "bert"]),
        "there is no quiz on \"bert\": name one of tape, rnn, lstm, seq2seq, attention, transformer, shapes, tokens, gpt, controls, families, encoders, text-to-text"
    );
}

/// Ctrl-C is answered in the same way, but whoever runs the tests may have it ignored.
#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_the_score() {
    use std::io::{BufRead, BufReader, Read};

    let mut child = asked("lstm");
    let mut answers = child.stdin.take().unwrap();
    answers.write_all(b"1.25\n").unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("Right.") {
        line.clear();
        assert!(stdout.read_line(&mut line).unwrap() > 0);
    }
    let sent = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    assert_eq!(status.code(), Some(143));
    assert_eq!(String::from_utf8(stderr).unwrap(), "interrupted: this is your score so far\n");
    assert!(rest.ends_with("\n1 of 1 right so far; the quiz has 9 questions\n"), "{rest}");
    drop(answers);
}
