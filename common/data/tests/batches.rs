//! What the three ways to read a text promise.

use data::{IGNORE, RandomBatches, SequentialBatches, TextBatch, TextSplit, Token, Windows};
use ndarray::{Axis, array, concatenate};
use proptest::prelude::*;

/// The text 0, 1, 2, ..: each token says where it stands.
fn count(tokens: usize) -> TextSplit {
    TextSplit::from_tokens("count", (0..tokens as Token).collect::<Vec<_>>())
}

fn assert_targets_follow_inputs(batch: &TextBatch) {
    assert_eq!(batch.targets, &batch.inputs + 1);
    for row in batch.inputs.rows() {
        assert!(row.iter().zip(row.iter().skip(1)).all(|(a, b)| a + 1 == *b));
    }
}

#[test]
fn tiny_shakespeares_validation_split_has_nanogpts_1742_windows() {
    let windows = Windows::new(&count(111_540), 64).unwrap();
    assert_eq!(windows.len(), 1_742);
    let rows: usize = windows.batches(12).map(|batch| batch.inputs.nrows()).sum();
    assert_eq!(rows, 1_742);
}

#[test]
fn random_batches_reach_the_first_and_the_last_token() {
    let batches = RandomBatches::new(&count(10), 100, 4, 1).unwrap();
    let batch = batches.at(0);
    assert_eq!(batch.inputs.iter().min(), Some(&0));
    assert_eq!(batch.targets.iter().max(), Some(&9));
}

#[test]
fn random_starts_are_equally_likely() {
    // 6 starts, 60,000 draws: each count is binomial with mean 10,000 and standard deviation 91.
    let batch = RandomBatches::new(&count(10), 60_000, 4, 1).unwrap().at(0);
    for start in 0..6 {
        let drawn = batch.inputs.column(0).iter().filter(|&&token| token == start).count();
        assert!((9_600..10_400).contains(&drawn), "start {start} was drawn {drawn} times");
    }
}

#[test]
fn the_shortest_possible_text_makes_one_batch() {
    let expected = TextBatch { inputs: array![[0, 1, 2]], targets: array![[1, 2, 3]] };
    let split = count(4);
    assert_eq!(RandomBatches::new(&split, 1, 3, 1).unwrap().at(9), expected);
    assert_eq!(SequentialBatches::new(&split, 1, 3).unwrap().at(9), expected);
    assert_eq!(Windows::new(&split, 3).unwrap().batches(5).collect::<Vec<_>>(), [expected]);
}

#[test]
fn answers_are_the_targets_that_are_not_ignored() {
    let batch = TextBatch { inputs: array![[0, 1, 2]], targets: array![[IGNORE, 5, IGNORE]] };
    assert_eq!(batch.answers(), 1);
}

#[test]
#[should_panic(expected = "a batch of 0 rows of 3 tokens is empty")]
fn an_empty_batch_is_a_programmers_error() {
    let _ = RandomBatches::new(&count(10), 0, 3, 1);
}

proptest! {
    #[test]
    fn a_random_batch_depends_on_seed_and_step_alone(
        tokens in 100..300_usize, rows in 1..6_usize, context in 1..50_usize, seed: u64, step: u64,
    ) {
        let batches = RandomBatches::new(&count(tokens), rows, context, seed).unwrap();
        let batch = batches.at(step);
        prop_assert_eq!(batch.inputs.dim(), (rows, context));
        assert_targets_follow_inputs(&batch);
        batches.at(step.wrapping_add(1));
        prop_assert_eq!(batches.at(step), batch);
    }

    #[test]
    fn sequential_rows_read_on_where_they_stopped(
        tokens in 100..300_usize, rows in 1..6_usize, context in 1..15_usize, pass in 0..3_u64,
    ) {
        let batches = SequentialBatches::new(&count(tokens), rows, context).unwrap();
        let first = pass * batches.steps_per_pass();
        let steps: Vec<TextBatch> = (first..first + batches.steps_per_pass()).map(|step| batches.at(step)).collect();
        steps.iter().for_each(assert_targets_follow_inputs);
        for (step, pair) in (first..).zip(steps.windows(2)) {
            prop_assert!(!batches.starts_anew(step + 1));
            prop_assert_eq!(pair[1].inputs.column(0), pair[0].targets.column(context - 1));
        }
        prop_assert!(batches.starts_anew(first));
        prop_assert_eq!(batches.at(first), batches.at(0));

        // The streams do not overlap, and less than one batch is left over.
        let inputs: Vec<_> = steps.iter().map(|batch| batch.inputs.view()).collect();
        let read = concatenate(Axis(1), &inputs).unwrap();
        prop_assert!(read.iter().zip(read.iter().skip(1)).all(|(a, b)| a < b));
        prop_assert!(tokens - 1 - read.len() < rows * context + rows);
    }

    #[test]
    fn windows_cover_the_text_once_in_any_batch_size(
        tokens in 60..300_usize, context in 1..50_usize, rows in 1..20_usize,
    ) {
        let windows = Windows::new(&count(tokens), context).unwrap();
        let batches: Vec<TextBatch> = windows.batches(rows).collect();
        batches.iter().for_each(assert_targets_follow_inputs);
        let asked: Vec<Token> = batches.iter().flat_map(|batch| batch.targets.iter().copied()).collect();
        let answers = (tokens - 1) / context * context;
        prop_assert_eq!(asked, (1..=answers as Token).collect::<Vec<_>>());
    }
}
