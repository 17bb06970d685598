//! What the page says of C3.

use report::{
    Table, format,
    statistics::Summary,
    table::{Columns, digits},
};
use stages::TranslatorStage;

use super::{
    BETTER, BITS, Exact, LENGTHS, LONG, SHORT, TEXT, falls,
    models::TranslatorKind,
    training::{Translated, Translating},
    translators::{Pick, TOLERANCE, TranslatorCell, Translators},
};
use crate::{
    finding::{Draft, Effect, Finding},
    glance::Column,
    study::{
        grid::Study,
        parts::{self, Part},
        text::Values,
    },
    verdict::{Basis, Verdict},
};

/// The encoder-decoder read from either end, and what has no end.
const ENDS: [TranslatorKind; 3] = [TranslatorKind::PLAIN, TranslatorKind::REVERSED, TranslatorKind::ATTENTION];

pub fn conclude(translators: &Translators) -> Finding {
    let parts = translators.parts();
    let values = translators.values(parts::words(&parts, Basis::Estimated));
    let (of_tokens, of_seconds) = (Translators::cell, Translators::at_equal_seconds);
    let [_, found] = falls(&translators.exact_match(), translators.items_of_each());
    let (what, unit) =
        ("what the encoder-decoder loses more than attention on long sentences".into(), "exact match".into());
    let mut draft = Draft::new(TEXT, &values).effect(Effect { what, unit, found, needed: BETTER });
    for (stage, kind) in TranslatorStage::ALL.into_iter().zip(TranslatorKind::STAGES) {
        for (column, lengths) in [(Column::ShortSentences, SHORT), (Column::LongSentences, LONG)] {
            draft = draft.glance(stage, column, translators.right(translators.cell(kind), &lengths));
        }
    }
    draft
        .figure("c03-length", translators.exact_of(&TranslatorKind::EITHER_END, of_tokens))
        .figure("c03-bits", translators.missing(&TranslatorKind::EITHER_END, of_tokens))
        .figure("c03-length-seconds", translators.exact_of(&TranslatorKind::STAGES, of_seconds))
        .figure("c03-bits-seconds", translators.missing(&TranslatorKind::STAGES, of_seconds))
        .figure("c03-seconds", translators.course())
        .figure("c03-widths", translators.exact_of(&TranslatorKind::WIDTHS, of_tokens))
        .figure("c03-widths-bits", translators.missing(&TranslatorKind::WIDTHS, of_tokens))
        .figure("c03-places-lost", translators.lost(&ENDS))
        .figure("c03-places-widths", translators.lost(&TranslatorKind::WIDTHS))
        .figure("c03-places-said", translators.said(&ENDS))
        .parts("c03-parts", &parts)
        .table("c03-models", translators.models_table())
        .table("c03-seconds-table", translators.times_table())
        .finding(parts::verdict(&parts))
}

impl Translators {
    fn exact_match(&self) -> Exact {
        let stages = [TranslatorKind::PLAIN, TranslatorKind::ATTENTION].map(|kind| self.cell(kind));
        [Translated::short, Translated::long].map(|of| stages.map(|cell| cell.each(of)))
    }

    /// How many sentences are judged that are short, or long, whichever are fewer.
    fn items_of_each(&self) -> usize {
        self.items(&SHORT).min(self.items(&LONG))
    }

    fn parts(&self) -> [Part; 4] {
        let [narrow, wider] = [TranslatorKind::NARROW, TranslatorKind::WIDER]
            .map(|width| self.cell(TranslatorKind::with_vector(width)).each(Translated::lost_a_word));
        let narrow = Summary::of_differences(&narrow, &wider);
        super::parts(&self.exact_match(), self.items_of_each(), &self.first_is_lost(), &narrow)
    }

    /// How many more bits a word are lost of the third that was read first than of the third that was read last. What the
    /// two thirds say is alike for a translator that reads them in the other order, so half of the difference between the
    /// two is what the order does.
    fn first_is_lost(&self) -> Summary {
        let half = |kind| self.cell(kind).each(|outcome| 0.5 * outcome.first_is_lost());
        Summary::of_differences(&half(TranslatorKind::PLAIN), &half(TranslatorKind::REVERSED))
    }

    /// Whether words that are read first suffer, as a sentence of the answer.
    fn order(&self) -> String {
        let first = self.first_is_lost();
        let apart = |more: &str| {
            let by = format::number(first.mean.abs(), 2);
            format!("About words read first, {by} {more} bits a word are missing than about words read last.")
        };
        match BITS.judge(&first) {
            Verdict::Shown => apart("more"),
            Verdict::Reverse => apart("fewer"),
            _ => "Words read first and words read last did not clearly differ.".to_owned(),
        }
    }

    fn values(&self, words: Values) -> Values {
        let right = |kind, of: fn(&Translated) -> f64| format::number(100.0 * self.cell(kind).mean(of).mean, 2);
        let ahead = |cell: Pick| {
            let [attention, plain] =
                [TranslatorKind::ATTENTION, TranslatorKind::PLAIN].map(|kind| cell(self, kind).each(Translated::long));
            Summary::of_differences_right(&attention, &plain, self.items(&LONG))
        };
        let held = |length: usize| {
            let group = self.pairs.held_out.iter().find(|group| group.length == length);
            group.map(|group| format::number(group.bits(), 3))
        };
        let missing = |kind| format::number(self.cell(kind).mean(Translated::missing).mean, 2);
        let [narrow, wider, whole, attention] = TranslatorKind::WIDTHS;
        let steps_in_seconds = |kind| format::count(self.at_equal_seconds(kind).case.steps);
        let parameters = self.cell(TranslatorKind::Transformer).case.design.config.parameter_count();
        words
            .with("short", format!("{} to {}", SHORT.start(), SHORT.end()))
            .with("long", format!("{} to {}", LONG.start(), LONG.end()))
            .with("plain short", right(TranslatorKind::PLAIN, Translated::short))
            .with("plain long", right(TranslatorKind::PLAIN, Translated::long))
            .with("attention short", right(TranslatorKind::ATTENTION, Translated::short))
            .with("attention long", right(TranslatorKind::ATTENTION, Translated::long))
            .with("order", self.order())
            .with("ahead", ahead(Translators::cell))
            .with("ahead in seconds", ahead(Translators::at_equal_seconds))
            .with("shortest", LENGTHS.start())
            .maybe("shortest bits", held(*LENGTHS.start()))
            .with("longest", LENGTHS.end())
            .maybe("longest bits", held(*LENGTHS.end()))
            .with("whole", self.whole())
            .with("narrow", TranslatorKind::NARROW)
            .with("wider", TranslatorKind::WIDER)
            .with("narrow bits", missing(narrow))
            .with("wider bits", missing(wider))
            .with("whole bits", missing(whole))
            .with("attention bits", missing(attention))
            .with("steps in seconds", steps_in_seconds(TranslatorKind::PLAIN))
            .with("attention steps in seconds", steps_in_seconds(TranslatorKind::ATTENTION))
            .with("parameters", format::count(parameters as u64))
            .with("tolerance", format::number(100.0 * TOLERANCE, 2))
            .with("steps", format::count(self.sizes.steps))
            .with("rows", self.sizes.rows)
            .with("pairs", format::count(self.pairs.training.len() as u64))
            .with("rates", Translating::LEARNING_RATES.len())
            .with("english", self.pairs.english.size())
            .with("spanish", self.pairs.spanish.size())
            .with("judged", format::count(self.items(&LONG) as u64))
    }

    fn models_table(&self) -> Columns<&TranslatorCell> {
        Table::of(&self.cells)
            .column("model", |cell| self.name(cell.case.design.kind))
            .column("H, D", |cell| cell.case.design.width)
            .column("parameters", |cell| cell.case.design.config.parameter_count() as u64)
            .column("learning rate", |cell| digits(cell.learning_rate, 2))
            .column("exact match, short", |cell| self.right(cell, &SHORT))
            .column("exact match, long", |cell| self.right(cell, &LONG))
            .column("missing bits a sentence, long", |cell| cell.mean(Translated::missing))
            .column("missing bits a word, long", |cell| cell.mean(Translated::lost_a_word))
            .column("loss, nats a token", |cell| cell.mean(|outcome| outcome.end().loss))
            .column("missing bits a word, first − last third", |cell| cell.mean(Translated::first_is_lost))
    }

    fn times_table(&self) -> Columns<(&str, &TranslatorCell)> {
        let both = |kind| [("tokens", self.cell(kind)), ("time, about", self.at_equal_seconds(kind))];
        Table::of(TranslatorKind::STAGES.into_iter().flat_map(both))
            .column("model", |(_, cell)| self.name(cell.case.design.kind))
            .column("equal", |(equal, _)| *equal)
            .column("steps", |(_, cell)| cell.case.steps)
            .column("tokens", |(_, cell)| cell.mean(|outcome| outcome.end().tokens as f64).mean.round() as u64)
            .column("seconds (measured)", |(_, cell)| cell.seconds().map(|seconds| digits(seconds, 3)))
            .column("exact match, short", |(_, cell)| self.right(cell, &SHORT))
            .column("exact match, long", |(_, cell)| self.right(cell, &LONG))
            .column("missing bits a sentence, long", |(_, cell)| cell.mean(Translated::missing))
    }
}
