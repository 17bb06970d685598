//! A model that goes on with prompts.

use data::Token;
use ndarray::{Array2, ArrayView1, ArrayView2};
use ndarray_rand::rand::Rng;
use tensor::{Context, Parameters, Real, stream};

use super::{Controls, ScoresError, Trace};
use crate::LanguageModel;

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
    controls: Controls,
    /// What each row has read and said.
    texts: Vec<Vec<Token>>,
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
        controls: impl Into<Controls>,
        seed: u64,
    ) -> Self {
        assert!(!prompts.is_empty(), "generate: prompts of shape {:?} say nothing to go on from", prompts.shape());
        let context = Context::eval(parameters);
        let texts: Vec<Vec<Token>> = prompts.outer_iter().map(|prompt| prompt.to_vec()).collect();
        let (state, logits) = model.start(&context, &texts);
        let controls = controls.into();
        Generator {
            model,
            context,
            state,
            logits,
            controls,
            texts,
            seed,
            end: None,
            tokens: None,
            count: 0,
            lost: false,
        }
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

    /// What the controls did to the scores that the last token of a row was drawn from; `None` before the first.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn trace(&self, row: usize) -> Option<Trace> {
        self.tokens.as_ref()?;
        let (_, text) = self.texts[row].split_last()?;
        self.controls.trace(self.logits.row(row), text).ok()
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
            ended(row).map_or_else(|| self.controls.choose(logits, &self.texts[row], uniform), Ok)
        };
        let tokens: Result<Vec<_>, _> = self.logits.outer_iter().enumerate().map(choose).collect();
        self.lost = tokens.is_err();
        self.count += 1;
        if let Ok(tokens) = &tokens {
            self.texts.iter_mut().zip(tokens).for_each(|(text, &token)| text.push(token));
        }
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
    controls: impl Into<Controls>,
    seed: u64,
) -> Result<Array2<Token>, ScoresError> {
    let generator = Generator::new(model, parameters, prompts, controls, seed);
    let mut tokens = Array2::zeros((prompts.nrows(), count));
    for (mut column, next) in tokens.columns_mut().into_iter().zip(generator) {
        column.assign(&ArrayView1::from(&next?));
    }
    Ok(tokens)
}
