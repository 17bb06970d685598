//! What the page says of C2.

use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};
use stages::Stage;

use super::{
    Cell, TEXT,
    criterion::{FAR, LATER, Memories, learned, met},
    training::{
        BATCH, CLIP, Case, JUDGED, Outcome, RETENTION, RETENTION_ROWS, Remembering, SUM_ERROR, SYMBOLS, Variant,
        WRONG_ANSWERS,
    },
};
use crate::{
    finding::{Draft, Effect, Finding},
    glance::Column,
    study::{
        grid::{self, Study},
        parts,
        text::{Values, semicolons},
    },
    verdict::Basis,
};

pub fn conclude(found: &Memories) -> Finding {
    let (recall, adding): (Vec<&Cell>, Vec<&Cell>) = found.cells.iter().partition(|cell| cell.case.task.is_recall());
    let adds = !adding.is_empty();
    let parts = found.parts();
    let error = |cell: &Cell| cell.mean(|outcome| outcome.error);
    let sums = || {
        Lines::new(Axis::log2("length T, numbers"), Axis::log10("mean squared error"), curves(&adding, error))
            .level("without memory", data::tasks::Adding::MEMORYLESS_ERROR)
    };
    let values = found.values(&recall, parts::words(&parts, Basis::Estimated));
    let mut draft = Draft::new(TEXT, &values);
    for (stage, variants) in [(Stage::Rnn, Variant::RNN), (Stage::Lstm, Variant::LSTM), (Stage::Gru, Variant::GRU)] {
        draft = draft.glance(stage, Column::Gap, Summary::exact(found.longest_learned(variants) as f64));
    }
    let (what, unit) = ("lead of the LSTM over the RNN at a gap longer than trained on".into(), "accuracy".into());
    draft
        .effect(Effect { what, unit, found: found.retained(), needed: FAR })
        .figure("c02-retention", over_gaps(found.retention()))
        .figure("c02-recall", over_gaps(curves(&recall, accuracy)))
        .figure("c02-gradients-start", found.gradients(0))
        .figure("c02-gradients-end", found.gradients(1))
        .maybe_figure("c02-adding", adds.then(sums))
        .parts("c02-parts", &parts)
        .table("c02-recall-table", table(&recall, ["gap", "accuracy", "99 %"], accuracy))
        .maybe_table(
            "c02-adding-table",
            adds.then(|| table(&adding, ["T", "squared error", &SUM_ERROR.to_string()], error)),
        )
        .finding(parts::verdict(&parts))
}

impl Memories {
    fn values(&self, recall: &[&Cell], words: Values) -> Values {
        let kept = |variants| {
            let kept = self.best(self.shortest, variants).share(|outcome| outcome.retained[LATER]);
            format::number(100.0 * kept.mean, 2)
        };
        let of_longest = |variants| self.best(self.longest, variants);
        let learned_by = |variants| seeds(of_longest(variants));
        let span = |variant: Variant| {
            let learned_by_all = recall.iter().filter(|cell| cell.case.variant == variant && learned(cell));
            let longest = learned_by_all.map(|cell| cell.case.task.gap()).max();
            Some(format!("{}: {}", variant.name(), longest.map_or_else(|| "none".to_owned(), |gap| gap.to_string())))
        };
        let fading = |variant: Variant| {
            let [first, .., last] = self.norms(variant, 0)[..] else { return None };
            Some(format!("{}: {}", variant.name(), format::number(first.mean / last.mean, 2)))
        };
        words
            .with("gap", self.longest.gap())
            .with("lstm kept", kept(Variant::LSTM))
            .with("gru kept", kept(Variant::GRU))
            .with("rnn kept", kept(Variant::RNN))
            .with("lstm learned", learned_by(Variant::LSTM))
            .with("gru learned", learned_by(Variant::GRU))
            .with("rnn learned", learned_by(Variant::RNN))
            .with("apart", tells_apart([Variant::LSTM, Variant::RNN].map(of_longest)))
            .with("short", self.shortest.gap())
            .with("later", RETENTION[LATER])
            .with("spans", semicolons(Variant::ALL, span))
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
    fn retention(&self) -> [Series; Variant::ALL.len()] {
        Variant::ALL.map(|variant| {
            let cell = grid::find(&self.cells, &Case { task: self.shortest, variant });
            let kept = |at: usize| Summary::of_right(&cell.each(|outcome| outcome.retained[at]), RETENTION_ROWS);
            Series::new(variant.name(), RETENTION.iter().enumerate().map(|(at, gap)| (*gap as f64, kept(at))))
        })
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

fn over_gaps(series: [Series; Variant::ALL.len()]) -> Lines {
    Lines::new(Axis::log2("gap, distractors"), Axis::linear("accuracy").within(0.0, 1.0), series)
        .level("guessing", 1.0 / SYMBOLS as f64)
}

/// By what makes the task hard.
fn curves(cells: &[&Cell], value: fn(&Cell) -> Summary) -> [Series; Variant::ALL.len()] {
    Variant::ALL.map(|variant| {
        let cells = cells.iter().filter(|cell| cell.case.variant == variant);
        Series::new(variant.name(), cells.map(|cell| (cell.case.task.gap() as f64, value(cell))))
    })
}

/// The cells of a task, with what is called its gap, what is measured, and at which of it a seed has learned the task.
fn table<'c>(
    cells: &[&'c Cell],
    [gap, measured, goal]: [&str; 3],
    value: fn(&Cell) -> Summary,
) -> Columns<(&'c Cell, (usize, usize))> {
    Table::of(cells.iter().map(|&cell| (cell, cell.case.variant.size(cell.case.task))))
        .column("network", |(cell, _)| cell.case.variant.name())
        .column(gap, |(cell, _)| cell.case.task.gap())
        .column("H", |(_, (width, _))| *width)
        .column("parameters", |(_, (_, parameters))| *parameters)
        .column("learning rate", |(cell, _)| digits(cell.learning_rate, 2))
        .column(measured, |(cell, _)| value(cell))
        .column(format!("seeds at {goal}"), |(cell, _)| seeds(cell))
        .column("steps", |(cell, _)| digits(cell.mean(|outcome| outcome.steps as f64).mean, 3))
}

/// Why a gap may say nothing.
fn tells_apart(cells: [&Cell; 2]) -> &'static str {
    if cells.iter().all(|cell| learned(cell)) {
        " This gap is too easy to tell the networks apart."
    } else if cells.iter().all(|cell| met(cell)[0] == 0) {
        " This gap is too hard to tell the networks apart."
    } else {
        ""
    }
}

/// How many learned the task.
fn seeds(cell: &Cell) -> String {
    let [met, all] = met(cell);
    format!("{met} of {all}")
}
