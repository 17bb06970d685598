//! What span corruption promises of any text.

use data::pairs::{END, Ends, PairBatch};
use data::tokenize::Bpe;
use data::{ByteTokenizer, Text, TextSplit, Token, Tokenizer};
use nn::Batches;
use proptest::prelude::*;
use t5::{SpanBatches, SpanCorruption, SpanWindows};

/// Sentinels are the tokens of this range, from the last on.
const SENTINELS: std::ops::Range<Token> = 100..200;

fn is_sentinel(token: &Token) -> bool {
    SENTINELS.contains(token)
}

/// What a source and its target say together.
fn filled(source: &[Token], target: &[Token]) -> Vec<Token> {
    let mut text = Vec::new();
    for token in source {
        if !is_sentinel(token) {
            text.push(*token);
            continue;
        }
        let at = target.iter().position(|other| other == token).expect("each gap has an answer");
        text.extend(target[at + 1..].iter().take_while(|token| !is_sentinel(token)));
    }
    text
}

fn sentinels_of(tokens: &[Token]) -> Vec<Token> {
    tokens.iter().copied().filter(is_sentinel).collect()
}

proptest! {
    #[test]
    fn gaps_filled_with_their_answers_are_the_text(
        text in prop::collection::vec(0..SENTINELS.start, 2..600),
        density in 0.0..=1.0,
        mean_length in 1.0..20.0,
        number in 2..=100_usize,
        seed in any::<u64>(),
        step in any::<u64>(),
    ) {
        let sentinels: Vec<Token> = SENTINELS.rev().take(number).collect();
        let corruption = SpanCorruption { density, mean_length, sentinels: sentinels.clone() };
        let (source, target) = corruption.corrupt(&text, seed, step);
        prop_assert_eq!(filled(&source, &target), &text[..]);

        // Both sides name the gaps in the same order, from the first sentinel on, and the target one more at its end.
        let (gaps, answers) = (sentinels_of(&source), sentinels_of(&target));
        prop_assert_eq!(&answers[..], &sentinels[..gaps.len() + 1]);
        prop_assert_eq!(&gaps[..], &sentinels[..gaps.len()]);
        prop_assert_eq!(target.last(), answers.last());

        // A token stands between any two gaps, and every gap is of at least one.
        for side in [&source, &target] {
            prop_assert!(side.windows(2).all(|two| !two.iter().all(is_sentinel)));
        }

        // As many are taken as asked for, and as many spans as their mean length says, where there is room.
        let taken = text.len() + gaps.len() - source.len();
        prop_assert_eq!(taken, ((text.len() as f64 * density).round() as usize).clamp(1, text.len() - 1));
        let room = taken.min(text.len() - taken + 1).min(number - 1);
        prop_assert_eq!(gaps.len(), ((taken as f64 / mean_length).round() as usize).clamp(1, room));

        prop_assert_eq!(corruption.corrupt(&text, seed, step), (source, target));
    }
}

fn split(length: usize) -> TextSplit {
    let letters: String = (0..length).map(|n| char::from(b'a' + (n * n % 26) as u8)).collect();
    TextSplit::whole(&Text::new("letters", &letters).unwrap(), &ByteTokenizer).unwrap()
}

fn corruption() -> SpanCorruption {
    SpanCorruption::new((256..276).rev().collect())
}

#[test]
fn exercises_are_functions_of_their_number_and_end_with_the_end() {
    let batches = SpanBatches::new(&split(300), 3, 40, corruption(), Ends::default(), 7).unwrap();
    assert_eq!(batches.at(5), batches.at(5));
    assert_ne!(batches.at(5), batches.at(6));
    let PairBatch { sources, targets, .. } = batches.at(5);
    // 6 of 40 tokens in 2 gaps; behind them the end, in the target also the last sentinel.
    assert_eq!((sources.lengths, targets.dim()), (vec![40 - 6 + 2 + 1; 3], (3, 6 + 2 + 1 + 1)));
    assert!(sources.tokens.column(36).iter().chain(targets.column(9)).all(|&token| token == END));
}

#[test]
fn exercises_that_judge_are_the_same_however_many_are_asked_at_once() {
    let windows = SpanWindows::new(&split(300), 40, corruption(), Ends::default(), 7).unwrap();
    let rows = |batch: usize| -> Vec<(Vec<Token>, Vec<Token>)> {
        let batches = windows.batches(batch);
        let rows = |PairBatch { sources, targets, .. }: PairBatch| {
            let rows: Vec<_> =
                sources.tokens.outer_iter().zip(targets.outer_iter()).map(|(x, y)| (x.to_vec(), y.to_vec())).collect();
            rows
        };
        batches.flat_map(rows).collect()
    };
    assert_eq!(rows(1).len(), 7);
    assert_eq!(rows(1), rows(3));
}

/// A tokenizer with other sentinels, and one without any.
#[test]
fn sentinels_are_those_that_the_tokenizer_has() {
    let special = ["</s>", "<extra_id_2>", "<extra_id_1>", "<extra_id_0>", "<extra_id_4>"];
    let bpe = Bpe::train("a text with few words", Bpe::least(special.len()), &special);
    let sentinels: Vec<_> = (0..3).map(|number| bpe.encode(&format!("<extra_id_{number}>")).unwrap()[0]).collect();
    assert_eq!(SpanCorruption::of(&bpe).sentinels, sentinels);
    assert!(SpanCorruption::of(&ByteTokenizer).sentinels.is_empty());
}
