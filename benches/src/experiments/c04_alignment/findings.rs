//! What the page says of C4.

use data::score::Baseline;
use grammar::pairs::KnownPair;
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Scale, Series},
    format,
    statistics::Summary,
    table::Columns,
};

use super::{
    OnLong, TEXT, ahead,
    aligners::{Aligner, aligned, aligners, errors},
};
use crate::{
    experiments::c03_bottleneck::{
        BETTER, LONG, SHORT,
        aligned::{Aligned, DRAWN},
        models::TranslatorKind,
        training::Translated,
        translators::{TranslatorCell, Translators},
    },
    finding::{Draft, Effect, Finding},
    study::{
        parts::{self, Part},
        text::Values,
    },
    verdict::Basis,
};

pub fn conclude(translators: &Translators) -> Finding {
    let aligners = aligners(translators);
    let parts = translators.looking_parts(&aligners);
    let values = translators.looking_values(&aligners, parts::words(&parts, Basis::Estimated));
    let [attention, plain] = [TranslatorKind::ATTENTION, TranslatorKind::PLAIN].map(|kind| translators.on_long(kind));
    let found = ahead(&attention, &plain, translators.items(&LONG));
    let (what, unit) = ("lead of attention over the encoder-decoder on long sentences".into(), "exact match".into());
    let draft = Draft::new(TEXT, &values)
        .effect(Effect { what, unit, found, needed: BETTER })
        .figure("c04-length", translators.exact(translators.looking()))
        .figure("c04-bits", translators.lost_a_word(translators.looking()))
        .figure("c04-errors", errors_figure(&aligners))
        .figure("c04-offsets", translators.offsets());
    let maps = [TranslatorKind::ATTENTION, TranslatorKind::Transformer].map(|kind| translators.maps(kind));
    maps.into_iter()
        .flatten()
        .fold(draft, |draft, (name, map)| draft.figure(&name, map))
        .parts("c04-parts", &parts)
        .table("c04-lengths", translators.lengths_table())
        .table("c04-errors-table", errors_table(&aligners))
        .finding(parts::verdict(&parts))
}

/// The part of the words at which the translator looks so many places beside the right one.
fn beside(cell: &TranslatorCell, wanted: impl Fn(isize) -> bool) -> Summary {
    let part =
        |aligned: &Aligned| aligned.offsets.iter().filter(|&(&offset, _)| wanted(offset)).map(|(_, part)| part).sum();
    Summary::of(&aligned(cell).map(part).collect::<Vec<f64>>())
}

fn diagonal(aligners: &[Aligner]) -> f64 {
    let named = aligners.iter().find(|aligner| aligner.name == Baseline::Diagonal.name());
    named.map_or(f64::NAN, |aligner| aligner.errors[1].mean)
}

fn errors_figure(aligners: &[Aligner]) -> Bars {
    let bars = |name: &str, which: usize| BarSeries::new(name, aligners.iter().map(|aligner| aligner.errors[which]));
    let names = aligners.iter().map(|aligner| aligner.name.as_str());
    let series = [bars("all sentences", 0), bars("inverted word order", 1)];
    Bars::grouped(Axis::linear("alignment error rate").within(0.0, 1.0), names, series)
}

fn errors_table(aligners: &[Aligner]) -> Columns<&Aligner> {
    Table::of(aligners)
        .column("aligner", |aligner| aligner.name.as_str())
        .column("all sentences", |aligner| aligner.errors[0])
        .column("inverted word order", |aligner| aligner.errors[1])
}

impl Translators {
    fn looking_parts(&self, aligners: &[Aligner]) -> [Part; 6] {
        let judged = [TranslatorKind::PLAIN, TranslatorKind::ATTENTION, TranslatorKind::FORWARDS];
        let judged = judged.map(|kind| self.on_long(kind));
        let inverted = errors(self.cell(TranslatorKind::ATTENTION), |aligned| aligned.inverted);
        super::parts(&judged, self.items(&LONG), &inverted, diagonal(aligners))
    }

    fn on_long(&self, kind: TranslatorKind) -> OnLong {
        let cell = self.cell(kind);
        OnLong { right: cell.each(Translated::long), rise: cell.each(Translated::rise) }
    }

    fn looking_values(&self, aligners: &[Aligner], words: Values) -> Values {
        let [plain, attention, forwards] =
            [TranslatorKind::PLAIN, TranslatorKind::ATTENTION, TranslatorKind::FORWARDS].map(|kind| self.cell(kind));
        let alone = self.find(TranslatorKind::STATE_ALONE);
        let lead = |kind, of| ahead(&self.on_long(kind), &self.on_long(of), self.items(&LONG));
        let right = |cell: &TranslatorCell| format::number(100.0 * cell.mean(Translated::long).mean, 2);
        let looks =
            |cell: &TranslatorCell, wanted: fn(isize) -> bool| format::number(100.0 * beside(cell, wanted).mean, 2);
        let rise = |cell: &TranslatorCell| format::number(cell.mean(Translated::rise).mean, 2);
        let inverted = |cell| Summary::of(&errors(cell, |aligned| aligned.inverted));
        let [six, seven, eight] =
            DRAWN.map(|length| self.pairs.english_words(self.pairs.most_inverted(length).1).join(" "));
        words
            .with("long", format!("{} to {}", LONG.start(), LONG.end()))
            .with("short", format!("{} to {}", SHORT.start(), SHORT.end()))
            .with("attention", right(attention))
            .with("plain", right(plain))
            .with("attention's rise", rise(attention))
            .with("forwards' rise", rise(forwards))
            .with("plain's rise", rise(plain))
            .with("error", format::number(inverted(attention).mean, 2))
            .with("diagonal", format::number(diagonal(aligners), 2))
            .with("inverted", format::count(self.pairs.judged().filter(|known| known.inverted()).count() as u64))
            .with("judged", format::count(self.pairs.judged().count() as u64))
            .with("second direction", lead(TranslatorKind::ATTENTION, TranslatorKind::FORWARDS))
            .with("forwards right", looks(forwards, |offset| offset > 0))
            .with("forwards left", looks(forwards, |offset| offset < 0))
            .with("right", looks(attention, |offset| offset > 0))
            .with("left", looks(attention, |offset| offset < 0))
            .maybe("short way", alone.map(|_| lead(TranslatorKind::ATTENTION, TranslatorKind::STATE_ALONE)))
            .maybe("error, both", alone.map(|_| inverted(attention)))
            .maybe("error alone", alone.map(inverted))
            .with("six words", six)
            .with("seven words", seven)
            .with("eight words", eight)
    }

    /// Attention and its rivals, as far as they were trained.
    fn looking(&self) -> impl Iterator<Item = (String, &TranslatorCell)> {
        let kinds = [
            TranslatorKind::PLAIN,
            TranslatorKind::ATTENTION,
            TranslatorKind::Transformer,
            TranslatorKind::FORWARDS,
            TranslatorKind::STATE_ALONE,
        ];
        kinds.into_iter().filter_map(|kind| Some((kind.name(), self.find(kind)?)))
    }

    fn offsets(&self) -> Lines {
        const SHOWN: std::ops::RangeInclusive<isize> = -3..=3;
        let looking = self.looking().filter(|(_, cell)| cell.case.design.kind.looks_back());
        let series = looking.map(|(name, cell)| {
            Series::new(name, SHOWN.map(|offset| (offset as f64, beside(cell, |other| other == offset))))
        });
        let part = Axis::linear("part of the words").within(0.0, 1.0);
        Lines::new(Axis::linear("places beside the word"), part, series)
    }

    /// Where the first seed's translator looks in sentences with inverted order.
    fn maps(&self, kind: TranslatorKind) -> impl Iterator<Item = (String, Heat)> {
        let weights = aligned(self.cell(kind)).next().into_iter().flat_map(|aligned| &aligned.drawn);
        DRAWN.into_iter().zip(weights).map(move |(words, weights)| {
            let (_, known) = self.pairs.most_inverted(words);
            (format!("c04-map-{}-{words}", kind.name().to_lowercase()), self.map(known, weights))
        })
    }

    fn map(&self, known: &KnownPair, weights: &[Vec<f64>]) -> Heat {
        let english = self.pairs.english_words(known);
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
            rows: Labels::Names(self.pairs.spanish_words(known).into_iter().enumerate().map(row).collect()),
            columns: Labels::Names(english),
            values: weights.to_vec(),
        }
    }

    fn lengths_table(&self) -> Columns<(String, &TranslatorCell)> {
        Table::of(self.looking())
            .column("model", |(name, _)| name.clone())
            .column("exact match, short", |(_, cell)| self.right(cell, &SHORT))
            .column("exact match, long", |(_, cell)| self.right(cell, &LONG))
            .column("missing bits a word, short", |(_, cell)| {
                cell.mean(|outcome| outcome.mean(SHORT, |on| on.lost_a_word))
            })
            .column("missing bits a word, long", |(_, cell)| cell.mean(Translated::lost_a_word))
            .column("rise", |(_, cell)| cell.mean(Translated::rise))
    }
}
