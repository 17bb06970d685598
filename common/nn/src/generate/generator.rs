//! A model that goes on with prompts.

use data::Token;
use ndarray::{Array2, ArrayView1, Axis};
use ndarray_rand::rand::Rng;
use tensor::{Context, Parameters, Real, stream};

use super::{Controls, Prompts, ScoresError, Trace};
use crate::{Continues, LanguageModel, Rows};

/// An endless continuation of prompts, which may have different lengths: each item is the next token of every row.
///
/// Row b draws its n-th token from the stream of (seed, n, b), so what it says does not depend on the rows beside it,
/// and the same seed says the same again. Take as many items as tokens are wanted, [`end`](Self::end) rows that have said
/// enough, or let them end by themselves with [`until`](Self::until). A row that has ended is computed no further and repeats
/// its last token; where all have ended the iterator does. Where the model's scores are not numbers, the item is an error,
/// and nothing follows.
///
/// ```no_run
/// # fn example(model: &impl nn::LanguageModel, parameters: &tensor::Parameters) -> Result<(), nn::ScoresError> {
/// use nn::{Generator, Temperature};
/// let prompts = [vec![7, 4, 11], vec![0]];
/// for tokens in Generator::new(model, parameters, &prompts[..], Temperature::GREEDY, 1).take(100) {
///     let tokens = tokens?;
///     print!("{} and {}, ", tokens[0], tokens[1]);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Generator<'m, M: Continues> {
    model: &'m M,
    context: Context<'m>,
    controls: Controls,
    seed: u64,
    until: Option<Token>,
    texts: Vec<Text>,
    /// The texts that are gone on with: these are the rows of `state` and `logits`.
    live: Vec<usize>,
    state: M::Remembered,
    logits: Array2<Real>, // (live, V)
    count: u64,
    lost: bool,
}

/// A prompt and what has followed it.
struct Text {
    tokens: Vec<Token>,
    /// The number of the stream that its tokens are drawn from.
    stream: usize,
    ended: bool,
    /// Once it is out of the batch: what [`Continues::no_longer_seen`] was.
    dropped: usize,
}

impl<'m, M: LanguageModel> Generator<'m, M> {
    /// Reads the prompts.
    ///
    /// # Panics
    /// If there is no prompt, or one is empty or holds a token that the model does not have.
    #[track_caller]
    pub fn new(
        model: &'m M,
        parameters: &'m Parameters,
        prompts: impl Into<Prompts>,
        controls: impl Into<Controls>,
        seed: u64,
    ) -> Self {
        let prompts = prompts.into().checked();
        let read = model.start(&Context::eval(parameters), &prompts);
        Generator::having_read(model, parameters, prompts, read, controls, seed)
    }
}

impl<'m, M: Continues> Generator<'m, M> {
    /// Goes on with prompts that have been read: from the state and the scores of the token that follows each.
    ///
    /// # Shapes
    /// - `read`: a state of B rows, and logits (B, V) for B prompts.
    ///
    /// # Panics
    /// If there are not as many rows of scores as prompts, there is no prompt, or one is empty.
    #[track_caller]
    pub fn having_read(
        model: &'m M,
        parameters: &'m Parameters,
        prompts: impl Into<Prompts>,
        read: (M::Remembered, Array2<Real>),
        controls: impl Into<Controls>,
        seed: u64,
    ) -> Self {
        let (prompts, (state, logits)) = (prompts.into().checked(), read);
        assert_eq!(prompts.len(), logits.nrows(), "generate: scores for each prompt");
        let text = |(stream, tokens)| Text { tokens, stream, ended: false, dropped: 0 };
        let texts: Vec<Text> = prompts.into_iter().enumerate().map(text).collect();
        let (context, controls, live) = (Context::eval(parameters), controls.into(), (0..texts.len()).collect());
        Generator { model, context, controls, seed, until: None, texts, live, state, logits, count: 0, lost: false }
    }

    /// Ends a row with this token, which is its last.
    pub fn until(self, end: Token) -> Self {
        Generator { until: Some(end), ..self }
    }

    /// Draws the tokens of row b as row `streams[b]` would: rows that stand elsewhere in another batch say the same there.
    ///
    /// # Panics
    /// If there are not as many numbers as rows.
    #[track_caller]
    pub fn streams(mut self, streams: &[usize]) -> Self {
        assert_eq!(streams.len(), self.texts.len(), "generate: a stream for each row");
        self.texts.iter_mut().zip(streams).for_each(|(text, &stream)| text.stream = stream);
        self
    }

    /// Ends a row: the last token that it has is its last.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn end(&mut self, row: usize) {
        self.texts[row].ended = true;
    }

    /// How many tokens at the beginning of a row's text, its prompt included, have no part in the next one:
    /// [`LanguageModel::dropped`].
    ///
    /// # Panics
    /// If there is no such row.
    pub fn dropped(&self, row: usize) -> usize {
        self.place(row).map_or(self.texts[row].dropped, |place| self.model.no_longer_seen(&self.state, place))
    }

    /// What the controls did to the scores that the last token of a row was drawn from; `None` before the first, and where
    /// the row had ended before.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn trace(&self, row: usize) -> Option<Trace> {
        let (_, before) = self.texts[row].tokens.split_last().filter(|_| self.count > 0)?;
        self.controls.trace(self.logits.row(self.place(row)?), before).ok()
    }

    /// Where a row stands among those that are gone on with.
    fn place(&self, row: usize) -> Option<usize> {
        self.live.binary_search(&row).ok()
    }

    /// Takes the rows that have ended out of the batch.
    fn leave_ended(&mut self) {
        let stay: Vec<usize> = (0..self.live.len()).filter(|&place| !self.texts[self.live[place]].ended).collect();
        if stay.len() == self.live.len() {
            return;
        }
        for (place, &row) in self.live.iter().enumerate() {
            self.texts[row].dropped = self.model.no_longer_seen(&self.state, place);
        }
        self.live = stay.iter().map(|&place| self.live[place]).collect();
        self.state = self.state.rows(&stay);
        self.logits = self.logits.select(Axis(0), &stay);
    }

    /// What follows each of the rows that are gone on with.
    fn choose(&self) -> Result<Vec<Token>, ScoresError> {
        let choose = |(&row, logits): (&usize, ArrayView1<'_, Real>)| {
            let Text { tokens, stream: number, .. } = &self.texts[row];
            let uniform = stream(self.seed, self.count, &format!("generate.{number}")).random();
            self.controls.choose(logits, tokens, uniform)
        };
        self.live.iter().zip(self.logits.outer_iter()).map(choose).collect()
    }
}

impl<M: Continues> Iterator for Generator<'_, M> {
    type Item = Result<Vec<Token>, ScoresError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.lost || self.texts.iter().all(|text| text.ended) {
            return None;
        }
        self.leave_ended();
        let last = |text: &Text| *text.tokens.last().expect("a prompt has tokens");
        if self.count > 0 {
            let read: Vec<Token> = self.live.iter().map(|&row| last(&self.texts[row])).collect();
            self.logits = self.model.go_on(&self.context, &mut self.state, &read); // (live, V)
        }
        let chosen = self.choose();
        self.lost = chosen.is_err();
        self.count += 1;
        Some(chosen.map(|chosen| {
            for (&row, token) in self.live.iter().zip(chosen) {
                self.texts[row].tokens.push(token);
                self.texts[row].ended = Some(token) == self.until;
            }
            self.texts.iter().map(last).collect()
        }))
    }
}

/// Continues prompts by `count` tokens: [`Generator`], gathered.
///
/// # Shapes
/// - returns (B, `count`) for B prompts, without these.
///
/// # Errors
/// If the model's scores are not numbers.
///
/// # Panics
/// If there is no prompt, or one is empty or holds a token that the model does not have.
#[track_caller]
pub fn generate<M: LanguageModel>(
    model: &M,
    parameters: &Parameters,
    prompts: impl Into<Prompts>,
    count: usize,
    controls: impl Into<Controls>,
    seed: u64,
) -> Result<Array2<Token>, ScoresError> {
    let generator = Generator::new(model, parameters, prompts, controls, seed);
    let mut tokens = Array2::zeros((generator.texts.len(), count));
    for (mut column, next) in tokens.columns_mut().into_iter().zip(generator) {
        column.assign(&ArrayView1::from(&next?));
    }
    Ok(tokens)
}
