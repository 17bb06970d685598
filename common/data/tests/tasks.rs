//! The generated tasks ask what they say they ask, and their stated baselines and best losses are true.

use std::collections::{BTreeMap, BTreeSet};

use data::tasks::{
    Adding, AssociativeRecall, Lookup, MarkedSymbols, MarkovChain, Question, Recall, Relations, Rewrite, Rule,
    SeasonalSeries, TokenTask, seasonal_naive,
};
use data::{IGNORE, TextBatch, Token, mean_loss};
use ndarray::{Array2, ArrayView1, Axis, array, s};
use proptest::prelude::*;

/// One task of each kind.
fn token_tasks() -> Vec<Box<dyn TokenTask>> {
    let rewrite = |rule| Box::new(Rewrite { rule, symbols: 7, count: 5 }) as Box<dyn TokenTask>;
    vec![
        rewrite(Rule::Copy),
        rewrite(Rule::Reverse),
        rewrite(Rule::Sort),
        Box::new(Recall { symbols: 8, distractors: 3, gap: 6 }),
        Box::new(AssociativeRecall { pairs: 3, symbols: 6 }),
        Box::new(MarkovChain::random(3, 2, 9, 4)),
    ]
}

proptest! {
    #[test]
    fn a_batch_depends_on_seed_and_step_alone_and_has_the_stated_shape(rows in 1..5_usize, seed: u64, step: u64) {
        for task in token_tasks() {
            let batch = task.batch(rows, seed, step);
            prop_assert_eq!(batch.inputs.dim(), (rows, task.length()));
            prop_assert_eq!(batch.targets.dim(), (rows, task.length()));
            let vocabulary = task.vocabulary_size() as Token;
            prop_assert!(batch.inputs.iter().all(|&token| token < vocabulary));
            prop_assert!(batch.targets.iter().all(|&token| token < vocabulary || token == IGNORE));
            prop_assert_eq!(task.batch(rows, seed, step), batch);
        }
    }
}

#[test]
fn another_step_or_seed_gives_other_examples() {
    for task in token_tasks() {
        let batch = task.batch(10, 1, 1);
        assert_ne!(batch, task.batch(10, 1, 2));
        assert_ne!(batch, task.batch(10, 2, 1));
    }
}

proptest! {
    #[test]
    fn a_rewritten_row_is_the_row_in_the_order_of_its_rule(symbols in 1..9_usize, n in 1..9_usize, seed: u64) {
        for rule in [Rule::Copy, Rule::Reverse, Rule::Sort] {
            let TextBatch { inputs, targets } = Rewrite { rule, symbols, count: n }.batch(3, seed, 0);
            for (input, target) in inputs.rows().into_iter().zip(targets.rows()) {
                let mut expected = input.slice(s![..n]).to_vec();
                match rule {
                    Rule::Copy => (),
                    Rule::Reverse => expected.reverse(),
                    Rule::Sort => expected.sort(),
                }
                prop_assert!(expected.iter().all(|&symbol| (symbol as usize) < symbols));
                prop_assert_eq!(target.slice(s![n..]).to_vec(), expected.as_slice());
                // The mark, then the answers one step late; nothing is asked before the mark.
                prop_assert_eq!(input[n] as usize, symbols);
                prop_assert_eq!(input.slice(s![n + 1..]).to_vec(), &expected[..n - 1]);
                prop_assert!(target.iter().take(n).all(|&target| target == IGNORE));
            }
        }
    }

    #[test]
    fn recall_asks_once_and_at_the_end_for_what_came_first(gap in 0..50_usize, seed: u64) {
        let task = Recall { symbols: 8, distractors: 5, gap };
        let TextBatch { inputs, targets } = task.batch(4, seed, 3);
        for (input, target) in inputs.rows().into_iter().zip(targets.rows()) {
            prop_assert!(input[0] < 8);
            prop_assert!(input.slice(s![1..=gap]).iter().all(|token| (8..13).contains(token)));
            prop_assert_eq!(input[gap + 1], task.question());
            prop_assert_eq!(target[gap + 1], input[0]);
            prop_assert!(target.slice(s![..=gap]).iter().all(|&target| target == IGNORE));
        }
    }

    #[test]
    fn associative_recall_asks_every_key_once_for_the_value_behind_it(pairs in 1..9_usize, seed: u64) {
        let task = AssociativeRecall { pairs, symbols: 2 * pairs };
        let (TextBatch { inputs, targets }, translated) = (task.batch(4, seed, 3), task.pair_batch(4, seed, 3));
        for (b, (input, target)) in inputs.rows().into_iter().zip(targets.rows()).enumerate() {
            let (read, asked) = (input.slice(s![..2 * pairs]).to_vec(), input.slice(s![2 * pairs..]).to_vec());
            let value_of = |key: &Token| read[2 * read.iter().step_by(2).position(|read| read == key).unwrap() + 1];
            let answers: Vec<Token> = asked.iter().map(value_of).collect();
            prop_assert!(asked.iter().all(|key| key % 2 == 0) && answers.iter().all(|value| value % 2 == 1));
            prop_assert!(input.iter().all(|&token| (token as usize) < 4 * pairs));
            prop_assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), pairs);
            prop_assert!(target.iter().take(2 * pairs).all(|&target| target == IGNORE));
            prop_assert_eq!(target.slice(s![2 * pairs..]).to_vec(), answers.as_slice());
            prop_assert_eq!(translated.sources.tokens.row(b).to_vec(), read);
            for t in 0..pairs {
                prop_assert_eq!([translated.inputs[[b, 2 * t]], translated.inputs[[b, 2 * t + 1]]], [asked[t]; 2]);
                prop_assert_eq!(translated.targets[[b, 2 * t]], IGNORE);
                prop_assert_eq!(translated.targets[[b, 2 * t + 1]], answers[t]);
            }
        }
    }

    #[test]
    fn adding_marks_one_number_in_each_half(length in 2..40_usize, seed: u64) {
        let batch = Adding { length }.batch(3, seed, 0);
        for (row, &target) in batch.inputs.outer_iter().zip(&batch.targets) {
            let marks = row.column(1);
            prop_assert_eq!(marks.slice(s![..length / 2]).sum(), 1.0);
            prop_assert_eq!(marks.slice(s![length / 2..]).sum(), 1.0);
            prop_assert_eq!(row.column(0).dot(&marks), target);
            prop_assert!(row.column(0).iter().all(|number| (0.0..1.0).contains(number)));
        }
    }
}

#[test]
fn the_answers_stand_where_the_relations_point() {
    let rows = Relations { colours: 8, symbols: 5 }.batch(10, 1, 0);
    let colour = |b: usize, t: usize| rows.tokens[[b, t]] / 5;
    for b in 0..10 {
        assert_eq!((rows.places[0][[b, 0]], rows.symbols[0][[b, 0]]), (None, IGNORE));
        assert_eq!((0..8).map(|t| colour(b, t)).collect::<BTreeSet<_>>(), (0..8).collect());
        for t in 0..8 {
            let partner = rows.places[1][[b, t]].unwrap();
            assert_eq!(colour(b, partner), colour(b, t) ^ 1);
            assert_eq!(rows.symbols[1][[b, t]], rows.tokens[[b, partner]] % 5);
        }
        for t in 1..8 {
            assert_eq!(rows.places[0][[b, t]], Some(t - 1));
            assert_eq!(rows.symbols[0][[b, t]], rows.tokens[[b, t - 1]] % 5);
        }
    }
}

#[test]
fn recalls_symbols_are_equally_likely() {
    // 80,000 draws of 8 symbols: each count has mean 10,000 and standard deviation 94.
    let batch = Recall { symbols: 8, distractors: 1, gap: 1 }.batch(80_000, 1, 0);
    for symbol in 0..8 {
        let drawn = batch.inputs.column(0).iter().filter(|&&token| token == symbol).count();
        assert!((9_600..10_400).contains(&drawn), "symbol {symbol} was drawn {drawn} times");
    }
}

/// Whatever else of the row is known, the value that stood behind the key, and nothing else, tells the answer.
#[test]
fn without_the_pair_that_is_asked_for_all_values_are_equally_likely() {
    let TextBatch { mut inputs, targets } = AssociativeRecall { pairs: 2, symbols: 3 }.batch(400_000, 1, 0);
    let mut answers = BTreeMap::<(Vec<Token>, usize), [u32; 3]>::new();
    for (mut input, target) in inputs.rows_mut().into_iter().zip(targets.rows()) {
        let hidden = if input[0] == input[4] { 1 } else { 3 };
        input[hidden] = 0;
        answers.entry((input.to_vec(), hidden)).or_default()[target[4] as usize / 2] += 1;
    }
    // 3 · 2 orders of two keys, another order of the questions or not, 3 values of the other pair.
    assert_eq!(answers.len(), 36);
    for (known, counts) in answers {
        // Of some 11,111 rows a third: the standard deviation is 50.
        assert!(counts.iter().all(|count| count.abs_diff(3_704) < 350), "{known:?}: {counts:?}");
    }
}

#[test]
fn the_pairs_hold_the_bits_of_their_values() {
    assert_eq!(AssociativeRecall { pairs: 64, symbols: 128 }.bits(), 448.0);
}

#[test]
fn without_memory_the_adding_problem_has_the_stated_error() {
    let targets = Adding { length: 10 }.batch(100_000, 1, 0).targets;
    let error = targets.mapv(|sum| (sum - 1.0).powi(2)).mean().unwrap();
    // The standard deviation of this mean is 0.0006.
    assert!((error - Adding::MEMORYLESS_ERROR).abs() < 0.003, "{error}");
}

#[test]
fn the_stationary_distribution_stays_what_it_is() {
    for (symbols, order) in [(2, 1), (5, 1), (3, 2), (2, 5), (4, 4)] {
        let chain = MarkovChain::random(symbols, order, order, 7);
        let contexts = chain.stationary().len();
        let mut after = ndarray::Array1::<f64>::zeros(contexts);
        for ((context, next), p) in chain.transitions().indexed_iter() {
            after[(context * symbols + next) % contexts] += chain.stationary()[context] * p;
        }
        let worst = (&after - chain.stationary()).mapv(f64::abs).into_iter().fold(0.0, f64::max);
        assert!(worst < 1e-15, "{symbols} symbols, order {order}: {worst:e}");
        assert!((chain.stationary().sum() - 1.0).abs() < 1e-14);
    }
}

#[test]
fn the_entropy_rate_of_a_fair_coin_is_one_bit_whatever_the_order() {
    for order in 1..5 {
        let coin = Array2::from_elem((1 << order, 2), 0.5);
        let rate = MarkovChain::new(order, coin, order).entropy_rate();
        assert!((rate - std::f64::consts::LN_2).abs() < 1e-15, "order {order}: {rate}");
    }
}

/// Of a chain of order 2 that follows its last token but one, and ignores the last: two chains of order 1, interleaved.
#[test]
fn an_order_2_chain_of_two_interleaved_chains_has_their_entropy_rate() {
    let single = array![[0.9, 0.1], [0.4, 0.6]];
    let interleaved = Array2::from_shape_fn((4, 2), |(context, next)| single[[context / 2, next]]);
    let one = MarkovChain::new(1, single, 2);
    let two = MarkovChain::new(2, interleaved, 2);
    assert!((one.entropy_rate() - two.entropy_rate()).abs() < 1e-15);
    // The two are independent: pi(a, b) = pi(a) pi(b), and pi = (4/5, 1/5).
    for (context, expected) in [0.64, 0.16, 0.16, 0.04].into_iter().enumerate() {
        assert!((two.stationary()[context] - expected).abs() < 1e-15);
    }
}

#[test]
fn who_knows_the_language_reaches_its_entropy_rate() {
    let order = 3;
    let chain = MarkovChain::random(4, order, 20, 5);
    let batch = chain.batch(20_000, 1, 0);
    for (input, target) in batch.inputs.rows().into_iter().zip(batch.targets.rows()) {
        assert!(target.iter().take(order - 1).all(|&target| target == IGNORE));
        assert_eq!(target.slice(s![order - 1..19]), input.slice(s![order..]));
    }
    let loss = mean_loss([&batch], |history, next| chain.probability(history, next));
    // 360,000 answers, a loss of standard deviation about 0.9: the mean's is 0.0015.
    assert!((loss - chain.entropy_rate()).abs() < 0.006, "{loss} against {}", chain.entropy_rate());
}

#[test]
fn rows_begin_in_the_stationary_distribution() {
    let chain = MarkovChain::new(1, array![[0.75, 0.25], [0.5, 0.5]], 4);
    let inputs = chain.batch(90_000, 1, 0).inputs;
    for t in 0..4 {
        let zeros = inputs.column(t).iter().filter(|&&token| token == 0).count();
        // pi(0) = 2/3: mean 60,000, standard deviation 141.
        assert!((59_400..60_600).contains(&zeros), "at {t}: {zeros}");
    }
}

#[test]
#[should_panic(expected = "MarkovChain: transitions of order 2 must have shape (V^2, V), not (3, 2)")]
fn a_table_of_another_shape_is_a_programmers_error() {
    MarkovChain::new(2, Array2::from_elem((3, 2), 0.5), 8);
}

#[test]
#[should_panic(expected = "MarkovChain: row 1 of the transitions is no distribution of positive probabilities")]
fn a_table_that_does_not_sum_to_one_is_a_programmers_error() {
    MarkovChain::new(1, array![[0.5, 0.5], [0.5, 0.4]], 8);
}

#[test]
#[should_panic(expected = "seasonal_naive: a history of shape (2, 3) has no season of 4")]
fn a_history_shorter_than_a_season_is_a_programmers_error() {
    seasonal_naive(Array2::zeros((2, 3)).view(), 4, 1);
}

#[test]
fn the_naive_forecast_misses_the_trend_and_pays_for_the_noise_twice() {
    let series = SeasonalSeries::default();
    let batch = series.batch(20_000, 1, 0);
    let forecast = seasonal_naive(batch.history.view(), 28, series.horizon);
    let error = (&forecast - &batch.future).mapv(|e| e * e).mean().unwrap();
    // E slope^2 = 1/3, and the forecast is 28 of 84 steps behind it.
    let expected = 2.0 * series.noise.powi(2) + (28.0_f64 / 84.0).powi(2) / 3.0;
    assert!((error / expected - 1.0).abs() < 0.02, "{error} against {expected}");
}

#[test]
fn a_series_without_noise_repeats_but_for_its_trend() {
    let series = SeasonalSeries { noise: 0.0, ..SeasonalSeries::default() };
    let batch = series.batch(3, 1, 0);
    for (history, future) in batch.history.rows().into_iter().zip(batch.future.rows()) {
        let rise = history[28] - history[0];
        for t in 0..28 {
            assert!((future[t] - history[28 + t] - rise).abs() < 1e-12);
        }
    }
    assert_eq!(series.batch(3, 1, 0), batch);
    assert_ne!(series.batch(3, 1, 1), batch);
}

#[test]
fn the_answer_of_a_lookup_stands_beside_the_key() {
    let batch = Lookup { pairs: 8, symbols: 16 }.batch(20, 1, 0);
    for (b, keys) in batch.keys.rows().into_iter().enumerate() {
        let places: Vec<usize> = (0..8).filter(|&s| keys[s] == batch.asked[[b, 0]]).collect();
        assert_eq!(places.len(), 1);
        assert_eq!(batch.answers[b], batch.values[[b, places[0]]]);
    }
}

#[test]
fn the_answer_is_the_marked_symbol_that_comes_first_or_occurs_more_often() {
    let of = |question| MarkedSymbols { question, symbols: 12, vocabulary: 12 }.batch(50, 1, 0);
    let places = |sentence: ArrayView1<'_, Token>| {
        [2, 3].map(|marked| (0..sentence.len()).filter(|&s| sentence[s] == marked).collect::<Vec<_>>())
    };
    let (sentences, answers) = of(Question::First);
    assert_eq!(sentences.tokens.dim(), (50, 13));
    for (sentence, answer) in sentences.tokens.rows().into_iter().zip(answers) {
        let [zero, one] = places(sentence);
        assert_eq!((zero.len(), one.len(), Token::from(one < zero)), (1, 1, answer));
    }
    let (sentences, answers) = of(Question::More);
    for (sentence, answer) in sentences.tokens.rows().into_iter().zip(answers) {
        let [zero, one] = places(sentence).map(|places| places.len());
        assert_eq!((zero + one, Token::from(one > zero)), (MarkedSymbols::COUNTED, answer));
    }
}

#[test]
fn a_mirrored_sentence_has_the_same_symbols_and_the_other_order() {
    let [first, more] = [Question::First, Question::More]
        .map(|question| MarkedSymbols { question, symbols: 12, vocabulary: 12 }.mirrored(200, 1, u64::MAX));
    for (sentences, _) in [&first, &more] {
        for pair in sentences.tokens.axis_chunks_iter(Axis(0), 2) {
            assert_eq!(pair.slice(s![0, 1..]), pair.slice(s![1, 1..;-1]));
        }
    }
    let pairs = |answers: &[Token]| answers.chunks(2).map(|pair| pair[0] == pair[1]).collect::<Vec<_>>();
    assert!(pairs(&first.1).iter().all(|same| !same) && pairs(&more.1).iter().all(|same| *same));
}
