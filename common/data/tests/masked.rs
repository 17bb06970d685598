//! Hidden words: the proportions of the rule, and what is never touched.

use data::masked::{Marks, MaskedBatch, MaskedBatches, MaskedWindows, WordMask};
use data::pairs::{PAD, START, Sources};
use data::tokenize::{Bpe, Normalized, published};
use data::{ByteTokenizer, IGNORE, NormalForm, TextSplit, Token, Tokenizer};

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

/// BERT's vocabulary begins with tokens that nothing uses; ours has the special ones at its end.
#[test]
fn words_are_the_longest_run_without_a_special_token() {
    let pieces = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "c"].join("\n");
    let bert = published::older::wordpiece(&pieces, true).unwrap();
    assert_eq!(Marks::of(&*bert).unwrap(), Marks { first: 3, last: 4, mask: 5, words: 6..9 });
    let bpe = Bpe::train("a b c", 259, &Marks::TEXTS);
    let normalized = Normalized::new(NormalForm::Nfc, Box::new(bpe));
    assert_eq!(Marks::of(&normalized).unwrap(), Marks { first: 256, last: 257, mask: 258, words: 0..256 });
    let refused = Marks::of(&ByteTokenizer).unwrap_err().to_string();
    assert!(refused.starts_with("the tokenizer has no token [CLS], "), "{refused}");
}

fn marks() -> Marks {
    Marks { first: 1000, last: 1001, mask: 1002, words: 0..1000 }
}

fn counting() -> TextSplit {
    TextSplit::from_tokens("count", (0..500).collect::<Vec<Token>>())
}

/// What stood in a row before words were hidden.
fn original(batch: &MaskedBatch, row: usize) -> Vec<Token> {
    let places = batch.sentences.tokens.row(row);
    let places = places.iter().zip(batch.targets.row(row));
    places.map(|(&token, &target)| if target == IGNORE { token } else { target }).collect()
}

#[test]
fn every_piece_stands_between_its_marks_and_hides_other_words_each_time() {
    let batches = MaskedBatches::new(&counting(), 6, 20, marks(), 1).unwrap();
    let (one, other) = (batches.at(3), batches.at(4));
    assert_eq!(batches.at(3), one);
    assert_ne!(other, one);
    for row in 0..6 {
        let text = original(&one, row);
        assert_eq!((text[0], text[19]), (1000, 1001));
        assert!(text[1..19].windows(2).all(|pair| pair[1] == pair[0] + 1), "{text:?}");
        assert_eq!([one.targets[[row, 0]], one.targets[[row, 19]]], [IGNORE; 2]);
    }
    // One piece alone, so that only what is hidden can differ.
    let same = MaskedBatches::new(&TextSplit::from_tokens("short", (0..19).collect::<Vec<Token>>()), 1, 20, marks(), 1);
    let same = same.unwrap();
    assert_eq!(original(&same.at(0), 0), original(&same.at(1), 0));
    assert_ne!(same.at(0).targets, same.at(1).targets);
}

#[test]
fn windows_ask_the_same_however_many_are_read_at_once() {
    let windows = MaskedWindows::new(&counting(), 20, marks(), 1).unwrap();
    assert_eq!(windows.len(), 27);
    let rows = |batch: usize| {
        let rows = windows.batches(batch).flat_map(|batch| {
            let row = move |row| (batch.sentences.tokens.row(row).to_vec(), batch.targets.row(row).to_vec());
            (0..batch.sentences.lengths.len()).map(row).collect::<Vec<_>>()
        });
        rows.collect::<Vec<_>>()
    };
    assert_eq!(rows(1), rows(4));
    assert_eq!(rows(1).len(), 27);
    assert_ne!(rows(1)[0].1, rows(1)[1].1, "other places are asked for in each");
    let other = MaskedWindows::new(&counting(), 20, marks(), 2).unwrap();
    assert_ne!(other.batches(27).next(), windows.batches(27).next());
}

#[test]
fn a_mask_takes_the_space_before_it_from_its_file_too() {
    let tokenizer = Bpe::train("low lower lowest", 261, &Marks::TEXTS).taking_space_before("[MASK]");
    let again = data::tokenize::from_json(&tokenizer.to_json()).unwrap();
    let exported = published::read(&published::to_hugging_face(&tokenizer).unwrap()).unwrap();
    for tokenizer in [&tokenizer as &dyn Tokenizer, &*again, &*exported] {
        assert_eq!(tokenizer.encode("low [MASK] low").unwrap(), tokenizer.encode("low[MASK] low").unwrap());
        assert_ne!(tokenizer.encode("low [SEP]").unwrap(), tokenizer.encode("low[SEP]").unwrap());
    }
}
