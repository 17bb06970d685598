//! What the page says of C2.

use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    ALL_RECALLED, Cell, LATER, Memories, Remembering, TEXT, met,
    training::{
        BATCH, CLIP, Case, Family, JUDGED, Outcome, RETENTION, RETENTION_ROWS, SUM_ERROR, SYMBOLS, Variant,
        WRONG_ANSWERS,
    },
};
use crate::{
    finding::{Draft, Finding},
    study::{
        grid::{self, Study},
        parts,
        text::{Values, semicolons},
    },
};

pub fn conclude(found: &Memories) -> Finding {
    let (recall, adding): (Vec<&Cell>, Vec<&Cell>) = found.cells.iter().partition(|cell| cell.case.task.is_recall());
    let adds = !adding.is_empty();
    let parts = found.parts();
    Draft::new(TEXT, &found.values(&recall, parts::remainder(&parts)))
        .figure("c02-recall", accuracies(&recall))
        .figure("c02-retention", found.retention())
        .figure("c02-gradients-start", found.gradients(0))
        .figure("c02-gradients-end", found.gradients(1))
        .maybe_figure("c02-adding", adds.then(|| errors(&adding)))
        .parts("c02-parts", &parts)
        .table("c02-recall-table", recall_table(&recall))
        .maybe_table("c02-adding-table", adds.then(|| adding_table(&adding)))
        .finding(parts::verdict(&parts))
}

impl Memories {
    fn values(&self, recall: &[&Cell], remainder: String) -> Values {
        let learned = |family| {
            let cell = self.best(self.longest, family);
            Some(format!("{} {} of {}", cell.case.variant.name(), met(cell), cell.outcomes.len()))
        };
        let retained = |family| {
            let cell = self.best(self.shortest, family);
            let accuracy = cell.share(|outcome| outcome.retained(LATER)).mean;
            Some(format!("{} {} %", cell.case.variant.name(), format::number(100.0 * accuracy, 2)))
        };
        let span = |variant: Variant| {
            let everything = |cell: &&&Cell| cell.case.variant == variant && met(cell) == cell.outcomes.len();
            let longest = recall.iter().filter(everything).map(|cell| cell.case.task.gap()).max();
            Some(format!("{} {}", variant.name(), longest.map_or_else(|| "at none".to_owned(), |gap| gap.to_string())))
        };
        let fading = |variant: Variant| {
            let [first, .., last] = self.norms(variant, 0)[..] else { return None };
            Some(format!("{} {}", variant.name(), format::number(first.mean / last.mean, 2)))
        };
        Values::default()
            .with("gap", self.longest.gap())
            .with("learned", semicolons([Family::Lstm, Family::Gru, Family::Rnn], learned))
            .with("retained", semicolons([Family::Lstm, Family::Gru, Family::Rnn], retained))
            .with("short", self.shortest.gap())
            .with("later", RETENTION[LATER])
            .with("remainder", remainder)
            .with("spans", semicolons(Variant::ALL, span))
            .with("all", format::number(100.0 * ALL_RECALLED, 3))
            .with("fading", semicolons(Variant::ALL, fading))
            .with("symbols", SYMBOLS)
            .with("rates", Remembering::LEARNING_RATES.len())
            .with("rows", BATCH)
            .with("clip", CLIP)
            .with("steps", format::count(self.steps))
            .with("wrong", format::number(100.0 * (1.0 - WRONG_ANSWERS), 3))
            .with("error", SUM_ERROR)
    }

    /// Of what was trained with the shortest gap.
    fn retention(&self) -> Lines {
        let series = Variant::ALL.map(|variant| {
            let cell = grid::find(&self.cells, &Case { task: self.shortest, variant });
            let kept = |at: usize| Summary::of_right(&cell.each(|outcome| outcome.retained(at)), RETENTION_ROWS);
            Series::new(variant.name(), RETENTION.iter().enumerate().map(|(at, gap)| (*gap as f64, kept(at))))
        });
        Lines::new(Axis::log2("gap, distractors"), Axis::linear("accuracy").within(0.0, 1.0), series)
            .level("guessing", 1.0 / SYMBOLS as f64)
    }

    /// The norm of the gradient at each step of the longest gap, before or after training, over the seeds whose training did
    /// not diverge.
    fn norms(&self, variant: Variant, when: usize) -> Vec<Summary> {
        let cell = grid::find(&self.cells, &Case { task: self.longest, variant });
        let norms: Vec<&[f64]> =
            cell.outcomes.iter().map(|outcome| &*outcome.gradients[when]).filter(|norms| !norms.is_empty()).collect();
        let at = |t: usize| Summary::of_magnitudes(&norms.iter().map(|norms| norms[t]).collect::<Vec<_>>());
        (0..norms.first().map_or(0, |norms| norms.len())).map(at).collect()
    }

    fn gradients(&self, when: usize) -> Lines {
        let series = Variant::ALL.map(|variant| {
            let norms = self.norms(variant, when).into_iter().enumerate();
            Series::new(variant.name(), norms.map(|(t, norm)| (t as f64 + 1.0, norm)))
        });
        Lines::new(Axis::linear("step t"), Axis::log10("norm of d loss / d h_t"), series)
    }
}

fn accuracy(cell: &Cell) -> Summary {
    Summary::of_right(&cell.each(Outcome::accuracy), JUDGED)
}

fn accuracies(recall: &[&Cell]) -> Lines {
    let curves = curves(recall, accuracy);
    Lines::new(Axis::log2("gap, distractors"), Axis::linear("accuracy").within(0.0, 1.0), curves)
        .level("guessing", 1.0 / SYMBOLS as f64)
}

fn errors(adding: &[&Cell]) -> Lines {
    let error = curves(adding, |cell| cell.mean(|outcome| outcome.error));
    Lines::new(Axis::log2("length T, numbers"), Axis::log10("mean squared error"), error)
        .level("without memory", data::tasks::Adding::MEMORYLESS_ERROR)
}

/// By what makes the task hard.
fn curves(cells: &[&Cell], value: fn(&Cell) -> Summary) -> [Series; Variant::ALL.len()] {
    Variant::ALL.map(|variant| {
        let cells = cells.iter().filter(|cell| cell.case.variant == variant);
        Series::new(variant.name(), cells.map(|cell| (cell.case.task.gap() as f64, value(cell))))
    })
}

/// A cell, its width H and its number of parameters.
type Row<'c> = (&'c Cell, (usize, usize));

fn recall_table<'c>(recall: &[&'c Cell]) -> Columns<Row<'c>> {
    trained(models(recall, "gap").column("accuracy", |(cell, _)| accuracy(cell)), "99 %")
}

fn adding_table<'c>(adding: &[&'c Cell]) -> Columns<Row<'c>> {
    let error = |(cell, _): &Row<'_>| cell.mean(|outcome| outcome.error);
    trained(models(adding, "T").column("squared error", error), &SUM_ERROR.to_string())
}

fn models<'c>(cells: &[&'c Cell], gap: &str) -> Columns<Row<'c>> {
    Table::of(cells.iter().map(|&cell| (cell, cell.case.variant.size(cell.case.task))))
        .column("cell, beginning", |(cell, _)| cell.case.variant.name())
        .column(gap, |(cell, _)| cell.case.task.gap())
        .column("H", |(_, (width, _))| *width)
        .column("parameters", |(_, (_, parameters))| *parameters)
        .column("learning rate", |(cell, _)| digits(cell.learning_rate, 2))
}

fn trained<'c>(table: Columns<Row<'c>>, goal: &str) -> Columns<Row<'c>> {
    table
        .column(format!("seeds at {goal}"), |(cell, _)| format!("{} of {}", met(cell), cell.outcomes.len()))
        .column("steps", |(cell, _)| digits(cell.mean(|outcome| outcome.steps as f64).mean, 3))
}
