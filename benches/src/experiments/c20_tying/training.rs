//! Models with one table or two that read the same tokens.

use data::{RandomBatches, TextBatch, TextError, TextSplit, Token, Tokenizer, Windows, divide, tokenize::Bpe};
use gpt::GptConfig;
use serde::{Deserialize, Serialize};
use stages::Parts;
use tensor::Parameters;

use super::{
    Case,
    exactness::{Candidate, Exact, candidates},
};
use crate::{
    budget::Budget,
    session::Session,
    study::{
        grid::{Score, Study, Trial},
        parallel::Reporter,
        training::Recipe,
        tying::TyingGpt,
    },
};

/// Tokens that are asked for.
pub const VOCABULARY: usize = 1_024;
/// L, D of one table, N, T and B.
pub const LAYERS: usize = 2;
pub const WIDTH: usize = 48;
const HEADS: usize = 2;
pub const CONTEXT: usize = 32;
const ROWS: usize = 16;

/// How many tokens are shown that may follow a text.
pub const SHOWN: usize = 5;

/// The text in tokens.
pub struct Predicting {
    steps: u64,
    pub tokenizer: Bpe,
    learned_from: TextSplit,
    /// What chooses the learning rates, and what judges.
    choosing: Vec<TextBatch>,
    judging: Vec<TextBatch>,
}

/// What is known of a training.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trained {
    /// Tokens read, and the held-out loss in nats per token then.
    pub curve: Vec<(u64, f64)>,
    pub exact: Exact,
    /// What is read, what may follow it, and the sum of all its products.
    pub example: (Vec<Token>, Vec<Candidate>, f64),
}

impl Trained {
    /// At the end.
    pub fn loss(&self) -> f64 {
        self.curve.last().map_or(f64::NAN, |(_, loss)| *loss)
    }
}

impl Predicting {
    /// One half of the held-out text chooses the learning rates, the other judges.
    ///
    /// # Errors
    /// If the text is too short.
    pub fn new(session: &Session) -> Result<Self, TextError> {
        let (learned_from, held_out) = divide(session.text.as_str(), data::HELD_OUT);
        let (choosing, judging) = divide(held_out, 0.5);
        let rehearsal = session.budget == Budget::Rehearsal;
        let tokenizer = Bpe::train(learned_from, if rehearsal { 300 } else { VOCABULARY }, &[]);
        let split = |name: &str, text: &str| TextSplit::from_tokens(name, tokenizer.encode_ordinary(text));
        let windows = |text: &str| -> Result<Vec<TextBatch>, TextError> {
            let windows = Windows::new(&split("half of the held-out part", text), CONTEXT)?;
            Ok(windows.batches(ROWS).take(if rehearsal { 2 } else { usize::MAX }).collect())
        };
        Ok(Self {
            steps: session.budget.steps(0, 500, 1_500),
            choosing: windows(choosing)?,
            judging: windows(judging)?,
            learned_from: split("the training part", learned_from),
            tokenizer,
        })
    }

    /// A model with two tables that is to have as many parameters gets the even width with which it comes closest.
    pub fn config(&self, case: Case) -> GptConfig {
        let of = |width| GptConfig::new(self.tokenizer.vocabulary_size(), CONTEXT, LAYERS, width, HEADS);
        match case {
            Case::Tied | Case::AsWide => of(WIDTH),
            Case::AsManyParameters => {
                let wanted = parameters(&of(WIDTH), Case::Tied);
                let widths = (HEADS..=WIDTH).step_by(HEADS);
                widths.map(of).min_by_key(|config| parameters(config, case).abs_diff(wanted)).expect("there are widths")
            }
        }
    }

    pub fn parameters(&self, case: Case) -> u64 {
        parameters(&self.config(case), case)
    }

    /// Those of the tables alone.
    pub fn of_tables(&self, case: Case) -> u64 {
        let tables = if case == Case::Tied { 1 } else { 2 };
        tables * table(&self.config(case))
    }

    fn learn(&self, trial: &Trial<Case>, held_out: &[TextBatch], reporter: &Reporter) -> anyhow::Result<Trained> {
        let &Trial { case, learning_rate, seed, steps } = trial;
        let (model, parameters) = TyingGpt::build(self.config(case), case.tying(), seed)?;
        let batches = RandomBatches::new(&self.learned_from, ROWS, CONTEXT, seed)?;
        let tokens = ROWS * CONTEXT;
        let mut curve = Vec::new();
        let look = |step: u64, parameters: &Parameters| {
            curve.push((step * tokens as u64, model.held_out_loss(parameters, held_out)));
        };
        let recipe = Recipe::cosine(seed, steps, learning_rate);
        let parameters = recipe.train(&model, parameters, &|step| batches.at(step), tokens, reporter, look)?;
        let exact = Exact::of(&model, &parameters, &held_out[0]);
        let read = held_out[0].inputs.row(0).to_vec();
        let (candidates, all) = candidates(&model, &parameters, &held_out[0], SHOWN);
        Ok(Trained { curve, exact, example: (read, candidates, all) })
    }
}

/// Of a model with one table or two.
fn parameters(config: &GptConfig, case: Case) -> u64 {
    let tied = Parts::of_gpt(config).expect("the widths are whole heads").total();
    if case == Case::Tied { tied } else { tied + table(config) }
}

fn table(config: &GptConfig) -> u64 {
    (config.vocabulary * config.block.width) as u64
}

impl Study for Predicting {
    type Case = Case;
    type Outcome = Trained;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    fn cost(&self, case: &Case) -> f64 {
        self.parameters(*case) as f64
    }

    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.learn(trial, &self.choosing, reporter)?.loss(), 0.0))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Trained> {
        self.learn(trial, &self.judging, reporter)
    }
}
