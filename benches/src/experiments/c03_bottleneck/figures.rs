//! The figures of C3.

use data::Token;
use grammar::pairs::SameLength;
use report::{
    figure::{Axis, Lines, Reference, Series},
    statistics::Summary,
};

use super::{
    LENGTHS,
    models::Kind,
    study::{Cell, Pick, Study},
    training::{OnLength, recall},
};

/// A curve over lengths.
pub fn curve(name: String, cell: &Cell, value: fn(&OnLength) -> f64) -> Series {
    let at = |length: usize| (length as f64, cell.mean(|outcome| outcome.mean(length..=length, value)));
    Series::new(name, LENGTHS.map(at))
}

/// How many translations are right, by length.
pub fn exact(curves: impl IntoIterator<Item = Series>) -> Lines {
    Lines::new(words(), Axis::linear("right in every word").within(0.0, 1.0), curves)
}

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

impl Study {
    pub fn exact(&self, kinds: &[Kind], cell: Pick) -> Lines {
        exact(kinds.iter().map(|&kind| curve(self.name(kind), cell(self, kind), |on| on.exact)))
    }

    pub fn missing(&self, kinds: &[Kind], cell: Pick) -> Lines {
        let curves = kinds.iter().map(|&kind| curve(self.name(kind), cell(self, kind), |on| on.missing));
        let held = self.pairs.held_out.iter().map(|group| (group.length, group.bits()));
        Lines::new(words(), Axis::linear("bits a sentence").from_zero(), curves)
            .with(curve_through("the sentence holds", held))
    }

    pub fn times(&self) -> Lines {
        let series = Kind::STAGES.map(|kind| {
            let cell = self.at_equal_seconds(kind);
            let looks = 0..cell.outcomes[0].looks.len();
            let seconds = |look: usize| cell.mean(|outcome| outcome.looks[look].seconds).mean;
            let loss = |look: usize| cell.mean(|outcome| outcome.looks[look].loss);
            Series::new(self.name(kind), looks.map(|look| (seconds(look), loss(look))))
        });
        let time = Axis::linear("training, s (measured)").from_zero();
        Lines::new(time, Axis::log10("held-out loss, nats a token"), series)
    }

    pub fn lost(&self, kinds: &[Kind]) -> Lines {
        Lines::new(places(), Axis::linear("lost, bits a word").from_zero(), self.by_place(kinds, |on| &on.lost))
    }

    pub fn said(&self, kinds: &[Kind]) -> Lines {
        let recalled = Axis::linear("recalled").within(0.0, 1.0);
        let chance = self.pairs.held_out.last().map(of_another).unwrap_or_default();
        Lines::new(places(), recalled, self.by_place(kinds, |on| &on.recall))
            .with(curve_through("of another sentence", (1..).zip(chance)))
    }

    fn by_place(&self, kinds: &[Kind], values: fn(&OnLength) -> &[f64]) -> Vec<Series> {
        let at =
            |kind: Kind, place: usize| -> Summary { self.cell(kind).mean(|outcome| values(outcome.longest())[place]) };
        let series = |&kind: &Kind| {
            Series::new(self.name(kind), (0..*LENGTHS.end()).map(|place| (place as f64 + 1.0, at(kind, place))))
        };
        kinds.iter().map(series).collect()
    }
}

/// What the translation of the next sentence recalls.
fn of_another(group: &SameLength) -> Vec<f64> {
    let others = group.sentences.iter().cycle().skip(1).map(|known| -> &[Token] { &known.pair.1 });
    recall(group, &others.take(group.sentences.len()).collect::<Vec<_>>())
}
