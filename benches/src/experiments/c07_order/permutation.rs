//! What becomes of the outputs when the inputs are put in another order.

use data::{Token, pairs::Sources};
use ndarray::{Array2, ArrayView1, Axis, Ix2, Ix3};
use ndarray_rand::rand::{Rng, seq::SliceRandom};
use report::statistics::largest;
use tensor::{Context, Init, Parameters, Real, Tensor, check::random_tensor, stream};
use transformer::{
    Block, BlockConfig, EncoderConfig, Form, Mask, MaskedLanguageModel, Positions,
    scaled_dot_product::{fused, literal},
};

/// T, D, N and V.
pub const LENGTH: usize = 16;
pub const WIDTH: usize = 32;
pub const HEADS: usize = 4;
const VOCABULARY: usize = 32;

/// Orders that each seed tries.
const ORDERS: usize = 8;

/// What is given its inputs in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// softmax(Q·Kᵀ / √d_k)·V in 64 bits, the sums over the keys added from the first position to the last.
    InOrder,
    /// The same, the terms of every sum added from the smallest to the largest.
    Sorted,
    /// The operation of the crate transformer.
    Attention(Form),
    /// A whole encoder.
    Encoder(Form, Positions),
    /// A block without positions in which each token sees only those before it.
    Causal,
}

impl Place {
    /// In the order of the argument.
    pub const ALL: [Place; 9] = [
        Place::Sorted,
        Place::InOrder,
        Place::Attention(Form::Literal),
        Place::Attention(Form::Fused),
        Place::Encoder(Form::Literal, Positions::None),
        Place::Encoder(Form::Fused, Positions::None),
        Place::Encoder(Form::Fused, Positions::Sinusoidal),
        Place::Encoder(Form::Fused, Positions::Learned { context: LENGTH }),
        Place::Causal,
    ];

    pub fn name(self) -> String {
        let named = |form| if form == Form::Literal { "in small operations" } else { "fused" };
        match self {
            Place::Sorted => "the equation in 64 bits, sums sorted".to_owned(),
            Place::InOrder => "the equation in 64 bits".to_owned(),
            Place::Attention(form) => format!("attention, {}", named(form)),
            Place::Encoder(form, Positions::None) => format!("encoder without positions, {}", named(form)),
            Place::Encoder(_, Positions::Sinusoidal) => "encoder, sinusoidal positions".to_owned(),
            Place::Encoder(_, Positions::Learned { .. }) => "encoder, learned positions".to_owned(),
            Place::Causal => "causal block without positions".to_owned(),
        }
    }
}

/// How far the outputs of permuted inputs are from the permuted outputs, as a share of the largest output: the most over
/// several orders. Untrained, for no training can change what holds for all parameters.
pub fn moved(place: Place, seed: u64) -> anyhow::Result<f64> {
    let mut orders = stream(seed, 0, "orders of C7");
    let mut most = 0.0_f64;
    let first: Vec<usize> = (0..LENGTH).collect();
    let before = outputs(place, seed, &first)?;
    let scale = largest(before.iter().map(|y| y.abs()));
    for _ in 0..ORDERS {
        let mut order = first.clone();
        order.shuffle(&mut orders);
        let difference = outputs(place, seed, &order)? - before.select(Axis(0), &order); // (T, D)
        most = largest(difference.iter().map(|d| d.abs()).chain([most]));
    }
    Ok(most / scale)
}

/// Those of the seed's inputs in an order, (T, D).
fn outputs(place: Place, seed: u64, order: &[usize]) -> anyhow::Result<Array2<f64>> {
    let [q, k, v] = ["queries", "keys", "values"].map(|name| {
        let x = random_tensor(&[LENGTH, WIDTH], seed, name).select(Axis(0), order);
        x.into_dimensionality::<Ix2>().expect("it was made with two axes")
    });
    let mut parameters = Parameters::new();
    let mut init = Init::new(&mut parameters, seed);
    Ok(match place {
        Place::InOrder | Place::Sorted => {
            let [q, k, v] = [q, k, v].map(|x| x.mapv(f64::from));
            attend(&q, &k, &v, place == Place::Sorted)
        }
        Place::Attention(form) => {
            let [q, k, v] = [q, k, v].map(batch_of_one);
            rows(&match form {
                Form::Literal => literal::attention(&q, &k, &v, HEADS, Mask::Bidirectional),
                Form::Fused => fused::attention(&q, &k, &v, HEADS, Mask::Bidirectional),
            })
        }
        Place::Encoder(form, positions) => {
            let config = EncoderConfig { positions, ..EncoderConfig::new(VOCABULARY, 2, WIDTH, HEADS) };
            let model = MaskedLanguageModel::new(&mut init, config)?.with_form(form);
            let mut rng = stream(seed, 0, "tokens of C7");
            let tokens: Vec<Token> = (0..LENGTH).map(|_| rng.random_range(0..VOCABULARY as Token)).collect();
            let sentence: Vec<Token> = order.iter().map(|&t| tokens[t]).collect();
            rows(&model.backbone().read(&Context::eval(&parameters), &Sources::new(&[&sentence])))
        }
        Place::Causal => {
            let block = Block::pytorch(&mut init, &BlockConfig::new(WIDTH, HEADS), "block");
            rows(&block.forward(&Context::eval(&parameters), &batch_of_one(q), None, Form::Fused))
        }
    })
}

/// (T, D) to (1, T, D).
fn batch_of_one(x: Array2<Real>) -> Tensor {
    Tensor::constant(x.insert_axis(Axis(0)))
}

/// (1, T, D) to (T, D).
fn rows(y: &Tensor) -> Array2<f64> {
    y.view::<Ix3>("outputs of C7").index_axis(Axis(0), 0).mapv(f64::from)
}

/// softmax(q·kᵀ / √d_k)·v of one head, term by term.
///
/// # Shapes
/// - `q`: (T, d_k), `k` and `v`: (S, d_k); returns (T, d_k).
fn attend(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>, sorted: bool) -> Array2<f64> {
    let scale = 1.0 / (k.ncols() as f64).sqrt();
    let add = |terms: &mut dyn Iterator<Item = f64>| {
        let mut terms: Vec<f64> = terms.collect();
        if sorted {
            terms.sort_by(f64::total_cmp);
        }
        terms.into_iter().fold(0.0, |sum, term| sum + term)
    };
    let mut y = Array2::zeros(q.raw_dim());
    for (q, mut y) in q.outer_iter().zip(y.outer_iter_mut()) {
        // Along the width, whose order no permutation of the tokens touches.
        let score = |k: ArrayView1<'_, f64>| scale * q.iter().zip(k).fold(0.0, |sum, (q, k)| sum + q * k);
        let scores: Vec<f64> = k.outer_iter().map(score).collect();
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = scores.iter().map(|score| (score - largest).exp()).collect();
        let total = add(&mut weights.iter().copied());
        for (y, v) in y.iter_mut().zip(v.columns()) {
            *y = add(&mut weights.iter().zip(v).map(|(weight, v)| weight * v)) / total;
        }
    }
    y
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_equation_is_transformers() {
        let vectors = ["q", "k", "v"].map(|name| random_tensor(&[5, 4], 1, name).into_dimensionality::<Ix2>().unwrap());
        let [q, k, v] = vectors.clone().map(batch_of_one);
        let expected = rows(&literal::attention(&q, &k, &v, 1, Mask::Bidirectional));
        let [q, k, v] = vectors.map(|x| x.mapv(f64::from));
        for sorted in [false, true] {
            assert!((attend(&q, &k, &v, sorted) - &expected).iter().all(|d| d.abs() < 1e-5));
        }
        // A query of zeros weighs all keys alike.
        let y = attend(&array![[0.0]], &array![[1.0], [2.0]], &array![[10.0], [20.0]], false);
        assert_eq!(y, array![[15.0]]);
    }
}
