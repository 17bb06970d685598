//! The figures of C3.

use data::Token;
use grammar::pairs::SameLength;
use report::{
    figure::{Axis, Lines, Reference, Series},
    statistics::Summary,
};

use super::{
    LENGTHS,
    models::TranslatorKind,
    training::{LOOKS, OnLength, recall},
    translators::{Pick, TranslatorCell, Translators},
};

fn words() -> Axis {
    Axis::linear("length of the source, words")
}

fn places() -> Axis {
    Axis::linear("place in the source, words from its beginning")
}

fn curve_through(label: &str, points: impl IntoIterator<Item = (usize, f64)>) -> Reference {
    let points = points.into_iter().map(|(x, y)| (x as f64, y)).collect();
    Reference::Curve { label: label.into(), points }
}

impl Translators {
    fn named<'s>(&'s self, kinds: &[TranslatorKind], cell: Pick) -> impl Iterator<Item = (String, &'s TranslatorCell)> {
        kinds.iter().map(move |&kind| (self.name(kind), cell(self, kind)))
    }

    /// How many translations are right, by length.
    pub fn exact<'s>(&self, cells: impl Iterator<Item = (String, &'s TranslatorCell)>) -> Lines {
        let at = |cell: &TranslatorCell, length: usize| self.right(cell, &(length..=length));
        let curve = |(name, cell)| Series::new(name, LENGTHS.map(|length| (length as f64, at(cell, length))));
        Lines::new(words(), Axis::linear("exact match").within(0.0, 1.0), cells.map(curve))
    }

    /// What is lost of a word, by length.
    pub fn lost_a_word<'s>(&self, cells: impl Iterator<Item = (String, &'s TranslatorCell)>) -> Lines {
        let lost = cells.map(|(name, cell)| curve(name, cell, |on| on.lost_a_word));
        Lines::new(words(), Axis::linear("missing bits a word").from_zero(), lost)
    }

    pub fn exact_of(&self, kinds: &[TranslatorKind], cell: Pick) -> Lines {
        self.exact(self.named(kinds, cell))
    }

    pub fn missing(&self, kinds: &[TranslatorKind], cell: Pick) -> Lines {
        let curves = self.named(kinds, cell).map(|(name, cell)| curve(name, cell, |on| on.missing));
        let held = self.pairs.held_out.iter().map(|group| (group.length, group.bits()));
        Lines::new(words(), Axis::linear("missing bits a sentence").from_zero(), curves)
            .with(curve_through("the sentence holds", held))
    }

    pub fn course(&self) -> Lines {
        let at = |cell: &TranslatorCell, look: usize| {
            ((look + 1) as f64 / LOOKS as f64, cell.mean(|outcome| outcome.looks[look].loss))
        };
        let looks = 0..LOOKS as usize;
        let series = self
            .named(&TranslatorKind::STAGES, Self::at_equal_seconds)
            .map(|(name, cell)| Series::new(name, looks.clone().map(|look| at(cell, look))));
        let part = Axis::linear("part of the training").from_zero();
        Lines::new(part, Axis::log10("held-out loss, nats a token"), series)
    }

    pub fn lost(&self, kinds: &[TranslatorKind]) -> Lines {
        Lines::new(places(), Axis::linear("missing bits a word").from_zero(), self.by_place(kinds, |on| &on.lost))
    }

    pub fn said(&self, kinds: &[TranslatorKind]) -> Lines {
        let recalled = Axis::linear("recalled").within(0.0, 1.0);
        let chance = self.pairs.held_out.last().map(of_another).unwrap_or_default();
        Lines::new(places(), recalled, self.by_place(kinds, |on| &on.recall))
            .with(curve_through("of another sentence", (1..).zip(chance)))
    }

    fn by_place(&self, kinds: &[TranslatorKind], values: fn(&OnLength) -> &[f64]) -> Vec<Series> {
        let longest = *LENGTHS.end();
        let at = |cell: &TranslatorCell, place: usize| -> Summary {
            cell.mean(|outcome| outcome.mean(longest..=longest, |on| values(on)[place]))
        };
        let series = |(name, cell)| Series::new(name, (0..longest).map(|place| (place as f64 + 1.0, at(cell, place))));
        self.named(kinds, Self::cell).map(series).collect()
    }
}

fn curve(name: String, cell: &TranslatorCell, value: fn(&OnLength) -> f64) -> Series {
    let at = |length: usize| (length as f64, cell.mean(|outcome| outcome.mean(length..=length, value)));
    Series::new(name, LENGTHS.map(at))
}

/// What the translation of the next sentence recalls.
fn of_another(group: &SameLength) -> Vec<f64> {
    let others = group.sentences.iter().cycle().skip(1).map(|known| -> &[Token] { &known.pair.1 });
    recall(group, &others.take(group.sentences.len()).collect::<Vec<_>>())
}
