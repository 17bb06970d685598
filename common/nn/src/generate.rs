//! Text from a language model, one token after another.

use data::Token;
use ndarray::{Array2, ArrayView1, ArrayView2};
use ndarray_rand::rand::Rng;
use serde::{Deserialize, Serialize};
use tensor::{Context, Parameters, Real, stream};

use crate::LanguageModel;
use crate::metrics::argmax;

/// How the next token is chosen from its scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Temperature(f64);

/// A temperature that is negative, infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a temperature: give a number of at least 0, where 0 always takes the likeliest token")]
pub struct TemperatureError(f64);

/// Scores that say nothing about which token comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the scores of the next token are not numbers: the parameters of the model are too large, or not numbers themselves"
)]
pub struct ScoresError;

impl Temperature {
    /// Always the token with the highest score, the first of equals.
    pub const GREEDY: Temperature = Temperature(0.0);

    /// Draws from the model's own distribution.
    pub const ONE: Temperature = Temperature(1.0);

    /// Draws token i with probability e^(z_i/T)/Σ_j e^(z_j/T) from the scores z, T = `temperature` (Ackley et al. 1985).
    /// 1 gives the model's own distribution, less makes likely tokens likelier; towards 0 it becomes
    /// [greedy](Self::GREEDY), and 0 is that.
    ///
    /// # Errors
    /// If the temperature is negative, infinite or not a number.
    pub fn new(temperature: f64) -> Result<Self, TemperatureError> {
        let valid = temperature.is_finite() && temperature >= 0.0;
        valid.then_some(Temperature(temperature)).ok_or(TemperatureError(temperature))
    }

    /// Chooses a token by its scores; `uniform` is a random number in 0..1, which greedy choice does not read.
    ///
    /// # Shapes
    /// - `logits`: (V).
    ///
    /// # Errors
    /// If the softmax of the scores is no distribution: one is NaN or infinite, or none is above minus infinity.
    ///
    /// ```
    /// use ndarray::arr1;
    /// use nn::Temperature;
    /// let logits = arr1(&[0.0, 3.0_f64.ln() as tensor::Real]); // probabilities 1/4 and 3/4
    /// let choose = |temperature, uniform| Temperature::new(temperature).unwrap().choose(logits.view(), uniform).unwrap();
    /// assert_eq!([0.24, 0.26].map(|uniform| choose(1.0, uniform)), [0, 1]);
    /// assert_eq!([0.09, 0.11].map(|uniform| choose(0.5, uniform)), [0, 1]); // 1/10 and 9/10
    /// assert_eq!(choose(0.0, 0.01), 1);
    /// ```
    pub fn choose(self, logits: ArrayView1<'_, Real>, uniform: f64) -> Result<Token, ScoresError> {
        let likeliest = argmax(logits).ok_or(ScoresError)?;
        let max = logits[likeliest as usize];
        if max.is_infinite() {
            return Err(ScoresError);
        }
        if self.0 == 0.0 {
            return Ok(likeliest);
        }
        let weights = logits.iter().map(|&z| (f64::from(z - max) / self.0).exp());
        let mut left = uniform * weights.clone().sum::<f64>();
        for (token, weight) in weights.enumerate() {
            left -= weight;
            if left < 0.0 {
                return Ok(token as Token);
            }
        }
        Ok(likeliest)
    }
}

impl TryFrom<f64> for Temperature {
    type Error = TemperatureError;

    fn try_from(temperature: f64) -> Result<Self, TemperatureError> {
        Temperature::new(temperature)
    }
}

impl From<Temperature> for f64 {
    fn from(temperature: Temperature) -> f64 {
        temperature.0
    }
}

/// An endless continuation of prompts: each item is the next token of every row.
///
/// Row b draws its n-th token from the stream of (seed, n, b), so what it says does not depend on the rows beside it,
/// and the same seed says the same again. Take as many items as tokens are wanted; with [`until`](Self::until) the
/// iterator ends by itself once every row has ended. Where the model's scores are not numbers, the item is an error, and
/// nothing follows.
///
/// ```no_run
/// # fn example(model: &impl nn::LanguageModel, parameters: &tensor::Parameters) -> Result<(), nn::ScoresError> {
/// use nn::{Generator, Temperature};
/// let prompts = ndarray::array![[7, 4, 11], [0, 1, 2]];
/// for tokens in Generator::new(model, parameters, prompts.view(), Temperature::GREEDY, 1).take(100) {
///     let tokens = tokens?;
///     print!("{} and {}, ", tokens[0], tokens[1]);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Generator<'m, M: LanguageModel> {
    model: &'m M,
    context: Context<'m>,
    state: M::State,
    logits: Array2<Real>,
    temperature: Temperature,
    seed: u64,
    end: Option<Token>,
    tokens: Option<Vec<Token>>,
    count: u64,
    lost: bool,
}

impl<'m, M: LanguageModel> Generator<'m, M> {
    /// Reads the prompts.
    ///
    /// # Shapes
    /// - `prompts`: (B, T), T at least 1.
    ///
    /// # Panics
    /// If the prompts are empty or hold a token that the model does not have.
    #[track_caller]
    pub fn new(
        model: &'m M,
        parameters: &'m Parameters,
        prompts: ArrayView2<'_, Token>,
        temperature: Temperature,
        seed: u64,
    ) -> Self {
        assert!(!prompts.is_empty(), "generate: prompts of shape {:?} say nothing to go on from", prompts.shape());
        let context = Context::eval(parameters);
        let prompts: Vec<_> = prompts.outer_iter().map(|prompt| prompt.to_vec()).collect();
        let (state, logits) = model.start(&context, &prompts);
        Generator { model, context, state, logits, temperature, seed, end: None, tokens: None, count: 0, lost: false }
    }

    /// Ends a row with this token, which is its last; rows that have ended repeat it until all have.
    pub fn until(self, end: Token) -> Self {
        Generator { end: Some(end), ..self }
    }

    /// How many tokens at the beginning of a row's text, its prompt included, have no part in the next one:
    /// [`LanguageModel::dropped`].
    pub fn dropped(&self, row: usize) -> usize {
        self.model.dropped(&self.state, row)
    }
}

impl<M: LanguageModel> Iterator for Generator<'_, M> {
    type Item = Result<Vec<Token>, ScoresError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.lost {
            return None;
        }
        if let Some(tokens) = &self.tokens {
            if tokens.iter().all(|&token| Some(token) == self.end) {
                return None;
            }
            self.logits = self.model.next(&self.context, &mut self.state, tokens); // (B, V)
        }
        let ended = |row: usize| self.end.filter(|&end| self.tokens.as_ref().is_some_and(|tokens| tokens[row] == end));
        let choose = |(row, logits): (usize, ArrayView1<'_, Real>)| {
            let uniform = stream(self.seed, self.count, &format!("generate.{row}")).random();
            ended(row).map_or_else(|| self.temperature.choose(logits, uniform), Ok)
        };
        let tokens: Result<Vec<_>, _> = self.logits.outer_iter().enumerate().map(choose).collect();
        self.lost = tokens.is_err();
        self.count += 1;
        Some(tokens.map(|tokens| self.tokens.insert(tokens).clone()))
    }
}

/// Continues prompts by `count` tokens: [`Generator`], gathered.
///
/// # Shapes
/// - `prompts`: (B, T), T at least 1; returns (B, `count`), without the prompts.
///
/// # Errors
/// If the model's scores are not numbers.
///
/// # Panics
/// If the prompts are empty or hold a token that the model does not have.
#[track_caller]
pub fn generate<M: LanguageModel>(
    model: &M,
    parameters: &Parameters,
    prompts: ArrayView2<'_, Token>,
    count: usize,
    temperature: Temperature,
    seed: u64,
) -> Result<Array2<Token>, ScoresError> {
    let generator = Generator::new(model, parameters, prompts, temperature, seed);
    let mut tokens = Array2::zeros((prompts.nrows(), count));
    for (mut column, next) in tokens.columns_mut().into_iter().zip(generator) {
        column.assign(&ArrayView1::from(&next?));
    }
    Ok(tokens)
}
