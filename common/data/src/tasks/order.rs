//! Two questions about the same kind of sentences: one whose answer lies in the order of the symbols, and one whose
//! answer does not.

use ndarray_rand::rand::{Rng, seq::SliceRandom};
use serde::{Deserialize, Serialize};

use crate::Token;
use crate::pairs::Sources;
use crate::random::stream;

/// What is asked about the two marked symbols of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Question {
    /// Each stands in it once: which comes first?
    First,
    /// Together they stand in it [`MarkedSymbols::COUNTED`] times: which occurs more often?
    More,
}

/// Sentences of random symbols, two of which are marked, and a question about these two.
///
/// | tokens | what they are |
/// |---|---|
/// | 0 | padding, of which there is none |
/// | 1 | stands before every sentence, for the whole of it |
/// | 2, 3 | the marked symbols, which are the answers 0 and 1 |
/// | `4..vocabulary` | the other symbols |
///
/// ```
/// use data::tasks::{MarkedSymbols, Question};
///
/// let task = MarkedSymbols { question: Question::First, symbols: 6, vocabulary: 12 };
/// let (sentences, answers) = task.mirrored(1, 1, 0);
/// assert_eq!(sentences.tokens, ndarray::array![[1, 11, 3, 2, 8, 10, 4], [1, 4, 10, 8, 2, 3, 11]]);
/// assert_eq!(answers, [1, 0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarkedSymbols {
    /// What is asked.
    pub question: Question,
    /// The number of symbols in a sentence, marked or not.
    pub symbols: usize,
    /// The number of different tokens, V, at least 5.
    pub vocabulary: usize,
}

const WHOLE: Token = 1;
const MARKED: [Token; 2] = [2, 3];
const OTHERS: Token = 4;

impl MarkedSymbols {
    /// How many marked symbols there are where they are counted: an odd number, so that one is in the majority.
    pub const COUNTED: usize = 5;

    /// `rows` sentences, each drawn independently, and the answers.
    ///
    /// # Shapes
    /// - sentences: (B, symbols + 1); answers: (B)
    ///
    /// # Panics
    /// If the marked symbols have no room in a sentence, or there are no others.
    #[track_caller]
    pub fn batch(&self, rows: usize, seed: u64, step: u64) -> (Sources, Vec<Token>) {
        self.batch_of(self.draw(rows, seed, step))
    }

    /// The same, each sentence followed by its mirror image. If the order decides, the image has the other answer; so
    /// whoever cannot see the order is right exactly once in two.
    ///
    /// # Shapes
    /// - sentences: (2·B, symbols + 1); answers: (2·B)
    ///
    /// # Panics
    /// As [`batch`](Self::batch).
    #[track_caller]
    pub fn mirrored(&self, rows: usize, seed: u64, step: u64) -> (Sources, Vec<Token>) {
        let images = |symbols: Vec<Token>| [symbols.clone(), symbols.into_iter().rev().collect()];
        self.batch_of(self.draw(rows, seed, step).into_iter().flat_map(images).collect())
    }

    #[track_caller]
    fn draw(&self, rows: usize, seed: u64, step: u64) -> Vec<Vec<Token>> {
        let mut rng = stream(seed, step, "marked symbols task");
        let sentence = |_| {
            let marked: Vec<usize> = match self.question {
                Question::First => vec![0, 1],
                Question::More => (0..Self::COUNTED).map(|_| rng.random_range(0..2)).collect(),
            };
            assert!(marked.len() <= self.symbols, "{self:?}: the marked symbols have no room in a sentence");
            let mut symbols: Vec<Token> = marked.iter().map(|&i| MARKED[i]).collect();
            symbols.resize_with(self.symbols, || rng.random_range(OTHERS..self.vocabulary as Token));
            symbols.shuffle(&mut rng);
            symbols
        };
        (0..rows).map(sentence).collect()
    }

    fn batch_of(&self, sentences: Vec<Vec<Token>>) -> (Sources, Vec<Token>) {
        let answers = sentences.iter().map(|symbols| self.answer(symbols)).collect();
        let rows: Vec<Vec<Token>> = sentences.into_iter().map(|symbols| [vec![WHOLE], symbols].concat()).collect();
        (Sources::new(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>()), answers)
    }

    fn answer(&self, symbols: &[Token]) -> Token {
        let [first, other] = MARKED.map(|marked| symbols.iter().filter(move |symbol| **symbol == marked));
        match self.question {
            Question::First => Token::from(symbols.iter().find(|symbol| MARKED.contains(symbol)) == Some(&MARKED[1])),
            Question::More => Token::from(other.count() > first.count()),
        }
    }
}
