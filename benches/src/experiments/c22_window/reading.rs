//! A GPT that is trained on text: what a token does to the scores by its distance, the loss by position, and how many tokens
//! it says.

use data::{CharacterTokenizer, RandomBatches, TextBatch, TextDataset, TextSplit, Token, Tokenizer, Windows};
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, ArrayView1};
use nn::{Generator, LanguageModel, Temperature, token_losses};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters, Real};

use crate::{
    budget::Budget,
    session::Session,
    study::{
        parallel::{Reporter, Work, side_by_side},
        training::Recipe,
    },
};

/// C, the window.
pub const WINDOW: usize = 64;
/// B.
const BATCH: usize = 16;
pub const LEARNING_RATE: f64 = 3e-3;
/// The most tokens that the loss is measured on.
const JUDGED: usize = 40_960;
/// Texts in which one token after another is changed, each twice as long as the window.
const CHANGED: usize = 4;
/// The lengths of texts that the model reads one token after another: with the window full, one token later, and full again.
pub const READ_ON: [usize; 3] = [WINDOW, WINDOW + 1, WINDOW + WINDOW / 2];
/// The most tokens that are asked for: the token limits.
pub const LIMITS: [usize; 7] = [1, 4, 16, 32, WINDOW, 2 * WINDOW, 3 * WINDOW];
/// Texts that are said with each limit.
pub const SAID: usize = 32;

/// What a change does, by whether the changed token stood in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Changes of a token in the window, and of one that does.
    pub inside: usize,
    /// Those of them after which all scores had the same bits.
    pub inside_without_effect: usize,
    pub outside: usize,
    /// Those after which a score had other bits.
    pub outside_with_effect: usize,
}

impl Changes {
    fn count(&mut self, inside: bool, changed: bool) {
        let (all, wrong) = if inside {
            (&mut self.inside, &mut self.inside_without_effect)
        } else {
            (&mut self.outside, &mut self.outside_with_effect)
        };
        *all += 1;
        *wrong += usize::from(inside != changed);
    }

    pub fn plus(self, other: Self) -> Self {
        Self {
            inside: self.inside + other.inside,
            inside_without_effect: self.inside_without_effect + other.inside_without_effect,
            outside: self.outside + other.outside,
            outside_with_effect: self.outside_with_effect + other.outside_with_effect,
        }
    }
}

/// How much is said with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Tokens in a text if none ends it, on average.
    pub endless: f64,
    /// Tokens in a text that ends with its line, on average.
    pub ended: f64,
    /// The share of these that the limit cut off.
    pub cut: f64,
    /// Texts that are as long as they should be: as the limit, or to their end; and that begin as those with a larger limit do.
    pub right: usize,
    /// Of so many.
    pub texts: usize,
}

/// All that is known of the GPT of one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    pub changes: Changes,
    /// By the distance of a changed token from the end, 1 the last: the total variation between the probabilities before and
    /// after, on average.
    pub influence: Vec<f64>,
    /// The loss in nats per token, by position.
    pub losses: Vec<f64>,
    /// For each of [`LIMITS`].
    pub said: Vec<Said>,
}

impl Read {
    /// The mean loss at the first four positions, and in the last quarter of the window.
    pub fn ends(&self) -> [f64; 2] {
        [&self.losses[..4], &self.losses[3 * WINDOW / 4..]]
            .map(|losses| losses.iter().sum::<f64>() / losses.len() as f64)
    }
}

/// A trained GPT and the text that it has not read.
struct Reader {
    model: Gpt,
    parameters: Parameters,
    held_out: TextSplit,
    /// Ends a line.
    end: Token,
    seed: u64,
}

impl Reader {
    /// The scores of the token behind a text that is read at once, (V).
    fn scores(&self, text: &[Token]) -> Vec<Real> {
        self.model.start(&Context::eval(&self.parameters), &[text]).1.row(0).to_vec()
    }

    /// The same for a text that is read one token after another, and how many of its tokens were dropped.
    fn scores_on(&self, text: &[Token]) -> (Vec<Real>, usize) {
        let cx = Context::eval(&self.parameters);
        let (mut state, mut logits) = self.model.start(&cx, &[&text[..1]]);
        for &token in &text[1..] {
            logits = self.model.next(&cx, &mut state, &[token]);
        }
        (logits.row(0).to_vec(), self.model.dropped(&state, 0))
    }

    /// Changes one token after another, and looks at the scores behind the text.
    fn change(&self, texts: usize, read_on: &[usize]) -> (Changes, Vec<f64>) {
        let (mut changes, mut influence) = (Changes::default(), vec![0.0; 2 * WINDOW]);
        for text in self.held_out.tokens().chunks_exact(2 * WINDOW).take(texts) {
            let before = self.scores(text);
            for (distance, influence) in (1..).zip(&mut influence) {
                let after = self.scores(&self.with_other(text, text.len() - distance));
                changes.count(distance <= WINDOW, differ(&before, &after));
                *influence += total_variation(&before, &after) / texts as f64;
            }
        }
        let text = self.held_out.tokens();
        for &length in read_on {
            let (before, dropped) = self.scores_on(&text[..length]);
            for at in 0..length {
                let (after, _) = self.scores_on(&self.with_other(&text[..length], at));
                changes.count(at >= dropped, differ(&before, &after));
            }
        }
        (changes, influence)
    }

    /// The text with the next token of the vocabulary at a place.
    fn with_other(&self, text: &[Token], at: usize) -> Vec<Token> {
        let mut other = text.to_vec();
        other[at] = (other[at] + 1) % self.model.vocabulary() as Token;
        other
    }

    /// The loss at every position of the window.
    fn losses(&self, most: usize) -> anyhow::Result<Vec<f64>> {
        let tokens = &self.held_out.tokens()[..self.held_out.tokens().len().min(most + 1)];
        let windows = Windows::new(&TextSplit::from_tokens(self.held_out.name(), tokens), WINDOW)?;
        let (cx, mut sums) = (Context::eval(&self.parameters), vec![0.0; WINDOW]);
        for TextBatch { inputs, targets } in windows.batches(BATCH) {
            let losses = token_losses(self.model.logits(&cx, inputs.view()).value(), targets.view().into_dyn());
            losses.iter().enumerate().for_each(|(at, loss)| sums[at % WINDOW] += f64::from(*loss));
        }
        Ok(sums.into_iter().map(|sum| sum / windows.len() as f64).collect())
    }

    /// Texts that begin with an end of line, of at most so many tokens each; with `end`, a text ends with it.
    fn say(&self, limit: usize, end: Option<Token>, texts: usize) -> anyhow::Result<Vec<Vec<Token>>> {
        let prompts = Array2::from_elem((texts, 1), self.end);
        let generator = Generator::new(&self.model, &self.parameters, prompts.view(), Temperature::ONE, self.seed);
        let generator = if let Some(end) = end { generator.until(end) } else { generator };
        let mut said: Vec<Vec<Token>> = vec![Vec::new(); texts];
        for tokens in generator.take(limit) {
            for (said, token) in said.iter_mut().zip(tokens?) {
                if said.last().is_none_or(|last| Some(*last) != end) {
                    said.push(token);
                }
            }
        }
        Ok(said)
    }

    fn limited(&self, texts: usize) -> anyhow::Result<Vec<Said>> {
        let most = LIMITS[LIMITS.len() - 1];
        let longest = self.say(most, None, texts)?;
        let said = |limit| {
            let (endless, ended) = (self.say(limit, None, texts)?, self.say(limit, Some(self.end), texts)?);
            let full = |text: &[Token]| {
                let end = text.iter().position(|token| *token == self.end);
                end.map_or(limit, |end| limit.min(end + 1))
            };
            let right = |longest: &Vec<Token>, endless: &Vec<Token>, ended: &Vec<Token>| {
                endless[..] == longest[..limit] && ended[..] == longest[..full(longest)]
            };
            let mean = |texts: &[Vec<Token>]| texts.iter().map(Vec::len).sum::<usize>() as f64 / texts.len() as f64;
            let cut = ended.iter().filter(|text| text.last() != Some(&self.end)).count();
            let all = longest.iter().zip(&endless).zip(&ended);
            Ok(Said {
                endless: mean(&endless),
                ended: mean(&ended),
                cut: cut as f64 / texts as f64,
                right: all.filter(|((longest, endless), ended)| right(longest, endless, ended)).count(),
                texts,
            })
        };
        LIMITS.into_iter().map(said).collect()
    }
}

/// Whether a score has other bits.
fn differ(before: &[Real], after: &[Real]) -> bool {
    before.iter().zip(after).any(|(before, after)| before.to_bits() != after.to_bits())
}

/// Half of the sum of the differences of probabilities.
fn total_variation(before: &[Real], after: &[Real]) -> f64 {
    let probabilities = |scores: &[Real]| {
        let scores = nn::Scores::new(ArrayView1::from(scores)).ok();
        scores.map_or_else(|| vec![f64::NAN; before.len()], |scores| scores.probabilities())
    };
    let differences = probabilities(before).into_iter().zip(probabilities(after)).map(|(p, q)| (p - q).abs());
    0.5 * differences.sum::<f64>()
}

pub fn steps(budget: Budget) -> u64 {
    budget.steps(200, 800, 3_000)
}

/// Trains a GPT for each seed and looks at it.
pub fn measure(session: &Session) -> anyhow::Result<Vec<Read>> {
    let (steps, rehearsal) = (steps(session.budget), session.budget == Budget::Rehearsal);
    let text = session.alphabet.text.as_str();
    let tokenizer = CharacterTokenizer::from_text(text);
    let dataset = TextDataset::new(&session.alphabet.text, &tokenizer)?;
    let vocabulary = tokenizer.vocabulary_size();
    // A text without lines ends with its first character.
    let line = text.contains('\n').then_some('\n').or(text.chars().next()).map(String::from);
    let end = tokenizer.encode(&line.unwrap_or_default())?.first().copied().unwrap_or_default();
    let read = |&seed: &u64, reporter: &Reporter| {
        let mut parameters = Parameters::new();
        let model = Gpt::new(&mut Init::new(&mut parameters, seed), GptConfig::new(vocabulary, WINDOW, 2, 64, 4))?;
        let batches = RandomBatches::new(&dataset.train, BATCH, WINDOW, seed)?;
        let recipe = Recipe::cosine(seed, steps, LEARNING_RATE);
        let batches = |step| batches.at(step);
        let parameters = recipe.train(&model, parameters, &batches, BATCH * WINDOW, reporter, |_, _| ())?;
        let reader = Reader { model, parameters, held_out: dataset.validation.clone(), end, seed };
        let (texts, read_on, judged, said) =
            if rehearsal { (1, &READ_ON[1..2], WINDOW, 2) } else { (CHANGED, &READ_ON[..], JUDGED, SAID) };
        let (changes, influence) = reader.change(texts, read_on);
        Ok(Read { changes, influence, losses: reader.losses(judged)?, said: reader.limited(said)? })
    };
    let work = |_: &u64| Work { steps, cost: 4.0 };
    side_by_side(session, "C22, text", &session.seeds, work, read).into_iter().collect()
}
