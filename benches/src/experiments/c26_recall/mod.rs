//! C26: how many pairs of a key and a value a model recalls, and whether a state of fixed size limits it.

mod findings;
mod readers;
#[cfg(test)]
mod tests;

use data::tasks::AssociativeRecall;
use report::statistics::Summary;

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid::{self, Score, Study, Trial},
        parallel::Reporter,
        parts::{Bound, Part},
    },
    verdict::{Basis, Verdict},
};
use readers::{JUDGED, Reader, Recalled};
use stages::{AnyStage, Stage, TranslatorStage};

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
    seconds: [0, 80, 480],
    memory: Memory { alone: [10, 60, 120], thread: [10, 40, 80] },
    run,
};

/// The fewest pairs that are asked for.
const FEW: usize = 4;
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

/// What every reader is trained on and asked for.
struct Recalling {
    /// The most pairs.
    most: usize,
    /// D of the GPT with two layers, whose number of parameters the others come closest to.
    gpt_width: usize,
    steps: u64,
}

impl Recalling {
    /// Pairs 1, 2, 4 .. up to the most, with twice as many keys and values.
    fn trained(&self) -> Vec<AssociativeRecall> {
        let pairs = std::iter::successors(Some(1), |pairs| Some(2 * pairs)).take_while(|pairs| *pairs <= self.most);
        pairs.map(|pairs| AssociativeRecall { pairs, symbols: 2 * pairs }).collect()
    }

    fn asked(&self) -> impl Iterator<Item = AssociativeRecall> {
        self.trained().into_iter().filter(|task| task.pairs >= FEW)
    }

    fn largest(&self) -> AssociativeRecall {
        AssociativeRecall { pairs: self.most, symbols: 2 * self.most }
    }
}

impl Study for Recalling {
    type Case = Reader;
    type Outcome = Recalled;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &Reader) -> u64 {
        self.steps
    }

    fn search(&self, trial: &Trial<Reader>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.train(trial, reporter)?.loss, 0.0))
    }

    fn train(&self, trial: &Trial<Reader>, reporter: &Reporter) -> anyhow::Result<Recalled> {
        readers::train(self, trial, reporter)
    }
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    if session.budget == Budget::Quick {
        return Ok(findings::conclude(None));
    }
    let (most, gpt_width, widths) =
        session.budget.pick((8, 32, &[4, 8][..]), (64, 32, &[16, 64]), (256, 48, &[16, 32, 64]));
    let recalling = Recalling { most, gpt_width, steps: session.budget.steps(0, 2_400, 4_000) };
    let cells = grid::measure(session, "C26, recall in context", &recalling, &Reader::all(widths))?;
    Ok(findings::conclude(Some(&Measurements { recalling, cells })))
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
        let [gpt, vector, looking] = [
            self.cell(AnyStage::Language(Stage::Gpt), 2),
            self.cell(AnyStage::Translation(TranslatorStage::Seq2Seq), 1),
            self.cell(AnyStage::Translation(TranslatorStage::Attention), 1),
        ];
        let falls = Summary::of_differences_right(&best.each(few), &best.each(most), JUDGED);
        let knows_few = best.share(few).mean >= HALF;
        let part = |claim, found: Summary, bound: Bound, fits: bool| Part {
            claim,
            found: found.to_string(),
            needed: bound.to_string(),
            verdict: if fits { bound.judge(&found) } else { Verdict::Undecided },
        };
        [
            part("a state recalls less of more pairs", falls, FALLS, knows_few),
            part("a larger state recalls more", self.ahead(largest, smallest), HOLDS, knows_few),
            part("GPT recalls more than any recurrent model", self.ahead(gpt, best), AHEAD, true),
            part("a translator that looks back recalls more", self.ahead(looking, vector), AHEAD, true),
        ]
    }

    /// How much more of all that is asked one recalls than another.
    fn ahead(&self, more: &Cell, less: &Cell) -> Summary {
        let items = JUDGED * self.recalling.asked().count();
        Summary::of_differences_right(&more.each(mean), &less.each(mean), items)
    }

    /// The recurrent language model that did best on the seed of the search.
    fn best_state(&self) -> &Cell {
        let recurrent = |cell: &&Cell| matches!(cell.case.stage, AnyStage::Language(stage) if stage.about().recurrent);
        let best = self.cells.iter().filter(recurrent).min_by(|a, b| a.score.order(&b.score));
        best.expect("recurrent models are measured")
    }

    fn cell(&self, stage: AnyStage, layers: usize) -> &Cell {
        let wanted = |cell: &&Cell| cell.case.stage == stage && cell.case.layers == layers;
        self.cells.iter().find(wanted).expect("every stage is measured")
    }
}

/// Of the fewest pairs.
fn few(recalled: &Recalled) -> f64 {
    recalled.right[0]
}

/// Of the most.
fn most(recalled: &Recalled) -> f64 {
    recalled.right[recalled.right.len() - 1]
}

/// Over all numbers of pairs.
fn mean(recalled: &Recalled) -> f64 {
    recalled.right.iter().sum::<f64>() / recalled.right.len() as f64
}
