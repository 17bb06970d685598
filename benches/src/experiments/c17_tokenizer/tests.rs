use data::Tokenizer;

use super::*;
use crate::verdict::Verdict;

/// Three words often, then one with each of many endings.
fn text() -> String {
    let rare = (0..40).map(|i| format!(" mark{}{}", char::from(b'a' + i % 26), char::from(b'a' + i / 2)));
    " the cat sat".repeat(50) + &rare.collect::<String>()
}

fn word(text: &str, occurrences: usize) -> Word {
    Word { text: text.into(), occurrences }
}

#[test]
fn words_come_with_their_space_and_are_counted_where_they_were_learned_from() {
    let words = held_out_words("the cat, the 12 cats", "the cat sees 12 cats!");
    let counted: Vec<(&str, usize)> = words.iter().map(|word| (&*word.text, word.occurrences)).collect();
    assert_eq!(counted, [(" cat", 1), (" cats", 1), (" sees", 0), ("the", 1)]);
}

#[test]
fn no_word_that_is_more_frequent_than_the_last_merge_is_split() {
    let text = text();
    for size in [258, 262, 266, 270] {
        let vocabulary = Vocabulary::train(&text, size);
        let [frequent, _] = vocabulary.shares(&held_out_words(&text, &text));
        assert_eq!(frequent.whole, frequent.all, "{size}: {:?}", vocabulary.last_merge);
    }
    assert_eq!(Vocabulary::train(&text, BYTES).last_merge, None);
}

#[test]
fn the_criterion_can_fail_in_both_halves() {
    let vocabulary = Vocabulary::train(&text(), 266);
    let last = vocabulary.last_merge.unwrap();
    let judged = |words: &[Word]| judge(words, std::slice::from_ref(&vocabulary));
    assert!(vocabulary.is_whole(" the") && !vocabulary.is_whole(" mark"));
    let right = [word(" the", last + 1), word(" mark", 0)];
    assert_eq!(judged(&right).verdict(), Verdict::Shown);
    let split = judged(&[word(" mark", last + 1), word(" mark", 0)]);
    assert_eq!(split.remainder(), " Not as claimed: frequent words whole with 266 tokens.");
    let whole = judged(&[word(" the", last + 1), word(" the", 0)]);
    assert_eq!(whole.remainder(), " Not as claimed: rare words split with 266 tokens.");
    assert_eq!(whole.verdict(), Verdict::NotShown);
}

#[test]
fn pieces_are_readable_and_bytes_have_numbers() {
    let vocabulary = Vocabulary::train(&text(), 300);
    assert_eq!(vocabulary.pieces(" the é"), "_the _ <C3> <A9>");
    assert!(vocabulary.tokenizer.vocabulary_size() <= 300);
}
