//! What is measured: a text and generated languages, read by every stage.

use data::tasks::TokenTask;
use data::{
    CharacterTokenizer, RandomBatches, TextBatch, TextDataset, TextError, TextSplit, Tokenizer, Windows, mean_loss,
    ngram::KneserNey,
};
use report::statistics::Summary;
use stages::Stage;

use super::{
    languages::{held_out, language},
    settings::{CONTEXTS, Equal, Factor, Setting, Source},
    training::{LEARNING_RATES, LearningCurve, STAGES, train},
};
use crate::{
    budget::Budget,
    session::Session,
    study::{
        grid::{self, Score, Study, Trial},
        parallel::Reporter,
    },
};

/// What is compared at the preset.
pub const AT_PRESET: [Stage; 4] = [Stage::Rnn, Stage::Lstm, Stage::Gru, Stage::Gpt];

/// n of the counted models that stages are compared with; the last is the bar.
pub const ORDERS: [usize; 3] = [1, 2, 5];

/// Characters that are counted at most, so that the memory for it is bounded.
const COUNTED: usize = 2_000_000;

/// Characters that judge a model at most.
const JUDGING: usize = 160 * CONTEXTS[2];

/// So many characters are the least with which half of the held-out tenth has a window of the longest context, and the
/// smallest part of the rest one of the preset's.
pub const SHORTEST_TEXT: usize = 20 * (CONTEXTS[2] + 2);

/// A stage, and how it is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Case {
    pub stage: Stage,
    pub setting: Setting,
}

impl Case {
    /// A gpt is equal to itself in parameters and width.
    fn new(stage: Stage, setting: Setting) -> Self {
        let equal = if stage == Stage::Gpt { Equal::Parameters } else { setting.equal };
        Self { stage, setting: Setting { equal, ..setting } }
    }

    pub fn title(&self) -> &'static str {
        self.stage.about().title
    }
}

pub type Cell = grid::Cell<Case, LearningCurve>;

/// The held-out loss on a language is that beyond the loss of who knows it.
pub struct Measured {
    pub preset: Setting,
    pub vocabulary: usize,
    /// Characters of the training text.
    pub characters: usize,
    /// What was varied.
    pub factors: &'static [Factor],
    pub cells: Vec<Cell>,
    /// Held-out losses of counted models in the order of [`ORDERS`], for each text and context.
    pub counted: Vec<(Setting, [f64; ORDERS.len()])>,
}

impl Measured {
    #[track_caller]
    pub fn cell(&self, stage: Stage, setting: Setting) -> &Cell {
        grid::find(&self.cells, &Case::new(stage, setting))
    }

    /// The held-out losses, one for each seed.
    #[track_caller]
    pub fn losses(&self, stage: Stage, setting: Setting) -> Vec<f64> {
        self.cell(stage, setting).each(LearningCurve::loss)
    }

    /// By how much gpt's loss is below that of another stage.
    #[track_caller]
    pub fn ahead(&self, stage: Stage, setting: Setting) -> Summary {
        Summary::of_differences(&self.losses(stage, setting), &self.losses(Stage::Gpt, setting))
    }

    /// The loss of guessing.
    pub fn uniform(&self) -> f64 {
        (self.vocabulary as f64).ln()
    }

    /// Every factor at every setting around the preset.
    pub fn varied(&self) -> impl Iterator<Item = (Factor, Setting)> {
        self.factors.iter().flat_map(|&factor| factor.around(self.preset).into_iter().map(move |s| (factor, s)))
    }

    /// What was measured on languages, with their orders.
    pub fn languages(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().filter_map(|cell| match cell.case.setting.source {
            Source::Language { order } => Some((order, cell)),
            Source::Text { .. } => None,
        })
    }

    /// The held-out losses of counted models on the same text with the same context.
    #[track_caller]
    pub fn counted(&self, setting: Setting) -> [f64; ORDERS.len()] {
        let counted = self.counted.iter().find(|(counted, _)| counted.reads_the_same(setting));
        counted.expect("something is counted for every text and context").1
    }
}

/// A text whose held-out part is divided: one half chooses the learning rates, the other judges.
struct Reading {
    preset: Setting,
    vocabulary: usize,
    text: TextSplit,
    choosing: TextSplit,
    judging: TextSplit,
}

impl Reading {
    fn new(session: &Session) -> anyhow::Result<Self> {
        let tokenizer = CharacterTokenizer::from_text(session.alphabet.text.as_str());
        let TextDataset { train: text, validation } = TextDataset::new(&session.alphabet.text, &tokenizer)?;
        let (choosing, judging) = validation.tokens().split_at(validation.tokens().len() / 2);
        let most = if session.budget == Budget::Rehearsal { CONTEXTS[2] } else { JUDGING };
        let [choosing, judging] = [choosing, judging]
            .map(|tokens| TextSplit::from_tokens(validation.name(), &tokens[..tokens.len().min(most + 1)]));
        let preset = Setting::preset(session.budget.steps(360, 360, 2_000));
        Ok(Self { preset, vocabulary: tokenizer.vocabulary_size(), text, choosing, judging })
    }

    /// What is read of the text.
    fn part(&self, setting: Setting) -> TextSplit {
        let tokens = self.text.tokens();
        TextSplit::from_tokens(self.text.name(), &tokens[..tokens.len() / setting.part()])
    }

    /// A training that chooses a learning rate, or one that judges.
    fn read(&self, trial: &Trial<Case>, chooses: bool, reporter: &Reporter) -> anyhow::Result<LearningCurve> {
        let &Trial { case: Case { stage, setting }, seed, .. } = trial;
        let model = setting.model(stage, self.vocabulary);
        match setting.source {
            Source::Text { .. } => {
                let batches = RandomBatches::new(&self.part(setting), setting.rows(), setting.context, seed)?;
                let held_out = windows(if chooses { &self.choosing } else { &self.judging }, setting)?;
                let whole_curve = !chooses && setting == self.preset;
                train(trial, &model, &|step| batches.at(step), &held_out, whole_curve, reporter)
            }
            Source::Language { order } => {
                let language = language(order, seed);
                let (held_out, best) = held_out(&language, setting.rows(), seed);
                let batches = |step| language.batch(setting.rows(), seed, step);
                Ok(train(trial, &model, &batches, &held_out, !chooses, reporter)?.above(best))
            }
        }
    }

    /// The held-out losses of counted models, which look no further back than to the beginning of a window either.
    fn count(&self, setting: Setting) -> Result<[f64; ORDERS.len()], TextError> {
        let (text, held_out) = (self.part(setting), windows(&self.judging, setting)?);
        Ok(ORDERS.map(|order| {
            let text = &text.tokens()[..text.tokens().len().min(COUNTED)];
            let model = KneserNey::count(text, self.vocabulary, order);
            mean_loss(&held_out, |history, next| model.probability(history, next))
        }))
    }
}

fn windows(held_out: &TextSplit, setting: Setting) -> Result<Vec<TextBatch>, TextError> {
    Ok(Windows::new(held_out, setting.context)?.batches(setting.rows()).collect())
}

impl Study for Reading {
    type Case = Case;
    type Outcome = LearningCurve;
    const LEARNING_RATES: &'static [f64] = LEARNING_RATES;

    fn steps(&self, case: &Case) -> u64 {
        case.setting.steps
    }

    /// All of them at the preset and where less is trained; else as many as a quarter of what is trained.
    fn search_steps(&self, case: &Case) -> u64 {
        let Setting { steps, .. } = case.setting;
        if steps < self.preset.steps || case.setting == self.preset { steps } else { steps.div_ceil(4) }
    }

    fn cost(&self, case: &Case) -> f64 {
        case.setting.model(case.stage, self.vocabulary).parameter_count() as f64
    }

    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.read(trial, true, reporter)?.loss(), 0.0))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<LearningCurve> {
        self.read(trial, false, reporter)
    }
}

/// Trains everything that the budget allows.
pub fn measure(session: &Session) -> anyhow::Result<Measured> {
    let reading = Reading::new(session)?;
    let preset = reading.preset;
    let factors: &[Factor] = if session.budget == Budget::Quick { &[] } else { &Factor::ALL };
    let mut cases = AT_PRESET.map(|stage| Case::new(stage, preset)).to_vec();
    let orders: &[usize] = session.budget.pick(&[2], &[1, 2], &[1, 2, 3]);
    let steps = session.budget.steps(600, 1_000, 3_000);
    let around = factors.iter().flat_map(|factor| factor.around(preset));
    let settings: Vec<Setting> = around.chain(orders.iter().map(|&order| Setting::language(order, steps))).collect();
    let mut counted = vec![(preset, reading.count(preset)?)];
    for &setting in &settings {
        let new = STAGES.map(|stage| Case::new(stage, setting)).into_iter().filter(|case| !cases.contains(case));
        cases.extend(new.collect::<Vec<_>>());
        if matches!(setting.source, Source::Text { .. })
            && !counted.iter().any(|(counted, _)| counted.reads_the_same(setting))
        {
            counted.push((setting, reading.count(setting)?));
        }
    }
    // All at once, so that no thread waits for the last training of a part.
    let cells = grid::measure(session, "C16, language models", &reading, &cases)?;
    let Reading { vocabulary, text, .. } = reading;
    Ok(Measured { preset, vocabulary, characters: text.tokens().len(), factors, cells, counted })
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::progress::Progress;

    #[test]
    fn the_shortest_text_has_a_window_at_every_setting() {
        let text = data::Text::new("t", &data::corpus::BOOK[..SHORTEST_TEXT]).unwrap();
        assert_eq!(text.as_str().chars().count(), SHORTEST_TEXT, "ASCII");
        let reading = Reading::new(&Session::new(Budget::Standard, vec![1], text, Progress::Quiet)).unwrap();
        for setting in Factor::ALL.into_iter().flat_map(|factor| factor.around(reading.preset)) {
            let read = RandomBatches::new(&reading.part(setting), setting.rows(), setting.context, 1);
            assert!(read.is_ok(), "{setting:?}");
            for held_out in [&reading.choosing, &reading.judging] {
                assert!(windows(held_out, setting).is_ok_and(|windows| !windows.is_empty()), "{setting:?}");
            }
        }
    }

    #[test]
    fn stages_have_equal_parameters_at_every_size() {
        for setting in Factor::Size.around(Setting::preset(1)) {
            let parameters = |stage| setting.model(stage, 78).parameter_count() as f64;
            for stage in AT_PRESET {
                let ratio = parameters(stage) / parameters(Stage::Gpt);
                assert!((ratio - 1.0).abs() < 0.03, "{stage}, {setting:?}: {ratio}");
            }
        }
    }
}
