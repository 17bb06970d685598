//! What the page says of C26.

use data::tasks::AssociativeRecall;
use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::{Reach, Summary, by_size},
    table::{Columns, digits},
};
use stages::Stage;

use super::{
    AHEAD, Cell, EXPERIMENT, Measurements, TEXT,
    training::{JUDGED, LEARNED, QUESTIONS, Recalled, Recalling},
};
use crate::{
    finding::{Draft, Effect, Finding},
    glance::Column,
    study::{grid::Study, parts, text::Values},
};

/// The share of right answers at which a training counts as recalling so many pairs.
const RECALLED: f64 = 0.9;

pub fn conclude(found: &Measurements) -> Finding {
    let parts = found.parts();
    let values = found.values(parts::words(&parts, EXPERIMENT.basis));
    let draft = Draft::new(TEXT, &values)
        .effect(Effect {
            what: "lead of GPT over the best recurrent model".into(),
            unit: "accuracy".into(),
            found: found.lead_of_gpt(),
            needed: AHEAD,
        })
        .figure("c26-stages", found.stages())
        .figure("c26-states", found.states())
        .parts("c26-parts", &parts)
        .table("c26-counts", found.counts())
        .table("c26-models", found.models());
    let largest = found.by_stage().filter_map(|sizes| sizes.last());
    largest
        .fold(draft, |draft, cell| draft.glance(cell.case.stage, Column::Pairs, found.pairs(cell)))
        .finding(parts::verdict(&parts))
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
    fn values(&self, words: Values) -> Values {
        let accuracy = |cell: &Cell| format::percent(cell.share(Recalled::mean).mean, 2);
        let (best, most) = (self.best_state(), self.recalling.largest());
        let pairs = |cell: &Cell| format::number(self.pairs(cell).mean, 2);
        let states = self.cells.iter().filter_map(|cell| cell.case.state());
        words
            .with("best", best.case.name())
            .with("best right", accuracy(best))
            .with("one layer", accuracy(self.cell(Stage::Gpt, 1)))
            .with("two layers", accuracy(self.cell(Stage::Gpt, 2)))
            .with("gpt pairs", pairs(self.cell(Stage::Gpt, 2)))
            .with("best pairs", pairs(best))
            .with("most", most.pairs)
            .with("bits", format::number(most.bits(), 4))
            .with("numbers", states.max().unwrap_or(0))
            .with("steps", format::count(self.recalling.steps))
            .with("recalled", format::percent(RECALLED, 2))
            .with("questions", QUESTIONS)
            .with("judged", format::count(JUDGED as u64))
            .with("learned", LEARNED)
            .with("rates", Recalling::LEARNING_RATES.len())
    }

    /// How many pairs a model recalls at once: their number times the accuracy on them, for the number where this is largest.
    fn pairs(&self, cell: &Cell) -> Summary {
        let asked = self.recalling.asked().iter().enumerate();
        let recalled = asked.map(|(at, task)| {
            let (pairs, accuracy) = (task.pairs as f64, accuracy(cell, at));
            let reach = accuracy.reach.map(|_| Reach::Between(pairs * accuracy.low(), pairs * accuracy.high()));
            Summary { mean: pairs * accuracy.mean, reach, ..accuracy }
        });
        recalled.max_by(|a, b| by_size(&a.mean, &b.mean)).expect("something is asked")
    }

    /// The sizes of each stage, from small to large.
    fn by_stage(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunk_by(|a, b| a.case.stage == b.case.stage)
    }

    /// Every stage; of each cell the largest state.
    fn stages(&self) -> Lines {
        let largest = |sizes: &[Cell]| if sizes[0].case.state().is_some() { sizes.len() - 1 } else { 0 };
        let cells = self.by_stage().flat_map(|sizes| &sizes[largest(sizes)..]);
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
            .column("learning rate", |cell| digits(cell.learning_rate, 2))
            .column("pairs recalled", |cell| self.pairs(cell));
        self.recalling.asked().iter().enumerate().fold(table, |table, (at, task)| {
            table.column(format!("accuracy, {} pairs", task.pairs), move |cell| accuracy(cell, at))
        })
    }
}
