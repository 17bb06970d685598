//! Languages whose best possible loss is known exactly.

use ndarray::{Array1, Array2, ArrayView1};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::Exp1;
use rand_chacha::ChaCha8Rng;

use super::{TokenTask, batch_of};
use crate::random::stream;
use crate::{TextBatch, Token};

/// A random language in which the next token depends on the last k tokens and on nothing else.
///
/// Its entropy rate is the expected loss of a predictor that knows P, and no model can have a smaller one:
///
/// ```text
/// H = - sum_c pi(c) sum_v P(v | c) ln P(v | c)
/// ```
///
/// with the contexts c of k tokens and their stationary distribution pi (Cover & Thomas, *Elements of Information
/// Theory*, section 4.2). The first k tokens of a row are drawn from the stationary distribution. The first k - 1 targets are
/// [`IGNORE`](crate::IGNORE): there a model has seen less than a whole context, so even the best loss is higher than H.
///
/// ```
/// use data::tasks::{MarkovChain, TokenTask};
///
/// // After 0 comes 1 with probability 1/4; after 1 comes 0 with probability 1/2. So pi = (2/3, 1/3).
/// let chain = MarkovChain::new(1, ndarray::array![[0.75, 0.25], [0.5, 0.5]], 8);
/// assert!((chain.stationary()[0] - 2.0 / 3.0).abs() < 1e-15);
/// let best = 2.0 / 3.0 * (0.75 * (4.0_f64 / 3.0).ln() + 0.25 * 4.0_f64.ln()) + 1.0 / 3.0 * 2.0_f64.ln();
/// assert!((chain.entropy_rate() - best).abs() < 1e-15);
/// assert_eq!(chain.batch(1, 1, 0).inputs, ndarray::array![[0, 0, 1, 1, 0, 0, 1, 1]]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MarkovChain {
    order: usize,
    length: usize,
    /// P(v | c), (V^k, V). The index of a context's row is the number whose digits in base V are its tokens, the oldest first.
    transitions: Array2<f64>,
    /// pi(c), (V^k).
    stationary: Array1<f64>,
}

impl MarkovChain {
    /// The language with these transitions. Its batches have rows of `length` tokens (T).
    ///
    /// # Shapes
    /// - transitions: (V^order, V); row c is P(v | c), c read as a number in base V, the oldest token its first digit
    ///
    /// # Panics
    /// If the table has another shape, a row that does not sum to 1 (to 1e-12) or a probability that is not above 0
    /// (so that every context is reached from every other), or if `order` is not in `1..=length`.
    #[track_caller]
    pub fn new(order: usize, transitions: Array2<f64>, length: usize) -> Self {
        let (contexts, symbols) = transitions.dim();
        assert!(
            symbols.checked_pow(order as u32) == Some(contexts) && contexts > 0,
            "MarkovChain: transitions of order {order} must have shape (V^{order}, V), not ({contexts}, {symbols})"
        );
        assert!((1..=length).contains(&order), "MarkovChain: rows of length {length} hold no context of order {order}");
        for (context, row) in transitions.rows().into_iter().enumerate() {
            assert!(
                row.iter().all(|&p| p > 0.0) && (row.sum() - 1.0).abs() < 1e-12,
                "MarkovChain: row {context} of the transitions is no distribution of positive probabilities: {row}"
            );
        }
        let stationary = stationary(&transitions);
        Self { order, length, transitions, stationary }
    }

    /// A random language over `symbols` tokens (V): every P(. | c) is drawn uniformly from all distributions
    /// (Dirichlet with parameters 1, as normalised exponential variates).
    ///
    /// The same `symbols`, `order` and `seed` give the same language. Finding its stationary distribution takes a third of (V^order)^3
    /// multiplications and an array of (V^order)^2 numbers.
    ///
    /// # Panics
    /// If `symbols` is 0 or `order` is not in `1..=length`.
    #[track_caller]
    pub fn random(symbols: usize, order: usize, length: usize, seed: u64) -> Self {
        let mut rng = stream(seed, 0, "Markov chain");
        let contexts = symbols.pow(order as u32);
        let mut transitions = Array2::from_shape_simple_fn((contexts, symbols), || rng.sample(Exp1)); // (V^k, V)
        for mut row in transitions.rows_mut() {
            let sum: f64 = row.sum();
            row /= sum;
        }
        Self::new(order, transitions, length)
    }

    /// k: the distribution of the next token depends on the last k.
    pub fn order(&self) -> usize {
        self.order
    }

    /// P(v | c), (V^k, V).
    pub fn transitions(&self) -> &Array2<f64> {
        &self.transitions
    }

    /// P(next | history), of who knows the language; of the history, the last k tokens count.
    ///
    /// # Panics
    /// If the history is shorter.
    #[track_caller]
    pub fn probability(&self, history: &[Token], next: Token) -> f64 {
        let context = &history[history.len() - self.order..];
        let context = context.iter().fold(0, |number, &token| number * self.transitions.ncols() + token as usize);
        self.transitions[[context, next as usize]]
    }

    /// pi(c), the probability of each context, (V^k).
    pub fn stationary(&self) -> &Array1<f64> {
        &self.stationary
    }

    /// The best possible mean loss in nats per token.
    pub fn entropy_rate(&self) -> f64 {
        let entropy = |row: ArrayView1<'_, f64>| -> f64 { row.iter().map(|&p| -p * p.ln()).sum() };
        self.stationary.iter().zip(self.transitions.rows()).map(|(&pi, row)| pi * entropy(row)).sum()
    }
}

impl TokenTask for MarkovChain {
    fn vocabulary_size(&self) -> usize {
        self.transitions.ncols()
    }

    fn length(&self) -> usize {
        self.length
    }

    fn batch(&self, rows: usize, seed: u64, step: u64) -> TextBatch {
        let (contexts, symbols) = self.transitions.dim();
        let rng = stream(seed, step, "Markov chain batch");
        batch_of(rows, self.length, rng, |rng, input, target| {
            let mut context = choose(rng, self.stationary.view());
            for (t, token) in input[..self.order].iter_mut().enumerate() {
                *token = (context / symbols.pow((self.order - 1 - t) as u32) % symbols) as Token;
            }
            for t in self.order - 1..self.length {
                let next = choose(rng, self.transitions.row(context));
                context = (context * symbols + next) % contexts;
                target[t] = next as Token;
                if t + 1 < self.length {
                    input[t + 1] = next as Token;
                }
            }
        })
    }
}

/// An index drawn with the given probabilities.
fn choose(rng: &mut ChaCha8Rng, probabilities: ArrayView1<'_, f64>) -> usize {
    let mut left: f64 = rng.random();
    let chosen = probabilities.iter().position(|&p| {
        left -= p;
        left < 0.0
    });
    chosen.unwrap_or(probabilities.len() - 1) // the probabilities may sum to a little less than 1
}

/// The stationary distribution of the chain of contexts, by the elimination of Grassmann, Taksar & Heyman (1985): it
/// removes one state after another from the chain and, as it never subtracts, loses no accuracy to cancellation.
fn stationary(transitions: &Array2<f64>) -> Array1<f64> {
    let (contexts, symbols) = transitions.dim();
    let mut p = Array2::zeros((contexts, contexts)); // (V^k, V^k): from context, to context
    for ((context, next), &probability) in transitions.indexed_iter() {
        p[[context, (context * symbols + next) % contexts]] += probability;
    }
    for state in (1..contexts).rev() {
        let leaving: f64 = p.slice(ndarray::s![state, ..state]).sum();
        for from in 0..state {
            p[[from, state]] /= leaving;
            let share: f64 = p[[from, state]];
            if share > 0.0 {
                let (mut above, removed) = p.view_mut().split_at(ndarray::Axis(0), state);
                let removed = removed.slice_move(ndarray::s![0, ..state]);
                above.slice_mut(ndarray::s![from, ..state]).scaled_add(share, &removed);
            }
        }
    }
    let mut pi = Array1::zeros(contexts);
    pi[0] = 1.0;
    for state in 1..contexts {
        pi[state] = (0..state).map(|from| pi[from] * p[[from, state]]).sum();
    }
    let total: f64 = pi.sum();
    pi / total
}
