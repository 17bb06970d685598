//! The product of output vectors and table, computed again in 64 bits, beside what the model says.

use data::TextBatch;
use ndarray::{Array2, ArrayView2, Axis, Ix3};
use nn::Trainable;
use report::statistics::{by_size, largest};
use serde::{Deserialize, Serialize};
use tensor::{Context, Parameters, Real, Tensor};

use crate::study::tying::TyingGpt;

/// How far the model is from the product.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Exact {
    /// The largest difference of a score, as a share of the largest score, or that of the loss in nats, if it is larger.
    pub wrong: f64,
    /// The share of products below zero, which are no probabilities.
    pub negative: f64,
}

impl Exact {
    pub fn of(model: &TyingGpt, parameters: &Parameters, batch: &TextBatch) -> Self {
        let cx = Context::eval(parameters);
        let inputs = batch.inputs.view();
        let scores = rows(&model.logits(&cx, inputs));
        let products = products(rows(&model.output_vectors(&cx, inputs)).view(), model.tables(parameters)[1]);
        let targets = batch.targets.iter().map(|&target| target as usize);
        let losses = products.outer_iter().zip(targets).map(|(row, target)| -probabilities(&row.to_vec())[target].ln());
        let loss = losses.sum::<f64>() / products.nrows() as f64;
        Self {
            wrong: largest([difference(&scores, &products), (loss - f64::from(model.loss(&cx, batch).item())).abs()]),
            negative: products.iter().filter(|product| **product < 0.0).count() as f64 / products.len() as f64,
        }
    }
}

/// How far the scores are from the products, as a share of the largest product.
pub fn difference(scores: &Array2<f64>, products: &Array2<f64>) -> f64 {
    let most = |numbers: &Array2<f64>| largest(numbers.iter().map(|number| number.abs()));
    most(&(scores - products)) / most(products)
}

/// # Shapes
/// - `vectors`: (N, D), `table`: (V, D); returns (N, V).
pub fn products(vectors: ArrayView2<'_, f64>, table: ArrayView2<'_, Real>) -> Array2<f64> {
    vectors.dot(&table.mapv(f64::from).t())
}

/// The softmax of one row of products.
pub fn probabilities(products: &[f64]) -> Vec<f64> {
    let most = products.iter().copied().max_by(by_size).unwrap_or(0.0);
    let shares: Vec<f64> = products.iter().map(|product| (product - most).exp()).collect();
    let all: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / all).collect()
}

/// (B, T, ·) to (B·T, ·).
fn rows(y: &Tensor) -> Array2<f64> {
    let y = y.view::<Ix3>("outputs of C20").mapv(f64::from);
    let rows: Vec<_> = y.outer_iter().collect();
    ndarray::concatenate(Axis(0), &rows).expect("all rows are as long")
}

/// A token that may follow a text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Candidate {
    pub token: u32,
    pub product: f64,
    pub probability: f64,
}

/// What may follow the first row of a batch: the most probable tokens, so many of them, and the sum of all products.
pub fn candidates(model: &TyingGpt, parameters: &Parameters, batch: &TextBatch, most: usize) -> (Vec<Candidate>, f64) {
    let cx = Context::eval(parameters);
    let vectors = rows(&model.output_vectors(&cx, batch.inputs.view()));
    let last = batch.inputs.ncols() - 1;
    let products = products(vectors.view(), model.tables(parameters)[1]).row(last).to_vec();
    let probabilities = probabilities(&products);
    let all = products.iter().sum();
    let candidate =
        |(token, product): (usize, f64)| Candidate { token: token as u32, product, probability: probabilities[token] };
    let mut candidates: Vec<Candidate> = products.into_iter().enumerate().map(candidate).collect();
    candidates.sort_by(|a, b| by_size(&b.product, &a.product));
    candidates.truncate(most);
    (candidates, all)
}
