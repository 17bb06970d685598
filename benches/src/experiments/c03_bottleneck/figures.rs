//! The figures of C3.

use data::Token;

use super::findings::{EITHER_END, Report, STAGES, WIDTHS};
use super::models::Kind;
use super::pairs::LENGTHS;
use super::study::Cell;
use super::training::{OnLength, Outcome, recall};
use report::{
    figure::{Axis, Figure, Lines, Plot, Reference, Series},
    statistics::Summary,
};

/// A figure's series: by length.
pub fn by_length(cell: &Cell, value: fn(&OnLength) -> f64) -> Vec<(f64, Summary)> {
    let at = |length: usize| (length as f64, cell.mean(|outcome| outcome.mean(length..=length, value)));
    LENGTHS.map(at).collect()
}

/// The axis of all figures over lengths.
pub fn words() -> Axis {
    Axis::linear("length of the source, words")
}

/// The axis of all figures over places.
fn places() -> Axis {
    Axis::linear("place in the source, words from its beginning")
}

impl Report<'_> {
    /// In the order of the argument.
    pub fn figures(&self) -> Vec<Figure> {
        let exact = || Axis::linear("right in every word").within(0.0, 1.0);
        let bits = || Axis::linear("bits a sentence").from_zero();
        let equal_tokens = |kinds: &[Kind], value: fn(&OnLength) -> f64| -> Vec<Series> {
            kinds.iter().map(|&kind| Series::new(self.name(kind), by_length(self.cell(kind), value))).collect()
        };
        let equal_seconds = |value: fn(&OnLength) -> f64| -> Vec<Series> {
            let series = |kind| Series::new(self.name(kind), by_length(self.study.at_equal_seconds(kind), value));
            STAGES.map(series).into()
        };
        let groups = self.study.pairs.held_out.iter();
        let held: Vec<(f64, f64)> = groups.map(|group| (group.length as f64, group.bits())).collect();
        let held = || Reference::Curve { label: "the sentence holds".into(), points: held.clone() };
        vec![
            Figure::new(
                "c03-length",
                "Right translations against length",
                "The part of held-out sentences translated right in every word, each word the likeliest after those that \
                 were said before. Parameters as equal as whole widths allow, the same pairs.",
                Plot::Lines(Lines::new(words(), exact(), equal_tokens(&EITHER_END, |on| on.exact))),
            ),
            Figure::new(
                "c03-bits",
                "What is still to be guessed",
                "Bits of the translation that the model does not know although it has read the sentence and is told the right \
                 words before each (its loss, summed over the translation and its end), beside the bits that the sentence \
                 holds. Both count the length: who knows the grammar but not the sentence lacks no more than the dotted curve.",
                Plot::Lines(Lines::new(words(), bits(), equal_tokens(&EITHER_END, |on| on.missing)).with(held())),
            ),
            Figure::new(
                "c03-length-seconds",
                "Right translations against length, after about equal seconds",
                "As the first figure, with more steps for the recurrent ones, which take less time for each: see the table.",
                Plot::Lines(Lines::new(words(), exact(), equal_seconds(|on| on.exact))),
            ),
            Figure::new(
                "c03-bits-seconds",
                "What is still to be guessed after about equal seconds",
                "As the second figure, with more steps for the recurrent ones, which take less time for each: see the table.",
                Plot::Lines(Lines::new(words(), bits(), equal_seconds(|on| on.missing)).with(held())),
            ),
            self.times(),
            Figure::new(
                "c03-widths",
                "Vectors of several widths",
                "As the first figure: the state of the encoder passes through a vector of so many numbers. Attention has no \
                 such vector.",
                Plot::Lines(Lines::new(words(), exact(), equal_tokens(&WIDTHS, |on| on.exact))),
            ),
            Figure::new(
                "c03-widths-bits",
                "What is still to be guessed behind vectors of several widths",
                "As the second figure, the length of the sentence counted on both sides.",
                Plot::Lines(Lines::new(words(), bits(), equal_tokens(&WIDTHS, |on| on.missing)).with(held())),
            ),
            self.places_lost(
                "c03-places-lost",
                "What is lost of each place",
                "Of the encoder-decoder whose source is reversed, the right end was read first.",
                &[Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION],
            ),
            self.places_lost(
                "c03-places-widths",
                "What is lost of each place behind vectors of several widths",
                "The encoder-decoders read the left end first, attention from both ends.",
                &WIDTHS,
            ),
            self.places_said(),
        ]
    }

    /// What is lost of each place, in bits.
    fn places_lost(&self, name: &str, title: &str, remark: &str, kinds: &[Kind]) -> Figure {
        let bits = Axis::linear("lost, bits a word").from_zero();
        Figure::new(
            name,
            format!("{title} in sentences of {} words", LENGTHS.end()),
            format!(
                "What the words that translate the word at this place still tell who has read the sentence and is told the \
                 right words before each. {remark}"
            ),
            Plot::Lines(Lines::new(places(), bits, self.by_place(kinds, |on| &on.lost))),
        )
    }

    /// What is said of each place.
    fn places_said(&self) -> Figure {
        let recalled = Axis::linear("recalled").within(0.0, 1.0);
        let kinds = [Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION];
        let lines = Lines::new(places(), recalled, self.by_place(&kinds, |on| &on.recall));
        let chance = self.chance().into_iter().enumerate().map(|(place, part)| (place as f64 + 1.0, part)).collect();
        Figure::new(
            "c03-places-said",
            format!("What is said of each place in sentences of {} words", LENGTHS.end()),
            "The part of the words that translate the word at this place which the translation has, wherever it has them, if \
             it goes on from its own words.",
            Plot::Lines(lines.with(Reference::Curve { label: "of another sentence".into(), points: chance })),
        )
    }

    /// By place, in the longest sentences.
    fn by_place(&self, kinds: &[Kind], values: fn(&OnLength) -> &[f64]) -> Vec<Series> {
        let series = |&kind: &Kind| {
            let cell = self.cell(kind);
            let value = |outcome: &Outcome, place: usize| outcome.longest().map_or(f64::NAN, |on| values(on)[place]);
            let at = |place: usize| (place as f64 + 1.0, cell.mean(|outcome| value(outcome, place)));
            Series::new(self.name(kind), (0..*LENGTHS.end()).map(at))
        };
        kinds.iter().map(series).collect()
    }

    /// What the translation of the next sentence recalls.
    fn chance(&self) -> Vec<f64> {
        let Some(group) = self.study.pairs.held_out.last() else { return Vec::new() };
        let others = group.sentences.iter().cycle().skip(1).map(|known| -> &[Token] { &known.pair.1 });
        recall(group, &others.take(group.sentences.len()).collect::<Vec<_>>())
    }

    fn times(&self) -> Figure {
        let series = STAGES.map(|kind| {
            let cell = self.study.at_equal_seconds(kind);
            let at = |look: usize| {
                let [time, loss] = [cell.mean(|o| o.looks[look].seconds), cell.mean(|o| o.looks[look].loss)];
                (time.mean, loss)
            };
            let looks = cell.outcomes.iter().map(|outcome| outcome.looks.len()).min().unwrap_or(0);
            Series::new(self.name(kind), (0..looks).map(at))
        });
        Figure::new(
            "c03-seconds",
            "Loss against seconds of training",
            "Of these trainings, on held-out translations, told the right words before each; one thread.",
            Plot::Lines(Lines::new(
                Axis::linear("training, s (measured)").from_zero(),
                Axis::log10("held-out loss, nats a token"),
                series,
            )),
        )
    }
}
