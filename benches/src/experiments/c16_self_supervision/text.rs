//! The part of C16 on real text: every stage, several amounts of text, several sizes of gpt.

use data::{CharacterTokenizer, RandomBatches, TextBatch, TextDataset, TextError, TextSplit, Tokenizer, Windows};
use stages::{ModelConfig, Sizes, Stage};

use super::counts::loss_of_counts;
use super::training::{LEARNING_RATES, STAGES, Trained, equal_models, train};
use crate::{
    session::Session,
    study::{
        grid::{self, Cell, Chosen, Score, Study, Trial},
        parallel::Reporter,
    },
};

/// T.
pub const CONTEXT: usize = 64;

/// B.
pub const BATCH: usize = 16;

/// So many windows of the held-out text judge a model at most.
pub const WINDOWS: usize = 640;

/// The smallest part of the text that gpt is trained on.
const SMALLEST_PART: usize = 64;

/// So many characters are the least with which the smallest part holds a window; the other parts are larger.
pub const SHORTEST_TEXT: usize = SMALLEST_PART * (CONTEXT + 1) * 10 / 9 + SMALLEST_PART;

/// A stage on the text.
pub struct StageOnText {
    pub stage: Stage,
    pub parameters: usize,
    pub learning_rate: f64,
    pub trained: Vec<Trained>,
}

pub struct Swept {
    /// Characters of text, or parameters.
    pub amount: usize,
    /// The held-out loss for each seed.
    pub losses: Vec<f64>,
}

/// Everything measured on the text.
pub struct OnText {
    /// In the order of history.
    pub stages: Vec<StageOnText>,
    /// By the amount of text, the smallest first; the last is all of it.
    pub amounts: Vec<Swept>,
    /// By the number of parameters, the smallest first.
    pub sizes: Vec<Swept>,
    /// The losses of guessing, of counting characters and of counting pairs, in nats per character.
    pub uniform: f64,
    /// See `uniform`.
    pub unigram: f64,
    /// See `uniform`.
    pub bigram: f64,
}

impl OnText {
    /// The held-out losses of a stage, one for each seed.
    pub fn losses(&self, stage: Stage) -> Vec<f64> {
        let of_stage = self.stages.iter().filter(|on_text| on_text.stage == stage);
        of_stage.flat_map(|on_text| &on_text.trained).map(Trained::loss).collect()
    }
}

/// A model on a text.
#[derive(Clone, Debug)]
struct Case {
    what: What,
    model: ModelConfig,
    text: TextSplit,
}

/// What a model is trained for.
#[derive(Clone, Copy, Debug)]
enum What {
    /// To compare the stages. That of gpt is also the end of both sweeps.
    Stage(Stage),
    /// To see what less text does.
    Part,
    /// To see what other sizes do.
    Size,
}

/// Language models on a text, of whose held-out part one half chooses the learning rates and the other judges.
struct Reading {
    steps: u64,
    choose: Vec<TextBatch>,
    judge: Vec<TextBatch>,
}

impl Reading {
    fn read(&self, trial: &Trial<Case>, held_out: &[TextBatch], reporter: &Reporter) -> anyhow::Result<Trained> {
        let batches = RandomBatches::new(&trial.case.text, BATCH, CONTEXT, trial.seed)?;
        train(trial, &trial.case.model, &|step| batches.at(step), held_out, reporter)
    }
}

impl Study for Reading {
    type Case = Case;
    type Outcome = Trained;
    const LEARNING_RATES: &'static [f64] = LEARNING_RATES;

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    fn search_steps(&self, _: &Case) -> u64 {
        self.steps / 4
    }

    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.read(trial, &self.choose, reporter)?.loss(), 0.0))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Trained> {
        self.read(trial, &self.judge, reporter)
    }
}

/// The sizes of a gpt of this width and depth on a text of V different characters.
pub fn gpt_sizes(vocabulary: usize, layers: usize, width: usize) -> Sizes {
    Sizes { layers, embedding: width, ..Sizes::new(vocabulary, CONTEXT, width) }
}

/// Trains everything that the budget allows.
pub fn measure(session: &Session) -> anyhow::Result<OnText> {
    let (layers, width) = session.budget.pick((2, 64), (2, 96), (4, 128));
    let widths: &[usize] = session.budget.pick(&[32], &[32, 64], &[32, 64, 96]);
    let parts: &[usize] = session.budget.pick(&[SMALLEST_PART], &[SMALLEST_PART, 8], &[SMALLEST_PART, 16, 4]);
    let steps = session.budget.steps(400, 800, 2000);

    let tokenizer = CharacterTokenizer::from_text(session.alphabet.text.as_str());
    let TextDataset { train: text, validation } = TextDataset::new(&session.alphabet.text, &tokenizer)?;
    let vocabulary = tokenizer.vocabulary_size();
    let (choosing, judging) = validation.tokens().split_at(validation.tokens().len() / 2);
    let judging = &judging[..judging.len().min(WINDOWS * CONTEXT + 1)];
    let held_out = |tokens| {
        let windows = Windows::new(&TextSplit::from_tokens(validation.name(), tokens), CONTEXT)?;
        Ok::<Vec<TextBatch>, TextError>(windows.batches(BATCH).collect())
    };
    let reading = Reading { steps, choose: held_out(choosing)?, judge: held_out(judging)? };

    let models = equal_models(gpt_sizes(vocabulary, layers, width));
    let stages = STAGES.into_iter().zip(models);
    let stages = stages.map(|(stage, model)| Case { what: What::Stage(stage), model, text: text.clone() });
    let mut chosen = grid::search(session, "C16, the text", &reading, &stages.collect::<Vec<_>>())?;
    let gpt = chosen[STAGES.len() - 1].clone();
    for part in parts {
        let name = format!("the first 1/{part} of {}", text.name());
        let text = TextSplit::from_tokens(name, &text.tokens()[..text.tokens().len() / part]);
        chosen.push(Chosen { case: Case { what: What::Part, text, ..gpt.case.clone() }, ..gpt });
    }
    for &width in widths {
        let model = Stage::Gpt.configure(gpt_sizes(vocabulary, layers, width));
        chosen.push(Chosen { case: Case { what: What::Size, model, ..gpt.case.clone() }, ..gpt });
    }
    // All at once, so that no thread waits for the last training of a group.
    let cells = grid::repeat(session, "C16, the text", &reading, chosen)?;

    let (mut stages, mut amounts, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    for Cell { case: Case { what, model, text }, learning_rate, outcomes, .. } in cells {
        let losses: Vec<f64> = outcomes.iter().map(Trained::loss).collect();
        let parameters = model.parameter_count() as usize;
        let by_text = Swept { amount: text.tokens().len(), losses: losses.clone() };
        let by_size = Swept { amount: parameters, losses };
        match what {
            What::Stage(stage) => {
                if stage == Stage::Gpt {
                    amounts.push(by_text);
                    sizes.push(by_size);
                }
                stages.push(StageOnText { stage, parameters, learning_rate, trained: outcomes });
            }
            What::Part => amounts.push(by_text),
            What::Size => sizes.push(by_size),
        }
    }
    for swept in [&mut amounts, &mut sizes] {
        swept.sort_by_key(|swept| swept.amount);
    }

    let [unigram, bigram] = [0, 1].map(|order| loss_of_counts(text.tokens(), judging, vocabulary, order));
    Ok(OnText { stages, amounts, sizes, uniform: (vocabulary as f64).ln(), unigram, bigram })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_text_has_a_window_in_every_part() {
        let text = data::Text::new("t", &data::corpus::BOOK[..SHORTEST_TEXT]).unwrap();
        assert_eq!(text.as_str().chars().count(), SHORTEST_TEXT, "ASCII");
        let dataset = TextDataset::new(&text, &CharacterTokenizer::from_text(text.as_str())).unwrap();
        let held_out = dataset.validation.tokens().len() / 2;
        for (part, tokens) in [
            ("train", &dataset.train.tokens()[..dataset.train.tokens().len() / SMALLEST_PART]),
            ("choose", &dataset.validation.tokens()[..held_out]),
            ("judge", &dataset.validation.tokens()[held_out..]),
        ] {
            let part = TextSplit::from_tokens(part, tokens);
            assert!(RandomBatches::new(&part, BATCH, CONTEXT, 1).is_ok(), "{}", part.name());
            assert!(Windows::new(&part, CONTEXT).is_ok_and(|windows| windows.len() > 0), "{}", part.name());
        }
    }
}
