//! What the page says of C3.

use report::{
    Table, format,
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    LENGTHS, LONG, SHORT, TEXT, judge,
    models::Kind,
    study::{Cell, Pick, Study, TOLERANCE},
    training::{OnLength, Outcome, Translating},
};
use crate::{
    finding::{Draft, Finding},
    study::{grid::Study as _, text::Values},
};

/// The encoder-decoder read from either end, and what has no end.
const ENDS: [Kind; 3] = [Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION];

pub fn conclude(study: &Study) -> Finding {
    let [plain, attention] = [Kind::PLAIN, Kind::ATTENTION].map(|kind| study.cell(kind).each(Outcome::long));
    Draft::new(TEXT, &study.values())
        .figure("c03-length", study.exact(&Kind::EITHER_END, Study::cell))
        .figure("c03-bits", study.missing(&Kind::EITHER_END, Study::cell))
        .figure("c03-length-seconds", study.exact(&Kind::STAGES, Study::at_equal_seconds))
        .figure("c03-bits-seconds", study.missing(&Kind::STAGES, Study::at_equal_seconds))
        .figure("c03-seconds", study.times())
        .figure("c03-widths", study.exact(&Kind::WIDTHS, Study::cell))
        .figure("c03-widths-bits", study.missing(&Kind::WIDTHS, Study::cell))
        .figure("c03-places-lost", study.lost(&ENDS))
        .figure("c03-places-widths", study.lost(&Kind::WIDTHS))
        .figure("c03-places-said", study.said(&ENDS))
        .table("c03-models", study.models_table())
        .table("c03-seconds-table", study.times_table())
        .finding(judge(&plain, &attention))
}

/// An effect by what its interval says of it: above zero, below, or neither; one seed says neither.
fn by_interval(effect: Summary) -> [Option<Summary>; 3] {
    let known = effect.reach.is_some();
    let (above, below) = (known && effect.low() > 0.0, known && effect.high() < 0.0);
    [above, below, !above && !below].map(|said| said.then_some(effect))
}

fn less(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

impl Study {
    fn values(&self) -> Values {
        let [falls, rises, either] = by_interval(self.cell(Kind::PLAIN).mean(Outcome::fall));
        let lost = |kind| self.cell(kind).each(Outcome::first_is_lost);
        let moved = Summary::of_differences(&lost(Kind::PLAIN), &lost(Kind::REVERSED));
        let [first, last, either_end] = by_interval(moved);
        let ahead = |cell: Pick| {
            let [attention, plain] = [Kind::ATTENTION, Kind::PLAIN].map(|kind| cell(self, kind).each(Outcome::long));
            Summary::of_differences(&attention, &plain)
        };
        let held = |length: usize| {
            let group = self.pairs.held_out.iter().find(|group| group.length == length);
            group.map(|group| format::number(group.bits(), 3))
        };
        let [narrow, _, whole, attention] = Kind::WIDTHS.map(|kind| self.cell(kind).each(Outcome::missing));
        let [by_width, by_looking] = [less(&narrow, &whole), less(&whole, &attention)];
        let [one, narrowness, either_cost] = by_interval(Summary::of_differences(&by_looking, &by_width));
        let missing = |kind| format!("{} {}", self.name(kind), self.cell(kind).mean(Outcome::missing));
        let steps_in_seconds = |kind| format::count(self.at_equal_seconds(kind).case.steps);
        let parameters = self.cell(Kind::Transformer).case.design.config.parameter_count();
        Values::default()
            .with("short", format!("{} to {}", SHORT.start(), SHORT.end()))
            .with("long", format!("{} to {}", LONG.start(), LONG.end()))
            .maybe("fall", falls)
            .maybe("rise", rises)
            .maybe("fall or rise", either)
            .maybe("first", first)
            .maybe("last", last)
            .maybe("first or last", either_end)
            .with("ahead", ahead(Study::cell))
            .with("ahead in seconds", ahead(Study::at_equal_seconds))
            .with("exact", self.in_words(&Kind::EITHER_END, Study::cell))
            .with("shortest", LENGTHS.start())
            .maybe("shortest bits", held(*LENGTHS.start()))
            .with("longest", LENGTHS.end())
            .maybe("longest bits", held(*LENGTHS.end()))
            .with("missing", Kind::WIDTHS.map(missing).join("; "))
            .with("whole", self.whole())
            .with("narrow", Kind::NARROW)
            .with("saved by width", Summary::of(&by_width))
            .with("saved by looking", Summary::of(&by_looking))
            .maybe("one", one)
            .maybe("narrowness", narrowness)
            .maybe("one or narrowness", either_cost)
            .with("steps in seconds", steps_in_seconds(Kind::PLAIN))
            .with("attention steps in seconds", steps_in_seconds(Kind::ATTENTION))
            .with("exact in seconds", self.in_words(&Kind::STAGES, Study::at_equal_seconds))
            .with("thirds", ENDS.map(|kind| self.thirds(kind)).join("; "))
            .with("parameters", format::count(parameters as u64))
            .with("tolerance", format::number(100.0 * TOLERANCE, 2))
            .with("steps", format::count(self.sizes.steps))
            .with("rows", self.sizes.rows)
            .with("pairs", format::count(self.pairs.training.len() as u64))
            .with("rates", Translating::LEARNING_RATES.len())
            .with("english", self.pairs.english.size())
            .with("spanish", self.pairs.spanish.size())
    }

    /// What each gets right of the short sentences and of the long ones.
    fn in_words(&self, kinds: &[Kind], cell: Pick) -> String {
        let exact = |&kind: &Kind| {
            let cell = cell(self, kind);
            format!("{} {} and {}", kind.name(), cell.share(Outcome::short), cell.share(Outcome::long))
        };
        kinds.iter().map(exact).collect::<Vec<_>>().join("; ")
    }

    fn thirds(&self, kind: Kind) -> String {
        let thirds = |places: fn(&OnLength) -> &[f64]| {
            let [first, last] = [0, 1].map(|third| self.cell(kind).mean(|outcome| outcome.thirds(places)[third]));
            format!("{first} and {last}")
        };
        let (lost, recall) = (thirds(|on| &on.lost), thirds(|on| &on.recall));
        format!("{} lacks {lost} bits a word and says {recall} of the words", kind.name())
    }

    fn models_table(&self) -> Columns<&Cell> {
        Table::of(&self.cells)
            .column("model", |cell| self.name(cell.case.design.kind))
            .column("H, D", |cell| cell.case.design.width)
            .column("parameters", |cell| cell.case.design.config.parameter_count() as u64)
            .column("learning rate", |cell| digits(cell.learning_rate, 2))
            .column("right, short", |cell| cell.share(Outcome::short))
            .column("right, long", |cell| cell.share(Outcome::long))
            .column("bits to guess, long", |cell| cell.mean(Outcome::missing))
            .column("loss, nats a token", |cell| cell.mean(|outcome| outcome.end().loss))
            .column("bits lost a word, first − last third", |cell| cell.mean(Outcome::first_is_lost))
    }

    fn times_table(&self) -> Columns<(&str, &Cell)> {
        let both = |kind| [("tokens", self.cell(kind)), ("seconds, about", self.at_equal_seconds(kind))];
        Table::of(Kind::STAGES.into_iter().flat_map(both))
            .column("model", |(_, cell)| self.name(cell.case.design.kind))
            .column("equal", |(equal, _)| *equal)
            .column("steps", |(_, cell)| cell.case.steps)
            .column("tokens", |(_, cell)| cell.mean(|outcome| outcome.end().tokens as f64).mean.round() as u64)
            .column("seconds (measured)", |(_, cell)| cell.mean(|outcome| outcome.end().seconds))
            .column("right, short", |(_, cell)| cell.share(Outcome::short))
            .column("right, long", |(_, cell)| cell.share(Outcome::long))
            .column("bits to guess, long", |(_, cell)| cell.mean(Outcome::missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_decides_what_is_said() {
        let said = |values: &[f64]| by_interval(Summary::of(values)).map(|said| said.is_some());
        assert_eq!(said(&[0.5, 0.6, 0.55]), [true, false, false]);
        assert_eq!(said(&[-0.5, -0.6, -0.55]), [false, true, false]);
        assert_eq!(said(&[0.5, 0.6, -0.55]), [false, false, true]);
        assert_eq!(said(&[0.5]), [false, false, true]);
    }
}
