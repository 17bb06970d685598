//! What the page says of C26.

use data::tasks::AssociativeRecall;
use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};
use stages::Stage;

use super::{
    Cell, Measurements, TEXT,
    training::{FEW, JUDGED, LEARNED, QUESTIONS, Recalled, Recalling},
};
use crate::{
    finding::{Draft, Finding},
    study::{grid::Study, parts, text::Values},
    verdict::Verdict,
};

/// The share of right answers at which a training counts as recalling so many pairs.
const RECALLED: f64 = 0.9;

/// What was found, or, where nothing was trained, that it was not.
pub fn conclude(found: Option<&Measurements>) -> Finding {
    let parts = found.map(Measurements::parts);
    let remainder = parts.as_ref().map(|parts| parts::remainder(parts));
    let values = values(found).maybe("remainder", remainder);
    let draft = Draft::new(TEXT, &values)
        .maybe_figure("c26-stages", found.map(Measurements::stages))
        .maybe_figure("c26-states", found.map(Measurements::states))
        .maybe_table("c26-counts", found.map(Measurements::counts))
        .maybe_table("c26-models", found.map(Measurements::models));
    match parts {
        Some(parts) => draft.parts("c26-parts", &parts).finding(parts::verdict(&parts)),
        None => draft.finding(Verdict::Undecided),
    }
}

fn values(found: Option<&Measurements>) -> Values {
    let of = |value: fn(&Measurements) -> String| found.map(value);
    let untrained = "--budget standard trains for this claim; the quick budget does not.";
    Values::default()
        .maybe("untrained", found.is_none().then_some(untrained))
        .maybe("best", of(|found| found.best_state().case.name()))
        .maybe("best right", of(|found| percent(found.best_state())))
        .maybe("best pairs", of(|found| found.pairs(found.best_state())))
        .maybe("gpt pairs", of(|found| found.pairs(found.cell(Stage::Gpt, 2))))
        .maybe("one layer", of(|found| percent(found.cell(Stage::Gpt, 1))))
        .maybe("two layers", of(|found| percent(found.cell(Stage::Gpt, 2))))
        .maybe("most", of(|found| found.recalling.largest().pairs.to_string()))
        .maybe("bits", of(|found| format::number(found.recalling.largest().bits(), 4)))
        .maybe("numbers", found.and_then(|found| found.cells.iter().filter_map(|cell| cell.case.state()).max()))
        .maybe("steps", of(|found| format::count(found.recalling.steps)))
        .with("recalled", format::number(100.0 * RECALLED, 2))
        .with("questions", QUESTIONS)
        .with("judged", format::count(JUDGED as u64))
        .with("learned", LEARNED)
        .with("rates", Recalling::LEARNING_RATES.len())
}

/// Of all that is asked.
fn percent(cell: &Cell) -> String {
    format!("{} %", format::number(100.0 * cell.share(Recalled::mean).mean, 2))
}

/// Of one number of pairs.
fn accuracy(cell: &Cell, at: usize) -> Summary {
    Summary::of_right(&cell.each(|outcome| outcome.right[at]), JUDGED)
}

/// How many seeds recall the pairs of one number.
fn recalled(cell: &Cell, at: usize) -> usize {
    cell.outcomes.iter().filter(|outcome| outcome.right[at] >= RECALLED).count()
}

impl Measurements {
    /// The most that every seed recalls.
    fn pairs(&self, cell: &Cell) -> String {
        let asked = self.recalling.asked().iter().enumerate();
        let all = asked.filter(|(at, _)| recalled(cell, *at) == cell.outcomes.len()).map(|(_, task)| task.pairs);
        all.max().map_or_else(|| format!("not even {FEW} pairs"), |pairs| format!("{pairs} pairs"))
    }

    /// Every stage; of each cell the largest state.
    fn stages(&self) -> Lines {
        let largest = |sizes: &[Cell]| if sizes[0].case.state().is_some() { sizes.len() - 1 } else { 0 };
        let stages = self.cells.chunk_by(|a, b| a.case.stage == b.case.stage);
        let cells = stages.flat_map(|sizes| &sizes[largest(sizes)..]);
        self.curves(Axis::log2("pairs"), cells, |_, task| task.pairs as f64)
    }

    /// The models that have a state.
    fn states(&self) -> Lines {
        let cells = self.cells.iter().filter(|cell| cell.case.state().is_some());
        let x = Axis::log2("bits in the pairs for each number of the state");
        self.curves(x, cells, |cell, task| task.bits() / cell.case.state().unwrap_or(1) as f64)
    }

    fn curves<'c>(
        &self,
        x: Axis,
        cells: impl Iterator<Item = &'c Cell>,
        at: impl Fn(&Cell, &AssociativeRecall) -> f64,
    ) -> Lines {
        let series = cells.map(|cell| {
            let asked = self.recalling.asked().iter().enumerate();
            Series::new(cell.case.name(), asked.map(|(n, task)| (at(cell, task), accuracy(cell, n))))
        });
        Lines::new(x, Axis::linear("accuracy").within(0.0, 1.0), series)
    }

    fn counts(&self) -> Columns<&Cell> {
        let table = Table::of(&self.cells).column("model", |cell| cell.case.name());
        self.recalling.asked().iter().enumerate().fold(table, |table, (at, task)| {
            let title = format!("{} pairs, {} bits", task.pairs, format::number(task.bits(), 4));
            table.column(title, move |cell| format!("{} of {}", recalled(cell, at), cell.outcomes.len()))
        })
    }

    fn models(&self) -> Columns<&Cell> {
        let table = Table::of(&self.cells)
            .column("model", |cell| cell.case.name())
            .column("parameters", |cell| {
                cell.case.config(self.recalling.largest(), self.recalling.gpt_width).parameter_count() as u64
            })
            .column("learning rate", |cell| digits(cell.learning_rate, 2));
        self.recalling.asked().iter().enumerate().fold(table, |table, (at, task)| {
            table.column(format!("accuracy, {} pairs", task.pairs), move |cell| accuracy(cell, at))
        })
    }
}
