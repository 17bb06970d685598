//! What the page says of C4.

use grammar::pairs::KnownPair;
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Scale, Series},
    format,
    statistics::{Summary, by_size},
    table::Columns,
};

use super::{
    FLATTER, TEXT,
    evidence::{Aligner, Found, aligned, errors},
    judge,
};
use crate::{
    experiments::c03_bottleneck::{
        LONG, SHORT,
        aligned::{Aligned, DRAWN},
        figures::{curve, exact},
        models::Kind,
        study::Cell,
        training::Outcome,
    },
    finding::{Draft, Finding},
    study::text::Values,
};

pub fn conclude(found: &Found<'_>) -> Finding {
    let values = found.values();
    let draft = Draft::new(TEXT, &values)
        .figure("c04-length", found.lengths())
        .figure("c04-fall", found.falls())
        .figure("c04-errors", found.errors())
        .figure("c04-offsets", found.offsets());
    let maps = [Kind::ATTENTION, Kind::Transformer].into_iter().flat_map(|kind| found.maps(kind));
    maps.fold(draft, |draft, (name, map)| draft.figure(&name, map))
        .table("c04-lengths", found.lengths_table())
        .table("c04-errors-table", found.errors_table())
        .finding(judge(&found.evidence))
}

/// The part of the words at which the translator looks so many places beside the right one.
fn beside(cell: &Cell, wanted: impl Fn(isize) -> bool) -> Summary {
    let part =
        |aligned: &Aligned| aligned.offsets.iter().filter(|&(&offset, _)| wanted(offset)).map(|(_, part)| part).sum();
    Summary::of(&aligned(cell).map(part).collect::<Vec<f64>>())
}

impl<'s> Found<'s> {
    fn values(&self) -> Values {
        let inverted = self.study.pairs.judged().filter(|known| known.inverted()).count();
        let falls =
            self.cells().map(|cell| format!("{} by {}", cell.case.design.kind.name(), cell.mean(Outcome::fall)));
        let [plain, long] = &self.evidence.long;
        let error = Summary::of(&self.evidence.error);
        let [forwards, alone] = [Kind::FORWARDS, Kind::STATE_ALONE].map(|kind| self.study.find(kind));
        let attention = self.study.cell(Kind::ATTENTION);
        let short = attention.share(Outcome::short);
        let [six, seven, eight] = DRAWN.map(|length| {
            let pairs = &self.study.pairs;
            pairs.english_words(pairs.most_inverted(length).1).join(" ")
        });
        Values::default()
            .with("long", format!("{} to {}", LONG.start(), LONG.end()))
            .with("short", format!("{} to {}", SHORT.start(), SHORT.end()))
            .with("attention", Summary::of_shares(long))
            .with("plain", Summary::of_shares(plain))
            .with("falls", falls.collect::<Vec<_>>().join(", "))
            .with("error", error)
            .with("diagonal", format::number(self.evidence.diagonal, 3))
            .with("inverted", format::count(inverted as u64))
            .with("judged", format::count(self.study.pairs.judged().count() as u64))
            .with("ranked", self.ranked(0))
            .with("ranked where inverted", self.ranked(1))
            .maybe("forwards ahead", forwards.map(|cell| Summary::of_differences(&cell.each(Outcome::long), plain)))
            .maybe("second direction", forwards.map(|cell| Summary::of_differences(long, &cell.each(Outcome::long))))
            .maybe("forwards right", forwards.map(|cell| beside(cell, |offset| offset > 0)))
            .maybe("forwards left", forwards.map(|cell| beside(cell, |offset| offset < 0)))
            .with("right", beside(attention, |offset| offset > 0))
            .with("left", beside(attention, |offset| offset < 0))
            .maybe("short way", alone.map(|cell| Summary::of_differences(long, &cell.each(Outcome::long))))
            .maybe("error alone", alone.map(|cell| Summary::of(&errors(cell, |aligned| aligned.inverted))))
            .maybe("too little", (short.high() < 0.5).then_some(short))
            .with("fall", attention.mean(Outcome::fall))
            .with("six words", six)
            .with("seven words", seven)
            .with("eight words", eight)
    }

    /// Attention and its rivals, as far as they were trained.
    fn cells(&self) -> impl Iterator<Item = &'s Cell> {
        let study = self.study;
        let kinds = [Kind::PLAIN, Kind::ATTENTION, Kind::Transformer, Kind::FORWARDS, Kind::STATE_ALONE];
        kinds.into_iter().filter_map(|kind| study.find(kind))
    }

    fn ranked(&self, which: usize) -> String {
        let mut aligners: Vec<&Aligner> = self.aligners.iter().collect();
        aligners.sort_by(|a, b| by_size(&a.errors[which].mean, &b.errors[which].mean));
        let each = |aligner: &Aligner| format!("{} {}", aligner.name, format::number(aligner.errors[which].mean, 2));
        aligners.into_iter().map(each).collect::<Vec<_>>().join(", ")
    }

    fn lengths(&self) -> Lines {
        exact(self.cells().map(|cell| curve(cell.case.design.kind.name(), cell, |on| on.exact)))
    }

    fn falls(&self) -> Bars {
        let bars =
            |name: String, value: fn(&Outcome) -> f64| BarSeries::new(name, self.cells().map(|cell| cell.share(value)));
        let series = [
            bars(format!("{} to {} words", SHORT.start(), SHORT.end()), Outcome::short),
            bars(format!("{} to {} words", LONG.start(), LONG.end()), Outcome::long),
        ];
        let names = self.cells().map(|cell| cell.case.design.kind.name());
        Bars::grouped(Axis::linear("right in every word").within(0.0, 1.0), names, series)
    }

    fn errors(&self) -> Bars {
        let bars =
            |name: &str, which: usize| BarSeries::new(name, self.aligners.iter().map(|aligner| aligner.errors[which]));
        let names = self.aligners.iter().map(|aligner| aligner.name.as_str());
        let series = [bars("all sentences", 0), bars("inverted word order", 1)];
        Bars::grouped(Axis::linear("alignment error rate").within(0.0, 1.0), names, series)
    }

    fn offsets(&self) -> Lines {
        const SHOWN: std::ops::RangeInclusive<isize> = -3..=3;
        let series = self.cells().filter(|cell| cell.case.design.kind.looks_back()).map(|cell| {
            let at = |offset: isize| (offset as f64, beside(cell, |other| other == offset));
            Series::new(cell.case.design.kind.name(), SHOWN.map(at))
        });
        let part = Axis::linear("part of the words").within(0.0, 1.0);
        Lines::new(Axis::linear("places beside the word"), part, series)
    }

    /// Where the first seed's translator looks in sentences with inverted order.
    fn maps(&self, kind: Kind) -> impl Iterator<Item = (String, Heat)> {
        let weights = aligned(self.study.cell(kind)).next().into_iter().flat_map(|aligned| &aligned.drawn);
        DRAWN.into_iter().zip(weights).map(move |(words, weights)| {
            let (_, known) = self.study.pairs.most_inverted(words);
            (format!("c04-map-{}-{words}", kind.name()), self.map(known, weights))
        })
    }

    fn map(&self, known: &KnownPair, weights: &[Vec<f64>]) -> Heat {
        let english = self.study.pairs.english_words(known);
        let row = |(t, word): (usize, String)| {
            let says = known.alignment.iter().filter(|link| link.1 == t).map(|link| english[link.0].as_str());
            let says = says.collect::<Vec<_>>().join(" ");
            format!("{word} ({})", if says.is_empty() { "–" } else { &says })
        };
        Heat {
            x: "English".into(),
            y: "Spanish".into(),
            value: "attention weight".into(),
            scale: Scale::Linear,
            rows: Labels::Names(self.study.pairs.spanish_words(known).into_iter().enumerate().map(row).collect()),
            columns: Labels::Names(english),
            values: weights.to_vec(),
        }
    }

    fn lengths_table(&self) -> Columns<&Cell> {
        let plain = self.evidence.fall[0].iter().map(|fall| FLATTER * fall).collect::<Vec<_>>();
        Table::of(self.cells())
            .column("model", |cell| cell.case.design.kind.name())
            .column("short", |cell| cell.share(Outcome::short))
            .column("long", |cell| cell.share(Outcome::long))
            .column("fall", |cell| cell.mean(Outcome::fall))
            .column("half of the encoder-decoder's fall, less this", |cell| {
                Summary::of_differences(&plain, &cell.each(Outcome::fall))
            })
    }

    fn errors_table(&self) -> Columns<&Aligner> {
        Table::of(&self.aligners)
            .column("aligner", |aligner| aligner.name.as_str())
            .column("all sentences", |aligner| aligner.errors[0])
            .column("inverted word order", |aligner| aligner.errors[1])
    }
}
