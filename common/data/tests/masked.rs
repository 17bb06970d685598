//! Hidden words: the proportions of the rule, and what is never touched.

use data::masked::{MaskedBatch, WordMask};
use data::pairs::{PAD, START, Sources};
use data::{IGNORE, Token};

/// 200 sentences of START and 99 words, and as many of START and 49, padded.
fn sentences() -> Sources {
    let words: Vec<Token> = std::iter::once(START).chain((0..99).map(|i| 3 + i % 50)).collect();
    Sources::new(&(0..400).map(|b| &words[..if b % 2 == 0 { 100 } else { 50 }]).collect::<Vec<_>>())
}

const MASK: Token = 53;

fn hidden() -> MaskedBatch {
    WordMask::new(MASK, 3..MASK).hide(sentences(), 1, 0)
}

#[test]
fn fifteen_in_a_hundred_are_chosen_and_of_these_80_10_10() {
    let (before, MaskedBatch { sentences: after, targets }) = (sentences(), hidden());
    let words = 200.0 * (99.0 + 49.0);
    let asked = targets.iter().filter(|&&target| target != IGNORE).count() as f64;
    assert!((asked / words - 0.15).abs() < 0.01, "{}", asked / words);
    let places = || before.tokens.iter().zip(&after.tokens).zip(&targets).filter(|&(_, &target)| target != IGNORE);
    let part = |what: &dyn Fn(Token, Token) -> bool| {
        places().filter(|&((&before, &after), _)| what(before, after)).count() as f64 / asked
    };
    assert!((part(&|_, after| after == MASK) - 0.8).abs() < 0.02);
    // One in 50 of the words that replace others is the word itself.
    assert!((part(&|before, after| after != MASK && after != before) - 0.1 * 49.0 / 50.0).abs() < 0.015);
    assert!((part(&|before, after| after == before) - (0.1 + 0.1 / 50.0)).abs() < 0.015);
    assert!(places().all(|((&before, &after), &target)| target == before && (3..=MASK).contains(&after)));
}

#[test]
fn what_is_not_chosen_is_not_touched() {
    let (before, MaskedBatch { sentences: after, targets }) = (sentences(), hidden());
    assert_eq!(after.lengths, before.lengths);
    for ((b, s), &target) in targets.indexed_iter() {
        if target == IGNORE {
            assert_eq!(after.tokens[[b, s]], before.tokens[[b, s]]);
        }
        if s == 0 || s >= before.lengths[b] {
            assert_eq!(target, IGNORE, "neither START nor padding is asked for");
        }
    }
    assert!(after.tokens.iter().any(|&token| token == PAD));
}

#[test]
fn a_batch_is_a_function_of_seed_and_step() {
    let mask = WordMask::new(MASK, 3..MASK);
    assert_eq!(mask.hide(sentences(), 1, 0), hidden());
    assert_ne!(mask.hide(sentences(), 1, 1), hidden());
    assert_ne!(mask.hide(sentences(), 2, 0), hidden());
}
