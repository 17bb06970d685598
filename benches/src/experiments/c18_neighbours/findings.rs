//! What the page says of C18.

use report::{
    Table as ReportTable,
    figure::{Axis, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    Cell, EXPERIMENT, MORE, TEXT, Table,
    geometry::Near,
    language::{CLASSES, CONTEXT, VOCABULARY, WORDS},
    training::{Learned, Learning, ROWS, WIDTH},
};
use crate::{
    finding::{Draft, Effect, Finding},
    study::{grid::Study, parts, text::Values},
};

/// Of the other words, those that are of the same class, and those of the same rank in another.
const CHANCE: Near =
    Near { class: (WORDS - 1) as f64 / (VOCABULARY - 1) as f64, rank: (CLASSES - 1) as f64 / (VOCABULARY - 1) as f64 };

pub fn conclude(cells: &[Cell], steps: u64) -> Finding {
    let parts = super::parts(cells);
    let values = values(parts::words(&parts, EXPERIMENT.basis), cells).with("steps", format::count(steps));
    Draft::new(TEXT, &values)
        .effect(Effect {
            what: "growth of the share of words whose nearest neighbour is of their class".into(),
            unit: "of the words".into(),
            found: Table::Shared.gain(cells),
            needed: MORE,
        })
        .figure("c18-neighbours", learning(cells))
        .figure("c18-before", map(cells, 0))
        .figure("c18-after", map(cells, 1))
        .figure("c18-frequency", by_frequency(cells))
        .parts("c18-parts", &parts)
        .table("c18-tables", tables(cells))
        .finding(parts::verdict(&parts))
}

fn values(words: Values, cells: &[Cell]) -> Values {
    let (tied, _) = Table::Shared.of(cells);
    let share = |table: Table, look: fn(&Learned, usize) -> Near| {
        let (cell, place) = table.of(cells);
        format::percent(cell.mean(|learned| look(learned, place).class).mean, 2)
    };
    let rank = |look: fn(&Learned, usize) -> Near| format::percent(tied.mean(|learned| look(learned, 0).rank).mean, 2);
    words
        .with("before", share(Table::Shared, Learned::before))
        .with("after", share(Table::Shared, Learned::after))
        .with("input after", share(Table::Input, Learned::after))
        .with("output after", share(Table::Output, Learned::after))
        .with("rank after", rank(Learned::after))
        .with("chance", format::percent(CHANCE.class, 2))
        .with("rank chance", format::percent(CHANCE.rank, 2))
        .with("rarest", format::percent(tied.mean(|learned| learned.by_rank[WORDS - 1]).mean, 2))
        .with("width", WIDTH)
        .with("tokens", ROWS * CONTEXT)
        .with("excess", format::number(tied.mean(|learned| learned.excess).mean, 2))
        .with("rates", Learning::LEARNING_RATES.len())
}

fn learning(cells: &[Cell]) -> Lines {
    let series = Table::ALL.map(|table| {
        let (cell, place) = table.of(cells);
        let looks = 0..cell.outcomes[0].looks.len();
        let share = |look: usize| {
            let step = cell.outcomes[0].looks[look].0 as f64;
            (step, cell.share(|learned| learned.looks[look].1[place].class))
        };
        Series::new(table.name(), looks.map(share))
    });
    let y = Axis::linear("words with a neighbour of their class").within(0.0, 1.0);
    Lines::new(Axis::linear("training steps"), y, series).level("chance", CHANCE.class)
}

/// Of the first seed's tied model, before (0) or after (1) training.
fn map(cells: &[Cell], when: usize) -> Lines {
    let (tied, _) = Table::Shared.of(cells);
    let places = &tied.outcomes[0].maps[when];
    let series = (0..CLASSES).map(|class| {
        let of_class = places.iter().filter(|(of, _)| *of == class);
        Series::exact(format!("class {}", class + 1), of_class.map(|(_, [x, y])| (*x, *y)))
    });
    Lines::new(Axis::linear("first direction"), Axis::linear("second direction"), series).scattered()
}

fn by_frequency(cells: &[Cell]) -> Lines {
    let series = [Table::Shared, Table::Output].map(|table| {
        let (cell, _) = table.of(cells);
        let of_rank = |rank: usize| ((rank + 1) as f64, cell.share(|learned| learned.by_rank[rank]));
        Series::new(table.name(), (0..WORDS).map(of_rank))
    });
    let y = Axis::linear("words with a neighbour of their class").within(0.0, 1.0);
    Lines::new(Axis::linear("rank of the word in its class, the most frequent first"), y, series)
        .level("chance", CHANCE.class)
}

fn tables(cells: &[Cell]) -> Columns<Table> {
    let mean = |table: &Table, value: &dyn Fn(&Learned, usize) -> f64| -> Summary {
        let (cell, place) = table.of(cells);
        cell.share(|learned| value(learned, place))
    };
    ReportTable::of(Table::ALL)
        .column("table", |table| table.name())
        .column("learning rate", |table| digits(table.of(cells).0.learning_rate, 2))
        .column("same class, before", |table| mean(table, &|learned, place| learned.before(place).class))
        .column("same class, after", |table| mean(table, &|learned, place| learned.after(place).class))
        .column("as frequent, of another class, before", |table| {
            mean(table, &|learned, place| learned.before(place).rank)
        })
        .column("as frequent, of another class, after", |table| {
            mean(table, &|learned, place| learned.after(place).rank)
        })
        .column("loss above the best possible, nats", |table| table.of(cells).0.mean(|learned| learned.excess))
}
