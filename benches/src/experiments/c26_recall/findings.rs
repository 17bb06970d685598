//! What the page says of C26.

use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};
use stages::{AnyStage, Stage};

use super::{Cell, FEW, JUDGED, Measurements, Recalling, TEXT, mean, readers};
use crate::{
    finding::{Draft, Finding},
    study::{grid::Study, parts, text::Values},
    verdict::Verdict,
};

/// The share of right answers at which a training counts as recalling so many pairs.
pub const RECALLED: f64 = 0.9;

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
    let gpt = |found: &Measurements, layers| percent(found.cell(AnyStage::Language(Stage::Gpt), layers));
    let pairs = |cell: &Cell, found: &Measurements| {
        let asked = found.recalling.asked().enumerate();
        let all = asked.filter(|(at, _)| recalled(cell, *at) == cell.outcomes.len()).map(|(_, task)| task.pairs);
        all.max().map_or_else(|| format!("not even {FEW} pairs"), |pairs| format!("{pairs} pairs"))
    };
    let largest = found.map(|found| found.recalling.largest());
    Values::default()
        .maybe(
            "untrained",
            found.is_none().then_some("--budget standard trains for this claim; the quick budget does not."),
        )
        .maybe("best", found.map(|found| found.best_state().case.name()))
        .maybe("best right", found.map(|found| percent(found.best_state())))
        .maybe("best pairs", found.map(|found| pairs(found.best_state(), found)))
        .maybe("gpt pairs", found.map(|found| pairs(found.cell(AnyStage::Language(Stage::Gpt), 2), found)))
        .maybe("one layer", found.map(|found| gpt(found, 1)))
        .maybe("two layers", found.map(|found| gpt(found, 2)))
        .maybe("most", largest.map(|largest| largest.pairs))
        .maybe("bits", largest.map(|largest| format::number(largest.bits(), 4)))
        .maybe("numbers", found.and_then(|found| found.cells.iter().filter_map(|cell| cell.case.state()).max()))
        .maybe("steps", found.map(|found| format::count(found.recalling.steps)))
        .with("recalled", format::number(100.0 * RECALLED, 2))
        .with("questions", readers::QUESTIONS)
        .with("judged", format::count(JUDGED as u64))
        .with("learned", readers::LEARNED)
        .with("rates", Recalling::LEARNING_RATES.len())
}

/// Of all that is asked.
fn percent(cell: &Cell) -> String {
    format!("{} %", format::number(100.0 * cell.share(mean).mean, 2))
}

/// How many seeds recall the pairs of one number.
fn recalled(cell: &Cell, at: usize) -> usize {
    cell.outcomes.iter().filter(|outcome| outcome.right[at] >= RECALLED).count()
}

impl Measurements {
    /// Every stage; of each cell the largest state.
    fn stages(&self) -> Lines {
        let last = |at: usize| self.cells.get(at + 1).is_none_or(|next| next.case.stage != self.cells[at].case.stage);
        let shown = |(at, cell): &(usize, &Cell)| cell.case.state().is_none() || last(*at);
        let cells = self.cells.iter().enumerate().filter(shown).map(|(_, cell)| cell);
        let pairs: Vec<f64> = self.recalling.asked().map(|task| task.pairs as f64).collect();
        self.accuracy(Axis::log2("pairs"), cells, |_| pairs.clone())
    }

    /// The language models that have a state.
    fn states(&self) -> Lines {
        let bits: Vec<f64> = self.recalling.asked().map(|task| task.bits()).collect();
        let cells = self.cells.iter().filter(|cell| cell.case.state().is_some());
        let x = |cell: &Cell| bits.iter().map(|bits| bits / cell.case.state().unwrap_or(1) as f64).collect();
        self.accuracy(Axis::log2("bits in the pairs for each number of the state"), cells, x)
    }

    fn accuracy<'c>(&self, x: Axis, cells: impl Iterator<Item = &'c Cell>, at: impl Fn(&Cell) -> Vec<f64>) -> Lines {
        let series = cells.map(|cell| {
            let right = |n: usize| Summary::of_right(&cell.each(|outcome| outcome.right[n]), JUDGED);
            Series::new(cell.case.name(), at(cell).into_iter().enumerate().map(|(n, x)| (x, right(n))))
        });
        Lines::new(x, Axis::linear("accuracy").within(0.0, 1.0), series)
    }

    fn counts(&self) -> Columns<&Cell> {
        let table = Table::of(&self.cells).column("model", |cell| cell.case.name());
        self.recalling.asked().enumerate().fold(table, |table, (at, task)| {
            let title = format!("{} pairs, {} bits", task.pairs, format::number(task.bits(), 4));
            table.column(title, move |cell| format!("{} of {}", recalled(cell, at), cell.outcomes.len()))
        })
    }

    fn models(&self) -> Columns<&Cell> {
        let table = Table::of(&self.cells)
            .column("model", |cell| cell.case.name())
            .column("parameters", |cell| cell.case.parameters(&self.recalling) as u64)
            .column("learning rate", |cell| digits(cell.learning_rate, 2));
        self.recalling.asked().enumerate().fold(table, |table, (at, task)| {
            let right = move |cell: &&Cell| Summary::of_right(&cell.each(|outcome| outcome.right[at]), JUDGED);
            table.column(format!("accuracy, {} pairs", task.pairs), right)
        })
    }
}
