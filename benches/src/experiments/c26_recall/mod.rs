//! C26: how many pairs of a key and a value a model recalls, and whether a state of fixed size limits it.

mod findings;
mod readers;
#[cfg(test)]
mod tests;
mod training;

use report::statistics::Summary;
use stages::{AnyStage, Stage, TranslatorStage};

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid,
        parts::{Bound, Part},
    },
    verdict::Basis,
};
use readers::Reader;
use training::{FEW, JUDGED, Recalled, Recalling};

const TEXT: &str = include_str!("text.md");

/// Asks every stage for the values of more and more keys.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C26",
    text: TEXT,
    thresholds: &[
        ("falls", FALLS.number()),
        ("holds", HOLDS.number()),
        ("ahead", AHEAD.number()),
        ("few", FEW as f64),
        ("half", HALF),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [None, Some(40), Some(216)],
    memory: Memory { alone: [10, 60, 120], thread: [10, 40, 80] },
    run,
};

/// How much less of the most pairs than of the fewest a recurrent model has to recall, as a share.
const FALLS: Bound = Bound::More(0.2);
/// How much more the largest state of that cell has to recall than the smallest, in the mean over the numbers of pairs.
const HOLDS: Bound = Bound::More(0.05);
/// How much more attention has to recall than a state, likewise.
const AHEAD: Bound = Bound::More(0.2);
/// Who recalls less than this share of the fewest pairs has not learned the task, and has nothing to lose.
const HALF: f64 = 0.5;

/// A model, with the learning rate that did best on the seed of the search.
type Cell = grid::Cell<Reader, Recalled>;

fn run(session: &Session) -> anyhow::Result<Finding> {
    if session.budget == Budget::Quick {
        return Ok(Finding::unmeasured("Not measured at quick: learning to recall takes more than its three minutes."));
    }
    let (most, gpt_width, widths) =
        session.budget.pick((8, 32, &[4, 8][..]), (64, 32, &[16, 64]), (256, 48, &[16, 32, 64]));
    let recalling = Recalling::new(most, gpt_width, session.budget.steps(0, 2_400, 4_000));
    let cells = grid::measure(session, "C26, recall in context", &recalling, &Reader::all(widths))?;
    Ok(findings::conclude(&Measurements { recalling, cells }))
}

struct Measurements {
    recalling: Recalling,
    /// In the order of [`Reader::all`].
    cells: Vec<Cell>,
}

impl Measurements {
    fn parts(&self) -> [Part; 4] {
        let best = self.best_state();
        let mut sizes = self.cells.iter().filter(|cell| cell.case.stage == best.case.stage);
        let (smallest, largest) = (sizes.next().unwrap_or(best), sizes.next_back().unwrap_or(best));
        let [vector, looking] = [TranslatorStage::Seq2Seq, TranslatorStage::Attention].map(|stage| self.cell(stage, 1));
        let few = |recalled: &Recalled| recalled.right[0];
        let most = |recalled: &Recalled| recalled.right[recalled.right.len() - 1];
        let falls = Summary::of_differences_right(&best.each(few), &best.each(most), JUDGED);
        let knows_few = best.share(few).mean >= HALF;
        [
            Part::of("the best recurrent model is less accurate with more pairs", &falls, FALLS).only_if(knows_few),
            Part::of("a larger state recalls more", &self.ahead(largest, smallest), HOLDS).only_if(knows_few),
            Part::of("GPT recalls more than the best recurrent model", &self.lead_of_gpt(), AHEAD),
            Part::of("the encoder-decoder recalls more with attention", &self.ahead(looking, vector), AHEAD),
        ]
    }

    fn lead_of_gpt(&self) -> Summary {
        self.ahead(self.cell(Stage::Gpt, 2), self.best_state())
    }

    /// How much more accurate a model is, in the mean over all numbers of pairs.
    fn ahead(&self, more: &Cell, less: &Cell) -> Summary {
        let items = JUDGED * self.recalling.asked().len();
        Summary::of_differences_right(&more.each(Recalled::mean), &less.each(Recalled::mean), items)
    }

    /// The recurrent language model that did best on the seed of the search.
    fn best_state(&self) -> &Cell {
        let recurrent = |cell: &&Cell| matches!(cell.case.stage, AnyStage::Language(stage) if stage.about().recurrent);
        let best = self.cells.iter().filter(recurrent).min_by(|a, b| a.score.order(&b.score));
        best.expect("recurrent models are measured")
    }

    fn cell(&self, stage: impl Into<AnyStage>, layers: usize) -> &Cell {
        let stage = stage.into();
        let wanted = |cell: &&Cell| cell.case.stage == stage && cell.case.layers == layers;
        self.cells.iter().find(wanted).expect("every stage is measured")
    }
}
