//! What C2 shows of its trainings.

use super::{
    ALL_RECALLED, Cell, Remembering, best,
    training::{BATCH, CLIP, Family, SUM_ERROR, SYMBOLS, Task, Variant, WRONG_ANSWERS},
};
use report::{
    Table,
    figure::{Axis, Figure, Lines, Plot, Reference, Series},
    format,
    statistics::Summary,
};

use crate::study::{
    grid::Study,
    text::{Values, semicolons},
};

/// Everything that was measured, as figures, tables and sentences.
pub struct Report<'c> {
    /// By task, and within a task in the order of [`Variant::ALL`].
    pub cells: &'c [Cell],
    /// The longest gap that was asked for.
    pub longest: Task,
}

impl<'c> Report<'c> {
    fn cell(&self, task: Task, variant: Variant) -> Option<&'c Cell> {
        self.cells.iter().find(|cell| cell.case.task == task && cell.case.variant == variant)
    }

    fn of(&self, variant: Variant) -> impl Iterator<Item = &'c Cell> {
        self.cells.iter().filter(move |cell| cell.case.variant == variant)
    }

    /// What the text says.
    pub fn values(&self, steps: u64) -> Values {
        let recalled = |family| {
            let cell = best(self.cells, self.longest, family)?;
            Some(format!("{} recalls {} of the symbols", cell.case.variant.name(), cell.accuracy()))
        };
        let span = |variant: Variant| Some(format!("{} {}", variant.name(), self.span_of(variant)));
        let fading = |variant: Variant| {
            let norms = self.gradients(self.cell(self.longest, variant)?, 0);
            let [first, .., last] = norms[..] else { return None };
            Some(format!("{} {}", variant.name(), format::number(first.mean / last.mean, 2)))
        };
        Values::default()
            .with("gap", gap(self.longest))
            .with("recalled", semicolons([Family::Lstm, Family::Gru, Family::Rnn], recalled))
            .with("spans", semicolons(Variant::ALL, span))
            .with("fading", semicolons(Variant::ALL, fading))
            .with("rows", BATCH)
            .with("clip", CLIP)
            .with("steps", format::count(steps))
            .with("wrong", format::number(100.0 * (1.0 - WRONG_ANSWERS), 3))
            .with("error", SUM_ERROR)
    }

    /// `up to 30`, or `at none`.
    fn span_of(&self, variant: Variant) -> String {
        let recalled =
            |cell: &&Cell| matches!(cell.case.task, Task::Recall { .. }) && cell.recalled() == cell.outcomes.len();
        let gaps = self.of(variant).filter(recalled).map(|cell| gap(cell.case.task));
        gaps.max().map_or("at none".into(), |gap| format!("{gap}"))
    }

    /// In the order of the argument.
    pub fn figures(&self) -> Vec<Figure> {
        let recall = |task| matches!(task, Task::Recall { .. });
        let accuracy = self.curves(recall, Cell::accuracy);
        let lines = Lines::new(Axis::log2("gap, distractors"), Axis::linear("accuracy").within(0.0, 1.0), accuracy)
            .with(Reference::Level { label: "guessing".into(), y: 1.0 / SYMBOLS as f64 });
        let mut figures = vec![Figure::new(
            "c02-recall",
            format!("Recalling one of {SYMBOLS} symbols after a gap"),
            format!(
                "Accuracy on held-out rows; parameters as equal as whole widths allow, the same examples, at most as many \
                 steps, and each at that of {} learning rates that did best on another seed.",
                Remembering::LEARNING_RATES.len()
            ),
            Plot::Lines(lines),
        )];
        let when = [("start", "before training"), ("end", "after training")];
        for (i, (name, when)) in when.into_iter().enumerate() {
            let series = Variant::ALL.into_iter().filter_map(|variant| {
                let norms = self.gradients(self.cell(self.longest, variant)?, i);
                Some(Series::new(variant.name(), norms.into_iter().enumerate().map(|(t, norm)| (t as f64 + 1.0, norm))))
            });
            figures.push(Figure::new(
                format!("c02-gradients-{name}"),
                format!("How much the loss depends on each state, {when}"),
                "Norm of d loss / d h_t over a batch at the longest gap: the symbol stands at the left, the question at \
                 the right. Geometric means over the seeds whose training did not diverge.",
                Plot::Lines(Lines::new(Axis::linear("step t"), Axis::log10("norm of d loss / d h_t"), series)),
            ));
        }
        let adding = self.curves(|task| !recall(task), Cell::error);
        if adding.iter().any(|series| !series.points.is_empty()) {
            let lines = Lines::new(Axis::log2("length T, numbers"), Axis::log10("mean squared error"), adding)
                .with(Reference::Level { label: "without memory".into(), y: data::tasks::Adding::MEMORYLESS_ERROR });
            figures.push(Figure::new(
                "c02-adding",
                "Adding the two marked numbers among T",
                "Error on held-out rows, trained as above.",
                Plot::Lines(lines),
            ));
        }
        figures
    }

    fn curves(&self, wanted: impl Fn(Task) -> bool, value: fn(&Cell) -> Summary) -> Vec<Series> {
        let curve = |variant: Variant| {
            let cells = self.of(variant).filter(|cell| wanted(cell.case.task));
            Series::new(variant.name(), cells.map(|cell| (gap(cell.case.task) as f64, value(cell))))
        };
        Variant::ALL.map(curve).into()
    }

    /// For each step, over the seeds whose training did not diverge.
    fn gradients(&self, cell: &Cell, when: usize) -> Vec<Summary> {
        let norms: Vec<&Vec<f64>> =
            cell.outcomes.iter().map(|o| &o.gradients[when]).filter(|n| !n.is_empty()).collect();
        let steps = if norms.is_empty() { 0 } else { cell.case.task.steps() };
        (0..steps).map(|t| Summary::of_magnitudes(&norms.iter().map(|norms| norms[t]).collect::<Vec<_>>())).collect()
    }

    /// Every number of the figures on recall and adding.
    pub fn tables(&self) -> Vec<Table> {
        let mut recall = Table::new(
            "c02-recall-table",
            format!(
                "Recall: parameters as equal as whole widths allow, the same {} learning rates for all",
                Remembering::LEARNING_RATES.len()
            ),
            &[
                "cell, beginning",
                "#gap",
                "#H",
                "#parameters",
                "#learning rate",
                "#accuracy",
                "#seeds at 99 %",
                "#steps",
            ],
        );
        let mut adding = Table::new(
            "c02-adding-table",
            "The adding problem, trained in the same way",
            &[
                "cell, beginning",
                "#T",
                "#H",
                "#parameters",
                "#learning rate",
                "#squared error",
                "#seeds at 0.002",
                "#steps",
            ],
        );
        for cell in self.cells {
            let (width, parameters) = cell.case.variant.size(cell.case.task);
            let steps: Vec<f64> = cell.outcomes.iter().map(|outcome| outcome.steps as f64).collect();
            let (table, value) = match cell.case.task {
                Task::Recall { .. } => (&mut recall, cell.accuracy()),
                Task::Adding { .. } => (&mut adding, cell.error()),
            };
            table.row([
                cell.case.variant.name().to_owned(),
                gap(cell.case.task).to_string(),
                width.to_string(),
                format::count(parameters as u64),
                format::number(cell.learning_rate, 2),
                value.to_string(),
                format!("{} of {}", cell.recalled(), cell.outcomes.len()),
                format::number(Summary::of(&steps).mean, 3),
            ]);
        }
        [recall, adding].into_iter().filter(|table| !table.rows.is_empty()).collect()
    }
}

impl Cell {
    /// Of recall, over the seeds.
    fn accuracy(&self) -> Summary {
        Summary::of_shares(&self.accuracies())
    }

    /// Over the seeds.
    fn error(&self) -> Summary {
        Summary::of(&self.errors())
    }

    /// How many seeds recalled everything, or met the goal.
    fn recalled(&self) -> usize {
        let good = |error: f64| match self.case.task {
            Task::Recall { .. } => 1.0 - error >= ALL_RECALLED,
            Task::Adding { .. } => error <= self.case.task.goal(),
        };
        self.outcomes.iter().filter(|outcome| good(outcome.error)).count()
    }
}

/// What makes the task hard: distractors, or numbers.
fn gap(task: Task) -> usize {
    match task {
        Task::Recall { gap } => gap,
        Task::Adding { length } => length,
    }
}
