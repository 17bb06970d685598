//! The counted language model is what its definition says, as `fixtures/kneser_ney.py` computes it in another way.

use data::ngram::KneserNey;
use data::{IGNORE, TextBatch, Token, mean_loss};
use ndarray::array;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    name: String,
    order: usize,
    vocabulary: usize,
    text: Vec<Token>,
    predictions: Vec<Prediction>,
}

#[derive(Deserialize)]
struct Prediction {
    history: Vec<Token>,
    probabilities: Vec<f64>,
}

#[test]
fn it_predicts_what_the_definition_says() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("fixtures/kneser_ney.json")).unwrap();
    for Case { name, order, vocabulary, text, predictions } in cases {
        let model = KneserNey::count(&text, vocabulary, order);
        for Prediction { history, probabilities } in predictions {
            for (next, expected) in probabilities.into_iter().enumerate() {
                let probability = model.probability(&history, next as Token);
                let far = (probability - expected).abs() > 1e-14;
                assert!(!far, "{name}, order {order}, {history:?}, {next}: {probability}, not {expected}");
            }
        }
    }
}

proptest! {
    #[test]
    fn probabilities_are_positive_and_sum_to_one(
        text in prop::collection::vec(0..5 as Token, 0..200),
        history in prop::collection::vec(0..6 as Token, 0..6),
        order in 1..6_usize,
    ) {
        let model = KneserNey::count(&text, 6, order);
        let probabilities: Vec<f64> = (0..6).map(|next| model.probability(&history, next)).collect();
        prop_assert!(probabilities.iter().all(|&p| p > 0.0));
        prop_assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_loss_is_the_mean_over_what_is_asked_and_a_history_begins_with_its_row() {
    let batch =
        TextBatch { inputs: array![[0, 1, 2], [2, 1, 0]], targets: array![[IGNORE, 2, 0], [1, IGNORE, IGNORE]] };
    let mut asked = Vec::new();
    let loss = mean_loss(&[batch], |history, next| {
        asked.push((history.to_vec(), next));
        if history.len() == 3 { 0.5 } else { 0.25 }
    });
    assert_eq!(asked, [(vec![0, 1], 2), (vec![0, 1, 2], 0), (vec![2], 1)]);
    assert!((loss - 5.0 / 3.0 * 2.0_f64.ln()).abs() < 1e-15);
}

#[test]
#[should_panic(expected = "KneserNey: a token is not below 2")]
fn a_token_outside_the_vocabulary_is_a_programmers_error() {
    KneserNey::count(&[0, 2], 2, 1);
}
