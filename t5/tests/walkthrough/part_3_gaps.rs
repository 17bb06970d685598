//! How texts with gaps are made, and what is learned from them.

use data::Token;
use data::pairs::{Ends, PairBatch, Sources};
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig, translate};
use t5::{SpanCorruption, T5, T5Config};
use tensor::check::lecture::{expect, say, title};
use tensor::{Init, Parameters};

use crate::machine::{ALPHABET, END, PAD, SENTINELS, TOKENS};

#[test]
fn step_09_span_corruption() {
    title("Step 9. Gaps of three tokens in the mean");
    say("Nobody labels anything: of a text 15 in 100 tokens are taken, in spans of 3 in the mean, and each span leaves its
sentinel. What is read is a text with a few words missing; what is written names the gaps and fills them.");
    let text: Vec<Token> = (0..512).collect();
    let sentinels: Vec<Token> = (32_000..32_100).rev().collect();
    let (source, target) = SpanCorruption::new(sentinels.clone()).corrupt(&text, 1, 0);
    let gaps = source.iter().filter(|token| **token >= 32_000).count();
    let taken = 512 - (source.len() - gaps);
    println!("    tokens of the text   {:>4}", text.len());
    println!("    taken                {taken:>4}");
    println!("    gaps                 {gaps:>4}");
    println!("    read                 {:>4}", source.len());
    println!("    written              {:>4}\n", target.len());
    expect(
        "BERT hides as many tokens one by one, and its output is asked at 77 places of 512. What does T5 save?",
        &["nothing", "the encoder reads 461 places, and the decoder writes 104"],
    );
    say("Answer: b. Both texts are shorter than the one they come from, and the model learns as much. It also learns what
BERT does not: to write.");
    // by hand: 512·0.15 = 76.8, and 77/3 = 25.7
    assert_eq!((taken, gaps, source.len(), target.len()), (77, 26, 512 - 77 + 26, 77 + 26 + 1));
    assert_eq!(*target.last().unwrap(), sentinels[26]);
    let filled: Vec<Token> = source
        .iter()
        .flat_map(|token| match target.iter().position(|other| other == token) {
            Some(at) => target[at + 1..].iter().copied().take_while(|&token| token < 32_000).collect(),
            None => vec![*token],
        })
        .collect();
    assert_eq!(filled, text);
}

/// "to be or not to be" again and again.
fn letters() -> Vec<Token> {
    let text = "to be or not to be ".repeat(9);
    text.chars().map(|letter| ALPHABET.find(letter).unwrap() as Token).collect()
}

#[test]
fn step_10_learning() {
    title("Step 10. Learning");
    let ends = Ends { padding: PAD, start: PAD, end: END };
    let (corruption, text) = (SpanCorruption { density: 0.2, ..SpanCorruption::new(SENTINELS.to_vec()) }, letters());
    let exercises = |step: u64| {
        let pairs: Vec<(Vec<Token>, Vec<Token>)> = (0..16)
            .map(|row: u64| {
                let first = ((step * 16 + row) * 7 % 19) as usize;
                let (mut source, target) = corruption.corrupt(&text[first..first + 14], row, step);
                source.push(END);
                (source, target)
            })
            .collect();
        let views: Vec<(&[Token], &[Token])> = pairs.iter().map(|(s, t)| (&s[..], &t[..])).collect();
        PairBatch::between(ends, &views)
    };
    let config = T5Config { start: PAD, end: END, ..T5Config::v1_1(TOKENS.len(), 1, 24, 2) };
    let mut parameters = Parameters::new();
    let model = T5::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let read = Sources::new(&[&gap("to be0 not to be")]);
    let say_what = |parameters: &Parameters| {
        let said = translate(&model, parameters, &read, 12).remove(0);
        said.words().iter().map(|&token| TOKENS[token as usize]).collect::<Vec<_>>().join(" ")
    };
    say("A machine of version 1.1, with D = 24 and one block on each side, reads \"to be\", a gap, and \"not to be\". It has
learned nothing, and says:");
    println!("    {}\n", say_what(&parameters));
    let training = TrainingConfig::new(300, AdamW::default(), Schedule::constant(5e-3));
    let mut trainer = Trainer::new(&model, parameters, training);
    trainer.run(&exercises, Hooks::default()).unwrap();
    let said = say_what(trainer.parameters());
    let loss = trainer.progress().history.last().unwrap().training_loss;
    say("After 300 steps of 16 pieces of the text, whose gaps are elsewhere each time:");
    println!("    {said}");
    println!("    loss {loss:.4}\n");
    say("It was never told what a word is, nor how long a gap is. The text on both sides says it.");
    assert_eq!(said, "<0> ' ' 'o' 'r' <1>");
    assert!(loss < 0.2, "{loss}");
}

/// A text with its end.
fn gap(text: &str) -> Vec<Token> {
    [crate::machine::tokens(text), vec![END]].concat()
}
