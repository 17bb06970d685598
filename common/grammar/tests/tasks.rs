//! Four tasks on the same sentences: what is asked, what is right, and that no part has sentences of another.

use std::collections::{BTreeMap, BTreeSet};

use data::{
    Token,
    pairs::END,
    questions::{HOLE, Question},
    random::stream,
};
use grammar::{
    Generator,
    tasks::{Corpus, LabelledSentence, Objective, Sizes, Task},
};

fn question(asked: &[Token], answer: &[Token]) -> Question {
    Question { asked: asked.into(), answer: answer.into() }
}

/// The question with its holes filled by the words of the answer, one after another.
fn filled(Question { asked, answer }: &Question) -> Vec<Token> {
    let mut answer = answer.iter().copied();
    asked.iter().map(|&token| if token == HOLE { answer.next().unwrap() } else { token }).collect()
}

#[test]
fn examples_by_hand() {
    let known = LabelledSentence { english: vec![10, 11, 12, 13, 14], spanish: vec![20, 21], sense: 7 };
    let of = |task| known.question(task, &mut stream(1, 0, "gaps"));
    let fill = of(Task::Fill);
    assert_eq!((fill.answer.len(), filled(&fill)), (1, known.english.clone()));
    assert_eq!(of(Task::Classify), question(&known.english, &[7]));
    assert_eq!(of(Task::Translate), question(&known.english, &[20, 21, END]));
    assert_eq!(of(Task::Continue), question(&[10, 11], &[12, 13, 14, END]));
}

#[test]
fn every_word_is_hidden_sometimes() {
    let known = LabelledSentence { english: vec![10, 11, 12, 13], spanish: vec![20], sense: 7 };
    let mut gaps = stream(1, 0, "gaps");
    let hidden: BTreeSet<Token> = (0..100).map(|_| known.question(Task::Fill, &mut gaps).answer[0]).collect();
    assert_eq!(hidden, known.english.into_iter().collect());
}

#[test]
fn what_is_asked_of_sentences_alone() {
    let (sentence, mut gaps) = ([10, 11, 12, 13, 14], stream(1, 0, "gaps"));
    let mut of = |objective: Objective| -> Vec<Question> {
        (0..1_000).map(|_| objective.question(&sentence, &mut gaps)).collect()
    };
    assert_eq!(of(Objective::NextToken)[0], question(&[], &[10, 11, 12, 13, 14, END]));
    let masked = of(Objective::MaskedWords);
    assert!(masked.iter().all(|question| filled(question) == sentence && !question.answer.is_empty()));
    // 0.15 of five words, and one more where there would be none: 0.75 + 0.85^5 = 1.19.
    let hidden = masked.iter().map(|question| question.answer.len()).sum::<usize>() as f64 / 1e3;
    assert!((hidden - 1.19).abs() < 0.1, "{hidden}");
    let spans = of(Objective::Span);
    for Question { asked, answer } in &spans {
        let hole = asked.iter().position(|&token| token == HOLE).unwrap();
        let [span @ .., END] = &answer[..] else { panic!("{answer:?}") };
        assert_eq!([&asked[..hole], span, &asked[hole + 1..]].concat(), sentence);
    }
    let lengths: BTreeSet<usize> = spans.iter().map(|question| question.answer.len()).collect();
    assert_eq!(lengths, [2, 3, 4].into());
}

#[test]
fn no_sentence_is_in_two_parts_and_no_sense_has_more_than_half() {
    let corpus = Corpus::new(Sizes { alone: 2_000, training: 200, validation: 20, held_out: 40 });
    let parts = [&corpus.training, &corpus.validation, &corpus.held_out];
    assert_eq!((parts.map(Vec::len), corpus.alone.len()), ([200, 20, 40], 2_000));
    let different: BTreeSet<&Vec<Token>> = parts.into_iter().flatten().map(|known| &known.english).collect();
    assert_eq!(different.len(), 260);
    let alone: BTreeSet<&Vec<Token>> = corpus.alone.iter().step_by(2).collect();
    assert!(parts[1..].iter().copied().flatten().all(|known| !alone.contains(&known.english)));
    for part in parts {
        let mut counts = BTreeMap::<String, BTreeMap<Token, usize>>::new();
        for known in part {
            let sense = corpus.text(&[known.sense]);
            let (word, _) = sense.split_once('/').unwrap();
            assert!(corpus.text(&known.english).split(' ').any(|other| other == word), "{word}");
            *counts.entry(word.into()).or_default().entry(known.sense).or_default() += 1;
        }
        for (word, senses) in counts {
            let all: usize = senses.values().sum();
            assert!(senses.values().all(|count| 2 * count <= all), "{word}: {senses:?}");
        }
    }
}

#[test]
fn what_the_grammar_makes_is_a_sentence() {
    let corpus = Corpus::new(Sizes { alone: 10, training: 2, validation: 2, held_out: 2 });
    for (index, sentence) in corpus.alone.iter().enumerate() {
        assert_eq!(corpus.is_sentence(sentence), index % 2 == 0, "{}", corpus.text(sentence));
    }
    for LabelledSentence { english, spanish, sense } in &corpus.training {
        assert!(corpus.is_sentence(english));
        let twice = [&english[..], english].concat();
        assert!(!corpus.is_sentence(&twice) && !corpus.is_sentence(spanish) && !corpus.is_sentence(&[HOLE]));
        let [sentence] = &Generator::default().read(&corpus.text(english))[..] else { panic!("not one reading") };
        assert_eq!(sentence.spanish.join(" "), corpus.text(spanish));
        assert!(corpus.text(&[*sense]).ends_with(&format!("/{}", sentence.senses[0].meaning)));
    }
}
