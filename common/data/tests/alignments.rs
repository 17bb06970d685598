//! Alignment error rates worked out by hand, and IBM Model 1 beside the same steps on paper.

use data::Token;
use data::pairs::TokenPair;
use data::score::{AlignmentCounts, Link, Model1, best_single_links, diagonal, hard_alignment, uniform};
use ndarray::array;
use proptest::prelude::*;

#[test]
fn an_alignment_is_right_where_it_finds_what_is_sure_and_nothing_impossible() {
    let sure = [(0, 0), (1, 2)];
    let rate = |found: &[Link]| AlignmentCounts::new(found, &sure, &[(2, 1)]).error_rate().unwrap();
    assert_eq!(rate(&sure), 0.0);
    assert_eq!(rate(&[(0, 0), (1, 2), (2, 1)]), 0.0); // what is only possible may be found
    assert_eq!(rate(&[(0, 0)]), 1.0 - 2.0 / 3.0); // what is sure must be
    assert_eq!(rate(&[(2, 2)]), 1.0);
    assert_eq!(rate(&[]), 1.0);
    assert_eq!(rate(&[(0, 0), (0, 0)]), rate(&[(0, 0)]));
    assert_eq!(AlignmentCounts::new(&[], &[], &[(0, 0)]).error_rate(), None);
}

#[test]
fn counts_of_sentences_add_up_before_they_are_divided() {
    let found = AlignmentCounts::new(&[(0, 0)], &[(0, 0)], &[]);
    let missed = AlignmentCounts::new(&[(0, 1), (0, 2), (1, 0)], &[(0, 0)], &[]);
    let both: AlignmentCounts = [found, missed].into_iter().sum();
    assert_eq!(both.error_rate(), Some(1.0 - 2.0 / 6.0)); // and not the mean of 0 and 1
}

#[test]
fn the_expected_rate_of_weights_is_the_mean_over_all_draws() {
    let weights = array![[0.5, 0.5], [0.25, 0.75]];
    let sure = [(0, 0), (1, 1)];
    let mut mean = 0.0;
    for (first, p) in [(0, 0.5), (1, 0.5)] {
        for (second, q) in [(0, 0.25), (1, 0.75)] {
            let counts = AlignmentCounts::new(&[(first, 0), (second, 1)], &sure, &[(1, 0)]);
            mean += p * q * counts.error_rate().unwrap();
        }
    }
    let expected = AlignmentCounts::expected(weights.view(), &sure, &[(1, 0)]).error_rate().unwrap();
    assert!((expected - mean).abs() < 1e-12);
}

#[test]
fn chance_finds_one_link_in_as_many_as_the_source_has_words() {
    let gold = diagonal(4, 4);
    let counts = AlignmentCounts::expected(uniform(4, 4).view(), &gold, &[]);
    assert_eq!(counts.error_rate(), Some(0.75));
}

#[test]
fn the_first_of_equal_weights_is_taken_and_nan_never() {
    let weights = array![[0.2, 0.4, 0.4], [f64::NAN, 0.0, 0.1], [f64::NAN, f64::NAN, f64::NAN]];
    assert_eq!(hard_alignment(weights.view()), [(1, 0), (2, 1)]);
}

/// The source words a = 1 and b = 2, the words x = 11 and y = 12 of the translations: (a b, x y) and (a, x).
fn two_pairs() -> [TokenPair; 2] {
    [(vec![1, 2], vec![11, 12]), (vec![1], vec![11])]
}

#[track_caller]
fn assert_probabilities(iterations: usize, source: Option<Token>, expected: [f64; 2]) {
    let model = Model1::train(&two_pairs(), iterations);
    for (target, expected) in [11, 12].into_iter().zip(expected) {
        let ours = model.probability(source, target);
        assert!((ours - expected).abs() < 1e-15, "p({target} | {source:?}) is {ours} after {iterations}");
    }
}

/// By hand, with p(x | ·) and p(y | ·) side by side. The empty word stands wherever a stands, so it equals a.
///
/// At first all is 1/2. In the first pair each of x and y is shared 1/3 : 1/3 : 1/3 by the empty word, a and b; in the
/// second x is shared 1/2 : 1/2 by the empty word and a.
/// So a has 1/3 + 1/2 = 5/6 of x and 1/3 of y, which is 5/7 and 2/7; b has 1/3 of each, which is 1/2 and 1/2.
///
/// Then x is shared 5/7 : 5/7 : 1/2 = 10/27 : 10/27 : 7/27, y is shared 2/7 : 2/7 : 1/2 = 4/15 : 4/15 : 7/15, and in
/// the second pair x again 1/2 : 1/2. So a has 10/27 + 1/2 = 235/270 of x and 4/15 = 72/270 of y; b has 7/27 = 35/135
/// of x and 7/15 = 63/135 of y.
#[test]
fn model_1_takes_the_steps_worked_out_by_hand() {
    for same_as_a in [None, Some(1)] {
        assert_probabilities(0, same_as_a, [1.0 / 2.0, 1.0 / 2.0]);
        assert_probabilities(1, same_as_a, [5.0 / 7.0, 2.0 / 7.0]);
        assert_probabilities(2, same_as_a, [235.0 / 307.0, 72.0 / 307.0]);
    }
    assert_probabilities(0, Some(2), [1.0 / 2.0, 1.0 / 2.0]);
    assert_probabilities(1, Some(2), [1.0 / 2.0, 1.0 / 2.0]);
    assert_probabilities(2, Some(2), [5.0 / 14.0, 9.0 / 14.0]);
}

#[test]
fn the_weights_of_model_1_are_the_shares_without_the_empty_words() {
    let model = Model1::train(&two_pairs(), 1);
    let weights = model.weights(&[1, 2], &[11, 12, 99]);
    let expected = array![[10.0 / 27.0, 7.0 / 27.0], [4.0 / 15.0, 7.0 / 15.0], [0.0, 0.0]];
    assert!((weights - expected).iter().all(|difference| difference.abs() < 1e-15));
}

#[test]
fn a_word_from_nowhere_or_never_seen_has_no_link() {
    // z = 13 stands in every translation, whatever the source: it comes from the empty word.
    let pairs = [(vec![1], vec![11, 13]), (vec![2], vec![12, 13]), (vec![3], vec![14, 13])];
    let model = Model1::train(&pairs, 20);
    assert_eq!(model.align(&[2], &[12, 13]), [(0, 0)]);
    assert_eq!(model.align(&[2], &[99]), []);
    assert_eq!(model.align(&[99], &[12]), []);
    assert_eq!(Model1::train(&[], 3).align(&[1], &[11]), []);
}

#[test]
fn of_equally_likely_origins_the_first_is_taken_and_the_empty_word_last() {
    let model = Model1::train(&two_pairs(), 3);
    assert_eq!(model.align(&[1, 1], &[11]), [(0, 0)]);
}

/// Up to six pairs of up to five words, out of four on each side.
fn some_pairs() -> impl Strategy<Value = Vec<TokenPair>> {
    let sentence = |words: std::ops::Range<Token>| prop::collection::vec(words, 1..6);
    prop::collection::vec((sentence(1..5), sentence(11..15)), 1..7)
}

fn log_likelihood(model: &Model1, pairs: &[TokenPair]) -> f64 {
    let of_pair = |(source, target): &TokenPair| -> f64 {
        let origins = || source.iter().map(|&x| Some(x)).chain([None]);
        let of_word = |y| origins().map(|x| model.probability(x, y)).sum::<f64>() / (source.len() as f64 + 1.0);
        target.iter().map(|&y| of_word(y).ln()).sum()
    };
    pairs.iter().map(of_pair).sum()
}

proptest! {
    #[test]
    fn the_likelihood_never_falls_and_probabilities_sum_to_one(pairs in some_pairs()) {
        let models: Vec<Model1> = (1..8).map(|iterations| Model1::train(&pairs, iterations)).collect();
        for (before, after) in models.iter().zip(&models[1..]) {
            prop_assert!(log_likelihood(after, &pairs) >= log_likelihood(before, &pairs) - 1e-9);
        }
        let words = pairs.iter().flat_map(|(source, _)| source).map(|&x| Some(x)).chain([None]);
        for x in words {
            let sum: f64 = (11..15).map(|y| models[6].probability(x, y)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-12);
        }
        prop_assert_eq!(&Model1::train(&pairs, 7), &models[6]);
    }

    #[test]
    fn no_alignment_with_one_link_a_word_beats_the_best(
        gold in prop::collection::btree_set((0..4_usize, 0..5_usize), 1..12),
        sources in prop::collection::vec(0..4_usize, 5),
    ) {
        let gold: Vec<Link> = gold.into_iter().collect();
        let rate = |found: &[Link]| AlignmentCounts::new(found, &gold, &[]).error_rate().unwrap();
        let some: Vec<Link> = sources.into_iter().zip(0..).collect();
        prop_assert!(rate(&best_single_links(&gold, 5)) <= rate(&some));
    }

    #[test]
    fn the_diagonal_runs_from_the_first_word_to_the_last(source in 1..20_usize, target in 1..20_usize) {
        let links = diagonal(source, target);
        prop_assert!(links.iter().map(|&(_, t)| t).eq(0..target));
        prop_assert!(links.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        prop_assert!(links.iter().all(|&(s, _)| s < source));
        // The same picture from behind, except where a middle falls between two words.
        for &(s, t) in &links {
            let (behind, _) = links[target - 1 - t];
            let between = (2 * t + 1) * source % (2 * target) == 0;
            prop_assert_eq!(behind, source - 1 - s + usize::from(between));
        }
    }
}
