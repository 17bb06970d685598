//! What C3 shows of the translators.

use data::Token;

use super::c03_models::Kind;
use super::c03_pairs::{LENGTHS, LONG, SHORT};
use super::c03_study::{Cell, Study};
use super::c03_training::{Look, OnLength, Outcome, recall};
use crate::{
    figure::{Axis, Figure, Lines, Plot, Reference, Series},
    finding::Table,
    format,
    statistics::Summary,
};

/// The three stages.
const STAGES: [Kind; 3] = [Kind::PLAIN, Kind::ATTENTION, Kind::Transformer];

/// The stages, and the first with the source read from its end.
const EITHER_END: [Kind; 4] = [Kind::PLAIN, Kind::REVERSED, Kind::ATTENTION, Kind::Transformer];

/// Vectors from the narrowest to the whole state, and none.
const WIDTHS: [Kind; 4] = [Kind::with_vector(16), Kind::with_vector(64), Kind::PLAIN, Kind::ATTENTION];

/// Everything that C3 says, computed from the study.
pub struct Report<'s> {
    /// What was measured.
    pub study: &'s Study,
}

/// A figure's series: by length.
pub fn by_length(cell: &Cell, value: fn(&OnLength) -> f64) -> Vec<(f64, Summary)> {
    let at = |length: usize| (length as f64, cell.summary(|outcome| outcome.mean(length..=length, value)));
    LENGTHS.map(at).collect()
}

/// What the interval says of an effect: that it is above zero, below, or neither; one seed says neither.
fn by_interval<'s>(effect: &Summary, above: &'s str, below: &'s str, open: &'s str) -> &'s str {
    match effect.reach {
        Some(_) if effect.low() > 0.0 => above,
        Some(_) if effect.high() < 0.0 => below,
        _ => open,
    }
}

/// The axis of all figures over lengths.
pub fn words() -> Axis {
    Axis::linear("length of the source, words")
}

impl Report<'_> {
    fn cell(&self, kind: Kind) -> &Cell {
        self.study.cell(kind)
    }

    /// H of the plain encoder-decoder, whose vector are its two states.
    fn whole(&self) -> usize {
        2 * self.cell(Kind::PLAIN).width
    }

    fn name(&self, kind: Kind) -> String {
        if kind == Kind::PLAIN { format!("encoder-decoder, {} numbers", self.whole()) } else { kind.name() }
    }

    /// Both halves of the claim, each by its interval, and the verdict's numbers.
    pub fn answer(&self) -> String {
        let [plain, attention] = [Kind::PLAIN, Kind::ATTENTION].map(|kind| self.cell(kind).long());
        let timed = [Kind::PLAIN, Kind::ATTENTION].map(|kind| self.study.at_equal_seconds(kind).long());
        format!(
            "{} {} Right in every word, of the sentences of {} to {} words and of those of {} to {}: {}. On the long ones \
             attention is ahead of the encoder-decoder by {} after equal tokens, and by {} after equal seconds.",
            self.fall(),
            self.lost_end(),
            SHORT.start(),
            SHORT.end(),
            LONG.start(),
            LONG.end(),
            self.exact(&EITHER_END, |study, kind| study.cell(kind)),
            Summary::of_differences(&attention, &plain),
            Summary::of_differences(&timed[1], &timed[0]),
        )
    }

    /// The parts that each gets right of the short sentences and of the long ones.
    fn exact(&self, kinds: &[Kind], cell: fn(&Study, Kind) -> &Cell) -> String {
        let exact = |&kind: &Kind| {
            let cell = cell(self.study, kind);
            format!("{} {}, {}", kind.name(), Summary::of(&cell.short()), Summary::of(&cell.long()))
        };
        kinds.iter().map(exact).collect::<Vec<_>>().join("; ")
    }

    /// Whether the encoder-decoder's quality falls with length.
    fn fall(&self) -> String {
        let fall = Summary::of(&self.cell(Kind::PLAIN).fall());
        let verdict = by_interval(
            &fall,
            "Quality falls with length",
            "Quality rises with length",
            "Whether quality falls with length stays open",
        );
        format!(
            "{verdict}: from sentences of {} to {} words to those of {} to {} the part that the encoder-decoder gets right \
             in every word falls by {fall}.",
            SHORT.start(),
            SHORT.end(),
            LONG.start(),
            LONG.end(),
        )
    }

    /// Whether what was read first suffers most: the same words in the same places, read from either end.
    fn lost_end(&self) -> String {
        let lost = |kind| self.cell(kind).each(Outcome::first_is_lost);
        let moved = Summary::of_differences(&lost(Kind::PLAIN), &lost(Kind::REVERSED));
        let verdict = by_interval(
            &moved,
            "What was read first suffers most",
            "What was read last suffers most",
            "Whether what was read first suffers most stays open",
        );
        let thirds = |kind: Kind| {
            let mean = |third: usize| self.cell(kind).summary(|outcome| outcome.thirds(|on| &on.lost)[third]);
            format!("{} and {}", mean(0), mean(1))
        };
        format!(
            "{verdict}: told the right words before, a word of the first and of the last third of sentences of {} words lacks \
             {} bits if they are read forwards, {} if read backwards; what is read first costs {moved} more for being read \
             first.",
            LENGTHS.end(),
            thirds(Kind::PLAIN),
            thirds(Kind::REVERSED),
        )
    }

    /// What to notice.
    pub fn notice(&self) -> Vec<String> {
        let held =
            |length: usize| self.study.pairs.held_out.iter().find(|g| g.length == length).map_or(0.0, |g| g.bits());
        let missing = |kind| {
            let missing = self.cell(kind).summary(|outcome| outcome.mean(LONG, |on| on.missing));
            format!("{} {missing}", self.name(kind))
        };
        let mut notice = vec![
            format!(
                "A sentence of {} words holds {} bits, its length included, one of {} words {}: the generator knows the \
                 probability of each. The vector has the same width for all of them.",
                LENGTHS.start(),
                format::number(held(*LENGTHS.start()), 3),
                LENGTHS.end(),
                format::number(held(*LENGTHS.end()), 3),
            ),
            format!(
                "Bits of a translation of {} to {} words that are still to be guessed, told the right words before each: {}.",
                LONG.start(),
                LONG.end(),
                WIDTHS.map(missing).join("; "),
            ),
        ];
        let saved = |narrow, wide| {
            let [narrow, wide] =
                [narrow, wide].map(|kind| self.cell(kind).each(|outcome| outcome.mean(LONG, |on| on.missing)));
            narrow.iter().zip(&wide).map(|(narrow, wide)| narrow - wide).collect::<Vec<f64>>()
        };
        let (width, looking) = (saved(WIDTHS[0], WIDTHS[2]), saved(WIDTHS[2], WIDTHS[3]));
        let more = Summary::of_differences(&looking, &width);
        notice.push(format!(
            "A vector of {} numbers instead of 16 saves {} of these bits; looking back instead of a vector of {} saves {}. \
             {}: the difference is {more}.",
            self.whole(),
            Summary::of(&width),
            self.whole(),
            Summary::of(&looking),
            by_interval(
                &more,
                "At this training, that all passes through one vector costs more than that the vector is narrow",
                "At this training, that the vector is narrow costs more than that all passes through one",
                "Whether the width of the vector costs more or that there is one stays open",
            ),
        ));
        notice.push(format!(
            "Equal tokens are not equal time: a step of the transformer takes longest. With as many seconds as it, the \
             encoder-decoder in {} steps and attention in {}, right in every word are: {}.",
            format::count(self.study.at_equal_seconds(Kind::PLAIN).steps),
            format::count(self.study.at_equal_seconds(Kind::ATTENTION).steps),
            self.exact(&STAGES, |study, kind| study.at_equal_seconds(kind)),
        ));
        let said = |kind: Kind| {
            let mean = |third: usize| self.cell(kind).summary(|outcome| outcome.thirds(|on| &on.recall)[third]);
            format!("{} of the first third and {} of the last by the {}", mean(0), mean(1), kind.name())
        };
        notice.push(format!(
            "Left to itself a translator goes wrong somewhere and does not find back, so it says more of the beginning \
             whichever end it read first: of sentences of {} words {}.",
            LENGTHS.end(),
            [Kind::PLAIN, Kind::REVERSED].map(said).join(", "),
        ));
        notice
    }

    /// What it does not say.
    pub fn limits(&self) -> Vec<String> {
        let sizes = &self.study.sizes;
        vec![
            format!(
                "All have {} parameters within 2 % and read the same {} pairs, as many of each length, in {} steps of {}; \
                 AdamW with the peak learning rate from the same three, by a search of a quarter of the steps for each.",
                format::number(self.cell(Kind::PLAIN).parameters as f64, 2),
                format::count(self.study.pairs.training.len() as u64),
                format::count(sizes.steps),
                sizes.rows,
            ),
            format!(
                "The recurrent ones have one LSTM layer on each side, the Transformer one block. The sentences come from a grammar \
                 of two languages with {} English and {} Spanish words; real text holds more bits a word and has more than \
                 one right translation.",
                self.study.pairs.english.size(),
                self.study.pairs.spanish.size(),
            ),
            "The attention model reads the source from both ends and scores words with what it has read and its state \
             together, as in its papers; the encoder-decoder reads from one end and has but its state. What each of these \
             does is measured in C4 from the standard budget on."
                .into(),
            "A vector narrower than the state stands between two linear maps more, down and up, which have to be learnt too: \
             a short training shows their beginning, not what fits through them."
                .into(),
            "Equal seconds are a fixed ratio of steps, so that every machine trains the same models, at the learning rate \
             that was chosen for the shorter training; the table says how many seconds each took here."
                .into(),
            "A word counts as recalled wherever in the translation it stands. Frequent words are said by chance: the figure \
             shows what the translation of another sentence recalls."
                .into(),
        ]
    }

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
                 were said before. Equal parameters, equal tokens.",
                Plot::Lines(Lines::new(words(), exact(), equal_tokens(&EITHER_END, |on| on.exact))),
            ),
            Figure::new(
                "c03-bits",
                "What is still to be guessed",
                "Bits of the translation that the model does not know although it has read the sentence and is told the right \
                 words before each (its loss, summed over the translation and its end), beside the bits that the sentence \
                 holds. Both count the length: who knows the grammar but not the sentence lacks no more than the dashed curve.",
                Plot::Lines(Lines::new(words(), bits(), equal_tokens(&EITHER_END, |on| on.missing)).with(held())),
            ),
            Figure::new(
                "c03-length-seconds",
                "Right translations against length, after equal seconds",
                "As the first figure, with as many seconds of training for each as the transformer took there.",
                Plot::Lines(Lines::new(words(), exact(), equal_seconds(|on| on.exact))),
            ),
            Figure::new(
                "c03-bits-seconds",
                "What is still to be guessed after equal seconds",
                "As the second figure, with as many seconds of training for each as the transformer took there.",
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
                "All read the left end first.",
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
            let at = |place: usize| (place as f64 + 1.0, cell.summary(|outcome| value(outcome, place)));
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
                let [time, loss] = [cell.summary(|o| o.looks[look].seconds), cell.summary(|o| o.looks[look].loss)];
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
                Axis::linear("training, s").from_zero(),
                Axis::log10("held-out loss, nats a token"),
                series.into(),
            )),
        )
    }

    /// Every number of the figures.
    pub fn tables(&self) -> Vec<Table> {
        let mut models = Table::new(
            "c03-models",
            format!(
                "All translators; short sentences have {} to {} words, long ones {} to {}",
                SHORT.start(),
                SHORT.end(),
                LONG.start(),
                LONG.end()
            ),
            &[
                "model",
                "#H, D",
                "#parameters",
                "#learning rate",
                "#right, short",
                "#right, long",
                "#bits to guess, long",
                "#loss, nats a token",
                "#bits lost a word, first − last third",
            ],
        );
        for cell in &self.study.cells {
            models.row([
                self.name(cell.kind),
                cell.width.to_string(),
                format::count(cell.parameters as u64),
                format::number(cell.learning_rate, 2),
                Summary::of(&cell.short()).to_string(),
                Summary::of(&cell.long()).to_string(),
                cell.summary(|outcome| outcome.mean(LONG, |on| on.missing)).to_string(),
                cell.summary(|outcome| outcome.looks.last().map_or(f64::NAN, |look| look.loss)).to_string(),
                cell.summary(Outcome::first_is_lost).to_string(),
            ]);
        }
        let mut times = Table::new(
            "c03-seconds-table",
            "Equal tokens, and equal seconds on one thread",
            &[
                "model",
                "equal",
                "#steps",
                "#tokens",
                "#seconds",
                "#right, short",
                "#right, long",
                "#bits to guess, long",
            ],
        );
        let all = STAGES.map(|kind| [("tokens", self.cell(kind)), ("seconds", self.study.at_equal_seconds(kind))]);
        for (equal, cell) in all.into_iter().flatten() {
            let last = |value: fn(&Look) -> f64| cell.summary(|outcome| outcome.looks.last().map_or(f64::NAN, value));
            times.row([
                self.name(cell.kind),
                equal.into(),
                format::count(cell.steps),
                format::count(last(|look| look.tokens as f64).mean.round() as u64),
                last(|look| look.seconds).to_string(),
                Summary::of(&cell.short()).to_string(),
                Summary::of(&cell.long()).to_string(),
                cell.summary(|outcome| outcome.mean(LONG, |on| on.missing)).to_string(),
            ]);
        }
        vec![models, times]
    }
}

/// The axis of all figures over places.
fn places() -> Axis {
    Axis::linear("place in the source, words from its beginning")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_decides_what_is_said() {
        let said = |values: &[f64]| by_interval(&Summary::of(values), "above", "below", "open");
        assert_eq!(said(&[0.5, 0.6, 0.55]), "above");
        assert_eq!(said(&[-0.5, -0.6, -0.55]), "below");
        assert_eq!(said(&[0.5, 0.6, -0.55]), "open");
        assert_eq!(said(&[0.5]), "open");
    }
}
